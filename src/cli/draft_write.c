/* What draft.c has decided, as a model file. */
#include "cli/draft.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE 110

/* A scalar of YAML: plain if it is a word or the name of a file, otherwise in double quotes. */
const char *lng_yaml_scalar(lng_arena *a, const char *text)
{
    lng_text out = lng_text_new(a);
    bool plain = lng_draft_is_letter(*text) || strcmp(text, ".") == 0;
    for (const char *at = text; *at; at++)
        plain = plain && (lng_draft_is_letter(*at) || lng_draft_is_digit(*at) || strchr(".-/", *at));
    if (plain)
        return text;
    lng_doc_quote(&out, text, strlen(text));
    return out.at;
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
    if (lng_draft_is_table(d)) {
        lng_text_add(d->out, "%s%s%s    fields:\n", d->comma ? "    decimal: comma\n" : "",
                     d->comma && d->s->style.separator == ',' ? "    separator: comma\n" : "",
                     d->s->style.anonymous ? "    header: false\n" : "");
        for (size_t i = 0; i < d->fields; i++)
            put_table_field(d, &d->field[i]);
        put_table_label(d);
        lng_text_add(d->out, "    train: {file: %s}\n", lng_yaml_scalar(d->arena, plain_name(d->arena, d->path[0])));
    } else
        put_array_fields(d);
    lng_text_add(d->out, "  dir: %s\n", lng_yaml_scalar(d->arena, lng_parent_name(d->arena, d->path[0])));
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
                     (long long)(lng_draft_is_table(d) ? (int64_t)d->label->value_count : (int64_t)d->label->moment.most + 1));
        return;
    }
    lng_text_add(d->out, "  - dense: {units: 1}\n");
    if (!lng_draft_is_table(d)) /* a table scales its target */
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
    else if (lng_draft_is_table(d))
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
        else if (lng_draft_is_suspect(d, "leak", t))
            lng_text_add(d->out, "# Suspicious: %s determines %s. Is it known before? If not, leave it out.\n",
                         lng_shown(d->arena, t->name, 40), lng_shown(d->arena, d->label->name, 40));
    }
    char *name = lng_copy_n(d->arena, base, strcspn(base, "."));
    for (char *at = name; *at; at++)
        *at = lng_draft_is_letter(*at) || lng_draft_is_digit(*at) || *at == '-' ? *at : '_';
    lng_text_add(d->out, "lngraph: 1\nname: %s\n", *name && lng_draft_is_letter(*name) ? name : "model");
}

void lng_draft_write(draft *d)
{
    put_head(d);
    put_data(d);
    put_in(d);
    put_graph(d);
    put_train(d);
}
