/* A training step in C, in the stages of the tape: in each, what all examples share, then a loop over the examples, which adds up the sums over the batch.
 * A sum over the batch belongs to the stage after its terms. Of a value that only its own stage reads, there is that of one example.
 *
 * The order of a sum is that of the engine: sixteen examples are a slice, whose terms are added one after the other or, by lanes, in a tree; slices are
 * added in the tree that splits at the largest power of two below their number. */
#include "export/c.h"
#include "graph/op.h"
#include "tape/pool.h"
#include <string.h>

/* ---- the order ---- */
static bool is_sum(const lng_node *n)
{
    return n->op->flags & LNG_OP_BATCH;
}

static bool is_of_examples(const lng_node *n)
{
    return n->out[0].per_example || is_sum(n);
}

static int stage_of_entry(const lng_entry *e, const int *stage, const int *of_loop)
{
    if (e->what != LNG_ENTRY_NODE)
        return of_loop[lng_loop_outermost(e->loop)->number];
    return stage[e->node->id] == LNG_STAGE_ONCE ? 0 : stage[e->node->id] - is_sum(e->node);
}

/* The entries of a stage that are of examples, or those that are not; how many. */
static size_t put_entries(lng_c *c, const lng_entry *from, size_t count, bool of_examples, int at, const int *stage,
                          const int *of_loop, lng_entry *to)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const lng_entry *e = &from[i];
        if ((e->what != LNG_ENTRY_NODE || is_of_examples(e->node)) == of_examples && stage_of_entry(e, stage, of_loop) == at &&
            (e->what != LNG_ENTRY_NODE || c->live[e->node->id]))
            to[n++] = *e;
    }
    return n;
}

/* Loops over the examples are marks without a loop. */
void lng_c_order_step(lng_c *c)
{
    const lng_graph *g = c->graph;
    size_t count, n = 0;
    const lng_entry *plain = lng_graph_order(g, c->arena, &count);
    int *of_loop = LNG_NEW_N(c->arena, g->loops + 1, int), *stage = lng_graph_stages(g, c->live, c->arena, of_loop), stages = 1;
    for (size_t i = 0; i < g->nodes; i++)
        stages = stage[i] >= stages ? stage[i] + 1 : stages;
    lng_entry *order = LNG_NEW_N(c->arena, count + 2 * (size_t)stages + 1, lng_entry);
    c->stage = LNG_NEW_N(c->arena, g->nodes + 1, int);
    for (int s = 0, loops = 0; s < stages; s++) {
        n += put_entries(c, plain, count, false, s, stage, of_loop, order + n);
        const size_t begin = n, some = put_entries(c, plain, count, true, s, stage, of_loop, order + n + 1);
        if (some == 0)
            continue;
        order[begin] = (lng_entry){.what = LNG_ENTRY_BEGIN};
        n += some + 2;
        order[n - 1] = (lng_entry){.what = LNG_ENTRY_END};
        for (size_t i = begin; i < n; i++)
            if (order[i].node)
                c->stage[order[i].node->id] = loops + 1;
        loops++;
    }
    for (size_t i = 0; i < g->nodes; i++) /* so far from 1, where it is known */
        c->stage[i]--;
    c->order = order;
    c->entries = n;
}

/* ---- what lasts ---- */
void lng_c_place_variables(lng_c *c)
{
    const lng_c_learner *l = c->learner;
    if (l->state > 0)
        lng_pool_take(c->floats, c->arena, (size_t)l->state);
    for (size_t i = 0; i < l->variables; i++) {
        const lng_value *v = lng_graph_find_variable(c->graph, l->variable[i]->name);
        if (v)
            *lng_c_home_of(c, v) = (lng_c_home){.at = l->at[i], .last = lng_c_home_of(c, v)->last, .given = true};
    }
}

static int64_t place_of_variable(const lng_c *c, const char *name)
{
    size_t i = 0;
    while (strcmp(c->learner->variable[i]->name, name) != 0)
        i++;
    return c->learner->at[i];
}

static int time_of(const lng_c *c, const lng_node *n)
{
    size_t i = 0;
    while (c->order[i].node != n)
        i++;
    return (int)i + 1;
}

/* Whether a node reads the variable otherwise than each element for that of its result. */
static bool reads_otherwise(const lng_node *n, const lng_value *variable)
{
    int times = 0;
    for (int k = 0; k < n->n_in; k++) {
        const bool is_it = lng_c_behind(n->in[k]) == variable;
        times += is_it;
        if (is_it && !lng_shape_equal(n->in[k]->shape, n->out[0].shape))
            return true;
    }
    return times > 1;
}

static bool is_taken_elsewhere(const lng_c *c, size_t update)
{
    const lng_value *value = lng_c_behind(c->graph->update[update].value);
    for (size_t i = 0; i < c->graph->updates; i++)
        if (i != update && lng_c_behind(c->graph->update[i].value) == value)
            return true;
    return false;
}

/* Whether the node that makes a variable's new value may write the variable itself: nobody reads the old value later, nor the new one, and the step
 * can no longer fail. over: the end of the last loop over the examples. */
static bool may_write_variable(const lng_c *c, size_t update, int over)
{
    const lng_output *u = &c->graph->update[update];
    const lng_value *value = lng_c_behind(u->value), *variable = lng_graph_find_variable(c->graph, u->name);
    const lng_node *n = value->node;
    if (!(n->op->flags & LNG_OP_POINTWISE) || !lng_c_is_computed(c, value) || lng_c_is_read(c, value) ||
        is_taken_elsewhere(c, update))
        return false;
    for (size_t i = 0; variable && i < c->graph->updates; i++)
        if (lng_c_behind(c->graph->update[i].value) == variable)
            return false;
    const int time = time_of(c, n);
    return time > over && (!variable || (lng_c_home_of(c, variable)->last <= time && !reads_otherwise(n, variable)));
}

void lng_c_read_results(lng_c *c)
{
    int over = 0, of_loss = 0, loops = 0;
    for (size_t i = 0; i < c->entries; i++)
        if (c->order[i].what == LNG_ENTRY_END && !c->order[i].loop) {
            over = (int)i + 1;
            of_loss = loops++ == c->stage[c->out->node->id] ? over : of_loss;
        }
    lng_c_home *loss = lng_c_home_of(c, c->out);
    loss->last = of_loss > loss->last ? of_loss : loss->last;
    bool *writes = LNG_NEW_N(c->arena, c->graph->updates + 1, bool);
    for (size_t i = 0; i < c->graph->updates; i++)
        writes[i] = may_write_variable(c, i, over);
    for (size_t i = 0; i < c->graph->updates; i++) {
        lng_c_home *h = lng_c_home_of(c, c->graph->update[i].value);
        if (writes[i])
            *h = (lng_c_home){.at = place_of_variable(c, c->graph->update[i].name), .given = true};
        else
            h->last = (int)c->entries + 1;
    }
    c->sum = LNG_NEW_N(c->arena, c->graph->nodes + 1, lng_c_total);
}

/* ---- sums over the batch ---- */
enum { TREE = LNG_LANES / 2 }; /* lanes i and i + 8 are added at once */

static int64_t size_of(const lng_node *n)
{
    return lng_shape_size(n->out[0].shape);
}

/* How many sums of slices wait at most. */
static int levels(const lng_c *c)
{
    int n = 1;
    for (int slices = (c->program->batch + LNG_LANES - 1) / LNG_LANES; slices > 1; slices /= 2)
        n++;
    return n;
}

static void place_sum(lng_c *c, const lng_node *n)
{
    const int batch = c->program->batch;
    const int64_t size = size_of(n), lanes = batch < TREE ? batch : TREE;
    lng_c_total *s = &c->sum[n->id];
    lng_c_take(c, &n->out[0], size * levels(c));
    if (!lng_c_adds_lanes(n->op))
        return;
    s->block = lng_pool_take(c->floats, c->arena, (size_t)(size * (lanes + (batch > TREE))));
    s->lanes = (int64_t)s->block->at;
    s->term = s->lanes + size * lanes;
}

static int stage_in_hand(const lng_c *c)
{
    int stage = 0;
    for (int i = 0; i < c->now - 1; i++)
        stage += c->order[i].what == LNG_ENTRY_END && !c->order[i].loop;
    return stage;
}

/* The live nodes of the loop in hand, one after the other: the next one from *i on; NULL: there is none. */
static const lng_node *next_of_stage(const lng_c *c, int stage, size_t *i)
{
    for (; *i < c->graph->nodes; ++*i)
        if (c->live[*i] && c->stage[*i] == stage)
            return c->graph->node[(*i)++];
    return NULL;
}

void lng_c_examples_begin(lng_c *c)
{
    const int stage = stage_in_hand(c);
    bool sums = false;
    size_t i = 0;
    for (const lng_node *n; (n = next_of_stage(c, stage, &i));) {
        if (is_sum(n))
            place_sum(c, n);
        else if (lng_c_home_of(c, &n->out[0])->kept || (n->n_out > 1 && lng_c_home_of(c, &n->out[1])->kept))
            lng_c_place(c, n, NULL);
        sums |= is_sum(n);
    }
    lng_c_statement(c, "for (int32_t e = 0; e < count; e++) {");
    c->depth++;
    if (sums)
        lng_c_statement(c, levels(c) > 1 ? "const int32_t lane = e %% %d, slice = e / %d;" : "const int32_t lane = e;", LNG_LANES,
                        LNG_LANES);
}

/* The sum of the slice in hand. */
static const char *slice_at(const lng_c *c, const lng_node *n)
{
    const long long size = (long long)size_of(n), at = (long long)lng_c_home_of(c, &n->out[0])->at;
    return levels(c) > 1 ? lng_format(c->arena, "c->f + %lld + $level(slice) * %lld", at, size)
                         : lng_format(c->arena, "c->f + %lld", at);
}

const char *lng_c_part_at(lng_c *c, const lng_node *n)
{
    const lng_c_total *s = &c->sum[n->id];
    const long long size = (long long)size_of(n);
    if (!lng_c_adds_lanes(n->op))
        return slice_at(c, n);
    return c->program->batch <= TREE ? lng_format(c->arena, "c->f + %lld + lane * %lld", (long long)s->lanes, size)
                                     : lng_format(c->arena, "c->f + (lane < %d ? %lld + lane * %lld : %lld)", TREE,
                                                  (long long)s->lanes, size, (long long)s->term);
}

void lng_c_part_end(lng_c *c, const lng_node *n)
{
    const lng_c_total *s = &c->sum[n->id];
    const long long size = (long long)size_of(n);
    if (!s->block || c->program->batch <= TREE)
        return;
    lng_c_statement(c, "if (lane >= %d)", TREE);
    lng_c_statement(c, "    $add(c->f + %lld + (lane - %d) * %lld, c->f + %lld, %lld);", (long long)s->lanes, TREE, size,
                    (long long)s->term, size);
}

/* The end of a slice. */
static void end_slice(lng_c *c, const lng_node *n)
{
    const lng_c_total *s = &c->sum[n->id];
    const long long size = (long long)size_of(n), at = (long long)lng_c_home_of(c, &n->out[0])->at;
    if (s->block)
        lng_c_statement(c, "    $lanes(%s, c->f + %lld, %lld, lane + 1);", slice_at(c, n), (long long)s->lanes, size);
    if (levels(c) > 1)
        lng_c_statement(c, "    $join(c->f + %lld, %lld, slice, e == count - 1);", at, size);
}

static bool ends_slices(const lng_c *c, const lng_node *n)
{
    return is_sum(n) && (c->sum[n->id].block || levels(c) > 1);
}

/* A step whose sums are not finite changes nothing. */
static void check_sums(lng_c *c, int stage)
{
    lng_text test = lng_text_new(c->arena);
    size_t i = 0;
    for (const lng_node *n; (n = next_of_stage(c, stage, &i));)
        if (is_sum(n))
            lng_text_add(&test, "%s!$finite(c->f + %lld, %lld)", test.length ? " ||\n        " : "",
                         (long long)lng_c_home_of(c, &n->out[0])->at, (long long)size_of(n));
    if (!test.length)
        return;
    lng_text_add(&c->calls, "    if (%s) {\n        $flush_end(mode);\n        return 0;\n    }\n", test.at);
}

void lng_c_examples_end(lng_c *c)
{
    const int stage = stage_in_hand(c);
    bool some = false;
    size_t i = 0;
    if (c->stage[c->out->node->id] == stage)
        lng_c_statement(c, "loss += (double)*(%s);", lng_c_at(c, c->out));
    for (const lng_node *n; (n = next_of_stage(c, stage, &i));) {
        if (ends_slices(c, n) && !some)
            lng_c_statement(c, "if (lane == %d || e == count - 1) {", LNG_LANES - 1);
        some |= ends_slices(c, n);
        if (ends_slices(c, n))
            end_slice(c, n);
    }
    if (some)
        lng_c_statement(c, "}");
    c->depth--;
    lng_c_statement(c, "}");
    check_sums(c, stage);
    i = 0;
    for (const lng_node *n; (n = next_of_stage(c, stage, &i));)
        if (c->sum[n->id].block)
            lng_pool_return(c->floats, c->sum[n->id].block);
    lng_c_leave_all(c);
}

/* ---- updates ---- */
/* The value of an update may be a variable: those are put aside before any changes. */
void lng_c_update(lng_c *c)
{
    const lng_graph *g = c->graph;
    int64_t aside = 0;
    for (int copies = 0; copies < 2; copies++) {
        aside = 0;
        for (size_t i = 0; i < g->updates; i++) {
            const lng_value *v = g->update[i].value;
            const int64_t size = lng_shape_size(v->shape), at = place_of_variable(c, g->update[i].name);
            const bool other = lng_c_behind(v)->node->op->flags & LNG_OP_STORED;
            const char *from = lng_c_at(c, v);
            if (lng_c_home_of(c, v)->given && lng_c_home_of(c, v)->at == at)
                continue;
            if (other) {
                const char *free = lng_format(c->arena, "c->f + %lld", (long long)((int64_t)c->floats->end + aside));
                if (copies == 0)
                    lng_c_statement(c, "memcpy(%s, %s, sizeof(float) * %lld);", free, from, (long long)size);
                from = free;
                aside += size;
            }
            if (copies == 1)
                lng_c_statement(c, "memcpy(c->f + %lld, %s, sizeof(float) * %lld);", (long long)at, from, (long long)size);
        }
    }
    c->slack = aside > c->slack ? aside : c->slack;
}
