/* Windows that slide over rows and columns, for convolutions and pools; an lng_axis describes one of the two dimensions.
 *
 * Tap t of output o reads input o * stride - before + t * dilation; taps outside the input do not exist. `valid`: only outputs whose taps all
 * exist. `same` (as TensorFlow has it): ceil(in / stride) outputs; the padding is split evenly, an odd one goes to the end. */
#ifndef LNG_OP_WINDOW_H
#define LNG_OP_WINDOW_H
#include "graph/op.h"
#include <string.h>

typedef struct lng_axis {
    int64_t in, out, window, stride, dilation, before;
} lng_axis;

static inline lng_axis lng_axis_of(int64_t in, int64_t window, int64_t stride, int64_t dilation, bool same)
{
    lng_axis a = {.in = in, .window = window, .stride = stride, .dilation = dilation};
    const int64_t span = (window - 1) * dilation + 1;
    if (!same) {
        a.out = in >= span ? (in - span) / stride + 1 : 0;
        return a;
    }
    a.out = (in + stride - 1) / stride;
    const int64_t missing = (a.out - 1) * stride + span - in;
    a.before = missing > 0 ? missing / 2 : 0;
    return a;
}

/* The input position of a tap; outside [0, in) if it does not exist. */
static inline int64_t lng_axis_at(const lng_axis *a, int64_t output, int64_t tap)
{
    return output * a->stride - a->before + tap * a->dilation;
}

/* The taps of an output that exist: [*first, *end). */
static inline void lng_axis_taps(const lng_axis *a, int64_t output, int64_t *first, int64_t *end)
{
    const int64_t start = output * a->stride - a->before;
    *first = start < 0 ? (-start + a->dilation - 1) / a->dilation : 0;
    const int64_t room = a->in - start; /* positions start .. in-1 */
    *end = room <= 0 ? 0 : (room + a->dilation - 1) / a->dilation;
    if (*end > a->window)
        *end = a->window;
    if (*first > *end)
        *first = *end;
}

/* The outputs that may read an input position, [*first, *end), and the tap by which one does; -1 if none. */
static inline void lng_axis_outputs(const lng_axis *a, int64_t input, int64_t *first, int64_t *end)
{
    const int64_t last = input + a->before, start = last - (a->window - 1) * a->dilation;
    *first = start > 0 ? (start + a->stride - 1) / a->stride : 0;
    *end = last / a->stride + 1;
    if (*end > a->out)
        *end = a->out;
    if (*first > *end)
        *first = *end;
}
static inline int64_t lng_axis_tap(const lng_axis *a, int64_t input, int64_t output)
{
    const int64_t distance = input + a->before - output * a->stride;
    return distance < 0 || distance % a->dilation || distance / a->dilation >= a->window ? -1 : distance / a->dilation;
}

/* The outputs whose tap of this number exists, [*first, *end). */
static inline void lng_axis_reads(const lng_axis *a, int64_t tap, int64_t *first, int64_t *end)
{
    const int64_t shift = a->before - tap * a->dilation; /* output o reads o * stride - shift */
    *first = shift > 0 ? (shift + a->stride - 1) / a->stride : 0;
    *end = a->in + shift <= 0 ? 0 : (a->in + shift - 1) / a->stride + 1;
    if (*end > a->out)
        *end = a->out;
    if (*first > *end)
        *first = *end;
}

static inline bool lng_is_same(const lng_attr *padding)
{
    return strcmp(padding->s, "same") == 0;
}

#endif
