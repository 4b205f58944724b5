/* How long a run takes, estimated from what the plan knows: for choices among ways that have the same result. The unit is about a nanosecond of
 * a core with AVX2, but only comparisons count. Of all shipped models, the estimates are within a third of what is measured. */
#include "base/cache.h"
#include "graph/fused.h"
#include "graph/ops.h"
#include "tape/inside.h"
#include <math.h>

#define START        35   /* an instruction */
#define STEP         1.2  /* a vector through a simple operation */
#define MULTIPLY     0.35 /* a vector multiplied and added: lanes are examples */
#define SUM          3    /* a vector of sums begun and stored */
#define ROW_MULTIPLY 0.36 /* the same where lanes are a row of outputs */
#define ROW_SUM      6
#define TERM         1.2 /* of a sum, which no other sum hides */
#define NEAR         75  /* bytes from a core's cache */
#define FAR          45  /* from beyond it, row by row */
#define BEHIND       8   /* from beyond it, in a product's order */
#define BETWEEN      8   /* bytes from core to core */
#define COPY         50  /* read or written */

/* Ops that take longer than it takes to read and write: for each vector of results and, where a shared value's rows are shorter than vectors, for
 * each number that is read. */
static const struct effort {
    const lng_op *op;
    double vector, number;
} efforts[] = {
    {&lng_op_argmax, 0, 2},
    {&lng_op_atan, 9, 0},
    {&lng_op_avg_pool, 0, 3},
    {&lng_op_cos, 9, 0},
    {&lng_op_erf, 9, 0},
    {&lng_op_exp, 9, 0},
    {&lng_op_expm1, 9, 0},
    {&lng_op_input, 3, 0},
    {&lng_op_log, 9, 0},
    {&lng_op_log1p, 9, 0},
    {&lng_op_log_softmax, 9, 3},
    {&lng_op_max, 0, 2},
    {&lng_op_max_pool, 0, 3},
    {&lng_op_mean, 0, 2},
    {&lng_op_pow, 9, 0},
    {&lng_op_prod, 0, 2},
    {&lng_op_random_normal, 60, 0},
    {&lng_op_sigmoid, 9, 0},
    {&lng_op_sin, 9, 0},
    {&lng_op_softmax, 9, 3},
    {&lng_op_softplus, 9, 0},
    {&lng_op_sum, 0, 2},
    {&lng_op_tanh, 9, 0},
    {&lng_op_xlogy, 9, 0},
};

static struct effort effort_of(const lng_op *op)
{
    for (size_t i = 0; i < sizeof efforts / sizeof *efforts; i++)
        if (efforts[i].op == op)
            return efforts[i];
    return (struct effort){.op = op};
}

static int64_t row(const lng_value *v)
{
    return v->shape.rank ? v->shape.dim[v->shape.rank - 1] : 1;
}

static int64_t whole(int64_t numbers)
{
    return (numbers + LNG_LANES - 1) / LNG_LANES;
}

/* The vectors that hold a value, one row after the other or, if `rows`, each row by itself. */
static double vectors(const lng_value *v, bool rows)
{
    const int64_t size = lng_shape_size(v->shape);
    return (double)(v->per_example ? size : rows ? size / row(v) * whole(row(v)) : whole(size));
}

/* What a product waits for shared values that its core's cache cannot hold. */
static double behind(const instr *in)
{
    return fmax((double)lng_instr_bytes(in, false) - 3 * (double)lng_core_cache(), 0) / BEHIND;
}

/* An op that multiplies and adds. Outputs are more than results where only the greatest of some is kept. */
static double product(const instr *in)
{
    const lng_node *n = in->node;
    const lng_value *y = &n->out[0];
    const double adds = (double)n->op->cost(n), bytes = (double)lng_instr_bytes(in, false);
    const double results = (double)lng_shape_size(y->shape), used = adds / (double)lng_shape_size(n->in[1]->shape) * (double)row(y);
    const double outputs = fmax(used, results);
    if (n->in[0]->per_example || y->per_example)
        return adds * MULTIPLY + outputs * SUM / (y->per_example ? 1 : LNG_LANES) + behind(in);
    const double filled = (double)whole(row(y)) / (double)row(y);
    const double work = (adds * ROW_MULTIPLY + outputs * ROW_SUM) * filled, chain = adds / outputs * TERM;
    const double reading = bytes / (bytes < (double)lng_core_cache() ? NEAR : FAR);
    return fmax(work, fmax(chain, reading));
}

/* Whether lanes are along rows of the result, since another operand is one row or column for all. */
static bool goes_by_rows(const lng_node *n)
{
    for (int i = 0; i < n->n_in; i++) {
        const int64_t size = lng_shape_size(n->in[i]->shape);
        if (size != 1 && size != lng_shape_size(n->out[0].shape))
            return true;
    }
    return false;
}

static double fused(const lng_node *n)
{
    lng_fused program;
    double steps = 0;
    if (lng_fused_parse(n->attr[LNG_FUSED_PROGRAM].s, &program))
        for (int i = 0; i < program.steps; i++)
            steps += STEP + effort_of(program.step[i].op).vector;
    return steps * vectors(&n->out[0], goes_by_rows(n));
}

static double other(const instr *in)
{
    const lng_node *n = in->node;
    const struct effort effort = effort_of(n->op);
    const double bytes = (double)(lng_instr_bytes(in, true) + lng_instr_bytes(in, false));
    const bool by_number =
        !n->out[0].per_example && n->n_in > 0 && (row(n->in[0]) != row(&n->out[0]) || row(&n->out[0]) < LNG_LANES / 2);
    const double longer =
        by_number ? effort.number * (double)lng_shape_size(n->in[0]->shape) : effort.vector * vectors(&n->out[0], false);
    return bytes / COPY + longer;
}

double lng_instr_time(const instr *in)
{
    const lng_node *n = in->node;
    if (n->op == &lng_op_loop_carry) /* where the last turn left it */
        return 0;
    return START + (n->op->cost ? product(in) : n->op == &lng_op_fused ? fused(n) : other(in));
}

/* ---- instructions that all threads divide ---- */
/* What the others read that this core has just written, or write for it. */
static double moved(const instr *in)
{
    const lng_node *n = in->node;
    const int64_t own = lng_instr_bytes(in, true), operand = n->n_in ? lng_shape_size(n->in[0]->shape) : 0;
    return own ? (double)own : 4.0 * (double)(operand + lng_shape_size(n->out[0].shape));
}

static double dividing(const instr *in)
{
    return 2 * LNG_TEAM_TIME + moved(in) / BETWEEN; /* twice: until the next one, the others wait */
}

bool lng_pays_to_divide(const instr *in)
{
    return in->takes / 2 > dividing(in);
}

/* ---- runs ---- */
static void add_segment(tape_time *to, const segment *s)
{
    for (int i = 0; i < s->count; i++) {
        const instr *in = &s->at[i];
        const double turns = (double)lng_node_turns(in->node);
        *(in->joint ? &to->divided : &to->serial) += in->takes * turns;
        to->once += in->once ? behind(in) * turns : 0;
        to->dividing += in->joint && in->run_first == in->time ? dividing(in) * turns : 0;
    }
}

void lng_estimate(lng_tape *t)
{
    for (int i = 0; i < t->stages; i++) {
        stage *s = &t->stage[i];
        add_segment(&t->shared_time, &s->shared);
        add_segment(&s->slice_time, &s->slice);
        add_segment(&t->sums_time, &s->sums);
    }
}

static double divided(const tape_time *t, int threads)
{
    return t->serial + t->divided / threads + (threads > 1 ? t->dividing : 0);
}

/* By one thread, which takes some of them together. */
static double in_turn(const tape_time *t, int slices, int group)
{
    return divided(t, 1) * slices - t->once * (slices - (slices + group - 1) / group);
}

double lng_tape_time(const lng_tape *t, int slices, int threads)
{
    const int share = (slices + threads - 1) / threads, group = lng_tape_group(t, threads);
    double time = divided(&t->shared_time, threads) + t->sums_time.serial / threads * slices;
    for (int i = 0; i < t->stages; i++) {
        const tape_time *slice = &t->stage[i].slice_time;
        time += slices == 1 ? divided(slice, threads <= LNG_MOST_TOGETHER ? threads : 1) : in_turn(slice, share, group);
    }
    return slices > 0 ? time : 0;
}
