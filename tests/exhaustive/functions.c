/* The pointwise ops of one float, over all 2^32 floats: the largest error against libm in double, in units of the last place, and where; and that
 * what the table of ops calls monotone, so that max-pools may be moved before it, never decreases. NaN must give NaN.
 *
 * usage: functions [NAME...]: of these ops; default: all that have a bound or are monotone, and some powers. All cores work, for minutes. The
 * exit status is 1 if a bound or an order does not hold. The kernels are those of the best level, or of LNGRAPH_ISA; `make check` compares the levels.
 * Subnormals count as zeros, as they do where kernels run. */
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

#define N      4096
#define CHUNK  (UINT64_C(1) << 22)
#define CHUNKS (int)((UINT64_C(1) << 32) / CHUNK)

/* ---- what is measured ---- */
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

/* An op of which one operand is a number. */
static const struct {
    bound bound;
    const lng_op *op;
    double number;
    int operand; /* that is not */
} partial[] = {
    {{"x ** 3", cube, 0.51, true}, &lng_op_pow, 3, 0},
    {{"x ** -0.5", inverse_root, 0.51, false}, &lng_op_pow, -0.5, 0},
    {{"10 ** x", power_of_ten, 0.51, true}, &lng_op_pow, 10, 1},
    {{"x // 10", quotient_by_ten, 0.51, true}, &lng_op_floor_divide, 10, 0},
};
#define PARTIAL (int)(sizeof partial / sizeof *partial)

typedef struct job {
    const bound *bound;
    lng_tile *tile;
    int operand; /* that is x */
    float number;
    atomic_int next;
} job;

/* What a thread found. */
typedef struct finding {
    double worst;
    float at;
    bool falls, loses_nan;
    float fell_at, lost_at;
} finding;

typedef struct thread {
    float x[N], number[N], y[N] __attribute__((aligned(64)));
    finding found;
} thread;

typedef struct work {
    job *job;
    thread **thread;
} work;

/* The i-th float, from the most negative to the largest; NaNs are at both ends. */
static float float_at(uint64_t i)
{
    const uint32_t bits = i >> 31 ? (uint32_t)i & 0x7fffffff : 0xffffffff - (uint32_t)i;
    float x;
    memcpy(&x, &bits, sizeof x);
    return fabsf(x) < FLT_MIN ? copysignf(0, x) : x;
}

static void look(const bound *b, finding *f, float x, float y)
{
    if (x != x) {
        if (y == y && !f->loses_nan)
            f->loses_nan = true, f->lost_at = x;
        return;
    }
    if (!b->exact)
        return;
    const double exact = b->exact(x);
    if ((float)exact == y && f->worst >= 0.5)
        return; /* rounded right: half a unit at most */
    const double d = bound_distance(y, exact);
    if (d > f->worst)
        f->worst = d, f->at = x;
}

/* One chunk, from the last float of the one before. */
static void run_chunk(const job *j, thread *t, int chunk)
{
    const uint64_t first = (uint64_t)chunk * CHUNK, end = first + CHUNK;
    const void *in[3] = {t->number, t->number, t->number};
    float before = (float)NAN;
    in[j->operand] = t->x;
    for (uint64_t i = chunk ? first - 1 : first; i < end;) {
        int n = 0;
        for (; n < N && i < end; n++, i++)
            t->x[n] = float_at(i);
        for (int k = n; k < N; k++)
            t->x[k] = t->x[n - 1];
        j->tile(t->y, in, N / LNG_LANES);
        for (int k = 0; k < n; k++) {
            look(j->bound, &t->found, t->x[k], t->y[k]);
            if (j->bound->rises && t->y[k] < before && !t->found.falls)
                t->found.falls = true, t->found.fell_at = t->x[k];
            if (t->y[k] == t->y[k])
                before = t->y[k];
        }
    }
}

static void run_thread(void *context, int which)
{
    const work *w = context;
    thread *t = w->thread[which];
    for (int i = 0; i < N; i++)
        t->number[i] = w->job->number;
    t->found = (finding){0};
    for (int chunk; (chunk = atomic_fetch_add(&w->job->next, 1)) < CHUNKS;)
        run_chunk(w->job, t, chunk);
}

static bool report(const work *w, int threads)
{
    const bound *b = w->job->bound;
    finding all = {0};
    for (int i = 0; i < threads; i++) {
        const finding *f = &w->thread[i]->found;
        if (f->worst > all.worst)
            all.worst = f->worst, all.at = f->at;
        if (f->falls)
            all.falls = true, all.fell_at = f->fell_at;
        if (f->loses_nan)
            all.loses_nan = true, all.lost_at = f->lost_at;
    }
    printf("%s:", b->name);
    if (b->exact)
        printf(" %.4f units at %a, at most %.2f are allowed;", all.worst, (double)all.at, b->units);
    if (all.falls)
        printf(" FALLS at %a;", (double)all.fell_at);
    else if (b->rises)
        printf(" never decreases;");
    printf(all.loses_nan ? " a NaN gives none\n" : " NaN gives NaN\n");
    fflush(stdout);
    return (!b->exact || all.worst <= b->units) && !all.falls && !all.loses_nan;
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

static bool measure(lng_team *team, thread **threads, const bound *b, lng_tile *tile, int operand, double number)
{
    job j = {.bound = b, .tile = tile, .operand = operand, .number = (float)number};
    const work w = {&j, threads};
    lng_team_run(team, run_thread, (void *)&w);
    return report(&w, lng_team_size(team));
}

static const bound *bound_of(const lng_op *op)
{
    for (const bound *b = bounds; b->name; b++)
        if (strcmp(b->name, op->name) == 0)
            return b;
    return NULL;
}

int main(int argc, char **argv)
{
    lng_arena *arena = lng_arena_new();
    lng_team *team = lng_team_new(lng_cores());
    thread **threads = calloc((size_t)lng_cores(), sizeof *threads);
    bool good = team && threads;
    int measured = 0;
    for (int i = 0; good && i < lng_team_size(team); i++)
        good = (threads[i] = aligned_alloc(64, (sizeof **threads + 63) / 64 * 64)) != NULL;
    for (size_t i = 0; good && i < lng_op_count; i++) {
        const lng_op *op = lng_ops[i];
        const bound *has = bound_of(op);
        const bound b = {op->name, has ? has->exact : NULL, has ? has->units : 0,
                         op->flags & LNG_OP_MONOTONE || (has && has->rises)};
        if ((has || b.rises) && is_wanted(op->name, argc, argv)) {
            good &= measure(team, threads, &b, tile_of(arena, op), 0, 0);
            measured++;
        }
    }
    for (int i = 0; team && threads && i < PARTIAL; i++)
        if (is_wanted(partial[i].bound.name, argc, argv)) {
            good &= measure(team, threads, &partial[i].bound, tile_of(arena, partial[i].op), partial[i].operand, partial[i].number);
            measured++;
        }
    if (team)
        for (int i = 0; threads && i < lng_team_size(team); i++)
            free(threads[i]);
    free(threads);
    lng_team_free(team);
    lng_arena_free(arena);
    return good && measured ? EXIT_SUCCESS : EXIT_FAILURE;
}
