/* The ops' attributes by index: n->attr[LNG_CONV_STRIDE]. An op's table puts its attributes at these indices, so the two cannot drift apart.
 * Twin ops share a list. An attribute that only the op's own file reads has its enumerator there. */
#ifndef LNG_GRAPH_ATTRIBUTES_H
#define LNG_GRAPH_ATTRIBUTES_H

enum { LNG_ARGMAX_AXIS };
enum { LNG_ARGSORT_DESCENDING, LNG_ARGSORT_AXIS };
enum { LNG_BATCH_ROLL_SHIFT };
enum { LNG_BROADCAST_SHAPE };
enum { LNG_CLOCK_PROGRAM };
#define LNG_CLOCK_TEXT 500 /* the longest program */
enum { LNG_CONCAT_AXIS };
enum { LNG_CONSTANT_VALUE, LNG_CONSTANT_SHAPE, LNG_CONSTANT_INTEGER };
/* conv2d and its gradients; only the gradients have a shape: that of the operand differentiated by */
enum { LNG_CONV_STRIDE, LNG_CONV_DILATION, LNG_CONV_PADDING, LNG_CONV_CROP, LNG_CONV_GROUPS, LNG_CONV_SHAPE };
/* conv2d_pool and its gradients; the shape as above, and that of the weights in the image's gradient */
enum { LNG_CONV_POOL_PADDING, LNG_CONV_POOL_CROP, LNG_CONV_POOL_SHAPE, LNG_CONV_POOL_WEIGHTS };
enum { LNG_CONV_POOL_INDEX_COLUMNS };
enum { LNG_FUSED_PROGRAM };
enum { LNG_FLIP_AXIS };
/* gather and its adjoints; only those have a size: that of the axis */
enum { LNG_GATHER_AXIS, LNG_GATHER_BATCH_AXES, LNG_GATHER_SIZE };
enum { LNG_INPUT_INDEX, LNG_INPUT_SHAPE, LNG_INPUT_INTEGER };
/* the ops that take values into loops and out of them */
enum { LNG_LOOP_NUMBER, LNG_LOOP_REVERSE, LNG_LOOP_COUNT, LNG_LOOP_INDEX = 1 };
enum { LNG_MATMUL_TRANSPOSE_A, LNG_MATMUL_TRANSPOSE_B };
enum { LNG_ONE_HOT_DEPTH };
enum { LNG_PAD_AXIS, LNG_PAD_BEFORE, LNG_PAD_AFTER, LNG_PAD_STEP };
/* the pools and their gradients; only the gradients have a shape: that of the pool's operand */
enum { LNG_POOL_SIZE, LNG_POOL_STRIDE, LNG_POOL_PADDING, LNG_POOL_CEIL, LNG_POOL_SHAPE };
/* the draws, and for whom one is: the first example's as a shared value is what a model for one example draws */
enum { LNG_RANDOM_SHAPE, LNG_RANDOM_PER_EXAMPLE };
enum { LNG_DRAWN_FOR_ALL, LNG_DRAWN_FOR_EACH, LNG_DRAWN_FOR_FIRST };
enum { LNG_RECURRENCE_AXIS, LNG_RECURRENCE_START, LNG_RECURRENCE_REVERSE };
enum { LNG_REDUCE_AXES, LNG_REDUCE_KEEP };
enum { LNG_RESHAPE_SHAPE };
enum { LNG_SLICE_AXIS, LNG_SLICE_START, LNG_SLICE_STOP, LNG_SLICE_STEP };
enum { LNG_TRANSPOSE_PERM };
enum { LNG_VARIABLE_SHAPE };

#endif
