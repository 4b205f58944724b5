/* Gradients of convolutions in C: in their weights, of one example, and of those that a pool follows, through its winners. */
#include "export/c.h"
#include "op/window.h"

/* What is added up starts at 0. */
static lng_c_call begin(lng_c *c, const lng_node *n, int operands, const char *const *name)
{
    lng_c_call call = lng_c_call_of(c, n, operands, name);
    lng_c_line(&call, 0, "memset(y, 0, sizeof *y * %lld);", (long long)lng_shape_size(n->out[0].shape));
    return call;
}

/* The positions of a tap along an axis that lie in the image: the input's and, from first to end, the output's. */
static void taps(lng_c_call *to, const lng_axis *a, const char *tap, const char *output, const char *input, int d)
{
    lng_c_line(to, d, "const int32_t %s = %s * %lld + %s * %lld - %lld;", input, output, (long long)a->stride, tap,
               (long long)a->dilation, (long long)a->before);
    if (a->before > 0 || (a->out - 1) * a->stride + (a->window - 1) * a->dilation - a->before >= a->in) {
        lng_c_line(to, d, "if (%s < 0 || %s >= %lld)", input, input, (long long)a->in);
        lng_c_line(to, d + 1, "continue;");
    }
}

/* For each weight, the sum over the positions in order. */
bool lng_c_conv2d_weight_grad(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape, w = n->attr[LNG_CONV_SHAPE].v, g = n->in[1]->shape;
    const lng_shape *stride = &n->attr[LNG_CONV_STRIDE].v, *dilation = &n->attr[LNG_CONV_DILATION].v;
    lng_axis ay = lng_axis_of(0, x.dim[0], w.dim[0], stride->dim[0], dilation->dim[0], &n->attr[LNG_CONV_PADDING], false);
    lng_axis ax = lng_axis_of(1, x.dim[1], w.dim[1], stride->dim[1], dilation->dim[1], &n->attr[LNG_CONV_PADDING], false);
    const int64_t groups = n->attr[LNG_CONV_GROUPS].i;
    const long long depth = (long long)w.dim[2], width = (long long)(w.dim[3] / groups), outputs = (long long)w.dim[3];
    ay.out = g.dim[0];
    ax.out = g.dim[1];
    lng_c_call call = begin(c, n, 2, (const char *const[]){"x", "g"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)ay.out);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++)", (long long)ax.out);
    lng_c_line(to, 2, "for (int32_t v = 0; v < %lld; v++) {", (long long)ay.window);
    taps(to, &ay, "v", "i", "a", 3);
    lng_c_line(to, 3, "for (int32_t u = 0; u < %lld; u++) {", (long long)ax.window);
    taps(to, &ax, "u", "j", "b", 4);
    lng_c_line(to, 4, "for (int32_t k = 0; k < %lld; k++)", depth);
    int d = 5;
    if (groups > 1)
        lng_c_line(to, d++, "for (int32_t h = 0; h < %lld; h++)", (long long)groups);
    lng_c_line(to, d, "for (int32_t n = 0; n < %lld; n++) {", width);
    const char *h = groups > 1 ? lng_format(c->arena, "h * %lld + ", width) : "";
    lng_c_line(to, d + 1, "float *const o = y + (((v * %lld + u) * %lld + k) * %lld + %sn);", (long long)ax.window, depth, outputs,
               h);
    lng_c_line(to, d + 1, "*o = $fma(x[(a * %lld + b) * %lld + %sk], g[(i * %lld + j) * %lld + %sn], *o);", (long long)ax.in,
               (long long)x.dim[2], groups > 1 ? lng_format(c->arena, "h * %lld + ", depth) : "", (long long)ax.out, outputs, h);
    lng_c_line(to, d, "}");
    lng_c_line(to, 3, "}");
    lng_c_line(to, 2, "}");
    return lng_c_call_end(to);
}

/* ---- under a pool ---- */
typedef struct pooled {
    long long rows, columns, kh, kw, c, o, in_y, in_x, before_y, before_x;
} pooled;

static pooled pooled_of(const lng_attr *attr, lng_shape x, lng_shape w)
{
    const lng_axis y = lng_axis_of(0, x.dim[0], w.dim[0], 1, 1, &attr[LNG_CONV_POOL_PADDING], false);
    const lng_axis across = lng_axis_of(1, x.dim[1], w.dim[1], 1, 1, &attr[LNG_CONV_POOL_PADDING], false);
    const lng_shape crop = attr[LNG_CONV_POOL_CROP].v;
    return (pooled){.rows = (long long)((y.out - crop.dim[0]) / 2),
                    .columns = (long long)((across.out - crop.dim[1]) / 2),
                    .kh = (long long)w.dim[0],
                    .kw = (long long)w.dim[1],
                    .c = (long long)w.dim[2],
                    .o = (long long)w.dim[3],
                    .in_y = (long long)x.dim[0],
                    .in_x = (long long)x.dim[1],
                    .before_y = (long long)y.before,
                    .before_x = (long long)across.before};
}

/* Each window's winner whose adjoint is not 0 has a term for each weight; what it reads outside of the image is 0, and counts. */
bool lng_c_conv2d_pool_weight_grad(lng_c *c, const lng_node *n)
{
    const pooled k = pooled_of(n->attr, n->in[0]->shape, n->attr[LNG_CONV_POOL_SHAPE].v);
    lng_c_call call = begin(c, n, 3, (const char *const[]){"x", "g", "winner"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", k.rows);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++)", k.columns);
    lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++) {", k.o);
    lng_c_line(to, 3, "const int32_t at = (i * %lld + j) * %lld + n, corner = winner[at] & 3;", k.columns, k.o);
    lng_c_line(to, 3, "if (g[at] == 0)");
    lng_c_line(to, 4, "continue;");
    lng_c_line(to, 3, "const int32_t top = 2 * i + corner / 2 - %lld, left = 2 * j + corner %% 2 - %lld;", k.before_y, k.before_x);
    lng_c_line(to, 3, "for (int32_t v = 0; v < %lld; v++)", k.kh);
    lng_c_line(to, 4, "for (int32_t u = 0; u < %lld; u++) {", k.kw);
    lng_c_line(to, 5, "const int32_t a = top + v, b = left + u, within = a >= 0 && a < %lld && b >= 0 && b < %lld;", k.in_y,
               k.in_x);
    lng_c_line(to, 5, "for (int32_t k = 0; k < %lld; k++) {", k.c);
    lng_c_line(to, 6, "float *const o = y + (((v * %lld + u) * %lld + k) * %lld + n);", k.kw, k.c, k.o);
    lng_c_line(to, 6, "*o = $fma(within ? x[(a * %lld + b) * %lld + k] : 0.0f, g[at], *o);", k.in_x, k.c);
    lng_c_line(to, 5, "}");
    lng_c_line(to, 4, "}");
    lng_c_line(to, 2, "}");
    return lng_c_call_end(to);
}

/* For each pixel, the windows that may reach it, in order: all that a block of 2 x 2 pixels may belong to count, with 0 where the winner does not. The third
 * operand is the weights themselves (lng_c_behind). */
bool lng_c_conv2d_pool_input_grad(lng_c *c, const lng_node *n)
{
    const pooled k = pooled_of(n->attr, n->attr[LNG_CONV_POOL_SHAPE].v, n->attr[LNG_CONV_POOL_WEIGHTS].v);
    lng_c_call call = begin(c, n, 3, (const char *const[]){"g", "winner", "w"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t a = 0; a < %lld; a++)", k.in_y);
    lng_c_line(to, 1, "for (int32_t b = 0; b < %lld; b++) {", k.in_x);
    lng_c_line(to, 2, "float *const o = y + (a * %lld + b) * %lld;", k.in_x, k.c);
    lng_c_line(to, 2, "const int32_t p = a + %lld, q = b + %lld;", k.before_y, k.before_x);
    lng_c_line(to, 2, "for (int32_t i = p / 2 > %lld ? p / 2 - %lld : 0; i <= p / 2 && i < %lld; i++)", k.kh / 2, k.kh / 2, k.rows);
    lng_c_line(to, 3, "for (int32_t j = q / 2 > %lld ? q / 2 - %lld : 0; j <= q / 2 && j < %lld; j++)", k.kw / 2, k.kw / 2,
               k.columns);
    lng_c_line(to, 4, "for (int32_t n = 0; n < %lld; n++) {", k.o);
    lng_c_line(to, 5, "const int32_t at = (i * %lld + j) * %lld + n, corner = winner[at] & 3;", k.columns, k.o);
    lng_c_line(to, 5, "const int32_t v = p - 2 * i - corner / 2, u = q - 2 * j - corner %% 2;");
    lng_c_line(to, 5, "const int32_t within = v >= 0 && v < %lld && u >= 0 && u < %lld;", k.kh, k.kw);
    lng_c_line(to, 5, "for (int32_t k = 0; k < %lld; k++)", k.c);
    lng_c_line(to, 6, "o[k] = $fma(within ? w[((v * %lld + u) * %lld + k) * %lld + n] : 0.0f, g[at], o[k]);", k.kw, k.c, k.o);
    lng_c_line(to, 4, "}");
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}

/* For each pixel, the outputs of the convolution that read it, in order, as far as they are winners; what is 0 does not count. */
bool lng_c_conv2d_pool_wide_grad(lng_c *c, const lng_node *n)
{
    const pooled k = pooled_of(n->attr, n->attr[LNG_CONV_POOL_SHAPE].v, n->in[2]->shape);
    lng_c_call call = begin(c, n, 3, (const char *const[]){"g", "winner", "w"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t a = 0; a < %lld; a++)", k.in_y);
    lng_c_line(to, 1, "for (int32_t b = 0; b < %lld; b++) {", k.in_x);
    lng_c_line(to, 2, "float *const o = y + (a * %lld + b) * %lld;", k.in_x, k.c);
    lng_c_line(to, 2, "const int32_t p = a + %lld, q = b + %lld;", k.before_y, k.before_x);
    lng_c_line(to, 2, "for (int32_t i = p < %lld ? 0 : p - %lld; i <= p && i < %lld; i++)", k.kh, k.kh - 1, 2 * k.rows);
    lng_c_line(to, 3, "for (int32_t j = q < %lld ? 0 : q - %lld; j <= q && j < %lld; j++)", k.kw, k.kw - 1, 2 * k.columns);
    lng_c_line(to, 4, "for (int32_t n = 0; n < %lld; n++) {", k.o);
    lng_c_line(to, 5, "const int32_t at = (i / 2 * %lld + j / 2) * %lld + n;", k.columns, k.o);
    lng_c_line(to, 5, "if ((winner[at] & 3) == i %% 2 * 2 + j %% 2 && g[at] != 0)");
    lng_c_line(to, 6, "for (int32_t k = 0; k < %lld; k++)", k.c);
    lng_c_line(to, 7, "o[k] = $fma(w[(((p - i) * %lld + q - j) * %lld + k) * %lld + n], g[at], o[k]);", k.kw, k.c, k.o);
    lng_c_line(to, 4, "}");
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}

/* The winners as indices in the image of the convolution's outputs. */
bool lng_c_conv2d_pool_index(lng_c *c, const lng_node *n)
{
    const lng_shape s = n->out[0].shape;
    const long long rows = (long long)s.dim[0], columns = (long long)s.dim[1], o = (long long)s.dim[2];
    lng_c_call call = begin(c, n, 1, (const char *const[]){"winner"}), *to = &call;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", rows);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++)", columns);
    lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++) {", o);
    lng_c_line(to, 3, "const int32_t at = (i * %lld + j) * %lld + n, corner = winner[at] & 3;", columns, o);
    lng_c_line(to, 3, "y[at] = ((2 * i + corner / 2) * %lld + 2 * j + corner %% 2) * %lld + n;",
               (long long)n->attr[LNG_CONV_POOL_INDEX_COLUMNS].i, o);
    lng_c_line(to, 2, "}");
    return lng_c_call_end(to);
}
