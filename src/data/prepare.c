/* What columns learn from training rows, and what it makes of all rows (opening.h). */
#include "data/learn.h"
#include "data/opening.h"

/* Of one field in one part. */
static bool prepare_field(const lng_opening *o, int part, size_t i)
{
    const lng_column_spec *c = o->data->learned[i];
    const lng_job *j = lng_job_of_field(o, part, i);
    const lng_vocabulary *words = j ? j->load.words[i] : NULL;
    lng_failure failure = {0};
    int64_t example = 0;
    char place[40];
    if (!j)
        return true;
    const lng_loaded l = {o, j, &o->field[i], &lng_part_of(o->data, part)->array[i]};
    if (words ? lng_columns_translate(c, &o->field[i], words, l.array, &example, &failure)
              : lng_columns_apply(c, l.array, 0, &failure)) {
        lng_part_of(o->data, part)->field[i] = lng_array_view(l.array);
        return true;
    }
    return lng_loaded_blame(&l, failure.code, "%s%s", words ? lng_loaded_place(&l, lng_origin_of(o, part, example), place) : "",
                            failure.text);
}

static bool unfit(const lng_opening *o, const lng_loaded *l, int part, int64_t k)
{
    const int64_t example = lng_origin_of(o, part, k / lng_shape_size(l->array->shape));
    char place[40], number[LNG_NUMBER_SIZE];
    lng_loaded_place(l, example, place);
    lng_number(number, lng_array_at(l->array, k));
    if (l->field->fraction)
        lng_loaded_blame(l, LNG_E_DATA,
                         "%s`%s` of example %lld holds %s, but the model takes it for a label or probability, from 0 to 1", place,
                         l->field->name, (long long)example, number);
    else {
        lng_loaded_blame(l, LNG_E_DATA, "%s`%s` of example %lld holds %s, but the model takes only integers below %lld", place,
                         l->field->name, (long long)example, number, (long long)l->field->below);
        lng_error_related(o->errors, l->field->limit, "which it says here");
    }
    if (l->field->columns && l->field->columns->scale != LNG_SCALE_NONE)
        lng_error_hint(o->errors, "%s are not scaled: leave out `scale`", l->field->fraction ? "labels" : "integers");
    return false;
}

/* Numbers that the model takes for labels, or for integers of which there are so many. */
static bool check_limits(const lng_opening *o, int part, size_t i)
{
    const lng_job *j = lng_job_of_field(o, part, i);
    const lng_data_field *f = &o->field[i];
    if ((!f->fraction && !f->below) || !j)
        return true;
    const lng_loaded l = {o, j, f, &lng_part_of(o->data, part)->array[i]};
    const int64_t size = lng_shape_size(l.array->shape);
    for (int64_t k = 0; k < l.array->count * size; k++)
        if (!lng_field_takes(f, lng_array_at(l.array, k)))
            return unfit(o, &l, part, k);
    return true;
}

static bool nothing_learned(const lng_opening *o, const lng_data_field *field)
{
    lng_error(o->errors, LNG_E_ARGUMENTS, field->place,
              "what `%s` needs is learned from training examples, but there are none without the files of the description",
              field->name);
    lng_error_hint(o->errors, "a run has learned it: name the run's folder instead of the model file");
    return false;
}

/* Tables alone have such fields, and one file has all fields of a part. */
bool lng_opening_learn(lng_opening *o)
{
    const lng_job *j = lng_job_of(o, LNG_PART_TRAIN);
    lng_failure failure = {0};
    bool good = true;
    o->data->learned = LNG_NEW_N(o->arena, o->fields, const lng_column_spec *);
    for (size_t i = 0; good && i < o->fields; i++) {
        if (!o->field[i].columns)
            continue;
        if (!j && !lng_columns_are_complete(o->field[i].columns))
            return nothing_learned(o, &o->field[i]);
        o->data->learned[i] =
            j ? lng_columns_learn(o->arena, &o->field[i], j->load.words[i], &j->load.array[i], o->data->train_count, &failure)
              : o->field[i].columns;
        if (!o->data->learned[i]) {
            const lng_loaded l = {o, j, &o->field[i], &j->load.array[i]};
            good = lng_loaded_blame(&l, failure.code, "%s", failure.text);
        }
        for (int part = 0; good && part < LNG_PARTS; part++)
            good = prepare_field(o, part, i);
    }
    for (size_t i = 0; good && i < o->fields; i++)
        for (int part = 0; good && part < LNG_PARTS; part++)
            good = check_limits(o, part, i);
    return good;
}
