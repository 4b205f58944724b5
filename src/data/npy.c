/* NPY, the array files of numpy (format versions 1 to 3): real numbers of any width, in both byte orders and both orders of dimensions. A file
 * that holds bytes or floats as they are in memory is mapped, not read, so it may be larger than memory.
 *
 *     93 N U M P Y  major minor  length (2 bytes; from version 2 on 4)  header  elements
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (10, 28, 28), }
 *
 * The header is a Python dictionary with exactly these three keys, in any order. */
#include "config.h"
#include "data/format.h"
#include "data/rows.h"
#include <string.h>

#define MOST_HEADER 8192 /* bytes; numpy writes a few hundred for the longest that is read */

typedef struct header {
    const char *at, *end;
    size_t offset; /* of `at` in the file */
    bool described, ordered, shaped;
    int rank;
    int64_t dim[LNG_MAX_RANK];
    lng_rows *rows; /* filled in */
    lng_failure *failure;
} header;

static bool expected(header *h, const char *what)
{
    return lng_fail(h->failure, LNG_E_DATA, "byte %zu: expected %s in the NPY header", h->offset, what);
}

static void advance(header *h, size_t n)
{
    h->at += n;
    h->offset += n;
}

static void skip_blanks(header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n'))
        advance(h, 1);
}

static bool take(header *h, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0)
        return false;
    advance(h, n);
    return true;
}

/* A word in single or double quotes. */
static bool take_quoted(header *h, const char *word)
{
    skip_blanks(h);
    header before = *h;
    if ((take(h, "'") && take(h, word) && take(h, "'")) || (*h = before, take(h, "\"") && take(h, word) && take(h, "\"")))
        return true;
    *h = before;
    return false;
}

/* '<f4': byte order, kind, width. */
static bool read_type(header *h)
{
    static const struct {
        const char *word;
        unsigned type, raw;
        int width;
    } types[] = {{"u1", LNG_ARRAY_U8, LNG_RAW_UNSIGNED, 1},  {"b1", LNG_ARRAY_U8, LNG_RAW_BOOL, 1},
                 {"u2", LNG_ARRAY_I32, LNG_RAW_UNSIGNED, 2}, {"u4", LNG_ARRAY_I32, LNG_RAW_UNSIGNED, 4},
                 {"u8", LNG_ARRAY_I32, LNG_RAW_UNSIGNED, 8}, {"i1", LNG_ARRAY_I32, LNG_RAW_SIGNED, 1},
                 {"i2", LNG_ARRAY_I32, LNG_RAW_SIGNED, 2},   {"i4", LNG_ARRAY_I32, LNG_RAW_SIGNED, 4},
                 {"i8", LNG_ARRAY_I32, LNG_RAW_SIGNED, 8},   {"f2", LNG_ARRAY_F32, LNG_RAW_FLOAT, 2},
                 {"f4", LNG_ARRAY_F32, LNG_RAW_FLOAT, 4},    {"f8", LNG_ARRAY_F32, LNG_RAW_FLOAT, 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (const char *order = types[i].width == 1 ? "|<>" : "<>"; *order; order++) {
            const char word[] = {*order, types[i].word[0], types[i].word[1], 0};
            if (!take_quoted(h, word))
                continue;
            h->rows->head.type = types[i].type;
            h->rows->raw = types[i].raw;
            h->rows->width = types[i].width;
            h->rows->big_endian = *order == '>';
            return h->described = true;
        }
    return expected(h, "real numbers: 'f2', 'f4' or 'f8' after `<` or `>`, 'i1' to 'i8', 'u1' to 'u8', or '|b1'");
}

static bool read_order(header *h)
{
    h->rows->fortran = take(h, "True");
    return (h->ordered = h->rows->fortran || take(h, "False")) || expected(h, "True or False");
}

static bool read_dim(header *h)
{
    int64_t dim = 0;
    const char *start = h->at;
    while (h->at < h->end && *h->at >= '0' && *h->at <= '9') {
        dim = dim > LNG_MAX_ELEMENTS ? dim : dim * 10 + (*h->at - '0');
        advance(h, 1);
    }
    if (h->at == start || dim < 1 || dim > LNG_MAX_ELEMENTS)
        return expected(h, "a size of at least 1 and at most 2^31");
    if (h->rank == LNG_MAX_RANK)
        return expected(h, "at most eight dimensions");
    h->dim[h->rank++] = dim;
    return true;
}

static bool read_shape(header *h)
{
    if (!take(h, "("))
        return expected(h, "a shape in parentheses");
    while (!take(h, ")"))
        if (!read_dim(h) || (!take(h, ",") && (skip_blanks(h), h->at == h->end || *h->at != ')')))
            return expected(h, "a comma or `)`");
    return h->shaped = true;
}

static bool read_entry(header *h)
{
    static const struct {
        const char *key;
        bool (*read)(header *);
    } entries[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
    bool had[] = {h->described, h->ordered, h->shaped};
    for (int i = 0; i < 3; i++)
        if (take_quoted(h, entries[i].key)) {
            if (had[i])
                return expected(h, "each key once");
            return (take(h, ":") || expected(h, "`:`")) && entries[i].read(h);
        }
    return expected(h, "'descr', 'fortran_order' or 'shape'");
}

static bool read_header(header *h)
{
    if (!take(h, "{"))
        return expected(h, "`{`");
    while (!take(h, "}"))
        if (!read_entry(h) || (!take(h, ",") && (skip_blanks(h), h->at == h->end || *h->at != '}')))
            return expected(h, "a comma or `}`");
    skip_blanks(h);
    if (h->at != h->end)
        return expected(h, "nothing more");
    return (h->described && h->ordered && h->shaped) || expected(h, "the keys 'descr', 'fortran_order' and 'shape'");
}

static int64_t product(const int64_t *dim, int n)
{
    int64_t size = 1;
    for (int i = 0; i < n; i++) {
        if (size > INT64_MAX / 8 / dim[i])
            return -1;
        size *= dim[i];
    }
    return size;
}

/* Whether the whole array is one example; otherwise the first dimension counts them. */
static bool is_one_example(const header *h, lng_shape wanted)
{
    const int64_t size = lng_shape_size(wanted);
    if (h->rank == 2 && h->dim[1] == size) /* each row is an example */
        return false;
    if (h->rank == 1 && size == 1) /* each element is an example */
        return false;
    return h->rank < 3 || product(h->dim, h->rank) == size;
}

static void arrange(header *h, bool one)
{
    const int skip = one ? 0 : 1;
    lng_array *head = &h->rows->head;
    h->rows->one = one;
    h->rows->fortran = h->rows->fortran && h->rank > 1;
    head->count = one ? 1 : h->dim[0];
    head->shape.rank = h->rank - skip;
    for (int i = skip; i < h->rank; i++)
        head->shape.dim[i - skip] = h->dim[i];
}

/* The first bytes: version, and the length of the header. */
static bool read_length(lng_stream *s, size_t *start, size_t *length, lng_failure *failure)
{
    unsigned char at[12];
    if (!lng_stream_read(s, at, 8, failure))
        return false;
    if (memcmp(at, "\x93NUMPY", 6) != 0 || at[6] < 1 || at[6] > 3 || at[7] != 0)
        return lng_fail(failure, LNG_E_DATA, "byte 6: not an NPY file of version 1.0, 2.0 or 3.0");
    const int bytes = at[6] == 1 ? 2 : 4;
    if (!lng_stream_read(s, at, (size_t)bytes, failure))
        return false;
    *start = 8 + (size_t)bytes;
    *length = (size_t)lng_little_endian(at, bytes);
    return *length <= MOST_HEADER || lng_fail(failure, LNG_E_LIMIT, "byte 8: a header of more than %d bytes", MOST_HEADER);
}

bool lng_npy_open(lng_rows *r, lng_stream *s, const lng_shape *wanted, lng_failure *failure)
{
    char text[MOST_HEADER];
    size_t start = 0, length = 0;
    *r = (lng_rows){.stream = s};
    if (!read_length(s, &start, &length, failure) || !lng_stream_read(s, text, length, failure))
        return false;
    header h = {.at = text, .end = text + length, .offset = start, .rows = r, .failure = failure};
    if (!read_header(&h))
        return false;
    const bool one = wanted && is_one_example(&h, *wanted);
    if (!one && h.rank == 0)
        return lng_fail(failure, LNG_E_DATA, "byte %zu: a single number; expected an array, whose first dimension counts examples",
                        start);
    arrange(&h, one);
    return lng_rows_begin(r, start + length, start, failure);
}

bool lng_npy_recognise(const unsigned char *at, size_t n)
{
    return n >= 6 && memcmp(at, "\x93NUMPY", 6) == 0;
}

static bool open_file(lng_rows *r, lng_stream *s, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(s, &n);
    return lng_content_check(lng_data_format_find("npy"), head, n, failure) && lng_npy_open(r, s, NULL, failure);
}

bool lng_npy_load(lng_load *load, lng_failure *failure)
{
    lng_rows r = {.whole = NULL};
    *load->array = (lng_array){.at = NULL};
    lng_stream *s = lng_stream_open(load->path, load->sha256, failure);
    bool done = s && open_file(&r, s, failure) && lng_rows_map(&r, load->path, load->sha256, load->array, failure);
    if (done && !load->array->at)
        done = lng_rows_read(&r, r.head.count, load->array, failure);
    if (done && load->array->type == LNG_ARRAY_I32 && load->field->dtype == LNG_F32)
        done = lng_array_to_floats(load->array, 0, failure);
    lng_rows_free(&r);
    lng_stream_free(s);
    return done;
}

bool lng_npy_verify(const char *path, const char *sha256, lng_failure *failure)
{
    lng_rows r = {.whole = NULL};
    lng_stream *s = lng_stream_open(path, sha256, failure);
    const bool intact = s && open_file(&r, s, failure) && lng_rows_verify(&r, failure);
    lng_rows_free(&r);
    lng_stream_free(s);
    return intact;
}
