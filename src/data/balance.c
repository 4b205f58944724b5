/* Rows grouped by class, in their order (a counting sort), and draws from the groups. */
#include "data/balance.h"
#include "base/arena.h"
#include "base/random.h"
#include "base/text.h"

/* Of what a program binds, a label may be out of range: -1. */
static int64_t class_of(const lng_field *label, int64_t row, int64_t classes)
{
    const int32_t class = ((const int32_t *)label->at)[row];
    return class >= 0 && class < classes ? class : -1;
}

void lng_class_count(const lng_field *label, int64_t rows, int64_t *count, int64_t classes)
{
    for (int64_t c = 0; c < classes; c++)
        count[c] = 0;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t c = class_of(label, i, classes);
        if (c >= 0)
            count[c]++;
    }
}

/* place[c]: where the next row of class c belongs. Classes without rows get no group. */
static void group(lng_balance *b, const lng_field *label, int64_t rows, int64_t classes, int64_t *place)
{
    int64_t at = 0;
    lng_class_count(label, rows, place, classes);
    for (int64_t c = 0; c < classes; c++) {
        const int64_t n = place[c];
        if (n)
            b->start[b->classes++] = at;
        place[c] = at;
        at += n;
    }
    b->start[b->classes] = at;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t c = class_of(label, i, classes);
        if (c >= 0)
            b->row[place[c]++] = (uint32_t)i;
    }
}

bool lng_balance_begin(lng_balance *b, const lng_field *label, int64_t rows, int64_t classes)
{
    int64_t *place = lng_block_new((size_t)classes * sizeof *place);
    *b = (lng_balance){lng_block_new((size_t)rows * sizeof *b->row), lng_block_new((size_t)(classes + 1) * sizeof *b->start), 0};
    const bool good = place && b->row && b->start;
    if (good)
        group(b, label, rows, classes, place);
    else
        lng_balance_end(b);
    lng_block_free(place);
    return good;
}

void lng_balance_end(lng_balance *b)
{
    lng_block_free(b->row);
    lng_block_free(b->start);
    *b = (lng_balance){.row = NULL};
}

void lng_balance_order(const lng_balance *b, uint32_t *order, int64_t n, uint64_t seed, int epoch)
{
    static const char name[] = "sample";
    const lng_key key = lng_random_key(seed, lng_hash(name, sizeof name - 1));
    for (int64_t i = 0; i < n; i++) {
        const uint64_t draw = 2 * (uint64_t)i;
        const uint64_t c = lng_random_below(key, (uint32_t)epoch, LNG_NO_EXAMPLE, draw, (uint64_t)b->classes);
        const int64_t first = b->start[c], count = b->start[c + 1] - first;
        order[i] = b->row[first + (int64_t)lng_random_below(key, (uint32_t)epoch, LNG_NO_EXAMPLE, draw + 1, (uint64_t)count)];
    }
}
