/* The training graph up to its first variable. Random draws depend on seed, step and row alone, so they are those of training. */
#include "train/seen.h"
#include "graph/ops.h"
#include "pass/pass.h"
#include "train/inside.h"
#include <string.h>

static int64_t channels(lng_shape s)
{
    return s.rank == 3 ? s.dim[2] : 1;
}

static bool is_like(const lng_value *v, lng_shape image)
{
    return v->per_example && v->dtype == LNG_F32 && v->shape.rank == image.rank && channels(v->shape) == channels(image);
}

const lng_value *lng_seen_value(lng_arena *arena, const lng_model *m, size_t field)
{
    const lng_graph *g = m->train;
    enum { OTHER, IMAGE, LEARNED } *comes = lng_alloc_n(arena, (size_t)g->nodes, sizeof *comes);
    const lng_value *found = NULL;
    for (size_t i = 0; i < (size_t)g->nodes; i++) {
        const lng_node *n = g->node[i];
        comes[i] = n->op->flags & LNG_OP_STORED                                            ? LEARNED
                   : n->op == &lng_op_input && (size_t)n->attr[LNG_INPUT_INDEX].i == field ? IMAGE
                                                                                           : OTHER;
        for (int k = 0; k < n->n_in; k++)
            if (comes[n->in[k]->node->id] > comes[i])
                comes[i] = comes[n->in[k]->node->id];
        if (comes[i] == IMAGE && is_like(&n->out[0], m->field[field].shape))
            found = &n->out[0];
    }
    return found;
}

static bool run(lng_runner *r, const lng_part *part, const uint32_t *row, int rows, uint32_t step, const lng_session *s,
                lng_array *to, lng_errors *errors)
{
    lng_context context = lng_session_context(s, part->field);
    lng_failure failure = {0};
    context.progress = 0;
    context.step = step;
    if (!lng_engine_run(r->engine, row, rows, &context))
        return false;
    const lng_column c = lng_runner_column(r, "seen");
    if (!lng_array_new(to, rows, &failure))
        return lng_fail_report(&failure, lng_nowhere, errors);
    memcpy(to->at, c.at, (size_t)rows * (size_t)c.size * sizeof(float));
    return true;
}

typedef struct cut {
    const lng_session *session;
    const lng_value *value;
    const lng_graph *graph; /* up to the value; NULL after an error */
    lng_errors *errors;
} cut;

static bool cut_graph(void *context)
{
    cut *k = context;
    lng_graph *g = lng_without_updates(k->session, k->session->subject.model->train, k->errors);
    lng_graph_forget_outputs(g);
    lng_graph_output(g, "seen", (lng_value *)k->value);
    k->graph = lng_passes_run(lng_fusions, g, k->session->arena, k->errors);
    return k->graph != NULL;
}

bool lng_seen_compute(lng_session *s, const lng_value *value, const lng_part *part, const uint32_t *row, int rows, uint32_t step,
                      lng_array *to, lng_errors *errors)
{
    cut k = {s, value, NULL, errors};
    lng_attempt(s->arena, cut_graph, &k, errors, "compiling the augmentation");
    lng_runner r = {.graph = k.graph, .batch = rows};
    *to = (lng_array){.type = LNG_ARRAY_F32, .shape = value->shape};
    const bool good = r.graph && lng_runner_open(&r, s, s->store, errors) && run(&r, part, row, rows, step, s, to, errors);
    lng_runner_close(&r);
    return good;
}
