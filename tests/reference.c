/* The reference executor. It plans nothing, and shares only the kernels with the engine, so that the two can be compared. */
#include "config.h"
#include "reference.h"
#include "base/team.h"
#include "graph/level.h"
#include "op/cases.h"
#include <string.h>

struct lng_reference {
    bool in_double;
    int count, slices;
    const uint32_t *rows;
    lng_context context;
    void **at; /* by lng_value_index */
    lng_arena *arena;
};

static size_t width(const lng_reference *r, const lng_value *v)
{
    return v->dtype == LNG_F32 && r->in_double ? sizeof(double) : sizeof(float);
}

static char *memory(const lng_reference *r, const lng_value *v)
{
    return r->at[lng_value_index(v)];
}

/* Bytes of one slice of a value; of all of it if it is shared. */
static size_t slice_bytes(const lng_reference *r, const lng_value *v)
{
    return (size_t)lng_shape_size(v->shape) * (v->per_example ? LNG_LANES : 1) * width(r, v);
}

/* A value as example i sees it (per-example: from its own lane on). */
static lng_view view(const lng_reference *r, const lng_value *v, int i)
{
    if (!v->per_example)
        return (lng_view){memory(r, v), 1};
    return (lng_view){memory(r, v) + (size_t)(i / LNG_LANES) * slice_bytes(r, v) + (size_t)(i % LNG_LANES) * width(r, v),
                      LNG_LANES};
}

static lng_naive_kernel *kernel_of(const lng_reference *r, const lng_node *n)
{
    return r->in_double ? lng_op_double(n->op) : lng_op_kernels(LNG_ISA_BASELINE, n->op)->naive;
}

static void run_one(const lng_reference *r, const lng_node *n, int i, uint32_t example)
{
    lng_naive_call call = {.node = n, .live = 1, .example = example, .context = &r->context};
    for (int k = 0; k < n->n_in; k++)
        call.in[k] = view(r, n->in[k], i);
    for (int k = 0; k < n->n_out; k++)
        call.out[k] = view(r, &n->out[k], i);
    kernel_of(r, n)(&call);
}

/* ---- sums over the batch ---- */
static void add(const lng_reference *r, char *to, const char *from, int64_t size)
{
    for (int64_t e = 0; e < size; e++)
        if (r->in_double)
            ((double *)to)[e] += ((const double *)from)[e];
        else
            ((float *)to)[e] += ((const float *)from)[e];
}

/* Combines n partials in the tree that splits at the largest power of two below n; the sum is left in the first. */
static void combine(const lng_reference *r, char *partial, size_t bytes, int64_t size, int n)
{
    if (n < 2)
        return;
    int half = 1;
    while (half * 2 < n)
        half *= 2;
    combine(r, partial, bytes, size, half);
    combine(r, partial + (size_t)half * bytes, bytes, size, n - half);
    add(r, partial, partial + (size_t)half * bytes, size);
}

static void run_batch(const lng_reference *r, const lng_node *n)
{
    char *partials[LNG_MAX_OUT];
    for (int k = 0; k < n->n_out; k++)
        partials[k] = lng_alloc_n(r->arena, (size_t)r->slices, slice_bytes(r, &n->out[k]));
    for (int s = 0; s < r->slices; s++) {
        int live = r->count - s * LNG_LANES;
        lng_naive_call call = {
            .node = n, .live = live < LNG_LANES ? live : LNG_LANES, .example = LNG_NO_EXAMPLE, .context = &r->context};
        for (int k = 0; k < n->n_in; k++)
            call.in[k] = view(r, n->in[k], s * LNG_LANES);
        for (int k = 0; k < n->n_out; k++)
            call.out[k] = (lng_view){partials[k] + (size_t)s * slice_bytes(r, &n->out[k]), 1};
        kernel_of(r, n)(&call);
    }
    for (int k = 0; k < n->n_out; k++) {
        size_t bytes = slice_bytes(r, &n->out[k]);
        combine(r, partials[k], bytes, lng_shape_size(n->out[k].shape), r->slices);
        memcpy(memory(r, &n->out[k]), partials[k], bytes);
    }
}

static void run_node(const lng_reference *r, const lng_node *n, void *(*variable)(void *, const char *), void *store)
{
    for (int k = 0; k < n->n_out; k++) {
        const lng_value *v = &n->out[k];
        size_t parts = v->per_example ? (size_t)r->slices : 1;
        r->at[lng_value_index(&n->out[k])] =
            n->op->flags & LNG_OP_STORED ? variable(store, n->name) : lng_alloc_n(r->arena, parts, slice_bytes(r, v));
        if (!(n->op->flags & LNG_OP_STORED))
            memset(memory(r, v), 0xff, parts * slice_bytes(r, v)); /* NaN shows what a kernel forgets to write */
    }
    if (n->op->flags & LNG_OP_STORED)
        return;
    if (n->op->flags & LNG_OP_BATCH)
        run_batch(r, n);
    else if (!n->out[0].per_example)
        run_one(r, n, 0, LNG_NO_EXAMPLE);
    else
        for (int i = 0; i < r->count; i++)
            run_one(r, n, i, r->rows[i]);
}

lng_reference *lng_reference_run(lng_arena *arena, const lng_graph *g, bool in_double, const uint32_t *rows, int count,
                                 const lng_context *context, void *(*variable)(void *store, const char *name), void *store)
{
    lng_reference *r = LNG_NEW(arena, lng_reference);
    *r = (lng_reference){.in_double = in_double, .count = count, .rows = rows, .context = *context, .arena = arena};
    r->slices = (count + LNG_LANES - 1) / LNG_LANES;
    r->context.batch = count;
    r->at = LNG_NEW_N(arena, (g->nodes + 1) * LNG_MAX_OUT, void *);
    unsigned before = lng_flush_subnormals();
    for (size_t i = 0; i < g->nodes; i++)
        run_node(r, g->node[i], variable, store);
    lng_flush_restore(before);
    return r;
}

double lng_reference_at(const lng_reference *r, const lng_value *v, int example, int64_t element)
{
    lng_view x = view(r, v, example);
    if (v->dtype == LNG_I32)
        return ((const int32_t *)x.at)[element * x.step];
    return r->in_double ? ((const double *)x.at)[element * x.step] : (double)((const float *)x.at)[element * x.step];
}
