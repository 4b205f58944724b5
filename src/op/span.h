/* Spans along an axis, for slice, flip (whose step is -1) and slice's adjoint pad: element i of the short value is element start + i step of
 * the long one. Elements before the axis go into `outer`, those after it into `inner`. */
#include "graph/nest.h"

typedef struct span {
    int64_t outer, inner;
    int64_t size, length; /* of the axis, in the long and in the short value */
    int64_t start, step;
} span;

static inline span span_of(lng_shape whole, lng_shape part, int axis, int64_t start, int64_t step)
{
    span s = {.outer = 1, .inner = 1, .size = whole.dim[axis], .length = part.dim[axis], .start = start, .step = step};
    for (int i = 0; i < axis; i++)
        s.outer *= whole.dim[i];
    for (int i = axis + 1; i < whole.rank; i++)
        s.inner *= whole.dim[i];
    return s;
}

/* One past the last element of the long value. */
static inline int64_t span_end(const span *s)
{
    return s->start + (s->length - 1) * s->step + 1;
}

/* The element of the long value that is element e of the short one. */
static inline int64_t span_source(const span *s, int64_t e)
{
    const int64_t i = s->start + e / s->inner % s->length * s->step;
    return (e / (s->length * s->inner) * s->size + i) * s->inner + e % s->inner;
}

/* Loops over the short value: array `part` steps through it, array `whole` through the long one. */
static inline void span_nest(const span *s, lng_nest *w, int whole, int part)
{
    w->rank = 3;
    w->extent[0] = s->outer;
    w->extent[1] = s->length;
    w->extent[2] = s->inner;
    w->step[whole][0] = (ptrdiff_t)(s->size * s->inner);
    w->step[part][0] = (ptrdiff_t)(s->length * s->inner);
    w->step[whole][1] = (ptrdiff_t)(s->step * s->inner);
    w->step[part][1] = (ptrdiff_t)s->inner;
    w->step[whole][2] = w->step[part][2] = 1;
}
