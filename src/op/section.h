/* Sections along an axis, for slice and its adjoint pad: the long value is cut to the short one, which stands in it from `start` on. */
#include "graph/walk.h"

/* The elements before an element in the long value that is given by its place in the short one: the axis' size and what lies
 * behind it are all that matters. */
typedef struct section {
    int64_t outer, inner; /* elements before and behind the axis */
    int64_t size, length; /* of the axis, in the long and in the short value */
    int64_t start;
} section;

static inline int wrap_axis(int64_t axis, int rank)
{
    return (int)(axis < 0 ? axis + rank : axis);
}

static inline section section_of(lng_shape whole, lng_shape part, int axis, int64_t start)
{
    section s = {.outer = 1, .inner = 1, .size = whole.dim[axis], .length = part.dim[axis], .start = start};
    for (int i = 0; i < axis; i++)
        s.outer *= whole.dim[i];
    for (int i = axis + 1; i < whole.rank; i++)
        s.inner *= whole.dim[i];
    return s;
}

/* The walk over the short value: array `part` through it, array `whole` through the long one. */
static inline void section_walk(const section *s, lng_walk *w, int whole, int part)
{
    w->rank = 2;
    w->extent[0] = s->outer;
    w->extent[1] = s->length * s->inner;
    w->step[whole][0] = (ptrdiff_t)(s->size * s->inner);
    w->step[part][0] = (ptrdiff_t)(s->length * s->inner);
    w->step[whole][1] = w->step[part][1] = 1;
}
