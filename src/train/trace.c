/* Finding where a number that is not finite came from.
 *
 * The batch runs again, on a copy of the variables, with every instruction checked. The graph is the one before the fusions, whose nodes
 * are those that the model file speaks of. */
#include "train/inside.h"
#include <stdio.h>
#include <string.h>

static lng_store *copy_store(const lng_store *from, lng_errors *errors)
{
    lng_store *store = lng_store_new(from->variable, from->count, errors);
    if (store)
        memcpy(store->at, from->at, from->floats * sizeof *from->at);
    return store;
}

/* The first node that is not finite; NULL when there is not enough memory to find it. */
static const lng_node *replay(const lng_session *s, const lng_runner *failed, const uint32_t *rows, int count,
                              const lng_context *context, uint32_t *example)
{
    lng_errors *unheard = lng_errors_new();
    lng_store *store = unheard ? copy_store(s->store, unheard) : NULL;
    lng_runner r = {.graph = failed->plain, .batch = count};
    const lng_node *node = NULL;
    if (store && lng_runner_open(&r, s, store, unheard) && !lng_engine_run(r.engine, rows, count, context))
        node = lng_engine_blame(r.engine, example);
    lng_runner_close(&r);
    lng_store_free(store);
    lng_errors_free(unheard);
    return node;
}

bool lng_session_trace(const lng_session *s, const lng_runner *r, const uint32_t *rows, int count, const lng_context *context,
                       lng_errors *errors)
{
    uint32_t example = LNG_NO_EXAMPLE;
    const lng_node *node = replay(s, r, rows, count, context, &example);
    char what[200] = "the loss or a gradient", where[64] = "";
    if (node && node->name && strcmp(node->name, node->op->name) != 0)
        snprintf(what, sizeof what, "`%s` in `%.120s`", node->op->name, node->name);
    else if (node)
        snprintf(what, sizeof what, "`%s`", node->op->name);
    if (node && example != LNG_NO_EXAMPLE)
        snprintf(where, sizeof where, " for training example %lu", (unsigned long)example);
    lng_error(errors, LNG_E_NONFINITE, node ? node->place : lng_nowhere, "step %lld (epoch %d): %s is not finite%s",
              (long long)context->step + 1, context->epoch + 1, what, where);
    lng_error_hint(errors, "the weights are those before this step; a smaller learning rate often helps");
    return false;
}
