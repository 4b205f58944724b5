/* A model file for data, from what is in them. It trains as it is: what cannot be learned from is left out, with the reason in a comment. */
#include "cli/draft.h"
#include "data/format.h"
#include "syntax/builtin_names.h"
#include "syntax/expression.h"
#include <string.h>

#define MOST_NAMES   100 /* of a category */
#define MOST_CLASSES 1000
#define LEAST_ROWS   3 /* a fifth of them is one */

static bool refuse(draft *d, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(draft *d, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(d->c->errors, LNG_E_DATA, (lng_place){0}, format, arguments);
    va_end(arguments);
    return lng_error_hint(d->c->errors, "%s", hint), false;
}

/* A name for a field: letters, digits and underscores, and no word of the language. */
static const char *identifier(draft *d, const char *text)
{
    char *name = lng_format(d->arena, "%s", text);
    for (char *at = name; *at; at++)
        if (!lng_draft_is_letter(*at) && !lng_draft_is_digit(*at))
            *at = '_';
    if (!lng_draft_is_letter(*name))
        name = lng_format(d->arena, "x_%s", name);
    if (!lng_is_name(name, strlen(name)) || lng_is_reserved(name) || lng_is_builtin(name))
        name = lng_format(d->arena, "%s_", name);
    const char *own = lng_map_new_name(d->taken, name);
    lng_map_put(d->taken, own, d);
    return own;
}

/* ---- what becomes of each column ---- */
static role leave_out(draft *d, size_t i, const char *reason)
{
    d->reason[i] = reason;
    return LEFT_OUT;
}

bool lng_draft_is_suspect(const draft *d, const char *name, const lng_census *t)
{
    return lng_suspicion_find(name)->of_column(d->s, t);
}

/* An asterisk would stand for other columns. */
static bool has_name(const lng_census *t)
{
    return *t->name && !strchr(t->name, '*');
}

static role role_of(draft *d, size_t i)
{
    const lng_census *t = &d->s->column[i];
    if (t == d->label)
        return THE_LABEL;
    if (!has_name(t))
        return leave_out(d, i, "a model file cannot name it");
    if (lng_draft_is_suspect(d, "empty", t) || lng_draft_is_suspect(d, "constant", t) || t->rows - t->missing == 1)
        return leave_out(d, i, "it has one value alone");
    if (lng_draft_is_suspect(d, "equal-columns", t))
        return leave_out(d, i, "another column is equal to it");
    if (lng_draft_is_suspect(d, "id", t))
        return leave_out(d, i, "it has another value in each row");
    if (lng_draft_is_suspect(d, "nearly-numbers", t))
        return leave_out(d, i, "not all of its cells are numbers");
    if (lng_draft_is_suspect(d, "dates", t))
        return leave_out(d, i, "its dates have another form than 2026-11-26 or 26.11.2026");
    if (lng_census_is_number(t) && (d->comma ? t->numbers : t->commas))
        return leave_out(d, i,
                         d->comma ? "it has a decimal point, others have a comma" : "it has a decimal comma, others have a point");
    if (t->kind == LNG_COLUMN_DATE)
        return A_DATE;
    if (lng_census_is_number(t) && t->zeros == 0)
        return A_NUMBER;
    if (t->value && t->value_count <= MOST_NAMES && (int64_t)t->value_count * 2 <= t->rows)
        return A_CATEGORY;
    return leave_out(d, i, t->texts ? "it is text" : "it has too many names for a category");
}

static void add_field(draft *d, const char *name, const lng_census *from, role role)
{
    d->field[d->fields++] = (field){name, from, role};
}

static bool any_with(const draft *d, role role)
{
    for (size_t i = 0; i < d->s->columns; i++)
        if (d->role[i] == role)
            return true;
    return false;
}

bool lng_draft_is_table(const draft *d)
{
    return strcmp(d->s->format, "csv") == 0;
}

static void plan_table(draft *d)
{
    d->called = identifier(d, d->classifies ? "label" : "target");
    for (size_t i = 0; i < d->s->columns; i++)
        d->comma = d->comma || (lng_census_is_number(&d->s->column[i]) && lng_census_is_comma(&d->s->column[i]));
    d->comma = d->comma && (d->classifies || d->label->numbers == 0);
    for (size_t i = 0; i < d->s->columns; i++)
        d->role[i] = role_of(d, i);
    if (any_with(d, A_NUMBER))
        add_field(d, identifier(d, "numbers"), NULL, A_NUMBER);
    if (any_with(d, A_DATE))
        add_field(d, identifier(d, "dates"), NULL, A_DATE);
    for (size_t i = 0; i < d->s->columns; i++)
        if (d->role[i] == A_CATEGORY)
            add_field(d, identifier(d, lng_format(d->arena, "%.40s", d->s->column[i].name)), &d->s->column[i], A_CATEGORY);
}

/* Arrays whose numbers are columns of their own have that many columns, one after the other. */
static void plan_arrays(draft *d)
{
    const lng_census *t = d->s->column, *end = t + d->s->columns;
    for (size_t i = 0; t < end; t += t->kind == LNG_COLUMN_ARRAY ? 1 : lng_shape_size(t->shape), i++)
        if (t == d->label)
            d->called = d->array[i];
        else
            add_field(d, d->array[i], t, AN_ARRAY);
}

/* ---- what no model file can be written for ---- */
/* Whether the label is a class: of an array, integers that count from 0. */
static bool is_class(const draft *d, const lng_census *t)
{
    const bool few = lng_survey_classifies(d->s);
    if (lng_draft_is_table(d))
        return few;
    return t->kind == LNG_COLUMN_INTEGER && !t->floats && t->moment.most < MOST_CLASSES && (few || t->moment.least >= 0);
}

static bool check_label(draft *d)
{
    static const char hint[] = "--label names the column that is to be predicted";
    const lng_census *t = d->label;
    if (!t)
        return refuse(d, hint, "there is no column that can be the label");
    if (!lng_draft_is_table(d) && lng_shape_size(t->shape) > 1)
        return refuse(d, hint, "the label `%.60s` is one of several numbers of an array", t->name);
    if (lng_draft_is_table(d) && !has_name(t))
        return refuse(d, "give the column another name", "a model file cannot name the label `%.60s`", t->name);
    d->classifies = is_class(d, t);
    if (t->kind == LNG_COLUMN_EMPTY || (t->value && t->value_count < 2))
        return refuse(d, hint, "the label `%.60s` has no two values", t->name);
    if (t->rows - t->missing < LEAST_ROWS)
        return refuse(d, "add rows", "%lld rows with a label are too few to train and validate", (long long)(t->rows - t->missing));
    if (d->classifies && t->spelled)
        return refuse(d, "leave them empty in the file",
                      "%lld cells of the label `%.60s`, such as NA, would be a class of their own", (long long)t->spelled, t->name);
    if (d->classifies && lng_draft_is_table(d) && t->value_count > MOST_CLASSES)
        return refuse(d, hint, "the label `%.60s` has %zu classes, more than %d", t->name, t->value_count, MOST_CLASSES);
    if (d->classifies && !lng_draft_is_table(d) && t->moment.least < 0)
        return refuse(d, hint, "a class of the label `%.60s` is %g, but classes count from 0", t->name, t->moment.least);
    if (!d->classifies && !lng_census_is_number(t))
        return refuse(d, hint, "the label `%.60s` is neither a number nor the name of a class", t->name);
    return true;
}

static bool check_files(draft *d)
{
    for (size_t i = 0; i < d->files; i++)
        if (strcmp(d->path[i], "-") == 0)
            return lng_usage_error(d->c, "--model needs a file, which the model file will name, not standard input");
        else if (strcmp(lng_parent_name(d->arena, d->path[i]), lng_parent_name(d->arena, d->path[0])) != 0)
            return lng_usage_error(d->c, "--model needs all files in one folder");
    if (lng_data_format_find(d->s->format))
        return true;
    return refuse(d, "numpy.savez puts arrays into one file, which a model file can name", "a model file cannot describe %s files",
                  d->s->format);
}

/* Integers of arrays become floats as they are. */
static bool check_numbers(draft *d)
{
    const double most = 1 << 24;
    for (size_t i = 0; !lng_draft_is_table(d) && i < d->s->columns; i++) {
        const lng_census *t = &d->s->column[i];
        if (!t->floats && (t->moment.least < -most || t->moment.most > most))
            return refuse(d, "save it as floats", "`%.60s` holds integers beyond 2^24, which cannot be read as numbers", t->name);
    }
    return true;
}

/* What is in an archive has one name there and in the model. */
static bool name_arrays(draft *d)
{
    d->array = LNG_NEW_N(d->arena, d->s->columns + 1, const char *);
    for (size_t i = 0; d->s->array && d->s->array[i]; i++) {
        d->array[i] = identifier(d, d->s->array[i]);
        if (strcmp(d->s->format, "npz") == 0 && strcmp(d->array[i], d->s->array[i]) != 0)
            return refuse(d, "save it under a name of letters, digits and underscores that is no word of the language",
                          "a model file cannot name the array `%.60s`", d->s->array[i]);
    }
    return true;
}

bool lng_draft_model(lng_command *c, const lng_survey *s, const char *const *path, size_t files, lng_text *out)
{
    draft d = {.c = c, .arena = c->arena, .s = s, .label = lng_survey_label(s), .path = path, .files = files, .out = out};
    d.role = LNG_NEW_N(c->arena, s->columns + 1, role);
    d.reason = LNG_NEW_N(c->arena, s->columns + 1, const char *);
    d.field = LNG_NEW_N(c->arena, s->columns + 2, field);
    d.taken = lng_map_new(c->arena);
    lng_map_put(d.taken, "out", &d);
    if (!check_files(&d) || !check_label(&d) || !check_numbers(&d) || !name_arrays(&d))
        return false;
    (lng_draft_is_table(&d) ? plan_table : plan_arrays)(&d);
    if (d.fields == 0)
        return refuse(&d, "`lngraph describe` without --model says what is in it", "no column is left to learn from");
    lng_draft_write(&d);
    return true;
}
