/* The state of the run, and pointwise functions of it and numbers: in double, rounded to a float once.
 *
 * The program is an expression such as sub(1, pow(0.999, add(step, 1))): a name, a number, or a pointwise op of these. The builder makes it, as it
 * makes constants of ops on constants. */
#include "graph/level.h"
#include "op/kernel.h"
#include <string.h>

/* A program in the order of its computation, operands before operators. */
typedef struct term {
    lng_number_op *apply; /* NULL: a name or a number */
    int operands;
    enum { NUMBER_ITSELF, STEP, EPOCH, PROGRESS, TOTAL_STEPS, BATCH_SIZE } what;
    double number;
} term;
typedef struct program {
    int terms;
    term term[LNG_CLOCK_TEXT / 2 + 1]; /* each has at least a letter and a comma */
} program;

static const char *const names[] = {
    [STEP] = "step", [EPOCH] = "epoch", [PROGRESS] = "progress", [TOTAL_STEPS] = "total_steps", [BATCH_SIZE] = "batch_size"};

static bool parse_atom(const char *at, size_t n, term *t)
{
    *t = (term){0};
    for (int i = STEP; i <= BATCH_SIZE; i++)
        if (strlen(names[i]) == n && memcmp(names[i], at, n) == 0) {
            t->what = i;
            return true;
        }
    return lng_parse_double(at, n, &t->number);
}

/* The op of that name that can be part of a program, or NULL. */
static const lng_op *parse_op(const char *at, size_t n)
{
    char name[32];
    if (n >= sizeof name)
        return NULL;
    memcpy(name, at, n);
    name[n] = '\0';
    const lng_op *op = lng_op_find(name);
    return op && lng_op_number(op) ? op : NULL;
}

/* Parses one expression; returns what follows it, or NULL if it is malformed. */
static const char *parse(const char *at, program *p)
{
    const size_t n = strcspn(at, "(,) ");
    if (at[n] != '(') {
        return parse_atom(at, n, &p->term[p->terms++]) ? at + n : NULL;
    }
    const lng_op *op = parse_op(at, n);
    at += n;
    for (int i = 0; op && i < op->n_in; i++) {
        if (*at++ != (i ? ',' : '('))
            return NULL;
        at = parse(at + (i && *at == ' '), p);
        if (!at)
            return NULL;
    }
    if (!op || *at != ')')
        return NULL;
    p->term[p->terms++] = (term){.apply = lng_op_number(op), .operands = op->n_in};
    return at + 1;
}

static bool parse_program(const char *text, program *p)
{
    p->terms = 0;
    const char *end = strlen(text) <= LNG_CLOCK_TEXT ? parse(text, p) : NULL;
    return end && *end == '\0';
}

static double read_clock(const term *t, const lng_context *c)
{
    const double value[] = {t->number, c->step, c->epoch, c->progress, (double)c->total_steps, c->batch};
    return value[t->what];
}

static double run(const program *p, const lng_context *c)
{
    double stack[LNG_CLOCK_TEXT / 2 + 3] = {0};
    int n = 0;
    for (const term *t = p->term; t < p->term + p->terms; t++) {
        if (t->apply) {
            n -= t->operands;
            stack[n] = t->apply(stack[n], stack[n + 1], stack[n + 2]);
        } else
            stack[n] = read_clock(t, c);
        n++;
    }
    return stack[0];
}

static void naive(const lng_naive_call *call)
{
    program p;
    parse_program(call->node->attr[LNG_CLOCK_PROGRAM].s, &p);
    F(call->out[0], 0) = (real)run(&p, call->context);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    *(float *)call->out[0] = (float)run(call->prepared, call->context);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    program *p = LNG_NEW(arena, program);
    parse_program(n->attr[LNG_CLOCK_PROGRAM].s, p);
    return (lng_prepared){.kernel = fast, .data = p};
}
#endif
LNG_KERNELS(clock, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    program p;
    if (!parse_program(r->attr[LNG_CLOCK_PROGRAM].s, &p))
        return lng_infer_fail_attr(r, LNG_CLOCK_PROGRAM, LNG_E_EXPRESSION,
                                   "a run has a step, epoch, progress, total_steps and batch_size; not `%s`",
                                   r->attr[LNG_CLOCK_PROGRAM].s);
    r->shape[0] = (lng_shape){0};
    return true;
}

const lng_op lng_op_clock = {
    .name = "clock",
    .about = "the state of the run, or an expression of it and numbers",
    .math =
        "y = an expression of numbers and of the step (from 0), the epoch (from 0), the progress (0 at the first step, towards 1 at the last), "
        "the number of steps in the run and the number of examples in the batch; computed in double and rounded to a float",
    .flags = LNG_OP_HIDDEN | LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "a scalar"}),
    LNG_ATTRS([LNG_CLOCK_PROGRAM] = {"program", LNG_ATTR_NAME, .required = true, .about = "the expression"}),
    .infer = infer,
    .example = "step + 1",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* the clock of the samples: step 7 of 28, in epoch 2 */
static const lng_sample samples[] = {
    {.attr = {{.s = "step"}}, .out = {LNG_NUMBER(7)}},
    {.attr = {{.s = "epoch"}}, .out = {LNG_NUMBER(2)}},
    {.attr = {{.s = "progress"}}, .out = {LNG_NUMBER(0.25)}},
    {.attr = {{.s = "total_steps"}}, .out = {LNG_NUMBER(28)}},
    {.attr = {{.s = "batch_size"}}, .out = {LNG_NUMBER(1)}},
    {.attr = {{.s = "sub(1, pow(0.999, add(step, 1)))"}}, .out = {LNG_NUMBER(0.007972055930055972)}},
    {.attr = {{.s = "select(less(step, 3), 1, cos(0))"}}, .out = {LNG_NUMBER(1)}},
};
static const lng_case cases[] = {{.attr = {{.s = "step"}}},
                                 {.attr = {{.s = "mul(-1e-3, exp(neg(progress)))"}}},
                                 {.attr = {{.s = "div(batch_size, total_steps)"}}}};
LNG_OP_CASES(clock);
#endif
