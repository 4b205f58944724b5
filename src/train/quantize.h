/* Weights in 8 bits: whole numbers q from -127 to 127, and a scale s for each channel, which is an output of the op that reads the weight. A weight
 * is then the float q s, rounded once. s is the float nearest to m / 127, where m is the largest size of a weight of the channel; q is the whole
 * number nearest to w / s, ties to even. A channel of zeros, or of weights so small that s is subnormal, has s = 0.
 *
 * Weights are the variables of at least two dimensions that a matrix product or convolution reads as its second operand, as they are, transposed or
 * reshaped. */
#ifndef LNG_TRAIN_QUANTIZE_H
#define LNG_TRAIN_QUANTIZE_H
#include "tape/tape.h"

/* Which channel element e belongs to: e / inner % channels. */
typedef struct lng_channels {
    int64_t channels, inner;
} lng_channels;
bool lng_channels_of(const lng_node *, lng_channels *); /* of a node's second operand; false: it is no weight */
/* The variable that is a node's weight, with its channels; NULL: there is none. */
const lng_node *lng_weight_of(const lng_node *, lng_channels *);

typedef struct lng_quantized {
    const char *name; /* of the variable */
    lng_channels channels;
    int64_t size;
    float *scale; /* by channel */
} lng_quantized;
int lng_quantized_number(float w, float scale); /* q */
/* Rounds the weights of a graph to 8 bits, and replaces those in the store by what these stand for. A weight that several ops read has the channels
 * of the first. */
lng_quantized *lng_quantize(lng_arena *, const lng_graph *, lng_store *, size_t *count);
const lng_quantized *lng_quantized_find(const lng_quantized *, size_t count, const char *name); /* NULL: it is in floats */

#endif
