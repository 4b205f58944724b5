/* Open data sets: the fields that the model reads, checked; splits and shuffling.
 *
 * Nothing in a file is trusted before it is checked: sizes against limits before memory is allocated, the payload to the byte, the gzip
 * trailer, labels against the classes, and the digest if the description has one. */
#ifndef LNG_DATA_DATA_H
#define LNG_DATA_DATA_H
#include "base/random.h"
#include "base/team.h"
#include "data/array.h"
#include "data/spec.h"
#include "graph/op.h"

/* One part of a data set: field i is the model's field i. */
typedef struct lng_part {
    int64_t count;
    lng_array *array; /* owned */
    lng_field *field; /* views for the engine: labels as i32, pixels as u8 */
    size_t fields;    /* 0: there is no such part */
    size_t keys;      /* arrays after those of the fields: what divides the part, or tells its series apart, until that is done */
} lng_part;
typedef struct lng_data {
    const char *name;
    lng_arena *arena;
    lng_part train, test, validation;
    /* [0, train_count) of the training part trains; unless the validation part has files of its own, the rest of it validates */
    int64_t train_count, validation_count;
    const char *folder;              /* where it was found; NULL for a generated set */
    const lng_column_spec **learned; /* of each field of the model; NULL: nothing is learned from its examples */
} lng_data;

/* Finds and opens a data set, for a model that reads these fields: sizes, types and classes must fit. Its folder is searched for in
 * `folder` (--data) and nowhere else; or, if that is NULL, in the model file's dir, $LNGRAPH_DATA (each as DIR/NAME, then DIR), and the
 * user's cache ($XDG_CACHE_HOME/lngraph/NAME, or ~/.cache/lngraph/NAME). Not found: LNG_E_DATA_NOT_FOUND, with every place that was searched and
 * what to do. A built-in set has no folder: LNG_E_ARGUMENTS. NULL after errors; there may be warnings.
 *
 * If `folder` is a file, in a format of one file for each part, it is the test part, and there is no training part. */
lng_data *lng_data_open(const lng_data_spec *, const lng_data_field *, size_t fields, const char *folder, lng_team *, lng_errors *);
void lng_data_free(lng_data *);
/* Warns of classes that a part lacks, or of which there is one training example. */
void lng_data_check_classes(lng_arena *, const lng_data *, const lng_data_spec *, const lng_data_field *, size_t fields,
                            lng_errors *);
/* SHA-256 of the training examples and of the number of those that validate, equal on machines of one byte order. Of fields with more than
 * 256 MiB, evenly spaced examples are read. */
void lng_data_digest(const lng_data *, char hex[65]);
void lng_data_digest_held_out(const lng_data *, char hex[65]); /* likewise, of the validation and test examples */
lng_field lng_array_view(const lng_array *);                   /* for the engine */
/* The folder of a data set in the user's cache: $XDG_CACHE_HOME/lngraph/NAME, or ~/.cache/lngraph/NAME; NULL if there is no such place. */
const char *lng_data_cache(lng_arena *, const char *name);

/* Shuffles order[0 .. n) (Fisher-Yates). */
void lng_permute(uint32_t *order, int64_t n, lng_key, uint32_t step);
/* order[0 .. n): the shuffled indices of an epoch (key: seed and the hash of "shuffle", step = epoch). */
void lng_shuffle(uint32_t *order, int64_t n, uint64_t seed, int epoch);

#endif
