/* Descriptions of data sets, in the `data` section of a model file or in the standard sets (src/std/datasets.yaml). */
#ifndef LNG_DATA_SPEC_H
#define LNG_DATA_SPEC_H
#include "doc/schema.h"
#include "graph/graph.h"

typedef struct lng_data_format lng_data_format; /* format.h */

/* How an image of another size becomes one of the field's: cut to its proportions, put on black, or each side on its own. */
typedef enum { LNG_FIT_NONE, LNG_FIT_CROP, LNG_FIT_PAD, LNG_FIT_STRETCH } lng_fit;

/* How columns of a table become a field. What is learned from the training examples is in the description that a run stores. */
#define LNG_MOST_WORDS (1 << 16) /* of a category */
#define LNG_ANY_WORDS  INT32_MAX /* of what only divides a data set, such as the names of customers */
typedef struct lng_column_spec {
    const char **column; /* names, or patterns of them; NULL: as the field is called */
    size_t columns;
    bool patterns; /* some of them are; the columns that match are taken in their order */
    enum { LNG_MISSING_ERROR, LNG_MISSING_DROP, LNG_MISSING_FILL, LNG_MISSING_MEAN, LNG_MISSING_MEDIAN, LNG_MISSING_OTHER } missing;
    enum { LNG_SCALE_NONE, LNG_SCALE_GIVEN, LNG_SCALE_STANDARD, LNG_SCALE_MINMAX, LNG_SCALE_ROBUST, LNG_SCALE_LOG1P } scale;
    const double *fill, *subtract, *divide; /* of each number; NULL: not known yet, or not needed */
    int64_t words;                          /* of a category or class; 0: the field holds numbers */
    const char **word;                      /* NULL: not known yet */
    bool class, date, whole;                /* whole: numbers are integers */
    bool text;                              /* the field is the bytes of a cell, as integers; zeros fill it up */
    bool cut;                               /* of texts: what is longer than the field is cut off */
    bool image;                             /* a cell has the path of an image, relative to the table */
    bool factor;                            /* of a category: figures are given for each name alone */
    lng_fit fit;                            /* of images in files of their own */
    bool unknown_is_other;                  /* unknown words are one more category, after the others */
    bool other;                             /* there is that category, for unknown words or missing ones */
} lng_column_spec;

/* Another example that goes with each one; its fields are called NAME_FIELD. */
typedef struct lng_partner {
    const char *name;
    const char *same; /* a class or category that both share; NULL: any example will do */
    double rate;      /* of the examples that do share it; the others differ in it */
    lng_place place;
} lng_partner;

/* A part of an example: an array of numbers, or a class. */
typedef struct lng_data_field {
    const char *name;
    lng_shape shape; /* a class has rank 0 */
    lng_dtype dtype; /* f32; i32 of a class */
    lng_place place;
    int64_t classes;                /* of i32: values are below; 0: any */
    bool whole;                     /* of i32: whole numbers, which are no classes */
    bool fraction;                  /* of f32: a loss or metric takes its numbers for 0, 1, or a probability between them */
    int64_t below;                  /* the model takes its numbers for integers below this; 0: any */
    lng_place limit;                /* where that is said */
    const lng_column_spec *columns; /* NULL: the field is what the file has under its name */
    bool read;    /* the model's output depends on it; otherwise it is predicted, or only the loss or a metric reads it */
    int64_t rows; /* of the file, of which its first dimension is made; 0: it comes from one */
    const lng_partner *partner; /* whose field it is; NULL: the example's own */
    const char *base;           /* the field of the description that it is, of a partner */
} lng_data_field;
int64_t lng_field_row(const lng_data_field *);        /* its numbers in a row of the file */
bool lng_field_is_class(const lng_data_field *);      /* one class for an example; a category of a table is none */
bool lng_field_takes(const lng_data_field *, double); /* whether the model can do with the number */
const char *lng_field_kind(const lng_data_field *);   /* "numbers", "integers", "text", "category" or "class" */

/* How a file that is a table in text is written. */
typedef struct lng_table_form {
    char separator;
    bool crlf, headed; /* its first line ends so; that has the names of the columns */
    const char **name; /* of the columns; without a head, their numbers from 1 */
    size_t columns;
} lng_table_form;

typedef struct lng_table_style {
    char separator;        /* 0: the one that the first line has */
    bool comma, anonymous; /* decimal comma; no head, so that columns are called 1, 2, ... */
} lng_table_style;

typedef struct lng_data_file {
    const char *field;  /* that it holds; NULL: all fields */
    const char *name;   /* "train-images-idx3-ubyte", without its folder and .gz */
    const char *sha256; /* of the uncompressed content; NULL: not given */
    int64_t bytes;      /* of the uncompressed content; 0: not given */
} lng_data_file;

enum { LNG_PART_TRAIN, LNG_PART_TEST, LNG_PART_VALIDATION, LNG_PARTS };
extern const char *const lng_part_names[LNG_PARTS]; /* the keys of a description */
typedef struct lng_part_spec {
    lng_data_file *file;
    size_t files;
    int64_t examples; /* that a format without files is to make; 0: not given */
} lng_part_spec;

/* What is taken out of the training set. */
typedef struct lng_split_spec {
    enum {
        LNG_SPLIT_NOTHING,
        LNG_SPLIT_LAST,
        LNG_SPLIT_FIRST,
        LNG_SPLIT_PART,
        LNG_SPLIT_COUNT,
        LNG_SPLIT_FOLD,
        LNG_SPLIT_NAMED
    } how;
    double part;
    int64_t count, folds, fold;
    bool shuffle;
    enum { LNG_SPLIT_BY_PLACE, LNG_SPLIT_BY_CLASS, LNG_SPLIT_BY_GROUP, LNG_SPLIT_BY_TIME, LNG_SPLIT_BY_NAME } by;
    const lng_data_field *key; /* whose values say it, for all but places: read beside the model's fields */
    int64_t seed;              /* -1: the run's */
    lng_place place;
} lng_split_spec;

/* Examples that are windows of consecutive rows. */
typedef struct lng_window_spec {
    int64_t length, step, ahead; /* rows; 0: examples are rows */
    const lng_data_field *group; /* whose values tell series apart; NULL: a file is one series */
    lng_place place;
} lng_window_spec;

/* Hears of work that takes time and memory; a function that is NULL is not called. */
typedef struct lng_data_watch {
    void *context;
    /* On the thread that opens the data; done == all: at the end. */
    void (*said)(void *context, const char *doing, int64_t done, int64_t all);
    /* On any thread, before most of a table is read: how many rows it seems to have, and the most memory that they need until training begins. */
    void (*needs)(void *context, const char *path, int64_t rows, double bytes);
} lng_data_watch;

typedef struct lng_data_spec {
    const char *name;  /* "mnist": also of its folder */
    const char *about; /* NULL: not given */
    bool standard;     /* named, not described in the model file */
    bool named;        /* it has a name of its own, and so a place in the user's cache */
    const lng_data_format *format;
    int64_t classes; /* labels are below; 0: no labels, or each has its own classes */
    int64_t first;   /* the label of class 0 in the files */
    lng_data_field *field;
    size_t fields;
    lng_part_spec part[LNG_PARTS];
    lng_partner *partner;
    size_t partners;
    const char **url; /* mirrors: folders that hold the files */
    size_t urls;
    const char *dir; /* its folder by the model file, relative to the working folder; NULL: not given */
    lng_window_spec window;
    lng_split_spec validation, test; /* the test examples are taken out first */
    uint64_t seed;                   /* of the run: the caller's */
    lng_place place;
    const lng_doc *source; /* the description itself */
    lng_table_style style;
    bool skips_broken;    /* files among many */
    lng_data_watch watch; /* the caller's */
} lng_data_spec;

/* Reads a `data` section that has been checked against its table, and checks the rest. `file` is the model file, to which `dir` is
 * relative. false after errors, here or in the table's check. */
bool lng_data_describe(lng_arena *, const lng_doc *data, const char *file, lng_data_spec *, lng_errors *);
/* A standard data set by its name; false after an error (no such set, with the nearest). */
bool lng_data_describe_standard(lng_arena *, const char *name, lng_data_spec *, lng_errors *);
/* The standard data sets: name -> description (lng_doc). */
const lng_map *lng_data_sets(lng_arena *, lng_errors *);
bool lng_data_is_text(const lng_data_spec *);                           /* of windows of a text */
bool lng_data_is_built_in(lng_arena *, const char *name, lng_errors *); /* a standard set without files: `digits` */

const lng_data_field *lng_data_spec_field(const lng_data_spec *, const char *name); /* NULL: there is none */
/* Reads `partners`, whose values have been checked against their table; false after errors. */
bool lng_partners_describe(lng_arena *, const lng_doc *, lng_data_spec *, lng_errors *);
const char *lng_partner_field(lng_arena *, const lng_partner *, const lng_data_field *); /* "other_image" */
/* A field of the description, or of a partner, which is called NAME_FIELD; false: there is none. */
bool lng_data_spec_find(lng_arena *, const lng_data_spec *, const char *name, lng_data_field *);
size_t lng_data_files(const lng_data_spec *); /* of all parts */
const lng_data_file *lng_data_file_at(const lng_data_spec *, size_t);

/* Reads a field that is described by its columns: lng_section_columns. false after errors. */
bool lng_columns_describe(lng_arena *, const lng_doc *, lng_data_field *, lng_errors *);
/* Reads the sizes of a shape, and checks their range; false after an error. */
bool lng_shape_describe(const lng_doc *list, lng_shape *, lng_errors *);
/* Reads what `validation` or `test` takes out of the training set; NULL: nothing. Fields and format are described. */
bool lng_split_describe(lng_arena *, const lng_data_spec *, const lng_doc *, lng_split_spec *, lng_errors *);
const lng_data_field *lng_field_named(const lng_data_spec *, const lng_doc *name,
                                      lng_errors *); /* NULL after an error, with the nearest */
/* What examples are grouped or ordered by: a column of a table, whose cells are counted as words, or a field of another format; NULL after an
 * error. */
const lng_data_field *lng_key_describe(lng_arena *, const lng_data_spec *, const lng_doc *name, lng_errors *);
/* Reads `window`, and makes sequences of the fields that it does not call targets; false after errors. */
bool lng_window_describe(lng_arena *, const lng_doc *, lng_data_spec *, lng_errors *);
/* Writes what was learned into the description of the field. */
void lng_columns_write(lng_arena *, const lng_column_spec *, int64_t size, lng_doc *field);

/* The tables of the section and of what is in it. */
extern const lng_section lng_section_data, lng_section_source, lng_section_file, lng_section_validation, lng_section_columns,
    lng_section_partner, lng_section_made, lng_section_window;
extern const char lng_separators[]; /* of the cells of a table, in the order of the words for them */
#endif
