/* Reductions, softmax and pools in C: loops over what is kept around loops over what is reduced. */
#include "export/c.h"
#include "op/long_sum.h"
#include "op/pool.h"
#include "op/reduce.h"

typedef struct reduced {
    lng_c_nest kept, over; /* array 0: x; of `kept`, array 1: y */
    int64_t terms;
} reduced;

static reduced reduced_nest(const lng_node *n, const bool axis[LNG_MAX_RANK])
{
    const lng_shape x = n->in[0]->shape;
    reduced r = {.terms = 1};
    int64_t step = 1, kept = 1;
    for (int i = x.rank - 1; i >= 0; i--) {
        lng_c_nest *w = axis[i] ? &r.over : &r.kept;
        for (int k = w->rank++; k > 0; k--) {
            w->extent[k] = w->extent[k - 1];
            w->step[0][k] = w->step[0][k - 1];
            w->step[1][k] = w->step[1][k - 1];
        }
        w->extent[0] = x.dim[i];
        w->step[0][0] = step;
        w->step[1][0] = axis[i] ? 0 : kept;
        step *= x.dim[i];
        *(axis[i] ? &r.terms : &kept) *= x.dim[i];
    }
    lng_c_nest_merge(&r.kept, 2);
    lng_c_nest_merge(&r.over, 1);
    return r;
}

static reduced reduction_of_axes_of(const lng_node *n)
{
    bool axis[LNG_MAX_RANK];
    reduced_axes(n->attr, n->in[0]->shape.rank, axis);
    return reduced_nest(n, axis);
}

static lng_c_call begin(lng_c *c, const lng_node *n)
{
    lng_c_call call = lng_c_call_begin(c, n);
    lng_c_pass_operand(&call, 0, "x");
    if (n->n_in > 1)
        lng_c_pass_operand(&call, 1, "w");
    lng_c_place(c, n, NULL);
    lng_c_pass_result(&call);
    return call;
}

/* Opens the loops over what is kept, with a brace. */
static int open_kept(lng_c_call *to, const reduced *r)
{
    const int depth = lng_c_nest_open(to, &r->kept, "i", 0);
    if (depth > 0)
        lng_c_line(to, depth - 1, "{");
    return depth;
}
static void close_kept(lng_c_call *to, int depth)
{
    if (depth > 0)
        lng_c_line(to, depth - 1, "}");
}

static const char *element(lng_c_call *to, const reduced *r)
{
    lng_arena *arena = to->c->arena;
    const char *at = lng_format(arena, "%s + %s", lng_c_nest_at(arena, &r->kept, 0, "i"), lng_c_nest_at(arena, &r->over, 0, "k"));
    return to->node->n_in > 1 ? lng_format(arena, "@FLUSH(x[%s] * w[%s])", at, at) : lng_format(arena, "x[%s]", at);
}

bool lng_c_sum(lng_c *c, const lng_node *n)
{
    const reduced r = reduction_of_axes_of(n);
    lng_c_call call = begin(c, n), *to = &call;
    const int d = open_kept(to, &r);
    const bool is_long = r.terms > LONG_SUM_RUN;
    lng_c_line(to, d, is_long ? "@SUM s = {{0.0f}, 0.0f, 0, 0};" : "float s = 0.0f;");
    const int inner = lng_c_nest_open(to, &r.over, "k", d);
    lng_c_line(to, inner, is_long ? "$sum_add(&s, %s);" : "s = @FLUSH(s + %s);", element(to, &r));
    const char *sum = is_long ? "$sum_total(&s)" : "s", *at = lng_c_nest_at(c->arena, &r.kept, 1, "i");
    if (n->op == &lng_op_mean && r.terms > 1)
        lng_c_line(to, d, "y[%s] = @FLUSH(%s / %s);", at, sum, lng_c_float(c->arena, (float)r.terms));
    else
        lng_c_line(to, d, "y[%s] = %s;", at, sum);
    close_kept(to, d);
    return lng_c_call_end(to);
}

bool lng_c_prod(lng_c *c, const lng_node *n)
{
    const reduced r = reduction_of_axes_of(n);
    lng_c_call call = begin(c, n), *to = &call;
    const int d = open_kept(to, &r);
    lng_c_line(to, d, "float s = 1.0f;");
    const int inner = lng_c_nest_open(to, &r.over, "k", d);
    lng_c_line(to, inner, "s = @FLUSH(s * %s);", element(to, &r));
    lng_c_line(to, d, "y[%s] = s;", lng_c_nest_at(c->arena, &r.kept, 1, "i"));
    close_kept(to, d);
    return lng_c_call_end(to);
}

/* max, argmax and the mask of the winner: the first of the largest wins, and the first NaN wins over numbers. */
bool lng_c_winner(lng_c *c, const lng_node *n)
{
    reduced r;
    if (n->op == &lng_op_argmax) {
        bool axis[LNG_MAX_RANK] = {0};
        axis[axis_of(n->attr[LNG_ARGMAX_AXIS].i, n->in[0]->shape.rank)] = true;
        r = reduced_nest(n, axis);
    } else
        r = reduction_of_axes_of(n);
    lng_c_call call = begin(c, n), *to = &call;
    const bool mask = n->op == &lng_op_max_mask, index = n->op == &lng_op_argmax || mask;
    const int d = open_kept(to, &r);
    lng_c_line(to, d, "float best = x[%s];", lng_c_nest_at(c->arena, &r.kept, 0, "i"));
    if (index)
        lng_c_line(to, d, "int32_t winner = 0, number = 0;");
    const int inner = lng_c_nest_open(to, &r.over, "k", d);
    if (inner > d)
        lng_c_line(to, inner - 1, "{");
    lng_c_line(to, inner, "const float now = %s;", element(to, &r));
    lng_c_line(to, inner, index ? "if (!(now <= best) && best == best) {" : "if (!(now <= best) && best == best)");
    lng_c_line(to, inner + 1, "best = now;");
    if (index) {
        lng_c_line(to, inner + 1, "winner = number;");
        lng_c_line(to, inner, "}");
        lng_c_line(to, inner, "number++;");
    }
    if (inner > d)
        lng_c_line(to, inner - 1, "}");
    if (mask) {
        lng_c_line(to, d, "number = 0;");
        const int over = lng_c_nest_open(to, &r.over, "k", d);
        lng_c_line(to, over, "y[%s + %s] = number++ == winner ? 1.0f : 0.0f;", lng_c_nest_at(c->arena, &r.kept, 0, "i"),
                   lng_c_nest_at(c->arena, &r.over, 0, "k"));
    } else
        lng_c_line(to, d, "y[%s] = %s;", lng_c_nest_at(c->arena, &r.kept, 1, "i"), index ? "winner" : "best");
    close_kept(to, d);
    return lng_c_call_end(to);
}

/* Rows along the last axis. */
bool lng_c_softmax(lng_c *c, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const long long row = (long long)x.dim[x.rank - 1], rows = (long long)(lng_shape_size(x) / row);
    const bool is_log = n->op == &lng_op_log_softmax, is_long = row > LONG_SUM_RUN;
    lng_c_call call = begin(c, n), *to = &call;
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i += %lld) {", rows * row, row);
    lng_c_line(to, 1, "float m = x[i];");
    lng_c_line(to, 1, "for (int32_t k = 1; k < %lld; k++)", row);
    lng_c_line(to, 2, "m = x[i + k] > m || x[i + k] != x[i + k] ? x[i + k] : m;");
    lng_c_line(to, 1, is_long ? "@SUM s = {{0.0f}, 0.0f, 0, 0};" : "float s = 0.0f;");
    lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", row);
    lng_c_line(to, 2, "y[i + k] = $exp(@FLUSH(x[i + k] - m));");
    lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", row);
    lng_c_line(to, 2, is_long ? "$sum_add(&s, y[i + k]);" : "s += y[i + k];");
    lng_c_line(to, 1, is_log ? "const float sum = $log(%s);" : "const float sum = %s;", is_long ? "$sum_total(&s)" : "s");
    lng_c_line(to, 1, "for (int32_t k = 0; k < %lld; k++)", row);
    lng_c_line(to, 2, is_log ? "y[i + k] = @FLUSH(x[i + k] - m - sum);" : "y[i + k] = @FLUSH(y[i + k] / sum);");
    lng_c_line(to, 0, "}");
    return lng_c_call_end(to);
}

void lng_c_window_of_axis(lng_c_call *to, const lng_axis *a, const char *name, const char *output, int d)
{
    const long long size = (long long)a->window, in = (long long)a->in;
    lng_c_line(to, d, "const int32_t %s = %s * %lld - %lld;", name, output, (long long)a->stride, (long long)a->before);
    lng_c_line(to, d, "const int32_t %s0 = %s < 0 ? 0 : %s, %s1 = %s + %lld > %lld ? %lld : %s + %lld;", name, name, name, name,
               name, size, in, in, name, size);
}

bool lng_c_pool(lng_c *c, const lng_node *n)
{
    const pool p = pool_of(n->attr, n->in[0]->shape);
    const bool mean = n->op == &lng_op_avg_pool, index = !mean && lng_c_is_read(c, &n->out[1]);
    const long long channels = (long long)p.channels, columns = (long long)p.x.in;
    lng_c_call call = begin(c, n), *to = &call;
    if (index)
        lng_c_pass_winner(to);
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)p.y.out);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++) {", (long long)p.x.out);
    lng_c_window_of_axis(to, &p.y, "v", "i", 2);
    lng_c_window_of_axis(to, &p.x, "u", "j", 2);
    lng_c_line(to, 2, "float *const o = y + (i * %lld + j) * %lld;", (long long)p.x.out, channels);
    if (index) {
        lng_c_line(to, 2, "int32_t *const k = winner + (i * %lld + j) * %lld;", (long long)p.x.out, channels);
        lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++)", channels);
        lng_c_line(to, 3, "k[n] = (v0 * %lld + u0) * %lld + n;", columns, channels);
    }
    lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++)", channels);
    lng_c_line(to, 3, mean ? "o[n] = 0.0f;" : "o[n] = x[(v0 * %lld + u0) * %lld + n];", columns, channels);
    lng_c_line(to, 2, "for (int32_t a = v0; a < v1; a++)");
    lng_c_line(to, 3, "for (int32_t b = u0; b < u1; b++)");
    lng_c_line(to, 4, "for (int32_t n = 0; n < %lld; n++)%s", channels, index ? " {" : "");
    const char *at = lng_format(c->arena, "(a * %lld + b) * %lld + n", columns, channels);
    if (index) {
        lng_c_line(to, 5, "const float now = x[%s];", at);
        lng_c_line(to, 5, "k[n] = now > o[n] || (now != now && o[n] == o[n]) ? %s : k[n];", at);
        lng_c_line(to, 5, "o[n] = $larger(now, o[n]);");
        lng_c_line(to, 4, "}");
    } else
        lng_c_line(to, 5, mean ? "o[n] = @FLUSH(o[n] + x[%s]);" : "o[n] = $larger(x[%s], o[n]);", at);
    if (mean) {
        lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++)", channels);
        lng_c_line(to, 3, "o[n] = @FLUSH(o[n] / (float)((v1 - v0) * (u1 - u0)));");
    }
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}
