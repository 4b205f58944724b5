/* Classes that a part of the data lacks: a file that is sorted by label leaves some of them out of the validation examples. */
#include "config.h"
#include "data/data.h"

#define NAMED 10 /* classes in a warning */

typedef struct range {
    const char *name;
    const int32_t *label;
    int64_t count;
} range;

static void add_missing(lng_text *out, const range *r, const char *field, int64_t classes)
{
    bool *seen = LNG_NEW_N(out->arena, (size_t)classes, bool);
    int64_t missing = 0;
    for (int64_t i = 0; i < r->count; i++)
        seen[r->label[i]] = true;
    for (int64_t c = 0; c < classes; c++) {
        if (seen[c])
            continue;
        if (missing == 0)
            lng_text_add(out, "%sthe %s examples have none of class %lld", out->length ? "; " : "", r->name, (long long)c);
        else if (missing < NAMED)
            lng_text_add(out, ", %lld", (long long)c);
        missing++;
    }
    if (missing > NAMED)
        lng_text_add(out, " and %lld more", (long long)missing - NAMED);
    if (missing)
        lng_text_add(out, " (`%s`)", field);
}

const char *lng_data_missing_classes(lng_arena *arena, const lng_data *data, const lng_data_spec *spec, const lng_data_field *field,
                                     size_t fields)
{
    lng_text out = lng_text_new(arena);
    for (size_t i = 0; i < fields && spec->classes > 0; i++) {
        if (field[i].dtype != LNG_I32)
            continue;
        const int32_t *train = data->train.array[i].at, *test = data->test.fields ? data->test.array[i].at : NULL;
        const range ranges[] = {{"training", train, data->train_count},
                                {"validation", train + data->train_count, data->validation_count},
                                {"test", test, data->test.count}};
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (ranges[k].count > 0)
                add_missing(&out, &ranges[k], field[i].name, spec->classes);
    }
    return out.length ? out.at : NULL;
}
