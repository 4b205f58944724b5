/* Sessions whose weights are in 8 bits (pass/quantize.h), with the numbers for them.
 *
 * The scale s of a channel is the float nearest to m / 127, where m is the largest size of a weight of the channel; q is the whole number nearest to
 * w / s, ties to even, at most 127 in size. A channel of zeros, or of weights so small that s is subnormal, has s = 0.
 *
 * If inputs are in 8 bits, too, s is doubled as long as the channel's |q| add up to more than LNG_QUANTIZED_SUM. An input has the step t, the float
 * nearest to m / 127, where m is the largest size of a number that products with this weight read, over examples; its rate is the float nearest to 1 / t,
 * and the variable for the scale holds s t, rounded once, and 0 where that is subnormal. */
#ifndef LNG_TRAIN_QUANTIZE_H
#define LNG_TRAIN_QUANTIZE_H
#include "pass/quantize.h"
#include "train/evaluate.h"

#define LNG_QUANTIZE_EXAMPLES 1000 /* that inputs are measured with, at most: evenly spaced */

/* A session with the weights of another one in 8 bits; the other's variables remain as they are. measured: the examples to measure inputs with; NULL:
 * inputs are floats. batch: as for lng_session_new. The arena, which the caller protects, owns graph and list, and outlives the session. NULL after an error. */
lng_session *lng_quantize(const lng_session *, const lng_range *measured, unsigned uses, int batch, lng_arena *,
                          const lng_quantized **list, size_t *count, lng_errors *);

#endif
