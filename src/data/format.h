/* The formats of data: one row each, in formats.c. Descriptions, `lngraph fetch`, prediction and the manual know of a format only what its
 * row says; a new format is a new row.
 *
 * A file holds one field of a part, or all of them (a table, an archive); or there are no files, and the format makes the examples. */
#ifndef LNG_DATA_FORMAT_H
#define LNG_DATA_FORMAT_H
#include "base/team.h"
#include "data/array.h"
#include "data/spec.h"

typedef enum { LNG_NO_FILES, LNG_FILE_PER_FIELD, LNG_FILE_PER_PART } lng_data_layout;

typedef struct lng_vocabulary lng_vocabulary; /* vocabulary.h */
/* Files of a part that cannot be read, among others that can. */
typedef struct lng_broken {
    const char **path;
    lng_failure *why;
    size_t n;     /* those that are listed */
    int64_t left; /* of all, those that were left out, as the description says; 0: they are errors */
} lng_broken;

/* What is to be loaded: fields of one part, from one file. */
typedef struct lng_load {
    const lng_data_format *format;
    int part;                  /* LNG_PART_TRAIN, ... */
    const char *path, *sha256; /* NULL: no file; no digest is given */
    const char **more;         /* files after the first */
    size_t mores;
    const lng_data_field *field; /* as the model reads them */
    lng_array *array;            /* filled in: what the file has for each field, whatever its shape and type */
    size_t fields;               /* 1 if a file holds one field */
    int64_t examples;            /* to be made, if the format is told */
    lng_team *team;              /* NULL: the calling thread alone */
    bool keeps_text;             /* of the rows of a table */
    bool skips_broken;           /* files among many */
    lng_broken broken;           /* filled in */
    lng_arena *arena;            /* of a format that uses the team */
    lng_data_watch watch;
    bool is_divided; /* into parts, of which copies are made */
    int64_t beside;  /* bytes that are needed for each example later, beside what is read */
    lng_table_style style;
    lng_vocabulary **words; /* of each field whose words are to be learned, filled in: the caller's; NULL: none are */
} lng_load;

typedef struct lng_table lng_table; /* table.h */
struct lng_data_format {
    const char *name, *about;
    const char *details; /* paragraphs for the manual */
    const char *content; /* "a ZIP archive"; NULL: it has no files */
    lng_data_layout files;
    bool has_several; /* of a part, each with all fields */
    bool is_folder;   /* its file of a part is a folder */
    bool in_order;    /* its examples can be rows of a series */
    bool counted;     /* a description says how many examples it makes */
    bool uses_team;   /* a load uses the whole team; otherwise files load in parallel, each on one thread */
    bool (*describe)(lng_data_spec *, lng_errors *);      /* what it asks of a description, and sets of its fields; NULL: nothing */
    bool (*recognise)(const unsigned char *at, size_t n); /* the first bytes of a file; NULL: it has no files */
    bool (*load)(lng_load *, lng_failure *);              /* NULL: nothing can be loaded */
    const lng_table *table;                               /* how a file that has all fields is read; NULL: it has one */
    bool (*verify)(const char *path, const char *sha256, lng_failure *); /* the file is intact, and has the digest */
    int64_t (*offset)(const lng_array *, int64_t example); /* byte of the (uncompressed) file where an example is; NULL: unknown */
    int64_t (*line)(const lng_load *, int64_t example);    /* of the file; 0: it cannot be read again; NULL: no lines */
};
extern const lng_data_format lng_data_formats[];
extern const size_t lng_data_format_count;
const lng_data_format *lng_data_format_find(const char *name);    /* NULL: there is none */
const char *lng_data_format_choice(size_t i, const char **about); /* as a lng_key_choice */
/* What content begins like this: "an IDX file", "an HTML page"; NULL: unknown. */
const char *lng_content_name(const unsigned char *at, size_t n);
/* Refuses what is known, but not as the expected format. */
bool lng_content_check(const lng_data_format *expected, const unsigned char *at, size_t n, lng_failure *);

/* ---- what the rows are made of ---- */
bool lng_idx_recognise(const unsigned char *at, size_t n);
bool lng_idx_load(lng_load *, lng_failure *);
bool lng_idx_verify(const char *path, const char *sha256, lng_failure *);
int64_t lng_idx_offset(const lng_array *, int64_t example);

bool lng_cifar_load(lng_load *, lng_failure *);
bool lng_cifar_verify(const char *path, const char *sha256, lng_failure *);

/* Images in files of their own, in a folder for each class. */
bool lng_folder_load(lng_load *, lng_failure *);

bool lng_npy_recognise(const unsigned char *at, size_t n);
bool lng_npy_load(lng_load *, lng_failure *);
bool lng_npy_verify(const char *path, const char *sha256, lng_failure *);

/* Windows of bytes: fields `text` and `next`, as u8. */
bool lng_text_describe(lng_data_spec *, lng_errors *);
bool lng_text_load(lng_load *, lng_failure *);
bool lng_text_verify(const char *path, const char *sha256, lng_failure *);

/* Digits that look handwritten: fields `image` [28, 28] as u8, `label` as i32. */
#define LNG_DIGITS_TRAIN 60000
#define LNG_DIGITS_TEST  10000
bool lng_digits_load(lng_load *, lng_failure *);

/* Numbers from 0 to 1, and classes, all equally likely. */
bool lng_uniform_load(lng_load *, lng_failure *);

#endif
