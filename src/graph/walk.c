#include "graph/walk.h"

bool lng_shape_broadcast(lng_shape *out, lng_shape in)
{
    lng_shape wide = out->rank >= in.rank ? *out : in, thin = out->rank >= in.rank ? in : *out;
    int extra = wide.rank - thin.rank;
    for (int i = 0; i < thin.rank; i++) {
        int64_t a = wide.dim[i + extra], b = thin.dim[i];
        if (a != b && a != 1 && b != 1)
            return false;
        wide.dim[i + extra] = a == 1 ? b : a;
    }
    *out = wide;
    return true;
}

bool lng_infer_pointwise(lng_infer *r)
{
    lng_shape common = r->in[0]->shape;
    char before[LNG_SHAPE_TEXT], after[LNG_SHAPE_TEXT];
    for (int i = 1; i < r->n_in; i++) {
        lng_shape_text(before, common);
        if (!lng_shape_broadcast(&common, r->in[i]->shape))
            return lng_infer_fail_in(
                r, i, LNG_E_SHAPE,
                "%s expects shapes that are equal or stretch from 1, aligned at the last dimension; got %s and %s", r->op->name,
                before, lng_shape_text(after, r->in[i]->shape));
    }
    for (int i = 0; i < r->op->n_out; i++)
        r->shape[i] = common;
    return true;
}

int64_t lng_shape_source(lng_shape to, lng_shape from, int64_t e)
{
    int64_t at = 0, step = 1;
    for (int i = to.rank - 1, k = from.rank - 1; k >= 0; i--, k--) {
        if (from.dim[k] != 1)
            at += e % to.dim[i] * step;
        e /= to.dim[i];
        step *= from.dim[k];
    }
    return at;
}

void lng_walk_broadcast(lng_walk *w, int array, lng_shape to, lng_shape from)
{
    int extra = to.rank - from.rank;
    ptrdiff_t step = 1;
    w->rank = to.rank;
    for (int i = to.rank - 1; i >= 0; i--) {
        w->extent[i] = to.dim[i];
        bool stretched = i < extra || from.dim[i - extra] == 1;
        w->step[array][i] = stretched ? 0 : step;
        if (i >= extra)
            step *= from.dim[i - extra];
    }
}

/* Whether loop i of w and the inner loop `last` of m run through all arrays without a gap. */
static bool joins(const lng_walk *w, int i, const lng_walk *m, int last, int arrays)
{
    for (int k = 0; k < arrays; k++)
        if (w->step[k][i] != m->step[k][last] * m->extent[last])
            return false;
    return true;
}

void lng_walk_merge(lng_walk *w, int arrays)
{
    lng_walk m = {0};
    int last = LNG_MAX_RANK; /* the loops of m are filled from the end */
    for (int i = w->rank - 1; i >= 0; i--) {
        if (w->extent[i] == 1)
            continue;
        if (last < LNG_MAX_RANK && joins(w, i, &m, last, arrays)) {
            m.extent[last] *= w->extent[i];
            continue;
        }
        m.extent[--last] = w->extent[i];
        for (int k = 0; k < arrays; k++)
            m.step[k][last] = w->step[k][i];
    }
    *w = (lng_walk){.rank = LNG_MAX_RANK - last};
    for (int i = 0; i < w->rank; i++) {
        w->extent[i] = m.extent[last + i];
        for (int k = 0; k < arrays; k++)
            w->step[k][i] = m.step[k][last + i];
    }
    if (w->rank == 0)
        w->extent[w->rank++] = 1;
}

void lng_walk_scale(lng_walk *w, int array, bool per_example)
{
    for (int i = 0; per_example && i < w->rank; i++)
        w->step[array][i] *= LNG_LANES;
}
