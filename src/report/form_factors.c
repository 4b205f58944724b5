/* What report.json says of parts of the examples: those of each category that is declared as a factor. */
#include "report/factors.h"
#include "report/form_inside.h"

static const lng_factor *factor_of(const lng_form_place *p)
{
    return &p->facts->factor[p->at[0]];
}
static const lng_group *group_of(const lng_form_place *p)
{
    return &factor_of(p)->group[p->at[1]];
}
static const lng_model_metric *metric_of(const lng_form_place *p)
{
    return &p->facts->report->model->metric[p->at[2]];
}

lng_form_value lng_form_factors(const lng_form_place *p)
{
    return p->facts->factors ? lng_form_many(p->facts->factors) : lng_form_nothing;
}
const char *lng_form_factor_name(const lng_form_place *p)
{
    return factor_of(p)->field;
}
static lng_form_value groups(const lng_form_place *p)
{
    return lng_form_many(factor_of(p)->groups);
}
static lng_form_value name(const lng_form_place *p)
{
    return lng_form_text(group_of(p)->name);
}
static lng_form_value examples(const lng_form_place *p)
{
    return lng_form_integer(group_of(p)->examples);
}
static lng_form_value accuracy(const lng_form_place *p)
{
    return isnan(group_of(p)->accuracy) ? lng_form_nothing : lng_form_number(group_of(p)->accuracy);
}
static lng_form_value ends(const lng_form_place *p)
{
    return lng_has_interval(group_of(p)->interval) ? lng_form_many(2) : lng_form_nothing;
}
static lng_form_value end(const lng_form_place *p)
{
    return lng_form_number(p->at[2] ? group_of(p)->interval.high : group_of(p)->interval.low);
}
static lng_form_value figures(const lng_form_place *p)
{
    return lng_form_many(p->facts->report->model->metrics);
}
static const char *figure_name(const lng_form_place *p)
{
    return metric_of(p)->collective ? lng_model_figure(p->facts->arena, metric_of(p), 0) : NULL;
}
static lng_form_value figure(const lng_form_place *p)
{
    return lng_form_number(group_of(p)->figure[p->at[2]]);
}

static const lng_form end_item = {.kind = LNG_FORM_NUMBER, .value = end};
static const lng_form figure_item = {.kind = LNG_FORM_NUMBER, .nullable = true, .value = figure};
static const lng_form group_form[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "the category", .value = name},
    {.name = "examples", .kind = LNG_FORM_INTEGER, .about = "how many are of it", .value = examples},
    {.name = "accuracy",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "of the predicted classes, if there are any",
     .value = accuracy},
    {.name = "interval",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "the two ends of its 95 % confidence interval",
     .of = &end_item,
     .value = ends},
    {.name = "figures",
     .kind = LNG_FORM_MAP,
     .about = "the first figure of each metric of a whole set; null: undefined",
     .of = &figure_item,
     .value = figures,
     .key = figure_name,
     .item = "FIGURE"},
    {0},
};
static const lng_form group_item = {.kind = LNG_FORM_OBJECT, .of = group_form};
const lng_form lng_form_factor = {.kind = LNG_FORM_LIST, .of = &group_item, .value = groups};
