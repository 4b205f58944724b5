/* y = the indices that sort the last axis. */
#include "op/kernel.h"

enum { DESCENDING };

/* A row that is sorted: NaN is the largest number, and equals stay in their order, so no two indices are equal. */
typedef struct row {
    lng_view x;
    int64_t at; /* its first element */
    bool descending;
} row;

static bool is_before(const row *r, int32_t i, int32_t k)
{
    const real a = F(r->x, r->at + i), b = F(r->x, r->at + k);
    const bool a_larger = a > b || (a != a && b == b), b_larger = b > a || (b != b && a == a);
    return r->descending ? a_larger || (!b_larger && i < k) : b_larger || (!a_larger && i < k);
}

/* Heapsort of the indices, in place: the last in the order is at the top of the heap. */
static void sift_down(const row *r, lng_view y, int64_t top, int64_t n)
{
    const int32_t moved = I(y, r->at + top);
    for (int64_t child; (child = 2 * top + 1) < n; top = child) {
        if (child + 1 < n && is_before(r, I(y, r->at + child), I(y, r->at + child + 1)))
            child++;
        if (!is_before(r, moved, I(y, r->at + child)))
            break;
        I(y, r->at + top) = I(y, r->at + child);
    }
    I(y, r->at + top) = moved;
}

static void sort(const row *r, lng_view y, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        I(y, r->at + i) = (int32_t)i;
    for (int64_t i = n / 2; i-- > 0;)
        sift_down(r, y, i, n);
    for (int64_t end = n - 1; end > 0; end--) {
        const int32_t last = I(y, r->at + end);
        I(y, r->at + end) = I(y, r->at);
        I(y, r->at) = last;
        sift_down(r, y, 0, end);
    }
}

static void naive(const lng_naive_call *call)
{
    const lng_shape x = call->node->in[0]->shape;
    const int64_t n = x.dim[x.rank - 1], size = lng_shape_size(x);
    for (int64_t at = 0; at < size; at += n) {
        const row r = {call->in[0], at, call->node->attr[DESCENDING].i};
        sort(&r, call->out[0], n);
    }
}

LNG_NAIVE_KERNELS(argsort, naive);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->in[0]->shape;
    r->dtype[0] = LNG_I32;
    return r->shape[0].rank > 0 || lng_infer_fail_operand(r, 0, "a value with at least one dimension");
}

const lng_op lng_op_argsort = {
    .name = "argsort",
    .about = "the indices that sort the last axis",
    .math =
        "x[.., y[.., i]] is the i-th number in order: the least first, or the largest first if descending; equals keep their order, "
        "and NaN counts as larger than any number; no gradient flows",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_INT_ONLY, "indices from 0, in the shape of x"}),
    LNG_ATTRS([DESCENDING] = {"descending", LNG_ATTR_BOOL, .about = "whether the largest number comes first"}),
    .infer = infer,
    .example = "metrics: ['any(slice(argsort(out), start=7) == label)']",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(3, 1, 2, 1)}, .default_attr = true, .out = {LNG_VALUES(1, 3, 2, 0)}},
    {.in = {LNG_VALUES(3, 1, 2, 3)}, .attr = {{.i = 1}}, .out = {LNG_VALUES(0, 3, 2, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 2, 1, -1, 1)}, .default_attr = true, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 0, 0, 1)}},
    {.in = {LNG_VALUES(NAN, INFINITY, NAN, -INFINITY)}, .default_attr = true, .out = {LNG_VALUES(3, 1, 0, 2)}},
    {.in = {LNG_VALUES(1, NAN, INFINITY, NAN)}, .attr = {{.i = 1}}, .out = {LNG_VALUES(1, 3, 2, 0)}},
    {.in = {LNG_VALUES(0, 0, 0, 0, 0)}, .attr = {{.i = 1}}, .out = {LNG_VALUES(0, 1, 2, 3, 4)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1)}, .default_attr = true},
    {.in = {LNG_DIMS(50)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 17)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(2, 2, 4)}, .default_attr = true},
};
LNG_OP_CASES(argsort);
#endif
