/* The pointwise ops of one float, over all 2^32 floats, at the machine's best level or that of LNGRAPH_ISA; levels.c shows that all have the same bits:
 *
 *   error      against libm in double, in units of the last place of the exact result: the largest, and where
 *   order      functions that rise never fall, or by the places that tests/bounds.c allows; what the table of ops calls monotone, so that
 *              max-pools may be moved before it, never falls, gives no zeros of both signs, and no NaN but for a NaN
 *   special    NaN gives NaN; a subnormal operand what a zero of its sign gives; no result is subnormal
 *
 * pow has two operands. It is measured at all floats with some numbers, and at 2^30 pairs: one for each pair of the leading 15 bits (sign,
 * exponent, six of the mantissa); the others are drawn, in every second pair zeros.
 *
 * usage: functions [NAME...]: of these ops; default: all. All cores work, for minutes. The exit status is 1 if something does not hold.
 *
 * Most exact values are not computed one by one: 1024 neighbors have one sign and exponent, and a cubic through four values of the function
 * is as good there as the function: the slack that it is given is 16 times the largest error seen at points between. Only where a result
 * could be worse than the worst so far is the function itself asked. Where a result does not change and the function rises, the ends decide. */
#include "bounds.h"
#include "base/arena.h"
#include "base/team.h"
#include "graph/level.h"
#include "graph/ops.h"
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK    1024 /* floats next to each other, of one sign and exponent */
#define CHUNK    4096 /* blocks, the work that a thread takes */
#define CHUNKS   (int)((UINT64_C(1) << 32) / BLOCK / CHUNK)
#define INFINITE 0x7f800000u

static double cube(double x)
{
    return pow(x, 3);
}
static double inverse_root(double x)
{
    return pow(x, -0.5);
}
static double power_of_ten(double x)
{
    return pow(10, x);
}
static double quotient_by_ten(double x)
{
    return floor(x / 10); /* to a double, which has all digits that decide */
}

/* An op of which one operand is a number, or which is exact. */
static const struct {
    bound bound;
    const lng_op *op;
    float number;
    int operand; /* that is not */
} partial[] = {
    {{"sqrt", sqrt, 0.5, 0, 0}, &lng_op_sqrt, 0, 0},
    {{"x ** 3", cube, 0.51, 0, -1}, &lng_op_pow, 3, 0},
    {{"x ** -0.5", inverse_root, 0.51, -1, 0}, &lng_op_pow, -0.5F, 0},
    {{"10 ** x", power_of_ten, 0.51, 0, 0}, &lng_op_pow, 10, 1},
    {{"x // 10", quotient_by_ten, 0.51, -1, 0}, &lng_op_floor_divide, 10, 0},
};
#define PARTIAL (int)(sizeof partial / sizeof *partial)

typedef struct job {
    bound bound;
    bool moves; /* past max-pools */
    lng_tile *tile;
    int operand;  /* which one is x */
    float number; /* the other one */
    atomic_int next;
} job;

/* What a thread found: the first float of each kind of fault, or NaN. */
enum { FALLS, SIGNS, LOSES_NAN, MAKES_NAN, SUBNORMAL, ASYMMETRIC, FAULTS };
static const char *const fault_text[FAULTS] = {"FALLS",       "HAS ZEROS OF BOTH SIGNS", "LOSES A NAN",
                                               "MAKES A NAN", "KEEPS A SUBNORMAL",       "ASYMMETRIC"};
typedef struct finding {
    double worst;
    float at, at_other; /* the second operand of pow */
    bool fault[FAULTS];
    float fault_at[FAULTS];
} finding;

typedef struct thread {
    float x[BLOCK], number[BLOCK], y[BLOCK], mirror[BLOCK] __attribute__((aligned(64)));
    double c[4], slack; /* the cubic, in -1 .. 1 */
    float of_zero[2];   /* by sign */
    float before;       /* the last result */
    finding found;
} thread;

typedef struct work {
    job *job;
    thread **thread;
} work;

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void blame(finding *f, int fault, float x)
{
    if (!f->fault[fault])
        f->fault[fault] = true, f->fault_at[fault] = x;
}

/* ---- the error ---- */
/* Puts a cubic in place of the function between the floats a and b, with how far it may be off: infinitely, if it is of no use. */
static void fit(thread *t, double (*exact)(double), double a, double b)
{
    static const double node[4] = {-0.92387953251128674, -0.38268343236508977, 0.38268343236508977,
                                   0.92387953251128674}; /* Chebyshev's */
    static const double between[4] = {-1, -0.70710678118654752, 0, 1};
    const double middle = (a + b) / 2, half = (b - a) / 2;
    double even[2], odd[2], largest = 0, off = 0; /* f(x) +- f(-x) at the outer and the inner nodes */
    for (int i = 0; i < 2; i++) {
        const double left = exact(middle + half * node[i]), right = exact(middle + half * node[3 - i]);
        even[i] = (left + right) / 2, odd[i] = (right - left) / 2 / node[3 - i];
    }
    const double squares = node[3] * node[3] - node[2] * node[2];
    t->c[2] = (even[0] - even[1]) / squares, t->c[0] = even[0] - t->c[2] * node[3] * node[3];
    t->c[3] = (odd[0] - odd[1]) / squares, t->c[1] = odd[0] - t->c[3] * node[3] * node[3];
    for (int i = 0; i < 4; i++) {
        const double x = between[i], y = exact(middle + half * x);
        largest = fmax(largest, fabs(y));
        off = fmax(off, fabs(y - (((t->c[3] * x + t->c[2]) * x + t->c[1]) * x + t->c[0])));
    }
    t->slack = 16 * off + 0x1p-44 * largest;
    if (!(t->slack <= 0x1p-34 * largest))
        t->slack = INFINITY;
}

/* Whether no result of the block is further off than `units`. */
static bool is_within(const thread *t, double units)
{
    uint64_t fine = 1;
    for (int i = 0; i < BLOCK; i++) {
        const double x = (2 * i - (BLOCK - 1)) * (1. / (BLOCK - 1));
        const double exact = ((t->c[3] * x + t->c[2]) * x + t->c[1]) * x + t->c[0], least = fabs(exact) - t->slack;
        uint64_t bits;
        double place;
        memcpy(&bits, &least, sizeof bits);
        bits &= UINT64_C(0x7ff) << 52;
        memcpy(&place, &bits, sizeof place);
        fine &= (least > 2 * (double)FLT_MIN) & (fabs((double)t->y[i] - exact) + t->slack <= units * 0x1p-23 * place);
    }
    return fine != 0;
}

static void look(const bound *b, finding *f, float x, float y)
{
    const double exact = b->exact(x);
    if ((float)exact == y && f->worst >= 0.5)
        return; /* rounded right: half a unit at most */
    const double d = bound_distance(y, exact);
    if (d > f->worst)
        f->worst = d, f->at = x;
}

/* One result for all of a block of a function that rises: that of the ends. */
static bool is_flat(const job *j, const thread *t)
{
    const uint32_t first = bits_of(t->y[0]);
    if (j->bound.falls < 0 || bits_of(t->y[BLOCK - 1]) != first || bits_of(t->y[BLOCK / 3]) != first)
        return false;
    uint32_t differ = 0;
    for (int i = 1; i < BLOCK; i++)
        differ |= bits_of(t->y[i]) ^ first;
    if (differ)
        return false;
    const double a = j->bound.exact(t->x[0]), b = j->bound.exact(t->x[BLOCK - 1]);
    return ilogb(a) == ilogb(b) || fmax(fabs(a), fabs(b)) < (double)FLT_MIN;
}

static void measure_block(const job *j, thread *t)
{
    const bound *b = &j->bound;
    const uint32_t sizes[2] = {bits_of(t->x[0]) & 0x7fffffff, bits_of(t->x[BLOCK - 1]) & 0x7fffffff};
    if (is_flat(j, t)) {
        look(b, &t->found, t->x[0], t->y[0]);
        look(b, &t->found, t->x[BLOCK - 1], t->y[0]);
        return;
    }
    t->slack = INFINITY;
    if (sizes[0] < INFINITE && sizes[1] < INFINITE)
        fit(t, b->exact, t->x[0], t->x[BLOCK - 1]);
    if (t->slack < INFINITY && is_within(t, fmax(t->found.worst, 0.5)))
        return;
    for (int i = 0; i < BLOCK; i++)
        if (t->x[i] == t->x[i])
            look(b, &t->found, t->x[i], t->y[i]);
}

/* ---- what else must hold ---- */
/* Integers, as the thread flushes subnormals: they compare as zeros. */
static void find_specials(thread *t, bool tiny)
{
    for (int i = 0; i < BLOCK; i++) {
        const uint32_t y = bits_of(t->y[i]);
        if ((y & 0x7fffffff) - 1 < 0x7fffff || (tiny && y != bits_of(t->of_zero[bits_of(t->x[i]) >> 31])))
            blame(&t->found, SUBNORMAL, t->x[i]);
        if (t->x[i] != t->x[i] && t->y[i] == t->y[i])
            blame(&t->found, LOSES_NAN, t->x[i]);
    }
}

/* Integers, as the thread flushes subnormals: they compare as zeros. */
static void check_specials(thread *t)
{
    const uint32_t size = bits_of(t->x[BLOCK / 2]) & 0x7fffffff;
    const bool tiny = size<bits_of(FLT_MIN), nan = size> INFINITE; /* but for an infinity at one end */
    uint32_t wrong = tiny || nan;
    for (int i = 0; i < BLOCK; i++)
        wrong |= (bits_of(t->y[i]) & 0x7fffffff) - 1 < 0x7fffff;
    if (wrong)
        find_specials(t, tiny);
}

static void find_fall(const job *j, thread *t)
{
    float before = t->before;
    for (int i = 0; i < BLOCK; i++) {
        const float y = t->y[i];
        if (y < before)
            blame(&t->found, FALLS, t->x[i]);
        if (j->moves && y != y && t->x[i] == t->x[i])
            blame(&t->found, MAKES_NAN, t->x[i]);
        if (j->moves && y == before && bits_of(y) != bits_of(before) && (bits_of(t->x[i]) & 0x7fffffff) != 0)
            blame(&t->found, SIGNS, t->x[i]);
        before = y;
    }
}

static void check_climb(const job *j, thread *t)
{
    for (int i = 0; i < BLOCK; i++) {
        const float y = t->y[i], before = t->before;
        const uint32_t places = y < 0 ? bits_of(y) - bits_of(before) : bits_of(before) - bits_of(y);
        if (y < before && places > (uint32_t)j->bound.falls)
            blame(&t->found, FALLS, t->x[i]);
        else if (!(y < before))
            t->before = y;
    }
}

static void check_order(const job *j, thread *t)
{
    const float *y = t->y;
    int wrong = !(t->before < y[0]) | (y[0] != y[0]);
    for (int i = 1; i < BLOCK; i++)
        wrong |= (y[i] != y[i]) | (y[i] < y[i - 1]) | ((y[i] == y[i - 1]) & (bits_of(y[i]) != bits_of(y[i - 1])));
    if (wrong)
        find_fall(j, t);
    t->before = y[BLOCK - 1];
}

/* Where the function is odd or even, and so are the results: what is true of x is true of -x. */
static bool is_mirrored(const job *j, thread *t)
{
    if (!j->bound.parity || bits_of(t->x[0]) >> 31 == 0)
        return false;
    const uint32_t flip = j->bound.parity < 0 ? 0x80000000u : 0;
    const void *in[3] = {t->number, t->number, t->number};
    for (int i = 0; i < BLOCK; i++)
        t->mirror[i] = from_bits(bits_of(t->x[i]) ^ 0x80000000u);
    in[j->operand] = t->mirror;
    j->tile(t->mirror, in, BLOCK / LNG_LANES);
    uint32_t wrong = 0;
    for (int i = 0; i < BLOCK; i++)
        wrong |= (t->x[i] == t->x[i]) & ((bits_of(t->mirror[i]) ^ flip) != bits_of(t->y[i]));
    if (wrong)
        blame(&t->found, ASYMMETRIC, t->x[0]);
    return !wrong;
}

/* ---- all floats ---- */
/* The i-th float, from the most negative to the largest; NaNs are at both ends. */
static float float_at(uint64_t i)
{
    return from_bits(i >> 31 ? (uint32_t)i & 0x7fffffff : 0xffffffff - (uint32_t)i);
}

static void compute(const job *j, thread *t, uint64_t first)
{
    const void *in[3] = {t->number, t->number, t->number};
    in[j->operand] = t->x;
    const uint32_t start = bits_of(float_at(first)), step = first >> 31 ? 1 : 0xffffffff;
    for (uint32_t i = 0; i < BLOCK; i++)
        t->x[i] = from_bits(start + i * step);
    j->tile(t->y, in, BLOCK / LNG_LANES);
}

static void run_block(const job *j, thread *t, uint64_t first)
{
    compute(j, t, first);
    check_specials(t);
    if (j->bound.falls == 0 || j->moves)
        check_order(j, t);
    else if (j->bound.falls > 0)
        check_climb(j, t);
    if (j->bound.exact && !is_mirrored(j, t))
        measure_block(j, t);
}

static void show_progress(const job *j, int done, int of)
{
    if (isatty(2))
        fprintf(stderr, "\r%s: %d %%\r", j->bound.name, done * 100 / of);
}

static void start(const job *j, thread *t)
{
    for (int i = 0; i < BLOCK; i++)
        t->number[i] = j->number;
    t->found = (finding){0};
    for (int sign = 0; sign < 2; sign++) {
        const uint64_t zero = sign ? UINT64_C(0x7fffffff) : UINT64_C(0x80000000);
        compute(j, t, zero / BLOCK * BLOCK);
        t->of_zero[sign] = t->y[zero % BLOCK];
    }
    for (int sign = 0; sign < 2;
         sign++) { /* the zeros are one operand: both must give what a neighbor gives, if that is no other number */
        const float neighbor = sign ? -FLT_MIN : FLT_MIN;
        const uint64_t at = sign ? UINT64_C(0x7f7fffff) : UINT64_C(0x80800000);
        compute(j, t, at / BLOCK * BLOCK);
        const float y = t->y[at % BLOCK];
        if (j->moves && y == t->of_zero[!sign] && bits_of(y) != bits_of(t->of_zero[!sign]))
            blame(&t->found, SIGNS, neighbor);
    }
}

static void run_thread(void *context, int which)
{
    const work *w = context;
    job *j = w->job;
    thread *t = w->thread[which];
    start(j, t);
    for (int chunk; (chunk = atomic_fetch_add(&j->next, 1)) < CHUNKS;) {
        const uint64_t first = (uint64_t)chunk * CHUNK * BLOCK;
        t->before = (float)NAN;
        if (chunk > 0) { /* from the last float of the one before */
            compute(j, t, first - BLOCK);
            t->before = t->y[BLOCK - 1];
        }
        for (int i = 0; i < CHUNK; i++)
            run_block(j, t, first + (uint64_t)i * BLOCK);
        show_progress(j, chunk, CHUNKS);
    }
}

static bool report(const work *w, int threads)
{
    const bound *b = &w->job->bound;
    finding all = {0};
    for (int i = 0; i < threads; i++) {
        const finding *f = &w->thread[i]->found;
        if (f->worst > all.worst)
            all.worst = f->worst, all.at = f->at, all.at_other = f->at_other;
        for (int k = 0; k < FAULTS; k++)
            if (f->fault[k])
                all.fault[k] = true, all.fault_at[k] = f->fault_at[k];
    }
    bool good = !b->exact || all.worst <= b->units;
    printf("%s:", b->name);
    if (b->exact && w->job->operand < 0)
        printf(" %.4f units at %a, %a, at most %.2f are allowed;", all.worst, (double)all.at, (double)all.at_other, b->units);
    else if (b->exact)
        printf(" %.4f units at %a, at most %.2f are allowed;", all.worst, (double)all.at, b->units);
    if (b->falls == 0)
        printf(" never falls;");
    if (b->falls > 0)
        printf(" falls by %d place%s at most;", b->falls, b->falls > 1 ? "s" : "");
    for (int k = 0; k < FAULTS; k++)
        if (all.fault[k])
            good = false, printf(" %s at %a;", fault_text[k], (double)all.fault_at[k]);
    puts(good ? " fine" : " NOT FINE");
    fflush(stdout);
    return good;
}

/* ---- pairs ---- */
#define LEADING 15
#define ROWS    (1 << LEADING)

/* A float with the given leading bits; what follows them is drawn, or zero. */
static float float_with(uint32_t leading, uint64_t *state)
{
    const int rest = 32 - LEADING;
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return from_bits(leading << rest | (*state >> 63 ? (uint32_t)(*state >> 32) & ((1u << rest) - 1) : 0));
}

/* Subnormals count as zeros. */
static double flushed(float x)
{
    return (bits_of(x) & 0x7fffffff) < bits_of(FLT_MIN) ? copysign(0, x) : x;
}

static void look_at_pairs(thread *t)
{
    for (int i = 0; i < BLOCK; i++) {
        const double exact = pow(flushed(t->x[i]), flushed(t->number[i]));
        if ((float)exact == t->y[i] && t->found.worst >= 0.5)
            continue;
        const double d = bound_distance(t->y[i], exact);
        if (d > t->found.worst)
            t->found.worst = d, t->found.at = t->x[i], t->found.at_other = t->number[i];
    }
}

static void run_pairs(void *context, int which)
{
    const work *w = context;
    job *j = w->job;
    thread *t = w->thread[which];
    t->found = (finding){0};
    for (int row; (row = atomic_fetch_add(&j->next, 1)) < ROWS;) {
        uint64_t state = (uint64_t)row;
        for (int first = 0; first < ROWS; first += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                t->x[i] = float_with((uint32_t)row, &state);
                t->number[i] = float_with((uint32_t)(first + i), &state);
            }
            j->tile(t->y, (const void *[]){t->x, t->number, t->number}, BLOCK / LNG_LANES);
            look_at_pairs(t);
        }
        if (row % 64 == 0)
            show_progress(j, row, ROWS);
    }
}

/* ---- the ops ---- */
static lng_tile *tile_of(lng_arena *arena, const lng_op *op)
{
    lng_errors *errors = lng_errors_new();
    lng_graph *g = lng_graph_new(arena, errors);
    lng_value *in[3];
    for (int i = 0; i < op->n_in; i++)
        in[i] = lng_read_input(g, i, "x", (lng_shape){0}, LNG_F32);
    const lng_value *y = lng_emit(g, op, in, op->n_in, NULL, "y");
    lng_errors_free(errors);
    return y ? lng_op_kernels(lng_isa_best(), op)->tile(y->node) : NULL;
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 1;
}

typedef struct lab {
    lng_arena *arena;
    lng_team *team;
    thread **threads;
    int measured;
    bool good;
} lab;

static void measure(lab *m, job j, const lng_op *op)
{
    j.tile = tile_of(m->arena, op);
    const work w = {&j, m->threads};
    lng_team_run(m->team, j.operand < 0 ? run_pairs : run_thread, (void *)&w);
    m->good &= report(&w, lng_team_size(m->team));
    m->measured++;
}

static const bound *bound_of(const lng_op *op)
{
    for (const bound *b = bounds; b->name; b++)
        if (strcmp(b->name, op->name) == 0)
            return b;
    return NULL;
}

static void measure_ops(lab *m, int argc, char **argv)
{
    for (size_t i = 0; i < lng_op_count; i++) {
        const lng_op *op = lng_ops[i];
        const bound *has = bound_of(op);
        const bool moves = op->flags & LNG_OP_MONOTONE;
        if ((has || moves) && is_wanted(op->name, argc, argv))
            measure(m, (job){.bound = has ? *has : (bound){.name = op->name}, .moves = moves}, op);
    }
    for (int i = 0; i < PARTIAL; i++)
        if (is_wanted(partial[i].bound.name, argc, argv))
            measure(m, (job){.bound = partial[i].bound, .operand = partial[i].operand, .number = partial[i].number}, partial[i].op);
    if (is_wanted("pow", argc, argv)) /* cube stands for a function of two operands */
        measure(m, (job){.bound = {"pow", cube, 0.51, -1, 0}, .operand = -1}, &lng_op_pow);
}

int main(int argc, char **argv)
{
    lab m = {.arena = lng_arena_new(),
             .team = lng_team_new(lng_cores()),
             .threads = calloc((size_t)lng_cores(), sizeof *m.threads),
             .good = true};
    bool ready = m.team && m.threads;
    for (int i = 0; ready && i < lng_team_size(m.team); i++)
        ready = (m.threads[i] = aligned_alloc(64, (sizeof **m.threads + 63) / 64 * 64)) != NULL;
    if (ready)
        measure_ops(&m, argc, argv);
    if (m.team)
        for (int i = 0; m.threads && i < lng_team_size(m.team); i++)
            free(m.threads[i]);
    free(m.threads);
    lng_team_free(m.team);
    lng_arena_free(m.arena);
    return ready && m.good && m.measured ? EXIT_SUCCESS : EXIT_FAILURE;
}
