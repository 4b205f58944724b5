/* The parts of lngraph predict: examples come in (intake.c), the model runs (predict.c), answers go out (answer.c, picture.c). */
#ifndef LNG_CLI_PREDICT_H
#define LNG_CLI_PREDICT_H
#include "cli/cli.h"
#include "data/image.h"

/* How a file becomes what the model reads. */
typedef struct lng_intake {
    lng_command *command;
    const char *field; /* its name in the model */
    lng_shape wanted;  /* of one example */
    bool resize, invert, as_is;
    bool known;                    /* whether there are looks */
    lng_looks looks;               /* of the training examples */
    int64_t (*range)[2];           /* --index: first and last, both included */
    size_t ranges, range_capacity; /* 0: all examples */
} lng_intake;
bool lng_intake_open(lng_intake *, lng_command *); /* reads the options */

/* Examples of one file, as the model reads them. */
typedef struct lng_examples {
    lng_array array;
    int64_t held;   /* examples in the file */
    int64_t *index; /* of each example in it; NULL: all in order */
} lng_examples;
/* false after an error of this file. The array is freed by the caller. */
bool lng_intake_read(const lng_intake *, const char *path, lng_examples *);

/* An example that was fed, and the model's output for it. */
typedef struct lng_answer {
    const char *file;    /* as the user wrote it */
    int64_t index;       /* in the file; -1: it holds one example */
    const char *picture; /* NULL: none */
    const double *out;
    int64_t size, classes; /* of the output; of the data set */
} lng_answer;
void lng_answer_text(const lng_answer *, lng_text *);
void lng_answer_json(const lng_answer *, lng_text *);

/* Draws an example in half blocks of grey levels, of two blocks without colour, or in shades of ASCII. */
const char *lng_picture(lng_arena *, lng_look, const lng_array *, int64_t example);

#endif
