/* The layer table of `show`. */
#include "report/report.h"

static void row(lng_table *t, lng_style style, const char *const cell[6])
{
    for (int i = 0; i < 6; i++)
        lng_table_cell(t, style, cell[i]);
}

static void hyper_parameters(const lng_model *m, lng_text *out, lng_look look)
{
    lng_table *t = lng_table_new(out->arena, "lll", 0, 2);
    if (m->hypers == 0)
        return;
    lng_text_add(out, "\n");
    for (int i = 0; i < 3; i++)
        lng_table_cell(t, LNG_BOLD, (const char *const[]){"hyper-parameter", "value", "type"}[i]);
    lng_table_rule(t);
    for (size_t i = 0; i < m->hypers; i++) {
        lng_table_cell(t, LNG_PLAIN, m->hyper[i].name);
        lng_table_cell(t, LNG_PLAIN, m->hyper[i].value);
        lng_table_cell(t, LNG_PLAIN, m->hyper[i].type);
    }
    lng_table_write(t, out, look);
}

void lng_layers_text(const lng_model *m, lng_text *out, lng_look look)
{
    lng_arena *a = out->arena;
    lng_table *t = lng_table_new(a, "lLlrRR", 0, 2);
    int64_t cost = 0, memory = 0;
    row(t, LNG_BOLD, (const char *const[]){"name", "block", "output", "parameters", "multiply-adds", "memory"});
    lng_table_rule(t);
    for (size_t i = 0; i < m->layers; i++) {
        const lng_layer *l = &m->layer[i];
        char shape[LNG_SHAPE_TEXT];
        row(t, LNG_PLAIN,
            (const char *const[]){l->name, l->block ? l->block : "", lng_copy(a, lng_shape_text(shape, l->shape)),
                                  l->parameters ? lng_count(a, l->parameters) : "", l->cost ? lng_count(a, l->cost) : "",
                                  lng_bytes_text(a, l->memory)});
        cost += l->cost;
        memory += l->memory;
    }
    lng_table_rule(t);
    row(t, LNG_BOLD,
        (const char *const[]){m->name, "", "", lng_count(a, m->parameters), lng_count(a, cost), lng_bytes_text(a, memory)});
    lng_table_write(t, out, look);
    hyper_parameters(m, out, look);
}
