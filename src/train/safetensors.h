/* Shared by writing and reading weights, and not for other rooms.
 *
 * The file: 8 bytes with the length of a JSON header, the header, the tensors; all little-endian. The header lists the tensors in
 * logical shapes, F64 before F32 and then by name, and is padded with spaces to a multiple of 8. Its metadata:
 *   format, format_version   "lngraph", "2"
 *   content                  "weights" or "checkpoint"
 *   graph                    16 hexadecimal digits: what the variables are used for (lng_graph_digest)
 *   seed, data, ...          of a run's checkpoint: lng_stays_key
 *   sha256                   SHA-256 of the other metadata and of each tensor's name, shape and bytes, in the order of the header
 * Nothing depends on the machine, the threads or the time, but for the times in the history of a checkpoint. */
#ifndef LNG_TRAIN_SAFETENSORS_H
#define LNG_TRAIN_SAFETENSORS_H
#include "base/file.h"
#include "graph/graph.h"
#include "train/weights.h"

#define LNG_WEIGHTS_VERSION "2"
#define LNG_DIGEST_TEXT     17
#define LNG_MOST_HEADER     ((size_t)16 << 20) /* bytes */

const char *lng_weights_content_name(lng_weights_content);
const char *lng_digest_text(char text[LNG_DIGEST_TEXT], uint64_t);
/* Whether a file of this content holds variable i. */
bool lng_weights_holds(const lng_weights *, lng_weights_content, size_t i);
/* Whether the best weights so far have variable i: those that are used, and the averages that take their places. */
bool lng_weights_keeps(const lng_weights *, size_t i);
#define LNG_BEST_PREFIX "best/"
#define LNG_RUN_PREFIX  "run/"
uint64_t lng_get_u64(const unsigned char from[8]); /* little-endian */
/* Copies n numbers of `width` bytes from little-endian to the machine's order, or back. */
void lng_copy_numbers(void *to, const void *from, size_t n, size_t width);
extern const char *const lng_stays_key[LNG_STAYS];
/* These give what `sha256` covers: the head, then each tensor's description and bytes. stays: all are NULL if there is no rest. */
void lng_weights_digest_begin(lng_sha256 *, const char *content, const char *graph, const char *const stays[LNG_STAYS]);
void lng_weights_digest_tensor(lng_sha256 *, const char *name, lng_shape);

#endif
