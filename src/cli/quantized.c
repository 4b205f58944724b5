/* Weights in 8 bits: a workspace gets a session with them, and what they change is measured. */
#include "cli/cli.h"
#include "report/quantity.h"
#include <string.h>

/* Whether --activations says that inputs are in 8 bits, too. */
static bool has_activations(const lng_command *c)
{
    const char *activations = lng_command_get(c, "activations");
    return activations && strcmp(activations, "int8") == 0;
}

/* A model without such weights would be as it was. */
const lng_quantized *lng_quantize_workspace(lng_command *c, lng_workspace *w, unsigned uses, size_t *count)
{
    const lng_range training = lng_split_range(w->data, LNG_TRAIN);
    const lng_quantized *all;
    if (has_activations(c) && training.count == 0)
        return lng_usage_error(c, "--activations=int8 measures activations with training examples, and there are none"), NULL;
    lng_session *s = lng_quantize(w->session, has_activations(c) ? &training : NULL, uses, 0, c->arena, &all, count, c->errors);
    if (!s)
        return NULL;
    lng_session_free(w->session);
    w->session = s;
    if (*count == 0)
        lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                  "the model has no weights to put into 8 bits: no matrix product or convolution reads a parameter");
    return *count ? all : NULL;
}

bool lng_measured_range(lng_command *c, const lng_workspace *w, const char *what, lng_range *range)
{
    *range = lng_split_range(w->data, lng_split_range(w->data, LNG_TEST).count ? LNG_TEST : LNG_VALIDATION);
    return range->count ||
           lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0},
                     "there are no examples to measure what %s: the data have neither a test nor a validation set", what);
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

const lng_quantized *lng_quantize_measured(lng_command *c, lng_workspace *w, unsigned uses, size_t *count)
{
    lng_scores before, after;
    lng_range range;
    const lng_quantized *all = NULL;
    if (!lng_measured_range(c, w, "8 bits change", &range) ||
        !lng_evaluate_fully(w->session, c->arena, &range, &before, c->errors) ||
        !(all = lng_quantize_workspace(c, w, uses, count)) || !lng_evaluate_fully(w->session, c->arena, &range, &after, c->errors))
        return NULL;
    print(c, w, range.split, before, after);
    return all;
}
