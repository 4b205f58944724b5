/* Nests of loops: making them for broadcasting, and merging loops. */
#include "base/assert.h"
#include "graph/nest.h"

void lng_nest_broadcast(lng_nest *w, int array, lng_shape to, lng_shape from)
{
    LNG_ASSERT(from.rank <= to.rank && array < LNG_NEST_ARRAYS);
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

/* Whether loop i of w and the next inner loop, `last` of m, step through all arrays without a gap. */
static bool continues(const lng_nest *w, int i, const lng_nest *m, int last, int arrays)
{
    for (int k = 0; k < arrays; k++)
        if (w->step[k][i] != m->step[k][last] * m->extent[last])
            return false;
    return true;
}

void lng_nest_merge(lng_nest *w, int arrays)
{
    lng_nest m = {0};
    int last = LNG_MAX_RANK; /* the loops of m are filled from the end */
    for (int i = w->rank - 1; i >= 0; i--) {
        if (w->extent[i] == 1)
            continue;
        if (last < LNG_MAX_RANK && continues(w, i, &m, last, arrays)) {
            m.extent[last] *= w->extent[i];
            continue;
        }
        m.extent[--last] = w->extent[i];
        for (int k = 0; k < arrays; k++)
            m.step[k][last] = w->step[k][i];
    }
    *w = (lng_nest){.rank = LNG_MAX_RANK - last};
    for (int i = 0; i < w->rank; i++) {
        w->extent[i] = m.extent[last + i];
        for (int k = 0; k < arrays; k++)
            w->step[k][i] = m.step[k][last + i];
    }
    if (w->rank == 0)
        w->extent[w->rank++] = 1;
}

void lng_nest_scale(lng_nest *w, int array, bool per_example)
{
    for (int i = 0; per_example && i < w->rank; i++)
        w->step[array][i] *= LNG_LANES;
}
