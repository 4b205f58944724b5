/* The memory plan: its invariants (src/tape/plan.c) hold, breaking any of them is noticed, and its cost grows with the model. */
#include "graphs.h"
#include "graph/ops.h"
#include "pass/pass.h"
#include "tape/inside.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static lng_graph *g;

static void set_up(void)
{
    g = lng_graph_new(arena, errors);
}

static lng_tape *compile(const lng_variable *variable, size_t variables)
{
    const lng_tape_options options = {.max_batch = 40, .isa = lng_isa_best()};
    lng_tape *t = lng_tape_compile(g, variable, variables, &options, errors);
    must(t != NULL);
    return t;
}

static void release(void *tape)
{
    lng_tape_free(tape);
}

/* The same, freed at the end of the test. */
static lng_tape *kept(const lng_variable *variable, size_t variables)
{
    lng_tape *t = compile(variable, variables);
    lng_arena_defer(arena, release, t);
    return t;
}

static void expect_fault(const lng_tape *t, char number)
{
    const char *fault = lng_plan_fault(t, arena);
    ck_assert_msg(fault && fault[0] == number, "expected fault %c, got: %s", number, fault ? fault : "none");
}

/* ---- a small step that has everything: two stages, a product, kept values, updates in place ---- */
static const lng_variable variable[] = {{"w", {2, {6, 6}}, true, {0}, NULL}, {"b", {2, {1, 6}}, true, {0}, NULL}};

static lng_tape *small_step(void)
{
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){2, {1, 6}}, LNG_F32), *w = lng_read_variable(g, "w", variable[0].shape);
    lng_value *b = lng_read_variable(g, "b", variable[1].shape);
    lng_value *y = lng_unary(g, &lng_op_tanh, lng_add(g, lng_binary(g, &lng_op_matmul, x, w), b));
    lng_value *centred = lng_sub(g, y, lng_batch_mean(g, y));
    lng_value *square = lng_batch_mean(g, lng_mul(g, centred, centred)), *mean = lng_batch_mean(g, y);
    lng_graph_output(g, "y", y);
    lng_graph_output(g, "square", square);
    lng_graph_update(g, "w", lng_mul(g, w, lng_add(g, square, lng_unary(g, &lng_op_sigmoid, w))));
    lng_graph_update(g, "b", lng_sub(g, b, lng_mul(g, lng_mul(g, square, mean), lng_scalar(g, 0.5))));
    return kept(variable, 2);
}

/* The first instruction of an op. */
static instr *find(const lng_tape *t, const lng_op *op)
{
    for (int i = 0; i < t->stages; i++) {
        const segment *s[] = {&t->stage[i].shared, &t->stage[i].slice};
        for (int which = 0; which < 2; which++)
            for (int k = 0; k < s[which]->count; k++)
                if (s[which]->at[k].node->op == op)
                    return &s[which]->at[k];
    }
    ck_abort_msg("no instruction of %s", op->name);
}

START_TEST(whole)
{
    const lng_tape *t = small_step();
    ck_assert_ptr_null(lng_plan_fault(t, arena));
    ck_assert_int_eq(t->stages, 3);
    ck_assert(t->update[0].how == UPDATE_IN_PLACE && t->update[1].how == UPDATE_IN_PLACE);
    ck_assert_uint_gt(t->kept_bytes, 0);
}
END_TEST

START_TEST(slot_beyond_its_space)
{
    lng_tape *t = small_step();
    t->slot[find(t, &lng_op_matmul)->out[0]].offset = t->thread_bytes;
    expect_fault(t, '1');
}
END_TEST

START_TEST(slot_too_small)
{
    lng_tape *t = small_step();
    t->slot[find(t, &lng_op_matmul)->out[0]].bytes -= 64;
    expect_fault(t, '1');
}
END_TEST

/* An operand where the result goes. */
START_TEST(values_that_meet)
{
    lng_tape *t = small_step();
    const instr *in = find(t, &lng_op_matmul);
    t->slot[in->in[0]] = t->slot[in->out[0]];
    expect_fault(t, '3');
}
END_TEST

START_TEST(value_that_was_not_kept)
{
    lng_tape *t = small_step();
    for (int i = 0; i < t->slots; i++)
        if (t->slot[i].space == SPACE_KEPT) {
            t->slot[i].space = SPACE_THREAD;
            t->slot[i].offset = t->thread_bytes;
            t->thread_bytes += t->slot[i].bytes;
        }
    expect_fault(t, '2');
}
END_TEST

START_TEST(constant_that_is_written_over)
{
    lng_tape *t = small_step();
    ck_assert_int_gt(t->once.count, 0);
    t->slot[t->once.at[0].out[0]].offset = t->slot[t->stage[0].result].offset;
    expect_fault(t, '2');
}
END_TEST

START_TEST(operand_that_is_not_read_in_step)
{
    lng_tape *t = small_step();
    instr *in = find(t, &lng_op_matmul);
    in->out[0] = in->in[0];
    expect_fault(t, '3');
}
END_TEST

START_TEST(partials_with_a_gap)
{
    lng_tape *t = small_step();
    t->stage[0].partial_floats += 16;
    t->partial_floats += 16;
    expect_fault(t, '5');
}
END_TEST

START_TEST(result_away_from_its_partials)
{
    lng_tape *t = small_step();
    for (int i = 0; i < t->slots; i++)
        if (t->slot[i].whole == t->stage[0].result)
            t->slot[i].offset += t->slot[i].bytes;
    expect_fault(t, '5');
}
END_TEST

START_TEST(variable_that_is_written_too_early)
{
    lng_tape *t = small_step();
    find(t, &lng_op_sigmoid)->out[0] = t->variable_slot[0];
    expect_fault(t, '6');
}
END_TEST

START_TEST(update_in_another_variable)
{
    lng_tape *t = small_step();
    const int slot = t->variable_slot[0];
    t->variable_slot[0] = t->variable_slot[1];
    t->variable_slot[1] = slot;
    expect_fault(t, '6');
}
END_TEST

/* ---- loops ---- */
/* What a turn reads and leaves: a step, both halves of a sum, their values side by side, which are the next state; all states, and those before. */
static lng_tape *small_loop(bool reverse)
{
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){2, {5, 8}}, LNG_F32);
    lng_loop *loop = lng_loop_open(g, 5);
    lng_value *h = lng_loop_carry(g, lng_constant(g, 0.5, (lng_shape){1, {8}})), *sum = lng_add(g, h, lng_loop_step(g, x, reverse));
    lng_value *half[] = {lng_unary(g, &lng_op_tanh, lng_slice(g, sum, 0, 4, 8, 1)),
                         lng_unary(g, &lng_op_sigmoid, lng_slice(g, sum, 0, 0, 4, 1))};
    lng_value *next = lng_emit(g, &lng_op_concat, half, 2, NULL, NULL);
    lng_loop_next(g, h, next);
    lng_loop_close(g);
    lng_graph_output(g, "after", lng_loop_stack(g, loop, next, reverse));
    lng_graph_output(g, "before", lng_loop_stack(g, loop, h, reverse));
    lng_graph_output(g, "last", lng_loop_last(g, h));
    return kept(NULL, 0);
}

static int count(const segment *s, const lng_op *op)
{
    int n = 0;
    for (int i = 0; i < s->count; i++)
        n += s->at[i].node->op == op;
    return n;
}

START_TEST(loops_copy_nothing)
{
    const lng_tape *t = small_loop(_i);
    const segment *s = &t->stage[0].slice;
    ck_assert_int_eq(s->loops, 1);
    ck_assert_uint_eq(s->loop[0].carries, 0);
    ck_assert_int_eq(s->loop[0].end - s->loop[0].first, 3);
    ck_assert_int_eq(count(s, &lng_op_loop_step) + count(s, &lng_op_loop_stack), 0);
    ck_assert_int_eq(count(s, &lng_op_slice) + count(s, &lng_op_concat), 0);
    ck_assert_ptr_null(lng_plan_fault(t, arena));
}
END_TEST

/* All turns write the same row. */
START_TEST(turns_that_stand_still)
{
    lng_tape *t = small_loop(_i);
    for (int i = 0; i < t->slots; i++)
        t->slot[i].turn = 0;
    expect_fault(t, '2');
}
END_TEST

/* The next state is not where the next turn reads it. */
START_TEST(track_that_is_left)
{
    lng_tape *t = small_loop(_i);
    const tape_loop *l = &t->stage[0].slice.loop[0];
    t->slot[lng_slot_of(t, &l->loop->carry[0].node->out[0])].turn *= 2;
    expect_fault(t, '2');
}
END_TEST

/* A pointwise instruction must not write over an operand of which it also reads a part: other elements are still to be read. */
START_TEST(parts_are_not_written_over)
{
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){1, {600}}, LNG_F32), *y = lng_unary(g, &lng_op_neg, x);
    lng_graph_output(g, "y", lng_sub(g, y, lng_slice(g, y, 0, 0, 1, 1)));
    const lng_tape *t = kept(NULL, 0);
    const instr *in = find(t, &lng_op_sub);
    ck_assert_int_ne(in->out[0], in->in[0]);
    ck_assert_ptr_null(lng_plan_fault(t, arena));
}
END_TEST

/* Attention's weights take the memory of its scores. */
START_TEST(softmax_writes_over_its_scores)
{
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){2, {3, 4}}, LNG_F32);
    lng_graph_output(g, "y", lng_unary(g, &lng_op_softmax, lng_matmul(g, x, false, x, true)));
    const lng_tape *t = kept(NULL, 0);
    const instr *in = find(t, &lng_op_softmax);
    ck_assert_int_eq(in->out[0], in->in[0]);
    ck_assert_ptr_null(lng_plan_fault(t, arena));
}
END_TEST

/* ---- joint runs ---- */

/* A number is read by both instructions of a joint run. When a thread is at the second one, another may still be at the first: the
 * number must not be written over. */
START_TEST(joint_runs_write_over_nothing)
{
    const lng_variable v[] = {{"a", {1, {9600}}, true, {0}, NULL}};
    lng_value *a = lng_read_variable(g, "a", v[0].shape), *sum = lng_sum(g, a, lng_shape_of(1, (int64_t)0), false);
    lng_graph_output(g, "array", lng_unary(g, &lng_op_tanh, lng_mul(g, a, sum)));
    lng_graph_output(g, "number", lng_unary(g, &lng_op_tanh, lng_mul(g, sum, sum)));
    g = lng_passes_run(lng_fusions, g, arena, errors);
    lng_tape *t = kept(v, 1);
    instr *first = find(t, &lng_op_fused), *second = first + 1;
    ck_assert(second->node->op == &lng_op_fused && second->in[0] == first->in[1]);
    ck_assert(second->run_first == first->time && second->run_last == second->time);
    ck_assert_ptr_null(lng_plan_fault(t, arena));
    second->out[0] = t->output[1].slot = second->in[0];
    expect_fault(t, '4');
}
END_TEST

/* ---- cost ---- */

/* Processor seconds to compile the graph g. */
static double seconds_to_compile(const lng_variable *v, size_t variables)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        const clock_t start = clock();
        lng_tape_free(compile(v, variables));
        const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        best = seconds < best ? seconds : best;
    }
    return best;
}

/* A chain of updates of n variables, seventeen nodes each. */
static double updates(size_t n)
{
    lng_variable *v = LNG_NEW_N(arena, n, lng_variable);
    g = lng_graph_new(arena, errors);
    lng_value *x = lng_scalar(g, 1);
    for (size_t i = 0; i < n; i++) {
        v[i] = (lng_variable){.name = lng_format(arena, "layer.%zu.weights", i), .shape = {1, {48}}, .parameter = true};
        lng_value *w = lng_read_variable(g, v[i].name, v[i].shape);
        for (int k = 0; k < 8; k++)
            x = lng_unary(g, &lng_op_tanh, lng_mul(g, x, w));
        lng_graph_update(g, v[i].name, x);
    }
    return seconds_to_compile(v, n);
}

#ifndef LNG_ASSERTIONS /* with them the plan is run on names, which takes time in proportion to the memory */
/* Values that grow and soon die, between others that stay: the space is full of holes that are too small. */
static double holes(size_t n)
{
    static const lng_variable w = {.name = "w", .shape = {1, {1}}, .parameter = true};
    g = lng_graph_new(arena, errors);
    lng_value *x = lng_read_variable(g, w.name, w.shape);
    for (size_t i = 0; i < n; i++) {
        lng_value *wide = lng_broadcast(g, x, lng_shape_of(1, (int64_t)(16 * (i + 2))));
        lng_graph_output(g, lng_format(arena, "stays.%zu", i), lng_broadcast(g, x, lng_shape_of(1, (int64_t)(16 * (i + 3)))));
        x = lng_add(g, x, lng_sum(g, wide, lng_shape_of(1, (int64_t)0), true));
    }
    lng_graph_output(g, "end", x);
    return seconds_to_compile(&w, 1);
}
#endif

static const struct {
    const char *name;
    double (*seconds)(size_t n);
    size_t n;
} costs[] = {
    {"updates", updates, 500},
#ifndef LNG_ASSERTIONS
    {"holes", holes, 2000},
#endif
};

START_TEST(cost_is_linear)
{
    const size_t n = costs[_i].n;
    const double small = costs[_i].seconds(n), large = costs[_i].seconds(8 * n);
    printf("%zu and %zu %s compile in %.1f and %.1f ms\n", n, 8 * n, costs[_i].name, 1e3 * small, 1e3 * large);
    ck_assert_msg(large < 24 * small, "eight times the %s take %.1f times as long", costs[_i].name, large / small);
}
END_TEST

/* Who computes a gradient from all slices at once claims the weights, which all threads read, and not the state, which only the update does; and
 * nothing if the update moves elements. */
START_TEST(weights_are_claimed)
{
    static const lng_variable weights[] = {{"w", {2, {6, 6}}, true, {0}, NULL}, {"m", {2, {6, 6}}, false, {0}, NULL}};
    const bool moves = _i == 1;
    lng_value *w = lng_read_variable(g, "w", weights[0].shape), *m = lng_read_variable(g, "m", weights[1].shape);
    lng_value *x = lng_read_input(g, 0, "x", (lng_shape){2, {1, 6}}, LNG_F32);
    lng_value *sum = lng_binary(g, &lng_op_matmul_batch, x, lng_binary(g, &lng_op_matmul, x, w));
    lng_value *grad = moves ? lng_binary(g, &lng_op_matmul, sum, m) : sum;
    lng_value *state = lng_unary(g, &lng_op_tanh, lng_add(g, m, grad));
    lng_graph_update(g, "m", state);
    lng_graph_update(g, "w", lng_sub(g, w, state));
    const lng_tape_options options = {.max_batch = 40, .isa = lng_isa_best(), .at_once = true};
    lng_tape *t = lng_tape_compile(g, weights, 2, &options, errors);
    must(t != NULL);
    lng_arena_defer(arena, release, t);
    ck_assert_int_eq(t->stage[0].sums.count, 1);
    ck_assert_int_ge(t->variable_slot[0], 0);
    ck_assert_int_eq(t->stage[0].sums.at[0].claim, moves ? -1 : t->variable_slot[0]);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(whole),
        TEST(slot_beyond_its_space),
        TEST(slot_too_small),
        TEST(values_that_meet),
        TEST(value_that_was_not_kept),
        TEST(constant_that_is_written_over),
        TEST(operand_that_is_not_read_in_step),
        TEST(partials_with_a_gap),
        TEST(result_away_from_its_partials),
        TEST(variable_that_is_written_too_early),
        TEST(update_in_another_variable),
        LOOP(loops_copy_nothing, 2),
        LOOP(turns_that_stand_still, 2),
        LOOP(track_that_is_left, 2),
        TEST(parts_are_not_written_over),
        TEST(softmax_writes_over_its_scores),
        TEST(joint_runs_write_over_nothing),
        LOOP(weights_are_claimed, 2),
        LOOP(cost_is_linear, LENGTH(costs)),
        {0},
    };
    return suite_run("plan", tests, set_up, NULL);
}
