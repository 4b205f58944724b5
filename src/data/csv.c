/* CSV: a table whose first line names the columns, as RFC 4180 has it. A field's numbers are the columns NAME, or NAME.0, NAME.1, ...
 * (or with _), in row-major order.
 *
 * The text is read twice: the first time counts the rows, the second fills the arrays. */
#include "config.h"
#include "base/arena.h"
#include "base/text.h"
#include "data/table.h"
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_COLUMNS = 1 << 16, MOST_CELL = 4096 /* bytes, without its quotes */ };

typedef struct table {
    const char *at, *end; /* what is left */
    int64_t line, began;  /* from 1: the present one, and that of the cell */
    char cell[MOST_CELL + 1];
    size_t length;
    bool last; /* the cell ends its row */
    lng_failure *failure;
} table;

/* The destination of a column. */
typedef struct column {
    lng_array *array; /* NULL: it is not read */
    int64_t element;
    const char *field;
} column;

static bool fail(table *t, const char *why)
{
    return lng_fail(t->failure, LNG_E_DATA, "line %lld: %s", (long long)t->line, why);
}

static bool add(table *t, char c)
{
    if (t->length == MOST_CELL)
        return fail(t, "a cell of more than 4096 bytes");
    t->cell[t->length++] = c;
    return c || fail(t, "a NUL byte: this is not a text file");
}

static bool read_quoted(table *t)
{
    for (t->at++; t->at < t->end; t->at++) {
        t->line += *t->at == '\n';
        if (*t->at != '"') {
            if (!add(t, *t->at))
                return false;
        } else if (t->at + 1 < t->end && t->at[1] == '"') {
            if (!add(t, *t->at++))
                return false;
        } else {
            return t->at++, true;
        }
    }
    return fail(t, "the closing quote is missing");
}

static bool is_line_end(const table *t)
{
    return *t->at == '\n' || (*t->at == '\r' && t->at + 1 < t->end && t->at[1] == '\n');
}

/* The next cell, without blanks around it. */
static bool read_cell(table *t)
{
    t->length = 0;
    t->began = t->line;
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t'))
        t->at++;
    const bool quoted = t->at < t->end && *t->at == '"';
    if (quoted && !read_quoted(t))
        return false;
    for (; t->at < t->end && *t->at != ',' && !is_line_end(t); t->at++)
        if (quoted ? *t->at != ' ' && !fail(t, "something follows a closing quote") : !add(t, *t->at))
            return false;
    while (!quoted && t->length && (t->cell[t->length - 1] == ' ' || t->cell[t->length - 1] == '\t'))
        t->length--;
    t->cell[t->length] = 0;
    t->last = t->at == t->end || *t->at != ',';
    if (t->at < t->end && *t->at == '\r')
        t->at++;
    t->line += t->at < t->end && *t->at == '\n';
    t->at += t->at < t->end;
    return true;
}

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

static column column_of(const lng_load *load, const char *name)
{
    for (size_t i = 0; i < load->fields; i++) {
        const int64_t element = element_of(name, &load->field[i]);
        if (element >= 0)
            return (column){&load->array[i], element, load->field[i].name};
    }
    return (column){.array = NULL};
}

/* What an error says of the columns. */
typedef struct overview {
    char names[200];       /* of the first ones */
    char near[100];        /* a column that is not read, with a name like the missing one; "": none */
    const char *separator; /* that the head has instead of commas; NULL: commas */
    bool numbers;          /* all names are numbers */
} overview;

static void list(overview *o, const char *name, bool first)
{
    const size_t n = strlen(o->names), room = sizeof o->names - n;
    const bool full = n >= 3 && strcmp(o->names + n - 3, "...") == 0, fits = room > strlen(name) + sizeof ", , ...";
    if (!full)
        snprintf(o->names + n, room, "%s%s", first ? "" : ", ", fits ? name : "...");
}

static bool is_alike(const char *name, const char *missing)
{
    lng_nearest near = {.wrong = missing};
    lng_nearest_offer(&near, name);
    return near.best || strcasecmp(name, missing) == 0;
}

static const char *separator_in(const char *name)
{
    return strchr(name, ';') ? "semicolons" : strchr(name, '\t') ? "tabs" : strchr(name, '|') ? "vertical bars" : NULL;
}

/* Reads the head, which has been read before, again. */
static overview look_over(const table *head, const char *missing, const column *c, size_t columns)
{
    table t = *head;
    overview o = {.numbers = true};
    for (size_t i = 0; i < columns && read_cell(&t); i++) {
        double number;
        list(&o, t.cell, i == 0);
        if (!c[i].array && !o.near[0] && t.length < sizeof o.near && is_alike(t.cell, missing))
            memcpy(o.near, t.cell, t.length + 1);
        o.separator = columns == 1 ? separator_in(t.cell) : NULL;
        o.numbers = o.numbers && lng_parse_double(t.cell, t.length, &number);
    }
    return o;
}

static bool lacks_columns(const table *head, const lng_data_field *f, int64_t found, const column *c, size_t columns)
{
    const int64_t size = lng_shape_size(f->shape);
    char first[300];
    snprintf(first, sizeof first, "%s%s", f->name, size == 1 ? "" : ".0");
    const overview o = look_over(head, first, c, columns);
    if (size == 1)
        lng_fail(head->failure, LNG_E_DATA, "line 1: there is no column `%.60s`; the columns are %s", f->name, o.names);
    else
        lng_fail(head->failure, LNG_E_DATA,
                 "line 1: %lld columns of `%.60s`, expected %lld: %.30s.0 to %.30s.%lld; the columns are %s", (long long)found,
                 f->name, (long long)size, f->name, f->name, (long long)size - 1, o.names);
    if (o.separator)
        return lng_fail_hint(head->failure, "cells are separated by commas, not %s", o.separator);
    if (o.numbers)
        return lng_fail_hint(head->failure, "the first line of a table has the names of the columns");
    if (o.near[0])
        return lng_fail_hint(head->failure, "did you mean `%s`?", o.near);
    return size > 1 && found == 0 &&
           lng_fail_hint(head->failure, "a column of any other name can be a field of its own, with shape [1]");
}

/* Each number of a field has one column. */
static bool check_field(const table *head, const lng_array *array, const lng_data_field *f, const column *c, size_t columns)
{
    const int64_t size = lng_shape_size(f->shape);
    int64_t found = 0;
    unsigned char *seen;
    bool twice = false;
    for (size_t i = 0; i < columns; i++)
        found += c[i].array == array;
    if (found < size)
        return lacks_columns(head, f, found, c, columns);
    if (!(seen = lng_block_new((size_t)size)))
        return lng_fail(head->failure, LNG_E_MEMORY, "out of memory");
    for (size_t i = 0; i < columns; i++)
        twice = twice || (c[i].array == array && seen[c[i].element]++ > 0);
    lng_block_free(seen);
    return !twice || lng_fail(head->failure, LNG_E_DATA, "line 1: a column of `%s` appears twice", f->name);
}

/* The columns: a block; NULL after a failure. */
static column *read_head(table *t, const lng_load *load, size_t *columns)
{
    const table head = *t;
    table ahead = head;
    for (*columns = 1; read_cell(&ahead) && !ahead.last; ++*columns)
        if (*columns == MOST_COLUMNS)
            return fail(t, "more than 65,536 columns"), NULL;
    column *c = lng_block_new(*columns * sizeof *c);
    if (!c)
        lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    for (size_t i = 0; c && i < *columns && read_cell(t); i++)
        c[i] = column_of(load, t->cell);
    bool good = c && t->failure->code == LNG_E_NONE;
    for (size_t i = 0; good && i < load->fields; i++)
        good = check_field(&head, &load->array[i], &load->field[i], c, *columns);
    if (good)
        return c;
    lng_block_free(c);
    return NULL;
}

/* ---- the rows ---- */
static bool bad_cell(table *t, const column *c, const char *what)
{
    if (t->length == 0)
        return lng_fail(t->failure, LNG_E_DATA, "line %lld: `%s` is empty, expected %s", (long long)t->began, c->field, what);
    return lng_fail(t->failure, LNG_E_DATA, "line %lld: `%s` is `%.40s`, expected %s", (long long)t->began, c->field, t->cell,
                    what);
}

static bool store(table *t, const column *c, int64_t row)
{
    const int64_t at = row * lng_shape_size(c->array->shape) + c->element;
    int64_t i;
    double x;
    if (c->array->type == LNG_ARRAY_I32) {
        if (!lng_parse_int(t->cell, t->length, &i) || i < INT32_MIN || i > INT32_MAX)
            return bad_cell(t, c, "an integer");
        ((int32_t *)c->array->at)[at] = (int32_t)i;
        return true;
    }
    if (!lng_parse_double(t->cell, t->length, &x) || fabs(x) > (double)FLT_MAX)
        return bad_cell(t, c, "a number");
    ((float *)c->array->at)[at] = (float)x;
    return true;
}

/* Reads all rows; stores them, or only counts. */
static bool read_rows(table *t, const column *c, size_t columns, bool stores, int64_t *rows)
{
    for (*rows = 0; t->at < t->end; ++*rows)
        for (size_t i = 0; i < columns; i++) {
            if (!read_cell(t) || (stores && c[i].array && !store(t, &c[i], *rows)))
                return false;
            if (t->last != (i + 1 == columns))
                return lng_fail(t->failure, LNG_E_DATA, "line %lld: %s than %zu cells, one for each column", (long long)t->began,
                                t->last ? "fewer" : "more", columns);
        }
    return *rows > 0 || fail(t, "no examples follow the column names");
}

static bool make_arrays(const lng_load *load, int64_t rows, lng_failure *failure)
{
    for (size_t i = 0; i < load->fields; i++) {
        load->array[i].type = load->field[i].dtype == LNG_I32 ? LNG_ARRAY_I32 : LNG_ARRAY_F32;
        load->array[i].shape = load->field[i].shape;
        if (!lng_array_new(&load->array[i], rows, failure))
            return false;
    }
    return true;
}

static bool read_table(table *t, const lng_load *load)
{
    size_t columns;
    int64_t rows;
    column *c = read_head(t, load, &columns);
    table ahead = *t;
    const bool good = c && read_rows(&ahead, c, columns, false, &rows) && make_arrays(load, rows, t->failure) &&
                      read_rows(t, c, columns, true, &rows);
    lng_block_free(c);
    return good;
}

/* Of the byte order mark that some programs write first. */
static size_t mark_length(const unsigned char *at, size_t n)
{
    return n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Its content: a block; NULL after a failure. */
static unsigned char *begin(table *t, lng_stream *s, lng_failure *failure)
{
    size_t n;
    unsigned char *bytes = lng_table_bytes(s, &n, failure);
    *t = (table){.line = 1, .failure = failure};
    if (bytes) {
        t->at = (const char *)bytes + mark_length(bytes, n);
        t->end = (const char *)bytes + n;
    }
    return bytes;
}

bool lng_csv_read(lng_stream *s, const lng_load *load, lng_failure *failure)
{
    table t;
    unsigned char *bytes = begin(&t, s, failure);
    const bool good = bytes && read_table(&t, load);
    lng_block_free(bytes);
    return good;
}

/* Rows may have lines of their own within quotes, so they are read again. */
int64_t lng_csv_line(const lng_load *load, int64_t example)
{
    table t = {.at = NULL};
    lng_failure failure = {0};
    lng_stream *s = lng_stream_open(load->path, NULL, &failure);
    unsigned char *bytes = s ? begin(&t, s, &failure) : NULL;
    bool good = bytes;
    for (int64_t row = -1; good && row < example; row++)
        do
            good = read_cell(&t);
        while (good && !t.last);
    lng_block_free(bytes);
    lng_stream_free(s);
    return good ? t.line : 0;
}

/* As PNM begins: P, a digit, and a number or a comment. */
static bool is_pnm(const unsigned char *at, size_t n)
{
    return n >= 3 && at[0] == 'P' && at[1] >= '1' && at[1] <= '7' && memchr(" \t\r\n", at[2], 4) &&
           (n == 3 || at[2] == '\n' || at[2] == '\r' || at[3] == '#' || (at[3] >= '0' && at[3] <= '9'));
}

/* UTF-8 whose first line is cells, or one name alone, without control characters. Another separator than the comma, and numbers for names,
 * are refused later, with what is wrong. */
bool lng_csv_recognise(const unsigned char *at, size_t n)
{
    const size_t mark = mark_length(at, n);
    bool separator = false, name = true;
    size_t i = mark;
    for (int length; i < n && at[i] != '\n' && at[i] != '\r'; i += (size_t)length) {
        uint32_t c;
        if ((length = lng_utf8((const char *)at + i, n - i, &c)) == 0)
            break;
        const bool letter = c == '_' || c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'),
                   digit = (c >= '0' && c <= '9') || c == '.';
        if ((c < 0x20 && c != '\t') || (i == mark && !letter && !digit && c != '"' && c != '-'))
            return false;
        separator = separator || c == ',' || c == ';' || c == '|' || c == '\t';
        name = name && (letter || digit);
    }
    if (i < n && at[i] != '\n' && at[i] != '\r' && n - i > 3) /* not cut by the end of the head */
        return false;
    return i > mark && (separator || (name && i < n)) && !is_pnm(at, n);
}
