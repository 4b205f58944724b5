/* Weights in 8 bits: whole numbers q from -127 to 127, and a scale for each channel, which is an output of the op that reads the weight.
 *
 * The graph for them computes with the whole numbers, as floats, and multiplies the products' outputs by the scale: a variable W becomes three,
 * W.int8, W.scale and W.rate. Only products read them, and all else that reads W goes on to do so. W.rate is there if inputs are in 8 bits, too: a
 * product then reads round_int8(x * rate), and its sums are exact, in whatever order and arithmetic, because no channel's |q| add up to more than
 * LNG_QUANTIZED_SUM.
 *
 * Weights are the variables of at least two dimensions that a matrix product or convolution reads as its second operand, as they are, transposed or
 * reshaped. If several do, all read the same q by the same rate, but for those to which the channels are others: they read W. */
#ifndef LNG_PASS_QUANTIZE_H
#define LNG_PASS_QUANTIZE_H
#include "pass/pass.h"

#define LNG_QUANTIZED_MOST 127    /* as round_int8 has it */
#define LNG_QUANTIZED_SUM  132104 /* 127 times as much is a float: 2^24 */

/* Which channel element e belongs to: e / inner % channels. */
typedef struct lng_channels {
    int64_t channels, inner;
} lng_channels;

typedef struct lng_quantized {
    const char *name; /* of the variable */
    lng_shape shape;
    lng_channels channels;
    const char *numbers, *scale, *rate; /* the variables for it; rate NULL: inputs are floats, as in a loop */
} lng_quantized;

/* The weights of a graph, in the order in which they are read first. activations: inputs are in 8 bits, too. */
lng_quantized *lng_quantized_of(const lng_graph *, bool activations, lng_arena *, size_t *count);
/* The one of the list that a product reads in 8 bits, in the graph before the pass or after it; NULL: none. */
const lng_quantized *lng_quantized_by(const lng_node *, const lng_quantized *, size_t count);
extern const lng_pass lng_pass_quantize_weights, lng_pass_quantize_all;

#endif
