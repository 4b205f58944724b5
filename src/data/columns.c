/* The rows of a table to the arrays of fields, by blocks. */
#include "config.h"
#include "data/columns.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_ROWS 512 /* there is room for, before it grows */
#define MOST_WRONG 8   /* rows, of which each is reported */

/* ---- the text of rows ---- */
static bool keep_text(lng_table_reader *t)
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

static bool keep_row(lng_table_reader *t, int64_t row)
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
    const lng_table_reader *t = reader;
    const size_t start = row < 0 ? 0 : row == 0 ? t->head_length : t->row_end[row - 1];
    *length = (row < 0 ? t->head_length : t->row_end[row]) - start;
    return t->kept + start;
}

static lng_table_form form_of(void *reader)
{
    const lng_table_reader *t = reader;
    return (lng_table_form){t->csv.separator, t->crlf, !t->load->style.anonymous, t->name, t->columns};
}

static bool read_head(lng_table_reader *t)
{
    if (!lng_csv_row(&t->csv, t->failure))
        return lng_fail(t->failure, LNG_E_DATA, "line 1: the table is empty");
    t->crlf = t->csv.crlf;
    t->pending = t->load->style.anonymous;
    if (t->load->keeps_text && !t->pending && !keep_text(t))
        return false;
    t->head_length = t->kept_used;
    return lng_table_names(t) && lng_table_numbers(t) && lng_table_words(t);
}

/* ---- rows ---- */
/* Of a single column, it is a cell that is empty. */
static bool is_blank(const lng_table_reader *t)
{
    return t->columns > 1 && t->csv.cells == 1 && t->csv.cell[0].length == 0 && !t->csv.cell[0].quoted;
}

/* Blank lines may end a table, but not stand within it. */
static bool next_row(lng_table_reader *t)
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
static bool read_row(lng_table_reader *t)
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
static bool is_ragged(lng_table_reader *t)
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

static int64_t row_bytes(const lng_table_reader *t)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_array one = lng_table_array(&t->load->field[i]);
        bytes += lng_shape_size(one.shape) * lng_array_width(&one);
    }
    return bytes;
}

/* What is needed of each row at most: its numbers, one field of them once more while it is divided or scaled, and what lies beside them. */
static int64_t most_bytes(const lng_table_reader *t)
{
    int64_t copy = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_array one = lng_table_array(&t->load->field[i]);
        const int64_t width = t->load->is_divided ? lng_array_width(&one) : one.type == LNG_ARRAY_F64 ? 4 : 0;
        copy = lng_shape_size(one.shape) * width > copy ? lng_shape_size(one.shape) * width : copy;
    }
    return row_bytes(t) + copy + t->load->beside;
}

static bool too_many(const lng_table_reader *t, int64_t rows, lng_code code, const char *past)
{
    const int64_t bytes = row_bytes(t);
    lng_fail(t->failure, code, "line %lld: about %lld rows of %lld bytes, which need %.0f MiB of memory, %s",
             (long long)t->csv.line, (long long)rows, (long long)bytes, (double)rows * (double)bytes / (1 << 20), past);
    return lng_fail_hint(t->failure, "read fewer columns, or a part of the table");
}

/* How many rows the file seems to have, by its size; 0: who knows. */
static double rows_in_all(const lng_table_reader *t, int64_t used)
{
    return used > 0 ? (double)used * (double)lng_stream_about(t->csv.stream) / (double)t->csv.taken : 0;
}

/* How many rows to make room for: as many as there seem to be, with a margin, or twice as many as there were; but no more than the limit
 * allows. An estimate that is little past it is no reason to refuse a table: its later rows may be longer. */
static bool rows_ahead(const lng_table_reader *t, int64_t used, int64_t *room)
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
static void say_needs(const lng_table_reader *t, int64_t used)
{
    const lng_data_watch *watch = &t->load->watch;
    const double rows = rows_in_all(t, used);
    if (watch->needs && rows > 0)
        watch->needs(watch->context, t->load->path, (int64_t)rows, 1.05 * rows * (double)most_bytes(t));
}

static bool make_room(const lng_table_reader *t, lng_array *array, int64_t used, int64_t room)
{
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_data_field *f = &t->load->field[i];
        lng_failure failure = {0};
        lng_array more = lng_table_array(f);
        if (!lng_array_new(&more, room, &failure))
            return too_many(t, room, failure.code, "more than can be had");
        if (used)
            memcpy(more.at, array[i].at, (size_t)(used * lng_shape_size(f->shape) * lng_array_width(&more)));
        lng_array_free(&array[i]);
        array[i] = more;
    }
    for (size_t i = 0; i < t->sources; i++) {
        lng_table_number *s = &t->source[i];
        const lng_array *to = &array[s->field];
        s->to = (char *)to->at + s->element * lng_array_width(to);
    }
    return true;
}

static bool read_rows(lng_table_reader *t, int64_t most, lng_array *array, int64_t *rows)
{
    int64_t room = 0;
    int wrong = 0;
    for (*rows = 0; *rows < most && wrong < MOST_WRONG && read_row(t);) {
        if (is_ragged(t) || t->ragged || lng_table_drops(t)) /* after a ragged row, only others like it are looked for */
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
        wrong += !lng_table_store(t, *rows);
        ++*rows;
    }
    if (t->ragged > MOST_WRONG)
        lng_fail_hint(t->failure, "%lld rows have another number of cells than the first line", (long long)t->ragged);
    return t->failure->code == LNG_E_NONE;
}

static int64_t next(void *reader, int64_t most, lng_array *array, lng_failure *failure)
{
    lng_table_reader *t = reader;
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
    lng_table_reader *t = reader;
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
    lng_table_reader *t = lng_block_new(sizeof *t);
    if (!t)
        return lng_fail(failure, LNG_E_MEMORY, "out of memory"), NULL;
    *t = (lng_table_reader){.load = load, .point = load->style.comma ? ',' : '.', .failure = failure};
    for (size_t i = 0; i < load->fields; i++) {
        head[i] = lng_table_array(&load->field[i]);
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
