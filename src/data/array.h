/* Arrays of examples: what a data file holds, in memory. */
#ifndef LNG_DATA_ARRAY_H
#define LNG_DATA_ARRAY_H
#include "base/error.h"
#include "graph/graph.h"

typedef struct lng_array {
    enum { LNG_ARRAY_U8, LNG_ARRAY_I32, LNG_ARRAY_F32, LNG_ARRAY_F64 /* until it is scaled: learn.h */ } type;
    lng_shape shape; /* of one example */
    int64_t count;   /* examples */
    void *at;        /* lng_block_new, or within the mapping */
    void *mapping;   /* of a file, read-only; NULL: none */
    size_t mapped;   /* its bytes */
} lng_array;

/* Files load in parallel, and a list of errors belongs to one thread, so a loader fills in its first failure. */
typedef struct lng_failure {
    lng_code code; /* LNG_E_NONE: none */
    char text[400];
    char hint[400]; /* "": none */
    char more[800]; /* further failures of the same kind, a line each */
} lng_failure;
/* Keeps the first failure; later ones follow from it. Always false. */
bool lng_fail(lng_failure *, lng_code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Keeps it beside the first one, as long as there is room: each is a mistake of its own. Always false. */
bool lng_fail_also(lng_failure *, lng_code, const char *text);
/* Adds a hint to the failure, unless it has one. Always false. */
bool lng_fail_hint(lng_failure *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports the failure, with its hint. Always false. */
bool lng_fail_report(const lng_failure *, lng_place, lng_errors *);

#define LNG_ARRAY_BYTES ((int64_t)4 << 30)                     /* of an array in memory; a mapped one may be larger */
bool lng_array_new(lng_array *, int64_t count, lng_failure *); /* type and shape are set; sets count and memory */
void lng_array_free(lng_array *);
int lng_array_width(const lng_array *);                  /* bytes of an element */
double lng_array_at(const lng_array *, int64_t element); /* counted over all examples */
bool lng_array_widen(lng_array *, lng_failure *);        /* u8 becomes i32 */
/* Integers where the model has numbers: i32 becomes f32, exactly. first: the number of the first example, for failures. */
bool lng_array_to_floats(lng_array *, int64_t first, lng_failure *);
/* The examples row[0 .. n), in this order, as an array of their own. */
bool lng_array_select(const lng_array *, const uint32_t *row, int64_t n, lng_array *to, lng_failure *);
const char *lng_nonfinite_name(double); /* "NaN", "infinity", "-infinity" */

/* What examples look like: the range of their numbers; of images, the border and where the ink is. */
typedef struct lng_stats {
    double least, most;    /* NaN: there are no numbers */
    double light;          /* the fraction of the images with a light border (image.h); NaN: not images */
    double offset, extent; /* of images: the ink farthest from the middle, the smallest one (image.h); NaN: not known */
} lng_stats;
/* The least and the largest number of the first examples; NaN: there are none. */
void lng_array_range(const lng_array *, int64_t count, double *least, double *most);
lng_stats lng_array_stats(const lng_array *, int64_t count); /* of the first examples */

/* An unsigned integer of so many bytes, at most 8, the least significant one first. */
uint64_t lng_little_endian(const unsigned char *, int bytes);

#endif
