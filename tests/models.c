/* Models for tests (models.h). */
#include "models.h"
#include "suite.h"
#include <string.h>

const char head[] = "lngraph: 1\nname: t\ndata: {source: mnist, validation: {last: 0.1}}\nin: image[28, 28, 1], label\n";
const char tail[] = "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.01)}\n";

lng_model *model(const char *text, const lng_override *o, size_t n)
{
    return lng_model_parse("t.yaml", text, strlen(text), o, n, errors);
}

/* A model of head, this middle and tail; it must be good. */
lng_model *good(const char *middle)
{
    lng_model *m = model(lng_format(arena, "%s%s%s", head, middle, tail), NULL, 0);
    ck_assert_msg(m != NULL, "%s\n%s", middle, lng_errors_text(errors, 0));
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    ck_assert_uint_eq(lng_errors_warnings(errors), 0);
    return m;
}

const lng_variable *variable(const lng_model *m, const char *name)
{
    for (size_t i = 0; i < m->variables; i++)
        if (strcmp(m->variable[i].name, name) == 0)
            return &m->variable[i];
    ck_abort_msg("no variable %s", name);
    return NULL;
}

const char *printed(const lng_graph *g)
{
    lng_text t = lng_text_new(arena);
    lng_graph_print(g, &t);
    return t.at;
}

const char *expanded(const lng_model *m)
{
    lng_text t = lng_text_new(arena);
    lng_model_write(m, &t);
    return t.at;
}
