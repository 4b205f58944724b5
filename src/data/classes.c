/* Warns of classes that a part of the data lacks: a file sorted by label leaves some out of the validation examples. */
#include "config.h"
#include "data/data.h"

#define NAMED 10 /* classes in a warning */

typedef struct range {
    const char *name;
    lng_place place;
    const int32_t *label;
    int64_t count;
    const char **word; /* of the classes; NULL: they are numbers */
} range;

static void warn_of_missing(lng_arena *arena, const range *r, const char *field, int64_t classes, lng_errors *errors)
{
    bool *seen = LNG_NEW_N(arena, (size_t)classes, bool);
    lng_text list = lng_text_new(arena);
    int64_t missing = 0;
    for (int64_t i = 0; i < r->count; i++)
        seen[r->label[i]] = true;
    for (int64_t c = 0; c < classes; c++)
        if (!seen[c] && missing++ < NAMED && r->word)
            lng_text_add(&list, "%s%s", list.length ? ", " : "", r->word[c]);
        else if (!seen[c] && missing <= NAMED)
            lng_text_add(&list, "%s%lld", list.length ? ", " : "", (long long)c);
    if (missing > NAMED)
        lng_text_add(&list, " and %lld more", (long long)missing - NAMED);
    if (missing > 0)
        lng_warn(errors, r->place, "the %s examples have none of class %s (`%s`)", r->name, list.at, field);
}

void lng_data_check_classes(lng_arena *arena, const lng_data *data, const lng_data_spec *spec, const lng_data_field *field,
                            size_t fields, lng_errors *errors)
{
    for (size_t i = 0; i < fields; i++) {
        const lng_column_spec *columns = data->learned[i];
        if (field[i].dtype != LNG_I32 || field[i].classes == 0 || (columns && !columns->class))
            continue;
        const int32_t *train = data->train.fields ? data->train.array[i].at : NULL,
                      *test = data->test.fields ? data->test.array[i].at : NULL;
        const char **word = columns ? columns->word : NULL;
        const range ranges[] = {
            {"training", spec->place, train, data->train_count, word},
            {"validation", spec->validation_place, train ? train + data->train_count : NULL, data->validation_count, word},
            {"test", spec->place, test, data->test.count, word}};
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (ranges[k].count > 0)
                warn_of_missing(arena, &ranges[k], field[i].name, field[i].classes, errors);
    }
}
