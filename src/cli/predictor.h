/* The parts of lngraph predict that run: predictor.c has the model and prints results, feed.c gives it the examples of files, predict.c is the verb. */
#ifndef LNG_CLI_PREDICTOR_H
#define LNG_CLI_PREDICTOR_H
#include "base/file.h"
#include "cli/generate.h"
#include "cli/predict.h"
#include "train/session.h"

#define LNG_MOST_CHOSEN 512 /* examples at a time; no file gives more */

/* A field that the output depends on. */
typedef struct lng_predictor_input {
    lng_preprocess preprocess;
    size_t field; /* of the model */
    int64_t size; /* elements of an example */
    void *row;    /* capacity x size elements of four bytes: waiting for the next run */
    const char *file;
} lng_predictor_input;

typedef struct lng_predictor {
    lng_command *command;
    lng_preprocess options; /* of every input */
    lng_model *model;
    lng_team *team;
    lng_session *session;
    lng_runner *runner;
    lng_predictor_input *input;
    const lng_preprocess **preprocess; /* of each */
    size_t inputs;
    const lng_value *output;
    lng_meaning meaning; /* of it */
    lng_intake *intake;  /* the files that are being read: one for each input, or one for all */
    size_t intakes;
    int64_t *number;         /* LNG_MOST_CHOSEN: of examples that are chosen */
    lng_field *fields;       /* all; those that are not read are empty */
    uint32_t *order;         /* 0, 1, ... */
    lng_prediction *waiting; /* capacity */
    int count, capacity;
    bool together; /* one file has all inputs */
    bool unread;   /* nobody reads the results any more */
    int pictures;  /* still to be drawn */
    lng_look look; /* of a picture */
    double *out;   /* size of the output, and room for one more */
    lng_prediction_table table;
    bool formed;    /* a file decided that */
    bool csv;       /* results go into copies of the tables that are read */
    lng_file *file; /* -o; NULL: standard output */
    lng_generation generation;
} lng_predictor;
/* Opens the model of the run that `command` names first, with its weights. */
bool lng_predictor_open(lng_predictor *);
void lng_predictor_close(void *predictor);
/* Runs the examples that are waiting, and prints or keeps their results. */
void lng_predictor_flush(lng_predictor *);
/* Prints the results that are kept; false: nobody takes them any more. */
bool lng_predictor_print(lng_predictor *);
/* Predicts the examples of all files that the command names after the run. */
void lng_feed(lng_predictor *);

#endif
