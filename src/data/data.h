/* Data sources: files of one format to arrays of fields, checked; shuffling and splits by counter-based random numbers.
 *
 * Whatever a file promises is checked before it is believed: sizes against limits before memory is asked for, the payload to the
 * byte, the gzip trailer, labels against the classes, the digest when the description has one. */
#ifndef LNG_DATA_DATA_H
#define LNG_DATA_DATA_H
#include "base/error.h"
#include "base/team.h"
#include "graph/op.h"
#include "lang/model.h"

/* One array of a data file. */
typedef struct lng_array {
    enum { LNG_ARRAY_U8, LNG_ARRAY_I32, LNG_ARRAY_F32 } type;
    lng_shape shape; /* of one example */
    int64_t count;   /* examples */
    void *at;        /* lng_block_new */
} lng_array;
void lng_array_free(lng_array *);
double lng_array_at(const lng_array *, int64_t element); /* counted over all examples */

/* What examples look like: kept of the training's, and compared with by whoever gives others. */
typedef struct lng_looks {
    double least, most; /* of all numbers; NaN when there are none */
    double light;       /* the part of the images with a light border (image.h); NaN when they are no images */
} lng_looks;
lng_looks lng_array_looks(const lng_array *, int64_t count); /* of the first examples; u8 or f32 */

/* Reads an IDX file, gzipped or not (by its magic). bytes_limit: of the uncompressed content (0: 4 GiB).
 * sha256: expected digest of the uncompressed content, or NULL. false after errors that name a byte offset. */
bool lng_idx_read(const char *path, size_t bytes_limit, const char *sha256, lng_array *, lng_errors *);

/* A data set: one part ("train", "test"), its fields side by side. Field i is the model's field i. */
typedef struct lng_part {
    int64_t count;
    lng_array *array; /* owned */
    lng_field *field; /* views for the engine: labels as i32, pixels as u8 */
    size_t fields;
} lng_part;
typedef struct lng_data {
    const char *name;
    lng_arena *arena;
    lng_part train, test;
    /* the stored training part is split: [0, train_count) trains, the rest validates, never shuffled across */
    int64_t train_count, validation_count;
    const char *folder; /* where it was found; NULL for a generated set */
} lng_data;

/* Finds and opens what the model's data section describes: `folder` (--data, may be NULL), the file's dir, $LNGRAPH_DATA (each as
 * DIR/NAME, then DIR), the user's cache ($XDG_CACHE_HOME/lngraph/NAME, or ~/.cache/lngraph/NAME). Not found: LNG_E_DATA_NOT_FOUND,
 * with every place that was looked at and what to do. Fields are checked against the model's: sizes, dtype, classes. NULL after
 * errors. */
lng_data *lng_data_open(const lng_model *, const char *folder, lng_team *, lng_errors *);
void lng_data_free(lng_data *);
bool lng_data_is_built_in(const char *name); /* a data set that is made, not read: `digits` */
/* The folder of a data set in the user's cache: $XDG_CACHE_HOME/lngraph/NAME, or ~/.cache/lngraph/NAME; NULL when there is no such place. */
const char *lng_data_cache(lng_arena *, const char *name);

/* order[0 .. n): the shuffled indices of an epoch (Fisher-Yates; key: seed and the hash of "shuffle", step = epoch). */
void lng_shuffle(uint32_t *order, int64_t n, uint64_t seed, int epoch);

#endif
