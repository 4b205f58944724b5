/* Where the program's values are: the memory plan of one example. A value's place is taken when it is made and free once it was read for the last
 * time; views share the place of what they view, inputs and the output are the caller's. */
#include "export/c.h"
#include "tape/pool.h"

const lng_value *lng_c_behind(const lng_value *v)
{
    while (v->node->op->flags & LNG_OP_VIEW)
        v = v->node->in[0];
    return v;
}

static lng_c_home *home_of(const lng_c *c, const lng_value *v)
{
    return &c->home[lng_value_index(lng_c_behind(v))];
}

void lng_c_memory_begin(lng_c *c)
{
    const lng_graph *g = c->program->graph;
    c->home = LNG_NEW_N(c->arena, (g->nodes + 1) * LNG_MAX_OUT, lng_c_home);
    c->floats = LNG_NEW(c->arena, lng_pool);
    c->integers = LNG_NEW(c->arena, lng_pool);
    for (size_t i = 0; i < g->nodes; i++)
        for (int k = 0; c->live[i] && k < g->node[i]->n_in; k++)
            home_of(c, g->node[i]->in[k])->last = (int)i;
    lng_c_home *out = home_of(c, c->out);
    out->out = lng_c_behind(c->out)->node->op != &lng_op_input;
    out->last = (int)g->nodes;
}

bool lng_c_dies(const lng_c *c, const lng_node *n, const lng_value *v)
{
    const lng_c_home *h = home_of(c, v);
    return h->last == n->id && h->block && !h->given && !h->out;
}

static lng_pool *pool_of(const lng_c *c, const lng_value *v)
{
    return v->dtype == LNG_I32 ? c->integers : c->floats;
}

void lng_c_place(lng_c *c, const lng_node *n, const lng_value *over)
{
    for (int k = 0; k < n->n_out; k++) {
        const lng_value *v = &n->out[k];
        lng_c_home *h = home_of(c, v);
        if (h->out || h->last == 0)
            continue;
        if (over && k == 0) {
            lng_c_home *from = home_of(c, over);
            h->block = from->block;
            h->at = from->at;
            from->block = NULL;
            continue;
        }
        h->block = lng_pool_take(pool_of(c, v), c->arena, (size_t)lng_shape_size(v->shape));
        h->at = (int64_t)h->block->at;
    }
}

void lng_c_scratch(lng_c *c, int64_t floats)
{
    c->scratch_block = lng_pool_take(c->floats, c->arena, (size_t)floats);
    c->scratch = (int64_t)c->scratch_block->at;
}

int64_t lng_c_floats(const lng_c *c)
{
    return (int64_t)c->floats->end + c->slack + 1;
}
int64_t lng_c_integers(const lng_c *c)
{
    return (int64_t)c->integers->end + 1;
}

static void leave(lng_c *c, const lng_node *n, const lng_value *v)
{
    lng_c_home *h = home_of(c, v);
    if (h->block && h->last <= n->id) {
        lng_pool_return(pool_of(c, lng_c_behind(v)), h->block);
        h->block = NULL;
    }
}

void lng_c_leave(lng_c *c, const lng_node *n)
{
    for (int k = 0; k < n->n_in; k++)
        leave(c, n, n->in[k]);
    if (c->scratch_block)
        lng_pool_return(c->floats, c->scratch_block);
    c->scratch_block = NULL;
}

/* ---- constants ---- */
static const char *constant(lng_c *c, const lng_value *v, lng_c_layout layout, int64_t padding)
{
    lng_c_constant *k = NULL;
    for (size_t i = 0; i < c->constants && !k; i++)
        if (c->constant[i]->value == v && c->constant[i]->layout == layout)
            k = c->constant[i];
    if (!k) {
        k = LNG_NEW(c->arena, lng_c_constant);
        *k = (lng_c_constant){.value = v, .layout = layout};
        k->name = lng_map_new_name(c->names, lng_c_identifier(c->arena, v->node->name ? v->node->name : "constant"));
        lng_map_put(c->names, k->name, k);
        c->constant = lng_grow(c->arena, c->constant, c->constants, &c->capacity, sizeof *c->constant);
        c->constant[c->constants++] = k;
    }
    k->padding = padding > k->padding ? padding : k->padding;
    return lng_format(c->arena, "$%s", k->name);
}

const char *lng_c_read(lng_c *c, const lng_value *v, lng_c_layout layout, int64_t padding)
{
    const lng_value *base = lng_c_behind(v);
    const lng_c_home *h = home_of(c, v);
    if (!base->per_example)
        return constant(c, layout == LNG_C_AS_IS ? base : v, layout, padding);
    if (base->node->op == &lng_op_input)
        return c->program->field[base->node->attr[LNG_INPUT_INDEX].i].name;
    c->slack = padding > c->slack ? padding : c->slack;
    if (h->out)
        return c->out_name;
    return lng_format(c->arena, h->at ? "c->%s + %lld" : "c->%s", v->dtype == LNG_I32 ? "i" : "f", (long long)h->at);
}

const char *lng_c_at(lng_c *c, const lng_value *v)
{
    return lng_c_read(c, v, LNG_C_AS_IS, 0);
}
