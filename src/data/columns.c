/* The columns of a table to fields. A field's numbers are the columns that its description names, or NAME, or NAME.0, NAME.1, ... (or with _),
 * in row-major order. Missing numbers become NaN, and names that are not known -1, until the table's end is known: see learn.c. */
#include "config.h"
#include "base/arena.h"
#include "base/text.h"
#include "data/cell.h"
#include "data/csv.h"
#include "data/decimal.h"
#include "data/picture.h"
#include "data/table.h"
#include "data/vocabulary.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FIRST_ROWS 512 /* there is room for, before it grows */
#define MOST_WRONG 8   /* rows, of which each is reported */

/* A number of a field, and the column that it comes from. Several fields may read a column. */
typedef struct source {
    size_t column, field;
    int64_t element;
    const lng_column_spec *spec; /* of the field; NULL: it has none */
    enum { TO_FLOAT, TO_DOUBLE, TO_WORD, TO_INTEGER, TO_TEXT, TO_IMAGE } kind;
    void *to; /* this number of the first example; those of the others are `stride` elements apart */
    int64_t stride;
    bool date; /* instead of a number */
} source;

typedef struct table {
    const lng_load *load;
    lng_csv csv;
    char point;        /* of decimals */
    const char **name; /* of each column: a block */
    char *names;       /* their text: a block */
    size_t columns;
    source *source; /* in the order of the columns: a block */
    size_t sources;
    lng_vocabulary **words; /* of each field that holds names, the known ones; NULL: it holds none, or they are learned: a block */
    bool drops;             /* some field leaves out rows */
    bool has_rows;          /* one was read */
    bool crlf;              /* the head's line end */
    int64_t ragged;         /* rows with another number of cells than the head */
    bool pending;           /* the first row is read, but not given */
    char *kept;             /* the text of the head and of the rows that were read last: a block */
    size_t kept_used, kept_room, head_length;
    size_t *row_end; /* of each row, in it: a block */
    int64_t row_room;
    lng_failure *failure;
} table;

/* Of the field's numbers as they are read. What is scaled is rounded to floats only then: dates and times are large, and their
 * differences small. */
static lng_array array_of(const lng_data_field *f)
{
    if (f->columns && f->columns->image)
        return (lng_array){.type = LNG_ARRAY_U8, .shape = f->shape};
    const bool scaled = f->columns && !f->columns->words && f->columns->scale != LNG_SCALE_NONE;
    return (lng_array){.type = f->dtype == LNG_I32 ? LNG_ARRAY_I32 : scaled ? LNG_ARRAY_F64 : LNG_ARRAY_F32, .shape = f->shape};
}

/* ---- the head ---- */
/* How many columns the field has. */
static int64_t width_of(const lng_data_field *f)
{
    return f->columns && (f->columns->text || f->columns->image) ? 1 : lng_shape_size(f->shape);
}

/* The element of the field that a column of this name holds; -1: none. */
static int64_t element_of(const char *name, const lng_data_field *f)
{
    const size_t n = strlen(f->name);
    const int64_t size = width_of(f);
    int64_t element;
    if (strcmp(name, f->name) == 0)
        return size == 1 ? 0 : -1;
    if (strncmp(name, f->name, n) != 0 || (name[n] != '.' && name[n] != '_') ||
        !lng_parse_int(name + n + 1, strlen(name + n + 1), &element))
        return -1;
    return element >= 0 && element < size && name[n + 1] != '+' && name[n + 1] != '-' ? element : -1;
}

/* Only a name with `*` is a pattern: `?` may stand in the name of a column. */
static bool is_named(const char *name, const char *wanted)
{
    return strchr(wanted, '*') ? lng_matches(wanted, name) : strcmp(wanted, name) == 0;
}

/* Which of the columns that the description names it is; with patterns, the next one. -1: none. */
static int64_t element_by(const char *name, const lng_column_spec *c, int64_t next)
{
    for (size_t i = 0; i < c->columns; i++)
        if (is_named(name, c->column[i]))
            return c->patterns ? next : (int64_t)i;
    return -1;
}

/* found: how many columns of each field there are so far. */
static size_t sources_of(const table *t, size_t column, source *to, int64_t *found)
{
    size_t n = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_data_field *f = &t->load->field[i];
        const bool named = f->columns && f->columns->column;
        const int64_t element = named ? element_by(t->name[column], f->columns, found[i]) : element_of(t->name[column], f);
        found[i] += element >= 0;
        if (element >= 0 && element < width_of(f)) /* a pattern that matches more is an error */
            to[n++] = (source){.column = column, .field = i, .element = element};
    }
    return n;
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
        if (!lng_parse_double(t->name[i], strlen(t->name[i]), &number))
            return false;
    return true;
}

static bool is_read(const table *t, size_t column)
{
    for (size_t i = 0; i < t->sources; i++)
        if (t->source[i].column == column)
            return true;
    return false;
}

/* The head is one cell, in which there is another separator. */
static bool is_separated_otherwise(const table *t)
{
    return t->columns == 1 && !t->load->style.anonymous && strpbrk(t->name[0], lng_separators);
}

static bool has_carriage_return(const table *t)
{
    for (size_t i = 0; i < t->columns; i++)
        if (strchr(t->name[i], '\r'))
            return true;
    return false;
}

/* What to write instead of a column that is missing. */
static bool hint_columns(const table *t, const lng_data_field *f, const char *missing, int64_t found)
{
    if (is_separated_otherwise(t))
        return lng_fail_hint(t->failure, "cells are separated by %s here, of which the first line has none; see `separator`",
                             t->csv.separator == '\t' ? "a tab" : (const char[]){'`', t->csv.separator, '`', '\0'});
    if (has_carriage_return(t))
        return lng_fail_hint(t->failure, "the lines end with CR alone; convert them, such as with `tr '\\r' '\\n'`");
    if (are_numbers(t) && !t->load->style.anonymous)
        return lng_fail_hint(t->failure, "the first line of a table has the names of the columns, unless `header: false`");
    for (size_t i = 0; i < t->columns; i++)
        if (!is_read(t, i) && is_alike(t->name[i], missing))
            return lng_fail_hint(t->failure, "did you mean `%.90s`?", t->name[i]);
    return !f->columns && width_of(f) > 1 && found == 0 &&
           lng_fail_hint(t->failure, "name other columns with `columns`, such as `%.30s: {columns: [%.60s, ...]}`", f->name,
                         t->columns ? t->name[0] : "a");
}

/* A mistake in the head, beside those before it; the first one has the names of the columns, and a hint. */
static bool lacks(const table *t, const lng_data_field *f, const char *missing, int64_t found, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static bool lacks(const table *t, const lng_data_field *f, const char *missing, int64_t found, const char *format, ...)
{
    const bool first = t->failure->code == LNG_E_NONE;
    char text[400] = "line 1: ", names[LNG_WORDS_TEXT];
    va_list arguments;
    va_start(arguments, format);
    lng_vprint(text + 8, sizeof text - 8, format, arguments);
    va_end(arguments);
    if (!first)
        return lng_fail_also(t->failure, LNG_E_DATA, text);
    lng_words_text(names, t->name, t->columns);
    lng_fail(t->failure, LNG_E_DATA, "%s; the columns are %s", text, names);
    return hint_columns(t, f, missing, found);
}

static bool is_there(const table *t, const char *wanted)
{
    for (size_t k = 0; k < t->columns; k++)
        if (is_named(t->name[k], wanted))
            return true;
    return false;
}

static bool lacks_columns(const table *t, const lng_data_field *f, int64_t found)
{
    const int64_t size = width_of(f);
    const bool named = f->columns && f->columns->column;
    const char *wrong = NULL;
    char first[300];
    for (size_t i = 0; named && i < f->columns->columns; i++)
        if (!is_there(t, f->columns->column[i])) {
            wrong = f->columns->column[i];
            lacks(t, f, wrong, found, "there is no column `%.60s`", wrong);
        }
    if (wrong)
        return false;
    snprintf(first, sizeof first, "%s%s", f->name, size == 1 ? "" : ".0");
    if (named)
        return lacks(t, f, first, found, "%lld columns of `%.60s`, expected %lld", (long long)found, f->name, (long long)size);
    if (size == 1)
        return lacks(t, f, first, found, "there is no column `%.60s`", first);
    return lacks(t, f, first, found, "%lld columns of `%.60s`, expected %lld: %.30s.0 to %.30s.%lld", (long long)found, f->name,
                 (long long)size, f->name, f->name, (long long)size - 1);
}

static bool is_repeated(const table *t, const lng_data_field *f, const char *name)
{
    char text[400];
    snprintf(text, sizeof text, "line 1: a column of `%s` appears twice: `%.60s`", f->name, name);
    return lng_fail_also(t->failure, LNG_E_DATA, text);
}

/* Each number of a field has one column. */
static bool check_field(const table *t, size_t field, int64_t found)
{
    const lng_data_field *f = &t->load->field[field];
    const int64_t size = width_of(f);
    bool good = true;
    if (found < size)
        return lacks_columns(t, f, found);
    bool *seen = lng_block_new((size_t)size * sizeof *seen);
    if (!seen)
        return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    for (size_t i = 0; i < t->sources; i++) {
        const source *s = &t->source[i];
        if (s->field != field)
            continue;
        good = (!seen[s->element] || is_repeated(t, f, t->name[s->column])) && good;
        seen[s->element] = true;
    }
    lng_block_free(seen);
    return good && (found == size || lng_fail(t->failure, LNG_E_DATA, "line 1: %lld columns of `%.60s`, expected %lld",
                                              (long long)found, f->name, (long long)size));
}

/* The cells of the head; or 1, 2, ... */
static bool copy_names(table *t)
{
    size_t bytes = 0;
    t->columns = t->csv.cells;
    for (size_t i = 0; i < t->columns; i++)
        bytes += t->csv.cell[i].length + 8;
    t->name = lng_block_new(t->columns * sizeof *t->name);
    t->names = lng_block_new(bytes);
    if (!t->name || !t->names)
        return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    char *to = t->names;
    for (size_t i = 0; i < t->columns; i++) {
        const lng_cell cell = t->csv.cell[i];
        t->name[i] = to;
        if (t->load->style.anonymous)
            to += snprintf(to, 8, "%zu", i + 1) + 1;
        else
            to = (char *)memcpy(to, cell.at, cell.length) + cell.length + 1;
    }
    return true;
}

static void describe_source(source *s, const lng_data_field *f)
{
    const lng_array to = array_of(f);
    s->spec = f->columns;
    s->stride = lng_shape_size(f->shape);
    s->date = s->spec && s->spec->date;
    if (f->columns && (f->columns->text || f->columns->image))
        s->kind = f->columns->text ? TO_TEXT : TO_IMAGE;
    else
        s->kind = to.type == LNG_ARRAY_F32 ? TO_FLOAT : to.type == LNG_ARRAY_F64 ? TO_DOUBLE : f->columns ? TO_WORD : TO_INTEGER;
}

static bool find_sources(table *t)
{
    const size_t fields = t->load->fields;
    int64_t *found = lng_block_new(fields * sizeof *found);
    t->source = lng_block_new(t->columns * fields * sizeof *t->source);
    bool good = (found && t->source) || lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
    for (size_t i = 0; good && i < t->columns; i++)
        t->sources += sources_of(t, i, t->source + t->sources, found);
    for (size_t i = 0; found && t->source && i < fields; i++)
        good = check_field(t, i, found[i]) && good;
    for (size_t i = 0; good && i < t->sources; i++) {
        source *s = &t->source[i];
        describe_source(s, &t->load->field[s->field]);
        t->drops = t->drops || (!t->load->keeps_text && s->spec && s->spec->missing == LNG_MISSING_DROP);
    }
    lng_block_free(found);
    return good;
}

/* The names that a description gives; others are learned, if the load has room for them. */
static bool prepare_words(table *t)
{
    t->words = lng_block_new(t->load->fields * sizeof *t->words);
    bool good = t->words;
    for (size_t i = 0; good && i < t->load->fields; i++) {
        const lng_column_spec *c = t->load->field[i].columns;
        if (!c || !c->word)
            continue;
        good = (t->words[i] = lng_vocabulary_new());
        for (int64_t k = 0; good && k < c->words; k++)
            good = lng_vocabulary_add(t->words[i], c->word[k], strlen(c->word[k])) == k;
    }
    return good || lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
}

/* ---- the text of rows ---- */
static bool keep_text(table *t)
{
    const size_t n = t->csv.row_length;
    if (t->kept_room - t->kept_used < n) {
        const size_t room = 2 * (t->kept_used + n) + 4096;
        char *more = lng_block_grow(t->kept, t->kept_used, room);
        if (!more)
            return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
        t->kept = more;
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
        size_t *more = lng_block_grow(t->row_end, (size_t)row * sizeof *more, (size_t)room * sizeof *more);
        if (!more)
            return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
        t->row_end = more;
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
    return (lng_table_form){t->csv.separator, t->crlf, !t->load->style.anonymous, t->name, t->columns};
}

static bool read_head(table *t)
{
    if (!lng_csv_row(&t->csv, t->failure))
        return lng_fail(t->failure, LNG_E_DATA, "line 1: the table is empty");
    t->crlf = t->csv.crlf;
    t->pending = t->load->style.anonymous;
    if (t->load->keeps_text && !t->pending && !keep_text(t))
        return false;
    t->head_length = t->kept_used;
    return copy_names(t) && find_sources(t) && prepare_words(t);
}

/* ---- cells ---- */
static bool bad_cell(const table *t, size_t i, const char *what)
{
    const lng_cell cell = t->csv.cell[i];
    const char *name = t->name[i];
    if (cell.length == 0)
        return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is empty, expected %s", name, what);
    return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is `%.*s`, expected %s", name, (int)(cell.length < 40 ? cell.length : 40),
                        cell.at, what);
}

static bool unknown_word(const table *t, size_t i, const lng_column_spec *c)
{
    char names[120];
    size_t n = 0;
    for (int64_t k = 0; k < c->words && n < sizeof names; k++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s`%.40s`",
                              k == 0              ? ""
                              : k + 1 == c->words ? " or "
                                                  : ", ",
                              c->word[k]);
    return bad_cell(t, i, n < sizeof names ? names : "one of its `names`");
}

static bool store_word(const table *t, const source *s, int32_t *to)
{
    const lng_column_spec *c = s->spec;
    const lng_cell cell = t->csv.cell[s->column];
    int64_t word = -1;
    *to = -1;
    if (t->words[s->field]) /* the number of `other`; otherwise it is not known yet */
        *to = (int32_t)c->words;
    if (cell.length == 0)
        return c->missing == LNG_MISSING_OTHER || bad_cell(t, s->column, "a name");
    if (t->words[s->field]) {
        word = lng_vocabulary_find(t->words[s->field], cell.at, cell.length);
    } else if (t->load->words && t->load->words[s->field]) {
        word = lng_vocabulary_add(t->load->words[s->field], cell.at, cell.length);
        if (word < 0)
            return lng_fail(t->failure, LNG_E_MEMORY, "out of memory");
        if (word >= LNG_MOST_WORDS && c->words <= LNG_MOST_WORDS)
            return lng_csv_fail(&t->csv, s->column, t->failure, "`%.60s` has more than %d names", t->name[s->column],
                                LNG_MOST_WORDS);
    }
    if (word >= 0)
        *to = (int32_t)word;
    return word >= 0 || c->unknown_is_other || unknown_word(t, s->column, c);
}

/* The bytes that whole characters of the text have, of at most `most`. */
static size_t cut(lng_cell cell, size_t most)
{
    size_t n = cell.length < most ? cell.length : most;
    while (n > 0 && n < cell.length && ((unsigned char)cell.at[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static bool store_text(const table *t, const source *s, int32_t *to)
{
    const lng_cell cell = t->csv.cell[s->column];
    const size_t most = (size_t)s->stride, n = cut(cell, most);
    for (size_t i = 0; i < most; i++)
        to[i] = i < n ? (unsigned char)cell.at[i] : 0;
    return cell.length <= most || s->spec->cut ||
           (lng_csv_fail(&t->csv, s->column, t->failure, "`%.60s` has %zu bytes, past the `length` of %zu", t->name[s->column],
                         cell.length, most),
            lng_fail_hint(t->failure, "`longer: cut` cuts longer texts off"));
}

/* Every file that cannot be read is a mistake of its own. */
static bool store_image(const table *t, const source *s, unsigned char *to)
{
    const lng_cell cell = t->csv.cell[s->column];
    const char *table = t->load->path, *slash = table ? strrchr(table, '/') : NULL;
    const int folder = cell.length > 0 && cell.at[0] == '/' ? 0 : slash ? (int)(slash - table) + 1 : 0;
    const lng_data_field *f = &t->load->field[s->field];
    char path[4096];
    lng_failure failure = {0};
    if (cell.length == 0)
        return bad_cell(t, s->column, "the path of an image");
    if (snprintf(path, sizeof path, "%.*s%.*s", folder, folder ? table : "", (int)(cell.length < 4096 ? cell.length : 4096),
                 cell.at) >= (int)sizeof path)
        return lng_csv_fail(&t->csv, s->column, t->failure, "`%.60s` is a path of more than 4,095 bytes", t->name[s->column]);
    return lng_picture_load(path, s->spec->fit, f->shape, to, &failure) ||
           lng_csv_fail(&t->csv, s->column, t->failure, "%.150s: %.140s", path, failure.text);
}

static bool store_integer(const table *t, const source *s, int32_t *to)
{
    const lng_cell cell = t->csv.cell[s->column];
    int64_t integer;
    if (!lng_parse_int(cell.at, cell.length, &integer) || integer < INT32_MIN || integer > INT32_MAX)
        return bad_cell(t, s->column, "an integer");
    *to = (int32_t)integer;
    return true;
}

/* A cell that is not a number of the forms that are read fast. */
static bool read_other(const table *t, const source *s, double *to)
{
    const lng_column_spec *c = s->spec;
    const lng_cell cell = t->csv.cell[s->column];
    const bool date = s->date;
    if (date ? lng_cell_date(cell.at, cell.length, to)
             : lng_cell_number_of_any_form(cell.at, cell.length, t->load->style.comma, to))
        return true;
    *to = (double)NAN;
    if (!date && lng_cell_number(cell.at, cell.length, !t->load->style.comma, to))
        return bad_cell(t, s->column, "a number"),
               lng_fail_hint(t->failure, t->load->style.comma ? "the description says `decimal: comma`"
                                                              : "if the decimal is a comma, write `decimal: comma`");
    return (c && c->missing > LNG_MISSING_DROP && lng_cell_is_missing(cell.at, cell.length)) ||
           bad_cell(t, s->column, date ? "a date, such as 2026-11-26" : "a number");
}

static bool read_number(const table *t, const source *s, double *to)
{
    const lng_cell cell = t->csv.cell[s->column];
    return (!s->date && lng_decimal(cell.at, cell.length, t->point, to)) || read_other(t, s, to);
}

/* Whether a field leaves out the row, because a cell is missing; prediction, which keeps the text, leaves out none. */
static bool is_dropped(const table *t)
{
    for (size_t i = 0; t->drops && i < t->sources; i++) {
        const lng_column_spec *c = t->source[i].spec;
        const lng_cell cell = t->csv.cell[t->source[i].column];
        if (c && c->missing == LNG_MISSING_DROP && (c->words ? cell.length == 0 : lng_cell_is_missing(cell.at, cell.length)))
            return true;
    }
    return false;
}

static bool store(const table *t, int64_t row)
{
    bool good = true;
    double x;
    for (const source *s = t->source, *end = s + t->sources; s < end; s++) {
        const int64_t at = row * s->stride;
        switch (s->kind) {
        case TO_FLOAT:
        case TO_DOUBLE:
            good = read_number(t, s, &x) && good;
            if (s->kind == TO_FLOAT)
                ((float *)s->to)[at] = (float)x;
            else
                ((double *)s->to)[at] = x;
            break;
        case TO_WORD:
            good = store_word(t, s, (int32_t *)s->to + at) && good;
            break;
        case TO_TEXT:
            good = store_text(t, s, (int32_t *)s->to + at) && good;
            break;
        case TO_IMAGE:
            good = store_image(t, s, (unsigned char *)s->to + at) && good;
            break;
        case TO_INTEGER:
            good = store_integer(t, s, (int32_t *)s->to + at) && good;
            break;
        }
    }
    return good;
}

/* ---- rows ---- */
/* Of a single column, it is a cell that is empty. */
static bool is_blank(const table *t)
{
    return t->columns > 1 && t->csv.cells == 1 && t->csv.cell[0].length == 0 && !t->csv.cell[0].quoted;
}

/* Blank lines may end a table, but not stand within it. */
static bool next_row(table *t)
{
    bool there = lng_csv_row(&t->csv, t->failure);
    const int64_t line = t->csv.line;
    const bool blank = there && is_blank(t);
    while (there && is_blank(t))
        there = lng_csv_row(&t->csv, t->failure);
    if (there && blank)
        return lng_fail(t->failure, LNG_E_DATA, "line %lld is blank, but rows follow it", (long long)line);
    return there;
}

/* false at the end, or after a failure. */
static bool read_row(table *t)
{
    const bool pending = t->pending;
    t->pending = false;
    if (!pending && !next_row(t)) {
        if (t->failure->code == LNG_E_NONE && !t->has_rows)
            lng_fail(t->failure, LNG_E_DATA, "line %lld: no examples follow the column names", (long long)t->csv.line);
        return false;
    }
    t->has_rows = true;
    return true;
}

/* Notes a row that has another number of cells than the head. */
static bool is_ragged(table *t)
{
    char text[120];
    if (t->csv.cells == t->columns)
        return false;
    snprintf(text, sizeof text, "line %lld: %zu cells, expected %zu, one for each column", (long long)t->csv.line, t->csv.cells,
             t->columns);
    if (t->ragged++ < MOST_WRONG)
        lng_fail_also(t->failure, LNG_E_DATA, text);
    return true;
}

static int64_t row_bytes(const table *t)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_array one = array_of(&t->load->field[i]);
        bytes += lng_shape_size(one.shape) * lng_array_width(&one);
    }
    return bytes;
}

/* What is needed of each row at most: its numbers, one field of them once more while it is divided or scaled, and what lies beside them. */
static int64_t most_bytes(const table *t)
{
    int64_t copy = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_array one = array_of(&t->load->field[i]);
        const int64_t width = t->load->is_divided ? lng_array_width(&one) : one.type == LNG_ARRAY_F64 ? 4 : 0;
        copy = lng_shape_size(one.shape) * width > copy ? lng_shape_size(one.shape) * width : copy;
    }
    return row_bytes(t) + copy + t->load->beside;
}

static bool too_many(const table *t, int64_t rows, lng_code code, const char *past)
{
    const int64_t bytes = row_bytes(t);
    lng_fail(t->failure, code, "line %lld: about %lld rows of %lld bytes, which need %.0f MiB of memory, %s",
             (long long)t->csv.line, (long long)rows, (long long)bytes, (double)rows * (double)bytes / (1 << 20), past);
    return lng_fail_hint(t->failure, "read fewer columns, or a part of the table");
}

/* How many rows the file seems to have, by its size; 0: who knows. */
static double rows_in_all(const table *t, int64_t used)
{
    return used > 0 ? (double)used * (double)lng_stream_about(t->csv.stream) / (double)t->csv.taken : 0;
}

/* How many rows to make room for: as many as there seem to be, with a margin, or twice as many as there were; but no more than the limit
 * allows. An estimate that is little past it is no reason to refuse a table: its later rows may be longer. */
static bool rows_ahead(const table *t, int64_t used, int64_t *room)
{
    const double there = (double)used, about = rows_in_all(t, used), surely = about / 1.25 > there ? about / 1.25 : there + 1;
    const double pages = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE), bytes = (double)row_bytes(t);
    const int64_t rows = (int64_t)(about > surely ? about : surely);
    const double limit = (double)(LNG_ARRAY_BYTES / row_bytes(t)), least = used > 0 ? 1.25 * there + 1 : FIRST_ROWS;
    const double wanted = about > 0 ? 1.05 * about : 2 * there, enough = wanted > least ? wanted : least;
    if (surely > limit)
        return too_many(t, rows, LNG_E_LIMIT, "past the limit of 4 GiB");
    if (pages > 0 && surely * bytes > pages)
        return too_many(t, rows, LNG_E_MEMORY, "more than this machine has");
    *room = (int64_t)(enough < limit ? enough : limit);
    return true;
}

/* What is read takes time from here on. */
static void say_needs(const table *t, int64_t used)
{
    const lng_data_watch *watch = &t->load->watch;
    const double rows = rows_in_all(t, used);
    if (watch->needs && rows > 0)
        watch->needs(watch->context, t->load->path, (int64_t)rows, 1.05 * rows * (double)most_bytes(t));
}

static bool make_room(const table *t, lng_array *array, int64_t used, int64_t room)
{
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_data_field *f = &t->load->field[i];
        lng_failure failure = {0};
        lng_array more = array_of(f);
        if (!lng_array_new(&more, room, &failure))
            return too_many(t, room, failure.code, "more than can be had");
        if (used)
            memcpy(more.at, array[i].at, (size_t)(used * lng_shape_size(f->shape) * lng_array_width(&more)));
        lng_array_free(&array[i]);
        array[i] = more;
    }
    for (size_t i = 0; i < t->sources; i++) {
        source *s = &t->source[i];
        const lng_array *to = &array[s->field];
        s->to = (char *)to->at + s->element * lng_array_width(to);
    }
    return true;
}

static bool read_rows(table *t, int64_t most, lng_array *array, int64_t *rows)
{
    int64_t room = 0;
    int wrong = 0;
    for (*rows = 0; *rows < most && wrong < MOST_WRONG && read_row(t);) {
        if (is_ragged(t) || t->ragged || is_dropped(t)) /* after a ragged row, only others like it are looked for */
            continue;
        if (*rows == room) {
            if (!rows_ahead(t, *rows, &room))
                return false;
            if (*rows == FIRST_ROWS)
                say_needs(t, *rows);
            if (!make_room(t, array, *rows, room < most ? room : most))
                return false;
        }
        if (!keep_row(t, *rows))
            return false;
        wrong += !store(t, *rows);
        ++*rows;
    }
    if (t->ragged > MOST_WRONG)
        lng_fail_hint(t->failure, "%lld rows have another number of cells than the first line", (long long)t->ragged);
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
    for (size_t i = 0; t->words && i < t->load->fields; i++)
        lng_vocabulary_free(t->words[i]);
    lng_block_free(t->words);
    lng_block_free(t->source);
    lng_block_free(t->name);
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
    *t = (table){.load = load, .point = load->style.comma ? ',' : '.', .failure = failure};
    for (size_t i = 0; i < load->fields; i++) {
        head[i] = array_of(&load->field[i]);
        head[i].count = -1;
        if (head[i].type == LNG_ARRAY_F64) /* until it is scaled */
            head[i].type = LNG_ARRAY_F32;
    }
    if (lng_csv_begin(&t->csv, s, &load->style, failure) && read_head(t))
        return t;
    free_table(t);
    return NULL;
}

const lng_table lng_csv_table = {open_table, next, free_table, text_of, form_of};

/* Rows may have lines of their own within quotes, so they are read again; not if some may have been left out. */
int64_t lng_csv_line(const lng_load *load, int64_t example)
{
    lng_csv csv = {.text = NULL};
    lng_failure failure = {0};
    lng_stream *s = lng_stream_open(load->path, NULL, &failure);
    bool good = s && lng_csv_begin(&csv, s, &load->style, &failure);
    for (size_t i = 0; i < load->fields; i++)
        good = good && !(load->field[i].columns && load->field[i].columns->missing == LNG_MISSING_DROP);
    for (int64_t row = load->style.anonymous ? 0 : -1; good && row <= example; row++)
        good = lng_csv_row(&csv, &failure);
    lng_csv_end(&csv);
    lng_stream_free(s);
    return good ? csv.line : 0;
}
