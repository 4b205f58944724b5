/* A model file for data, from what is in them. It trains as it is: what cannot be learned from is left out, with the reason in a comment. */
#include "base/printable.h"
#include "cli/survey.h"
#include "data/format.h"
#include "syntax/builtin_names.h"
#include "syntax/expression.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAMES   100 /* of a category */
#define MOST_CLASSES 1000
#define LEAST_ROWS   3 /* a fifth of them is one */
#define LINE         110

typedef enum { LEFT_OUT, THE_LABEL, A_NUMBER, A_DATE, A_CATEGORY, AN_ARRAY } role;

/* An array of the data set, or what columns of a table become. */
typedef struct field {
    const char *name;
    const lng_census *from; /* its first column */
    role role;
} field;

typedef struct draft {
    lng_command *c;
    lng_arena *arena;
    const lng_survey *s;
    const lng_census *label;
    const char *const *path;
    size_t files;
    lng_text *out;
    bool classifies, comma;
    role *role;          /* of each column */
    const char **reason; /* why it is left out */
    lng_map *taken;      /* names */
    const char **array;  /* what the model calls each array */
    const char *called;  /* what it calls the label */
    field *field;
    size_t fields;
} draft;

static bool refuse(draft *d, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(draft *d, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(d->c->errors, LNG_E_DATA, (lng_place){0}, format, arguments);
    va_end(arguments);
    return lng_error_hint(d->c->errors, "%s", hint), false;
}

/* ---- names ---- */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A scalar of YAML: plain if it is a word or the name of a file, otherwise in double quotes. */
const char *lng_yaml_scalar(lng_arena *a, const char *text)
{
    lng_text out = lng_text_new(a);
    bool plain = is_letter(*text) || strcmp(text, ".") == 0;
    for (const char *at = text; *at; at++)
        plain = plain && (is_letter(*at) || is_digit(*at) || strchr(".-/", *at));
    if (plain)
        return text;
    lng_doc_quote(&out, text, strlen(text));
    return out.at;
}

/* A name for a field: letters, digits and underscores, and no word of the language. */
static const char *identifier(draft *d, const char *text)
{
    char *name = lng_format(d->arena, "%s", text);
    for (char *at = name; *at; at++)
        if (!is_letter(*at) && !is_digit(*at))
            *at = '_';
    if (!is_letter(*name))
        name = lng_format(d->arena, "x_%s", name);
    if (!lng_is_name(name, strlen(name)) || lng_is_reserved(name) || lng_is_builtin(name))
        name = lng_format(d->arena, "%s_", name);
    const char *own = lng_map_new_name(d->taken, name);
    lng_map_put(d->taken, own, d);
    return own;
}

/* "[a, b]", broken between items. */
static void put_list(draft *d, const char *before, const char *indent, const char *const *item, size_t n)
{
    size_t column = strlen(before) + 1;
    lng_text_add(d->out, "%s[", before);
    for (size_t i = 0; i < n; i++) {
        const size_t width = strlen(item[i]) + 2;
        if (i && column + width > LINE) {
            lng_text_add(d->out, ",\n%s", indent);
            column = strlen(indent);
        } else if (i)
            lng_text_add(d->out, ", ");
        lng_text_put(d->out, item[i], strlen(item[i]));
        column += width;
    }
    lng_text_add(d->out, "]");
}

/* ---- what becomes of each column ---- */
static role leave_out(draft *d, size_t i, const char *reason)
{
    d->reason[i] = reason;
    return LEFT_OUT;
}

static bool is_suspect(const draft *d, const char *name, const lng_census *t)
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
    if (is_suspect(d, "empty", t) || is_suspect(d, "constant", t) || t->rows - t->missing == 1)
        return leave_out(d, i, "it has one value alone");
    if (is_suspect(d, "equal-columns", t))
        return leave_out(d, i, "another column is equal to it");
    if (is_suspect(d, "id", t))
        return leave_out(d, i, "it has another value in each row");
    if (is_suspect(d, "nearly-numbers", t))
        return leave_out(d, i, "not all of its cells are numbers");
    if (is_suspect(d, "dates", t))
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

static bool is_table(const draft *d)
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

/* ---- data ---- */
static int by_value(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double u, v;
    if (lng_parse_double(x, strlen(x), &u) && lng_parse_double(y, strlen(y), &v))
        return (u > v) - (u < v);
    return strcmp(x, y);
}

static void put_names(draft *d, const lng_census *t)
{
    const char **name = LNG_NEW_N(d->arena, t->value_count + 1, const char *);
    for (size_t i = 0; i < t->value_count; i++)
        name[i] = t->value[i].text;
    qsort(name, t->value_count, sizeof *name, by_value);
    for (size_t i = 0; i < t->value_count; i++)
        name[i] = lng_yaml_scalar(d->arena, name[i]);
    put_list(d, "        names: ", "          ", name, t->value_count);
    lng_text_add(d->out, "\n");
}

static void put_columns(draft *d, const field *f)
{
    const char **name = LNG_NEW_N(d->arena, d->s->columns + 1, const char *);
    size_t n = 0;
    bool missing = false;
    for (size_t i = 0; i < d->s->columns; i++)
        if (d->role[i] == f->role) {
            name[n++] = lng_yaml_scalar(d->arena, d->s->column[i].name);
            missing = missing || d->s->column[i].missing;
        }
    lng_text_add(d->out, "      %s:\n", f->name);
    put_list(d, "        columns: ", "          ", name, n);
    lng_text_add(d->out, "\n%s%s        scale: standard\n", f->role == A_DATE ? "        date: true\n" : "",
                 missing ? "        missing: mean\n" : "");
}

static void put_table_field(draft *d, const field *f)
{
    if (f->role != A_CATEGORY) {
        put_columns(d, f);
        return;
    }
    lng_text_add(d->out, "      %s:\n        column: %s\n        category: true\n", f->name,
                 lng_yaml_scalar(d->arena, f->from->name));
    put_names(d, f->from);
    lng_text_add(d->out, "        missing: other\n        unknown: other\n");
}

static void put_table_label(draft *d)
{
    const char *column = lng_yaml_scalar(d->arena, d->label->name), *drop = d->label->missing ? "        missing: drop\n" : "";
    lng_text_add(d->out, "      %s:\n        column: %s\n%s        %s\n", d->called, column, drop,
                 d->classifies ? "class: true" : "scale: standard");
    if (d->classifies)
        put_names(d, d->label);
}

/* The file's name, as if it were not compressed. */
static const char *plain_name(lng_arena *a, const char *path)
{
    const char *base = lng_base_name(path), *plain = lng_without_suffix(a, base, ".gz");
    return plain ? plain : base;
}

static const char *folder_of(lng_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : lng_copy_n(a, path, (size_t)(slash - path));
}

/* The shape of an array as the model reads it: a plane is an image of one channel. */
static const char *shape_of(draft *d, const lng_census *t)
{
    char text[LNG_SHAPE_TEXT];
    lng_shape shape = t->shape;
    if (shape.rank == 2)
        shape = lng_shape_of(3, shape.dim[0], shape.dim[1], (int64_t)1);
    if (shape.rank == 0)
        shape = lng_shape_of(1, (int64_t)1);
    return lng_copy(d->arena, lng_shape_text(text, shape));
}

static void put_array_fields(draft *d)
{
    if (d->classifies)
        lng_text_add(d->out, "    classes: %lld\n", (long long)d->label->moment.most + 1);
    lng_text_add(d->out, "    fields:\n");
    for (size_t i = 0; i < d->fields; i++)
        lng_text_add(d->out, "      %s: %s\n", d->field[i].name, shape_of(d, d->field[i].from));
    lng_text_add(d->out, "      %s: %s\n    train:", d->called, d->classifies ? "class" : "[1]");
    if (strcmp(d->s->format, "npz") == 0) {
        lng_text_add(d->out, " {file: %s}\n", lng_yaml_scalar(d->arena, plain_name(d->arena, d->path[0])));
        return;
    }
    lng_text_add(d->out, "\n");
    for (size_t i = 0; i < d->files; i++)
        lng_text_add(d->out, "      %s: {file: %s}\n", d->array[i], lng_yaml_scalar(d->arena, plain_name(d->arena, d->path[i])));
}

static void put_data(draft *d)
{
    const char *base = plain_name(d->arena, d->path[0]);
    lng_text_add(d->out, "data:\n  source:\n    name: %s\n    format: %s\n",
                 lng_yaml_scalar(d->arena, lng_copy_n(d->arena, base, strcspn(base, "."))), d->s->format);
    if (is_table(d)) {
        lng_text_add(d->out, "%s%s%s    fields:\n", d->comma ? "    decimal: comma\n" : "",
                     d->comma && d->s->style.separator == ',' ? "    separator: comma\n" : "",
                     d->s->style.anonymous ? "    header: false\n" : "");
        for (size_t i = 0; i < d->fields; i++)
            put_table_field(d, &d->field[i]);
        put_table_label(d);
        lng_text_add(d->out, "    train: {file: %s}\n", lng_yaml_scalar(d->arena, plain_name(d->arena, d->path[0])));
    } else
        put_array_fields(d);
    lng_text_add(d->out, "  dir: %s\n", lng_yaml_scalar(d->arena, folder_of(d->arena, d->path[0])));
    lng_text_add(d->out, d->classifies ? "  validation: {part: 0.2, stratify: %s}\n" : "  validation: {part: 0.2}\n", d->called);
}

/* ---- the model ---- */
static int64_t columns_of(const draft *d, role role)
{
    int64_t n = 0;
    for (size_t i = 0; i < d->s->columns; i++)
        n += d->role[i] == role;
    return n;
}

static void put_in(draft *d)
{
    lng_text_add(d->out, "in: ");
    for (size_t i = 0; i < d->fields; i++) {
        const field *f = &d->field[i];
        lng_text_add(d->out, "%s", f->name);
        if (f->role == AN_ARRAY)
            lng_text_add(d->out, "%s", shape_of(d, f->from));
        else if (f->role != A_CATEGORY)
            lng_text_add(d->out, "[%lld]", (long long)columns_of(d, f->role));
        lng_text_add(d->out, ", ");
    }
    lng_text_add(d->out, "%s%s\n", d->called, d->classifies ? "" : "[1]");
}

/* A field as numbers around 0. */
static const char *input_of(draft *d, const field *f)
{
    if (f->role == A_CATEGORY)
        return lng_format(d->arena, "one_hot(%s, depth=%zu)", f->name, f->from->value_count + 1);
    if (f->role != AN_ARRAY)
        return f->name;
    const lng_moments *m = &f->from->moment;
    const double deviation = lng_moments_deviation(m);
    if (f->from->kind == LNG_COLUMN_ARRAY && m->least >= 0 && m->most > 1.5 && m->most <= 255)
        return lng_format(d->arena, "%s / 255", f->name);
    return lng_format(d->arena, "(%s %c %.6g) / %.6g", f->name, m->mean < 0 ? '+' : '-', fabs(m->mean),
                      deviation > 0 ? deviation : 1);
}

static bool is_image(const draft *d)
{
    const lng_shape shape = d->fields == 1 ? d->field[0].from ? d->field[0].from->shape : (lng_shape){0} : (lng_shape){0};
    return d->fields == 1 && d->field[0].role == AN_ARRAY && (shape.rank == 2 || (shape.rank == 3 && shape.dim[2] <= 4)) &&
           shape.dim[0] >= 10 && shape.dim[1] >= 10;
}

static void put_inputs(draft *d)
{
    if (d->fields == 1) {
        lng_text_add(d->out, "  - %s\n", input_of(d, &d->field[0]));
        if (is_image(d))
            lng_text_add(d->out, "  - conv2d: {filters: 16, kernel: 3, activation: relu}\n  - maxpool2d: {size: 2}\n"
                                 "  - conv2d: {filters: 32, kernel: 3, activation: relu}\n  - maxpool2d: {size: 2}\n  - flatten\n");
        else if (d->field[0].role == AN_ARRAY && d->field[0].from->shape.rank > 1)
            lng_text_add(d->out, "  - flatten\n");
        return;
    }
    lng_text_add(d->out, "  - concat(");
    for (size_t i = 0; i < d->fields; i++) {
        const field *f = &d->field[i];
        const char *in = input_of(d, f);
        lng_text_add(d->out, f->role == AN_ARRAY && f->from->shape.rank > 1 ? "%sflatten(%s)" : "%s%s", i ? ", " : "", in);
    }
    lng_text_add(d->out, ")\n");
}

/* What the target of an array is divided by. */
static double scale_of(const draft *d)
{
    const double deviation = lng_moments_deviation(&d->label->moment);
    return deviation > 0 ? deviation : 1;
}

static void put_graph(draft *d)
{
    const bool small = d->s->rows < 500;
    lng_text_add(d->out, "graph:\n");
    put_inputs(d);
    lng_text_add(d->out, "  - dense: {units: %d, activation: relu}\n", small ? 16 : 64);
    if (d->classifies) {
        lng_text_add(d->out, "  - dense: {units: %lld, activation: softmax}\n",
                     (long long)(is_table(d) ? (int64_t)d->label->value_count : (int64_t)d->label->moment.most + 1));
        return;
    }
    lng_text_add(d->out, "  - dense: {units: 1}\n");
    if (!is_table(d)) /* a table scales its target */
        lng_text_add(d->out, "  - it * %.6g %c %.6g # from around 0 to the units of %s\n", scale_of(d),
                     d->label->moment.mean < 0 ? '-' : '+', fabs(d->label->moment.mean), d->called);
}

/* Some thousands of steps, in batches of a size that fits the data. */
static void put_train(draft *d)
{
    const int64_t rows = d->s->rows, batch = rows < 2000 ? 32 : rows < 50000 ? 128 : 256;
    int64_t epochs = (is_image(d) ? 2000 : 3000) * batch / (rows > 0 ? rows : 1);
    epochs = epochs < 3 ? 3 : epochs > 100 ? 100 : epochs;
    const char *label = d->called;
    if (d->classifies)
        lng_text_add(d->out, "train:\n  loss: cross_entropy(out, %s)\n", label);
    else if (is_table(d))
        lng_text_add(d->out, "train:\n  loss: mse(out, %s)\n", label);
    else
        lng_text_add(d->out, "train:\n  loss: mse(out / %.6g, %s / %.6g)\n", scale_of(d), label, scale_of(d));
    if (d->classifies && lng_suspicion_find("imbalance")->of_all(d->s))
        lng_text_add(d->out, "  class_weights: balanced\n");
    lng_text_add(d->out,
                 "  optimizer: adam(lr=cosine(peak=%s))\n  batch: %lld\n  epochs: %lld\n  keep: best(validation.loss)\n  seed: 1\n",
                 is_image(d) ? "0.002" : "0.005", (long long)batch, (long long)epochs);
    lng_text_add(d->out, "report:\n  metrics:\n");
    if (d->classifies)
        lng_text_add(d->out, "    - accuracy(out, %s)\n    - auc(out, %s)\n", label, label);
    else
        lng_text_add(d->out, "    - mae(out, %s)\n    - r2(out, %s)\n", label, label);
}

/* ---- the head ---- */
static void put_head(draft *d)
{
    const char *base = plain_name(d->arena, d->path[0]);
    lng_text_add(d->out, "# Made by `lngraph describe` from %s.\n", lng_shown(d->arena, base, 60));
    for (size_t i = 0; i < d->s->columns; i++) {
        const lng_census *t = &d->s->column[i];
        if (d->reason[i])
            lng_text_add(d->out, "# Left out: %s, as %s.\n", lng_shown(d->arena, t->name, 40), d->reason[i]);
        else if (is_suspect(d, "leak", t))
            lng_text_add(d->out, "# Suspicious: %s determines %s. Is it known before? If not, leave it out.\n",
                         lng_shown(d->arena, t->name, 40), lng_shown(d->arena, d->label->name, 40));
    }
    char *name = lng_copy_n(d->arena, base, strcspn(base, "."));
    for (char *at = name; *at; at++)
        *at = is_letter(*at) || is_digit(*at) || *at == '-' ? *at : '_';
    lng_text_add(d->out, "lngraph: 1\nname: %s\n", *name && is_letter(*name) ? name : "model");
}

/* Whether the label is a class: of an array, integers that count from 0. */
static bool is_class(const draft *d, const lng_census *t)
{
    const bool few = lng_survey_classifies(d->s);
    if (is_table(d))
        return few;
    return t->kind == LNG_COLUMN_INTEGER && !t->floats && t->moment.most < MOST_CLASSES && (few || t->moment.least >= 0);
}

static bool check_label(draft *d)
{
    static const char hint[] = "--label names the column that is to be predicted";
    const lng_census *t = d->label;
    if (!t)
        return refuse(d, hint, "there is no column that can be the label");
    if (!is_table(d) && lng_shape_size(t->shape) > 1)
        return refuse(d, hint, "the label `%.60s` is one of several numbers of an array", t->name);
    if (is_table(d) && !has_name(t))
        return refuse(d, "give the column another name", "a model file cannot name the label `%.60s`", t->name);
    d->classifies = is_class(d, t);
    if (t->kind == LNG_COLUMN_EMPTY || (t->value && t->value_count < 2))
        return refuse(d, hint, "the label `%.60s` has no two values", t->name);
    if (t->rows - t->missing < LEAST_ROWS)
        return refuse(d, "add rows", "%lld rows with a label are too few to train and validate", (long long)(t->rows - t->missing));
    if (d->classifies && t->spelled)
        return refuse(d, "leave them empty in the file",
                      "%lld cells of the label `%.60s`, such as NA, would be a class of their own", (long long)t->spelled, t->name);
    if (d->classifies && is_table(d) && t->value_count > MOST_CLASSES)
        return refuse(d, hint, "the label `%.60s` has %zu classes, more than %d", t->name, t->value_count, MOST_CLASSES);
    if (d->classifies && !is_table(d) && t->moment.least < 0)
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
        else if (strcmp(folder_of(d->arena, d->path[i]), folder_of(d->arena, d->path[0])) != 0)
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
    for (size_t i = 0; !is_table(d) && i < d->s->columns; i++) {
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
    (is_table(&d) ? plan_table : plan_arrays)(&d);
    if (d.fields == 0)
        return refuse(&d, "`lngraph describe` without --model says what is in it", "no column is left to learn from");
    put_head(&d);
    put_data(&d);
    put_in(&d);
    put_graph(&d);
    put_train(&d);
    return true;
}
