/* The graph as text, one line per node. */
#include "graph/op.h"
#include <inttypes.h>
#include <string.h>

static void print_type(lng_text *t, const lng_value *v)
{
    char shape[LNG_SHAPE_TEXT];
    lng_text_add(t, "%s%s%s%s", lng_dtype_name(v->dtype), v->shape.rank ? "" : " ", lng_shape_text(shape, v->shape),
                 v->per_example ? "*" : "");
}

static void print_ref(lng_text *t, const lng_value *v)
{
    lng_text_add(t, v->port ? "%%%d.%d" : "%%%d", v->node->id, v->port);
}

static void print_attr(lng_text *t, const lng_attr_spec *s, const lng_attr *a)
{
    char buffer[LNG_SHAPE_TEXT];
    switch (s->type) {
    case LNG_ATTR_INT:
        lng_text_add(t, "%s=%" PRId64, s->name, a->i);
        break;
    case LNG_ATTR_FLOAT:
        lng_text_add(t, "%s=%s", s->name, lng_number(buffer, a->f));
        break;
    case LNG_ATTR_BOOL:
        lng_text_add(t, "%s=%s", s->name, a->i ? "true" : "false");
        break;
    case LNG_ATTR_NAME:
        lng_text_add(t, "%s=%s", s->name, a->s);
        break;
    case LNG_ATTR_INTS:
        lng_text_add(t, "%s=%s", s->name, a->v.rank ? lng_shape_text(buffer, a->v) : "[]");
        break;
    case LNG_ATTR_PADDING:
        lng_text_add(t, a->s ? "%s=%s" : "%s=[", s->name, a->s);
        for (int i = 0; i < a->v.rank; i += 2)
            lng_text_add(t, "%s[%" PRId64 ", %" PRId64 "]", i ? ", " : "", a->v.dim[i], a->v.dim[i + 1]);
        lng_text_add(t, a->s ? "" : "]");
        break;
    }
}

static void print_node(lng_text *t, const lng_node *n)
{
    lng_text_add(t, "%%%-4d ", n->id);
    for (int i = 0; i < n->n_out; i++) {
        lng_text_add(t, i ? ", " : "");
        print_type(t, &n->out[i]);
    }
    lng_text_add(t, " = %s(", n->op->name);
    for (int i = 0; i < n->n_in; i++) {
        lng_text_add(t, i ? ", " : "");
        print_ref(t, n->in[i]);
    }
    lng_text_add(t, ")");
    for (int i = 0; i < n->op->n_attr; i++) {
        lng_text_add(t, i ? ", " : " {");
        print_attr(t, &n->op->attr[i], &n->attr[i]);
    }
    lng_text_add(t, "%s%s%s\n", n->op->n_attr ? "}" : "", *n->name ? " ; " : "", n->name);
}

static void print_loop(lng_text *t, const lng_loop *loop, const bool *live)
{
    bool any = false;
    for (size_t i = 0; i < loop->carries; i++) {
        if (!live[loop->carry[i].node->id])
            continue;
        lng_text_add(t, any ? ", " : "loop %d, %" PRId64 " times: ", loop->number, loop->count);
        print_ref(t, &loop->carry[i].node->out[0]);
        lng_text_add(t, " becomes ");
        print_ref(t, loop->carry[i].next);
        any = true;
    }
    lng_text_add(t, any ? "\n" : "");
}

void lng_graph_print(const lng_graph *g, lng_text *t)
{
    bool *live = lng_graph_live(g, t->arena);
    for (size_t i = 0; i < g->nodes; i++)
        if (live[i])
            print_node(t, g->node[i]);
    for (size_t i = 0; i < g->loops; i++)
        print_loop(t, g->loop[i], live);
    for (size_t i = 0; i < g->outputs; i++) {
        lng_text_add(t, "output %s = ", g->output[i].name);
        print_ref(t, g->output[i].value);
        lng_text_add(t, "\n");
    }
    for (size_t i = 0; i < g->updates; i++) {
        lng_text_add(t, "update %s = ", g->update[i].name);
        print_ref(t, g->update[i].value);
        lng_text_add(t, "\n");
    }
}
