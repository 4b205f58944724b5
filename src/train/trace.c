/* Finds where a number that is not finite came from.
 *
 * The batch runs again, on a copy of the variables, with every instruction checked. The graph is the one before the fusions, whose nodes
 * are those of the model file. */
#include "train/inside.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static lng_store *copy_store(const lng_store *from, lng_errors *errors)
{
    lng_store *store = lng_store_new(from->variable, from->count, errors);
    if (store)
        memcpy(store->at, from->at, from->floats * sizeof *from->at);
    return store;
}

/* The first node that is not finite; none if there is not enough memory to find it. */
static lng_blame replay(const lng_session *s, const lng_runner *failed, const uint32_t *rows, int count, const lng_context *context)
{
    lng_errors *unheard = lng_errors_new();
    lng_store *store = unheard ? copy_store(s->store, unheard) : NULL;
    lng_runner r = {.graph = failed->plain, .batch = count};
    lng_blame blame = {.example = LNG_NO_EXAMPLE};
    if (store && lng_runner_open(&r, s, store, unheard))
        lng_engine_blame(r.engine, rows, count, context, &blame);
    lng_runner_close(&r);
    lng_store_free(store);
    lng_errors_free(unheard);
    return blame;
}

#define TEXT 200

/* "`exp` in `dense`" */
static const char *describe(char text[TEXT], const lng_node *node, const char *unknown)
{
    if (!node)
        return unknown;
    if (node->name && *node->name && strcmp(node->name, node->op->name) != 0)
        snprintf(text, TEXT, "`%s` in `%.120s`", node->op->name, node->name);
    else
        snprintf(text, TEXT, "`%s`", node->op->name);
    return text;
}

/* " in turn 2 of 4 within turn 5 of 28"; a gradient's turns are those of the scan that it goes back over. */
static const char *describe_turn(char text[TEXT], const lng_blame *b)
{
    int64_t turns = b->turn;
    size_t n = 0;
    *text = '\0';
    for (const lng_loop *l = b->node ? b->node->loop : NULL; l && n < TEXT; turns /= l->count, l = l->outer) {
        int64_t turn = turns % l->count;
        for (const lng_loop *k = l; k->back; k = k->back)
            turn = l->count - 1 - turn;
        n += (size_t)snprintf(text + n, TEXT - n, " %s turn %lld of %lld", l == b->node->loop ? "in" : "within",
                              (long long)turn + 1, (long long)l->count);
    }
    return text;
}

static lng_place place_of(const lng_node *node)
{
    return node ? node->place : lng_nowhere;
}

/* By node from `from` on: whether it depends on it. */
static bool *dependents(const lng_graph *g, lng_arena *arena, const lng_node *from)
{
    bool *depends = LNG_NEW_N(arena, g->nodes + 1, bool);
    depends[from->id] = true;
    lng_graph_mark_dependent(g, depends, false);
    return depends;
}

typedef struct search {
    const lng_model *model;
    const lng_node *node, *loss;
    const lng_output *first; /* of the gradients that depend on the node */
    lng_arena *arena;
} search;

static void search_gradients(void *context)
{
    search *s = context;
    const lng_model *m = s->model;
    const bool *depends = dependents(m->train, s->arena, s->node);
    for (size_t i = 0; i < m->gradients && !depends[s->loss->id]; i++) {
        const lng_output *o = &m->gradient[i];
        if (depends[o->value->node->id] && (!s->first || o->value->node->id < s->first->value->node->id))
            s->first = o;
    }
}

/* The parameter whose gradient a node computes, of several the one that it reaches first; NULL: it computes the loss, or no gradient, or
 * there is not enough memory to find it. */
static const char *gradient_of(const lng_session *s, const lng_node *node)
{
    const lng_model *m = s->subject.model;
    const lng_value *loss = m && node ? lng_graph_find_output(m->train, "loss") : NULL;
    if (!loss || (size_t)node->id >= m->train->nodes || m->train->node[node->id] != node)
        return NULL;
    search x = {.model = m, .node = node, .loss = loss->node, .arena = lng_arena_new()};
    lng_protect(x.arena, search_gradients, &x);
    lng_arena_free(x.arena);
    return x.first ? x.first->name : NULL;
}

bool lng_trace_step(const lng_session *s, const lng_runner *r, const uint32_t *rows, int count, const lng_context *context,
                    lng_errors *errors)
{
    const lng_blame bad = replay(s, r, rows, count, context);
    const char *parameter = gradient_of(s, bad.node);
    char what[TEXT], turn[TEXT], whose[TEXT] = "", where[64] = "";
    if (parameter)
        snprintf(whose, sizeof whose, ", in the gradient of `%.120s`,", parameter);
    if (bad.example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for training example %lu", (unsigned long)bad.example);
    lng_error(errors, LNG_E_NONFINITE, place_of(bad.node), "step %lld (epoch %d): %s%s is not finite%s%s",
              (long long)context->step + 1, context->epoch + 1, describe(what, bad.node, "the loss or a gradient"), whose,
              describe_turn(turn, &bad), where);
    lng_error_hint(errors, context->step > 0 ? "the weights are those before this step; a smaller learning rate often helps"
                                             : "no weight has changed yet: the cause is in the model, its loss or the data");
    return false;
}

/* A variable that the graph reads and that is not finite; NULL if there is none. */
static const lng_variable *bad_variable(const lng_session *s, const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++) {
        size_t k;
        const lng_node *n = g->node[i];
        const float *at = n->op->flags & LNG_OP_STORED ? lng_store_find(s->store, n->name, &k) : NULL;
        for (int64_t e = 0; at && e < lng_shape_size(n->out[0].shape); e++)
            if (!isfinite(at[e]))
                return &s->store->variable[k];
    }
    return NULL;
}

bool lng_trace_evaluation(const lng_session *s, const lng_runner *r, const lng_range *range, const uint32_t *rows, int count,
                          const lng_context *context, lng_errors *errors)
{
    const lng_variable *v = bad_variable(s, r->graph);
    if (v)
        return lng_error(errors, LNG_E_NONFINITE, v->place, "the weights cannot be evaluated: `%s` is not finite", v->name);
    lng_blame bad = replay(s, r, rows, count, context);
    char what[TEXT], turn[TEXT], where[64] = "";
    if (bad.example == LNG_NO_EXAMPLE && count == 1)
        bad.example = rows[0];
    if (bad.example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for %s example %lld", range->split == LNG_TRAIN ? "training" : lng_split_name(range->split),
                 (long long)(bad.example - range->first));
    return lng_error(errors, LNG_E_NONFINITE, place_of(bad.node), "%s is not finite%s%s", describe(what, bad.node, "an output"),
                     describe_turn(turn, &bad), where);
}
