/* The parts of lngraph predict: preprocess.c reads examples, predict.c runs the model, prediction.c and picture.c print results. */
#ifndef LNG_CLI_PREDICT_H
#define LNG_CLI_PREDICT_H
#include "cli/cli.h"
#include "data/image.h"

/* How a file becomes what the model reads. */
typedef struct lng_preprocess {
    lng_command *command;
    const char *field; /* its name in the model */
    lng_shape wanted;  /* of one example */
    bool resize, invert, center, as_is;
    int64_t classes;               /* the field is a class below; 0: it holds numbers */
    bool known;                    /* whether there are any */
    lng_stats stats;               /* of the training examples */
    int64_t (*range)[2];           /* --index: first and last, both included */
    size_t ranges, range_capacity; /* 0: all examples */
} lng_preprocess;
bool lng_preprocess_open(lng_preprocess *, lng_command *); /* reads the options */

/* Examples of one file, as the model reads them. */
typedef struct lng_examples {
    lng_array array;
    int64_t held;   /* examples in the file */
    int64_t *index; /* of each example in it; NULL: all in order */
} lng_examples;
/* Reads a file with examples of n fields, side by side. false after an error of this file. The arrays are freed by the caller. */
bool lng_preprocess_read(const lng_preprocess *const *, size_t n, const char *path, lng_examples *const *);

/* An example, and the model's output for it. */
typedef struct lng_prediction {
    const char *file;    /* as the user wrote it */
    int64_t index;       /* in the file; -1: it holds one example */
    const char *picture; /* NULL: none */
    const double *out;
    int64_t size, classes; /* of the output; of the data set */
} lng_prediction;
void lng_prediction_text(const lng_prediction *, lng_text *);
void lng_prediction_json(const lng_prediction *, lng_text *);

/* Draws an example in half blocks of gray levels, in two blocks without colors, or in ASCII shades. */
const char *lng_picture(lng_arena *, lng_look, const lng_array *, int64_t example);

#endif
