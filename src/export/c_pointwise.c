/* Pointwise ops in C: a loop over the elements of the result, with the steps of a fused node as constants of its body. */
#include "export/c.h"
#include "graph/fused.h"
#include <string.h>

/* What an op does to the numbers A, B and C. A result that may be subnormal is flushed, as the engine's are. */
typedef struct form {
    const lng_op *op;
    const char *floats, *integers; /* NULL: it has no such operands */
    bool flushes;
} form;
static const form forms[] = {
    {&lng_op_abs, "A < 0.0f ? -A : A + 0.0f", "A < 0 ? (int32_t)(0u - (uint32_t)A) : A", false},
    {&lng_op_add, "A + B", "(int32_t)((uint32_t)A + (uint32_t)B)", true},
    {&lng_op_atan, "$atan(A)", NULL, true},
    {&lng_op_cos, "$cos(A)", NULL, true},
    {&lng_op_div, "A / B", NULL, true},
    {&lng_op_equal, "A == B ? 1.0f : 0.0f", "A == B ? 1.0f : 0.0f", false},
    {&lng_op_erf, "$erf(A)", NULL, true},
    {&lng_op_exp, "$exp(A)", NULL, true},
    {&lng_op_expm1, "$expm1(A)", NULL, true},
    {&lng_op_floor, "$floor(A)", NULL, false},
    {&lng_op_floor_divide, "$floor_divide(A, B)", "$quotient(A, B)", true},
    {&lng_op_less, "A < B ? 1.0f : 0.0f", "A < B ? 1.0f : 0.0f", false},
    {&lng_op_less_equal, "A <= B ? 1.0f : 0.0f", "A <= B ? 1.0f : 0.0f", false},
    {&lng_op_log, "$log(A)", NULL, true},
    {&lng_op_log1p, "$log1p(A)", NULL, true},
    {&lng_op_maximum, "A > B || A != A ? A : B", "A > B ? A : B", false},
    {&lng_op_minimum, "A < B || A != A ? A : B", "A < B ? A : B", false},
    {&lng_op_mul, "A * B", "(int32_t)((uint32_t)A * (uint32_t)B)", true},
    {&lng_op_neg, "-A", "(int32_t)(0u - (uint32_t)A)", false},
    {&lng_op_not_equal, "A != B ? 1.0f : 0.0f", "A != B ? 1.0f : 0.0f", false},
    {&lng_op_pow, "$pow(A, B)", NULL, true},
    {&lng_op_relu, "A <= 0.0f ? 0.0f : A", NULL, false},
    {&lng_op_remainder, "$remainder(A, B)", "(int32_t)(A - (int64_t)B * $quotient(A, B))", true},
    {&lng_op_round, "$round(A)", NULL, false},
    {&lng_op_round_int8, "$round_int8(A)", NULL, false},
    {&lng_op_select, "A != 0.0f ? B : C", NULL, false},
    {&lng_op_sigmoid, "$sigmoid(A)", NULL, true},
    {&lng_op_sign, "A > 0.0f ? 1.0f : A < 0.0f ? -1.0f : A", NULL, false},
    {&lng_op_sin, "$sin(A)", NULL, true},
    {&lng_op_softplus, "$softplus(A)", NULL, true},
    {&lng_op_sqrt, "$sqrt(A)", NULL, false},
    {&lng_op_sub, "A - B", "(int32_t)((uint32_t)A - (uint32_t)B)", true},
    {&lng_op_tanh, "$tanh(A)", NULL, true},
    {&lng_op_to_float, NULL, "(float)A", false},
    {&lng_op_to_int, "$to_int(A)", NULL, false},
    {&lng_op_xlogy, "A == 0.0f && B == B ? 0.0f : A * $log(B)", NULL, true},
};

static const form *form_of(const lng_op *op)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].op == op)
            return &forms[i];
    return NULL;
}

/* The form with its operands in place of A, B and C, which are its only capitals. */
static const char *expression(lng_arena *arena, const form *f, bool integers, const char *const *operand)
{
    lng_text t = lng_text_new(arena);
    const char *text = integers ? f->integers : f->floats;
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'C')
            lng_text_add(&t, "%s", operand[*text - 'A']);
        else
            lng_text_put(&t, text, 1);
    return f->flushes && !integers ? lng_format(arena, "@FLUSH(%s)", t.at) : t.at;
}

/* The operand that the result may be written over: of its shape, and not read again, nor a second time here; or the variable that it updates. */
static int in_place(const lng_c *c, const lng_node *n)
{
    for (int k = 0; k < n->n_in; k++) {
        const lng_value *v = n->in[k];
        int times = 0;
        for (int i = 0; i < n->n_in; i++)
            times += lng_c_behind(n->in[i]) == lng_c_behind(v);
        if (times == 1 && lng_c_is_computed(c, v) && v->dtype == n->out[0].dtype && lng_shape_equal(v->shape, n->out[0].shape) &&
            (lng_c_dies(c, v) ? !lng_c_is_placed(c, &n->out[0]) : lng_c_is_variable_of(c, v, &n->out[0])))
            return k;
    }
    return -1;
}

/* A number that stands in the program; where weights are in a file, only one that training cannot change. */
static bool is_number(const lng_c *c, const lng_value *v)
{
    return !lng_c_is_computed(c, v) && lng_shape_size(v->shape) == 1 && !(c->program->apart && c->learned[v->node->id]);
}

static const char *number(const lng_c *c, const lng_value *v)
{
    const double x = lng_reference_at(c->shared, v, 0, 0);
    return v->dtype == LNG_I32 ? lng_format(c->arena, "(%lld)", (long long)x) : lng_c_float(c->arena, (float)x);
}

/* Which earlier operand has the same value; its own number: none. */
static int first_use(const lng_node *n, int k)
{
    for (int i = 0; i < k; i++)
        if (n->in[i] == n->in[k])
            return i;
    return k;
}

static void operands(lng_c_call *call, const lng_c_nest *w, int over, const char **operand)
{
    const lng_node *n = call->node;
    lng_arena *arena = call->c->arena;
    for (int k = 0; k < n->n_in; k++) {
        const char name[] = {(char)('a' + first_use(n, k)), '\0'};
        if (is_number(call->c, n->in[k])) {
            operand[k] = number(call->c, n->in[k]);
            continue;
        }
        if (k != over && first_use(n, k) == k)
            lng_c_pass_operand(call, k, name);
        operand[k] = lng_format(arena, "%s[%s]", k == over ? "y" : name, lng_c_nest_at(arena, w, k + 1, "i"));
    }
}

static void steps(lng_c_call *call, const lng_fused *f, int depth, const char *const *operand, const char *to)
{
    lng_arena *arena = call->c->arena;
    const char *result[LNG_FUSED_STEPS];
    const bool integers = call->node->in[0]->dtype == LNG_I32 && call->node->op != &lng_op_fused;
    for (int i = 0; i < f->steps; i++) {
        const lng_fused_step *s = &f->step[i];
        const char *in[LNG_FUSED_OPERANDS];
        for (int k = 0; k < s->n_in; k++)
            in[k] = s->in[k] < 0 ? result[~s->in[k]] : operand[s->in[k]];
        const char *text = expression(arena, form_of(s->op), integers, in);
        if (i == f->steps - 1) {
            lng_c_line(call, depth, "%s = %s;", to, text);
            return;
        }
        result[i] = lng_format(arena, "s%d", i);
        lng_c_line(call, depth, "const float s%d = %s;", i, text);
    }
}

bool lng_c_pointwise(lng_c *c, const lng_node *n)
{
    lng_fused f = {.steps = 1, .step = {{.op = n->op, .n_in = n->n_in, .in = {0, 1, 2}}}};
    if (n->op == &lng_op_fused)
        lng_fused_parse(n->attr[LNG_FUSED_PROGRAM].s, &f);
    const int over = in_place(c, n);
    lng_c_nest w = {0};
    const char *operand[LNG_MAX_IN];
    lng_c_nest_broadcast(&w, 0, n->out[0].shape, n->out[0].shape);
    for (int k = 0; k < n->n_in; k++)
        lng_c_nest_broadcast(&w, k + 1, n->out[0].shape, n->in[k]->shape);
    lng_c_nest_merge(&w, n->n_in + 1);
    lng_c_call call = lng_c_call_begin(c, n);
    if (n->op == &lng_op_fused)
        call.kind =
            f.steps == 1 ? f.step[0].op->name : lng_format(c->arena, "%s_%s", f.step[0].op->name, f.step[f.steps - 1].op->name);
    operands(&call, &w, over, operand);
    lng_c_place(c, n, over < 0 ? NULL : n->in[over]);
    lng_c_pass_result(&call);
    const int depth = lng_c_nest_open(&call, &w, "i", 0);
    const char *to = lng_format(c->arena, "y[%s]", lng_c_nest_at(c->arena, &w, 0, "i"));
    if (f.steps == 1) {
        steps(&call, &f, depth, operand, to);
    } else {
        lng_c_line(&call, depth - 1, "{");
        steps(&call, &f, depth, operand, to);
        lng_c_line(&call, depth - 1, "}");
    }
    return lng_c_call_end(&call);
}
