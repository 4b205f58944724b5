/* What is in a data set, for programs. */
#include "cli/survey.h"
#include "base/json.h"

static void column(lng_json *j, const lng_census *t)
{
    lng_json_object(j, NULL);
    lng_json_string(j, "name", t->name);
    lng_json_string(j, "type", lng_census_kind_names[t->kind]);
    if (t->kind == LNG_COLUMN_ARRAY) {
        lng_json_array(j, "shape");
        for (int i = 0; i < t->shape.rank; i++)
            lng_json_int(j, NULL, t->shape.dim[i]);
        lng_json_end_array(j);
    }
    lng_json_int(j, "missing", t->missing);
    lng_json_int(j, "distinct", t->distinct.distinct);
    lng_json_bool(j, "distinct_is_exact", t->sieve.level == 0);
    if (t->moment.count && (lng_census_is_number(t) || t->kind == LNG_COLUMN_DATE || t->kind == LNG_COLUMN_ARRAY)) {
        lng_json_number(j, "least", t->moment.least);
        lng_json_number(j, "most", t->moment.most);
        lng_json_number(j, "mean", t->moment.mean);
        lng_json_number(j, "deviation", lng_moments_deviation(&t->moment));
        lng_json_number(j, "median", t->median);
    }
    lng_json_array(j, "values");
    for (size_t i = 0; i < t->value_count && t->kind == LNG_COLUMN_WORD; i++) {
        lng_json_object(j, NULL);
        lng_json_string(j, "value", t->value[i].text);
        lng_json_int(j, "count", t->value[i].count);
        lng_json_end(j);
    }
    lng_json_end_array(j);
    lng_json_array(j, "first");
    for (int i = 0; i < LNG_EXAMPLES && t->example[i]; i++)
        lng_json_string(j, NULL, t->example[i]);
    lng_json_end_array(j);
    lng_json_end(j);
}

static void suspicion(lng_json *j, const char *name, const char *column_name, const char *text)
{
    lng_json_object(j, NULL);
    lng_json_string(j, "name", name);
    if (column_name)
        lng_json_string(j, "column", column_name);
    if (text)
        lng_json_string(j, "text", text);
    lng_json_end(j);
}

static void suspicions(lng_json *j, const lng_survey *s)
{
    lng_json_array(j, "suspicious");
    for (size_t i = 0; i < lng_suspicion_count; i++) {
        const lng_suspicion *q = &lng_suspicions[i];
        for (size_t k = 0; q->of_column && k < s->columns; k++)
            if (q->of_column(s, &s->column[k]))
                suspicion(j, q->name, s->column[k].name, q->detail ? q->detail(s, &s->column[k]) : NULL);
        if (q->of_all && q->of_all(s))
            suspicion(j, q->name, NULL, q->of_all(s));
    }
    lng_json_end_array(j);
}

static void label(lng_json *j, const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    if (!t)
        return;
    lng_json_object(j, "label");
    lng_json_string(j, "column", t->name);
    lng_json_bool(j, "is_class", lng_survey_classifies(s));
    lng_json_array(j, "classes");
    for (size_t i = 0; lng_survey_classifies(s) && i < t->value_count; i++) {
        lng_json_object(j, NULL);
        lng_json_string(j, "name", t->value[i].text);
        lng_json_int(j, "count", t->value[i].count);
        lng_json_end(j);
    }
    lng_json_end_array(j);
    lng_json_end(j);
}

void lng_survey_json(const lng_described *d, lng_json *j)
{
    const lng_survey *s = d->survey;
    lng_json_object(j, NULL);
    lng_json_string(j, "data", d->name);
    lng_json_string(j, "format", s->format);
    lng_json_int(j, "rows", s->rows);
    if (s->window)
        lng_json_int(j, "window", s->window);
    label(j, s);
    lng_json_array(j, "columns");
    for (size_t i = 0; i < s->columns; i++)
        column(j, &s->column[i]);
    lng_json_end_array(j);
    suspicions(j, s);
    lng_json_end(j);
}
