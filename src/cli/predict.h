/* What lngraph predict reads and prints: preprocess.c reads examples, prediction.c and picture.c print results; predictor.h has the rest. */
#ifndef LNG_CLI_PREDICT_H
#define LNG_CLI_PREDICT_H
#include "cli/cli.h"
#include "data/examples.h"
#include "data/image.h"
#include "lang/meaning.h"

/* How a file becomes what the model reads. */
typedef struct lng_preprocess {
    lng_command *command;
    const char *field; /* its name in the model */
    lng_shape wanted;  /* of one example */
    bool resize, invert, center, as_is;
    bool images;                    /* some input of the model is an image */
    bool integers;                  /* the field is a class, or a category */
    int64_t classes;                /* they are below; 0: any */
    int64_t below;                  /* numbers that the model takes for integers are, too; 0: any */
    int64_t first;                  /* the number of class 0 in the files */
    const lng_column_spec *columns; /* as in the description of the data */
    lng_table_style style;
    int64_t rows;                  /* of which its first dimension is made, of a window; 0: none */
    const lng_window_spec *window; /* NULL: examples are rows */
    bool known;                    /* whether there are any */
    lng_stats stats;               /* of the training examples */
    int64_t (*range)[2];           /* --index: first and last, both included */
    size_t ranges, range_capacity; /* 0: all examples */
} lng_preprocess;
bool lng_preprocess_open(lng_preprocess *, lng_command *); /* reads the options */

/* A file that is being read, with examples of n fields side by side. */
typedef struct lng_intake {
    const lng_preprocess *const *in;
    size_t n;
    const char *path;
    lng_examples *file;    /* NULL: it is not open */
    int64_t held;          /* examples in it; -1: not known yet */
    int64_t at, got;       /* the examples that were read last */
    int64_t done;          /* how many were chosen before */
    lng_array *block;      /* they, as they are in the file */
    lng_array *chosen;     /* some of them, as the model reads them */
    const int64_t *number; /* of these, in the file */
    float *top;            /* white, in each field */
} lng_intake;
/* Opens the file at its first example; refuses it for its header. `in`, `n` and `path` are set. */
bool lng_intake_open(lng_intake *);
void lng_intake_close(lng_intake *);
/* Reads the next examples, at most `most`: how many; 0 at the end, -1 after an error. */
int64_t lng_intake_next(lng_intake *, int64_t most);
/* Chooses from them n examples by their numbers in the file; false after an error. */
bool lng_intake_choose(lng_intake *, const int64_t *number, int64_t n);

/* An example, and the model's output for it. */
typedef struct lng_prediction {
    const char *file;    /* as the user wrote it */
    int64_t index;       /* in the file; -1: it holds one example */
    const char *picture; /* NULL: none */
    const double *out;
    int64_t size; /* of the output */
    const lng_meaning *meaning;
    const char *row; /* of a table in text */
    size_t row_length;
} lng_prediction;
void lng_prediction_text(const lng_prediction *, lng_text *);
void lng_prediction_json(const lng_prediction *, lng_text *);
/* A table in text, to whose rows columns are added. */
typedef struct lng_prediction_table {
    lng_table_form form;
    bool comma;   /* the decimal point is one */
    bool begun;   /* its first row was written */
    bool classes; /* the columns are a class and the probabilities of all */
    const char *head;
    size_t head_length;
} lng_prediction_table;
/* Whether a column has a name that predictions get; size: of the output, or its two classes. */
bool lng_is_prediction(const char *column, const lng_meaning *, int64_t size);
bool lng_prediction_csv(const lng_prediction *, lng_prediction_table *, lng_text *, lng_errors *); /* false after an error */

/* Draws an example in half blocks of gray levels, in two blocks without colors, or in ASCII shades. */
const char *lng_picture(lng_arena *, lng_look, const lng_array *, int64_t example);
/* The format of pictures, other than SVG, that the end of a file's name asks for, such as "png"; NULL: none. */
const char *lng_picture_ending(const char *file);

#endif
