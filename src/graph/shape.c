/* Shapes: their sizes, which cannot overflow, broadcasting, and text. */
#include "base/assert.h"
#include "graph/op.h"
#include <stdarg.h>
#include <string.h>

lng_shape lng_shape_of(int rank, ...)
{
    LNG_ASSERT(rank >= 0 && rank <= LNG_MAX_RANK);
    lng_shape s = {.rank = rank};
    va_list list;
    va_start(list, rank);
    for (int i = 0; i < rank; i++)
        s.dim[i] = va_arg(list, int64_t);
    va_end(list);
    return s;
}

int64_t lng_shape_size(lng_shape s)
{
    int64_t size = 1;
    for (int i = 0; i < s.rank; i++) {
        if (s.dim[i] < 0 || s.dim[i] > LNG_MAX_ELEMENTS || size * s.dim[i] > LNG_MAX_ELEMENTS)
            return -1;
        size *= s.dim[i];
    }
    return size;
}

lng_shape lng_shape_stacked(lng_shape s, int64_t n)
{
    LNG_ASSERT(s.rank < LNG_MAX_RANK);
    memmove(s.dim + 1, s.dim, (size_t)s.rank++ * sizeof *s.dim);
    s.dim[0] = n;
    return s;
}

lng_shape lng_shape_row(lng_shape s)
{
    LNG_ASSERT(s.rank > 0);
    memmove(s.dim, s.dim + 1, (size_t)--s.rank * sizeof *s.dim);
    s.dim[s.rank] = 0;
    return s;
}

bool lng_shape_equal(lng_shape a, lng_shape b)
{
    return a.rank == b.rank && (a.rank == 0 || memcmp(a.dim, b.dim, (size_t)a.rank * sizeof *a.dim) == 0);
}

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

int64_t lng_shape_source(lng_shape to, lng_shape from, int64_t e)
{
    LNG_ASSERT(from.rank <= to.rank);
    int64_t at = 0, step = 1;
    for (int i = to.rank - 1, k = from.rank - 1; k >= 0; i--, k--) {
        if (from.dim[k] != 1)
            at += e % to.dim[i] * step;
        e /= to.dim[i];
        step *= from.dim[k];
    }
    return at;
}

const char *lng_shape_text(char buffer[LNG_SHAPE_TEXT], lng_shape s)
{
    if (s.rank == 0)
        return strcpy(buffer, "scalar");
    size_t n = 0;
    buffer[n++] = '[';
    for (int i = 0; i < s.rank; i++) {
        if (i > 0)
            buffer[n++] = ',', buffer[n++] = ' ';
        if (s.dim[i] < 0)
            buffer[n++] = '-';
        n += lng_digits(buffer + n, s.dim[i] < 0 ? 0 - (uint64_t)s.dim[i] : (uint64_t)s.dim[i]);
    }
    strcpy(buffer + n, "]");
    return buffer;
}

const char *lng_dtype_name(lng_dtype d)
{
    return d == LNG_I32 ? "i32" : "f32";
}
