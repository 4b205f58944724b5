/* What only a training step has, in C: sums over the batch, whose calls add the term of one example, or put it where the lanes of a slice are; the gradients
 * of ops that pick; and draws. Loops are in the order in which each sum takes its terms. */
#include "export/c.h"
#include "op/batches.h"
#include "op/pool.h"
#include "op/rows.h"
#include <string.h>

static void clear(lng_c_call *to, const char *when)
{
    lng_c_line(to, 0, "%smemset(y, 0, sizeof *y * %lld);", when, (long long)lng_shape_size(to->node->out[0].shape));
}

/* ---- over the batch ---- */
/* y += a' b, of a slice from 0 on. */
bool lng_c_matmul_batch(lng_c *c, const lng_node *n)
{
    const lng_shape a = n->in[0]->shape, b = n->in[1]->shape;
    const long long rows = (long long)a.dim[a.rank - 2], i = (long long)a.dim[a.rank - 1], j = (long long)b.dim[b.rank - 1];
    const batches all = batches_of(n);
    lng_c_call call = lng_c_call_of(c, n, 2, (const char *const[]){"a", "b"}), *to = &call;
    lng_c_nest w = {0};
    lng_c_pass_word(to, "int32_t", "lane", "lane");
    clear(to, "if (lane == 0)\n        ");
    lng_c_nest_broadcast(&w, 0, all.y, all.a);
    lng_c_nest_broadcast(&w, 1, all.y, all.b);
    lng_c_nest_broadcast(&w, 2, all.y, all.y);
    lng_c_nest_merge(&w, 3);
    const int d = lng_c_nest_open(to, &w, "h", 0);
    const char *at[3];
    for (int k = 0; k < 3; k++)
        at[k] = lng_c_nest_at(c->arena, &w, k, "h");
    lng_c_line(to, d, "for (int32_t m = 0; m < %lld; m++)", rows);
    lng_c_line(to, d + 1, "for (int32_t i = 0; i < %lld; i++) {", i);
    lng_c_line(to, d + 2, "const float s = a[((%s) * %lld + m) * %lld + i];", at[0], rows, i);
    lng_c_line(to, d + 2, "const float *const q = b + ((%s) * %lld + m) * %lld;", at[1], rows, j);
    lng_c_line(to, d + 2, "float *const o = y + ((%s) * %lld + i) * %lld;", at[2], i, j);
    lng_c_line(to, d + 2, "for (int32_t j = 0; j < %lld; j++)", j);
    lng_c_line(to, d + 3, "o[j] = $fma(s, q[j], o[j]);");
    lng_c_line(to, d + 1, "}");
    return lng_c_call_end(to);
}

/* The term is the value. */
bool lng_c_batch_sum(lng_c *c, const lng_node *n)
{
    lng_c_call call = lng_c_call_of(c, n, 1, (const char *const[]){"x"});
    lng_c_line(&call, 0, "memcpy(y, x, sizeof *y * %lld);", (long long)lng_shape_size(n->out[0].shape));
    return lng_c_call_end(&call);
}

/* The value of another example: its place takes that of this one. */
bool lng_c_batch_roll(lng_c *c, const lng_node *n)
{
    lng_c_call call = lng_c_call_begin(c, n);
    c->example = lng_format(c->arena, "$rolled(e, %lld, count)", (long long)n->attr[LNG_BATCH_ROLL_SHIFT].i);
    lng_c_pass_operand(&call, 0, "x");
    c->example = "e";
    lng_c_place(c, n, NULL);
    lng_c_pass_result(&call);
    lng_c_line(&call, 0, "memcpy(y, x, sizeof *y * %lld);", (long long)lng_shape_size(n->out[0].shape));
    return lng_c_call_end(&call);
}

/* The adjoint of gather; over the batch, of a slice from 0 on. A sum that was -0 would be +0 in the end. */
bool lng_c_scatter_add(lng_c *c, const lng_node *n)
{
    const rows r = rows_of_scatter(n);
    const bool over = n->op->flags & LNG_OP_BATCH;
    lng_c_call call = lng_c_call_of(c, n, 2, (const char *const[]){"x", "index"}), *to = &call;
    if (over)
        lng_c_pass_word(to, "int32_t", "lane", "lane");
    clear(to, over ? "if (lane == 0)\n        " : "");
    lng_c_line(to, 0, "for (int32_t t = 0; t < %lld; t++) {", (long long)r.reads);
    lng_c_line(to, 1, "const int32_t k = index[t / %lld * %lld + t %% %lld];", (long long)(r.count * r.outer), (long long)r.count,
               (long long)r.count);
    lng_c_line(to, 1, "if (k < 0 || k >= %lld)", (long long)r.n);
    lng_c_line(to, 2, "continue;");
    lng_c_line(to, 1, "float *const o = y + (t / %lld * %lld + k) * %lld;", (long long)r.count, (long long)r.n, (long long)r.inner);
    lng_c_line(to, 1, "for (int32_t i = 0; i < %lld; i++)", (long long)r.inner);
    lng_c_line(to, 2, "o[i] = @FLUSH(o[i] + x[t * %lld + i])%s;", (long long)r.inner, over ? " + 0.0f" : "");
    lng_c_line(to, 0, "}");
    return lng_c_call_end(to);
}

/* ---- pools ---- */
bool lng_c_max_pool_grad(lng_c *c, const lng_node *n)
{
    lng_c_call call = lng_c_call_of(c, n, 2, (const char *const[]){"g", "winner"});
    clear(&call, "");
    lng_c_line(&call, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)lng_shape_size(n->in[0]->shape));
    lng_c_line(&call, 1, "y[winner[i]] = @FLUSH(y[winner[i]] + g[i]);");
    return lng_c_call_end(&call);
}

bool lng_c_avg_pool_grad(lng_c *c, const lng_node *n)
{
    const pool p = pool_of(n->attr, n->attr[LNG_POOL_SHAPE].v);
    const long long channels = (long long)p.channels, columns = (long long)p.x.in;
    lng_c_call call = lng_c_call_of(c, n, 1, (const char *const[]){"g"}), *to = &call;
    clear(to, "");
    lng_c_line(to, 0, "for (int32_t i = 0; i < %lld; i++)", (long long)p.y.out);
    lng_c_line(to, 1, "for (int32_t j = 0; j < %lld; j++) {", (long long)p.x.out);
    lng_c_window_of_axis(to, &p.y, "v", "i", 2);
    lng_c_window_of_axis(to, &p.x, "u", "j", 2);
    lng_c_line(to, 2, "for (int32_t n = 0; n < %lld; n++) {", channels);
    lng_c_line(to, 3, "const float share = @FLUSH(g[(i * %lld + j) * %lld + n] / (float)((v1 - v0) * (u1 - u0)));",
               (long long)p.x.out, channels);
    lng_c_line(to, 3, "for (int32_t a = v0; a < v1; a++)");
    lng_c_line(to, 4, "for (int32_t b = u0; b < u1; b++) {");
    lng_c_line(to, 5, "float *const o = y + (a * %lld + b) * %lld + n;", columns, channels);
    lng_c_line(to, 5, "*o = @FLUSH(*o + share);");
    lng_c_line(to, 4, "}");
    lng_c_line(to, 2, "}");
    lng_c_line(to, 1, "}");
    return lng_c_call_end(to);
}

/* ---- draws ---- */
/* From the seed, the node's name, the step, the example and the element. */
bool lng_c_draw(lng_c *c, const lng_node *n)
{
    const uint64_t hash = lng_hash(n->name, strlen(n->name));
    const bool normal = n->op == &lng_op_random_normal;
    lng_c_call call = lng_c_call_begin(c, n), *to = &call;
    lng_c_pass_word(to, "const uint32_t *@RESTRICT", "seed", "c->seed");
    lng_c_pass_word(to, "uint32_t", "step", c->steps ? "c->step" : "0u");
    lng_c_pass_word(to, "uint32_t", "example", !n->out[0].per_example ? "0xffffffffu" : c->steps ? "number[e]" : "number");
    lng_c_pass_word(to, "uint32_t", "low", lng_format(c->arena, "0x%08xu", (unsigned)(uint32_t)hash));
    lng_c_pass_word(to, "uint32_t", "high", lng_format(c->arena, "0x%08xu", (unsigned)(hash >> 32)));
    lng_c_place(c, n, NULL);
    lng_c_pass_result(to);
    c->draws |= n->out[0].per_example;
    lng_c_line(to, 0, "uint32_t key[4], word[4];");
    lng_c_line(to, 0, "$philox(seed[0], seed[1], low, high, 0u, 0u, key);");
    lng_c_line(to, 0, "for (uint32_t i = 0; i < %lldu; i++) {", (long long)lng_shape_size(n->out[0].shape));
    lng_c_line(to, 1, "if (i %% %d == 0)", normal ? 2 : 4);
    lng_c_line(to, 2, "$philox(key[0], key[1], i / %d, 0u, example, step, word);", normal ? 2 : 4);
    if (normal) {
        lng_c_line(to, 1, "const float u = $unit(word[i %% 2 * 2]) + 5.9604644775390625e-8f, v = $unit(word[i %% 2 * 2 + 1]);");
        lng_c_line(to, 1, "y[i] = @FLUSH($sqrt(-2.0f * $log(u)) * $cos(6.28318548f * v));");
    } else
        lng_c_line(to, 1, "y[i] = $unit(word[i %% 4]);");
    lng_c_line(to, 0, "}");
    return lng_c_call_end(to);
}
