/* Digests of examples: of those that train and those that do not, by which a run that goes on knows them again, and of fields, by which runs are compared. */
#include "base/file.h"
#include "data/digest.h"
#include <string.h>

#define MOST_BYTES ((int64_t)256 << 20) /* that are read; of more examples, evenly spaced ones are */

/* Numbers of so many bytes, the least significant byte first: the digest is the same on every machine. */
static void add_numbers(lng_sha256 *h, const void *at, size_t n, size_t width)
{
    const uint16_t one = 1;
    if (width == 1 || *(const unsigned char *)&one == 1) {
        lng_sha256_add(h, at, n * width);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char bytes[8];
        for (size_t k = 0; k < width; k++)
            bytes[k] = ((const unsigned char *)at)[(i + 1) * width - 1 - k];
        lng_sha256_add(h, bytes, width);
    }
}

static size_t width_of(const lng_field *f)
{
    return f->type == LNG_FIELD_U8 ? 1 : 4;
}

static int64_t row_bytes(const lng_field *f)
{
    return f->size * (int64_t)width_of(f);
}

static void add_rows(lng_sha256 *h, const lng_field *f, int64_t first, int64_t count)
{
    const int64_t row = row_bytes(f), most = row > 0 ? MOST_BYTES / row : count, step = 1 + count / (most + 1);
    const unsigned char *at = (const unsigned char *)f->at + first * row;
    if (step == 1) {
        add_numbers(h, at, (size_t)(f->size * count), width_of(f));
        return;
    }
    for (int64_t i = 0; i < count; i += step)
        add_numbers(h, at + i * row, (size_t)f->size, width_of(f));
}

static void add_part(lng_sha256 *h, const lng_part *p, int64_t first, int64_t count)
{
    for (size_t i = 0; i < p->fields; i++) {
        const int64_t form[] = {p->field[i].type, p->field[i].size};
        add_numbers(h, form, 2, sizeof *form);
        add_rows(h, &p->field[i], first, count);
    }
}

void lng_data_digest(const lng_data *d, char hex[65])
{
    const int64_t counts[] = {d->train_count, d->validation_count};
    lng_sha256 h;
    lng_sha256_begin(&h);
    add_numbers(&h, counts, 2, sizeof *counts);
    add_part(&h, &d->train, 0, d->train_count);
    lng_sha256_end(&h, hex);
}

void lng_data_digest_held_out(const lng_data *d, char hex[65])
{
    const int64_t counts[] = {d->validation_count, d->test.count};
    const bool own = d->validation.fields > 0;
    lng_sha256 h;
    lng_sha256_begin(&h);
    add_numbers(&h, counts, 2, sizeof *counts);
    add_part(&h, own ? &d->validation : &d->train, own ? 0 : d->train_count, d->validation_count);
    add_part(&h, &d->test, 0, d->test.count);
    lng_sha256_end(&h, hex);
}

void lng_field_digest(const lng_field *f, int64_t first, int64_t count, char hex[65])
{
    lng_sha256 h;
    lng_sha256_begin(&h);
    add_rows(&h, f, first, count);
    lng_sha256_end(&h, hex);
}
