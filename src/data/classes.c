/* Warns of classes that a part of the data lacks: a file sorted by label leaves some out of the validation examples. From a single training
 * example nothing general is learned, and no split has it in two parts. */
#include "config.h"
#include "data/data.h"

#define NAMED 10 /* classes in a warning */

typedef struct range {
    const char *name;
    lng_place place;
    const int32_t *label;
    int64_t count;
    const char **word; /* of the classes; NULL: they are numbers */
    bool trains;
} range;

/* The classes of which there are so many, as a list; *n: how many. */
static const char *classes_with(lng_arena *arena, const range *r, const int64_t *count, int64_t classes, int64_t wanted, int64_t *n)
{
    lng_text list = lng_text_new(arena);
    *n = 0;
    for (int64_t c = 0; c < classes; c++)
        if (count[c] == wanted && (*n)++ < NAMED && r->word)
            lng_text_add(&list, "%s%s", list.length ? ", " : "", r->word[c]);
        else if (count[c] == wanted && *n <= NAMED)
            lng_text_add(&list, "%s%lld", list.length ? ", " : "", (long long)c);
    if (*n > NAMED)
        lng_text_add(&list, " and %lld more", (long long)*n - NAMED);
    return list.at;
}

static void warn_of_counts(lng_arena *arena, const range *r, const char *field, int64_t classes, lng_errors *errors)
{
    int64_t *count = LNG_NEW_N(arena, (size_t)classes, int64_t), n;
    for (int64_t i = 0; i < r->count; i++)
        count[r->label[i]]++;
    const char *list = classes_with(arena, r, count, classes, 0, &n);
    if (n > 0)
        lng_warn(errors, r->place, "the %s examples have none of class %s (`%s`)", r->name, list, field);
    list = classes_with(arena, r, count, classes, 1, &n);
    if (n > 0 && r->trains && r->count > classes)
        lng_warn(errors, r->place, "the training examples have only one of class %s (`%s`)", list, field);
}

void lng_data_check_classes(lng_arena *arena, const lng_data *data, const lng_data_spec *spec, const lng_data_field *field,
                            size_t fields, lng_errors *errors)
{
    for (size_t i = 0; i < fields; i++) {
        const lng_column_spec *columns = data->learned[i];
        if (field[i].dtype != LNG_I32 || field[i].shape.rank > 0 || field[i].classes == 0 || (columns && !columns->class))
            continue;
        const int32_t *train = data->train.fields ? data->train.array[i].at : NULL,
                      *test = data->test.fields ? data->test.array[i].at : NULL;
        const char **word = columns ? columns->word : NULL;
        const int32_t *own = data->validation.fields ? data->validation.array[i].at : NULL;
        const range ranges[] = {{"training", spec->place, train, data->train_count, word, true},
                                {"validation", spec->validation.place,
                                 own     ? own
                                 : train ? train + data->train_count
                                         : NULL,
                                 data->validation_count, word, false},
                                {"test", spec->test.place, test, data->test.count, word, false}};
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (ranges[k].count > 0)
                warn_of_counts(arena, &ranges[k], field[i].name, field[i].classes, errors);
    }
}
