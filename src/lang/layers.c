/* The rows of the layer table (layers.h). */
#include "lang/layers.h"
#include "lang/turn.h"
#include <stdlib.h>

typedef struct row {
    lng_layer layer;
    lng_row_kind kind;
    const lng_expr *of;
    lng_place place;
    const lng_turn *turn;
    int index, parent; /* -1: none */
    bool has_value;
} row;

struct lng_layers {
    lng_arena *arena;
    row *row;
    size_t rows, capacity;
    int current;        /* row; -1: none */
    size_t nodes;       /* of the graph that are in a row, or in none */
    int64_t parameters; /* the same, of those that the graph reads */
};

struct lng_layers *lng_layers_new(lng_arena *arena)
{
    struct lng_layers *l = LNG_NEW(arena, struct lng_layers);
    *l = (struct lng_layers){.arena = arena, .current = -1};
    return l;
}

/* What is new since the last time is the current row's. */
static void settle(struct lng_layers *l, const lng_elab *e)
{
    int64_t cost = 0;
    for (; l->nodes < e->graph->nodes; l->nodes++)
        cost += lng_node_cost(e->graph->node[l->nodes]);
    if (l->current >= 0) {
        l->row[l->current].layer.cost += cost;
        l->row[l->current].layer.parameters += e->parameters - l->parameters;
    }
    l->parameters = e->parameters;
}

/* The text of an expression in one line. */
static const char *text_of(lng_arena *arena, const lng_expr *e)
{
    lng_text t = lng_text_new(arena);
    if (e->kind == LNG_EXPR_CALL)
        return e->name;
    if (!e->doc->text) /* it is made of YAML */
        return e->kind == LNG_EXPR_SCAN ? "scan" : "list";
    for (const char *at = e->doc->text; *at; at++)
        if (*at != '\n')
            lng_text_put(&t, at, 1);
        else if (t.length > 0 && t.at[t.length - 1] != ' ')
            lng_text_put(&t, " ", 1);
    return t.at;
}

int lng_layers_enter(lng_scope *s, lng_row_kind kind, const char *name, const lng_expr *of, lng_place place)
{
    struct lng_layers *l = s->e->layers;
    if (!l || s->caller || s->e->initializing)
        return -1;
    if (kind == LNG_ROW_OF_CALL && (l->current < 0 || l->row[l->current].of == of))
        return -1;
    if (name && kind == LNG_ROW_OF_CALL)
        name = lng_path(l->arena, lng_scope_path(s), name);
    settle(l, s->e);
    l->row = lng_grow(l->arena, l->row, l->rows, &l->capacity, sizeof *l->row);
    const char *text = text_of(l->arena, of);
    l->row[l->rows] = (row){.layer = {.name = name ? name : text, .block = text},
                            .kind = kind,
                            .of = of,
                            .place = place,
                            .turn = s->turn,
                            .index = (int)l->rows,
                            .parent = l->current};
    return l->current = (int)l->rows++;
}

static void take_value(row *r, const lng_datum *t)
{
    if (t->kind == LNG_DATUM_TUPLE)
        for (size_t i = t->items; i-- > 0;)
            take_value(r, &t->item[i]);
    if (t->kind != LNG_DATUM_VALUE)
        return;
    r->has_value = true;
    r->layer.shape = t->value->shape; /* of several, the first */
    r->layer.value = t->value;
    r->layer.memory += 4 * lng_shape_size(t->value->shape);
}

void lng_layers_leave(lng_scope *s, int index, const lng_datum *t)
{
    struct lng_layers *l = s->e->layers;
    if (index < 0)
        return;
    settle(l, s->e);
    take_value(&l->row[index], t);
    l->current = l->row[index].parent;
}

/* Where a row is at a depth of turns: the place of what has the turns, with the number of the turn; below the last turn, its own. */
typedef struct position {
    lng_place place;
    int64_t index;
} position;

static position position_of(const row *r, int depth)
{
    const lng_turn *t = r->turn;
    while (t && t->depth > depth)
        t = t->outer;
    return t && t->depth == depth ? (position){t->place, t->index} : (position){r->place, r->index};
}

static int compare_positions(position a, position b)
{
    if (a.place.line != b.place.line)
        return a.place.line < b.place.line ? -1 : 1;
    if (a.place.column != b.place.column)
        return a.place.column < b.place.column ? -1 : 1;
    return (a.index > b.index) - (a.index < b.index);
}

static int by_place(const void *a, const void *b)
{
    const row *x = a, *y = b;
    const int deep = x->turn ? x->turn->depth : 0, deep_y = y->turn ? y->turn->depth : 0, last = deep > deep_y ? deep : deep_y;
    int order = 0;
    for (int depth = 1; depth <= last + 1 && order == 0; depth++)
        order = compare_positions(position_of(x, depth), position_of(y, depth));
    return order ? order : x->index - y->index;
}

static lng_layer layer_of(const row *r, const lng_graph *g)
{
    lng_layer l = r->layer;
    const size_t id = (size_t)l.value->node->id;
    if (id >= g->nodes || g->node[id] != l.value->node)
        l.value = NULL;
    return l;
}

void lng_layers_finish(struct lng_layers *l, lng_model *m)
{
    size_t kept = 0;
    for (size_t i = l->rows; i-- > 0;) { /* what is inside of a row stands after it */
        row *r = &l->row[i];
        const bool whole = r->has_value && (r->kind == LNG_ROW_OF_TEXT || r->layer.parameters > 0 || r->layer.cost > 0);
        if (!whole && r->parent >= 0) {
            l->row[r->parent].layer.cost += r->layer.cost;
            l->row[r->parent].layer.parameters += r->layer.parameters;
        }
        r->has_value = whole;
    }
    for (size_t i = 0; i < l->rows; i++)
        if (l->row[i].has_value)
            l->row[kept++] = l->row[i];
    qsort(l->row, kept, sizeof *l->row, by_place);
    m->layer = LNG_NEW_N(m->arena, kept + 1, lng_layer);
    m->layers = kept;
    for (size_t i = 0; i < kept; i++)
        m->layer[i] = layer_of(&l->row[i], m->plain);
}
