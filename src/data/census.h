/* What a column holds, found in one pass over its cells, in bounded memory. */
#ifndef LNG_DATA_CENSUS_H
#define LNG_DATA_CENSUS_H
#include "data/array.h"
#include "data/sieve.h"
#include "data/vocabulary.h"

typedef enum {
    LNG_COLUMN_EMPTY,
    LNG_COLUMN_INTEGER,
    LNG_COLUMN_NUMBER,
    LNG_COLUMN_DATE,
    LNG_COLUMN_WORD,
    LNG_COLUMN_ARRAY, /* of more numbers than are looked at one by one */
    LNG_COLUMN_KINDS
} lng_census_kind;
extern const char *const lng_census_kind_names[LNG_COLUMN_KINDS];

typedef struct lng_moments { /* least > most: there are no numbers */
    int64_t count;
    double least, most, mean, square; /* square: the sum of squares around the mean */
} lng_moments;
double lng_moments_deviation(const lng_moments *);

/* The numbers of one class. */
typedef struct lng_class_range {
    int64_t count;
    double least, most;
} lng_class_range;
#define LNG_MOST_RANGES 32  /* classes that are told apart by their numbers */
#define LNG_VALUE_BYTES 100 /* of a value that is counted; a longer one is text */
#define LNG_EXAMPLES    3   /* first cells that are kept */

typedef struct lng_counted {
    const char *text;
    int64_t count;
} lng_counted;

typedef struct lng_census {
    lng_arena *arena;
    const char *name;
    lng_shape shape; /* of an array */
    bool is_array;
    bool floats; /* numbers of a floating type, whichever they are */
    size_t most; /* values that are counted, and numbers that are kept for the median */
    /* ---- counts of cells ---- */
    int64_t rows, missing, integers, numbers, commas, dates, words; /* numbers: with a fraction; commas: with a decimal comma */
    int64_t spelled;                /* of the missing ones, those that are a word for it, such as NA */
    int64_t zeros, datelike, texts; /* integers that begin with a needless 0; words that look like dates; those that are long */
    int64_t odd_line;               /* where the first word is; 0: there is none */
    const char *odd;                /* that word */
    lng_moments moment;             /* of the numbers, or of the dates */
    double last;                    /* number */
    bool rising;                    /* each number is above the one before it */
    double *kept;                   /* numbers: all of them, or a sample */
    double weight;                  /* W of the sampling */
    int64_t next;                   /* the number that replaces one of them */
    uint64_t drawn;                 /* for it */
    lng_sieve sieve;
    uint64_t digest;        /* of all cells in order */
    lng_vocabulary *values; /* NULL: there were too many */
    int64_t *uses;          /* of each value */
    size_t use_room;
    lng_class_range range[LNG_MOST_RANGES];
    double with_label; /* the sum of products with a label that is a number, around the means */
    lng_moments label; /* of it, where both are there */
    const char *example[LNG_EXAMPLES];
    /* ---- once it is finished ---- */
    lng_census_kind kind;
    lng_sieve_counts distinct;
    double median;
    lng_counted *value; /* by count, most first; NULL: too many */
    size_t value_count;
} lng_census;

/* The label of the row, for what a column says of it. */
typedef struct lng_row_label {
    uint64_t hash; /* 0: there is none */
    int64_t class; /* counted in the order of appearance; -1: unknown */
    double number; /* NaN: it is none */
} lng_row_label;

void lng_census_begin(lng_census *, lng_arena *, const char *name, size_t most);
/* A cell of a table. Returns its hash, 0 if it is missing. */
uint64_t lng_census_cell(lng_census *, const char *at, size_t n, int64_t line, const lng_row_label *);
uint64_t lng_census_array(lng_census *, const lng_array *, int64_t example, const lng_row_label *);
void lng_census_end(lng_census *);
bool lng_census_is_number(const lng_census *); /* integers or numbers */
bool lng_census_is_comma(const lng_census *);  /* its numbers have a decimal comma */
#endif
