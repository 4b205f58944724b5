/* Digests of examples: of all that train, by which a run that goes on knows them again, and of fields, by which runs are compared. */
#include "base/file.h"
#include "data/digest.h"
#include <string.h>

#define MOST_BYTES ((int64_t)256 << 20) /* that are read; of more examples, evenly spaced ones are */

static int64_t row_bytes(const lng_field *f)
{
    return f->size * (f->type == LNG_FIELD_U8 ? 1 : 4);
}

static void add_rows(lng_sha256 *h, const lng_field *f, int64_t first, int64_t count)
{
    const int64_t row = row_bytes(f), most = row > 0 ? MOST_BYTES / row : count, step = 1 + count / (most + 1);
    const unsigned char *at = (const unsigned char *)f->at + first * row;
    if (step == 1) {
        lng_sha256_add(h, at, (size_t)(row * count));
        return;
    }
    for (int64_t i = 0; i < count; i += step)
        lng_sha256_add(h, at + i * row, (size_t)row);
}

void lng_data_digest(const lng_data *d, char hex[65])
{
    const int64_t counts[] = {d->train_count, d->validation_count};
    lng_sha256 h;
    lng_sha256_begin(&h);
    lng_sha256_add(&h, counts, sizeof counts);
    for (size_t i = 0; i < d->train.fields; i++) {
        const int64_t form[] = {d->train.field[i].type, d->train.field[i].size};
        lng_sha256_add(&h, form, sizeof form);
        add_rows(&h, &d->train.field[i], 0, d->train_count);
    }
    lng_sha256_end(&h, hex);
}

void lng_field_digest(const lng_field *f, int64_t first, int64_t count, char hex[65])
{
    lng_sha256 h;
    lng_sha256_begin(&h);
    add_rows(&h, f, first, count);
    lng_sha256_end(&h, hex);
}
