/* Products in C: matrix products and convolutions. A tile keeps the sums of several rows by a vector of outputs, or of one row by several vectors,
 * in registers; each sum takes one fused multiply-add for each term, in the op's order. Where a vector reaches past the last output, it computes
 * what nobody stores, from numbers that are there: a constant has zeros at its end.
 *
 * In the program, @V is a vector of @LANES floats: 16, 8, 4 or, where the machine has none, 1. */
#include "export/c.h"
#include "op/window.h"

#define LANES        16 /* at most */
#define MOST_ROWS    8  /* of a tile */
#define MOST_VECTORS 8

static int64_t round_up(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

/* A size of tiles that leaves no rest, if there is one; no small one. */
static int tile_of(int64_t n)
{
    if (n <= MOST_ROWS)
        return (int)n;
    for (int t = MOST_ROWS; t >= 4; t--)
        if (n % t == 0)
            return t;
    return MOST_ROWS;
}

/* What is multiplied: floats; floats by weights in 8 bits; whole numbers of 8 bits. */
typedef enum { FLOATS, FLOATS_BY_8_BITS, WHOLE } numbers;

static const char *type_of_weights(numbers in)
{
    return in == FLOATS ? "const float " : "const int8_t ";
}
/* What is read, and written over. */
static const char *type_of_read(numbers in)
{
    return in == WHOLE ? "@N " : "float ";
}
static const char *type_of_sums(numbers in)
{
    return in == WHOLE ? "@S" : "@V";
}

/* ---- tiles ---- */
/* Sums of `rows` by `vectors`: x_at is the address of the first row's factor, which the others follow at `row` elements; w_at that of the outputs' weights. */
typedef struct tile {
    int rows, vectors;
    int64_t row; /* from one row of x to the next, in elements */
    int64_t out; /* likewise of y */
    bool lanes;  /* x has a number of its own for each output */
    numbers in;
} tile;

static void sums(lng_c_call *to, const tile *t, int depth)
{
    for (int r = 0; r < t->rows; r++)
        for (int v = 0; v < t->vectors; v++)
            lng_c_line(to, depth, "%s s%d = {0};", type_of_sums(t->in), r * t->vectors + v);
}

static void terms(lng_c_call *to, const tile *t, int depth)
{
    static const char *const load[] = {"load", "widen", "part"};
    lng_arena *arena = to->c->arena;
    for (int v = 0; v < t->vectors; v++)
        lng_c_line(to, depth, "const %s q%d = $%s(%s);", type_of_sums(t->in), v, load[t->in],
                   v ? lng_format(arena, "q + %d * @LANES", v) : "q");
    for (int r = 0; r < t->rows; r++) {
        const char *at = lng_format(arena, "%lld", (long long)(r * t->row));
        for (int v = 0; v < t->vectors; v++) {
            const int s = r * t->vectors + v;
            const char *term = !t->lanes        ? lng_format(arena, t->in == WHOLE ? "$count(p[%s]" : "$times(p[%s]", at)
                               : t->in == WHOLE ? lng_format(arena, "$count_each(p + %s", at)
                                                : lng_format(arena, "$each($load(p + %s)", at);
            lng_c_line(to, depth, "s%d = %s, q%d, s%d);", s, term, v, s);
        }
    }
}

static void stores(lng_c_call *to, const tile *t, int depth, const char *left)
{
    lng_arena *arena = to->c->arena;
    for (int r = 0; r < t->rows; r++)
        for (int v = 0; v < t->vectors; v++) {
            const char *lanes = v ? lng_format(arena, " + %d * @LANES", v) : "";
            const char *rest = v ? lng_format(arena, "%s - %d * @LANES", left, v) : left;
            lng_c_line(to, depth, "$%s(o + %lld%s, s%d, %s);", t->in == WHOLE ? "total" : "store", (long long)(r * t->out), lanes,
                       r * t->vectors + v, rest);
        }
}

static numbers numbers_of(const lng_c_call *call)
{
    const lng_quantized *q = lng_c_quantized(call->c, call->node);
    return !q ? FLOATS : q->rate ? WHOLE : FLOATS_BY_8_BITS;
}

/* Passes the first operand, as `name`; whole numbers as floats, that the body takes over into `bytes` if need be, which may have more room. */
static void pass_first(lng_c_call *call, numbers in, const char *name, int64_t more_bytes)
{
    const int64_t size = lng_shape_size(call->node->in[0]->shape);
    if (in != WHOLE) {
        lng_c_pass_operand(call, 0, name);
        return;
    }
    lng_c_pass_operand(call, 0, "floats");
    lng_c_pass(call, "int8_t ", "bytes", lng_c_scratch_bytes(call->c, size + more_bytes));
    lng_c_line(call, 0, "const @N *const %s = $whole(floats, bytes, %lld);", name, (long long)size);
}

static void pass_weights(lng_c_call *call, numbers in, const char *name, lng_c_layout layout, int64_t padding)
{
    lng_c_pass(call, type_of_weights(in), name, lng_c_weights(call->c, call->node, layout, padding));
}

/* ---- matmul ---- */
typedef struct product {
    int64_t m, n, k, a_m, a_k; /* y[m][n] = the sum of a[m][k] b[k][n] */
    int64_t matrices;
    numbers in;
} product;

static product product_of(const lng_node *node)
{
    const lng_shape a = node->in[0]->shape, b = node->in[1]->shape;
    const bool ta = node->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = node->attr[LNG_MATMUL_TRANSPOSE_B].i;
    const bool plain = b.rank == 2 && (a.rank <= 2 || !ta);
    product p = {.k = a.dim[a.rank - (ta ? 2 : 1)], .n = b.dim[b.rank - (tb ? 2 : 1)]};
    p.m = plain ? lng_shape_size(a) / p.k : a.rank == 1 ? 1 : a.dim[a.rank - (ta ? 1 : 2)];
    p.a_m = ta ? 1 : p.k;
    p.a_k = ta ? p.m : 1;
    p.matrices = lng_shape_size(node->out[0].shape) / (p.m * p.n);
    return p;
}

static lng_shape without_last_two(lng_shape s)
{
    s.rank = s.rank < 2 ? 0 : s.rank - 2;
    return s;
}

/* The loops over the matrices of a product: their numbers in a, b and y. */
static int each_matrix(lng_c_call *to, const lng_node *n, const product *p, const char *at[3])
{
    lng_c_nest w = {0};
    lng_shape y = without_last_two(n->out[0].shape);
    at[0] = at[1] = at[2] = "0";
    if (p->matrices == 1)
        return 0;
    if (n->in[0]->shape.rank == 1) { /* the result has no dimension for the only row */
        y = n->out[0].shape;
        y.rank--;
    }
    lng_c_nest_broadcast(&w, 0, y, without_last_two(n->in[0]->shape));
    lng_c_nest_broadcast(&w, 1, y, without_last_two(n->in[1]->shape));
    lng_c_nest_broadcast(&w, 2, y, y);
    const int64_t size[] = {p->m * p->k, p->k * p->n, p->m * p->n};
    for (int a = 0; a < 3; a++)
        for (int i = 0; i < w.rank; i++)
            w.step[a][i] *= size[a];
    lng_c_nest_merge(&w, 3);
    for (int a = 0; a < 3; a++)
        at[a] = lng_c_nest_at(to->c->arena, &w, a, "h");
    return lng_c_nest_open(to, &w, "h", 0);
}

/* Columns of b that do not stand side by side, or whose last one nothing may follow: one sum at a time. */
static void scattered_product(lng_c_call *to, const product *p, bool transposed, const char *const at[3], int d)
{
    lng_c_line(to, d, "for (int32_t m = 0; m < %lld; m++)", (long long)p->m);
    lng_c_line(to, d + 1, "for (int32_t n = 0; n < %lld; n++) {", (long long)p->n);
    lng_c_line(to, d + 2, "float s = 0.0f;");
    lng_c_line(to, d + 2, "for (int32_t k = 0; k < %lld; k++)", (long long)p->k);
    lng_c_line(to, d + 3, "s = $fma(a[%s + m * %lld + k * %lld], b[%s + n * %lld + k * %lld], s);", at[0], (long long)p->a_m,
               (long long)p->a_k, at[1], (long long)(transposed ? p->k : 1), (long long)(transposed ? 1 : p->n));
    lng_c_line(to, d + 2, "y[%s + m * %lld + n] = s;", at[2], (long long)p->n);
    lng_c_line(to, d + 1, "}");
}

static void rows_of_tile(lng_c_call *to, const product *p, const tile *t, const char *const at[3], int d)
{
    lng_c_line(to, d, "for (int32_t n = 0; n < %lld; n += %d * @LANES) {", (long long)p->n, t->vectors);
    sums(to, t, d + 1);
    lng_c_line(to, d + 1, "for (int32_t k = 0; k < %lld; k++) {", (long long)p->k);
    lng_c_line(to, d + 2, "const %s*const p = a + (%s + m * %lld + k * %lld);", type_of_read(p->in), at[0], (long long)p->a_m,
               (long long)p->a_k);
    lng_c_line(to, d + 2, "%s*const q = b + (%s + k * %lld + n);", type_of_weights(p->in), at[1], (long long)p->n);
    terms(to, t, d + 2);
    lng_c_line(to, d + 1, "}");
    lng_c_line(to, d + 1, "float *const o = y + (%s + m * %lld + n);", at[2], (long long)p->n);
    stores(to, t, d + 1, lng_format(to->c->arena, "%lld - n", (long long)p->n));
    lng_c_line(to, d, "}");
}

static void tiled_product(lng_c_call *to, const product *p, int vectors, const char *const at[3], int d)
{
    const int rows = tile_of(p->m);
    const tile one = {1, vectors, 0, 0, false, p->in}, many = {rows, 1, p->a_m, p->n, false, p->in};
    lng_c_line(to, d, "int32_t m = 0;");
    if (rows > 1) {
        lng_c_line(to, d, "for (; m + %d <= %lld; m += %d)", rows, (long long)p->m, rows);
        rows_of_tile(to, p, &many, at, d + 1);
    }
    if (rows == 1 || p->m % rows) {
        lng_c_line(to, d, "for (; m < %lld; m++)", (long long)p->m);
        rows_of_tile(to, p, &one, at, d + 1);
    }
}

bool lng_c_matmul(lng_c *c, const lng_node *n)
{
    product p = product_of(n);
    const bool transposed = n->attr[LNG_MATMUL_TRANSPOSE_B].i, constant = !lng_c_is_computed(c, n->in[1]);
    const bool given = lng_c_behind(n->in[1])->node->op == &lng_op_input;
    const int64_t vectors = p.n > LANES * MOST_VECTORS ? MOST_VECTORS : (p.n + LANES - 1) / LANES;
    lng_c_call call = lng_c_call_begin(c, n);
    const char *at[3];
    p.in = numbers_of(&call);
    pass_first(&call, p.in, "a", 0);
    pass_weights(&call, p.in, "b", constant && transposed ? LNG_C_SWAPPED : LNG_C_AS_IS, round_up(p.n, vectors * LANES) - p.n);
    lng_c_place(c, n, NULL);
    lng_c_pass_result(&call);
    const int depth = each_matrix(&call, n, &p, at);
    if (depth > 0)
        lng_c_line(&call, depth - 1, "{");
    if (!constant && (transposed || given))
        scattered_product(&call, &p, transposed, at, depth);
    else
        tiled_product(&call, &p, (int)vectors, at, depth);
    if (depth > 0)
        lng_c_line(&call, depth - 1, "}");
    return lng_c_call_end(&call);
}

/* ---- convolutions ---- */
typedef struct conv {
    lng_axis y, x;
    int64_t c, o, groups, depth, width;
    bool depthwise, copied; /* copied: rows of x, with zeros at both ends, are in the scratch memory */
    int64_t columns, taps;  /* of a row that is read */
    int64_t row;            /* elements of it */
    numbers in;
} conv;

static conv conv_of(const lng_node *n)
{
    const bool pooled = n->op == &lng_op_conv2d_pool;
    const lng_shape one = {2, {1, 1}}, x = n->in[0]->shape, w = n->in[1]->shape;
    const lng_shape stride = pooled ? one : n->attr[LNG_CONV_STRIDE].v, dilation = pooled ? one : n->attr[LNG_CONV_DILATION].v;
    const lng_attr *padding = &n->attr[pooled ? LNG_CONV_POOL_PADDING : LNG_CONV_PADDING];
    const lng_shape crop = n->attr[pooled ? LNG_CONV_POOL_CROP : LNG_CONV_CROP].v;
    conv k = {.c = x.dim[2], .o = w.dim[3], .depth = w.dim[2], .groups = pooled ? 1 : n->attr[LNG_CONV_GROUPS].i};
    k.width = k.o / k.groups;
    k.y = lng_axis_of(0, x.dim[0], w.dim[0], stride.dim[0], dilation.dim[0], padding, false);
    k.x = lng_axis_of(1, x.dim[1], w.dim[1], stride.dim[1], dilation.dim[1], padding, false);
    k.y.out -= crop.dim[0];
    k.x.out -= crop.dim[1];
    k.depthwise = k.depth == 1 && k.width == 1 && k.groups > 1;
    const int64_t reach = (k.x.out - 1) * k.x.stride + (k.x.window - 1) * k.x.dilation + 1;
    k.copied = k.depthwise || k.x.before > 0 || reach > k.x.in;
    k.columns = !k.copied ? k.x.in : reach > k.x.before + k.x.in ? reach : k.x.before + k.x.in;
    k.row = k.columns * k.c;
    return k;
}

static void tile_of_columns(lng_c_call *to, const conv *k, int rows, int d)
{
    const char *column = k->groups > 1 && !k->depthwise ? lng_format(to->c->arena, "n + g * %lld", (long long)k->width) : "n";
    const tile t = {rows, 1, k->x.stride * k->c, k->o, k->depthwise, k->in};
    const bool straight = k->x.dilation == 1 && k->groups == 1;
    const int64_t run = straight ? k->x.window * k->c : k->depth;
    sums(to, &t, d);
    lng_c_line(to, d, "for (int32_t v = v0; v < v1; v++)");
    if (!straight)
        lng_c_line(to, d + 1, "for (int32_t u = 0; u < %lld; u++)", (long long)k->x.window);
    lng_c_line(to, d + 1, "for (int32_t k = 0; k < %lld; k++) {", (long long)run);
    lng_c_line(to, d + 2, "const %s*const p = r + (v * %lld + j * %lld + k%s%s);", type_of_read(k->in),
               (long long)(k->row * (k->copied ? 1 : k->y.dilation)), (long long)(k->x.stride * k->c),
               straight ? "" : lng_format(to->c->arena, " + u * %lld", (long long)(k->x.dilation * k->c)),
               k->depthwise    ? " + n"
               : k->groups > 1 ? lng_format(to->c->arena, " + g * %lld", (long long)k->depth)
                               : "");
    lng_c_line(to, d + 2, "%s*const q = w + ((%s + k) * %lld + %s);", type_of_weights(k->in),
               straight ? lng_format(to->c->arena, "v * %lld", (long long)run)
                        : lng_format(to->c->arena, "(v * %lld + u) * %lld", (long long)k->x.window, (long long)k->depth),
               (long long)k->o, column);
    terms(to, &t, d + 2);
    lng_c_line(to, d + 1, "}");
    lng_c_line(to, d, "float *const o = z + (j * %lld + %s);", (long long)k->o, column);
    stores(to, &t, d, lng_format(to->c->arena, "%lld - n", (long long)(k->depthwise ? k->o : k->width)));
}

/* Row i of the convolution into z. */
static void row_of_conv(lng_c_call *to, const conv *k, const char *i, const char *z, int d)
{
    const int64_t above = k->y.before, last = (k->y.out - 1) * k->y.stride - above + (k->y.window - 1) * k->y.dilation;
    const int rows = tile_of(k->x.out);
    const long long dilation = (long long)k->y.dilation, window = (long long)k->y.window, in = (long long)k->y.in;
    lng_c_line(to, d, "const int32_t top = %s * %lld - %lld;", i, (long long)k->y.stride, (long long)above);
    if (above > 0)
        lng_c_line(to, d, "const int32_t v0 = top < 0 ? (%lld - top) / %lld : 0;", dilation - 1, dilation);
    else
        lng_c_line(to, d, "const int32_t v0 = 0;");
    if (last >= k->y.in)
        lng_c_line(to, d, "const int32_t v1 = top + %lld > %lld ? (%lld - top) / %lld : %lld;", (window - 1) * dilation + 1, in,
                   in + dilation - 1, dilation, window);
    else
        lng_c_line(to, d, "const int32_t v1 = %lld;", window);
    if (k->copied) {
        lng_c_line(to, d, "for (int32_t v = v0; v < v1; v++)");
        lng_c_line(to, d + 1, "memcpy(row + (v * %lld + %lld), x + (top + v * %lld) * %lld, sizeof *row * %lld);",
                   (long long)k->row, (long long)(k->x.before * k->c), dilation, (long long)(k->x.in * k->c),
                   (long long)(k->x.in * k->c));
        lng_c_line(to, d, "const %s*const r = row;", type_of_read(k->in));
    } else
        lng_c_line(to, d, "const %s*const r = x + top * %lld;", type_of_read(k->in), (long long)k->row);
    lng_c_line(to, d, "float *const z = %s;", z);
    const bool bands = k->groups > 1 && !k->depthwise;
    if (bands)
        lng_c_line(to, d, "for (int32_t g = 0; g < %lld; g++)", (long long)k->groups);
    lng_c_line(to, d, "for (int32_t n = 0; n < %lld; n += @LANES) {", (long long)(k->depthwise ? k->o : k->width));
    lng_c_line(to, d + 1, "int32_t j = 0;");
    if (rows > 1) {
        lng_c_line(to, d + 1, "for (; j + %d <= %lld; j += %d) {", rows, (long long)k->x.out, rows);
        tile_of_columns(to, k, rows, d + 2);
        lng_c_line(to, d + 1, "}");
    }
    if (rows == 1 || k->x.out % rows) {
        lng_c_line(to, d + 1, "for (; j < %lld; j++) {", (long long)k->x.out);
        tile_of_columns(to, k, 1, d + 2);
        lng_c_line(to, d + 1, "}");
    }
    lng_c_line(to, d, "}");
}

static int64_t copied(const conv *k)
{
    return k->copied ? k->row * k->y.window + LANES : 0;
}

/* Passes the operands and the scratch memory: `t`, which begins with the rows of x that are copied. Weights that the caller gives are copied, as
 * vectors reach past their end. */
static void begin_conv(lng_c_call *call, conv *k, int64_t scratch)
{
    lng_c *c = call->c;
    const lng_value *w = call->node->in[1];
    const bool given = lng_c_behind(w)->node->op == &lng_op_input;
    const int64_t size = lng_shape_size(w->shape), all = scratch + (given ? size + LANES : 0);
    k->in = numbers_of(call);
    pass_first(call, k->in, "x", copied(k));
    pass_weights(call, k->in, given ? "weights" : "w", LNG_C_AS_IS, LANES);
    lng_c_place(c, call->node, NULL);
    if (all)
        lng_c_pass(call, "float ", "t", lng_c_scratch(c, all));
    lng_c_pass_result(call);
    if (given) {
        lng_c_line(call, 0, "float *const w = t + %lld;", (long long)scratch);
        lng_c_line(call, 0, "memcpy(w, weights, sizeof(float) * %lld);", (long long)size);
    }
    if (k->copied) {
        const char *bytes = lng_format(c->arena, "bytes + %lld", (long long)lng_shape_size(call->node->in[0]->shape));
        lng_c_line(call, 0, "%s*const row = %s;", type_of_read(k->in),
                   k->in == WHOLE ? lng_format(c->arena, "@MEMORY(t, %s)", bytes) : "t");
        lng_c_line(call, 0, "memset(row, 0, sizeof *row * %lld);", (long long)copied(k));
    }
}

bool lng_c_conv2d(lng_c *c, const lng_node *n)
{
    conv k = conv_of(n);
    lng_c_call call = lng_c_call_begin(c, n);
    begin_conv(&call, &k, copied(&k));
    lng_c_line(&call, 0, "for (int32_t i = 0; i < %lld; i++) {", (long long)k.y.out);
    row_of_conv(&call, &k, "i", lng_format(c->arena, "y + i * %lld", (long long)(k.x.out * k.o)), 1);
    lng_c_line(&call, 0, "}");
    return lng_c_call_end(&call);
}

/* Two rows of the convolution are in the scratch memory at a time. */
bool lng_c_conv2d_pool(lng_c *c, const lng_node *n)
{
    conv k = conv_of(n);
    const int64_t row = k.x.out * k.o, before = copied(&k);
    const long long o = (long long)k.o;
    lng_c_call call = lng_c_call_begin(c, n);
    begin_conv(&call, &k, before + 2 * row);
    const bool index = lng_c_is_read(c, &n->out[1]);
    if (index)
        lng_c_pass_winner(&call);
    lng_c_line(&call, 0, "for (int32_t h = 0; h < %lld; h++) {", (long long)(k.y.out / 2));
    lng_c_line(&call, 1, "const float *const b = t + %lld;", (long long)before);
    lng_c_line(&call, 1, "for (int32_t i = 2 * h; i < 2 * h + 2; i++) {");
    row_of_conv(&call, &k, "i", lng_format(c->arena, "t + (%lld + (i - 2 * h) * %lld)", (long long)before, (long long)row), 2);
    lng_c_line(&call, 1, "}");
    lng_c_line(&call, 1, "for (int32_t j = 0; j < %lld; j++)", (long long)(k.x.out / 2));
    lng_c_line(&call, 2, "for (int32_t n = 0; n < %lld; n++) {", o);
    lng_c_line(&call, 3, "const float *const q = b + (j * %lld + n);", 2 * o);
    lng_c_line(&call, 3, "const float upper = $larger(q[%lld], q[0]);", o);
    lng_c_line(&call, 3, "const float left = $larger(q[%lld], upper), best = $larger(q[%lld], left);", (long long)row,
               (long long)(row + k.o));
    lng_c_line(&call, 3, "y[(h * %lld + j) * %lld + n] = best;", (long long)(k.x.out / 2), o);
    if (index) /* the first corner that has it, or is not a number */
        lng_c_line(&call, 3,
                   "winner[(h * %lld + j) * %lld + n] = $is(q[0], best) ? 0 : $is(q[%lld], best) ? 1 : $is(q[%lld], best) ? 2 : 3;",
                   (long long)(k.x.out / 2), o, o, (long long)row);
    lng_c_line(&call, 2, "}");
    lng_c_line(&call, 0, "}");
    return lng_c_call_end(&call);
}

/* For each input position, the outputs whose windows reach it; the weights are [kh, kw, o, c], side by side in what is summed up side by side. */
bool lng_c_conv2d_transpose(lng_c *c, const lng_node *n)
{
    const lng_shape w = n->in[1]->shape, x = n->attr[LNG_CONV_SHAPE].v, g = n->in[0]->shape;
    const lng_shape *stride = &n->attr[LNG_CONV_STRIDE].v, *dilation = &n->attr[LNG_CONV_DILATION].v;
    const int64_t groups = n->attr[LNG_CONV_GROUPS].i, depth = w.dim[2], width = w.dim[3] / groups;
    const lng_axis ay = lng_axis_of(0, x.dim[0], w.dim[0], stride->dim[0], dilation->dim[0], &n->attr[LNG_CONV_PADDING], false);
    const lng_axis ax = lng_axis_of(1, x.dim[1], w.dim[1], stride->dim[1], dilation->dim[1], &n->attr[LNG_CONV_PADDING], false);
    const bool constant = !lng_c_is_computed(c, n->in[1]), tiled = constant && groups == 1;
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    const numbers in = numbers_of(to);
    pass_first(to, in, "x", 0);
    pass_weights(to, in, "w", tiled ? LNG_C_SWAPPED : LNG_C_AS_IS, LANES);
    const tile t = {1, 1, 0, 0, false, in};
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)x.dim[0]);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++)", (long long)x.dim[1]);
    if (tiled) {
        lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n += @LANES) {", (long long)depth);
        sums(to, &t, 3);
    } else {
        lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++) {", (long long)x.dim[2]);
        lng_c_line(to, 3, "float s0 = 0.0f;");
    }
    lng_c_line(to, 3, "for (int32_t u = 0; u < %lld; u++) {", (long long)g.dim[0]);
    lng_c_line(to, 4, "const int32_t dy = i + %lld - u * %lld;", (long long)ay.before, (long long)ay.stride);
    lng_c_line(to, 4, "if (dy < 0 || dy > %lld || dy %% %lld != 0)", (long long)((ay.window - 1) * ay.dilation),
               (long long)ay.dilation);
    lng_c_line(to, 5, "continue;");
    lng_c_line(to, 4, "for (int32_t v = 0; v < %lld; v++) {", (long long)g.dim[1]);
    lng_c_line(to, 5, "const int32_t dx = j + %lld - v * %lld;", (long long)ax.before, (long long)ax.stride);
    lng_c_line(to, 5, "if (dx < 0 || dx > %lld || dx %% %lld != 0)", (long long)((ax.window - 1) * ax.dilation),
               (long long)ax.dilation);
    lng_c_line(to, 6, "continue;");
    lng_c_line(to, 5, "const int32_t tap = dy / %lld * %lld + dx / %lld;", (long long)ay.dilation, (long long)ax.window,
               (long long)ax.dilation);
    lng_c_line(to, 5, "for (int32_t k = 0; k < %lld; k++) {", (long long)width);
    if (tiled) {
        lng_c_line(to, 6, "const %s*const p = x + ((u * %lld + v) * %lld + k);", type_of_read(in), (long long)g.dim[1],
                   (long long)w.dim[3]);
        lng_c_line(to, 6, "%s*const q = w + ((tap * %lld + k) * %lld + n);", type_of_weights(in), (long long)w.dim[3],
                   (long long)depth);
        terms(to, &t, 6);
    } else {
        lng_c_line(to, 6, "const int32_t e = n / %lld * %lld + k;", (long long)depth, (long long)width);
        lng_c_line(to, 6, "s0 = $fma(x[(u * %lld + v) * %lld + e], w[(tap * %lld + n %% %lld) * %lld + e], s0);",
                   (long long)g.dim[1], (long long)w.dim[3], (long long)depth, (long long)depth, (long long)w.dim[3]);
    }
    lng_c_line(to, 5, "}");
    lng_c_line(to, 4, "}");
    lng_c_line(to, 3, "}");
    if (tiled) {
        lng_c_line(to, 3, "float *const o = y + ((i * %lld + j) * %lld + n);", (long long)x.dim[1], (long long)x.dim[2]);
        stores(to, &t, 3, lng_format(c->arena, "%lld - n", (long long)depth));
    } else
        lng_c_line(to, 3, "y[(i * %lld + j) * %lld + n] = s0;", (long long)x.dim[1], (long long)x.dim[2]);
    lng_c_line(to, 2, "}");
    return lng_c_call_end(to);
}
