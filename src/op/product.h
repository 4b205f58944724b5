/* The fast kernel of conv2d, its input gradient and matmul: a product in lanes (kernel/product.h), as the op lays it out. */
#include "kernel/product.h"
#include "op/kernel.h"

static const lng_product *product_of(const lng_node *, lng_arena *); /* of the op; its first operand is per-example */

static void fast(const lng_call *call)
{
    lng_product_run(call->prepared, call->node->in[1]->per_example, call->part, call->parts, call->in[0], call->in[1],
                    call->out[0]);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example)
        return (lng_prepared){0};
    return (lng_prepared){.kernel = fast, .data = product_of(n, arena)};
}
