/* Checking gradients: right ones are found right, and of wrong ones the op that made them. */
#include "train/gradcheck.h"
#include "graph/ops.h"
#include "lang/model.h"
#include "train/opcheck.h"
#include "suite.h"
#include <math.h>
#include <string.h>

#define ROWS 3

/* What a model of x[2] says of its parameters; `change` may do something to the graph, which is then differentiated again. */
static lng_gradcheck checked(const char *params, const char *out, const char *train, void (*change)(lng_graph *), lng_model **m)
{
    static const float x[ROWS][2] = {{1, 3}, {-0.5f, 0.25f}, {2, -1}};
    static const uint32_t rows[ROWS] = {0, 1, 2};
    const lng_field field = {.at = x, .type = LNG_FIELD_F32, .size = 2};
    const lng_context context = {.seed = 5, .total_steps = 10, .batch = ROWS, .field = &field};
    lng_gradcheck found = {0};
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: checked\n"
                                  "data: {source: {format: memory, classes: 10, fields: {x: [2]}}}\n"
                                  "in: x[2]\nparams: {%s}\nout: %s\ntrain: {%s, optimizer: sgd(lr=1)}\n",
                                  params, out, train);
    *m = lng_model_parse("checked.yaml", text, strlen(text), NULL, 0, errors);
    must(*m != NULL);
    lng_graph *g = (*m)->train;
    lng_output *gradient = LNG_NEW_N(arena, (*m)->gradients, lng_output);
    memcpy(gradient, (*m)->gradient, (*m)->gradients * sizeof *gradient);
    for (size_t i = 0; change && i < (*m)->gradients; i++) {
        lng_value *v = lng_graph_find_variable(g, gradient[i].name);
        if (i == 0)
            change(g);
        must(lng_gradient(g, (*m)->objective[i], &v, 1, &gradient[i].value));
    }
    lng_store *store = lng_store_new((*m)->variable, (*m)->variables, errors);
    for (size_t i = 0; i < store->floats; i++)
        store->at[i] = 0.5f - 0.0625f * (float)(i % 16);
    const lng_gradcheck_subject subject = {.graph = g,
                                           .gradient = gradient,
                                           .objective = (*m)->objective,
                                           .gradients = (*m)->gradients,
                                           .store = store,
                                           .rows = rows,
                                           .examples = ROWS,
                                           .context = &context,
                                           .elements = 3};
    lng_gradcheck_run(arena, &subject, &found, errors);
    lng_store_free(store);
    return found;
}

static const struct {
    const char *params, *out, *train;
} right[] = {
    {"W: 'zeros([2, 2])', b: 'zeros([2])'", "tanh(x @ W + b)", "loss: sum(out * out)"},
    {"W: 'zeros([2, 8])'", "(x @ W) * random_uniform(shape=[8])", "loss: sum(out * out)"},           /* draws stand still */
    {"w: 'zeros([2])'", "floor(3 * w) + w * w * x + stop_gradient(exp(w))", "loss: sum(out * out)"}, /* held */
    {"w: 'zeros([2])'", "w * x", "loss: norm(out) + sum(w * w)"},
    {"p: 'zeros([2])', q: 'zeros([])'", "tanh(p * x) * q", "loss: {d: sum(out), g: 2 - sum(out)}, objectives: {d: p, g: q}"},
    {"w: 'zeros([2])'", "w * x", "loss: sum((out - mean(out)) ** 2 / (1 + step))"},
};

START_TEST(right_ones)
{
    lng_model *m;
    const lng_gradcheck found = checked(right[_i].params, right[_i].out, right[_i].train, NULL, &m);
    must(lng_errors_count(errors) == 0);
    ck_assert_uint_eq(found.rows, m->gradients);
    ck_assert_ptr_null(found.worst);
    for (size_t i = 0; i < found.rows; i++) {
        ck_assert_int_eq(found.row[i].kinks, 0);
        ck_assert_int_eq(found.row[i].elements, found.row[i].size < 3 ? found.row[i].size : 3);
        ck_assert_double_le(found.row[i].error, LNG_GRADCHECK_TOLERANCE);
        ck_assert_double_ne(found.row[i].rule, 0);
    }
    lng_model_free(m);
}
END_TEST

/* Each parameter's gradient is that of its own objective: g falls where d rises. */
START_TEST(objectives)
{
    lng_model *m;
    const lng_gradcheck found = checked("p: 'zeros([])', q: 'zeros([])'", "p + q + sum(x)",
                                        "loss: {d: 3 * out, g: 5 - 7 * out}, objectives: {d: p, g: q}", NULL, &m);
    ck_assert_ptr_null(found.worst);
    ck_assert_double_eq_tol(fabs(found.row[0].difference), 3, 1e-6);
    ck_assert_double_eq_tol(fabs(found.row[1].difference), 7, 1e-6);
    lng_model_free(m);
}
END_TEST

/* p - stop_gradient(p) is 0 wherever p is, which is where relu has its kink. */
START_TEST(kinks)
{
    lng_model *m;
    const lng_gradcheck found =
        checked("p: 'zeros([2])'", "relu(p - stop_gradient(p)) * x", "loss: sum(out * out + out)", NULL, &m);
    ck_assert_ptr_null(found.worst);
    ck_assert_int_eq(found.row[0].kinks, 3); /* two elements, and both at once */
    lng_model_free(m);
}
END_TEST

/* ---- an op whose rule is wrong ---- */
static double factor; /* what the gradient of tanh is multiplied by */
static lng_op broken;

static void wrong_rule(lng_vjp *r)
{
    lng_op_tanh.vjp(r);
    r->gin[0] = lng_mul(r->graph, r->gin[0], lng_scalar(r->graph, factor));
}

static void break_tanh(lng_graph *g)
{
    broken = lng_op_tanh;
    broken.vjp = wrong_rule;
    for (size_t i = 0; i < g->nodes; i++)
        if (g->node[i]->op == &lng_op_tanh)
            g->node[i]->op = &broken;
}

static const double factors[] = {2, 1.001, 0, -1};

START_TEST(wrong_ones)
{
    lng_model *m;
    factor = factors[_i];
    const lng_gradcheck found = checked("W: 'zeros([2, 2])', b: 'zeros([2])', q: 'zeros([2])'", "sin(tanh(x @ W + b) + x) * q",
                                        "loss: sum(out)", break_tanh, &m);
    must(lng_errors_count(errors) == 0);
    for (size_t i = 0; i < found.rows; i++)
        ck_assert_int_eq(found.row[i].wrong, strcmp(found.row[i].name, "q") != 0);
    ck_assert_ptr_nonnull(found.worst);
    ck_assert_double_eq_tol(found.worst->rule, factor * found.worst->difference, 1e-6);
    ck_assert_int_eq(found.suspects, 1);
    ck_assert_ptr_eq(found.suspect[0]->op, &broken);
    ck_assert_int_eq(found.operand[0], 0);
    ck_assert_int_eq(found.suspect[0]->place.line, 6);
    lng_model_free(m);
}
END_TEST

START_TEST(not_finite)
{
    lng_model *m;
    checked("p: 'zeros([2])'", "log(p - 5) * x", "loss: sum(out)", NULL, &m);
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_NONFINITE);
    lng_model_free(m);
}
END_TEST

/* ---- ops alone ---- */
static const lng_opcheck_options options = {.seed = 5, .examples = ROWS, .elements = 12};

/* Each op with a gradient is tried, also per-example if it can be, and its rule found right; each without one says why. */
START_TEST(all_ops)
{
    for (size_t i = 0; i < lng_op_count; i++) {
        lng_opcheck found;
        const lng_op *op = lng_ops[i];
        const bool has_rule = op->vjp && op->n_in > 0;
        must(lng_opcheck_run(arena, op, &options, &found, errors));
        ck_assert_msg(!found.wrong, "%s by %s: %g, not %g", op->name, found.wrong, found.rule, found.difference);
        ck_assert_msg((found.checks > 0) == has_rule, "%s: %d checks", op->name, found.checks);
        ck_assert_msg(has_rule || op->n_in == 0 || op->no_vjp, "%s: no reason", op->name);
        ck_assert_msg(!has_rule || found.checks > 1 || op == &lng_op_batch_broadcast, "%s: of one kind only", op->name);
        ck_assert_msg(found.second == found.checks || strncmp(op->name, "sample_affine", 13) == 0, "%s: no second gradient",
                      op->name);
        ck_assert_msg(found.kinks < 3, "%s: %d kinks", op->name, found.kinks);
    }
}
END_TEST

START_TEST(wrong_op)
{
    lng_opcheck found;
    broken = lng_op_tanh;
    broken.vjp = wrong_rule;
    factor = factors[_i];
    must(lng_opcheck_run(arena, &broken, &options, &found, errors));
    ck_assert_str_eq(found.wrong, "x");
    ck_assert_double_gt(found.error, LNG_GRADCHECK_TOLERANCE);
}
END_TEST

/* A trial that does not fit its op, and none. */
START_TEST(wrong_trials)
{
    static const char *const trial[] = {
        "[3, 4", "[3, 4] axis=0", "[3, 4] nonsense", "[3, 4] [4] [4] [4]", "x:[3]", "[3, x]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]"};
    lng_opcheck found;
    for (size_t i = 0; i < LENGTH(trial); i++) {
        broken = lng_op_tanh;
        broken.trial = trial[i];
        ck_assert_msg(!lng_opcheck_run(arena, &broken, &options, &found, errors), "%s", trial[i]);
    }
    broken = lng_op_add;
    broken.trial = "[3] [4]";
    ck_assert(!lng_opcheck_run(arena, &broken, &options, &found, errors));
    ck_assert_str_eq(lng_errors_message(errors, LENGTH(trial)), "`add` does not take the operands of its trial");
    broken = lng_op_conv2d;
    broken.trial = NULL;
    ck_assert(!lng_opcheck_run(arena, &broken, &options, &found, errors));
    for (size_t i = 0; i <= LENGTH(trial) + 1; i++)
        ck_assert_int_eq(lng_errors_code(errors, i), LNG_E_DEFECT);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(right_ones, LENGTH(right)),   TEST(objectives),   TEST(kinks),
        LOOP(wrong_ones, LENGTH(factors)), TEST(not_finite),   TEST(all_ops),
        LOOP(wrong_op, LENGTH(factors)),   TEST(wrong_trials), {0},
    };
    return suite_run("gradcheck", tests, NULL, NULL);
}
