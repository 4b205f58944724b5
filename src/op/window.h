/* Windows that slide over rows and columns, for convolutions and pools; an lng_axis describes one of the two dimensions.
 *
 * Tap t of output o reads input o * stride - before + t * dilation; taps outside the input do not exist. `valid`: only outputs whose taps all
 * exist. `same` (as TensorFlow has it): ceil(in / stride) outputs; the padding is split evenly, an odd one goes to the end. Numbers before and
 * after: only outputs whose taps all exist in the padded input. With `ceil` the last window may also reach beyond the end, if it begins
 * before it. */
#ifndef LNG_OP_WINDOW_H
#define LNG_OP_WINDOW_H
#include "graph/op.h"
#include <string.h>

typedef struct lng_axis {
    int64_t in, out, window, stride, dilation, before;
} lng_axis;

static inline bool lng_is_same(const lng_attr *padding)
{
    return padding->s && strcmp(padding->s, "same") == 0;
}

/* Whether there is no padding. */
static inline bool lng_is_valid(const lng_attr *padding)
{
    bool valid = !lng_is_same(padding);
    for (int i = 0; i < padding->v.rank; i++)
        valid = valid && padding->v.dim[i] == 0;
    return valid;
}

/* which: 0 for rows, 1 for columns. */
static inline lng_axis lng_axis_of(int which, int64_t in, int64_t window, int64_t stride, int64_t dilation, const lng_attr *padding,
                                   bool ceil)
{
    lng_axis a = {.in = in, .window = window, .stride = stride, .dilation = dilation, .before = padding->v.dim[2 * which]};
    const int64_t span = (window - 1) * dilation + 1, padded = in + a.before + padding->v.dim[2 * which + 1];
    if (!lng_is_same(padding)) {
        const int64_t rest = padded - span;
        a.out = rest >= 0 ? rest / stride + 1 : 0;
        if (ceil && (a.out - 1) * stride < rest && a.out * stride < in + a.before)
            a.out++;
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

/* How many inputs, from the first, some output reads. */
static inline int64_t lng_axis_used(const lng_axis *a)
{
    const int64_t end = lng_axis_at(a, a->out - 1, a->window - 1) + 1;
    return end < a->in ? end : a->in;
}

#endif
