/* The export to C: every op with a form in C computes the engine's bits, in all the shapes of its cases, and the others have a reason. A graph of all cases of an
 * op becomes one program, which the compiler makes and which checks itself. */
#include "base/file.h"
#include "export/export.h"
#include "op/cases.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MOST_INPUTS 600

/* Where operands come from: inputs; values that were computed, in the context; and constants, all but the first. */
enum { GIVEN, COMPUTED, CONSTANT, SOURCES };

typedef struct build {
    lng_graph *graph;
    lng_c_field field[MOST_INPUTS];
    lng_field data[MOST_INPUTS];
    int inputs;
    lng_value *flat[1200]; /* all outputs, in a row */
    int outputs;
} build;

static lng_value *input(build *b, const lng_case *k, const lng_op *op, int i)
{
    const bool whole = op->in[i].dtype == LNG_INT_ONLY || (op->in[i].dtype == LNG_ANY_DTYPE && k->integers);
    const bool free = k->low == 0 && k->high == 0;
    lng_c_field *f = &b->field[b->inputs];
    ck_assert_int_lt(b->inputs, MOST_INPUTS);
    *f = (lng_c_field){
        .name = lng_format(arena, "x%d", b->inputs), .least = (float)(free ? -2 : k->low), .most = (float)(free ? 2 : k->high)};
    f->classes = whole ? (k->high > 1 ? (int64_t)k->high : 2) : 0;
    return lng_read_input(b->graph, b->inputs++, f->name, k->in[i], whole ? LNG_I32 : LNG_F32);
}

static lng_value *constant(build *b, const lng_case *k, lng_shape shape)
{
    const bool free = k->low == 0 && k->high == 0;
    const double low = free ? -2 : k->low, high = free ? 2 : k->high;
    const int64_t n = lng_shape_size(shape);
    lng_value *row =
        lng_emit(b->graph, &lng_op_arange, NULL, 0, (lng_attr[]){{.i = n}, {.f = low}, {.f = (high - low) / (double)n}}, NULL);
    return lng_reshape(b->graph, row, shape);
}

static lng_value *operand(build *b, const lng_case *k, const lng_op *op, int i, int source)
{
    const bool whole = op->in[i].dtype == LNG_INT_ONLY || (op->in[i].dtype == LNG_ANY_DTYPE && k->integers);
    if (source == CONSTANT && i > 0 && !whole)
        return constant(b, k, k->in[i]);
    lng_value *x = input(b, k, op, i);
    return source == COMPUTED && !whole && k->low == -k->high ? lng_unary(b->graph, &lng_op_neg, x) : x;
}

/* The result of one case, as a row of floats. */
static void add_case(build *b, const lng_op *op, const lng_case *k, int source)
{
    lng_value *in[LNG_MAX_IN];
    int n = k->n_in;
    for (; k->n_in == 0 && n < op->n_in && (n < op->n_in - op->n_optional || k->in[n].rank > 0); n++)
        ;
    for (int i = 0; i < n; i++)
        in[i] = operand(b, k, op, i, source);
    lng_value *y = lng_emit(b->graph, op, in, n, k->default_attr ? NULL : k->attr, NULL);
    must(y != NULL);
    if (!y->per_example)
        return;
    if (y->dtype == LNG_I32)
        y = lng_unary(b->graph, &lng_op_to_float, y);
    b->flat[b->outputs++] = lng_reshape(b->graph, y, lng_shape_of(1, lng_shape_size(y->shape)));
}

static lng_value *joined(build *b, lng_value **at, int n)
{
    if (n == 1)
        return *at;
    const int part = n / 2;
    lng_value *in[] = {joined(b, at, part), joined(b, at + part, n - part)};
    return lng_emit(b->graph, &lng_op_concat, in, 2, (lng_attr[]){{.i = 0}}, NULL);
}

/* The engine's outputs for the examples of the self-test. */
static const void *engine(build *b, lng_tape *tape, lng_store *store, const lng_c_program *p, lng_team *team)
{
    static const uint32_t rows[] = {0, 1, 2, 3};
    for (int i = 0; i < b->inputs; i++) {
        const lng_value **reads = LNG_NEW_N(arena, (size_t)b->inputs + 1, const lng_value *);
        lng_graph_reads(b->graph, arena, reads);
        if (reads[i])
            b->data[i] = (lng_field){p->field[i].example, reads[i]->dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32,
                                     lng_shape_size(reads[i]->shape)};
    }
    lng_engine *e = lng_engine_new(tape, store, team, errors);
    must(e != NULL);
    const lng_context context = {.field = b->data, .total_steps = 1};
    lng_engine_run(e, rows, LNG_C_EXAMPLES, &context);
    const size_t bytes = (size_t)lng_shape_size(lng_graph_find_output(b->graph, "out")->shape) * 4 * LNG_C_EXAMPLES;
    void *copy = lng_alloc(arena, bytes);
    memcpy(copy, lng_engine_output(e, "out"), bytes);
    lng_engine_free(e);
    return copy;
}

static int compiled(const char *options, const char *source)
{
    const char *cc = getenv("CC") ? getenv("CC") : "cc";
    const char *command = lng_format(
        arena, "cd '%s' && { %s -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror %s -DOP_TEST -o op %s && ./op; } >log 2>&1",
        folder(), cc, options, source);
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static const char *the_log(void)
{
    size_t n;
    return lng_file_read(arena, in_folder("log"), (size_t)1 << 20, &n, errors);
}

/* Whether the compiler makes vectors of this machine, too. */
static bool has_native(void)
{
    const char *cc = getenv("CC") ? getenv("CC") : "cc";
    return system(lng_format(arena, "%s -march=native -E -x c /dev/null >/dev/null 2>&1", cc)) == 0;
}

static void export_graph(build *b, const char *what)
{
    static const lng_meaning numbers = {.kind = LNG_MEANS_NUMBERS};
    const lng_context context = {.total_steps = 1};
    lng_graph_output(b->graph, "out", joined(b, b->flat, b->outputs));
    lng_store *store = lng_store_new(NULL, 0, errors);
    lng_team *team = lng_team_new(1);
    const lng_tape_options options = {.max_batch = LNG_C_EXAMPLES, .isa = LNG_ISA_BASELINE};
    lng_tape *tape = lng_tape_compile(b->graph, NULL, 0, &options, errors);
    must(store && team && tape);
    lng_c_program p = {.name = "op",
                       .title = what,
                       .graph = b->graph,
                       .store = store,
                       .context = &context,
                       .meaning = &numbers,
                       .field = b->field,
                       .fields = (size_t)b->inputs};
    must(lng_c_compile(&p, arena, errors));
    p.expects = engine(b, tape, store, &p, team);
    lng_c_measure_fast(&p, arena);
    lng_text header = lng_text_new(arena), source = lng_text_new(arena);
    lng_c_write(&p, "op.h", &header, &source, NULL);
    must(lng_file_write(in_folder("op.h"), header.at, header.length, errors));
    must(lng_file_write(in_folder("op.c"), source.at, source.length, errors));
    const bool good = compiled("-O1", "op.c") == 0 && (!has_native() || compiled("-O1 -march=native", "op.c") == 0);
    ck_assert_msg(good, "%s: the program fails\n%.1500s", what, the_log());
    const char *stated = lng_format(arena, "the largest difference is %g\n", p.fast_difference);
    ck_assert_msg(compiled("-O1 -DOP_FAST", "op.c") == 0 && strstr(the_log(), stated),
                  "%s: without fused multiply-adds, not: %s%.1500s", what, stated, the_log());
    lng_tape_free(tape);
    lng_team_free(team);
    lng_store_free(store);
}

static bool is_exported(const lng_op *op)
{
    return !lng_c_lacks(op) && !(op->flags & LNG_OP_HIDDEN) && op != &lng_op_input;
}

/* Eight ops to a program, so that compilers do not start a hundred times. */
START_TEST(ops_have_the_engines_bits)
{
    build *b = LNG_NEW(arena, build);
    b->graph = lng_graph_new(arena, errors);
    lng_text what = lng_text_new(arena);
    for (size_t i = 0, n = 0; i < lng_op_count; i++) {
        const lng_op *op = lng_ops[i];
        if (!is_exported(op) || (int)(n++ / 8) != _i)
            continue;
        const lng_op_cases *cases = lng_op_cases_of(op);
        lng_text_add(&what, "%s ", op->name);
        for (int k = 0; k < cases->n_cases; k++)
            for (int source = op->flags & LNG_OP_POINTWISE ? COMPUTED : GIVEN; source < SOURCES; source++)
                add_case(b, op, &cases->cases[k], source);
    }
    if (b->outputs > 0)
        export_graph(b, what.at);
}
END_TEST

/* Carries that exchange their values, one that never changes, an integer, rows from both ends, and a loop in a loop whose stack each turn reads. */
START_TEST(loops_have_the_engines_bits)
{
    build *b = LNG_NEW(arena, build);
    lng_graph *g = b->graph = lng_graph_new(arena, errors);
    b->field[0] = (lng_c_field){.name = "turn0", .least = -1, .most = 1};
    b->field[1] = (lng_c_field){.name = "h", .least = -1, .most = 1};
    b->inputs = 2;
    lng_value *x = lng_read_input(g, 0, "turn0", lng_shape_of(2, (int64_t)6, (int64_t)4), LNG_F32),
              *h = lng_read_input(g, 1, "h", lng_shape_of(1, (int64_t)4), LNG_F32);
    lng_loop *outer = lng_loop_open(g, 6);
    lng_value *p = lng_loop_carry(g, h), *q = lng_loop_carry(g, lng_constant(g, 0.5, h->shape)), *same = lng_loop_carry(g, h),
              *n = lng_loop_carry(g, lng_integer(g, 3)), *row = lng_loop_step(g, x, true);
    lng_loop *inner = lng_loop_open(g, 4);
    lng_value *s = lng_loop_carry(g, q), *t = lng_unary(g, &lng_op_sin, lng_add(g, lng_mul(g, s, lng_loop_step(g, row, false)), p));
    lng_loop_next(g, s, t);
    lng_loop_close(g);
    lng_value *all = lng_loop_stack(g, inner, t, true), *mixed = lng_matmul(g, lng_add(g, row, p), false, all, false);
    lng_loop_next(g, p, q);
    lng_loop_next(g, q, lng_add(g, p, lng_unary(g, &lng_op_tanh, lng_add(g, mixed, lng_loop_last(g, s)))));
    lng_loop_next(g, same, same);
    lng_loop_next(g, n, lng_mul(g, n, lng_integer(g, -3)));
    lng_loop_close(g);
    lng_value *out[] = {lng_loop_last(g, p), lng_loop_last(g, q), lng_loop_last(g, same),
                        lng_unary(g, &lng_op_to_float, lng_loop_last(g, n)), lng_loop_stack(g, outer, mixed, false)};
    for (int i = 0; i < LENGTH(out); i++) {
        must(out[i]);
        b->flat[b->outputs++] = lng_reshape(g, out[i], lng_shape_of(1, lng_shape_size(out[i]->shape)));
    }
    export_graph(b, "loops");
}
END_TEST

/* An op that is not listed here has a form in C, or says why it has none. */
START_TEST(the_others_are_known)
{
    static const char *const unexported[] = {"arange", "constant", "input_first", "orthonormal"};
    for (size_t i = 0; i < lng_op_count; i++) {
        const char *lacks = lng_c_lacks(lng_ops[i]);
        bool listed = false;
        for (int k = 0; k < LENGTH(unexported); k++)
            listed = listed || strcmp(unexported[k], lng_ops[i]->name) == 0;
        const bool unknown = lacks && strcmp(lacks, "it has no form in C yet") == 0;
        ck_assert_msg(unknown == listed, "%s: %s", lng_ops[i]->name,
                      unknown ? "add it to the table of the export" : "it has a row: take it from this list");
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(ops_have_the_engines_bits, 7), TEST(loops_have_the_engines_bits), TEST(the_others_are_known), {0}};
    return suite_run("export to C", tests, NULL, NULL);
}
