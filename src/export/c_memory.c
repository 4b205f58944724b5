/* Where the program's values are: the memory plan of one example. A value's place is taken when it is made and free once it was read for the last
 * time, which is the end of a loop if its turns read it from outside; views share the place of what they view, inputs and the output are the
 * caller's. */
#include "export/c.h"
#include "tape/pool.h"

/* There is one example, so what all examples share is its own. How the weights of conv2d_pool are laid out is for vectors: their one reader finds them. */
static bool is_view(const lng_node *n)
{
    return n->op->flags & LNG_OP_VIEW || n->op == &lng_op_batch_broadcast || n->op == &lng_op_loop_step ||
           n->op == &lng_op_conv2d_pool_weights;
}

const lng_value *lng_c_behind(const lng_value *v)
{
    while (is_view(v->node))
        v = v->node->in[0];
    return v;
}

static lng_c_home *home_of(const lng_c *c, const lng_value *v)
{
    return &c->home[lng_value_index(lng_c_behind(v))];
}

bool lng_c_is_read(const lng_c *c, const lng_value *v)
{
    return home_of(c, v)->last > 0;
}

/* Who reads: a node of these loops. */
typedef struct reader {
    const lng_loop *loop;
    const int *end;  /* of each loop: when its last turn is over */
    int stage, last; /* of a step: in which loop over the examples, and when the last one is over; -1: in none */
} reader;

/* A value is read at a time. If it is from outside of a loop, it must be there for the last turn; if it is from outside of that over the examples, for the
 * last one, and if it belongs to examples, all of theirs must be. */
static void read_at(const lng_c *c, const lng_value *v, const reader *r, int time)
{
    const lng_value *behind = lng_c_behind(v);
    lng_c_home *h = home_of(c, v);
    for (const lng_loop *loop = r->loop; loop && !lng_loop_has(loop, behind->node->loop); loop = loop->outer)
        time = r->end[loop->number];
    if (r->stage >= 0 && c->stage[behind->node->id] != r->stage) {
        time = r->last;
        h->kept |= behind->per_example && behind->node->op != &lng_op_input;
    }
    h->last = time > h->last ? time : h->last;
}

/* A turn leaves the next values of the carries. */
static void read_carries(const lng_c *c, const reader *r)
{
    const lng_loop *loop = r->loop;
    for (size_t k = 0; k < loop->carries; k++)
        if (c->live[loop->carry[k].node->id]) {
            read_at(c, &loop->carry[k].node->out[0], r, r->end[loop->number]);
            read_at(c, loop->carry[k].next, r, r->end[loop->number]);
        }
}

static void read_operands(const lng_c *c, const lng_node *n, const reader *r, int time)
{
    if (!c->live[n->id])
        return;
    for (int k = 0; k < n->n_in; k++)
        read_at(c, n->in[k], r, time);
    if (n->n_out > 1 && !lng_c_is_read(c, &n->out[0])) /* it is written beside the second */
        home_of(c, &n->out[0])->last = time;
    for (const lng_loop *loop = r->loop; loop; loop = loop->outer)
        c->runs[loop->number] = true;
}

/* When each loop ends, and that over the examples which begins with entry i. */
static int *find_ends(const lng_c *c)
{
    int *end = LNG_NEW_N(c->arena, c->graph->loops + 1, int);
    for (size_t i = 0; i < c->entries; i++)
        if (c->order[i].what == LNG_ENTRY_END && c->order[i].loop)
            end[c->order[i].loop->number] = (int)i + 1;
    return end;
}

static int end_of_examples(const lng_c *c, size_t begin)
{
    while (c->order[begin].what != LNG_ENTRY_END || c->order[begin].loop)
        begin++;
    return (int)begin + 1;
}

static void find_lifetimes(lng_c *c)
{
    reader r = {.end = find_ends(c), .stage = -1};
    int stages = 0;
    for (size_t i = 0; i < c->entries; i++) {
        const lng_entry *e = &c->order[i];
        if (e->what == LNG_ENTRY_NODE) {
            read_operands(c, e->node, &r, (int)i + 1);
        } else if (!e->loop) {
            r.stage = e->what == LNG_ENTRY_BEGIN ? stages++ : -1;
            r.last = r.stage < 0 ? 0 : end_of_examples(c, i);
        } else {
            r.loop = e->what == LNG_ENTRY_BEGIN ? e->loop : e->loop->outer;
            if (e->what == LNG_ENTRY_BEGIN)
                read_carries(c, &r);
        }
    }
}

void lng_c_memory_begin(lng_c *c)
{
    c->runs = LNG_NEW_N(c->arena, c->graph->loops + 1, bool);
    c->home = LNG_NEW_N(c->arena, (c->graph->nodes + 1) * LNG_MAX_OUT, lng_c_home);
    c->floats = LNG_NEW(c->arena, lng_pool);
    c->integers = LNG_NEW(c->arena, lng_pool);
    c->bytes = LNG_NEW(c->arena, lng_pool);
    if (c->steps)
        lng_c_order_step(c);
    else
        c->order = lng_graph_order(c->graph, c->arena, &c->entries);
    find_lifetimes(c);
    if (c->learner)
        lng_c_place_variables(c);
    if (c->steps) {
        lng_c_read_results(c);
        return;
    }
    lng_c_home *out = home_of(c, c->out);
    out->out = lng_c_behind(c->out)->node->op != &lng_op_input && !out->given;
    out->last = (int)c->entries + 1;
}

bool lng_c_is_computed(const lng_c *c, const lng_value *v)
{
    return c->computed[v->node->id];
}

bool lng_c_is_placed(const lng_c *c, const lng_value *v)
{
    const lng_c_home *h = home_of(c, v);
    return h->out || h->given || h->block;
}

bool lng_c_is_variable_of(const lng_c *c, const lng_value *v, const lng_value *result)
{
    const lng_c_home *from = home_of(c, v), *to = home_of(c, result);
    return from->given && to->given && from->at == to->at;
}

lng_c_home *lng_c_home_of(const lng_c *c, const lng_value *v)
{
    return home_of(c, v);
}

bool lng_c_dies(const lng_c *c, const lng_value *v)
{
    const lng_c_home *h = home_of(c, v);
    return h->last == c->now && h->block && !h->given && !h->out;
}

static lng_pool *pool_of(const lng_c *c, const lng_value *v)
{
    return v->dtype == LNG_I32 ? c->integers : c->floats;
}

void lng_c_take(lng_c *c, const lng_value *v, int64_t size)
{
    lng_c_home *h = home_of(c, v);
    h->block = lng_pool_take(pool_of(c, v), c->arena, (size_t)size);
    h->at = (int64_t)h->block->at;
}

void lng_c_place(lng_c *c, const lng_node *n, const lng_value *over)
{
    for (int k = 0; k < n->n_out; k++) {
        const lng_value *v = &n->out[k];
        lng_c_home *h = home_of(c, v);
        if (lng_c_is_placed(c, v) || h->last == 0)
            continue;
        if (over && k == 0) {
            lng_c_home *from = home_of(c, over);
            h->block = from->block;
            h->at = from->at;
            from->block = NULL;
            continue;
        }
        lng_c_take(c, v, lng_shape_size(v->shape) * (h->kept ? c->program->batch : 1));
    }
}

const char *lng_c_scratch(lng_c *c, int64_t floats)
{
    c->scratch[0] = lng_pool_take(c->floats, c->arena, (size_t)floats);
    return lng_format(c->arena, "c->f + %zu", c->scratch[0]->at);
}

const char *lng_c_scratch_bytes(lng_c *c, int64_t bytes)
{
    c->scratch[1] = lng_pool_take(c->bytes, c->arena, (size_t)bytes);
    return lng_format(c->arena, "c->q + %zu", c->scratch[1]->at);
}

int64_t lng_c_floats(const lng_c *c)
{
    return (int64_t)c->floats->end + c->slack + 1;
}
int64_t lng_c_integers(const lng_c *c)
{
    return (int64_t)c->integers->end + 1;
}
int64_t lng_c_bytes(const lng_c *c)
{
    return ((int64_t)c->bytes->end + 3) / 4 * 4;
}

static void leave(lng_c *c, const lng_value *v)
{
    lng_c_home *h = home_of(c, v);
    if (h->block && h->last <= c->now) {
        lng_pool_return(pool_of(c, lng_c_behind(v)), h->block);
        h->block = NULL;
    }
}

static void leave_scratch(lng_c *c)
{
    if (c->scratch[0])
        lng_pool_return(c->floats, c->scratch[0]);
    if (c->scratch[1])
        lng_pool_return(c->bytes, c->scratch[1]);
    c->scratch[0] = c->scratch[1] = NULL;
}

void lng_c_leave(lng_c *c, const lng_node *n)
{
    for (int k = 0; k < n->n_in; k++)
        leave(c, n->in[k]);
    for (int k = 0; k < n->n_out; k++)
        leave(c, &n->out[k]);
    leave_scratch(c);
}

void lng_c_leave_all(lng_c *c)
{
    const lng_graph *g = c->graph;
    for (size_t i = 0; i < g->nodes; i++)
        for (int k = 0; k < g->node[i]->n_out; k++)
            leave(c, &g->node[i]->out[k]);
    leave_scratch(c);
}

/* ---- constants ---- */
static lng_c_constant *find_constant(const lng_c *c, const lng_c_constant *like)
{
    for (size_t i = 0; i < c->constants; i++) {
        lng_c_constant *k = c->constant[i];
        if (k->value == like->value && k->layout == like->layout && k->small == like->small)
            return k;
    }
    return NULL;
}

static const char *constant(lng_c *c, lng_c_constant like, int64_t padding)
{
    lng_c_constant *k = find_constant(c, &like);
    if (!k) {
        const char *name = like.value->node->name ? like.value->node->name : "constant";
        k = LNG_NEW(c->arena, lng_c_constant);
        *k = like;
        k->from = c->shared;
        k->name =
            lng_map_new_name(c->names, c->program->apart ? lng_c_parameter(c->arena, name) : lng_c_identifier(c->arena, name));
        lng_map_put(c->names, k->name, k);
        c->constant = lng_grow(c->arena, c->constant, c->constants, &c->capacity, sizeof *c->constant);
        c->constant[c->constants++] = k;
    }
    k->padding = padding > k->padding ? padding : k->padding;
    return lng_format(c->arena, c->program->apart ? "w->%s" : "$%s", k->name);
}

/* What leads from the memory of a value to its own: the rows of steps. */
static const char *way_to(lng_c *c, const lng_value *v)
{
    const char *way = "";
    for (; is_view(v->node); v = v->node->in[0])
        if (v->node->op == &lng_op_loop_step)
            way =
                lng_format(c->arena, "%s%s", lng_c_row_at(c, v->node, v->node->in[0]->shape.dim[0], lng_shape_size(v->shape)), way);
    return way;
}

static const char *base_of(lng_c *c, const lng_value *v, lng_c_layout layout, int64_t padding)
{
    const lng_value *base = lng_c_behind(v);
    const lng_c_home *h = home_of(c, v);
    if (!lng_c_is_computed(c, base))
        return constant(c, (lng_c_constant){.value = layout == LNG_C_AS_IS ? base : v, .layout = layout}, padding);
    const char *example = c->steps ? lng_format(c->arena, " + %s * %lld", c->example, (long long)lng_shape_size(base->shape)) : "";
    if (base->node->op == &lng_op_input)
        return lng_format(c->arena, "%s%s", c->program->field[base->node->attr[LNG_INPUT_INDEX].i].name, example);
    c->slack = padding > c->slack ? padding : c->slack;
    if (h->out)
        return c->out_name;
    const char *array = v->dtype == LNG_I32 ? "c->i" : "c->f", *at = h->at ? lng_format(c->arena, " + %lld", (long long)h->at) : "";
    return lng_format(c->arena, "%s%s%s", array, at, h->kept ? example : "");
}

/* Of an operand that is read in vectors. */
static const char *operand_at(lng_c *c, const lng_value *v, lng_c_layout layout, int64_t padding)
{
    const char *base = base_of(c, v, layout, padding);
    return lng_format(c->arena, "%s%s", base, way_to(c, v));
}

const char *lng_c_at(lng_c *c, const lng_value *v)
{
    return operand_at(c, v, LNG_C_AS_IS, 0);
}

const lng_quantized *lng_c_quantized(const lng_c *c, const lng_node *n)
{
    return lng_quantized_by(n, c->program->quantized, c->program->quantizeds);
}

const char *lng_c_weights(lng_c *c, const lng_node *n, lng_c_layout layout, int64_t padding)
{
    if (!lng_c_quantized(c, n))
        return operand_at(c, n->in[1], layout, padding);
    const lng_value *base = layout == LNG_C_AS_IS ? lng_c_behind(n->in[1]) : n->in[1];
    return constant(c, (lng_c_constant){.value = base, .layout = layout, .small = true}, padding);
}
