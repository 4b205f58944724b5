/* Sampling under an affine map in C, and its gradients: for each pixel of the result, the four that it reads, with their weights (op/sample.h). */
#include "export/c.h"
#include "op/sample.h"

/* How a pixel's number along an axis is counted from the center, as a subtrahend. */
static const char *middle(lng_arena *arena, int64_t n)
{
    return lng_c_float(arena, (float)(n - 1) * 0.5f);
}

/* One coordinate of what is read: its place a, held at the border h, the pixel before it b, and the distance p from that. */
static void read_axis(lng_c_call *to, const sampling *s, char axis, int row, int64_t n)
{
    lng_arena *arena = to->c->arena;
    const char *low = s->edge ? "0.0f" : "(-1.0f)", *high = lng_c_float(arena, (float)(s->edge ? n - 1 : n));
    lng_c_line(to, 2, "const float a%c = @FLUSH($fma(map[%d], fy, $fma(map[%d], fx, map[%d])) + %s);", axis, row, row + 1, row + 2,
               middle(arena, n));
    lng_c_line(to, 2, "const float h%c = a%c < %s ? %s : a%c > %s ? %s : a%c;", axis, axis, low, low, axis, high, high, axis);
    lng_c_line(to, 2, "const float b%c = $floor(h%c), p%c = @FLUSH(h%c - b%c);", axis, axis, axis, axis, axis);
    if (to->node->op == &lng_op_sample_affine_map_grad)
        lng_c_line(to, 2, "const int32_t free%c = a%c > %s && a%c < %s;", axis, axis, low, axis, high);
}

/* Opens the loops over the pixels of the result. */
static void open_pixels(lng_c_call *to, const sampling *s)
{
    lng_arena *arena = to->c->arena;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)s->rows);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++) {", (long long)s->columns);
    lng_c_line(to, 2, "const float fy = (float)i - %s, fx = (float)j - %s;", middle(arena, s->rows), middle(arena, s->columns));
    read_axis(to, s, 'y', 0, s->h);
    read_axis(to, s, 'x', 3, s->w);
    lng_c_line(to, 2, "int32_t pixel[4];");
    if (to->node->op != &lng_op_sample_affine_map_grad)
        lng_c_line(to, 2, "float weight[4];");
    lng_c_line(to, 2, "for (int32_t q = 0; q < 4; q++) {");
    lng_c_line(to, 3, "const float u = by + (float)(q / 2), v = bx + (float)(q %% 2);");
    lng_c_line(to, 3, "pixel[q] = u >= 0.0f && u < %s && v >= 0.0f && v < %s ? ((int32_t)u * %lld + (int32_t)v) * %lld : -1;",
               lng_c_float(arena, (float)s->h), lng_c_float(arena, (float)s->w), (long long)s->w, (long long)s->c);
    if (to->node->op != &lng_op_sample_affine_map_grad)
        lng_c_line(to, 3, "weight[q] = @FLUSH((q / 2 == 1 ? py : 1.0f - py) * (q %% 2 == 1 ? px : 1.0f - px));");
    lng_c_line(to, 2, "}");
}

bool lng_c_sample_affine(lng_c *c, const lng_node *n)
{
    const sampling s = sampling_of(n->attr, n->in[0]->shape);
    lng_c_call call = lng_c_call_of(c, n, 2, (const char *const[]){"x", "map"}), *to = &call;
    open_pixels(to, &s);
    lng_c_line(to, 2, "for (int32_t k = 0; k < %lld; k++) {", (long long)s.c);
    lng_c_line(to, 3, "float s = 0.0f;");
    lng_c_line(to, 3, "for (int32_t q = 0; q < 4; q++)");
    lng_c_line(to, 4, "s = $fma(weight[q], pixel[q] < 0 ? 0.0f : x[pixel[q] + k], s);");
    lng_c_line(to, 3, "y[(i * %lld + j) * %lld + k] = s;", (long long)s.columns, (long long)s.c);
    lng_c_line(to, 2, "}");
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}

bool lng_c_sample_affine_grad(lng_c *c, const lng_node *n)
{
    const lng_shape image = n->attr[SAMPLE_SHAPE].v;
    const sampling s = sampling_of(n->attr, image);
    lng_c_call call = lng_c_call_of(c, n, 2, (const char *const[]){"g", "map"}), *to = &call;
    lng_c_line(to, 0, "memset(y, 0, sizeof *y * %lld);", (long long)lng_shape_size(image));
    open_pixels(to, &s);
    lng_c_line(to, 2, "for (int32_t q = 0; q < 4; q++)");
    lng_c_line(to, 3, "for (int32_t k = 0; k < %lld && pixel[q] >= 0; k++)", (long long)s.c);
    lng_c_line(to, 4, "y[pixel[q] + k] = $fma(weight[q], g[(i * %lld + j) * %lld + k], y[pixel[q] + k]);", (long long)s.columns,
               (long long)s.c);
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}

/* How what is read changes along rows and columns, where nothing is held. */
bool lng_c_sample_affine_map_grad(lng_c *c, const lng_node *n)
{
    const sampling s = sampling_of(n->attr, n->in[0]->shape);
    lng_c_call call = lng_c_call_of(c, n, 3, (const char *const[]){"x", "map", "g"}), *to = &call;
    lng_c_line(to, 0, "memset(y, 0, sizeof *y * 6);");
    open_pixels(to, &s);
    lng_c_line(to, 2, "for (int32_t row = 0; row < 2; row++) {");
    lng_c_line(to, 3, "const float part = row == 1 ? py : px;");
    lng_c_line(to, 3, "float s = 0.0f;");
    lng_c_line(to, 3, "for (int32_t k = 0; k < %lld && (row == 1 ? freex : freey) != 0; k++) {", (long long)s.c);
    lng_c_line(to, 4, "float v[4];");
    lng_c_line(to, 4, "for (int32_t q = 0; q < 4; q++)");
    lng_c_line(to, 5, "v[q] = pixel[q] < 0 ? 0.0f : x[pixel[q] + k];");
    lng_c_line(to, 4, "const float first = @FLUSH(v[row == 1 ? 1 : 2] - v[0]), last = @FLUSH(v[3] - v[row == 1 ? 2 : 1]);");
    lng_c_line(to, 4, "s = $fma(g[(i * %lld + j) * %lld + k], $fma(1.0f - part, first, @FLUSH(part * last)), s);",
               (long long)s.columns, (long long)s.c);
    lng_c_line(to, 3, "}");
    lng_c_line(to, 3, "y[3 * row] = $fma(s, fy, y[3 * row]);");
    lng_c_line(to, 3, "y[3 * row + 1] = $fma(s, fx, y[3 * row + 1]);");
    lng_c_line(to, 3, "y[3 * row + 2] = @FLUSH(y[3 * row + 2] + s);");
    lng_c_line(to, 2, "}");
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}
