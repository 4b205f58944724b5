/* Weights in 8 bits: a session gets them, and what they change is measured. */
#include "cli/cli.h"
#include "report/quantity.h"

/* A guard of what is promised: a model without such weights would be as it was. */
lng_quantized *lng_quantize_session(lng_command *c, const lng_workspace *w, size_t *count)
{
    lng_quantized *all = lng_quantize(c->arena, w->model->plain, w->session->store, count);
    if (*count == 0)
        lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                  "the model has no weights to put into 8 bits: no matrix product or convolution reads a parameter");
    return *count ? all : NULL;
}

/* The test set; where there is none, the validation set. */
static bool evaluate(lng_command *c, const lng_workspace *w, lng_split *split, lng_scores *scores)
{
    *split = lng_split_range(w->data, LNG_TEST).count ? LNG_TEST : LNG_VALIDATION;
    const lng_range range = lng_split_range(w->data, *split);
    if (range.count == 0)
        return lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                         "there are no examples to measure what 8 bits change: the data have neither a test nor a validation set");
    return lng_evaluate_fully(w->session, c->arena, &range, scores, c->errors);
}

static void print(lng_command *c, const lng_workspace *w, lng_split split, const lng_scores before, const lng_scores after)
{
    const lng_quantities q = lng_quantities_of(c->arena, w->model);
    lng_table *t = lng_table_new(c->arena, "lrr", 0, 2);
    lng_table_cell(t, LNG_PLAIN, lng_format(c->arena, "%s, %s examples", lng_split_name(split), lng_count(c->arena, before.count)));
    lng_table_cell(t, LNG_PLAIN, "32 bits");
    lng_table_cell(t, LNG_PLAIN, "8 bits");
    lng_table_rule(t);
    for (size_t i = 0; i < q.count; i++) {
        lng_table_cell(t, LNG_PLAIN, q.at[i].words);
        lng_table_cell(t, LNG_PLAIN, lng_fixed(c->arena, lng_quantity_value(&q.at[i], &before), q.at[i].decimals));
        lng_table_cell(t, LNG_PLAIN, lng_fixed(c->arena, lng_quantity_value(&q.at[i], &after), q.at[i].decimals));
    }
    lng_table_write(t, &c->out, c->look);
    lng_text_add(&c->out, "\n");
}

lng_quantized *lng_quantize_measured(lng_command *c, const lng_workspace *w, size_t *count)
{
    lng_scores before, after;
    lng_split split;
    lng_quantized *all = NULL;
    if (!evaluate(c, w, &split, &before) || !(all = lng_quantize_session(c, w, count)) || !evaluate(c, w, &split, &after))
        return NULL;
    print(c, w, split, before, after);
    return all;
}
