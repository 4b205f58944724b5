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

/* The first node that is not finite; NULL if there is not enough memory to find it. */
static const lng_node *replay(const lng_session *s, const lng_runner *failed, const uint32_t *rows, int count,
                              const lng_context *context, uint32_t *example)
{
    lng_errors *unheard = lng_errors_new();
    lng_store *store = unheard ? copy_store(s->store, unheard) : NULL;
    lng_runner r = {.graph = failed->plain, .batch = count};
    const lng_node *node = NULL;
    if (store && lng_runner_open(&r, s, store, unheard))
        node = lng_engine_blame(r.engine, rows, count, context, example);
    lng_runner_close(&r);
    lng_store_free(store);
    lng_errors_free(unheard);
    return node;
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

/* The parameter whose gradient a node computes, of several the one that it reaches first; NULL: it computes the loss, or no gradient. */
static const char *gradient_of(const lng_session *s, const lng_node *node)
{
    const lng_model *m = s->subject.model;
    const lng_value *loss = m && node ? lng_graph_find_output(m->train, "loss") : NULL;
    const lng_output *first = NULL;
    if (!loss || (size_t)node->id >= m->train->nodes || m->train->node[node->id] != node)
        return NULL;
    lng_arena *arena = lng_arena_new();
    const bool *depends = dependents(m->train, arena, node);
    for (size_t i = 0; i < m->gradients && !depends[loss->node->id]; i++) {
        const lng_output *o = &m->gradient[i];
        if (depends[o->value->node->id] && (!first || o->value->node->id < first->value->node->id))
            first = o;
    }
    lng_arena_free(arena);
    return first ? first->name : NULL;
}

bool lng_trace_step(const lng_session *s, const lng_runner *r, const uint32_t *rows, int count, const lng_context *context,
                    lng_errors *errors)
{
    uint32_t example = LNG_NO_EXAMPLE;
    const lng_node *node = replay(s, r, rows, count, context, &example);
    const char *parameter = gradient_of(s, node);
    char what[TEXT], whose[TEXT] = "", where[64] = "";
    if (parameter)
        snprintf(whose, sizeof whose, ", in the gradient of `%.120s`,", parameter);
    if (example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for training example %lu", (unsigned long)example);
    lng_error(errors, LNG_E_NONFINITE, place_of(node), "step %lld (epoch %d): %s%s is not finite%s", (long long)context->step + 1,
              context->epoch + 1, describe(what, node, "the loss or a gradient"), whose, where);
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
    uint32_t example = LNG_NO_EXAMPLE;
    const lng_node *node = replay(s, r, rows, count, context, &example);
    char what[TEXT], where[64] = "";
    if (example == LNG_NO_EXAMPLE && count == 1)
        example = rows[0];
    if (example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for %s example %lld", range->split == LNG_TRAIN ? "training" : lng_split_name(range->split),
                 (long long)(example - range->first));
    return lng_error(errors, LNG_E_NONFINITE, place_of(node), "%s is not finite%s", describe(what, node, "an output"), where);
}
