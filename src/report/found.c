/* What is in the data and in the predictions: looked for once, for the text, the page and report.json. */
#include "report/facts.h"

const lng_found *lng_found_of(lng_arena *a, const lng_report *r)
{
    if (r->found)
        return r->found;
    lng_found *f = LNG_NEW(a, lng_found);
    f->stats = LNG_NEW_N(a, r->model->fields + 1, lng_stats);
    for (size_t i = 0; i < r->data->train.fields; i++) /* all of the model's, or none */
        if (r->model->field[i].dtype == LNG_F32 || r->model->field[i].whole)
            f->stats[i] = lng_array_stats(&r->data->train.array[i], r->data->train_count);
    f->duplicates = lng_duplicates_of(a, r);
    const lng_drawn drawn = lng_report_drawn(r, a);
    f->class = lng_class_rows(a, &drawn, &f->classes);
    f->corners = lng_all_corners(a, &drawn);
    return f;
}

const char *lng_held_out_note(lng_arena *a, const lng_report *r, lng_split split)
{
    const int64_t n = lng_found_of(a, r)->duplicates.leaked[split];
    return n ? lng_format(a, "of which %s equal%s a training example", lng_count(a, n), n == 1 ? "s" : "") : "never trained on";
}
