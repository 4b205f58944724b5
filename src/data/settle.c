/* What arrays of a data set must be, and the engine's view of them (opening.h). */
#include "data/opening.h"
#include "base/assert.h"
#include <stdio.h>
#include <string.h>

static lng_source file_of(const lng_job *j)
{
    return (lng_source){.name = j->load.path};
}

bool lng_loaded_blame(const lng_loaded *l, lng_code code, const char *format, ...)
{
    const lng_source file = file_of(l->job);
    va_list arguments;
    va_start(arguments, format);
    lng_verror(l->o->errors, code, file.name ? (lng_place){.source = &file} : l->o->spec->place, format, arguments);
    va_end(arguments);
    return false;
}

/* The next dimension that is not 1, from *i on; 1 at the end. */
static int64_t next_dim(lng_shape shape, int *i)
{
    while (*i < shape.rank && shape.dim[*i] == 1)
        ++*i;
    return *i < shape.rank ? shape.dim[(*i)++] : 1;
}

/* Whether they are equal but for dimensions of 1, or one of them is flat. */
static bool same_layout(lng_shape a, lng_shape b)
{
    int i = 0, j = 0;
    if (lng_shape_size(a) != lng_shape_size(b))
        return false;
    while (i < a.rank || j < b.rank)
        if (next_dim(a, &i) != next_dim(b, &j))
            return a.rank == 1 || b.rank == 1;
    return true;
}

static bool check_shape(const lng_loaded *l)
{
    char ours[LNG_SHAPE_TEXT], theirs[LNG_SHAPE_TEXT];
    const lng_source file = file_of(l->job);
    if (same_layout(l->field->shape, l->array->shape))
        return true;
    lng_error(l->o->errors, LNG_E_SHAPE, l->field->place, "`%s` is %s here, but %s in the data set `%s`", l->field->name,
              lng_shape_text(ours, l->field->shape), lng_shape_text(theirs, l->array->shape), l->o->spec->name);
    if (file.name)
        lng_error_related(l->o->errors, (lng_place){.source = &file}, "the file's header says so");
    return false;
}

static bool check_type(const lng_loaded *l)
{
    const bool integers = l->field->dtype == LNG_I32;
    if (integers && l->array->type == LNG_ARRAY_F32)
        return lng_loaded_blame(l, LNG_E_DTYPE,
                                l->field->whole ? "`%s` is `int`, but the file holds 32-bit floats"
                                                : "`%s` is a class, but the file holds 32-bit floats; classes are integers",
                                l->field->name);
    if (!integers && l->array->type == LNG_ARRAY_I32)
        return lng_loaded_blame(
            l, LNG_E_DTYPE,
            "`%s` holds 32-bit integers, which can only be classes or `int`; numbers are read from bytes or 32-bit floats",
            l->field->name);
    return true;
}

const char *lng_loaded_place(const lng_loaded *l, int64_t example, char buffer[40])
{
    const lng_data_format *format = l->o->spec->format;
    const int64_t line = format->line ? format->line(&l->job->load, example) : 0;
    buffer[0] = 0;
    if (line > 0)
        snprintf(buffer, 40, "line %lld: ", (long long)line);
    else if (format->offset)
        snprintf(buffer, 40, "byte %lld: ", (long long)format->offset(l->array, example));
    return buffer;
}

/* Whether labels run from 1 to `classes`. */
static bool counts_from_one(const lng_array *array, int64_t classes)
{
    for (int64_t i = 0; i < array->count; i++)
        if (lng_array_at(array, i) < 1 || lng_array_at(array, i) > (double)classes)
            return false;
    return true;
}

static bool check_labels(const lng_loaded *l)
{
    const int64_t classes = l->field->classes, first = l->o->spec->first;
    char place[40];
    if (!lng_field_is_class(l->field) || classes == 0 || l->field->columns)
        return true;
    for (int64_t i = 0; i < l->array->count; i++) {
        const int label = (int)lng_array_at(l->array, i);
        if (label >= first && label < classes + first)
            continue;
        lng_loaded_blame(l, LNG_E_DATA, "%sthe label of example %lld is %d, expected %lld to %lld", lng_loaded_place(l, i, place),
                         (long long)i, label, (long long)first, (long long)(classes + first) - 1);
        if (first == 0 && counts_from_one(l->array, classes))
            lng_error_hint(l->o->errors, "labels seem to count from 1: write `first: 1` in the description");
        return false;
    }
    return true;
}

/* Labels in files that count from another number. */
static void count_from_zero(const lng_loaded *l)
{
    int32_t *label = l->array->at;
    for (int64_t i = 0; l->field->classes && !l->field->columns && i < l->array->count; i++)
        label[i] -= (int32_t)l->o->spec->first;
}

/* Compares it with the part's first field that could be loaded. */
static bool check_count(const lng_loaded *l)
{
    const lng_part *part = lng_part_of(l->o->data, l->job->load.part);
    size_t first = 0;
    while (!part->array[first].at)
        first++;
    return l->array->count == part->array[first].count ||
           lng_loaded_blame(l, LNG_E_DATA, "%lld examples of `%s`, but %lld of `%s`", (long long)l->array->count, l->field->name,
                            (long long)part->array[first].count, l->o->field[first].name);
}

static bool adapt(const lng_loaded *l)
{
    lng_failure failure = {0};
    if (!check_shape(l) || !check_type(l) || !check_labels(l))
        return false;
    if (!lng_field_is_class(l->field) && !l->field->whole) /* bytes of a text stay bytes */
        return true;
    if (!lng_array_widen(l->array, &failure))
        return lng_loaded_blame(l, failure.code, "%s", failure.text);
    if (l->o->spec->first && !l->field->whole)
        count_from_zero(l);
    return true;
}

lng_field lng_array_view(const lng_array *array)
{
    LNG_ASSERT(array->at && array->count > 0);
    lng_field field = {.at = array->at, .size = lng_shape_size(array->shape)};
    field.type = array->type == LNG_ARRAY_U8 ? LNG_FIELD_U8 : array->type == LNG_ARRAY_F32 ? LNG_FIELD_F32 : LNG_FIELD_I32;
    return field;
}

/* Files among many that cannot be read. */
static bool report_broken(const lng_opening *o, const lng_job *j)
{
    const lng_broken *b = &j->load.broken;
    const lng_source folder = file_of(j);
    for (size_t i = 0; i < b->n && b->left == 0; i++)
        lng_fail_report(&b->why[i], (lng_place){.source = &(lng_source){.name = b->path[i]}}, o->errors);
    if (b->left)
        lng_warn(o->errors, (lng_place){.source = &folder}, "%lld image%s cannot be read, and %s left out; the first is %s: %s",
                 (long long)b->left, b->left == 1 ? "" : "s", b->left == 1 ? "is" : "are", b->path[0], b->why[0].text);
    if (b->n && b->left == 0)
        lng_error_hint(o->errors, "`skip: broken` leaves out images that cannot be read");
    return b->n == 0 || b->left > 0;
}

bool lng_opening_settle(lng_opening *o, const lng_job *j)
{
    lng_part *part = lng_part_of(o->data, j->load.part);
    const lng_source file = file_of(j);
    bool good = true;
    if (j->failure.code != LNG_E_NONE)
        return lng_fail_report(&j->failure, file.name ? (lng_place){.source = &file} : o->spec->place, o->errors);
    if (!report_broken(o, j))
        return false;
    for (size_t i = 0; i < j->load.fields; i++) {
        const lng_loaded l = {o, j, &j->load.field[i], &j->load.array[i]};
        good = adapt(&l) && check_count(&l) && good;
        part->field[l.array - part->array] = lng_array_view(l.array); /* until what is learned has been applied */
        part->count = l.array->count;
    }
    return good;
}
