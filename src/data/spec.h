/* Descriptions of data sets, in the `data` section of a model file or in the standard sets (src/std/datasets.yaml). */
#ifndef LNG_DATA_SPEC_H
#define LNG_DATA_SPEC_H
#include "doc/schema.h"
#include "graph/graph.h"

typedef struct lng_data_format lng_data_format; /* format.h */

/* A part of an example: an array of numbers, or a class. */
typedef struct lng_data_field {
    const char *name;
    lng_shape shape; /* a class has rank 0 */
    lng_dtype dtype; /* f32; i32 of a class */
    lng_place place;
} lng_data_field;

typedef struct lng_data_file {
    const char *field;  /* that it holds; NULL: all fields */
    const char *name;   /* "train-images-idx3-ubyte", without its folder and .gz */
    const char *sha256; /* of the uncompressed content; NULL: not given */
    int64_t bytes;      /* of the uncompressed content; 0: not given */
} lng_data_file;

enum { LNG_PART_TRAIN, LNG_PART_TEST, LNG_PARTS };
extern const char *const lng_part_names[LNG_PARTS]; /* the keys of a description */
typedef struct lng_part_spec {
    lng_data_file *file;
    size_t files;
} lng_part_spec;

typedef struct lng_data_spec {
    const char *name;  /* "mnist": also of its folder */
    const char *about; /* NULL: not given */
    bool standard;     /* named, not described in the model file */
    const lng_data_format *format;
    int64_t classes; /* labels are below; 0: no labels */
    lng_data_field *field;
    size_t fields;
    lng_part_spec part[LNG_PARTS];
    const char **url; /* mirrors: folders that hold the files */
    size_t urls;
    const char *dir;          /* its folder by the model file, relative to the working folder; NULL: not given */
    double validation_last;   /* fraction of the training set's end */
    int64_t validation_count; /* or a number of examples; -1: use the fraction */
    lng_place place, validation_place;
    const lng_doc *source; /* the description itself */
} lng_data_spec;

/* Reads a `data` section that has been checked against its table, and checks the rest. `file` is the model file, to which `dir` is
 * relative. false after errors, here or in the table's check. */
bool lng_data_describe(lng_arena *, const lng_doc *data, const char *file, lng_data_spec *, lng_errors *);
/* A standard data set by its name; false after an error (no such set, with the nearest). */
bool lng_data_describe_standard(lng_arena *, const char *name, lng_data_spec *, lng_errors *);
/* The standard data sets: name -> description (lng_doc). */
const lng_map *lng_data_sets(lng_arena *, lng_errors *);
bool lng_data_is_built_in(lng_arena *, const char *name, lng_errors *); /* a standard set without files: `digits` */

const lng_data_field *lng_data_spec_field(const lng_data_spec *, const char *name); /* NULL: there is none */
size_t lng_data_files(const lng_data_spec *);                                       /* of all parts */
const lng_data_file *lng_data_file_at(const lng_data_spec *, size_t);

/* The tables of the section and of what is in it. */
extern const lng_section lng_section_data, lng_section_source, lng_section_file, lng_section_validation;
#endif
