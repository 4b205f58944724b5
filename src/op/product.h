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
    const lng_product *product, *panel; /* of 16 outputs; NULL: all go together */
    matrices turned;                    /* n is 0 if the weights stay as they are */
} single;

static const float *turn_weights(const single *s, const float *w, float *scratch)
{
    const int64_t size = s->turned.rows * s->turned.columns;
    for (int64_t i = 0; i < s->turned.n; i++)
        lng_row_product_turn(scratch + i * size, w + i * size, s->turned.rows, s->turned.columns);
    return s->turned.n ? scratch : w;
}

static size_t turned_floats(const single *s)
{
    return s->turned.n ? (size_t)(s->turned.n * s->turned.rows * s->turned.columns + LNG_LANES) : 0;
}

static void fast_single(const lng_call *call)
{
    const single *s = call->prepared;
    const lng_product *k = s->product;
    const float *w = turn_weights(s, call->in[1], call->scratch);
    float *panel = (float *)call->scratch + turned_floats(s);
    if (!s->panel || !lng_row_product_divides(k, call->parts)) {
        lng_row_product_run(k, call->part, call->parts, call->in[0], w, call->out[0]);
        return;
    }
    const lng_span mine = lng_span_part(lng_row_product_vectors(k), call->part, call->parts);
    for (int v = mine.from; v < mine.end; v++) {
        const lng_product some = lng_row_product_pack(k, s->panel, v, w, panel);
        lng_row_product_run(&some, 0, 1, call->in[0], panel, (float *)call->out[0] + v * 16);
    }
}

static size_t scratch_of(const single *s)
{
    return (turned_floats(s) + lng_row_product_panel_floats(s->panel)) * sizeof(float);
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
    s->product = product_of(n, false, arena);
    if (s->product->channel != 1) {
        s->product = product_of(n, true, arena);
        s->turned = weights_of(n);
    }
    if (kernel == fast_single)
        s->panel = lng_row_product_panel(s->product, 1, arena);
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
