/* Convolutions, pools and what else works on images, in ONNX [c, h, w] or of one row [c, w], here with the channels last (build.h). */
#include "import/build.h"
#include <string.h>

enum { ROWS, COLUMNS, AXES };

/* Windows over an image; of a sequence, the first axis is unused. */
typedef struct windows {
    int axes; /* 1, 2 */
    int64_t in[AXES], kernel[AXES], stride[AXES], dilation[AXES], before[AXES], after[AXES], out[AXES];
    bool ceil, same;
} windows;

/* A list of an attribute, with a number for each axis. */
static bool list_of(lng_importer *m, const char *name, int n, int64_t otherwise, int64_t least, int64_t *to)
{
    const lng_foreign_attr *a = lng_foreign_attribute(m->node, name);
    if (a && (int)a->count != n)
        return lng_import_refuse(m, "`%s` has %zu numbers; an image of %d axes needs %d", name, a->count, n, n);
    for (int i = 0; i < n; i++) {
        to[i] = a ? a->integers[i] : otherwise;
        if (to[i] < least || to[i] > 1 << 20)
            return lng_import_refuse(m, "`%s` is %lld", name, (long long)to[i]);
    }
    return true;
}

static int64_t span(const windows *w, int i)
{
    return (w->kernel[i] - 1) * w->dilation[i] + 1;
}

/* Padding for an output of in / stride, rounded up, with what is odd at the end. */
static int64_t same_total(const windows *w, int i)
{
    const int64_t out = (w->in[i] + w->stride[i] - 1) / w->stride[i], total = (out - 1) * w->stride[i] + span(w, i) - w->in[i];
    return total > 0 ? total : 0;
}

static bool padding_of(lng_importer *m, windows *w)
{
    const char *automatic = lng_foreign_text(m->node, "auto_pad", "NOTSET");
    int64_t pads[2 * AXES];
    if (!list_of(m, "pads", 2 * w->axes, 0, 0, pads))
        return false;
    if (strcmp(automatic, "NOTSET") != 0 && strcmp(automatic, "VALID") != 0 && strcmp(automatic, "SAME_UPPER") != 0)
        return lng_import_refuse(m, "auto_pad=%s has no form here", automatic);
    w->same = true;
    for (int i = 0; i < w->axes; i++) {
        const int64_t total = same_total(w, i);
        if (strcmp(automatic, "SAME_UPPER") == 0) {
            pads[i] = total / 2;
            pads[w->axes + i] = total - total / 2;
        }
        w->before[i] = pads[i];
        w->after[i] = pads[w->axes + i];
        w->same = w->same && pads[i] == total / 2 && pads[w->axes + i] == total - total / 2;
    }
    return true;
}

static bool sizes_of(lng_importer *m, windows *w)
{
    for (int i = 0; i < w->axes; i++) {
        const int64_t room = w->in[i] + w->before[i] + w->after[i] - span(w, i);
        if (room < 0)
            return lng_import_refuse(m, "its window of %lld does not fit into %lld", (long long)span(w, i), (long long)w->in[i]);
        w->out[i] = room / w->stride[i] + 1;
        if (w->ceil && room % w->stride[i] && w->out[i] * w->stride[i] < w->in[i] + w->before[i])
            w->out[i]++;
    }
    return true;
}

/* An image as an operand: [c, h, w] or [c, w], of each example. */
static lng_import_value *image(lng_importer *m, windows *w)
{
    lng_import_value *x = lng_import_in(m, 0);
    if (!x->per_example || x->shape.rank < 2 || x->shape.rank > 3 || x->integer) {
        lng_import_refuse(m, "only images and sequences, of 4 or 3 dimensions with the examples, can be imported");
        return NULL;
    }
    w->axes = x->shape.rank - 1;
    for (int i = 0; i < w->axes; i++)
        w->in[i] = x->shape.dim[i + 1];
    return lng_import_arranged(m, x, LNG_IMPORT_LAST);
}

static lng_import_value *result(lng_importer *m, const windows *w, int64_t channels)
{
    const lng_shape s = w->axes == 2 ? lng_shape_of(3, channels, w->out[0], w->out[1]) : lng_shape_of(2, channels, w->out[0]);
    return lng_import_result(m, 0, s, LNG_IMPORT_LAST, true, false);
}

/* "conv2d" or "conv1d" */
static const char *block_of(lng_importer *m, const windows *w, const char *base, const char *rest)
{
    return lng_format(m->arena, "%s%dd%s", base, w->axes, rest);
}

static void set_pair(lng_importer *m, lng_import_step *s, const windows *w, const char *name, const int64_t *size)
{
    lng_import_set_pair(m, s, name, size[0], size[w->axes - 1]);
}

static bool all(const int64_t *size, int n, int64_t is)
{
    for (int i = 0; i < n; i++)
        if (size[i] != is)
            return false;
    return true;
}

static void set_padding(lng_importer *m, lng_import_step *s, const windows *w)
{
    lng_doc *list = lng_doc_sequence(m->arena, (lng_place){0});
    list->flow = true;
    if (all(w->before, w->axes, 0) && all(w->after, w->axes, 0))
        return;
    if (w->same && !w->ceil) {
        lng_import_set(m, s, "padding", "same");
        return;
    }
    if (w->axes == 2 && all(w->before, 2, w->before[0]) && all(w->after, 2, w->before[0])) {
        lng_import_set(m, s, "padding", "%lld", (long long)w->before[0]);
        return;
    }
    for (int i = 0; i < w->axes; i++) {
        lng_doc *pair = w->axes == 1 ? list : lng_doc_sequence(m->arena, (lng_place){0});
        pair->flow = true;
        lng_doc_push(m->arena, pair, NULL,
                     lng_doc_scalar(m->arena, lng_format(m->arena, "%lld", (long long)w->before[i]), (lng_place){0}));
        lng_doc_push(m->arena, pair, NULL,
                     lng_doc_scalar(m->arena, lng_format(m->arena, "%lld", (long long)w->after[i]), (lng_place){0}));
        if (pair != list)
            lng_doc_push(m->arena, list, NULL, pair);
    }
    lng_doc_set(m->arena, s->attributes, "padding", list);
}

/* ---- convolutions ---- */
/* [o, c, ...] as [..., c, o]. */
static void weigh(lng_importer *m, lng_import_step *s, const lng_foreign_tensor *t, int first, int second)
{
    int perm[LNG_MAX_RANK];
    lng_shape to = t->shape;
    const int n = t->shape.rank;
    for (int i = 0; i < n; i++) {
        perm[i] = i < n - 2 ? i + 2 : i == n - 2 ? first : second;
        to.dim[i] = t->shape.dim[perm[i]];
    }
    lng_import_weigh(m, s, "W", to, lng_import_floats(m, t, t->shape, perm));
    lng_import_wish(m, s, t->name);
}

static bool weights_of(lng_importer *m, windows *w, const lng_foreign_tensor **t)
{
    const lng_import_value *v = lng_import_in(m, 1), *bias = lng_import_in(m, 2);
    const lng_foreign_attr *kernel = lng_foreign_attribute(m->node, "kernel_shape");
    if (!v || !v->constant || !lng_foreign_is_real(v->constant->type) || (bias && !bias->constant))
        return lng_import_refuse(m, "its weights must be constants");
    *t = v->constant;
    if ((*t)->shape.rank != w->axes + 2 || lng_shape_size((*t)->shape) == 0)
        return lng_import_refuse(m, "its weights have %d dimensions; an image of %d axes needs %d", (*t)->shape.rank, w->axes,
                                 w->axes + 2);
    for (int i = 0; i < w->axes; i++)
        w->kernel[i] = (*t)->shape.dim[i + 2];
    if (kernel && ((int)kernel->count != w->axes || memcmp(kernel->integers, w->kernel, (size_t)w->axes * sizeof *w->kernel) != 0))
        return lng_import_refuse(m, "`kernel_shape` is not that of its weights");
    return list_of(m, "strides", w->axes, 1, 1, w->stride) && list_of(m, "dilations", w->axes, 1, 1, w->dilation);
}

static bool set_bias(lng_importer *m, lng_import_step *s, int64_t units)
{
    static const int same[] = {0};
    const lng_import_value *bias = lng_import_in(m, 2);
    if (!bias) {
        lng_import_set(m, s, "bias", "false");
        return true;
    }
    if (bias->constant->shape.rank != 1 || bias->constant->shape.dim[0] != units)
        return lng_import_refuse(m, "its bias does not have a number for each of %lld channels", (long long)units);
    lng_import_weigh(m, s, "b", lng_shape_of(1, units), lng_import_floats(m, bias->constant, bias->constant->shape, same));
    return true;
}

static void set_windows(lng_importer *m, lng_import_step *s, const windows *w)
{
    set_pair(m, s, w, "kernel", w->kernel);
    if (!all(w->stride, w->axes, 1))
        set_pair(m, s, w, "stride", w->stride);
    if (!all(w->dilation, w->axes, 1))
        set_pair(m, s, w, "dilation", w->dilation);
    set_padding(m, s, w);
}

bool lng_import_conv(lng_importer *m)
{
    windows w = {0};
    const lng_foreign_tensor *t;
    lng_import_value *x = image(m, &w);
    const int64_t groups = lng_foreign_int(m->node, "group", 1);
    if (!x || !weights_of(m, &w, &t) || !padding_of(m, &w) || !sizes_of(m, &w))
        return false;
    const int64_t c = x->shape.dim[0], o = t->shape.dim[0];
    if (groups < 1 || c % groups || o % groups || t->shape.dim[1] != c / groups)
        return lng_import_refuse(m, "its weights read %lld channels in %lld groups, and there are %lld", (long long)t->shape.dim[1],
                                 (long long)groups, (long long)c);
    const bool depthwise = w.axes == 2 && groups == c && c > 1;
    lng_import_step *s = lng_import_block(m, result(m, &w, o), depthwise ? "depthwise_conv2d" : block_of(m, &w, "conv", ""), x);
    if (!depthwise)
        lng_import_set(m, s, "filters", "%lld", (long long)o);
    set_windows(m, s, &w);
    if (depthwise && o != c)
        lng_import_set(m, s, "multiplier", "%lld", (long long)(o / c));
    if (!depthwise && groups > 1)
        lng_import_set(m, s, "groups", "%lld", (long long)groups);
    weigh(m, s, t, 1, 0);
    return set_bias(m, s, o);
}

bool lng_import_conv_transpose(lng_importer *m)
{
    windows w = {0};
    int64_t extra[AXES], wanted[AXES];
    const lng_foreign_tensor *t;
    lng_import_value *x = image(m, &w);
    const int64_t groups = lng_foreign_int(m->node, "group", 1);
    if (!x || !weights_of(m, &w, &t) || !list_of(m, "output_padding", w.axes, 0, 0, extra) ||
        !list_of(m, "output_shape", w.axes, 0, 0, wanted))
        return false;
    if (strcmp(lng_foreign_text(m->node, "auto_pad", "NOTSET"), "NOTSET") != 0 || !all(wanted, w.axes, 0))
        return lng_import_refuse(m, "auto_pad and output_shape have no form here");
    if (!padding_of(m, &w))
        return false;
    w.same = false; /* which is about the input there */
    const int64_t c = x->shape.dim[0], o = t->shape.dim[1] * groups;
    if (groups < 1 || groups > c || t->shape.dim[0] != c || c % groups)
        return lng_import_refuse(m, "its weights read %lld channels, and there are %lld", (long long)t->shape.dim[0], (long long)c);
    for (int i = 0; i < w.axes; i++) {
        w.out[i] = w.stride[i] * (w.in[i] - 1) + extra[i] + span(&w, i) - w.before[i] - w.after[i];
        if (w.out[i] < 1)
            return lng_import_refuse(m, "its result has no rows or columns");
    }
    lng_import_step *s = lng_import_block(m, result(m, &w, o), block_of(m, &w, "conv", "_transpose"), x);
    lng_import_set(m, s, "filters", "%lld", (long long)o);
    set_windows(m, s, &w);
    if (!all(extra, w.axes, 0))
        set_pair(m, s, &w, "extra", extra);
    if (groups > 1)
        lng_import_set(m, s, "groups", "%lld", (long long)groups);
    weigh(m, s, t, 0, 1);
    return set_bias(m, s, o);
}

/* ---- pools ---- */
/* A mean that counts the zeros of the padding is one of an image with these zeros. */
static lng_import_value *padded(lng_importer *m, lng_import_value *x, windows *w)
{
    const char *form = "$0";
    lng_import_value *y = LNG_NEW(m->arena, lng_import_value);
    *y = *x;
    for (int i = 0; i < w->axes; i++) {
        form = lng_format(m->arena, "pad(%s, axis=%d, before=%lld, after=%lld)", form, i, (long long)w->before[i],
                          (long long)w->after[i]);
        y->shape.dim[i + 1] = w->in[i] += w->before[i] + w->after[i];
        w->before[i] = w->after[i] = 0;
    }
    lng_import_unary(m, y, form, x);
    return y;
}

bool lng_import_pool(lng_importer *m)
{
    const bool mean = strcmp(m->node->type, "AveragePool") == 0;
    windows w = {.ceil = lng_foreign_int(m->node, "ceil_mode", 0) != 0};
    lng_import_value *x = image(m, &w);
    if (!x || !list_of(m, "kernel_shape", w.axes, 0, 1, w.kernel) || !list_of(m, "strides", w.axes, 1, 1, w.stride) ||
        !list_of(m, "dilations", w.axes, 1, 1, w.dilation) || !padding_of(m, &w))
        return false;
    if (!all(w.dilation, w.axes, 1))
        return lng_import_refuse(m, "dilations have no form here");
    if (m->node->outs > 1 && *m->node->out[1] && lng_map_get(m->reads, m->node->out[1]))
        return lng_import_refuse(m, "the indices of the largest have no form here");
    const bool counts =
        mean && lng_foreign_int(m->node, "count_include_pad", 0) && !(all(w.before, w.axes, 0) && all(w.after, w.axes, 0));
    if (counts && w.ceil)
        return lng_import_refuse(m, "count_include_pad together with ceil_mode has no form here");
    x = counts ? padded(m, x, &w) : x;
    for (int i = 0; i < w.axes; i++)
        if (w.before[i] >= w.kernel[i] || w.after[i] >= w.kernel[i])
            return lng_import_refuse(m, "its padding of %lld is not below its window",
                                     (long long)(w.before[i] > w.after[i] ? w.before[i] : w.after[i]));
    if (!sizes_of(m, &w))
        return false;
    lng_import_step *s = lng_import_block(m, result(m, &w, x->shape.dim[0]), block_of(m, &w, mean ? "avgpool" : "maxpool", ""), x);
    set_pair(m, s, &w, "size", w.kernel);
    if (memcmp(w.stride, w.kernel, (size_t)w.axes * sizeof *w.stride) != 0)
        set_pair(m, s, &w, "stride", w.stride);
    set_padding(m, s, &w);
    if (w.ceil)
        lng_import_set(m, s, "ceil", "true");
    return true;
}

bool lng_import_global_pool(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    if (!x->per_example || x->shape.rank < 2)
        return lng_import_refuse(m, "its operand is no image");
    x = lng_import_arranged(m, x, LNG_IMPORT_LAST);
    lng_shape to = x->shape;
    for (int i = 1; i < to.rank; i++)
        to.dim[i] = 1;
    lng_import_block(m, lng_import_result(m, 0, to, LNG_IMPORT_BARE, true, false),
                     strcmp(m->node->type, "GlobalMaxPool") == 0 ? "global_maxpool" : "global_avgpool", x);
    return true;
}

/* ---- other sizes ---- */
bool lng_import_resize(lng_importer *m)
{
    windows w = {0};
    lng_import_value *x = image(m, &w), *scales = lng_import_in(m, m->node->ins > 2 ? 2 : 1), *sizes = lng_import_in(m, 3);
    const char *mode = lng_foreign_text(m->node, "mode", "nearest"),
               *where = lng_foreign_text(m->node, "coordinate_transformation_mode", "half_pixel");
    int64_t factor[AXES];
    if (!x)
        return false;
    const lng_import_value *given = sizes ? sizes : scales;
    const bool linear = strcmp(mode, "linear") == 0, half = strcmp(where, "half_pixel") == 0;
    if (w.axes != 2 || !given || !given->constant || lng_shape_size(given->constant->shape) != 4 || given->constant->batch)
        return lng_import_refuse(m, "only images, by a constant scale or size, can be imported");
    for (int i = 0; i < 2; i++) {
        const double by = lng_foreign_at(given->constant, i + 2) / (sizes ? (double)w.in[i] : 1);
        factor[i] = by >= 1 && by <= 64 ? (int64_t)by : 0;
        if ((double)factor[i] != by)
            return lng_import_refuse(m, "its scale is %g; only whole factors have a form here", by);
        w.out[i] = w.in[i] * factor[i];
    }
    if ((linear && !half) || (!linear && strcmp(mode, "nearest") != 0) || (!linear && !half && strcmp(where, "asymmetric") != 0))
        return lng_import_refuse(m, "mode=%s with %s has no form here", mode, where);
    lng_import_step *s = lng_import_block(m, result(m, &w, x->shape.dim[0]), "upsample2d", x);
    lng_import_set_pair(m, s, "factor", factor[0], factor[1]);
    if (linear)
        lng_import_set(m, s, "interpolation", "bilinear");
    return true;
}

static bool blocks(lng_importer *m, const char *block, bool deepens)
{
    windows w = {0};
    const int64_t size = lng_foreign_int(m->node, "blocksize", 0);
    lng_import_value *x = image(m, &w);
    if (!x)
        return false;
    const int64_t c = x->shape.dim[0];
    if (w.axes != 2 || size < 1 || size > 1024 || (deepens ? w.in[0] % size || w.in[1] % size : c % (size * size)))
        return lng_import_refuse(m, "its blocks of %lld do not divide the image", (long long)size);
    for (int i = 0; i < 2; i++)
        w.out[i] = deepens ? w.in[i] / size : w.in[i] * size;
    lng_import_step *s = lng_import_block(m, result(m, &w, deepens ? c * size * size : c / (size * size)), block, x);
    lng_import_set(m, s, "size", "%lld", (long long)size);
    return true;
}

bool lng_import_depth_to_space(lng_importer *m)
{
    if (strcmp(lng_foreign_text(m->node, "mode", "DCR"), "DCR") != 0)
        return lng_import_refuse(m, "mode=%s has no form here", lng_foreign_text(m->node, "mode", ""));
    return blocks(m, "depth_to_space", false);
}

bool lng_import_space_to_depth(lng_importer *m)
{
    return blocks(m, "space_to_depth", true);
}
