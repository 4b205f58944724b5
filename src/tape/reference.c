/* The reference executor. It plans nothing, and shares only the kernels with the engine, so that the two can be compared. */
#include "tape/reference.h"
#include "base/team.h"
#include "graph/level.h"
#include <string.h>

struct lng_reference {
    lng_reference_kind kind;
    int count, slices;
    const uint32_t *rows;
    lng_context context;
    const lng_entry *order;
    size_t entries;
    int64_t turn;
    void **at;       /* by lng_value_index */
    char **partials; /* of a batch op's results, for all slices */
    lng_arena *arena;
};

static size_t width(const lng_reference *r, const lng_value *v)
{
    return v->dtype == LNG_F32 && r->kind == LNG_IN_DOUBLE ? sizeof(double) : sizeof(float);
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
    return r->kind == LNG_UNFUSED_FLOAT ? lng_op_unfused(n->op)
           : r->kind == LNG_IN_DOUBLE   ? lng_op_double(n->op)
                                        : lng_op_kernels(LNG_ISA_BASELINE, n->op)->naive;
}

static void run_one(const lng_reference *r, const lng_node *n, int i, uint32_t example)
{
    lng_naive_call call = {.node = n, .live = 1, .example = example, .turn = r->turn, .context = &r->context};
    for (int k = 0; k < n->n_in; k++)
        call.in[k] = view(r, n->in[k], i);
    for (int k = 0; k < n->n_out; k++)
        call.out[k] = view(r, &n->out[k], i);
    if (n->op->flags & LNG_OP_ACROSS) {
        call.place = i;
        call.apart = (ptrdiff_t)(slice_bytes(r, n->in[0]) / width(r, n->in[0]));
    }
    kernel_of(r, n)(&call);
}

/* ---- sums over the batch ---- */
static void add(const lng_reference *r, char *to, const char *from, int64_t size)
{
    for (int64_t e = 0; e < size; e++)
        if (r->kind == LNG_IN_DOUBLE)
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
    if (r->slices == 0) /* only what is known without examples is asked for */
        return;
    for (int s = 0; s < r->slices; s++) {
        int live = r->count - s * LNG_LANES;
        lng_naive_call call = {
            .node = n, .live = live < LNG_LANES ? live : LNG_LANES, .example = LNG_NO_EXAMPLE, .context = &r->context};
        for (int k = 0; k < n->n_in; k++)
            call.in[k] = view(r, n->in[k], s * LNG_LANES);
        for (int k = 0; k < n->n_out; k++)
            call.out[k] = (lng_view){r->partials[lng_value_index(&n->out[k])] + (size_t)s * slice_bytes(r, &n->out[k]), 1};
        kernel_of(r, n)(&call);
    }
    for (int k = 0; k < n->n_out; k++) {
        size_t bytes = slice_bytes(r, &n->out[k]);
        char *partials = r->partials[lng_value_index(&n->out[k])];
        combine(r, partials, bytes, lng_shape_size(n->out[k].shape), r->slices);
        memcpy(memory(r, &n->out[k]), partials, bytes);
    }
}

static void run_node(const lng_reference *r, const lng_node *n)
{
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

/* NaN shows what a kernel forgets to write. */
static void allot(const lng_reference *r, const lng_value *v)
{
    const size_t i = lng_value_index(v), parts = v->per_example ? (size_t)r->slices : 1;
    r->at[i] = lng_alloc_n(r->arena, parts, slice_bytes(r, v));
    memset(r->at[i], 0xff, parts * slice_bytes(r, v));
    if (v->node->op->flags & LNG_OP_BATCH)
        r->partials[i] = lng_alloc_n(r->arena, (size_t)r->slices, slice_bytes(r, v));
}

/* ---- loops ---- */
static size_t value_bytes(const lng_reference *r, const lng_value *v)
{
    return (size_t)(v->per_example ? r->slices : 1) * slice_bytes(r, v);
}

/* Two rounds, as the next value of a carry may be another carry. */
static void end_turn(const lng_reference *r, const lng_loop *loop)
{
    char **next = LNG_NEW_N(r->arena, loop->carries + 1, char *);
    for (size_t k = 0; k < loop->carries; k++) {
        const size_t bytes = value_bytes(r, loop->carry[k].next);
        next[k] = memcpy(lng_alloc(r->arena, bytes), memory(r, loop->carry[k].next), bytes);
    }
    for (size_t k = 0; k < loop->carries; k++)
        memcpy(memory(r, &loop->carry[k].node->out[0]), next[k], value_bytes(r, loop->carry[k].next));
}

static size_t end_of_loop(const lng_reference *r, size_t begin)
{
    size_t i = begin + 1;
    while (r->order[i].loop != r->order[begin].loop)
        i++;
    return i;
}

static bool any_again(const lng_reference *r, size_t first, size_t end, const bool *again)
{
    for (size_t i = first; i < end; i++)
        if (r->order[i].node && again[r->order[i].node->id])
            return true;
    return false;
}

static void run_loop(lng_reference *r, size_t begin, size_t end);

/* again: NULL for all. A loop runs again as a whole, if at all. */
static void run_range(lng_reference *r, size_t first, size_t end, const bool *again)
{
    for (size_t i = first; i < end; i++) {
        const lng_entry *e = &r->order[i];
        if (e->what == LNG_ENTRY_NODE && (!again || again[e->node->id]))
            run_node(r, e->node);
        if (e->what != LNG_ENTRY_BEGIN)
            continue;
        const size_t last = end_of_loop(r, i);
        if (!again || any_again(r, i, last, again))
            run_loop(r, i, last);
        i = last;
    }
}

static void run_loop(lng_reference *r, size_t begin, size_t end)
{
    const lng_loop *loop = r->order[begin].loop;
    const int64_t before = r->turn;
    for (size_t k = 0; k < loop->carries; k++)
        run_node(r, loop->carry[k].node);
    for (int64_t i = 0; i < loop->count; i++) {
        r->turn = before * loop->count + i;
        run_range(r, begin + 1, end, NULL);
        end_turn(r, loop);
    }
    r->turn = before;
}

void lng_reference_again(lng_reference *r, const bool *again)
{
    unsigned before = lng_flush_subnormals();
    run_range(r, 0, r->entries, again);
    lng_flush_restore(before);
}

lng_reference *lng_reference_run(lng_arena *arena, const lng_graph *g, lng_reference_kind kind, const uint32_t *rows, int count,
                                 const lng_context *context, void *(*variable)(void *store, const char *name), void *store)
{
    lng_reference *r = LNG_NEW(arena, lng_reference);
    *r = (lng_reference){.kind = kind, .count = count, .rows = rows, .context = *context, .arena = arena};
    r->order = lng_graph_order(g, arena, &r->entries);
    r->slices = (count + LNG_LANES - 1) / LNG_LANES;
    r->context.batch = count;
    r->at = LNG_NEW_N(arena, (g->nodes + 1) * LNG_MAX_OUT, void *);
    r->partials = LNG_NEW_N(arena, (g->nodes + 1) * LNG_MAX_OUT, char *);
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        for (int k = 0; k < n->n_out; k++)
            if (n->op->flags & LNG_OP_STORED)
                r->at[lng_value_index(&n->out[k])] = variable(store, n->name);
            else
                allot(r, &n->out[k]);
    }
    lng_reference_again(r, NULL);
    return r;
}

double lng_reference_at(const lng_reference *r, const lng_value *v, int example, int64_t element)
{
    lng_view x = view(r, v, example);
    if (v->dtype == LNG_I32)
        return ((const int32_t *)x.at)[element * x.step];
    return r->kind == LNG_IN_DOUBLE ? ((const double *)x.at)[element * x.step] : (double)((const float *)x.at)[element * x.step];
}

double *lng_reference_number(const lng_reference *r, const lng_value *v, int example, int64_t element)
{
    const lng_view x = view(r, v, example);
    return (double *)x.at + element * x.step;
}
