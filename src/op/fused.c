/* fused: several pointwise ops in one sweep (graph/fused.h). The values are those of the ops one by one; intermediate values stay in tiles of 32
 * vectors, in the first-level cache. A pointwise op on its own runs as a program of one step. */
#include "base/assert.h"
#include "graph/fused.h"
#include "graph/level.h"
#include "graph/nest.h"
#include "graph/ops.h"
#include "op/kernel.h"

#if defined LNG_DOUBLE
#define NAIVE_OF(op) lng_op_double(op)
#elif defined LNG_UNFUSED
#define NAIVE_OF(op) lng_op_unfused(op)
#else
#define NAIVE_OF(op) lng_op_kernels(LNG_ISA_BASELINE, op)->naive
#endif

/* A step as a node of its own, on scalars of f32, for the kernels of its op. */
typedef struct lone_node {
    lng_node node;
    lng_value operand[LNG_FUSED_OPERANDS], *in[LNG_FUSED_OPERANDS], out;
} lone_node;

static void lone_node_of(const lng_fused_step *s, lone_node *lone)
{
    *lone = (lone_node){.node = {.op = s->op, .n_in = s->n_in, .n_out = 1, .in = lone->in, .out = &lone->out}};
    for (int i = 0; i < s->n_in; i++) {
        lone->operand[i].node = &lone->node;
        lone->in[i] = &lone->operand[i];
    }
    lone->out.node = &lone->node;
}

static lng_fused program_of(const lng_node *n)
{
    lng_fused f;
    const bool parsed = lng_fused_parse(n->attr[LNG_FUSED_PROGRAM].s, &f);
    LNG_ASSERT(parsed);
    (void)parsed;
    return f;
}

#ifdef LNG_NAIVE
static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const lng_shape shape = n->out[0].shape;
    const int64_t size = lng_shape_size(shape);
    const lng_fused program = program_of(n);
    for (int64_t e = 0; e < size; e++) {
        real operand[LNG_MAX_IN], result[LNG_FUSED_STEPS];
        for (int k = 0; k < n->n_in; k++)
            operand[k] = F(call->in[k], lng_shape_source(shape, n->in[k]->shape, e));
        for (int i = 0; i < program.steps; i++) {
            const lng_fused_step *s = &program.step[i];
            lone_node lone;
            lone_node_of(s, &lone);
            lng_naive_call one = {.node = &lone.node, .live = 1, .out = {{&result[i], 0}}};
            for (int k = 0; k < s->n_in; k++)
                one.in[k] = (lng_view){s->in[k] >= 0 ? &operand[s->in[k]] : &result[~s->in[k]], 0};
            NAIVE_OF(s->op)(&one);
        }
        F(call->out[0], e) = result[program.steps - 1];
    }
}
#endif

#ifdef LNG_FAST
#if defined LNG_AVX512
#define ISA LNG_ISA_AVX512
#elif defined LNG_AVX2
#define ISA LNG_ISA_AVX2
#else
#define ISA LNG_ISA_BASELINE
#endif
#define TILE       32 /* vectors */
#define MOST_TILES 4  /* of an operand that repeats */

/* Where a step finds an operand: in one of the node that is laid out like the output, or in tiles of the scratch memory, by turns. */
typedef struct source {
    int operand;
    int tile, period; /* the first tile, and how many there are; 0: it is in the operand */
} source;

typedef struct prepared_step {
    lng_tile *run;
    int n_in, out; /* out: tile, or -1 for the output itself */
    source in[LNG_FUSED_OPERANDS];
} prepared_step;

typedef struct prepared_operand {
    bool in_place, scalar;
    int period;     /* after so many tiles it repeats; 0: never */
    int tile;       /* the first one */
    lng_nest *nest; /* of a stretched operand: array 0 is the output, 1 the operand; else NULL */
} prepared_operand;

typedef struct prepared {
    int steps, operands, tiles;
    int64_t vectors;
    prepared_step *step;
    prepared_operand *operand;
} prepared;

/* How a stretched operand becomes vectors: it consists of vectors, or each of its numbers fills one, or its numbers are packed. */
typedef enum { VECTORS, FILLS, NUMBERS } form;

static form form_of(const lng_value *in, const lng_value *out)
{
    return in->per_example ? VECTORS : out->per_example ? FILLS : NUMBERS;
}

/* The progress of a nest: the indices of its loops, and the operand's position by the outer ones. */
typedef struct cursor {
    int64_t index[LNG_MAX_RANK];
    ptrdiff_t at[LNG_NEST_ARRAYS];
} cursor;

/* Fills a tile with the next n elements of a stretched operand. */
static void stretch(float *tile, const float *in, form how, const lng_nest *w, cursor *p, int64_t n)
{
    const int inner = w->rank - 1;
    const ptrdiff_t step = w->step[1][inner];
    while (n > 0) {
        const int64_t left = w->extent[inner] - p->index[inner], run = left < n ? left : n;
        const float *from = in + p->at[1] + p->index[inner] * step;
        if (how == NUMBERS && step == 1)
            memcpy(tile, from, (size_t)run * sizeof *tile), tile += run;
        else if (how == NUMBERS)
            for (int64_t i = 0; i < run; i++)
                *tile++ = from[i * step];
        else
            for (int64_t i = 0; i < run; i++, tile += LNG_LANES)
                v_store(tile, how == VECTORS ? v_load(from + i * step) : v_set1(from[i * step]));
        n -= run;
        p->index[inner] += run;
        if (p->index[inner] == w->extent[inner]) {
            p->index[inner] = 0;
            if (!lng_nest_next(w, inner, 2, p->index, p->at))
                return;
        }
    }
}

static void fill_scalar(float *tile, const float *in, bool per_example, int64_t vectors)
{
    const v16 x = per_example ? v_load(in) : v_set1(*in);
    for (int64_t i = 0; i < vectors && i < TILE; i++)
        v_store(tile + i * LNG_LANES, x);
}

static void fast(const lng_call *call)
{
    const prepared *p = call->prepared;
    const lng_value *y = &call->node->out[0];
    float *const scratch = call->scratch, *const out = call->out[0];
    const int64_t first = p->vectors * call->part / call->parts, end = p->vectors * (call->part + 1) / call->parts;
    const int elements = y->per_example ? 1 : LNG_LANES; /* of a vector */
    cursor at[LNG_MAX_IN];
    for (int k = 0; k < p->operands; k++) {
        const prepared_operand *o = &p->operand[k];
        if (o->scalar) {
            fill_scalar(scratch + o->tile * TILE * LNG_LANES, call->in[k], call->node->in[k]->per_example, end - first);
        } else if (o->nest) {
            at[k] = (cursor){0};
            lng_nest_seek(o->nest, o->nest->rank - 1, 2, first * elements, at[k].index, at[k].at);
            const int64_t n = end - first < o->period * TILE ? end - first : o->period * TILE;
            stretch(scratch + o->tile * TILE * LNG_LANES, call->in[k], form_of(call->node->in[k], y), o->nest, &at[k],
                    n * elements);
        }
    }
    for (int64_t done = first; done < end; done += TILE) {
        const int64_t n = end - done < TILE ? end - done : TILE, behind = end - done - n;
        for (int64_t i = 0; call->parts > 1 && i < behind && i < TILE; i++)
            v_claim(out + (done + n + i) * LNG_LANES);
        for (int k = 0; k < p->operands; k++)
            if (p->operand[k].nest && p->operand[k].period == 0)
                stretch(scratch + p->operand[k].tile * TILE * LNG_LANES, call->in[k], form_of(call->node->in[k], y),
                        p->operand[k].nest, &at[k], n * elements);
        for (int i = 0; i < p->steps; i++) {
            const void *in[LNG_FUSED_OPERANDS];
            for (int k = 0; k < p->step[i].n_in; k++) {
                const source *s = &p->step[i].in[k];
                in[k] = s->period == 0 ? (const float *)call->in[s->operand] + done * LNG_LANES
                                       : scratch + (s->tile * TILE + (done - first) % (s->period * TILE)) * LNG_LANES;
            }
            float *to = p->step[i].out < 0 ? out + done * LNG_LANES : scratch + p->step[i].out * TILE * LNG_LANES;
            p->step[i].run(to, in, (size_t)n);
        }
    }
}

/* Assigns tiles to steps: a tile becomes free at its last reader, which may already write over it. */
static void give_tiles(prepared *p, const lng_fused *f)
{
    int last[LNG_FUSED_STEPS], tile_of[LNG_FUSED_STEPS];
    bool taken[LNG_FUSED_STEPS] = {0};
    const int first = p->tiles;
    for (int i = 0; i < f->steps; i++)
        for (int k = 0; k < f->step[i].n_in; k++)
            if (f->step[i].in[k] < 0)
                last[~f->step[i].in[k]] = i;
    for (int i = 0; i < f->steps; i++) {
        p->step[i].n_in = f->step[i].n_in;
        for (int k = 0; k < f->step[i].n_in; k++) {
            const int in = f->step[i].in[k];
            const prepared_operand *o = in < 0 ? NULL : &p->operand[in];
            p->step[i].in[k] = !o            ? (source){.tile = tile_of[~in], .period = 1}
                               : o->in_place ? (source){.operand = in}
                                             : (source){.tile = o->tile, .period = o->period ? o->period : 1};
            if (in < 0 && last[~in] == i)
                taken[tile_of[~in] - first] = false;
        }
        p->step[i].out = -1;
        if (i == f->steps - 1)
            break;
        int t = 0;
        while (taken[t])
            t++;
        taken[t] = true;
        tile_of[i] = first + t;
        p->step[i].out = first + t;
        if (first + t + 1 > p->tiles)
            p->tiles = first + t + 1;
    }
}

/* After how many tiles a shared operand that is stretched along leading axes alone repeats; 0: not, or too many to keep. */
static int period_of(const lng_value *v, const lng_value *out)
{
    const int64_t tile = out->per_example ? TILE : TILE * LNG_LANES, size = lng_shape_size(v->shape);
    for (int i = 1; i <= v->shape.rank; i++)
        if (v->shape.dim[v->shape.rank - i] != out->shape.dim[out->shape.rank - i])
            return 0;
    if (v->per_example || (tile % size && size % tile) || size > MOST_TILES * tile)
        return 0;
    return size > tile ? (int)(size / tile) : 1;
}

static void prepare_operand(prepared *p, const lng_node *n, int k, lng_arena *arena)
{
    const lng_value *v = n->in[k], *out = &n->out[0];
    prepared_operand *o = &p->operand[k];
    o->in_place = v->per_example == out->per_example && lng_shape_equal(v->shape, out->shape);
    o->scalar = !o->in_place && lng_shape_size(v->shape) == 1;
    if (!o->in_place)
        o->tile = p->tiles++;
    if (o->in_place || o->scalar)
        return;
    o->period = period_of(v, out);
    p->tiles += o->period > 1 ? o->period - 1 : 0;
    lng_nest *w = o->nest = LNG_NEW(arena, lng_nest);
    lng_nest_broadcast(w, 0, out->shape, out->shape);
    lng_nest_broadcast(w, 1, out->shape, v->shape);
    lng_nest_merge(w, 2);
    lng_nest_scale(w, 1, v->per_example);
}

/* ---- pairs: a step of arithmetic and its only reader, if that comes next and adds, subtracts or multiplies, in one pass; c: the reader's other
 * operand ---- */
#define PAIR(name, step, y)                                                                                                        \
    static void name(void *out, const void *const *in, size_t n)                                                                   \
    {                                                                                                                              \
        const float *a = in[0], *b = in[1], *other = in[2];                                                                        \
        float *to = out;                                                                                                           \
        for (; n > 0; n--, a += LNG_LANES, b += LNG_LANES, other += LNG_LANES, to += LNG_LANES) {                                  \
            const v16 x = step(v_load(a), v_load(b)), c = v_load(other);                                                           \
            v_store(to, y);                                                                                                        \
        }                                                                                                                          \
    }
#define PAIRS(step)                                                                                                                \
    PAIR(step##_add, v_##step, v_add(x, c))                                                                                        \
    PAIR(step##_mul, v_##step, v_mul(x, c))                                                                                        \
    PAIR(step##_sub, v_##step, v_sub(x, c))                                                                                        \
    PAIR(step##_from, v_##step, v_sub(c, x))
PAIRS(add)
PAIRS(sub)
PAIRS(mul)
PAIRS(div)

typedef struct pair {
    const lng_op *step, *reader;
    lng_tile *first, *second; /* if the step's result is the reader's first operand; its second */
} pair;
#define LIST(step)                                                                                                                 \
    {&lng_op_##step, &lng_op_add, step##_add, step##_add}, {&lng_op_##step, &lng_op_mul, step##_mul, step##_mul},                  \
        {&lng_op_##step, &lng_op_sub, step##_sub, step##_from},
static const pair pairs[] = {LIST(add) LIST(sub) LIST(mul) LIST(div)};

static bool is_read_once(const lng_fused *f, int step)
{
    int readers = 0;
    for (int i = 0; i < f->steps; i++)
        for (int k = 0; k < f->step[i].n_in; k++)
            readers += f->step[i].in[k] == ~step;
    return readers == 1;
}

/* If step i and the next one are a pair: its function, and the reader's other operand; else NULL. */
static lng_tile *pair_at(const lng_fused *f, int i, int *other)
{
    if (i + 1 == f->steps || !is_read_once(f, i))
        return NULL;
    const lng_fused_step *step = &f->step[i], *reader = &f->step[i + 1];
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (pairs[k].step == step->op && pairs[k].reader == reader->op && (reader->in[0] == ~i || reader->in[1] == ~i)) {
            const bool first = reader->in[0] == ~i;
            *other = reader->in[first ? 1 : 0];
            return first ? pairs[k].first : pairs[k].second;
        }
    return NULL;
}

/* The program with pairs as single steps; run: the functions of all. */
static lng_fused with_pairs(const lng_fused *f, lng_tile **run)
{
    lng_fused all = {0};
    int now[LNG_FUSED_STEPS]; /* by a step's old number: the new one */
    for (int i = 0; i < f->steps; i++) {
        lng_fused_step s = f->step[i];
        int other;
        if ((run[all.steps] = pair_at(f, i, &other))) {
            s.in[s.n_in++] = other;
            i++;
        } else {
            lone_node lone;
            lone_node_of(&s, &lone);
            run[all.steps] = lng_op_kernels(ISA, s.op)->tile(&lone.node);
        }
        for (int k = 0; k < s.n_in; k++)
            s.in[k] = s.in[k] < 0 ? ~now[~s.in[k]] : s.in[k];
        now[i] = all.steps;
        all.step[all.steps++] = s;
    }
    return all;
}

/* Everything but the steps' functions. */
static prepared *prepare_program(const lng_node *n, const lng_fused *f, lng_arena *arena)
{
    prepared *p = LNG_NEW(arena, prepared);
    p->steps = f->steps;
    p->operands = n->n_in;
    p->step = LNG_NEW_N(arena, (size_t)p->steps, prepared_step);
    p->operand = LNG_NEW_N(arena, (size_t)p->operands + 1, prepared_operand);
    p->vectors = lng_shape_size(n->out[0].shape);
    if (!n->out[0].per_example)
        p->vectors = (p->vectors + LNG_LANES - 1) / LNG_LANES;
    for (int k = 0; k < n->n_in; k++)
        prepare_operand(p, n, k, arena);
    give_tiles(p, f);
    return p;
}

static lng_prepared sweep(const prepared *p)
{
    return (lng_prepared){.kernel = fast, .data = p, .scratch = (size_t)p->tiles * TILE * LNG_LANES * sizeof(float)};
}

lng_prepared lng_prepare_pointwise(const lng_node *n, lng_arena *arena)
{
    const lng_fused alone = {.steps = 1, .step = {{.op = n->op, .n_in = n->n_in, .in = {0, 1, 2}}}};
    prepared *p = prepare_program(n, &alone, arena);
    p->step[0].run = lng_op_kernels(ISA, n->op)->tile(n);
    return sweep(p);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    lng_tile *run[LNG_FUSED_STEPS];
    const lng_fused program = program_of(n), f = with_pairs(&program, run);
    prepared *p = prepare_program(n, &f, arena);
    for (int i = 0; i < f.steps; i++)
        p->step[i].run = run[i];
    return sweep(p);
}
#endif

LNG_SWEPT_KERNELS(fused, naive, prepare, NULL);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_fused f;
    if (!lng_fused_parse(r->attr[LNG_FUSED_PROGRAM].s, &f))
        return lng_infer_fail_attr(r, LNG_FUSED_PROGRAM, LNG_E_EXPRESSION, "malformed program `%s`", r->attr[LNG_FUSED_PROGRAM].s);
    for (int i = 0; i < f.steps; i++)
        for (int k = 0; k < f.step[i].n_in; k++)
            if (f.step[i].in[k] >= r->n_in)
                return lng_infer_fail_attr(r, LNG_FUSED_PROGRAM, LNG_E_ARGUMENTS, "`%s` reads an operand that the node lacks",
                                           r->attr[LNG_FUSED_PROGRAM].s);
    return lng_infer_pointwise(r);
}

const lng_op lng_op_fused = {
    .name = "fused",
    .about = "several pointwise ops in one sweep",
    .math = "y = the result of the last step; the steps run one after the other",
    .flags = LNG_OP_POINTWISE | LNG_OP_HIDDEN | LNG_OP_SPLITS | LNG_OP_SLICE_SPLITS,
    .n_optional = LNG_MAX_IN - 1,
    LNG_IN({"a", LNG_FLOAT_ONLY, "an operand"}, {"b", LNG_FLOAT_ONLY, "an operand"}, {"c", LNG_FLOAT_ONLY, "an operand"},
           {"d", LNG_FLOAT_ONLY, "an operand"}, {"e", LNG_FLOAT_ONLY, "an operand"}, {"f", LNG_FLOAT_ONLY, "an operand"},
           {"g", LNG_FLOAT_ONLY, "an operand"}, {"h", LNG_FLOAT_ONLY, "an operand"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the last step's result"}),
    LNG_ATTRS([LNG_FUSED_PROGRAM] = {.name = "program", .type = LNG_ATTR_NAME, .required = true, .about = "the steps"}),
    .infer = infer,
    .no_vjp = "it is made after differentiation",
    .example = "made by the fusion of pointwise ops",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 3), LNG_NUMBER(2), LNG_VALUES(0, 1, -7)},
     .attr = {{.s = "mul a b;add 0 c;relu 1"}},
     .out = {LNG_VALUES(2, 0, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7, 6), LNG_DIMS(6), LNG_SCALAR}, .attr = {{.s = "add a b;sigmoid 0;mul 1 c"}}, .n_in = 3},
    {.in = {LNG_DIMS(5, 3, 4), LNG_DIMS(5, 3, 4), LNG_DIMS(3, 1)}, .attr = {{.s = "sub a b;mul 0 0;sub c 1;tanh 2;add 3 1"}}},
    {.in = {LNG_DIMS(70), LNG_DIMS(70)}, .attr = {{.s = "tanh b;mul 0 a"}}},
    {.in = {LNG_DIMS(2, 40), LNG_DIMS(2, 1), LNG_DIMS(40), LNG_DIMS(1, 1)}, .attr = {{.s = "add a b;add 0 c;mul 1 d"}}},
    /* pairs of steps, all of them */
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "add a b;sub 0 c;relu 1;add 2 a;sub b 3"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "add a b;mul c 0;relu 1;sub 2 a;add 3 b"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "sub a b;mul 0 c;relu 1;sub 2 a;sub 3 b"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "sub a b;sub c 0;relu 1;mul 2 a;sub 3 b"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "mul a b;sub c 0;relu 1;mul 2 a;mul b 3"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "div a b;add c 0;relu 1;div 2 b;sub 3 a"}}, .n_in = 3},
    {.in = {LNG_DIMS(3, 40), LNG_DIMS(40), LNG_SCALAR}, .attr = {{.s = "div a b;sub c 0;relu 1;div 2 b;mul 3 a"}}, .n_in = 3},
};
LNG_OP_CASES(fused);
#endif
