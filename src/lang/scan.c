/* Scans: a loop of the graph, whose turn is elaborated once. */
#include "graph/ops.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include "lang/turn.h"

#define MOST_TURNS          1000000
#define MOST_TURNS_TOGETHER 1000000000 /* of a scan in scans */

static const lng_datum none = {0};

typedef struct scanning {
    lng_scope *s;
    const lng_expr *e;
    const lng_scan *scan;
    lng_graph *graph;
    int64_t count;
    bool reverse, remat;
    lng_value **start, **over; /* over[0] NULL: the turns are only counted */
    lng_value **carry, **next, **stack;
    lng_loop *loop;
} scanning;

/* A value of the graph that evaluates; false after an error. */
static bool read_value(const scanning *x, const lng_expr *e, lng_value **v)
{
    const lng_datum t = lng_eval(x->s, e);
    return t.kind != LNG_DATUM_NONE && (*v = lng_datum_value(x->s, t));
}

static bool read_starts(scanning *x)
{
    x->start = LNG_NEW_N(x->s->e->arena, x->scan->carries + 1, lng_value *);
    for (size_t i = 0; i < x->scan->starts; i++)
        if (!read_value(x, x->e->item[i], &x->start[i]))
            return false;
    return true;
}

/* ---- what the turns go over ---- */
static bool count_turns(scanning *x, const lng_expr *at, int64_t n)
{
    char most[LNG_NUMBER_SIZE], got[LNG_NUMBER_SIZE];
    if (n < 1 || n > MOST_TURNS)
        return lng_complain_at(x->s, at, LNG_E_RANGE, "a scan takes 1 to %s turns, not %s", lng_grouped(most, MOST_TURNS),
                               lng_grouped(got, n));
    if (x->count && n != x->count)
        return lng_complain_at(x->s, at, LNG_E_SHAPE, "this has %lld rows, but what stands before it in the scan has %lld",
                               (long long)n, (long long)x->count);
    x->count = n;
    for (const lng_loop *l = x->graph->inside; l; l = l->outer)
        n *= l->count;
    return n <= MOST_TURNS_TOGETHER ||
           lng_complain_at(x->s, at, LNG_E_LIMIT, "this scan and those around it take %s turns together; at most %s are allowed",
                           lng_grouped(got, n), lng_grouped(most, MOST_TURNS_TOGETHER));
}

static bool read_over(scanning *x, size_t i)
{
    const lng_expr *e = x->e->item[x->scan->starts + i];
    const lng_datum t = lng_eval(x->s, e);
    if (t.kind == LNG_DATUM_INT && x->scan->overs == 1)
        return count_turns(x, e, t.i);
    if (t.kind == LNG_DATUM_NONE)
        return false;
    if (t.kind != LNG_DATUM_VALUE)
        return lng_complain_at(x->s, e, LNG_E_TYPE, "a scan goes over the rows of a value, or counts turns; this is %s",
                               lng_datum_text(x->s->e->arena, &t));
    if (t.value->shape.rank == 0)
        return lng_complain_at(x->s, e, LNG_E_SHAPE,
                               "a scan goes over the first axis of a value, but this has none: it is a scalar");
    return (x->over[i] = lng_datum_value(x->s, t)) && count_turns(x, e, t.value->shape.dim[0]);
}

static bool read_overs(scanning *x)
{
    x->over = LNG_NEW_N(x->s->e->arena, x->scan->overs + 1, lng_value *);
    for (size_t i = 0; i < x->scan->overs; i++)
        if (!read_over(x, i))
            return false;
    return true;
}

static bool read_switch(scanning *x, const lng_expr *e, const char *key, bool *on)
{
    const lng_datum t = lng_eval(x->s, e);
    if (t.kind != LNG_DATUM_BOOL && t.kind != LNG_DATUM_NONE)
        lng_complain_at(x->s, e, LNG_E_TYPE, "`%s` is true or false, not %s", key, lng_datum_text(x->s->e->arena, &t));
    *on = t.kind == LNG_DATUM_BOOL && t.i;
    return t.kind == LNG_DATUM_BOOL;
}

static bool read_switches(scanning *x)
{
    lng_expr *const *item = &x->e->item[x->scan->starts + x->scan->overs];
    return (!x->scan->reverses || read_switch(x, *item++, "reverse", &x->reverse)) &&
           (!x->scan->remats || read_switch(x, *item, "remat", &x->remat));
}

/* ---- a turn ---- */
static void aim(const scanning *x)
{
    x->graph->place = lng_user_place(x->s, lng_expr_place(x->e));
    x->graph->scope = lng_scope_path(x->s);
    x->graph->in_place = x->graph->attr_place = NULL;
}

static void bind(const scanning *x, const char *name, lng_value *v)
{
    lng_datum t = lng_derived(x->s, x->e, LNG_DATUM_VALUE, NULL, 0);
    t.value = v;
    t.graph = x->graph;
    lng_turn_bind(x->s, name, t);
}

/* The number of the turn, as an integer. */
static lng_value *number(const scanning *x)
{
    const lng_attr attr[LNG_MAX_ATTR] = {{.i = x->count}, {.f = 0}, {.f = 1}};
    return lng_unary(x->graph, &lng_op_to_int, lng_emit(x->graph, &lng_op_arange, NULL, 0, attr, NULL));
}

static bool begin(scanning *x)
{
    aim(x);
    lng_value *numbers = x->over[0] || x->scan->rows == 0 ? NULL : number(x);
    x->loop = lng_loop_open(x->graph, x->count);
    x->loop->remat = x->remat;
    for (size_t i = 0; i < x->scan->carries; i++)
        if (!(x->carry[i] = lng_loop_carry(x->graph, x->start[i])))
            return false;
    for (size_t i = 0; i < x->scan->carries; i++)
        bind(x, x->scan->carry[i], x->carry[i]);
    for (size_t i = 0; i < x->scan->rows; i++) {
        lng_value *row = lng_loop_step(x->graph, numbers ? numbers : x->over[i], x->reverse);
        if (!row)
            return false;
        bind(x, x->scan->row[i], row);
    }
    return true;
}

static bool check_next(const scanning *x, size_t i, const lng_expr *at)
{
    const lng_value *start = &x->carry[i]->node->out[0], *next = x->next[i];
    char from[LNG_SHAPE_TEXT], to[LNG_SHAPE_TEXT];
    if (lng_shape_equal(start->shape, next->shape) && start->dtype == next->dtype)
        return true;
    if (start->dtype != next->dtype)
        lng_complain_at(x->s, at, LNG_E_DTYPE, "`%s` starts as %s, but becomes %s", x->scan->carry[i], lng_dtype_name(start->dtype),
                        lng_dtype_name(next->dtype));
    else
        lng_complain_at(x->s, at, LNG_E_SHAPE, "`%s` starts with shape %s, but `do` gives it shape %s", x->scan->carry[i],
                        lng_shape_text(from, start->shape), lng_shape_text(to, next->shape));
    lng_related(x->s, lng_expr_place(x->e->item[i]), "it starts here");
    return false;
}

static bool take_turn(scanning *x)
{
    const lng_expr *e = x->e->item[lng_scan_turn(x->e)];
    const lng_datum t = lng_eval(x->s, e);
    const bool several = t.kind == LNG_DATUM_TUPLE;
    if (t.kind == LNG_DATUM_NONE)
        return false;
    const size_t got = several ? t.items : 1, wanted = x->scan->carries;
    if (got != wanted)
        return lng_complain_at(x->s, e, LNG_E_ARGUMENTS, "`do` of this scan gives %zu value%s for %zu name%s", got,
                               got == 1 ? "" : "s", wanted, wanted == 1 ? "" : "s");
    for (size_t i = 0; i < x->scan->carries; i++) {
        x->next[i] = lng_datum_value(x->s, several ? t.item[i] : t);
        aim(x);
        if (!x->next[i] || !check_next(x, i, e) || !(x->next[i] = lng_batch_broadcast(x->graph, x->next[i])) ||
            !lng_loop_next(x->graph, x->carry[i], x->next[i]))
            return false;
    }
    return true;
}

static bool read_stacks(scanning *x)
{
    for (size_t i = 0; i < x->scan->carries; i++)
        bind(x, x->scan->carry[i], x->next[i]);
    for (size_t i = 0; i < x->scan->stacks; i++)
        if (!read_value(x, x->e->item[lng_scan_turn(x->e) + 1 + i], &x->stack[i]))
            return false;
    return true;
}

static bool turn(scanning *x)
{
    lng_loop *outer = x->graph->inside;
    lng_turn_begin_scan(x->s, x->e);
    const bool good = begin(x) && take_turn(x) && read_stacks(x);
    lng_turn_end(x->s);
    if (good)
        lng_loop_close(x->graph);
    x->graph->inside = outer;
    return good;
}

/* ---- what it gives ---- */
static lng_datum results(const scanning *x)
{
    const size_t n = x->scan->carries + x->scan->stacks;
    lng_datum all = lng_derived(x->s, x->e, LNG_DATUM_TUPLE, NULL, 0);
    all.items = n;
    all.item = LNG_NEW_N(x->s->e->arena, n, lng_datum);
    aim(x);
    for (size_t i = 0; i < n; i++) {
        lng_datum *t = &all.item[i];
        *t = lng_derived(x->s, x->e, LNG_DATUM_VALUE, NULL, 0);
        t->graph = x->graph;
        t->value = i < x->scan->carries ? lng_loop_last(x->graph, x->carry[i])
                                        : lng_loop_stack(x->graph, x->loop, x->stack[i - x->scan->carries], x->reverse);
        if (!t->value)
            return none;
    }
    return n == 1 ? all.item[0] : all;
}

lng_datum lng_eval_scan(lng_scope *s, const lng_expr *e)
{
    lng_arena *a = s->e->arena;
    scanning x = {.s = s, .e = e, .scan = e->scan, .graph = s->e->graph};
    if (s->e->initializing) {
        lng_complain_at(s, e, LNG_E_KIND, "an initial value cannot depend on a scan");
        return none;
    }
    x.carry = LNG_NEW_N(a, x.scan->carries + 1, lng_value *);
    x.next = LNG_NEW_N(a, x.scan->carries + 1, lng_value *);
    x.stack = LNG_NEW_N(a, x.scan->stacks + 1, lng_value *);
    return read_starts(&x) && read_overs(&x) && read_switches(&x) && turn(&x) ? results(&x) : none;
}
