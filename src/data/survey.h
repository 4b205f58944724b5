/* What is in a data set: its columns, the rows together, and what is suspicious. One pass, in memory that does not grow with the data. */
#ifndef LNG_DATA_SURVEY_H
#define LNG_DATA_SURVEY_H
#include "data/data.h"
#include "data/census.h"

#define LNG_NO_LABEL SIZE_MAX

typedef struct lng_survey {
    lng_arena *arena;
    const char *format; /* "csv" */
    lng_table_style style;
    int64_t rows;
    int64_t window; /* rows of a window, of which the last is surveyed; 0: there are none */
    lng_census *column;
    size_t columns, label; /* LNG_NO_LABEL: there is none */
    const char **array;    /* the names of the arrays that the columns come from, then NULL; NULL: a table in text */
    bool label_is_named;   /* by the caller, or by its own name */
    int64_t label_runs;    /* of equal labels, one after the other */
    uint64_t last_label;
    lng_sieve row; /* of the other columns; their label */
} lng_survey;

/* A file: csv, npz, npy or idx; several files of one array each are columns side by side. label: the name of the column; NULL: the last one that
 * is called label, target, class or y, otherwise the last one. NULL after an error. */
lng_survey *lng_survey_files(lng_arena *, const char *const *path, size_t files, const char *label, lng_errors *);
/* The examples of a part, by the fields of a model. */
lng_survey *lng_survey_part(lng_arena *, const lng_data *, const lng_part *, int64_t first, int64_t count, const lng_data_field *,
                            size_t fields, const char *label, lng_errors *);

/* Whether the label is one of some classes: names, or a few integers. */
bool lng_survey_classifies(const lng_survey *);
const lng_census *lng_survey_label(const lng_survey *); /* NULL: there is none */

/* ---- suspicions, the rows of one table (suspect.c) ---- */
typedef struct lng_suspicion {
    const char *name, *about; /* "constant"; what it is, for the manual */
    const char *advice;
    bool (*of_column)(const lng_survey *, const lng_census *);     /* NULL: it is of the whole */
    const char *(*of_all)(const lng_survey *);                     /* what is suspicious; NULL: nothing */
    const char *(*detail)(const lng_survey *, const lng_census *); /* of a column; NULL: none */
} lng_suspicion;
extern const lng_suspicion lng_suspicions[];
extern const size_t lng_suspicion_count;
const lng_suspicion *lng_suspicion_find(const char *name);

#endif
