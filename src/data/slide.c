/* Each series has a ring of as many rows as a window and its targets span. */
#include "config.h"
#include "data/slide.h"
#include "base/arena.h"
#include "data/window.h"
#include <string.h>

typedef struct ring {
    char *at;     /* the rows of each field, one field after the other: a block; NULL: none yet */
    int64_t rows; /* that were seen */
} ring;

struct lng_slide {
    const lng_window_spec *spec;
    const lng_data_field *field;
    size_t fields;
    int64_t span;             /* rows from the first of a window to that of its targets */
    ring *series;             /* a block */
    int64_t room;             /* of them */
    int64_t *ends, ends_room; /* of each window of the last block, its row in it: a block */
    int64_t windows, longest; /* that there were; rows of a series */
};

lng_slide *lng_slide_new(const lng_window_spec *spec, const lng_data_field *field, size_t fields)
{
    lng_slide *s = lng_block_new(sizeof *s);
    if (!s)
        return NULL;
    *s = (lng_slide){.spec = spec, .field = field, .fields = fields, .span = lng_window_span(spec, field, fields)};
    return s;
}

void lng_slide_free(lng_slide *s)
{
    for (int64_t i = 0; s && i < s->room; i++)
        lng_block_free(s->series[i].at);
    if (s) {
        lng_block_free(s->series);
        lng_block_free(s->ends);
    }
    lng_block_free(s);
}

static size_t row_bytes(const lng_array *rows)
{
    return (size_t)lng_shape_size(rows->shape) * (size_t)lng_array_width(rows);
}

/* The ring of the series, which has memory; NULL: out of it. */
static ring *ring_of(lng_slide *s, int64_t series, const lng_array *rows)
{
    if (series >= s->room) {
        const int64_t room = 2 * (series + 4);
        ring *more = lng_block_grow(s->series, (size_t)s->room * sizeof *more, (size_t)room * sizeof *more);
        if (!more)
            return NULL;
        s->series = more;
        s->room = room;
    }
    ring *r = &s->series[series];
    size_t bytes = 0;
    for (size_t i = 0; i < s->fields; i++)
        bytes += row_bytes(&rows[i]) * (size_t)s->span;
    if (!r->at)
        r->at = lng_block_new(bytes);
    return r->at ? r : NULL;
}

static void keep(const lng_slide *s, ring *r, const lng_array *rows, int64_t row)
{
    char *at = r->at;
    for (size_t i = 0; i < s->fields; i++) {
        const size_t bytes = row_bytes(&rows[i]);
        memcpy(at + (size_t)(r->rows % s->span) * bytes, (const char *)rows[i].at + (size_t)row * bytes, bytes);
        at += bytes * (size_t)s->span;
    }
    r->rows++;
}

/* A whole ring begins at the row that would be overwritten next. */
static void give(const lng_slide *s, const ring *r, const lng_array *rows, lng_array *to, int64_t window)
{
    const char *at = r->at;
    for (size_t i = 0; i < s->fields; i++) {
        const size_t bytes = row_bytes(&rows[i]);
        const int64_t n = s->field[i].rows ? s->field[i].rows : 1, first = s->field[i].rows ? 0 : s->span - 1;
        for (int64_t k = 0; k < n; k++)
            memcpy((char *)to[i].at + (size_t)(window * n + k) * bytes, at + (size_t)((r->rows + first + k) % s->span) * bytes,
                   bytes);
        at += bytes * (size_t)s->span;
    }
}

static bool make_room(lng_slide *s, const lng_array *rows, int64_t n, lng_array *to, lng_failure *failure)
{
    for (size_t i = 0; i < s->fields; i++) {
        to[i] = (lng_array){.type = rows[i].type, .shape = s->field[i].shape};
        if (!lng_array_new(&to[i], n, failure))
            return false;
    }
    if (n <= s->ends_room)
        return true;
    lng_block_free(s->ends);
    s->ends = lng_block_new((size_t)n * sizeof *s->ends);
    s->ends_room = s->ends ? n : 0;
    return s->ends || lng_fail(failure, LNG_E_MEMORY, "out of memory");
}

/* Whether a window ends with the row that was kept last. */
static bool is_whole(const lng_slide *s, const ring *r)
{
    return r->rows >= s->span && (r->rows - s->span) % s->spec->step == 0;
}

static bool add_row(lng_slide *s, const lng_array *rows, const lng_array *group, int64_t row, lng_array *to, int64_t *n,
                    lng_failure *failure)
{
    const int64_t series = group ? (int64_t)lng_array_at(group, row) : 0;
    if (series < 0 || (group && s->spec->group->classes && series >= s->spec->group->classes))
        return lng_fail(failure, LNG_E_RANGE, "`%s` is %lld, expected 0 to %lld", s->spec->group->name, (long long)series,
                        (long long)s->spec->group->classes - 1);
    ring *r = ring_of(s, series, rows);
    if (!r)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory");
    keep(s, r, rows, row);
    s->longest = r->rows > s->longest ? r->rows : s->longest;
    if (!is_whole(s, r))
        return true;
    give(s, r, rows, to, *n);
    s->ends[(*n)++] = row;
    return true;
}

int64_t lng_slide_rows(lng_slide *s, const lng_array *rows, const lng_array *group, lng_array *to, lng_failure *failure)
{
    int64_t n = 0;
    bool good = make_room(s, rows, rows->count, to, failure);
    for (int64_t row = 0; good && row < rows->count; row++)
        good = add_row(s, rows, group, row, to, &n, failure);
    for (size_t i = 0; i < s->fields; i++)
        if (good && n > 0)
            to[i].count = n;
        else
            lng_array_free(&to[i]);
    s->windows += n;
    return good ? n : -1;
}

int64_t lng_slide_row(const lng_slide *s, int64_t window)
{
    return s->ends[window];
}

bool lng_slide_end(const lng_slide *s, lng_failure *failure)
{
    return s->windows > 0 || s->longest == 0 ||
           lng_fail(failure, LNG_E_RANGE, "the longest series has %lld rows, fewer than the %lld of a window%s",
                    (long long)s->longest, (long long)s->span, s->span > s->spec->length ? " and its targets" : "");
}
