/* Gradients and central differences.
 *
 * A check moves one value, a parameter or any other, by t times a direction: one element, or all of them by as much. What depends on it is
 * computed again at four places, which gives a difference of fourth order and one of second,
 *
 *     (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12 h   and   (f(2h) - f(-2h)) / 4 h.
 *
 * Where they disagree, a kink lies between, and the step becomes smaller. Where they agree with each other, but not with the rule, a kink may
 * lie at 0 itself: there (f(-h) - 2 f(0) + f(h)) / h is the difference of the slopes on both sides, and a rule between them is as good as any.
 *
 * If a parameter's gradient is wrong, the graph is differentiated by every value between the parameters and the objective. The gradient of the last
 * wrong one was made by the rules of its readers from gradients that are right. */
#include "train/gradcheck.h"
#include "base/random.h"
#include "tape/reference.h"
#include <math.h>
#include <string.h>

#define STEP  0x1p-13
#define STEPS 3 /* each an eighth of the one before */
#define AGREE 3e-6
#define MOVED 0.02 /* at most; at least half of it */
#define ALL   (-1) /* elements at once */

typedef struct check {
    const lng_gradcheck_subject *in;
    lng_arena *arena;
    lng_map *variable; /* their numbers, by name */
    lng_reference *r;
    bool *again;
} check;

typedef enum { RIGHT, WRONG, KINK } verdict;

/* ---- values ---- */
static lng_key key_of(const check *c, const char *name)
{
    return lng_random_key(c->in->context->seed, lng_hash(name, strlen(name)));
}

/* In [-1, 1), the same for the same name and number. */
static double draw(const check *c, const char *name, uint64_t i)
{
    return (double)lng_random_word(key_of(c, name), 0, LNG_NO_EXAMPLE, i) * 0x1p-31 - 1;
}

static bool is_checked(const check *c, const char *name)
{
    for (size_t i = 0; i < c->in->gradients; i++)
        if (strcmp(c->in->gradient[i].name, name) == 0)
            return true;
    return false;
}

static void copy_variables(check *c)
{
    const lng_store *s = c->in->store;
    c->variable = lng_map_new(c->arena);
    for (size_t i = 0; i < s->count; i++) {
        const char *name = s->variable[i].name;
        const size_t n = (size_t)lng_shape_size(s->variable[i].shape);
        const bool moves = is_checked(c, name);
        double *to = LNG_NEW_N(c->arena, n, double);
        for (size_t e = 0; e < n; e++) {
            const double by = draw(c, name, e);
            to[e] = (double)s->at[s->offset[i] + e] + (moves ? copysign(MOVED * (1 + fabs(by)) / 2, by) : 0);
        }
        lng_map_put(c->variable, name, to);
    }
}

static void *find_variable(void *context, const char *name)
{
    return lng_map_get(((const check *)context)->variable, name);
}

static void run(check *c)
{
    const lng_gradcheck_subject *in = c->in;
    c->r = lng_reference_run(c->arena, in->graph, true, in->rows, in->examples, in->context, find_variable, c);
    c->again = LNG_NEW_N(c->arena, in->graph->nodes + 1, bool);
}

static int examples_of(const check *c, const lng_value *v)
{
    return v->per_example ? c->in->examples : 1;
}

static double sum_of_squares(const check *c, const lng_value *v)
{
    double sum = 0;
    for (int i = 0; i < examples_of(c, v); i++)
        for (int64_t e = 0; e < lng_shape_size(v->shape); e++)
            sum += lng_reference_at(c->r, v, i, e) * lng_reference_at(c->r, v, i, e);
    return sum;
}

/* ---- moving a value ---- */
/* The nodes, by id, that y depends on v by, without those through which no gradient flows. */
static void find_again(const check *c, const lng_value *v, const lng_value *y)
{
    const lng_graph *g = c->in->graph;
    bool *needed = LNG_NEW_N(c->arena, g->nodes + 1, bool);
    memset(c->again, 0, g->nodes * sizeof *c->again);
    c->again[v->node->id] = true;
    lng_graph_mark_dependent(g, c->again, true);
    needed[y->node->id] = true;
    lng_graph_mark_needed(g, needed);
    for (size_t i = 0; i < g->nodes; i++)
        c->again[i] = c->again[i] && needed[i];
    c->again[v->node->id] = false;
}

/* A value to move, the elements of it that move, and the function that depends on it. */
typedef struct line {
    lng_value *v, *y;
    int64_t element; /* or ALL */
    /* where nothing is moved: v, its gradient (which may be a value that y depends on, and so moves), and y */
    const double *base, *gradient;
    double y0;
} line;

static double direction(const check *c, const line *l, int example, int64_t e)
{
    const int64_t size = lng_shape_size(l->v->shape), all = size * examples_of(c, l->v);
    if (l->element != ALL)
        return e + example * size == l->element;
    return copysign(1 / sqrt((double)all), draw(c, "direction", (uint64_t)(e + example * size)));
}

static const double *copy_value(const check *c, const lng_value *v)
{
    const int64_t size = lng_shape_size(v->shape);
    double *base = LNG_NEW_N(c->arena, (size_t)(size * examples_of(c, v)), double);
    for (int i = 0; i < examples_of(c, v); i++)
        for (int64_t e = 0; e < size; e++)
            base[i * size + e] = lng_reference_at(c->r, v, i, e);
    return base;
}

static line line_of(const check *c, lng_value *v, lng_value *y, const lng_value *gradient)
{
    return (line){.v = v,
                  .y = y,
                  .element = ALL,
                  .base = copy_value(c, v),
                  .gradient = copy_value(c, gradient),
                  .y0 = lng_reference_at(c->r, y, 0, 0)};
}

static double moved_to(const check *c, const line *l, double t)
{
    const int64_t size = lng_shape_size(l->v->shape);
    for (int i = 0; i < examples_of(c, l->v); i++)
        for (int64_t e = 0; e < size; e++)
            *lng_reference_number(c->r, l->v, i, e) = l->base[i * size + e] + t * direction(c, l, i, e);
    lng_reference_again(c->r, c->again);
    return lng_reference_at(c->r, l->y, 0, 0);
}

static double rule_along(const check *c, const line *l)
{
    const int64_t size = lng_shape_size(l->v->shape);
    double sum = 0;
    for (int i = 0; i < examples_of(c, l->v); i++)
        for (int64_t e = 0; e < size; e++) {
            const double d = direction(c, l, i, e);
            sum += d != 0 ? d * l->gradient[i * size + e] : 0;
        }
    return sum;
}

/* ---- comparing ---- */
typedef struct finding {
    verdict verdict;
    double rule, difference, error;
} finding;

static void judge(finding *found, double usual, double h, const double f[5], bool last)
{
    const double fine = (f[0] - 8 * f[1] + 8 * f[3] - f[4]) / (12 * h), coarse = (f[4] - f[0]) / (4 * h);
    const double scale = fmax(fmax(fabs(found->rule), fabs(fine)), 1e-3 * usual + 1e-5 * fabs(f[2]) + 1e-12);
    const double off = fabs(found->rule - fine), sides = fabs(f[1] - 2 * f[2] + f[3]) / h;
    found->difference = fine;
    found->error = off / scale;
    if (!(fabs(fine - coarse) <= AGREE * scale))
        return;
    if (found->error <= LNG_GRADCHECK_TOLERANCE)
        found->verdict = RIGHT;
    else if (last && 2 * off > sides * (1 + AGREE))
        found->verdict = WRONG;
}

/* Leaves the value moved. */
static finding compare(const check *c, const line *l)
{
    const int64_t all = lng_shape_size(l->v->shape) * examples_of(c, l->v);
    double squares = 0;
    for (int64_t i = 0; i < all; i++)
        squares += l->gradient[i] * l->gradient[i];
    const double usual = sqrt(squares / (double)all);
    finding found = {.verdict = KINK, .rule = rule_along(c, l)};
    double h = STEP;
    for (int step = 0; step < STEPS && found.verdict == KINK; step++, h /= 8) {
        const double f[5] = {moved_to(c, l, -2 * h), moved_to(c, l, -h), l->y0, moved_to(c, l, h), moved_to(c, l, 2 * h)};
        judge(&found, usual, h, f, step == STEPS - 1);
    }
    return found;
}

static void add_finding(lng_gradcheck_row *row, finding f)
{
    row->kinks += f.verdict == KINK;
    row->wrong = row->wrong || f.verdict == WRONG;
    if (f.verdict == KINK || f.error < row->error)
        return;
    row->error = f.error;
    row->rule = f.rule;
    row->difference = f.difference;
}

/* The k-th of n elements to check, in ascending order, each from a part of its own. */
static int64_t choose(const check *c, const lng_gradcheck_row *row, int64_t k)
{
    const int64_t from = k * row->size / row->elements, to = (k + 1) * row->size / row->elements;
    return from + (int64_t)lng_random_below(key_of(c, row->name), 1, LNG_NO_EXAMPLE, (uint64_t)k, (uint64_t)(to - from));
}

static void check_parameter(const check *c, size_t which, lng_gradcheck_row *row)
{
    const lng_gradcheck_subject *in = c->in;
    const char *name = in->gradient[which].name;
    lng_value *v = lng_graph_find_variable(in->graph, name);
    line l = line_of(c, v, in->objective[which], in->gradient[which].value);
    *row = (lng_gradcheck_row){.name = name, .shape = v->shape, .size = lng_shape_size(v->shape)};
    row->elements = in->elements < row->size ? in->elements : row->size;
    find_again(c, v, l.y);
    add_finding(row, compare(c, &l));
    for (int64_t k = 0; k < row->elements; k++) {
        l.element = choose(c, row, k);
        add_finding(row, compare(c, &l));
    }
    moved_to(c, &l, 0);
}

/* ---- finding the node ---- */
/* Floats between the parameters and y, in the order of the graph. */
static size_t values_between(const check *c, const lng_value *y, lng_value **to)
{
    const lng_graph *g = c->in->graph;
    bool *moves = LNG_NEW_N(c->arena, g->nodes + 1, bool), *needed = LNG_NEW_N(c->arena, g->nodes + 1, bool);
    size_t n = 0;
    for (size_t i = 0; i < c->in->gradients; i++)
        moves[lng_graph_find_variable(g, c->in->gradient[i].name)->node->id] = true;
    lng_graph_mark_dependent(g, moves, true);
    needed[y->node->id] = true;
    lng_graph_mark_needed(g, needed);
    for (int i = 0; i < y->node->id; i++) /* what a loop computes in each turn cannot be moved */
        for (int k = 0; needed[i] && moves[i] && !g->node[i]->loop && k < g->node[i]->n_out; k++)
            if (g->node[i]->out[k].dtype == LNG_F32)
                to[n++] = &g->node[i]->out[k];
    return n;
}

static void list_readers(const check *c, const lng_value *v, lng_gradcheck *result)
{
    const lng_graph *g = c->in->graph;
    for (size_t i = 0; i < g->nodes; i++)
        for (int k = 0; c->again[i] && k < g->node[i]->n_in; k++)
            if (g->node[i]->in[k] == v && result->suspects < LNG_GRADCHECK_SUSPECTS) {
                result->operand[result->suspects] = k;
                result->suspect[result->suspects++] = g->node[i];
            }
}

static void find_suspects(check *c, lng_gradcheck *result)
{
    lng_graph *g = c->in->graph;
    lng_value *y = c->in->objective[result->worst - result->row];
    lng_value **v = LNG_NEW_N(c->arena, (g->nodes + 1) * LNG_MAX_OUT, lng_value *),
              **gradient = LNG_NEW_N(c->arena, (g->nodes + 1) * LNG_MAX_OUT, lng_value *);
    const size_t n = values_between(c, y, v);
    if (!lng_gradient(g, y, v, n, gradient))
        return;
    run(c);
    for (size_t i = n; i-- > 0 && result->suspects == 0;) {
        const line l = line_of(c, v[i], y, gradient[i]);
        find_again(c, l.v, y);
        if (compare(c, &l).verdict == WRONG)
            list_readers(c, l.v, result);
        moved_to(c, &l, 0);
    }
}

/* ---- all of it ---- */
static bool is_finite(const check *c, lng_errors *errors)
{
    bool good = true;
    for (size_t i = 0; i < c->in->gradients; i++) {
        const lng_value *y = c->in->objective[i];
        if (!isfinite(lng_reference_at(c->r, y, 0, 0)))
            return lng_error(errors, LNG_E_NONFINITE, y->node->place, "the loss is not finite, so it has no gradient to check");
        if (!isfinite(sum_of_squares(c, c->in->gradient[i].value)))
            good = lng_error(errors, LNG_E_NONFINITE, lng_graph_find_variable(c->in->graph, c->in->gradient[i].name)->node->place,
                             "the gradient of `%s` is not finite", c->in->gradient[i].name);
    }
    return good;
}

bool lng_gradcheck_run(lng_arena *arena, const lng_gradcheck_subject *in, lng_gradcheck *result, lng_errors *errors)
{
    check c = {.in = in, .arena = arena};
    *result = (lng_gradcheck){.row = LNG_NEW_N(arena, in->gradients + 1, lng_gradcheck_row), .rows = in->gradients};
    copy_variables(&c);
    run(&c);
    if (!is_finite(&c, errors))
        return false;
    for (size_t i = 0; i < in->gradients; i++) {
        lng_gradcheck_row *row = &result->row[i];
        check_parameter(&c, i, row);
        if (row->wrong && (!result->worst || row->error > result->worst->error))
            result->worst = row;
    }
    if (result->worst)
        find_suspects(&c, result);
    return true;
}
