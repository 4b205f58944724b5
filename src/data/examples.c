/* One reader for every kind of file: rows of IDX and NPY, tables, and pictures, which are one example. */
#include "config.h"
#include "data/examples.h"
#include "base/arena.h"
#include "data/learn.h"
#include "data/picture.h"
#include "data/rows.h"
#include "data/slide.h"
#include "data/table.h"
#include "data/vocabulary.h"
#include "data/window.h"
#include <string.h>

#define MOST         512                 /* examples at a time */
#define MOST_BYTES   ((int64_t)16 << 20) /* of them, unless it is one */
#define REDUCED_SIDE 2048                /* pixels: enough for any model to find and center the ink */

typedef enum { ROWS, TABLE, PICTURE } kind;

struct lng_examples {
    kind kind;
    const char *path;
    lng_stream *stream;
    lng_wish wish;
    lng_load load;
    lng_array *head; /* of each field */
    lng_rows array;
    void *table; /* its reader */
    const lng_picture_format *picture;
    unsigned char *bytes; /* of the picture, once they were needed: a block */
    size_t length;
    bool ended;
    int64_t done;    /* rows of the table */
    int64_t counted; /* examples, or rows of windows, that were given */

    /* of windows; otherwise `load` and `head` have the examples themselves */
    lng_slide *slide;         /* NULL: there are none */
    size_t fields;            /* of an example; what tells series apart is one more */
    lng_data_field *row;      /* what is read of each row: a block */
    lng_array *window, *rows; /* the heads of examples; a row's arrays: blocks */
    lng_vocabulary **words;   /* those of what tells series apart: a block */
};

/* ---- rows ---- */
static bool open_rows(lng_examples *x, bool npy, lng_failure *failure)
{
    if (!(npy ? lng_npy_open(&x->array, x->stream, &x->wish.shape, failure) : lng_idx_open(&x->array, x->stream, failure)))
        return false;
    x->kind = ROWS;
    x->head[0] = x->array.head;
    if (npy && x->head[0].type == LNG_ARRAY_I32 && !x->wish.integers)
        x->head[0].type = LNG_ARRAY_F32;
    return x->head[0].type != LNG_ARRAY_I32 || x->wish.integers ||
           lng_fail(failure, LNG_E_DTYPE, "byte 2: elements of 4-byte integers, expected bytes or floats");
}

/* ---- pictures ---- */
static bool read_bytes(lng_examples *x, lng_failure *failure)
{
    if (!x->bytes)
        x->bytes = lng_stream_rest(x->stream, LNG_PICTURE_BYTES, &x->length, failure);
    return x->bytes;
}

/* The header, from the first bytes unless it has long comments. */
static bool read_size(lng_examples *x, lng_picture_size *size, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(x->stream, &n);
    lng_failure unknown = {0};
    return x->picture->size(head, n, size, &unknown) ||
           (read_bytes(x, failure) && x->picture->size(x->bytes, x->length, size, failure));
}

/* Whether pictures of any size become what the model reads. */
static bool fits(const lng_examples *x)
{
    return x->wish.size == LNG_FITTED && lng_shape_is_image(x->wish.shape);
}

static bool open_picture(lng_examples *x, lng_failure *failure)
{
    const lng_shape wanted = x->wish.shape;
    lng_picture_size size;
    if (!read_size(x, &size, failure))
        return false;
    x->kind = PICTURE;
    x->head[0] = (lng_array){.type = LNG_ARRAY_U8, .shape = {2, {size.height, size.width}}, .count = 1};
    if (wanted.rank == 3 && (wanted.dim[2] == 3 || wanted.dim[2] == 4))
        x->head[0].shape = (lng_shape){3, {size.height, size.width, wanted.dim[2]}};
    for (int i = 0; i < 2 && fits(x); i++)
        x->head[0].shape.dim[i] = wanted.dim[i];
    return true;
}

static lng_shape reduced(lng_shape shape)
{
    const int64_t side = shape.dim[0] > shape.dim[1] ? shape.dim[0] : shape.dim[1];
    for (int i = 0; i < 2 && side > REDUCED_SIDE; i++) {
        const int64_t n = shape.dim[i] * REDUCED_SIDE / side;
        shape.dim[i] = n > 0 ? n : 1;
    }
    return shape;
}

static bool read_picture(lng_examples *x, lng_array *array, lng_failure *failure)
{
    lng_shape to = x->head[0].shape;
    if (fits(x))
        return read_bytes(x, failure) && lng_picture_fit(x->picture, x->bytes, x->length, x->wish.fit, to, array, failure);
    if (x->wish.size == LNG_REDUCED)
        to = reduced(to);
    for (int i = 0; i < 2 && x->wish.size == LNG_RESIZED && lng_shape_is_image(x->wish.shape); i++)
        to.dim[i] = x->wish.shape.dim[i];
    return read_bytes(x, failure) && lng_picture_read(x->picture, x->bytes, x->length, to, array, failure);
}

/* ---- any file ---- */
static bool has_one_field(const unsigned char *at, size_t n)
{
    return lng_idx_recognise(at, n) || lng_npy_recognise(at, n) || lng_picture_find(at, n);
}

static bool refuse(const unsigned char *head, size_t n, lng_failure *failure)
{
    const char *what = lng_content_name(head, n);
    if (n == 0)
        return lng_fail(failure, LNG_E_DATA, "byte 0: the file is empty: expected PNG, JPEG, PGM, PPM, NPY, NPZ, IDX or CSV");
    return lng_fail(failure, LNG_E_DATA, "byte 0: not an image%s%s: expected PNG, JPEG, PGM, PPM, NPY, NPZ, IDX or CSV",
                    what ? ", but " : "", what ? what : "");
}

/* A file that begins like none of the formats is refused by its first bytes, however much follows. */
static bool open_content(lng_examples *x, lng_failure *failure)
{
    size_t n;
    const unsigned char *head = lng_stream_head(x->stream, &n);
    x->load.format = lng_table_format(head, n);
    if (x->load.format) {
        x->kind = TABLE;
        x->table = x->load.format->table->open(x->stream, &x->load, x->head, failure);
        return x->table;
    }
    if (x->load.fields > 1 && has_one_field(head, n))
        return lng_fail(failure, LNG_E_ARGUMENTS, "this file has one field: expected NPZ or CSV, which have several");
    if ((x->picture = lng_picture_find(head, n)))
        return open_picture(x, failure);
    return lng_npy_recognise(head, n) || lng_idx_recognise(head, n) ? open_rows(x, lng_npy_recognise(head, n), failure)
                                                                    : refuse(head, n, failure);
}

/* ---- windows ---- */
static bool out_of_memory(lng_failure *failure)
{
    return lng_fail(failure, LNG_E_MEMORY, "out of memory");
}

/* Rows are read, of which windows are made. */
static bool prepare_windows(lng_examples *x, const lng_data_field *field, lng_failure *failure)
{
    const lng_window_spec *w = x->wish.window;
    const size_t n = x->fields + (w->group != NULL);
    x->row = lng_block_new(n * sizeof *x->row);
    x->window = lng_block_new(x->fields * sizeof *x->window);
    x->rows = lng_block_new(n * sizeof *x->rows);
    x->words = lng_block_new(n * sizeof *x->words);
    x->slide = lng_slide_new(w, field, x->fields);
    if (!x->row || !x->window || !x->rows || !x->words || !x->slide)
        return out_of_memory(failure);
    for (size_t i = 0; i < n; i++)
        x->row[i] = lng_field_of_row(i < x->fields ? &field[i] : w->group);
    if (w->group && w->group->columns && !(x->words[x->fields] = lng_vocabulary_new()))
        return out_of_memory(failure);
    x->wish.shape = x->row[0].shape;
    x->load.field = x->row;
    x->load.fields = n;
    x->load.words = x->words;
    return true;
}

static void describe_windows(lng_examples *x, const lng_data_field *field)
{
    for (size_t i = 0; i < x->fields; i++) {
        x->window[i] = x->head[i];
        x->window[i].count = -1;
        if (field[i].rows && x->head[i].shape.rank < LNG_MAX_RANK)
            x->window[i].shape = lng_shape_stacked(x->head[i].shape, field[i].rows);
    }
}

static void free_windows(lng_examples *x)
{
    lng_slide_free(x->slide);
    if (x->words)
        lng_vocabulary_free(x->words[x->load.fields - 1]);
    lng_block_free(x->row);
    lng_block_free(x->window);
    lng_block_free(x->rows);
    lng_block_free(x->words);
}

static bool report(const lng_examples *x, const lng_failure *failure, lng_errors *errors)
{
    const lng_source source = {.name = x->path};
    return lng_fail_report(failure, (lng_place){.source = &source}, errors);
}

lng_examples *lng_examples_open(const char *path, const lng_wish *wish, const lng_data_field *field, size_t fields,
                                lng_errors *errors)
{
    const bool input = strcmp(path, "-") == 0;
    lng_examples *x = lng_block_new(sizeof *x);
    lng_failure failure = {0};
    if (!x)
        return lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory"), NULL;
    *x = (lng_examples){
        .path = input ? "<stdin>" : path,
        .wish = *wish,
        .fields = fields,
        .load = {.path = input ? NULL : path, .field = field, .fields = fields, .keeps_text = wish->text, .style = wish->style}};
    x->head = lng_block_new((fields + 1) * sizeof *x->head);
    if (!x->head)
        out_of_memory(&failure);
    else if (!wish->window || prepare_windows(x, field, &failure))
        x->stream = input ? lng_stream_input(&failure) : lng_stream_open(path, NULL, &failure);
    if (x->stream && open_content(x, &failure)) {
        if (wish->window)
            describe_windows(x, field);
        return x;
    }
    report(x, &failure, errors);
    lng_examples_free(x);
    return NULL;
}

void lng_examples_free(lng_examples *x)
{
    if (!x)
        return;
    if (x->table)
        x->load.format->table->free(x->table);
    lng_rows_free(&x->array);
    lng_stream_free(x->stream);
    lng_block_free(x->head);
    lng_block_free(x->bytes);
    free_windows(x);
    lng_block_free(x);
}

const lng_array *lng_examples_head(const lng_examples *x, size_t field)
{
    return x->slide ? &x->window[field] : &x->head[field];
}

int64_t lng_examples_most(const lng_examples *x)
{
    int64_t most = MOST;
    for (size_t i = 0; i < x->fields; i++) {
        const lng_array *head = lng_examples_head(x, i);
        const int64_t bytes = lng_shape_size(head->shape) * lng_array_width(head);
        most = bytes > 0 && most > MOST_BYTES / bytes ? MOST_BYTES / bytes : most;
    }
    return most > 1 ? most : 1;
}

/* Descriptions are complete by now. */
static int64_t read_table(lng_examples *x, int64_t most, lng_array *array, lng_failure *failure)
{
    const int64_t n = x->load.format->table->next(x->table, most, array, failure);
    bool good = n >= 0;
    for (size_t i = 0; n > 0 && i < x->load.fields; i++) {
        const lng_column_spec *c = x->load.field[i].columns;
        good = good && (!c || i >= x->fields || lng_columns_apply(c, &array[i], x->done, failure));
    }
    x->done += n;
    for (size_t i = 0; n > 0 && !good && i < x->load.fields; i++)
        lng_array_free(&array[i]);
    return good ? n : -1;
}

static bool wrong_class(const lng_examples *x, const lng_data_field *f, int64_t example, int64_t class, lng_failure *failure)
{
    return lng_fail(failure, LNG_E_RANGE, "`%s` of example %lld is %lld, expected %lld to %lld", f->name,
                    (long long)(x->counted + example), (long long)class, (long long)x->wish.first,
                    (long long)(x->wish.first + f->classes) - 1);
}

/* Classes that count from another number in the files, as those of the training files do. */
static bool count_from_zero(const lng_examples *x, const lng_data_field *f, lng_array *array, lng_failure *failure)
{
    const int64_t first = x->wish.first;
    if (first == 0 || !lng_field_is_class(f) || f->columns || f->classes == 0 || array->type == LNG_ARRAY_F32)
        return true;
    if (!lng_array_widen(array, failure))
        return false;
    int32_t *class = array->at;
    for (int64_t i = 0; i < array->count; i++) {
        if (class[i] < first || class[i] - first >= f->classes)
            return wrong_class(x, f, i, class[i], failure);
        class[i] -= (int32_t)first;
    }
    return true;
}

/* Numbers of which the model has no place for some, as an embedding of so many. */
static bool check_limit(const lng_examples *x, const lng_data_field *f, const lng_array *array, lng_failure *failure)
{
    const int64_t size = lng_shape_size(array->shape);
    char number[LNG_NUMBER_SIZE];
    for (int64_t k = 0; f->below > 0 && k < array->count * size; k++)
        if (!lng_field_takes(f, lng_array_at(array, k)))
            return lng_fail(failure, LNG_E_RANGE, "`%s` of example %lld holds %s, but the model takes only integers below %lld",
                            f->name, (long long)(x->counted + k / size), lng_number(number, lng_array_at(array, k)),
                            (long long)f->below);
    return true;
}

static int64_t next_as_read(lng_examples *x, int64_t most, lng_array *array, lng_failure *failure)
{
    if (x->kind == TABLE)
        return read_table(x, most, array, failure);
    if (x->kind == ROWS) {
        const int64_t first = x->array.done, left = x->array.head.count - first, n = left < most ? left : most;
        if (n == 0 || (lng_rows_read(&x->array, n, array, failure) &&
                       (array->type == x->head[0].type || lng_array_to_floats(array, first, failure))))
            return n;
        lng_array_free(array);
        return -1;
    }
    if (x->ended)
        return 0;
    x->ended = true;
    if (read_picture(x, array, failure))
        return 1;
    lng_array_free(array);
    return -1;
}

static int64_t next(lng_examples *x, int64_t most, lng_array *array, lng_failure *failure)
{
    const int64_t n = next_as_read(x, most, array, failure);
    bool good = n >= 0;
    for (size_t i = 0; n > 0 && i < x->load.fields; i++)
        good = good && count_from_zero(x, &x->load.field[i], &array[i], failure) &&
               check_limit(x, &x->load.field[i], &array[i], failure);
    for (size_t i = 0; n > 0 && !good && i < x->load.fields; i++)
        lng_array_free(&array[i]);
    x->counted += n > 0 ? n : 0;
    return good ? n : -1;
}

/* All windows end in the rows that were read last, whose text is there. */
static int64_t next_windows(lng_examples *x, int64_t most, lng_array *array, lng_failure *failure)
{
    int64_t n = 0;
    for (int64_t rows = 1; n == 0 && rows > 0;) {
        rows = next(x, most, x->rows, failure);
        if (rows < 0)
            return -1;
        if (rows > 0)
            n = lng_slide_rows(x->slide, x->rows, x->load.fields > x->fields ? &x->rows[x->fields] : NULL, array, failure);
        for (size_t i = 0; rows > 0 && i < x->load.fields; i++)
            lng_array_free(&x->rows[i]);
        if (rows == 0 && !lng_slide_end(x->slide, failure))
            return -1;
    }
    return n;
}

int64_t lng_examples_next(lng_examples *x, int64_t most, lng_array *array, lng_errors *errors)
{
    lng_failure failure = {0};
    const int64_t n = x->slide ? next_windows(x, most, array, &failure) : next(x, most, array, &failure);
    if (n < 0)
        report(x, &failure, errors);
    return n;
}

bool lng_examples_are_text(const lng_examples *x, lng_table_form *form)
{
    if (x->kind != TABLE || !x->load.format->table->form)
        return false;
    *form = x->load.format->table->form(x->table);
    return true;
}

const char *lng_examples_text(const lng_examples *x, int64_t i, size_t *length)
{
    return x->load.format->table->text(x->table, x->slide && i >= 0 ? lng_slide_row(x->slide, i) : i, length);
}
