/* The columns of a table to fields. A field's numbers are the columns NAME, or NAME.0, NAME.1, ... (or with _), in row-major order. */
#include "config.h"
#include "base/arena.h"
#include "base/text.h"
#include "data/csv.h"
#include "data/table.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FIRST_ROWS 512 /* there is room for, before it grows */

/* The destination of a column. */
typedef struct column {
    int64_t element;
    size_t field; /* NONE: it is not read */
    char *name;   /* as the head has it */
} column;
#define NONE SIZE_MAX

typedef struct table {
    const lng_load *load;
    lng_csv csv;
    column *column;
    size_t columns;
    char *names;   /* of the columns: a block */
    bool has_rows; /* one was read */
    bool crlf;     /* the head's line end */
    char *kept;    /* the text of the head and of the rows that were read last: a block */
    size_t kept_used, kept_room, head_length;
    size_t *row_end; /* of each row, in it: a block */
    int64_t row_room;
    lng_failure *failure;
} table;

/* ---- the head ---- */
/* The element of the field that a column of this name holds; -1: none. */
static int64_t element_of(const char *name, const lng_data_field *f)
{
    const size_t n = strlen(f->name);
    const int64_t size = lng_shape_size(f->shape);
    int64_t element;
    if (strcmp(name, f->name) == 0)
        return size == 1 ? 0 : -1;
    if (strncmp(name, f->name, n) != 0 || (name[n] != '.' && name[n] != '_') ||
        !lng_parse_int(name + n + 1, strlen(name + n + 1), &element))
        return -1;
    return element >= 0 && element < size && name[n + 1] != '+' && name[n + 1] != '-' ? element : -1;
}

static column column_of(const lng_load *load, char *name)
{
    for (size_t i = 0; i < load->fields; i++) {
        const int64_t element = element_of(name, &load->field[i]);
        if (element >= 0)
            return (column){element, i, name};
    }
    return (column){.field = NONE, .name = name};
}

/* The names of the first columns, for errors. */
static void list_names(const table *t, char text[200])
{
    size_t n = 0;
    for (size_t i = 0; i < t->columns; i++) {
        const char *name = t->column[i].name, *comma = i ? ", " : "";
        const bool fits = strlen(name) + sizeof ", , ..." < 200 - n;
        n += (size_t)snprintf(text + n, 200 - n, "%s%s", comma, fits ? name : "...");
        if (!fits)
            break;
    }
}

static bool is_alike(const char *name, const char *missing)
{
    lng_nearest near = {.wrong = missing};
    lng_nearest_offer(&near, name);
    return near.best || strcasecmp(name, missing) == 0;
}

static bool are_numbers(const table *t)
{
    double number;
    for (size_t i = 0; i < t->columns; i++)
        if (!lng_parse_double(t->column[i].name, strlen(t->column[i].name), &number))
            return false;
    return true;
}

static bool lacks_columns(const table *t, const lng_data_field *f, int64_t found)
{
    const int64_t size = lng_shape_size(f->shape);
    char first[300], names[200];
    snprintf(first, sizeof first, "%s%s", f->name, size == 1 ? "" : ".0");
    list_names(t, names);
    if (size == 1)
        lng_fail(t->failure, LNG_E_DATA, "line 1: there is no column `%.60s`; the columns are %s", f->name, names);
    else
        lng_fail(t->failure, LNG_E_DATA,
                 "line 1: %lld columns of `%.60s`, expected %lld: %.30s.0 to %.30s.%lld; the columns are %s", (long long)found,
                 f->name, (long long)size, f->name, f->name, (long long)size - 1, names);
    if (are_numbers(t))
        return lng_fail_hint(t->failure, "the first line of a table has the names of the columns");
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].field == NONE && is_alike(t->column[i].name, first))
            return lng_fail_hint(t->failure, "did you mean `%.90s`?", t->column[i].name);
    return size > 1 && found == 0 &&
           lng_fail_hint(t->failure, "a column of any other name can be a field of its own, with shape [1]");
}

/* Each number of a field has one column. */
static bool check_field(const table *t, size_t field)
{
    const lng_data_field *f = &t->load->field[field];
    const int64_t size = lng_shape_size(f->shape);
    int64_t found = 0;
    const char *twice = NULL;
    for (size_t i = 0; i < t->columns; i++)
        found += t->column[i].field == field;
    if (found < size)
        return lacks_columns(t, f, found);
    bool *seen = lng_block_new((size_t)size * sizeof *seen);
    if (!seen)
        return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].field == field) {
            twice = seen[t->column[i].element] ? t->column[i].name : twice;
            seen[t->column[i].element] = true;
        }
    lng_block_free(seen);
    return !twice || lng_fail(t->failure, LNG_E_DATA, "line 1: a column of `%s` appears twice", f->name);
}

static bool copy_names(table *t)
{
    size_t bytes = 0;
    t->columns = t->csv.cells;
    for (size_t i = 0; i < t->columns; i++)
        bytes += t->csv.cell[i].length + 1;
    t->column = lng_block_new(t->columns * sizeof *t->column);
    t->names = lng_block_new(bytes);
    if (!t->column || !t->names)
        return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    char *to = t->names;
    for (size_t i = 0; i < t->columns; i++) {
        const lng_cell cell = t->csv.cell[i];
        memcpy(to, cell.at, cell.length);
        t->column[i] = column_of(t->load, to);
        to += cell.length + 1;
    }
    return true;
}

/* ---- the text of rows ---- */
static bool grow(void **block, size_t used, size_t room)
{
    void *more = lng_block_new(room);
    if (more && used)
        memcpy(more, *block, used);
    lng_block_free(more ? *block : NULL);
    *block = more ? more : *block;
    return more;
}

static bool keep_text(table *t)
{
    const size_t n = t->csv.row_length;
    if (t->kept_room - t->kept_used < n) {
        const size_t room = 2 * (t->kept_used + n) + 4096;
        void *block = t->kept;
        if (!grow(&block, t->kept_used, room))
            return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
        t->kept = block;
        t->kept_room = room;
    }
    memcpy(t->kept + t->kept_used, t->csv.row, n);
    t->kept_used += n;
    return true;
}

static bool keep_row(table *t, int64_t row)
{
    if (!t->load->keeps_text)
        return true;
    if (row == 0)
        t->kept_used = t->head_length;
    if (row == t->row_room) {
        const int64_t room = row ? 2 * row : FIRST_ROWS;
        void *block = t->row_end;
        if (!grow(&block, (size_t)row * sizeof(size_t), (size_t)room * sizeof(size_t)))
            return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
        t->row_end = block;
        t->row_room = room;
    }
    const bool kept = keep_text(t);
    t->row_end[row] = t->kept_used;
    return kept;
}

static const char *text_of(void *reader, int64_t row, size_t *length)
{
    const table *t = reader;
    const size_t start = row < 0 ? 0 : row == 0 ? t->head_length : t->row_end[row - 1];
    *length = (row < 0 ? t->head_length : t->row_end[row]) - start;
    return t->kept + start;
}

static lng_table_form form_of(void *reader)
{
    const table *t = reader;
    return (lng_table_form){t->csv.separator, t->crlf};
}

static bool read_head(table *t)
{
    if (!lng_csv_row(&t->csv, t->failure))
        return lng_fail(t->failure, LNG_E_DATA, "line 1: the table is empty");
    t->crlf = t->csv.crlf;
    if (t->load->keeps_text && !keep_text(t))
        return false;
    t->head_length = t->kept_used;
    bool good = copy_names(t);
    for (size_t i = 0; good && i < t->load->fields; i++)
        good = check_field(t, i);
    return good;
}

/* ---- numbers ---- */
static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Digits with a point, of which up to 2^53 are one double: divided by an exact power of ten, they are rounded once. */
static bool parse_short(const char *at, size_t n, double *x)
{
    const char *end = at + n;
    uint64_t digits = 0;
    int places = 0;
    const bool negative = n && *at == '-';
    at += negative;
    if (end - at > 16 || at == end)
        return false;
    for (bool point = false; at < end; at++) {
        const unsigned digit = (unsigned char)*at - (unsigned)'0';
        if (digit > 9 && (*at != '.' || point || end - at == 1))
            return false;
        if (digit > 9) {
            point = true;
        } else {
            digits = 10 * digits + digit;
            places += point;
        }
    }
    *x = (double)digits / power[places];
    *x = negative ? -*x : *x;
    return digits < (uint64_t)1 << 53;
}

static bool bad_cell(const table *t, size_t i, const char *what)
{
    const lng_cell cell = t->csv.cell[i];
    const char *name = t->column[i].name;
    if (cell.length == 0)
        return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is empty, expected %s", name, what);
    return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is `%.*s`, expected %s", name, (int)(cell.length < 40 ? cell.length : 40),
                        cell.at, what);
}

static bool store(const table *t, size_t i, lng_array *array, int64_t row)
{
    const lng_cell cell = t->csv.cell[i];
    const int64_t at = row * lng_shape_size(array->shape) + t->column[i].element;
    int64_t integer;
    double x;
    if (array->type == LNG_ARRAY_I32) {
        if (!lng_parse_int(cell.at, cell.length, &integer) || integer < INT32_MIN || integer > INT32_MAX)
            return bad_cell(t, i, "an integer");
        ((int32_t *)array->at)[at] = (int32_t)integer;
        return true;
    }
    if (!parse_short(cell.at, cell.length, &x) && (!lng_parse_double(cell.at, cell.length, &x) || fabs(x) > (double)FLT_MAX))
        return bad_cell(t, i, "a number");
    ((float *)array->at)[at] = (float)x;
    return true;
}

/* ---- rows ---- */
/* false at the end, or after a failure. */
static bool read_row(table *t)
{
    if (!lng_csv_row(&t->csv, t->failure)) {
        if (t->failure->code == LNG_E_NONE && !t->has_rows)
            lng_fail(t->failure, LNG_E_DATA, "line %lld: no examples follow the column names", (long long)t->csv.line);
        return false;
    }
    t->has_rows = true;
    return t->csv.cells == t->columns || lng_fail(t->failure, LNG_E_DATA, "line %lld: %s than %zu cells, one for each column",
                                                  (long long)t->csv.line, t->csv.cells < t->columns ? "fewer" : "more", t->columns);
}

static bool make_room(const table *t, lng_array *array, int64_t used, int64_t room)
{
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_data_field *f = &t->load->field[i];
        lng_array more = {.type = f->dtype == LNG_I32 ? LNG_ARRAY_I32 : LNG_ARRAY_F32, .shape = f->shape};
        if (!lng_array_new(&more, room, t->failure))
            return false;
        if (used)
            memcpy(more.at, array[i].at, (size_t)(used * lng_shape_size(f->shape)) * 4);
        lng_array_free(&array[i]);
        array[i] = more;
    }
    return true;
}

static bool read_rows(table *t, int64_t most, lng_array *array, int64_t *rows)
{
    int64_t room = 0;
    for (*rows = 0; *rows < most && read_row(t); ++*rows) {
        if (*rows == room) {
            room = room ? 2 * room : most < FIRST_ROWS ? most : FIRST_ROWS;
            if (!make_room(t, array, *rows, room))
                return false;
        }
        if (!keep_row(t, *rows))
            return false;
        for (size_t i = 0; i < t->columns; i++)
            if (t->column[i].field != NONE && !store(t, i, &array[t->column[i].field], *rows))
                return false;
    }
    return t->failure->code == LNG_E_NONE;
}

static int64_t next(void *reader, int64_t most, lng_array *array, lng_failure *failure)
{
    table *t = reader;
    int64_t rows;
    t->failure = failure;
    for (size_t i = 0; i < t->load->fields; i++)
        array[i] = (lng_array){.at = NULL};
    const bool good = read_rows(t, most, array, &rows);
    for (size_t i = 0; i < t->load->fields; i++)
        if (good)
            array[i].count = rows;
        else
            lng_array_free(&array[i]);
    return good ? rows : -1;
}

static void free_table(void *reader)
{
    table *t = reader;
    if (!t)
        return;
    lng_csv_end(&t->csv);
    lng_block_free(t->column);
    lng_block_free(t->names);
    lng_block_free(t->kept);
    lng_block_free(t->row_end);
    lng_block_free(t);
}

static void *open_table(lng_stream *s, const lng_load *load, lng_array *head, lng_failure *failure)
{
    table *t = lng_block_new(sizeof *t);
    if (!t)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory"), NULL;
    *t = (table){.load = load, .failure = failure};
    for (size_t i = 0; i < load->fields; i++)
        head[i] = (lng_array){
            .type = load->field[i].dtype == LNG_I32 ? LNG_ARRAY_I32 : LNG_ARRAY_F32, .shape = load->field[i].shape, .count = -1};
    if (lng_csv_begin(&t->csv, s, 0, failure) && read_head(t))
        return t;
    free_table(t);
    return NULL;
}

const lng_table lng_csv_table = {open_table, next, free_table, text_of, form_of};

/* Rows may have lines of their own within quotes, so they are read again. */
int64_t lng_csv_line(const lng_load *load, int64_t example)
{
    lng_csv csv = {.text = NULL};
    lng_failure failure = {0};
    lng_stream *s = lng_stream_open(load->path, NULL, &failure);
    bool good = s && lng_csv_begin(&csv, s, 0, &failure);
    for (int64_t row = -1; good && row <= example; row++)
        good = lng_csv_row(&csv, &failure);
    lng_csv_end(&csv);
    lng_stream_free(s);
    return good ? csv.line : 0;
}
