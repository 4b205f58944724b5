/* The parts of opening a data set: open.c loads files, settle.c checks and views the arrays, divide.c makes the three parts and windows of them, prepare.c
 * learns and applies what training examples teach. Not for other rooms. */
#ifndef LNG_DATA_OPENING_H
#define LNG_DATA_OPENING_H
#include "data/data.h"
#include "data/format.h"
#include "data/split.h"
#include "data/window.h"
#include <stdatomic.h>

typedef struct lng_job { /* one load */
    lng_load load;
    const char *name;          /* of its file; NULL: it has none */
    const lng_data_file *more; /* those after it, which load.mores counts */
    lng_failure failure;
} lng_job;

typedef struct lng_opening {
    lng_arena *arena;
    const lng_data_spec *spec;
    const lng_data_field *example; /* the fields that the model reads */
    /* What a row of the files has of them; then what tells series apart, in all parts; then the keys of the splits, in the training part alone. */
    const lng_data_field *field;
    size_t fields, series, keys;    /* keys: of series and splits */
    size_t key[3];                  /* of the validation and of the test split, and of series, in `field`; SIZE_MAX: it has none */
    lng_series followed[LNG_PARTS]; /* by the rows of the files, before they are divided */
    /* Of each training example, and then of the test examples taken out of them; NULL: they are as in the files. */
    uint32_t *origin;
    const char *folder; /* --data */
    const char *file;   /* --data, if it is a file: the test part; NULL: the description's files */
    lng_team *team;
    lng_errors *errors;
    lng_data *data;
    lng_job *job;
    size_t jobs;
    atomic_size_t next;
} lng_opening;

/* An array of a job, under inspection. */
typedef struct lng_loaded {
    const lng_opening *o;
    const lng_job *job;
    const lng_data_field *field;
    lng_array *array;
} lng_loaded;
/* An error about it; false. */
bool lng_loaded_blame(const lng_loaded *, lng_code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "byte 13: " or "line 7: ", if the format knows. example: as it was read. */
const char *lng_loaded_place(const lng_loaded *, int64_t example, char buffer[40]);

lng_part *lng_part_of(lng_data *, int number);
/* A load of the part; NULL: it has no files. */
const lng_job *lng_job_of(const lng_opening *, int part);
/* The load that the part has the field from; NULL: there is none. */
const lng_job *lng_job_of_field(const lng_opening *, int part, size_t field);
/* The number that an example of a part had in its file. */
int64_t lng_origin_of(const lng_opening *, int part, int64_t example);

/* What is read of each row. */
void lng_opening_rows(lng_opening *);
/* Checks what a job has loaded, and makes the engine's view of it. */
bool lng_opening_settle(lng_opening *, const lng_job *);
/* Series of rows, as they are in the files. */
void lng_opening_follow(lng_opening *);
/* Divides the training rows. */
bool lng_opening_split(lng_opening *);
/* What columns learn from training rows is applied to all parts. */
bool lng_opening_learn(lng_opening *);
/* Rows become windows: after they were divided, and what is learned from rows has been applied. */
bool lng_opening_window(lng_opening *);

#endif
