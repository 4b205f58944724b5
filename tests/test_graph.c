/* The builder, the verifier and differentiation on graphs small enough to know by heart. */
#include "graphs.h"
#include "graph/ops.h"
#include "tape/reference.h"
#include "suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lng_graph *g;

static void set_up(void)
{
    g = lng_graph_new(arena, errors);
}

static float variables[8] = {0.5f, -0.25f, 2, 1.5f, 0.75f, -1, 3, 0.125f};

static void *variable_at(void *context, const char *name)
{
    (void)name;
    return context;
}

static double value_of(const lng_value *v, int64_t element)
{
    static const float data[] = {0.25f, 0.5f, 0.75f};
    lng_field field = {data, LNG_FIELD_F32, 1};
    lng_context context = {.batch = 3, .field = &field};
    const lng_reference *ref = lng_reference_run(arena, g, false, (const uint32_t[]){0, 1, 2}, 3, &context, variable_at, variables);
    return lng_reference_at(ref, v, 0, element);
}

START_TEST(equal_nodes_are_one)
{
    lng_value *a = lng_read_variable(g, "a", lng_shape_of(1, (int64_t)3)),
              *b = lng_read_variable(g, "b", lng_shape_of(1, (int64_t)3));
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_eq(a, lng_read_variable(g, "a", lng_shape_of(1, (int64_t)3)));
    ck_assert_ptr_eq(lng_add(g, a, b), lng_add(g, b, a));
    ck_assert_ptr_ne(lng_sub(g, a, b), lng_sub(g, b, a));
    ck_assert_ptr_eq(lng_mul(g, a, lng_scalar(g, 1)), a);
    ck_assert_ptr_ne(lng_scalar(g, 0.0), lng_scalar(g, -0.0));
    ck_assert(lng_graph_verify(g, errors));
}
END_TEST

/* As x[start:stop:step] of Python, whose indices from the end are resolved. */
START_TEST(slices_go_both_ways)
{
    static const struct {
        int64_t start, stop, step, n;
        double at[8];
    } row[] = {
        {1, 6, 2, 3, {-0.25, 1.5, -1}}, {0, 8, 3, 3, {0.5, 1.5, 3}}, {7, -1, -1, 8, {0.125, 3, -1, 0.75, 1.5, 2, -0.25, 0.5}},
        {6, 0, -2, 3, {3, 0.75, 2}},    {5, 4, -3, 1, {-1}},         {7, 0, -3, 3, {0.125, 0.75, -0.25}}};
    lng_value *x = lng_read_variable(g, "a", lng_shape_of(1, (int64_t)8));
    ck_assert_ptr_eq(lng_slice(g, x, 0, 0, 8, 1), x);
    for (size_t i = 0; i < LENGTH(row); i++) {
        lng_value *y = lng_slice(g, x, 0, row[i].start, row[i].stop, row[i].step);
        ck_assert_int_eq(lng_shape_size(y->shape), row[i].n);
        for (int64_t k = 0; k < row[i].n; k++)
            ck_assert(value_of(y, k) == row[i].at[k]);
    }
}
END_TEST

START_TEST(random_nodes_are_not_merged)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_RANDOM_SHAPE] = {.v = {1, {4}}}};
    lng_value *a = lng_emit(g, &lng_op_random_uniform, NULL, 0, attr, "noise");
    lng_value *b = lng_emit(g, &lng_op_random_uniform, NULL, 0, attr, "noise");
    ck_assert_ptr_ne(a, b);
    ck_assert_str_eq(a->node->name, "noise");
    ck_assert_str_eq(b->node->name, "noise_2");
}
END_TEST

START_TEST(constants_fold_as_the_kernels_compute)
{
    double fill;
    lng_value *third = lng_div(g, lng_scalar(g, 1), lng_scalar(g, 3));
    ck_assert(lng_value_is_constant(third, &fill));
    ck_assert(fill == (double)(1.0f / 3.0f));
    ck_assert_ptr_eq(lng_scalar(g, 1e-40), lng_scalar(g, 0.0)); /* subnormals are flushed everywhere */
    ck_assert_ptr_eq(lng_scalar(g, -1e-40), lng_scalar(g, -0.0));
    lng_value *wide = lng_add(g, lng_constant(g, 2, lng_shape_of(2, (int64_t)2, (int64_t)3)), lng_scalar(g, 1));
    ck_assert(lng_value_is_constant(wide, &fill) && fill == 3);
    ck_assert_int_eq(wide->shape.rank, 2);
}
END_TEST

START_TEST(mistakes_are_reported_not_made)
{
    lng_value *a = lng_read_variable(g, "a", lng_shape_of(1, (int64_t)3)),
              *b = lng_read_variable(g, "b", lng_shape_of(1, (int64_t)4));
    ck_assert_ptr_null(lng_add(g, a, b));
    ck_assert_uint_eq(lng_errors_count(errors), 1);
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_SHAPE);
    ck_assert_ptr_null(lng_unary(g, &lng_op_batch_sum, a));
    ck_assert_int_eq(lng_errors_code(errors, 1), LNG_E_KIND);
    ck_assert_ptr_null(lng_constant(g, 0, lng_shape_of(3, (int64_t)1 << 31, (int64_t)1 << 31, (int64_t)2)));
    ck_assert_int_eq(lng_errors_code(errors, 2), LNG_E_LIMIT);
}
END_TEST

START_TEST(verifier_sees_every_kind_of_damage)
{
    lng_value *a = lng_read_variable(g, "a", lng_shape_of(1, (int64_t)3)), *b = lng_unary(g, &lng_op_exp, a),
              *c = lng_unary(g, &lng_op_tanh, b);
    lng_graph_update(g, "a", c);
    ck_assert(lng_graph_verify(g, errors));
    c->shape.dim[0] = 4;
    ck_assert(!lng_graph_verify(g, errors));
    c->shape.dim[0] = 3;
    c->per_example = true;
    ck_assert(!lng_graph_verify(g, errors));
    c->per_example = false;
    b->node->in[0] = c; /* a cycle */
    ck_assert(!lng_graph_verify(g, errors));
    b->node->in[0] = a;
    lng_graph_update(g, "a", b);
    ck_assert(!lng_graph_verify(g, errors));
}
END_TEST

START_TEST(gradients_of_shared_values)
{
    lng_value *a = lng_read_variable(g, "a", lng_shape_of(1, (int64_t)3)), *grad, *second,
              *unused = lng_read_variable(g, "u", lng_shape_of(1, (int64_t)2)), *none;
    lng_value *y = lng_sum(g, lng_mul(g, a, lng_mul(g, a, a)), lng_shape_of(1, (int64_t)0), false); /* sum a^3 */
    ck_assert(lng_gradient(g, y, &a, 1, &grad));
    lng_value *sum = lng_sum(g, grad, lng_shape_of(1, (int64_t)0), false);
    ck_assert(lng_gradient(g, sum, &a, 1, &second)); /* called again on its own result: 6 a */
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(value_of(grad, i), 3 * variables[i] * variables[i], 1e-5);
        ck_assert_double_eq_tol(value_of(second, i), 6 * variables[i], 1e-5);
    }
    ck_assert(lng_gradient(g, y, &unused, 1, &none));
    ck_assert_double_eq(value_of(none, 1), 0);
    ck_assert_int_eq((int)none->shape.dim[0], 2);
}
END_TEST

START_TEST(gradients_keep_kind_and_shape)
{
    lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(1, (int64_t)1), LNG_F32), *w = lng_read_variable(g, "w", (lng_shape){0}),
              *gw, *gx;
    lng_value *y = lng_batch_mean(g, lng_reshape(g, lng_mul(g, lng_mul(g, x, w), x), (lng_shape){0})); /* mean of w x^2 */
    ck_assert(lng_gradient(g, y, (lng_value *[]){w, x}, 2, (lng_value *[2]){0}));
    lng_value *both[2];
    ck_assert(lng_gradient(g, y, (lng_value *[]){w, x}, 2, both));
    gw = both[0];
    gx = both[1];
    ck_assert(!gw->per_example && gw->shape.rank == 0);
    ck_assert(gx->per_example && gx->shape.rank == 1);
    ck_assert_double_eq_tol(value_of(gw, 0), (0.0625 + 0.25 + 0.5625) / 3, 1e-6);
    ck_assert_double_eq_tol(value_of(gx, 0), 2 * 0.5 * 0.25 / 3, 1e-6);
}
END_TEST

START_TEST(a_per_example_gradient_does_not_cross_the_batch)
{
    lng_value *x = lng_read_input(g, 0, "x", lng_shape_of(1, (int64_t)1), LNG_F32), *gradient;
    lng_value *y = lng_reshape(g, lng_sub(g, x, lng_batch_mean(g, x)), (lng_shape){0});
    ck_assert(!lng_gradient(g, y, &x, 1, &gradient));
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_GRADIENT);
    lng_value *alone = lng_reshape(g, lng_mul(g, x, x), (lng_shape){0});
    ck_assert(lng_gradient(g, alone, &x, 1, &gradient));
    ck_assert(gradient->per_example);
    ck_assert_double_eq_tol(value_of(gradient, 0), 0.5, 1e-6);
    ck_assert(!lng_gradient(g, lng_reshape(g, x, lng_shape_of(2, (int64_t)1, (int64_t)1)), &x, 1, &gradient) == false);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(equal_nodes_are_one),
        TEST(slices_go_both_ways),
        TEST(random_nodes_are_not_merged),
        TEST(constants_fold_as_the_kernels_compute),
        TEST(mistakes_are_reported_not_made),
        TEST(verifier_sees_every_kind_of_damage),
        TEST(gradients_of_shared_values),
        TEST(gradients_keep_kind_and_shape),
        TEST(a_per_example_gradient_does_not_cross_the_batch),
        {0},
    };
    return suite_run("graph", tests, set_up, NULL);
}
