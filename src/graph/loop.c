/* Loops: how values come in, go on from turn to turn, and leave; and the order of execution. */
#include "base/assert.h"
#include "graph/ops.h"
#include <string.h>

static bool is_stack(const lng_node *n)
{
    return n->op == &lng_op_loop_stack;
}

bool lng_loop_has(const lng_loop *loop, const lng_loop *inner)
{
    while (inner && inner != loop)
        inner = inner->outer;
    return inner == loop;
}

/* Emits a node of these operands as they are, whatever loop is open. */
static lng_value *emit(lng_graph *g, const lng_op *op, lng_value *x, const lng_attr *attr)
{
    lng_loop *inside = g->inside;
    g->inside = NULL;
    lng_value *v = x ? lng_emit(g, op, &x, 1, attr, NULL) : NULL;
    g->inside = inside;
    return v;
}

lng_loop *lng_loop_open(lng_graph *g, int64_t count)
{
    lng_loop *loop = LNG_NEW(g->arena, lng_loop);
    *loop = (lng_loop){.number = (int)g->loops,
                       .outer = g->inside,
                       .count = count,
                       .begin = (int)g->nodes,
                       .end = (int)g->nodes,
                       .place = g->place};
    g->loop = lng_grow(g->arena, g->loop, g->loops, &g->loop_capacity, sizeof *g->loop);
    g->loop[g->loops++] = loop;
    return g->inside = loop;
}

void lng_loop_close(lng_graph *g)
{
    lng_loop *loop = g->inside;
    LNG_ASSERT(loop);
    for (size_t i = 0; i < loop->carries; i++)
        LNG_ASSERT(loop->carry[i].next);
    loop->end = (int)g->nodes;
    g->inside = loop->outer;
}

lng_value *lng_loop_carry(lng_graph *g, lng_value *start)
{
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_LOOP_NUMBER] = {.i = g->inside->number}, [LNG_LOOP_INDEX] = {.i = (int64_t)g->inside->carries}};
    start = lng_batch_broadcast(g, start);
    return emit(g, &lng_op_loop_carry, start ? lng_loop_reach(g, g->inside->outer, start) : NULL, attr);
}

bool lng_loop_next(lng_graph *g, lng_value *carry, lng_value *next)
{
    next = lng_batch_broadcast(g, next);
    next = next ? lng_loop_reach(g, g->inside, next) : NULL;
    if (!carry || !next)
        return false;
    LNG_ASSERT(carry->node->op == &lng_op_loop_carry && carry->node->loop == g->inside);
    LNG_ASSERT(lng_shape_equal(carry->shape, next->shape) && carry->dtype == next->dtype);
    for (size_t i = 0; i < g->inside->carries; i++)
        if (g->inside->carry[i].node == carry->node)
            g->inside->carry[i].next = next;
    return true;
}

/* x is of the loop's outer one, or of none. */
static lng_value *step(lng_graph *g, const lng_loop *loop, lng_value *x, bool reverse)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_LOOP_NUMBER] = {.i = loop->number}, [LNG_LOOP_REVERSE] = {.i = reverse}};
    return emit(g, &lng_op_loop_step, x, attr);
}

lng_value *lng_loop_step(lng_graph *g, lng_value *x, bool reverse)
{
    double fill;
    if (x && x->shape.rank > 0 && lng_value_is_constant(x, &fill)) /* such as the mask of a layer that has none */
        return lng_constant(g, fill, lng_shape_row(x->shape));
    x = lng_batch_broadcast(g, x);
    return x ? step(g, g->inside, lng_loop_reach(g, g->inside->outer, x), reverse) : NULL;
}

/* `size` numbers for each turn of a loop: the draw is outside of all loops, so the numbers of its elements count the turns, too, and the
 * way back reads the rows that the turns have read. */
static lng_value *draw(lng_graph *g, const lng_loop *loop, const lng_op *op, lng_attr *attr, const char *name, int64_t size)
{
    attr[LNG_RANDOM_SHAPE].v = lng_shape_of(1, size);
    if (!loop)
        return lng_emit(g, op, NULL, 0, attr, name);
    lng_value *all = lng_batch_broadcast(g, draw(g, loop->outer, op, attr, name, loop->count * size));
    all = lng_reshape(g, all, lng_shape_of(2, loop->count, size));
    return all ? step(g, loop, all, false) : NULL;
}

static bool draws_too_much(lng_graph *g, int64_t size)
{
    for (const lng_loop *l = g->inside; l && size <= LNG_MAX_ELEMENTS; l = l->outer)
        size *= l->count;
    if (size > LNG_MAX_ELEMENTS && g->errors)
        lng_error(g->errors, LNG_E_LIMIT, g->place, "the turns of this scan together would draw more than %lld numbers",
                  (long long)LNG_MAX_ELEMENTS);
    return size > LNG_MAX_ELEMENTS;
}

lng_value *lng_loop_draw(lng_graph *g, const lng_op *op, const lng_attr *attr, const char *name)
{
    const lng_shape shape = attr[LNG_RANDOM_SHAPE].v;
    const int64_t size = lng_shape_size(shape);
    if (!g->inside || size < 1) /* the op's rule refuses such a shape */
        return lng_emit(g, op, NULL, 0, attr, name);
    if (draws_too_much(g, size))
        return NULL;
    lng_attr all[LNG_MAX_ATTR];
    memcpy(all, attr, (size_t)op->n_attr * sizeof *attr);
    return lng_reshape(g, draw(g, g->inside, op, all, name, size), shape);
}

lng_value *lng_loop_last(lng_graph *g, lng_value *carry)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_LOOP_NUMBER] = {.i = carry ? carry->node->loop->number : 0}};
    return emit(g, &lng_op_loop_last, carry, attr);
}

/* The rows of a value one after the other are the value; NULL: it cannot be turned round, because it is of a loop that is closed. */
static lng_value *stack_of_steps(lng_graph *g, const lng_node *step, bool reverse)
{
    static const lng_attr first[LNG_MAX_ATTR] = {[LNG_FLIP_AXIS] = {.i = 0}};
    const lng_loop *of = step->in[0]->node->loop;
    if (reverse == (step->attr[LNG_LOOP_REVERSE].i != 0))
        return step->in[0];
    return !of || lng_loop_has(of, g->inside) ? emit(g, &lng_op_flip, step->in[0], first) : NULL;
}

lng_value *lng_loop_stack(lng_graph *g, lng_loop *loop, lng_value *v, bool reverse)
{
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_LOOP_NUMBER] = {.i = loop->number}, [LNG_LOOP_REVERSE] = {.i = reverse}, [LNG_LOOP_COUNT] = {.i = loop->count}};
    const bool full = v && v->shape.rank == LNG_MAX_RANK; /* the op's rule says so */
    lng_value *known = v && v->node->loop == loop && v->node->op == &lng_op_loop_step ? stack_of_steps(g, v->node, reverse) : NULL;
    if (known)
        return known;
    if (!v || full || (v->node->loop == loop && v->node->op != &lng_op_reshape))
        return emit(g, &lng_op_loop_stack, v, attr);
    if (v->node->loop == loop)
        return lng_reshape(g, lng_loop_stack(g, loop, v->node->in[0], reverse), lng_shape_stacked(v->shape, loop->count));
    LNG_ASSERT(!v->node->loop || lng_loop_has(v->node->loop, loop));
    const lng_attr as_one[LNG_MAX_ATTR] = {[LNG_RESHAPE_SHAPE] = {.v = lng_shape_stacked(v->shape, 1)}};
    const lng_attr stretched[LNG_MAX_ATTR] = {[LNG_BROADCAST_SHAPE] = {.v = lng_shape_stacked(v->shape, loop->count)}};
    return emit(g, &lng_op_broadcast, emit(g, &lng_op_reshape, v, as_one), stretched);
}

/* Operands that the turns share are no sum of products over the turns. */
static lng_value *contract(lng_graph *g, lng_loop *loop, const lng_node *n)
{
    lng_value *stacked[LNG_MAX_IN];
    if (!n->op->contract_turns)
        return NULL;
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->node->loop != loop)
            return NULL;
    for (int i = 0; i < n->n_in; i++)
        if (!(stacked[i] = lng_loop_stack(g, loop, n->in[i], false)))
            return NULL;
    return n->op->contract_turns(g, n, stacked);
}

lng_value *lng_loop_sum(lng_graph *g, lng_loop *loop, lng_value *v)
{
    if (!v)
        return NULL;
    const lng_node *n = v->node;
    if (n->loop == loop && n->op == &lng_op_reshape)
        return lng_reshape(g, lng_loop_sum(g, loop, n->in[0]), v->shape);
    if (n->loop != loop)
        return lng_mul(g, v, lng_scalar(g, (double)loop->count));
    lng_value *contracted = contract(g, loop, n);
    return contracted ? contracted : lng_sum(g, lng_loop_stack(g, loop, v, false), (lng_shape){.rank = 1}, false);
}

/* ---- what a loop reads of the one that it goes back over ---- */
/* A row of all turns' values, or of what the turns have stepped through. */
static lng_value *kept(lng_graph *g, lng_loop *back, lng_value *v)
{
    const lng_node *n = v->node;
    const bool stepped = n->op == &lng_op_loop_step;
    lng_value *all = stepped ? n->in[0] : lng_loop_stack(g, back->back, v, false);
    all = all ? lng_loop_reach(g, back->outer, all) : NULL;
    return all ? step(g, back, all, !stepped || !n->attr[LNG_LOOP_REVERSE].i) : NULL;
}

static lng_value **replayed(lng_loop *back, const lng_value *v)
{
    return &back->replay[lng_value_index(v) - (size_t)back->back->begin * LNG_MAX_OUT];
}

/* A value of the loop gone back over, as far as it has been computed again; what carries and inner loops leave is kept. */
static lng_value *read_again(lng_graph *g, lng_loop *back, lng_value *v)
{
    if (v->node->loop != back->back)
        return lng_loop_reach(g, back, v);
    lng_value *again = v->node->id < back->back->end ? *replayed(back, v) : NULL;
    return again ? again : kept(g, back, v);
}

static bool replay_node(lng_graph *g, lng_loop *back, lng_node *n)
{
    lng_value *in[LNG_MAX_IN];
    g->scope = n->name;
    g->place = n->place;
    for (int i = 0; i < n->n_in; i++)
        if (!(in[i] = read_again(g, back, n->in[i])))
            return false;
    lng_value *first = lng_emit(g, n->op, in, n->n_in, n->attr, NULL);
    for (int i = 0; first && i < n->n_out; i++)
        *replayed(back, &n->out[i]) = n->n_out == 1 ? first : &first->node->out[i];
    return first;
}

/* A turn once more, in the loop that goes back over it. Nobody reads most of it, perhaps. */
static bool replay(lng_graph *g, lng_loop *back)
{
    const lng_loop *loop = back->back;
    lng_loop *inside = g->inside;
    const char *scope = g->scope;
    const lng_place place = g->place;
    bool good = true;
    back->replay = LNG_NEW_N(g->arena, (size_t)(loop->end - loop->begin) * LNG_MAX_OUT + 1, lng_value *);
    g->inside = back;
    for (int id = loop->begin; id < loop->end && good; id++) {
        lng_node *n = g->node[id];
        if (n->loop == loop && !(n->op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES)))
            good = replay_node(g, back, n);
    }
    g->inside = inside;
    g->scope = scope;
    g->place = place;
    return good;
}

lng_value *lng_loop_reach(lng_graph *g, lng_loop *loop, lng_value *v)
{
    lng_loop *of = v->node->loop, *back = loop;
    if (!of || lng_loop_has(of, loop))
        return v;
    while (back && back->back != of)
        back = back->outer;
    LNG_ASSERT(back); /* a value of a loop is read there, or by what goes back over it */
    if (!of->remat)
        return kept(g, back, v);
    return back->replay || replay(g, back) ? read_again(g, back, v) : NULL;
}

int64_t lng_node_turns(const lng_node *n)
{
    int64_t turns = 1;
    for (const lng_loop *loop = n->loop; loop; loop = loop->outer)
        turns *= loop->count;
    return turns;
}

int64_t lng_node_cost(const lng_node *n)
{
    const int64_t most = INT64_MAX >> 19; /* more than any machine computes; the sum over a graph does not overflow */
    const int64_t cost = n->op->cost ? n->op->cost(n) : 0, turns = lng_node_turns(n);
    return cost < most / turns ? cost * turns : most;
}

/* ---- the order of execution ---- */
typedef struct ordering {
    const lng_graph *graph;
    int *ending;        /* by id: the first loop that ends there, + 1 */
    int *next_ending;   /* by loop: the next one that ends at the same id */
    lng_node **stack;   /* by loop: the first node that stacks a value of it */
    lng_node **another; /* by id: the next one of the same loop */
    lng_entry *entry;
    size_t count;
} ordering;

static void put(ordering *o, int what, lng_node *n, lng_loop *loop)
{
    o->entry[o->count].what = what;
    o->entry[o->count].node = n;
    o->entry[o->count++].loop = loop;
}

static void order_loop(ordering *o, lng_loop *loop);

/* The nodes from `begin` to `end` that run once in each turn of a loop (NULL: of none), and the loops that end there. */
static void order_range(ordering *o, const lng_loop *loop, int begin, int end)
{
    for (int id = begin; id <= end; id++) {
        for (int k = o->ending[id]; k; k = o->next_ending[k - 1])
            if (o->graph->loop[k - 1]->outer == loop)
                order_loop(o, o->graph->loop[k - 1]);
        if (id == end)
            return;
        lng_node *n = o->graph->node[id];
        const lng_loop *home = n->op == &lng_op_loop_carry && n->loop ? n->loop->outer : n->loop; /* it starts before its loop */
        if (home == loop && !(is_stack(n) && n->attr[LNG_LOOP_NUMBER].i >= 0))
            put(o, LNG_ENTRY_NODE, n, NULL);
    }
}

static void order_loop(ordering *o, lng_loop *loop)
{
    put(o, LNG_ENTRY_BEGIN, NULL, loop);
    order_range(o, loop, loop->begin, loop->end);
    for (lng_node *n = o->stack[loop->number]; n; n = o->another[n->id])
        put(o, LNG_ENTRY_NODE, n, NULL);
    put(o, LNG_ENTRY_END, NULL, loop);
}

lng_entry *lng_graph_order(const lng_graph *g, lng_arena *arena, size_t *count)
{
    ordering o = {.graph = g,
                  .ending = LNG_NEW_N(arena, g->nodes + 1, int),
                  .next_ending = LNG_NEW_N(arena, g->loops + 1, int),
                  .stack = LNG_NEW_N(arena, g->loops + 1, lng_node *),
                  .another = LNG_NEW_N(arena, g->nodes + 1, lng_node *),
                  .entry = LNG_NEW_N(arena, g->nodes + 2 * g->loops + 1, lng_entry)};
    for (size_t k = g->loops; k-- > 0;) {
        if (g->loop[k]->end > (int)g->nodes) /* of a graph that was cut off before it */
            continue;
        int *first = &o.ending[g->loop[k]->end];
        o.next_ending[k] = *first;
        *first = (int)k + 1;
    }
    for (size_t i = g->nodes; i-- > 0;)
        if (is_stack(g->node[i]) && g->node[i]->attr[LNG_LOOP_NUMBER].i >= 0) {
            lng_node **first = &o.stack[g->node[i]->attr[LNG_LOOP_NUMBER].i];
            o.another[i] = *first;
            *first = g->node[i];
        }
    order_range(&o, NULL, 0, (int)g->nodes);
    *count = o.count;
    return o.entry;
}
