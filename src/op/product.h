/* The fast kernels of conv2d, its input gradient and matmul: a product, as the op lays it out, in lanes for the examples of a slice
 * (kernel/product.h), or along the outputs of a single value (kernel/row_product.h). */
#include "kernel/row_product.h"
#include "op/kernel.h"

/* The op's product, of a per-example value or a single one. turned: its weights are matrices that have been transposed, so that the weights of
 * outputs are adjacent. */
static const lng_product *product_of(const lng_node *, bool turned, lng_arena *);
typedef struct matrices {
    int64_t n, rows, columns;
} matrices;
static matrices weights_of(const lng_node *); /* the matrices to transpose */

static void fast(const lng_call *call)
{
    const bool lanes = call->node->in[1]->per_example;
    lng_product_run(call->prepared, lanes, call->part, call->parts, call->in[0],
                    lng_product_pack(call->prepared, lanes, call->in[1], call->scratch), call->out[0]);
}

/* ---- a single value ---- */
typedef struct single {
    const lng_product *product;
    matrices turned; /* n is 0 if the weights stay as they are */
} single;

static const float *turn_weights(const single *s, const float *w, float *scratch)
{
    const int64_t size = s->turned.rows * s->turned.columns;
    for (int64_t i = 0; i < s->turned.n; i++)
        lng_row_product_turn(scratch + i * size, w + i * size, s->turned.rows, s->turned.columns);
    return s->turned.n ? scratch : w;
}

static void fast_single(const lng_call *call)
{
    const single *s = call->prepared;
    lng_row_product_run(s->product, call->part, call->parts, call->in[0], turn_weights(s, call->in[1], call->scratch),
                        call->out[0]);
}

static single single_of(const lng_node *n, lng_arena *arena)
{
    const lng_product *p = product_of(n, false, arena);
    return p->channel == 1 ? (single){.product = p} : (single){product_of(n, true, arena), weights_of(n)};
}

static size_t scratch_of(const single *s)
{
    return s->turned.n ? (size_t)(s->turned.n * s->turned.rows * s->turned.columns + LNG_LANES) * sizeof(float) : 0;
}

/* Where a fused multiply-add is a function, one for each output is cheaper than sixteen. */
#if defined LNG_AVX512 || defined LNG_AVX2
#define LEAST_OUTPUTS 1
#else
#define LEAST_OUTPUTS 8
#endif

static lng_prepared prepare_single(const lng_node *n, lng_kernel *kernel, lng_arena *arena)
{
    single *s = LNG_NEW(arena, single);
    *s = single_of(n, arena);
    return s->product->channels < LEAST_OUTPUTS ? (lng_prepared){0}
                                                : (lng_prepared){.kernel = kernel, .data = s, .scratch = scratch_of(s)};
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (n->in[0]->per_example) {
        const lng_product *p = product_of(n, false, arena);
        return (lng_prepared){.kernel = fast, .data = p, .scratch = lng_product_scratch(p, n->in[1]->per_example)};
    }
    return n->in[1]->per_example ? (lng_prepared){0} : prepare_single(n, fast_single, arena);
}
