/* Single examples: their labels, what is in them, and which ones to show. */
#include "figure/figure.h"
#include "kernel/dmath.h"
#include <math.h>
#include <string.h>

#define MOST_CLASSES 40 /* of which one example each is shown */
#define FIRST        12 /* examples that are shown where there are no classes */

size_t lng_label_field(const lng_model *m)
{
    size_t found = SIZE_MAX, labels = 0;
    for (size_t i = 0; i < m->fields; i++)
        if (lng_field_is_class(&m->field[i]) && ++labels)
            found = i;
    return labels == 1 ? found : SIZE_MAX;
}

int64_t lng_label_at(const lng_range *r, size_t field, int64_t i)
{
    return (int64_t)lng_array_at(&r->part->array[field], r->first + i);
}

/* ---- what is in an example ---- */
static const lng_column_spec *columns_of(const lng_drawn *d, size_t field)
{
    const lng_column_spec *learned = d->data->learned ? d->data->learned[field] : NULL;
    return learned ? learned : d->model->field[field].columns;
}

/* As it was before it was scaled. */
static double unscaled(const lng_column_spec *c, int64_t k, double x)
{
    if (c && c->scale == LNG_SCALE_LOG1P)
        return d_expm1(x);
    if (!c || !c->subtract)
        return x;
    const double y = x * c->divide[k] + c->subtract[k];
    return fabs(y) < fabs(c->subtract[k]) * 1e-6 ? 0 : y; /* which it was, but for the rounding to a float */
}

static const char *name_of(lng_arena *a, const lng_data_field *f, const lng_column_spec *c, int64_t k, int64_t size)
{
    if (c && c->column && !c->patterns && (int64_t)c->columns == size)
        return c->column[k];
    return size == 1 ? f->name : lng_format(a, "%s[%lld]", f->name, (long long)k);
}

static const char *value_of(lng_arena *a, const lng_column_spec *c, int64_t k, double x, lng_dtype dtype)
{
    if (dtype == LNG_I32)
        return c && c->word && x >= 0 && x < (double)c->words ? c->word[(int64_t)x] : lng_format(a, "%.0f", x);
    return lng_format(a, "%.4g", unscaled(c, k, x));
}

const char *lng_example_text(lng_arena *a, const lng_drawn *d, const lng_range *r, int64_t i, size_t most)
{
    lng_text out = lng_text_new(a);
    const size_t label = lng_label_field(d->model);
    for (size_t f = 0; f < r->part->fields; f++) {
        const lng_array *x = &r->part->array[f];
        const lng_data_field *field = &d->model->field[f];
        const int64_t size = lng_shape_size(x->shape);
        for (int64_t k = 0; k < size && f != label; k++) {
            const double value = lng_array_at(x, (r->first + i) * size + k);
            const lng_column_spec *c = columns_of(d, f);
            const char *text = lng_format(a, "%s%s %s", out.length ? ", " : "", name_of(a, field, c, k, size),
                                          value_of(a, c, k % lng_field_row(field), value, field->dtype));
            if (out.length + strlen(text) > most) {
                lng_text_add(&out, out.length ? ", ..." : "...");
                return out.at;
            }
            lng_text_add(&out, "%s", text);
        }
    }
    return out.at;
}

/* ---- which ones to show ---- */
size_t lng_samples_of(lng_arena *a, const lng_drawn *d, int64_t **example)
{
    const lng_range r = lng_split_range(d->data, LNG_TRAIN);
    const size_t field = lng_label_field(d->model);
    const int64_t classes = field == SIZE_MAX ? 0 : d->model->field[field].classes;
    const bool by_class = classes > 0 && classes <= MOST_CLASSES;
    const int64_t most = by_class ? classes : r.count < FIRST ? r.count : FIRST;
    size_t n = 0;
    int64_t *first = *example = LNG_NEW_N(a, (size_t)most + 1, int64_t);
    for (int64_t c = 0; c < most; c++) {
        int64_t i = by_class ? 0 : c;
        while (by_class && i < r.count && lng_label_at(&r, field, i) != c)
            i++;
        if (i < r.count)
            first[n++] = i;
    }
    return n;
}
