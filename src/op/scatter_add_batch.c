/* y = the parts of x, of all examples, that have the same index: the adjoint of a shared table that examples read by index.
 *
 * Each slice's partial has the table's size, and half of the partials are added to others as they are made (lng_call.add). Adding touches only the
 * rows that the slice has read, as adding +0 would change no other: a slice's sums are never -0 (a flushed one is made +0). So a slice costs the rows
 * that it reads, and every second one a table of zeros. */
#include "op/rows.h"

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const rows r = rows_of_scatter(n);
    for (int64_t e = 0, size = lng_shape_size(n->out[0].shape); e < size; e++)
        F(call->out[0], e) = 0;
    for (int l = 0; l < call->live; l++)
        for (int64_t t = 0; t < r.reads; t++) {
            const int64_t row = row_at(&r, t, (&I(call->in[1], index_of(&r, t)))[n->in[1]->per_example ? l : 0]);
            for (int64_t c = 0; row >= 0 && c < r.inner; c++)
                F(call->out[0], row * r.inner + c) += (&F(call->in[0], t * r.inner + c))[n->in[0]->per_example ? l : 0];
        }
    for (int64_t e = 0, size = lng_shape_size(n->out[0].shape); e < size; e++)
        F(call->out[0], e) += 0;
}

#ifdef LNG_FAST
/* A part of x: where it goes, and which one it is. */
typedef struct part {
    int64_t row, at;
} part;

typedef struct plan {
    rows rows;
    int64_t columns; /* of a row of parts: inner, rounded up to whole vectors */
    int64_t parts;   /* reads of 16 examples */
} plan;

/* Parts of one row after each other, in the order that they had: a merge sort, of runs of growing length. */
static part *sorted(part *from, part *spare, int64_t n)
{
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t start = 0; start < n; start += 2 * run) {
            int64_t a = start, b = start + run < n ? start + run : n;
            const int64_t middle = b, end = b + run < n ? b + run : n;
            for (int64_t i = start; i < end; i++)
                spare[i] = b >= end || (a < middle && from[a].row <= from[b].row) ? from[a++] : from[b++];
        }
        part *keep = from;
        from = spare;
        spare = keep;
    }
    return from;
}

/* x[t][column][lane] as rows [lane][t][column]. */
static void turn(const plan *p, const float *x, float *to)
{
    const int64_t inner = p->rows.inner;
    for (int64_t t = 0; t < p->rows.reads; t++)
        for (int64_t c = 0; c < p->columns; c += 16) {
            v16 v[16];
            for (int i = 0; i < 16; i++)
                v[i] = c + i < inner ? v_load(x + (t * inner + c + i) * LNG_LANES) : v_zero();
            v_transpose(v);
            for (int l = 0; l < LNG_LANES; l++)
                v_store(to + (l * p->rows.reads + t) * p->columns + c, v[l]);
        }
}

/* The sum of n parts of one row. */
static void add_row(const plan *p, const part *first, int64_t n, const float *parts, float *y, bool add)
{
    for (int64_t c = 0; c < p->rows.inner; c += 16) {
        v16 sum = v_zero();
        for (int64_t i = 0; i < n; i++)
            sum = v_add(sum, v_load(parts + first[i].at * p->columns + c));
        v_store_or_add(y + c, v_add(sum, v_zero()), p->rows.inner - c, add);
    }
}

static void fast(const lng_call *call)
{
    const plan *p = call->prepared;
    float *parts = call->scratch;
    part *list = (part *)(void *)(parts + p->parts * p->columns);
    int64_t n = 0;
    turn(p, call->in[0], parts);
    for (int l = 0; l < call->live; l++)
        for (int64_t t = 0; t < p->rows.reads; t++) {
            const int64_t row = row_at(&p->rows, t, ((const int32_t *)call->in[1])[index_of(&p->rows, t) * LNG_LANES + l]);
            if (row >= 0)
                list[n++] = (part){row, l * p->rows.reads + t};
        }
    list = sorted(list, list + p->parts, n);
    if (!call->add)
        memset(call->out[0], 0, (size_t)lng_shape_size(call->node->out[0].shape) * sizeof(float));
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && list[end].row == list[i].row;)
            end++;
        add_row(p, list + i, end - i, parts, (float *)call->out[0] + list[i].row * p->rows.inner, call->add);
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example)
        return (lng_prepared){0};
    plan *p = LNG_NEW(arena, plan);
    const rows r = rows_of_scatter(n);
    *p = (plan){.rows = r, .columns = (r.inner + 15) / 16 * 16, .parts = r.reads * LNG_LANES};
    return (lng_prepared){
        .kernel = fast, .data = p, .scratch = (size_t)p->parts * ((size_t)p->columns * sizeof(float) + 2 * sizeof(part))};
}
#endif
LNG_KERNELS(scatter_add_batch, naive, prepare);

#ifdef LNG_TABLE
const lng_op lng_op_scatter_add_batch = {
    .name = "scatter_add_batch",
    .about = "parts of a value added up by index along an axis, and over the batch",
    .math =
        "y[.., index, ..] = the sum of the parts of x with this index, over the examples: within a slice from +0, for each live lane in "
        "order and, within it, in ascending order of their place; -0 becomes +0",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    SCATTER_TABLE,
    .trial = "[3, 2] 4:[3] size=4 axis=0",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* of a batch of one example */
static const lng_sample samples[] = {SCATTER_SAMPLES};
static const lng_case cases[] = {
    SCATTER_CASES,
    {.in = {LNG_DIMS(2, 3, 17), LNG_DIMS(2, 3)}, .attr = {{.i = 0}, {.i = 0}, {.i = 3}}, .low = 0, .high = 2},
    {.in = {LNG_DIMS(2, 4, 3), LNG_DIMS(4)}, .attr = {{.i = -2}, {.i = 0}, {.i = 50}}, .low = 0, .high = 49},
};
LNG_OP_CASES(scatter_add_batch);
#endif
