/* Loops in C: a `for` around the calls of a turn. A step is an address in the value that it is a row of; a carry has memory of its own, which the
 * next value is copied to when a turn ends; a stack is written row by row. */
#include "export/c.h"
#include <string.h>

static long long bytes_of(const lng_value *v)
{
    return 4 * (long long)lng_shape_size(v->shape);
}

const char *lng_c_row_at(lng_c *c, const lng_node *n, int64_t rows, int64_t size)
{
    const char *turn = lng_format(c->arena, "turn%lld", (long long)n->attr[LNG_LOOP_NUMBER].i);
    if (n->attr[LNG_LOOP_REVERSE].i)
        turn = lng_format(c->arena, "(%lld - %s)", (long long)rows - 1, turn);
    return lng_format(c->arena, " + %s * %lld", turn, (long long)size);
}

static void copy(lng_c *c, const char *to, const char *from, const lng_value *v)
{
    lng_c_statement(c, "memcpy(%s, %s, %lld);", to, from, bytes_of(v));
}

bool lng_c_carry(lng_c *c, const lng_node *n)
{
    const char *from = lng_c_at(c, n->in[0]);
    lng_c_place(c, n, NULL);
    copy(c, lng_c_at(c, &n->out[0]), from, n->in[0]);
    return true;
}

bool lng_c_stack(lng_c *c, const lng_node *n)
{
    const lng_value *y = &n->out[0], *x = n->in[0];
    const char *row = lng_c_row_at(c, n, y->shape.dim[0], lng_shape_size(x->shape));
    copy(c, lng_format(c->arena, "%s%s", lng_c_at(c, y), row), lng_c_at(c, x), x);
    return true;
}

void lng_c_loop_begin(lng_c *c, const lng_loop *loop)
{
    const lng_graph *g = c->graph;
    if (!c->runs[loop->number])
        return;
    for (size_t i = 0; i < g->nodes; i++)
        if (c->live[i] && g->node[i]->op == &lng_op_loop_stack && g->node[i]->attr[LNG_LOOP_NUMBER].i == loop->number)
            lng_c_place(c, g->node[i], NULL);
    lng_c_statement(c, "for (int32_t turn%d = 0; turn%d < %lld; turn%d++) {", loop->number, loop->number, (long long)loop->count,
                    loop->number);
    c->depth++;
}

/* Whether the next value of a carry that lives is in the memory of another, which changes before it is read. */
static bool changes_before(const lng_c *c, const lng_loop *loop, size_t k)
{
    const lng_value *next = lng_c_behind(loop->carry[k].next);
    for (size_t i = 0; i < k && c->live[loop->carry[k].node->id]; i++)
        if (c->live[loop->carry[i].node->id] && next->node == loop->carry[i].node)
            return true;
    return false;
}

static int64_t floats_aside(const lng_c *c, const lng_loop *loop)
{
    int64_t floats = 0;
    for (size_t k = 0; k < loop->carries; k++)
        if (changes_before(c, loop, k))
            floats += lng_shape_size(loop->carry[k].next->shape);
    return floats;
}

/* Those are put aside first. */
static const char **put_aside(lng_c *c, const lng_loop *loop)
{
    const char **from = LNG_NEW_N(c->arena, loop->carries + 1, const char *);
    int64_t at = 0;
    const int64_t floats = floats_aside(c, loop);
    const char *scratch = floats > 0 ? lng_c_scratch(c, floats) : NULL;
    for (size_t k = 0; k < loop->carries; k++) {
        const lng_value *next = loop->carry[k].next;
        if (!c->live[loop->carry[k].node->id])
            continue;
        from[k] = lng_c_at(c, next);
        if (!changes_before(c, loop, k))
            continue;
        const char *aside = lng_format(c->arena, "%s + %lld", scratch, (long long)at);
        copy(c, aside, from[k], next);
        from[k] = aside;
        at += lng_shape_size(next->shape);
    }
    return from;
}

void lng_c_loop_end(lng_c *c, const lng_loop *loop)
{
    if (!c->runs[loop->number])
        return;
    const char **from = put_aside(c, loop);
    for (size_t k = 0; k < loop->carries; k++) {
        const char *to = from[k] ? lng_c_at(c, &loop->carry[k].node->out[0]) : NULL;
        if (to && strcmp(to, from[k]) != 0)
            copy(c, to, from[k], loop->carry[k].next);
    }
    lng_c_leave_all(c);
    c->depth--;
    lng_c_statement(c, "}");
}
