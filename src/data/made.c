/* Making data sets: the table of those there are, their dice, and writing the files. Numbers are doubles without libm, so the bytes of the
 * files are the same on every machine. */
#include "data/made.h"
#include "base/file.h"
#include "data/spec.h"
#include "kernel/dmath.h"
#include <string.h>

static const lng_made *const sets[] = {&lng_made_churn,  &lng_made_fraud, &lng_made_prices, &lng_made_rentals,
                                       &lng_made_shapes, &lng_made_tags,  &lng_made_tales};

const lng_made *lng_made_find(const char *name)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (strcmp(sets[i]->name, name) == 0)
            return sets[i];
    return NULL;
}

/* ---- dice ---- */

double lng_dice_roll(lng_dice *d)
{
    return lng_random_word(d->key, d->part, d->example, d->next++) * 0x1p-32;
}

double lng_dice_between(lng_dice *d, double low, double high)
{
    return low + (high - low) * lng_dice_roll(d);
}

int lng_dice_below(lng_dice *d, int n)
{
    return (int)(lng_dice_roll(d) * n);
}

double lng_dice_bell(lng_dice *d)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += lng_dice_roll(d);
    return sum;
}

bool lng_dice_happens(lng_dice *d, double log_odds)
{
    return lng_dice_roll(d) < d_sigmoid(log_odds);
}

/* ---- files ---- */

/* A new text for each file: what the arena has of the one before stays there, so a set is a few megabytes at most. */
static bool write_part(lng_arena *arena, const lng_made *made, const char *folder, int part, lng_errors *errors)
{
    const uint32_t count = part == LNG_PART_TEST ? made->test : made->train;
    const char *name = lng_part_names[part];
    lng_text text = lng_text_new(arena);
    const lng_key key = lng_random_key(0, lng_hash(made->name, strlen(made->name)));
    const bool whole = made->head || made->is_text;
    bool good = true;
    if (made->head)
        lng_text_add(&text, "%s\n", made->head);
    for (uint32_t i = 0; good && i < count; i++) {
        lng_dice dice = {key, (uint32_t)part, i, 0};
        const char *file = made->example(&text, &dice);
        if (whole)
            continue;
        const char *path = lng_format(arena, "%s/%s/%s", folder, name, file), *end = strrchr(path, '/');
        good = lng_folder_make(lng_copy_n(arena, path, (size_t)(end - path)), errors) &&
               lng_file_write(path, text.at, text.length, errors);
        text.length = 0;
    }
    const char *end = made->is_text ? "txt" : "csv";
    return good && (!whole || lng_file_write(lng_format(arena, "%s/%s.%s", folder, name, end), text.at, text.length, errors));
}

bool lng_made_write(lng_arena *arena, const lng_made *made, const char *folder, lng_errors *errors)
{
    return write_part(arena, made, folder, LNG_PART_TRAIN, errors) && write_part(arena, made, folder, LNG_PART_TEST, errors);
}
