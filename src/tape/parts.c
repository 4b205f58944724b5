/* Values that are part of another one. They have no memory of their own and, mostly, no instruction:
 *
 *   a view            is the whole operand;
 *   a slice, a step   is a range of the operand, if its elements are adjacent. That of a step goes on with the turns of its loop;
 *   what is concatenated, what a loop stacks   is computed where it belongs, so nothing is copied;
 *   a carry and its next value, one of which is stacked   go along a track of one row more than there are turns: what a turn leaves is
 *                     where the next one reads it.
 *
 * Elements of per-example values are vectors of 64 bytes, so every range is aligned. A range of a shared value is a part if it begins at 64 bytes
 * in every turn, else a copy. Where variables are updated, all are copies: an update moves its value into the variable. */
#include "graph/ops.h"
#include "tape/inside.h"

typedef struct finding {
    lng_tape *tape;
    bool *next;             /* by lng_value_index: it becomes a carry, and is copied if it is a range */
    const lng_node **stack; /* by lng_value_index: the first one of it */
} finding;

const lng_value *lng_owner(const lng_tape *t, const lng_value *v)
{
    while (t->part[lng_value_index(v)].whole)
        v = t->part[lng_value_index(v)].whole;
    return v;
}

static tape_part *part_of(const lng_tape *t, const lng_value *v)
{
    return &t->part[lng_value_index(v)];
}

static bool is_live(const lng_tape *t, const lng_node *n)
{
    return t->stage_of[n->id] != LNG_STAGE_DEAD;
}

static const lng_value *behind_views(const lng_value *v)
{
    while (v->node->op->flags & LNG_OP_VIEW)
        v = v->node->in[0];
    return v;
}

/* Whether a part begins at a vector. What lies behind it in the whole does so, too, so nobody writes over it. */
static bool is_aligned(const lng_tape *t, const lng_value *v, tape_part p)
{
    return v->per_example || (t->graph->updates == 0 && p.first % LNG_LANES == 0 && p.turn % LNG_LANES == 0);
}

/* A part of a part that stays where it is, is one of the whole: so no chain of parts is longer than loops are deep. */
static void place(lng_tape *t, const lng_value *v, tape_part p)
{
    const tape_part *whole = part_of(t, p.whole);
    if (whole->whole && !whole->turn) {
        p.first += whole->first;
        p.whole = whole->whole;
    }
    *part_of(t, v) = p;
}

static void place_range(lng_tape *t, const lng_node *n, tape_part p)
{
    place(t, &n->out[0], p);
    t->idle[n->id] = true;
}

/* Whether a value, which is to be a part of a result of n, may be it: whatever computes it, in the same stage and loop, can write it there. */
static bool may_lie(const lng_tape *t, const lng_value *v, tape_part p, const lng_loop *loop, const lng_node *n)
{
    return !part_of(t, v)->whole && v->per_example == n->out[0].per_example && is_aligned(t, v, p) && v->node->loop == loop &&
           v->node->op != &lng_op_loop_carry && !(v->node->op->flags & (LNG_OP_VIEW | LNG_OP_STORED | LNG_OP_BATCH)) &&
           t->stage_of[v->node->id] == t->stage_of[n->id];
}

/* ---- tracks ---- */
/* The track is a second result of the carry, which the graph does not know. */
static const lng_value *new_track(lng_tape *t, const lng_carry *c, int64_t rows)
{
    lng_value *track = LNG_NEW(t->arena, lng_value);
    *track = c->node->out[0];
    track->port = 1;
    track->shape = lng_shape_stacked(track->shape, rows);
    return track;
}

static void find_track(const finding *f, const lng_loop *loop, const lng_carry *c)
{
    lng_tape *t = f->tape;
    const lng_value *v = &c->node->out[0], *next = c->next;
    const lng_node *before = f->stack[lng_value_index(v)], *after = f->stack[lng_value_index(next)];
    if (!is_live(t, c->node) || (!before && !after))
        return;
    const bool reverse = (before ? before : after)->attr[LNG_LOOP_REVERSE].i;
    const int64_t row = lng_shape_size(v->shape), turn = reverse ? -row : row;
    const lng_value *track = new_track(t, c, loop->count + 1);
    const tape_part now = {track, reverse ? loop->count * row : 0, turn, loop->number};
    const tape_part then = {track, now.first + turn, turn, loop->number};
    if (lng_shape_size(track->shape) < 0 || !may_lie(t, next, then, loop, c->node))
        return;
    *part_of(t, v) = now;
    *part_of(t, next) = then;
    if (before)
        place_range(t, before, (tape_part){.whole = track, .first = reverse ? row : 0});
    if (after && reverse == (after->attr[LNG_LOOP_REVERSE].i != 0))
        place_range(t, after, (tape_part){.whole = track, .first = reverse ? 0 : row});
}

static void find_tracks(const finding *f)
{
    const lng_graph *g = f->tape->graph;
    for (size_t i = 0; i < g->loops; i++)
        for (size_t k = 0; k < g->loop[i]->carries; k++)
            find_track(f, g->loop[i], &g->loop[i]->carry[k]);
}

/* The last value of a carry that is on a track is at its end. */
static tape_part view_of(const lng_tape *t, const lng_node *n)
{
    const tape_part *x = part_of(t, n->in[0]);
    if (n->op != &lng_op_loop_last || !x->turn)
        return (tape_part){.whole = n->in[0]};
    return (tape_part){.whole = x->whole, .first = x->first + x->turn * (x->whole->shape.dim[0] - 1)};
}

/* ---- ranges ---- */
static void find_range(lng_tape *t, const lng_node *n, tape_part p)
{
    if (is_aligned(t, &n->out[0], p))
        place_range(t, n, p);
}

/* Rows of a stack, which the loop (-1: none, turn 0) goes through. */
static tape_part row_of(const lng_value *stack, const lng_node *n)
{
    const int64_t loop = n->attr[LNG_LOOP_NUMBER].i, rows = stack->shape.dim[0], row = lng_shape_size(lng_shape_row(stack->shape));
    const bool reverse = n->attr[LNG_LOOP_REVERSE].i;
    const int64_t first = reverse ? (rows - 1) * row : 0;
    return loop < 0 ? (tape_part){.whole = stack, .first = first} : (tape_part){stack, first, reverse ? -row : row, (int)loop};
}

/* The elements before an axis and behind it. */
static void around_axis(lng_shape s, int64_t axis, int64_t *before, int64_t *behind)
{
    *before = *behind = 1;
    for (int i = 0; i < s.rank; i++)
        *(i < axis ? before : behind) *= i == axis ? 1 : s.dim[i];
}

static void find_slice(lng_tape *t, const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int64_t attr = n->attr[LNG_SLICE_AXIS].i, axis = attr < 0 ? attr + x.rank : attr, start = n->attr[LNG_SLICE_START].i;
    int64_t before, behind;
    around_axis(x, axis, &before, &behind);
    if (before == 1 && (n->attr[LNG_SLICE_STEP].i == 1 || n->out[0].shape.dim[axis] == 1))
        find_range(t, n, (tape_part){.whole = n->in[0], .first = (start < 0 ? start + x.dim[axis] : start) * behind});
}

static void find_ranges(const finding *f)
{
    lng_tape *t = f->tape;
    for (size_t i = 0; i < t->graph->nodes; i++) {
        const lng_node *n = t->graph->node[i];
        if (n->op->flags & LNG_OP_VIEW)
            place_range(t, n, view_of(t, n));
        else if (!is_live(t, n) || f->next[lng_value_index(&n->out[0])])
            continue;
        else if (n->op == &lng_op_loop_step)
            find_range(t, n, row_of(n->in[0], n));
        else if (n->op == &lng_op_slice)
            find_slice(t, n);
    }
}

/* ---- values that are computed in their place ---- */
static void find_stack(lng_tape *t, const lng_node *n)
{
    const int64_t number = n->attr[LNG_LOOP_NUMBER].i;
    const lng_value *v = behind_views(n->in[0]);
    const tape_part row = row_of(&n->out[0], n);
    if (t->idle[n->id] || number < 0 || !may_lie(t, v, row, t->graph->loop[number], n))
        return;
    place(t, v, row);
    t->idle[n->id] = true;
}

static bool may_join(const lng_tape *t, const lng_node *n)
{
    int64_t before, behind;
    const int64_t axis = n->attr[LNG_CONCAT_AXIS].i, rank = n->out[0].shape.rank;
    around_axis(n->out[0].shape, axis < 0 ? axis + rank : axis, &before, &behind);
    tape_part p = {.whole = &n->out[0]};
    for (int i = 0; i < n->n_in; p.first += lng_shape_size(n->in[i++]->shape)) {
        const lng_value *v = behind_views(n->in[i]);
        for (int k = 0; k < i; k++)
            if (behind_views(n->in[k]) == v)
                return false;
        if (!may_lie(t, v, p, n->loop, n))
            return false;
    }
    return before == 1;
}

static void find_concat(lng_tape *t, const lng_node *n)
{
    if (!may_join(t, n))
        return;
    for (int64_t i = 0, at = 0; i < n->n_in; at += lng_shape_size(n->in[i++]->shape))
        place(t, behind_views(n->in[i]), (tape_part){.whole = &n->out[0], .first = at});
    t->idle[n->id] = true;
}

/* What a value is part of comes after it. */
static void find_places(lng_tape *t)
{
    for (size_t i = t->graph->nodes; i-- > 0;) {
        const lng_node *n = t->graph->node[i];
        if (is_live(t, n) && n->op == &lng_op_loop_stack)
            find_stack(t, n);
        else if (is_live(t, n) && n->op == &lng_op_concat)
            find_concat(t, n);
    }
}

void lng_find_parts(lng_tape *t)
{
    const lng_graph *g = t->graph;
    const size_t values = (g->nodes + 1) * LNG_MAX_OUT;
    const finding f = {t, LNG_NEW_N(t->arena, values, bool), LNG_NEW_N(t->arena, values, const lng_node *)};
    t->part = LNG_NEW_N(t->arena, values, tape_part);
    t->idle = LNG_NEW_N(t->arena, g->nodes + 1, bool);
    for (size_t i = 0; i < g->loops; i++)
        for (size_t k = 0; k < g->loop[i]->carries; k++)
            f.next[lng_value_index(behind_views(g->loop[i]->carry[k].next))] = true;
    for (size_t i = g->nodes; i-- > 0;) {
        const lng_node *n = g->node[i];
        const lng_loop *loop = n->op == &lng_op_loop_stack && is_live(t, n) ? n->in[0]->node->loop : NULL;
        if (loop && n->attr[LNG_LOOP_NUMBER].i == loop->number)
            f.stack[lng_value_index(n->in[0])] = n;
    }
    find_tracks(&f);
    find_ranges(&f);
    find_places(t);
}
