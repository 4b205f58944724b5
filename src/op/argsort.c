/* y = the indices that sort the numbers along an axis.
 *
 * The fast kernel sorts the rows of 16 examples at once: with a network, whose comparisons do not depend on the numbers (Batcher's odd-even
 * merge exchange; Knuth, 5.2.2 M). The order leaves no equals, so that any method gives the same indices. */
#include "op/kernel.h"

/* The axis has n numbers, `inner` elements apart. */
typedef struct sorting {
    int64_t rows, n, inner;
    bool descending;
} sorting;

static sorting sorting_of(const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int axis = axis_of(n->attr[LNG_ARGSORT_AXIS].i, x.rank);
    sorting s = {
        .rows = lng_shape_size(x) / x.dim[axis], .n = x.dim[axis], .inner = 1, .descending = n->attr[LNG_ARGSORT_DESCENDING].i};
    for (int i = axis + 1; i < x.rank; i++)
        s.inner *= x.dim[i];
    return s;
}

/* The first element of a row. */
static int64_t start_of(const sorting *s, int64_t row)
{
    return row / s->inner * s->n * s->inner + row % s->inner;
}

/* A row that is sorted: NaN is the largest number, and equals stay in their order, so no two indices are equal. */
typedef struct row {
    lng_view x, y;
    bool descending;
} row;

static bool is_before(const row *r, int32_t i, int32_t k)
{
    const real a = F(r->x, i), b = F(r->x, k);
    const bool a_larger = a > b || (a != a && b == b), b_larger = b > a || (b != b && a == a);
    return r->descending ? a_larger || (!b_larger && i < k) : b_larger || (!a_larger && i < k);
}

/* Heapsort of the indices, in place: the last in the order is at the top of the heap. */
static void sift_down(const row *r, int64_t top, int64_t n)
{
    const int32_t moved = I(r->y, top);
    for (int64_t child; (child = 2 * top + 1) < n; top = child) {
        if (child + 1 < n && is_before(r, I(r->y, child), I(r->y, child + 1)))
            child++;
        if (!is_before(r, moved, I(r->y, child)))
            break;
        I(r->y, top) = I(r->y, child);
    }
    I(r->y, top) = moved;
}

static void sort(const row *r, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        I(r->y, i) = (int32_t)i;
    for (int64_t i = n / 2; i-- > 0;)
        sift_down(r, i, n);
    for (int64_t end = n - 1; end > 0; end--) {
        const int32_t last = I(r->y, end);
        I(r->y, end) = I(r->y, 0);
        I(r->y, 0) = last;
        sift_down(r, 0, end);
    }
}

static void naive(const lng_naive_call *call)
{
    const sorting s = sorting_of(call->node);
    const lng_view x = call->in[0], y = call->out[0];
    for (int64_t i = 0; i < s.rows; i++) {
        const int64_t at = start_of(&s, i);
        const row r = {{&F(x, at), x.step * (ptrdiff_t)s.inner}, {&I(y, at), y.step * (ptrdiff_t)s.inner}, s.descending};
        sort(&r, s.n);
    }
}

#ifdef LNG_FAST
/* Integers in the order of the numbers. */
static i16 keys_of(v16 x, bool descending)
{
    const i16 bits = v_bits(v_add(x, v_zero())); /* -0 becomes +0 */
    const i16 ordered = iv_xor(bits, iv_shr(iv_sar(bits, 31), 1)), key = iv_select(v_isnan(x), iv_set1(INT32_MAX), ordered);
    return descending ? iv_xor(key, iv_set1(-1)) : key;
}

/* Puts the pairs of a key and an index at i and k in order, in each lane. */
static void exchange(int32_t *key, int32_t *index, int64_t i, int64_t k)
{
    int32_t *const a = key + i * LNG_LANES, *const b = key + k * LNG_LANES, *const p = index + i * LNG_LANES,
                   *const q = index + k * LNG_LANES;
    const i16 x = iv_load(a), y = iv_load(b), m = iv_load(p), n = iv_load(q);
    const m16 swap = m_or(iv_lt(y, x), m_and(iv_eq(y, x), iv_lt(n, m)));
    iv_store(a, iv_select(swap, y, x));
    iv_store(b, iv_select(swap, x, y));
    iv_store(p, iv_select(swap, n, m));
    iv_store(q, iv_select(swap, m, n));
}

static void merge_exchange(int32_t *key, int32_t *index, int64_t n)
{
    int64_t half = 1;
    while (half * 2 < n)
        half *= 2;
    for (int64_t p = half; p > 0; p /= 2)
        for (int64_t q = half, rest = 0, apart = p;; apart = q - p, q /= 2, rest = p) {
            for (int64_t i = 0; i + apart < n; i++)
                if ((i & p) == rest)
                    exchange(key, index, i, i + apart);
            if (q == p)
                break;
        }
}

static void fast(const lng_call *call)
{
    const sorting *s = call->prepared;
    int32_t *key = call->scratch, *index = key + s->n * LNG_LANES;
    const ptrdiff_t step = (ptrdiff_t)s->inner * LNG_LANES;
    for (int64_t r = 0; r < s->rows; r++) {
        const float *x = (const float *)call->in[0] + start_of(s, r) * LNG_LANES;
        int32_t *y = (int32_t *)call->out[0] + start_of(s, r) * LNG_LANES;
        for (int64_t i = 0; i < s->n; i++) {
            iv_store(key + i * LNG_LANES, keys_of(v_load(x + i * step), s->descending));
            iv_store(index + i * LNG_LANES, iv_set1((int32_t)i));
        }
        merge_exchange(key, index, s->n);
        for (int64_t i = 0; i < s->n; i++)
            iv_store(y + i * step, iv_load(index + i * LNG_LANES));
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->out[0].per_example)
        return (lng_prepared){0};
    sorting *s = LNG_NEW(arena, sorting);
    *s = sorting_of(n);
    return (lng_prepared){.kernel = fast, .data = s, .scratch = (size_t)s->n * LNG_LANES * 2 * sizeof(int32_t)};
}
#endif
LNG_KERNELS(argsort, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    int axis;
    r->shape[0] = r->in[0]->shape;
    r->dtype[0] = LNG_I32;
    return (r->shape[0].rank > 0 || lng_infer_fail_operand(r, 0, "a value with at least one dimension")) &&
           lng_infer_axis(r, LNG_ARGSORT_AXIS, r->attr[LNG_ARGSORT_AXIS].i, &axis);
}

const lng_op lng_op_argsort = {
    .name = "argsort",
    .about = "the indices that sort the numbers along an axis",
    .math =
        "x[.., y[.., i, ..], ..] is the i-th number of its row along the axis: the least first, or the largest first if descending; equals keep their order, "
        "and NaN counts as larger than any number",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_INT_ONLY, "indices from 0, in the shape of x"}),
    LNG_ATTRS([LNG_ARGSORT_DESCENDING] = {"descending", LNG_ATTR_BOOL, .about = "whether the largest number comes first"},
              [LNG_ARGSORT_AXIS] = {"axis", LNG_AXIS_ATTR, .fallback = {.i = -1}}),
    .infer = infer,
    .no_vjp = "its results are integers",
    .example = "metrics: ['any(slice(argsort(out), start=7) == label)']",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(3, 1, 2, 1)}, .default_attr = true, .out = {LNG_VALUES(1, 3, 2, 0)}},
    {.in = {LNG_VALUES(3, 1, 2, 3)}, .attr = {{.i = 1}, {.i = 0}}, .out = {LNG_VALUES(0, 3, 2, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 2, 1, -1, 1)}, .default_attr = true, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 0, 0, 1)}},
    {.in = {LNG_VALUES(NAN, INFINITY, NAN, -INFINITY)}, .default_attr = true, .out = {LNG_VALUES(3, 1, 0, 2)}},
    {.in = {LNG_VALUES(1, NAN, INFINITY, NAN)}, .attr = {{.i = 1}, {.i = -1}}, .out = {LNG_VALUES(1, 3, 2, 0)}},
    {.in = {LNG_VALUES(0, -0.0, 0, -0.0, 0)}, .attr = {{.i = 1}, {.i = -1}}, .out = {LNG_VALUES(0, 1, 2, 3, 4)}},
    {.in = {LNG_VALUES(0, -0.0, -1, -2, -INFINITY)}, .attr = {{.i = 0}, {.i = 0}}, .out = {LNG_VALUES(4, 3, 2, 0, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(3, 2), 2, 1, -1, 1, 0, -5)},
     .attr = {{.i = 0}, {.i = 0}},
     .out = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 2, 0, 0, 1)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1)}, .default_attr = true},
    {.in = {LNG_DIMS(50)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 17)}, .attr = {{.i = 1}, {.i = -1}}},
    {.in = {LNG_DIMS(9, 3)}, .attr = {{.i = 1}, {.i = 0}}},
    {.in = {LNG_DIMS(2, 33, 2)}, .attr = {{.i = 0}, {.i = 1}}},
    {.in = {LNG_DIMS(2, 2, 4)}, .default_attr = true},
};
LNG_OP_CASES(argsort);
#endif
