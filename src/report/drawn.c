/* What the figures of a report are drawn from. */
#include "report/facts.h"

lng_drawn lng_report_drawn(const lng_report *r, lng_arena *a)
{
    lng_drawn d = {.model = r->model,
                   .data = r->data,
                   .session = r->session,
                   .errors = r->errors,
                   .corners = r->found ? r->found->corners : NULL};
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i) && r->split[i]->examples) {
            d.scores = r->split[i];
            d.split = (lng_split)i;
        }
    if (r->history) {
        lng_text csv = lng_text_new(a);
        lng_history_csv(r->model, r->history, &csv);
        d.history = csv.at;
    }
    return d;
}
