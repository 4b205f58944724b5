/* The training, validation and test examples: rows of the files are divided, then windows are made of them (opening.h). */
#include "data/opening.h"
#include <string.h>

/* ---- the splits ---- */
const lng_job *lng_job_of(const lng_opening *o, int part)
{
    for (size_t i = 0; i < o->jobs; i++)
        if (o->job[i].load.part == part)
            return &o->job[i];
    return NULL;
}

/* Whether the part's examples were taken out of the training files. */
static bool is_taken(const lng_opening *o, int part)
{
    return part == LNG_PART_TEST && o->data->test.fields && !lng_job_of(o, part);
}

const lng_job *lng_job_of_field(const lng_opening *o, int part, size_t field)
{
    const int from = is_taken(o, part) ? LNG_PART_TRAIN : part;
    for (size_t i = 0; i < o->jobs; i++) {
        const lng_load *l = &o->job[i].load;
        if (l->part == from && o->field + field >= l->field && o->field + field < l->field + l->fields)
            return &o->job[i];
    }
    return NULL;
}

int64_t lng_origin_of(const lng_opening *o, int part, int64_t example)
{
    if (!o->origin || !(part == LNG_PART_TRAIN || is_taken(o, part)))
        return example;
    return o->origin[example + (part == LNG_PART_TRAIN ? 0 : o->data->train.count)];
}

/* A key is a field of the model, or one more. */
static void add_key(lng_opening *o, lng_data_field *all, int which, const lng_data_field *key)
{
    o->key[which] = SIZE_MAX;
    for (size_t k = 0; key && !key->columns && k < o->fields; k++)
        if (strcmp(all[k].name, key->name) == 0)
            o->key[which] = k;
    if (key && o->key[which] == SIZE_MAX) {
        o->key[which] = o->fields + o->keys++;
        all[o->key[which]] = lng_field_of_row(key);
    }
}

void lng_opening_rows(lng_opening *o)
{
    lng_data_field *all = LNG_NEW_N(o->arena, o->fields + 3, lng_data_field);
    for (size_t i = 0; i < o->fields; i++)
        all[i] = lng_field_of_row(&o->example[i]);
    add_key(o, all, 2, o->spec->window.group);
    o->series = o->keys;
    add_key(o, all, 0, o->spec->validation.key);
    add_key(o, all, 1, o->spec->test.key);
    o->field = all;
}

static lng_split_key key_of(const lng_opening *o, int split)
{
    const size_t i = o->key[split];
    const lng_job *j = i == SIZE_MAX ? NULL : lng_job_of_field(o, LNG_PART_TRAIN, i);
    if (!j)
        return (lng_split_key){NULL, NULL};
    return (lng_split_key){&o->data->train.array[i], j->load.words[i - (size_t)(j->load.field - o->field)]};
}

static bool select_rows(const lng_opening *o, size_t i, const uint32_t *row, int64_t n, lng_array *to)
{
    lng_failure failure = {0};
    return lng_array_select(&o->data->train.array[i], row, n, to, &failure) ||
           lng_fail_report(&failure, o->spec->validation.place, o->errors);
}

/* Arrays in the order of the division. */
static bool rearrange(lng_opening *o, const lng_division *d)
{
    lng_data *data = o->data;
    const int64_t kept = d->train + d->validation;
    if (d->test && !data->test.fields) {
        lng_array *array = LNG_NEW_N(o->arena, o->fields, lng_array); /* first: if there is no memory, the part is freed */
        lng_field *field = LNG_NEW_N(o->arena, o->fields, lng_field);
        data->test = (lng_part){.count = d->test, .array = array, .field = field, .fields = o->fields};
    }
    for (size_t i = 0; i < o->fields; i++) {
        lng_array all;
        if (d->test) {
            if (!select_rows(o, i, d->row + kept, d->test, &data->test.array[i]))
                return false;
            data->test.field[i] = lng_array_view(&data->test.array[i]);
        }
        if (!select_rows(o, i, d->row, kept, &all))
            return false;
        lng_array_free(&data->train.array[i]);
        data->train.array[i] = all;
        data->train.field[i] = lng_array_view(&all);
    }
    data->train.count = kept;
    o->origin = d->row;
    return true;
}

static bool is_in_order(const lng_division *d)
{
    for (int64_t i = 0; i < d->train + d->validation + d->test; i++)
        if (d->row[i] != i)
            return false;
    return d->test == 0;
}

static bool blame_split(const lng_opening *o, const lng_division *d, const lng_failure *failure)
{
    const lng_job *j = lng_job_of(o, LNG_PART_TRAIN);
    const lng_loaded l = {o, j, j->load.field, j->load.array};
    char place[40];
    if (d->example < 0)
        return lng_fail_report(failure, d->place, o->errors);
    return lng_loaded_blame(&l, failure->code, "%s%s", lng_loaded_place(&l, d->example, place), failure->text);
}

static bool divide(lng_opening *o, int64_t n)
{
    const lng_split_key key[] = {key_of(o, 0), key_of(o, 1)};
    lng_division d = {.row = LNG_NEW_N(o->arena, (size_t)n, uint32_t), .place = o->spec->place};
    lng_failure failure = {0};
    if (!lng_divide(o->arena, o->spec, key, n, &d, &failure))
        return blame_split(o, &d, &failure);
    if (d.test && o->data->test.fields)
        return lng_error(o->errors, LNG_E_ARGUMENTS, o->spec->validation.place,
                         "`%.60s` has test examples, but the data set has files for `test`, too", o->spec->validation.key->name);
    o->data->train_count = d.train;
    o->data->validation_count = d.validation;
    return is_in_order(&d) || rearrange(o, &d);
}

bool lng_opening_split(lng_opening *o)
{
    lng_data *data = o->data;
    const int64_t n = data->train.count;
    bool good = true;
    data->train_count = n;
    data->validation_count = data->validation.count;
    if (n > UINT32_MAX)
        return lng_error(o->errors, LNG_E_LIMIT, o->spec->place, "more than 2^32 examples");
    if (n > 0 && (o->spec->validation.how || o->spec->test.how))
        good = divide(o, n);
    for (int part = 0; part < LNG_PARTS; part++)
        for (lng_part *p = lng_part_of(data, part); p->keys > 0; p->keys--)
            lng_array_free(&p->array[p->fields + p->keys - 1]);
    return good;
}

/* ---- windows ---- */
void lng_opening_follow(lng_opening *o)
{
    for (int part = 0; part < LNG_PARTS && o->spec->window.length; part++) {
        const lng_part *p = lng_part_of(o->data, part);
        if (p->fields)
            o->followed[part] = lng_series_of(o->arena, o->key[2] == SIZE_MAX ? NULL : &p->array[o->key[2]], p->count);
    }
}

/* Rows [first, first + n) of a part, which are one of the three parts of the data set, called `name`. */
typedef struct piece {
    const char *name;
    int64_t first, rows;
    lng_windows windows;
} piece;

static bool find_windows(const lng_opening *o, int part, piece *p)
{
    const lng_window_spec *w = &o->spec->window;
    const bool taken = is_taken(o, part), divided = o->origin && (taken || part == LNG_PART_TRAIN);
    const uint32_t *row = divided ? o->origin + p->first + (taken ? o->data->train.count : 0) : NULL;
    const lng_series *series = &o->followed[taken ? LNG_PART_TRAIN : part];
    uint32_t *number = NULL;
    const int64_t span = lng_window_span(w, o->example, o->fields);
    if (!row && p->first > 0) { /* the rest of the file, in its order */
        number = LNG_NEW_N(o->arena, (size_t)p->rows + 1, uint32_t);
        for (int64_t i = 0; i < p->rows; i++)
            number[i] = (uint32_t)(p->first + i);
    }
    lng_windows_find(o->arena, w, series, row ? row : number, p->rows, span, &p->windows);
    if (p->windows.count > 0 || p->rows == 0)
        return true;
    return lng_error(o->errors, LNG_E_RANGE, w->place, "the longest series of %s rows has %lld, fewer than the %lld of a window%s",
                     p->name, (long long)p->windows.longest, (long long)span, span > w->length ? " and its targets" : "");
}

/* Rows of a part become the examples of one or two pieces. */
static bool make_windows(lng_opening *o, int part, piece *p, size_t pieces)
{
    lng_part *to = lng_part_of(o->data, part);
    int64_t count = 0;
    for (size_t k = 0; k < pieces; count += p[k++].windows.count)
        if (!find_windows(o, part, &p[k]))
            return false;
    for (size_t i = 0; i < o->fields; i++) {
        const lng_data_field *f = &o->example[i];
        lng_failure failure = {0};
        lng_array all = {.type = to->array[i].type, .shape = f->shape};
        const int64_t bytes = lng_shape_size(f->shape) * lng_array_width(&all);
        if (count > LNG_ARRAY_BYTES / bytes)
            lng_fail(&failure, LNG_E_LIMIT,
                     "%lld windows of `%s`, each of %lld bytes, past the limit of 4 GiB; a longer `step` makes fewer",
                     (long long)count, f->name, (long long)bytes);
        if (failure.code != LNG_E_NONE || !lng_array_new(&all, count, &failure))
            return lng_fail_report(&failure, o->spec->window.place, o->errors);
        for (size_t k = 0; k < pieces; k++)
            lng_windows_gather(&p[k].windows, &o->spec->window, f, &to->array[i], p[k].first, &all, k ? p[k - 1].windows.count : 0);
        lng_array_free(&to->array[i]);
        to->array[i] = all;
        to->field[i] = lng_array_view(&to->array[i]);
    }
    to->count = count;
    return true;
}

bool lng_opening_window(lng_opening *o)
{
    lng_data *d = o->data;
    piece train[] = {{.name = "training", .rows = d->train_count},
                     {.name = "validation", .first = d->train_count, .rows = d->train.count - d->train_count}},
          test = {.name = "test", .rows = d->test.count}, validation = {.name = "validation", .rows = d->validation.count};
    if (!o->spec->window.length)
        return true;
    if ((d->test.fields && !make_windows(o, LNG_PART_TEST, &test, 1)) ||
        (d->validation.fields && !make_windows(o, LNG_PART_VALIDATION, &validation, 1)) ||
        (d->train.fields && !make_windows(o, LNG_PART_TRAIN, train, 2)))
        return false;
    d->train_count = train[0].windows.count;
    d->validation_count = d->validation.fields ? d->validation.count : train[1].windows.count;
    return true;
}
