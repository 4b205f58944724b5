/* What is in a data set, for people: the columns, their values, the label, first rows, and what is suspicious. */
#include "base/printable.h"
#include "cli/survey.h"
#include "data/cell.h"
#include <math.h>
#include <string.h>

#define NAME_BYTES  28
#define VALUE_BYTES 24
#define MOST_VALUES 6 /* of a column that are listed */
#define MOST_LABELS 20
#define MOST_NAMED  6  /* columns of one suspicion */
#define MOST_LISTED 60 /* columns in the table */

const char *lng_shown(lng_arena *arena, const char *text, size_t bytes)
{
    char *out = lng_alloc(arena, bytes + 4);
    lng_printable(out, bytes + 1, text);
    return out;
}

static const char *number_text(lng_arena *a, const lng_census *t, double x)
{
    char date[16];
    if (t->moment.count == 0 || x != x)
        return "";
    if (fabs(x) < 1e-12 * (t->moment.most - t->moment.least)) /* what rounding leaves of a mean that is 0 */
        x = 0;
    return t->kind == LNG_COLUMN_DATE ? lng_copy(a, lng_date_text(date, x)) : lng_format(a, "%.6g", x);
}

static bool has_moments(const lng_census *t)
{
    return lng_census_is_number(t) || t->kind == LNG_COLUMN_DATE || t->kind == LNG_COLUMN_ARRAY;
}

static const char *kind_text(lng_arena *a, const lng_census *t)
{
    char shape[LNG_SHAPE_TEXT];
    return t->kind == LNG_COLUMN_ARRAY ? lng_copy(a, lng_shape_text(shape, t->shape))
           : t->texts                  ? "text"
                                       : lng_census_kind_names[t->kind];
}

static const char *distinct_text(lng_arena *a, const lng_census *t)
{
    return lng_format(a, "%s%s", t->sieve.level ? "~" : "", lng_count(a, t->distinct.distinct));
}

static void column_row(lng_table *table, lng_arena *a, const lng_census *t, const lng_survey *s)
{
    const bool number = has_moments(t);
    lng_table_cell(table, t == lng_survey_label(s) ? LNG_BOLD : LNG_PLAIN, lng_shown(a, t->name, NAME_BYTES));
    lng_table_cell(table, LNG_PLAIN, kind_text(a, t));
    lng_table_cell(table, LNG_PLAIN, t->missing ? lng_count(a, t->missing) : "");
    lng_table_cell(table, LNG_PLAIN, distinct_text(a, t));
    lng_table_cell(table, LNG_PLAIN, number ? number_text(a, t, t->moment.least) : "");
    lng_table_cell(table, LNG_PLAIN, number ? number_text(a, t, t->moment.most) : "");
    lng_table_cell(table, LNG_PLAIN, number ? number_text(a, t, t->moment.mean) : "");
    lng_table_cell(table, LNG_PLAIN, number ? number_text(a, t, t->median) : "");
}

static void columns(const lng_survey *s, lng_text *out, lng_look look)
{
    static const char *const head[] = {"column", "type", "missing", "distinct", "least", "most", "mean", "median"};
    lng_arena *a = out->arena;
    lng_table *table = lng_table_new(a, "llRRRRRR", 0, 3);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        lng_table_cell(table, LNG_DIM, head[i]);
    lng_table_rule(table);
    const size_t shown = s->columns > MOST_LISTED + 10 ? MOST_LISTED : s->columns;
    for (size_t i = 0; i < shown; i++)
        column_row(table, a, &s->column[i], s);
    if (shown < s->columns && s->label >= shown && s->label != LNG_NO_LABEL)
        column_row(table, a, lng_survey_label(s), s);
    lng_table_write(table, out, look);
    if (shown < s->columns)
        lng_text_add(out, "... and %s columns more; --json lists them all\n", lng_count(a, (int64_t)(s->columns - shown)));
}

static void heading(lng_text *out, lng_look look, const char *text)
{
    lng_text_add(out, "\n%s%s%s\n", lng_style_on(look, LNG_BOLD), text, lng_style_off(look, LNG_BOLD));
}

/* ---- values ---- */
/* "basic 512, plus 301 and 3 more" */
static const char *values_text(lng_arena *a, const lng_census *t)
{
    lng_text list = lng_text_new(a);
    const size_t n = t->value_count > MOST_VALUES + 1 ? MOST_VALUES : t->value_count;
    for (size_t i = 0; i < n; i++)
        lng_text_add(&list, "%s%s %s", i ? ", " : "", lng_shown(a, t->value[i].text, VALUE_BYTES), lng_count(a, t->value[i].count));
    if (n < t->value_count)
        lng_text_add(&list, " and %s more", lng_count(a, (int64_t)(t->value_count - n)));
    return list.at;
}

static bool has_few_values(const lng_census *t)
{
    return t->kind == LNG_COLUMN_WORD && t->value && t->value_count * 2 <= (size_t)(t->rows - t->missing);
}

static void values(const lng_survey *s, lng_text *out, lng_look look)
{
    bool any = false;
    for (size_t i = 0; i < s->columns && i < MOST_LISTED; i++) {
        if (i == s->label || !has_few_values(&s->column[i]))
            continue;
        if (!any)
            heading(out, look, "names");
        any = true;
        lng_wrap(out,
                 lng_format(out->arena, "%s: %s", lng_shown(out->arena, s->column[i].name, NAME_BYTES),
                            values_text(out->arena, &s->column[i])),
                 "  ", look.width);
        lng_text_add(out, "\n");
    }
}

/* ---- the label ---- */
static void label(const lng_survey *s, lng_text *out, lng_look look)
{
    const lng_census *t = lng_survey_label(s);
    lng_arena *a = out->arena;
    if (!t)
        return;
    heading(out, look,
            lng_format(a, "label: %s%s", lng_shown(a, t->name, NAME_BYTES),
                       s->label_is_named ? "" : ", the last column; --label names another one"));
    if (!lng_survey_classifies(s)) {
        lng_text_add(out, lng_census_is_number(t) ? "  a number: regression\n" : "  not a class, nor a number\n");
        return;
    }
    lng_table *table = lng_table_new(a, "lrR", 2, 2);
    const size_t n = t->value_count > MOST_LABELS + 1 ? MOST_LABELS : t->value_count;
    for (size_t i = 0; i < n; i++) {
        const double share = 100 * (double)t->value[i].count / (double)(t->rows - t->missing);
        lng_table_cell(table, LNG_PLAIN, lng_shown(a, t->value[i].text, NAME_BYTES));
        lng_table_cell(table, LNG_PLAIN, lng_count(a, t->value[i].count));
        lng_table_cell(table, LNG_PLAIN, lng_format(a, "%s %%", lng_fixed(a, share, 1)));
    }
    lng_table_write(table, out, look);
    if (n < t->value_count)
        lng_text_add(out, "  and %s classes more\n", lng_count(a, (int64_t)(t->value_count - n)));
}

/* ---- first rows ---- */
static void rows(const lng_survey *s, lng_text *out, lng_look look)
{
    lng_arena *a = out->arena;
    bool any = false;
    for (size_t i = 0; i < s->columns && i < MOST_LISTED; i++) {
        const lng_census *t = &s->column[i];
        lng_text line = lng_text_new(a);
        for (int k = 0; k < LNG_EXAMPLES && t->example[k]; k++)
            lng_text_add(&line, "%s%s", k ? " | " : "", *t->example[k] ? lng_shown(a, t->example[k], VALUE_BYTES) : "(empty)");
        if (!line.length)
            continue;
        if (!any)
            heading(out, look, "first rows");
        any = true;
        lng_wrap(out, lng_format(a, "%s: %s", lng_shown(a, t->name, NAME_BYTES), line.at), "  ", look.width);
        lng_text_add(out, "\n");
    }
}

/* ---- what is suspicious ---- */
static const char *columns_with(const lng_survey *s, const lng_suspicion *suspicion, lng_arena *a)
{
    lng_text list = lng_text_new(a);
    size_t n = 0;
    for (size_t i = 0; i < s->columns; i++) {
        const lng_census *t = &s->column[i];
        if (!suspicion->of_column(s, t) || ++n > MOST_NAMED)
            continue;
        lng_text_add(&list, "%s%s", list.length ? ", " : "", lng_shown(a, t->name, NAME_BYTES));
        if (suspicion->detail)
            lng_text_add(&list, " (%s)", lng_shown(a, suspicion->detail(s, t), 100));
    }
    if (n > MOST_NAMED)
        lng_text_add(&list, " and %s more", lng_count(a, (int64_t)(n - MOST_NAMED)));
    return list.length ? list.at : NULL;
}

static void suspicions(const lng_survey *s, lng_text *out, lng_look look)
{
    bool any = false;
    for (size_t i = 0; i < lng_suspicion_count; i++) {
        const lng_suspicion *q = &lng_suspicions[i];
        const char *what = q->of_column ? columns_with(s, q, out->arena) : q->of_all(s);
        if (!what)
            continue;
        if (!any)
            heading(out, look, "suspicious");
        any = true;
        lng_wrap(out, lng_format(out->arena, "%s: %s", q->name, what), "  ", look.width);
        lng_text_add(out, "\n");
        lng_wrap(out, q->advice, "      ", look.width);
        lng_text_add(out, "\n");
    }
}

static const char *separator_text(char separator)
{
    return separator == ';' ? "semicolons" : separator == '\t' ? "tabs" : separator == '|' ? "vertical bars" : "commas";
}

void lng_survey_text(const lng_described *d, lng_text *out, lng_look look)
{
    const lng_survey *s = d->survey;
    lng_arena *a = out->arena;
    lng_text title = lng_text_new(a);
    lng_text_add(&title, "%s: %s, %s %s, %s column%s", lng_shown(a, d->name, 60), s->format, lng_count(a, s->rows),
                 s->window ? lng_format(a, "windows of %s rows, of which the last is shown", lng_count(a, s->window)) : "rows",
                 lng_count(a, (int64_t)s->columns), s->columns == 1 ? "" : "s");
    if (s->style.separator && s->columns > 1)
        lng_text_add(&title, ", separated by %s", separator_text(s->style.separator));
    if (s->style.anonymous)
        lng_text_add(&title, ", without names in its first line");
    lng_wrap(out, title.at, "", look.width);
    lng_text_add(out, "\n\n");
    columns(s, out, look);
    values(s, out, look);
    label(s, out, look);
    rows(s, out, look);
    suspicions(s, out, look);
}
