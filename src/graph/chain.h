/* Chains: several pointwise ops as one node, so that what lies between them never leaves the first-level cache.
 *
 * The node's `program` attribute is text: steps separated by ';', each an op's name and its operands; a letter is an operand of the node (a is the
 * first), a number the result of an earlier step. "mul a b;add 0 c;sigmoid 1" is sigmoid(a b + c). The last step's result is the node's. All
 * values are f32. */
#ifndef LNG_GRAPH_CHAIN_H
#define LNG_GRAPH_CHAIN_H
#include "graph/op.h"

#define LNG_CHAIN_STEPS    16
#define LNG_CHAIN_OPERANDS 3 /* of one step */

typedef struct lng_chain_step {
    const lng_op *op;
    int n_in;
    int in[LNG_CHAIN_OPERANDS]; /* >= 0: operand of the node; < 0: ~step */
} lng_chain_step;

typedef struct lng_chain {
    int steps;
    lng_chain_step step[LNG_CHAIN_STEPS];
} lng_chain;

bool lng_chain_parse(const char *program, lng_chain *); /* false when it is malformed */
const char *lng_chain_text(lng_arena *, const lng_chain *);

#endif
