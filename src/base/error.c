/* Errors: records of fixed size, so that recording never allocates.
 *
 * All text in a record is printable (printable.h), so that a hostile file can neither control a terminal nor disguise a line. The source line
 * is copied, cut around the column when it is long, and the caret is placed by the width that characters take on a terminal. */
#include "config.h"
#include "base/error.h"
#include "base/arena.h"
#include "base/printable.h"
#include "base/text.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ERRORS    64
#define MAX_WARNINGS  16
#define MAX_RELATED   5
#define MAX_HINTS     8 /* a data set is searched for in seven places */
#define TEXT_SIZE     640
#define HINT_SIZE     320
#define FILE_SIZE     (TEXT_SIZE / 2) /* of a file's name as it is shown */
#define NAME_WIDTH    200             /* of a file's name */
#define LINE_COLUMNS  100             /* of a quoted line, at most */
#define LINE_SIZE     (4 * LINE_COLUMNS + 8)
#define TAB_COLUMNS   4
#define GUTTER        10 /* columns before a quoted line, up to line 99999 */
#define LEAST_COLUMNS 20

/* One place, and what is said about it. */
typedef struct mark {
    char text[TEXT_SIZE];
    int name, where, kind; /* lengths of these parts of the text: "name", "name:line:column: ", "error[code]: " */
    int line, column;
    bool quoted;
    char quote[LINE_SIZE];
    int indent, width; /* of the caret, in columns of the quote */
} mark;

typedef struct record {
    lng_code code;
    int group; /* of the file: errors are sorted by it, then by line and column */
    mark main, related[MAX_RELATED];
    char file[FILE_SIZE];
    int relateds, hints;
    bool again; /* memory is out, as an error before says: it is not shown */
    char hint[MAX_HINTS][HINT_SIZE];
} record;

struct lng_errors {
    record at[MAX_ERRORS], warning[MAX_WARNINGS];
    size_t kept, count, warnings;
    int groups;     /* files so far */
    int columns;    /* of a quoted line */
    int fold;       /* columns of the terminal; 0: texts are not folded */
    record *newest; /* NULL when the newest was not kept: what is added to it is dropped */
};

typedef struct row {
    const char *name;
    int status;
    const char *about;
} row;
static const row table[LNG_E_COUNT] = {
    {"none", LNG_DONE, "no error"},
#define LNG_ERROR(code, text, status, about) {text, status, about},
#include "base/errors.def"
#undef LNG_ERROR
};

static const row *row_of(lng_code code)
{
    return &table[(int)code > 0 && code < LNG_E_COUNT ? code : 0];
}

const char *lng_code_name(lng_code code)
{
    return row_of(code)->name;
}

const char *lng_code_about(lng_code code)
{
    return row_of(code)->about;
}

const char *lng_status_about(int status)
{
    static const char *const about[LNG_STATUSES] = {[LNG_DONE] = "everything asked for was done",
                                                    [LNG_DEFECT] = "a defect in lngraph",
                                                    [LNG_USAGE] = "the command line is not understood",
                                                    [LNG_BAD_INPUT] = "bad input: model file, data or weights",
                                                    [LNG_SYSTEM] =
                                                        "the system refused files, memory or threads, or a data set was not found",
                                                    [LNG_NONFINITE] = "a loss or gradient became infinite or NaN",
                                                    [LNG_UNMET] = "a requirement of the model file was not met"};
    return status >= 0 && status < LNG_STATUSES ? about[status] : "";
}

int lng_code_status(lng_code code)
{
    return row_of(code)->status;
}

lng_errors *lng_errors_new(void)
{
    lng_errors *e = lng_allocation_fails() ? NULL : calloc(1, sizeof(lng_errors));
    if (e)
        e->columns = LINE_COLUMNS;
    return e;
}

void lng_errors_fit(lng_errors *e, int width)
{
    const int columns = width - GUTTER;
    e->fold = width;
    e->columns = columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns < LINE_COLUMNS ? columns : LINE_COLUMNS;
}

void lng_errors_free(lng_errors *e)
{
    free(e);
}

void lng_errors_clear(lng_errors *e)
{
    if (!e)
        return;
    e->kept = e->count = e->warnings = 0;
    e->groups = 0;
    e->newest = NULL;
}

void lng_errors_withdraw(lng_errors *e, size_t count)
{
    if (!e || e->count <= count)
        return;
    e->count = count;
    e->kept = e->kept < count ? e->kept : count;
    e->newest = NULL;
}

static void show_format(char *out, size_t size, const char *format, va_list args)
{
    char raw[TEXT_SIZE];
    if (lng_vprint(raw, sizeof raw, format, args) < 0)
        raw[0] = 0;
    lng_printable(out, size, raw);
}

/* ---- quoted lines ---- */

typedef struct span {
    const char *at, *end;
} span;

const char *lng_source_line(const lng_source *source, int line)
{
    const char *at = source->text, *end = at + source->length;
    if (source->length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (int i = 1; i < line && at < end; at++)
        if (*at == '\n' || (*at == '\r' && !(at + 1 < end && at[1] == '\n')))
            i++;
    return at;
}

/* The part of the line that a quote can reach, as lines may be megabytes long. */
static span line_of(const lng_source *source, int line, int column)
{
    const char *at = lng_source_line(source, line), *stop = at, *end = source->text + source->length;
    for (int left = 4 * LINE_SIZE; left > 0 && stop < end && *stop != '\n' && *stop != '\r'; stop++)
        if (column > 1)
            column -= ((unsigned char)stop[0] & 0xc0) != 0x80;
        else
            left--;
    while (stop < end && ((unsigned char)*stop & 0xc0) == 0x80)
        stop++;
    return (span){at, stop};
}

static lng_cell line_cell(const char *at, const char *end)
{
    lng_cell c = lng_cell_at(at, (size_t)(end - at));
    if (*at == '\t')
        c.bytes = c.columns = snprintf(c.text, sizeof c.text, "%*s", TAB_COLUMNS, "");
    return c;
}

/* The columns that `n` characters from `at` take, or all up to the end. *next: their end. */
static int columns(const char *at, const char *end, int n, const char **next)
{
    int sum = 0;
    for (; n > 0 && at < end && sum < INT32_MAX / 2; n--) {
        lng_cell c = line_cell(at, end);
        sum += c.columns;
        at += c.taken;
    }
    *next = at;
    return sum;
}

/* Where the column-th character of the line is. *start: at most `limit` characters earlier, where a quote of it may start, so that a line of
 * megabytes costs little. */
static const char *find_column(span s, int column, int limit, const char **start)
{
    const char *at = s.at;
    for (int i = 1; i < column && at < s.end; i++)
        do
            at++;
        while (at < s.end && ((unsigned char)*at & 0xc0) == 0x80);
    *start = at;
    for (int i = 0; i < limit && s.at < *start; i++)
        do
            --*start;
        while (*start > s.at && ((unsigned char)**start & 0xc0) == 0x80);
    return at;
}

/* Copies the line, or the part around the caret of a long one. */
static void quote(mark *m, span s, int column, int width, int limit)
{
    const char *start, *at = find_column(s, column, limit, &start), *next;
    bool cut = start > s.at;
    int before = columns(start, at, limit, &next);
    m->width = columns(at, s.end, width < limit ? width : limit, &next);
    int after = m->width + columns(next, s.end, limit, &next);
    int most = before + after - limit + 3, wish = before - limit / 3;
    if (before > limit / 2 && (cut || before + after > limit))
        for (int skip = 0; start < at && (skip < wish && skip < most);) {
            lng_cell c = line_cell(start, s.end);
            skip += c.columns;
            before -= c.columns;
            start += c.taken;
            cut = true;
        }
    int used = snprintf(m->quote, sizeof m->quote, "%s", cut ? "..." : ""), shown = used;
    m->indent = shown + before;
    bool fits = m->indent + after <= limit;
    while (start < s.end) {
        lng_cell c = line_cell(start, s.end);
        if ((!fits && shown + c.columns > limit - 3) || used + c.bytes + 4 > LINE_SIZE) {
            used += snprintf(m->quote + used, sizeof m->quote - (size_t)used, "...");
            break;
        }
        memcpy(m->quote + used, c.text, (size_t)c.bytes);
        used += c.bytes;
        shown += c.columns;
        start += c.taken;
    }
    m->quote[used] = 0;
    if (m->indent + m->width > limit)
        m->width = limit - m->indent;
    if (m->width < 1)
        m->width = 1;
    m->quoted = true;
}

/* ---- recording ---- */

/* "name:line:column: kind: text". A long name is cut at its start, as the end tells files apart. */
static void fill(mark *m, int columns, lng_place place, const char *kind, const char *format, va_list args)
{
    const char *name = place.source ? place.source->name : NULL;
    size_t length = name ? strlen(name) : 0;
    const char *tail = length > NAME_WIDTH ? name + length - NAME_WIDTH : name;
    while (tail != name && ((unsigned char)*tail & 0xc0) == 0x80)
        tail++;
    size_t size = FILE_SIZE;
    int n = !name ? lng_printable(m->text, size, "lngraph") : 0;
    if (name && tail != name)
        n = lng_printable(m->text, size, "...");
    if (name)
        n += lng_printable(m->text + n, size - (size_t)n, tail);
    m->name = n;
    if (name && place.line > 0)
        n += snprintf(m->text + n, sizeof m->text - (size_t)n, ":%d:%d", place.line, place.column);
    n += snprintf(m->text + n, sizeof m->text - (size_t)n, ": ");
    m->where = n;
    m->kind = snprintf(m->text + n, sizeof m->text - (size_t)n, "%s: ", kind);
    n += m->kind;
    show_format(m->text + n, sizeof m->text - (size_t)n, format, args);
    m->line = place.line;
    m->column = place.column;
    m->quoted = false;
    if (place.source && place.source->text && place.line > 0) {
        span line = line_of(place.source, place.line, place.column);
        if (line.at < line.end)
            quote(m, line, place.column, place.width, columns);
    }
}

static int group_among(const record *r, size_t n, const mark *m)
{
    for (size_t i = 0; i < n; i++)
        if (r[i].main.name == m->name && memcmp(r[i].main.text, m->text, (size_t)m->name) == 0)
            return r[i].group;
    return -1;
}

/* Errors and warnings of one file stay together; files are in the order of their first errors. */
static int group_of(lng_errors *e, const mark *m)
{
    const int error = group_among(e->at, e->kept, m), warning = group_among(e->warning, e->warnings, m);
    return error >= 0 ? error : warning >= 0 ? warning : e->groups++;
}

static bool is_known(const record *r, size_t n, const mark *m)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(r[i].main.text, m->text) == 0)
            return true;
    return false;
}

/* Fills record n of a list in place. If it says nothing new, false, and the list stays as it is. */
static bool add(lng_errors *e, record *list, size_t n, lng_place place, const char *kind, const char *format, va_list args)
{
    record *r = &list[n];
    fill(&r->main, e->columns, place, kind, format, args);
    if (is_known(list, n, &r->main))
        return false;
    const size_t file = place.source && place.source->name ? (size_t)r->main.name : 0;
    memcpy(r->file, r->main.text, file);
    r->file[file] = 0;
    r->group = group_of(e, &r->main);
    r->relateds = r->hints = 0;
    r->again = false;
    e->newest = r;
    return true;
}

bool lng_error_takes_hints(const lng_errors *e)
{
    return e && e->newest;
}

static record *lack_of_memory(lng_errors *e)
{
    for (size_t i = 0; i < e->kept; i++)
        if (e->at[i].code == LNG_E_MEMORY)
            return &e->at[i];
    return NULL;
}

bool lng_verror(lng_errors *e, lng_code code, lng_place place, const char *format, va_list args)
{
    if (!e)
        return false;
    e->newest = NULL;
    if (e->kept == MAX_ERRORS) {
        e->count++;
        return false;
    }
    char kind[64];
    snprintf(kind, sizeof kind, "error[%s]", lng_code_name(code));
    if (!add(e, e->at, e->kept, place, kind, format, args))
        return false;
    record *first = code == LNG_E_MEMORY ? lack_of_memory(e) : NULL;
    e->newest->code = code;
    e->kept++;
    e->count++;
    if (first) { /* without memory much fails, for one reason: it is shown once, with the hints of all */
        e->newest->again = true;
        e->newest = first;
    }
    return false;
}

bool lng_error(lng_errors *e, lng_code code, lng_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    lng_verror(e, code, place, format, args);
    va_end(args);
    return false;
}

void lng_warn(lng_errors *e, lng_place place, const char *format, ...)
{
    if (!e)
        return;
    va_list args;
    va_start(args, format);
    e->newest = NULL;
    if (e->warnings < MAX_WARNINGS && add(e, e->warning, e->warnings, place, "warning", format, args))
        e->warnings++;
    va_end(args);
}

void lng_error_related(lng_errors *e, lng_place place, const char *format, ...)
{
    if (!e || !e->newest || e->newest->relateds == MAX_RELATED)
        return;
    va_list args;
    va_start(args, format);
    fill(&e->newest->related[e->newest->relateds++], e->columns, place, "note", format, args);
    va_end(args);
}

void lng_error_hint(lng_errors *e, const char *format, ...)
{
    if (!e || !e->newest || e->newest->hints == MAX_HINTS)
        return;
    va_list args;
    va_start(args, format);
    show_format(e->newest->hint[e->newest->hints++], HINT_SIZE, format, args);
    va_end(args);
}

/* ---- asking and rendering ---- */

size_t lng_errors_count(const lng_errors *e)
{
    return e ? e->count : 0;
}

size_t lng_errors_warnings(const lng_errors *e)
{
    return e ? e->warnings : 0;
}

/* A record without text, for an error that was not kept and for a NULL list. */
static const record *record_at(const lng_errors *e, size_t i)
{
    static const record none;
    return e && i < e->kept ? &e->at[i] : &none;
}

lng_code lng_errors_code(const lng_errors *e, size_t i)
{
    return record_at(e, i)->code;
}

const char *lng_errors_text(const lng_errors *e, size_t i)
{
    return record_at(e, i)->main.text;
}

const char *lng_errors_file(const lng_errors *e, size_t i)
{
    return record_at(e, i)->file;
}

int lng_errors_line(const lng_errors *e, size_t i)
{
    return record_at(e, i)->main.line;
}

int lng_errors_column(const lng_errors *e, size_t i)
{
    return record_at(e, i)->main.column;
}

const char *lng_errors_message(const lng_errors *e, size_t i)
{
    const mark *m = &record_at(e, i)->main;
    return m->text + m->where + m->kind;
}

const char *lng_errors_hint(const lng_errors *e, size_t i, size_t k)
{
    const record *r = record_at(e, i);
    return k < (size_t)r->hints ? r->hint[k] : NULL;
}

int lng_errors_status(const lng_errors *e)
{
    return lng_code_status(record_at(e, 0)->code);
}

static bool stands_before(const record *a, const record *b)
{
    if (a->group != b->group)
        return a->group < b->group;
    if (a->main.line != b->main.line)
        return a->main.line < b->main.line;
    return a->main.column < b->main.column;
}

typedef struct paint {
    const char *bold, *error, *warning, *note, *faint, *caret, *off;
} paint;

/* A text that is written on one line, or folded between words to fit a terminal. */
typedef struct fold {
    FILE *out;
    int at, width; /* columns; width 0: never folded */
    int indent;    /* of the lines that follow */
    int spaces;    /* that are due before the next word */
    bool after;    /* a space was written last */
} fold;

static void fold_word(fold *f, const char *word, const char *end)
{
    const char *next;
    const int wide = columns(word, end, INT32_MAX, &next);
    const bool breaks = f->width > 0 && (f->spaces || f->after) && f->at > f->indent && f->at + f->spaces + wide > f->width;
    fprintf(f->out, "%s%*s%.*s", breaks ? "\n" : "", breaks ? f->indent : f->spaces, "", (int)(end - word), word);
    f->at = (breaks ? f->indent : f->at + f->spaces) + wide;
    f->spaces = 0;
    f->after = false;
}

static void fold_text(fold *f, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *stop = memchr(text, ' ', (size_t)(end - text));
        if (stop != text)
            fold_word(f, text, stop ? stop : end);
        f->spaces += stop != NULL;
        text = stop ? stop + 1 : end;
    }
    if (f->spaces && (f->width == 0 || f->at + f->spaces < f->width)) {
        fprintf(f->out, "%*s", f->spaces, "");
        f->at += f->spaces;
        f->spaces = 0;
        f->after = true;
    }
}

static void render_mark(FILE *out, const mark *m, const paint *p, const char *kind, int gutter, int width)
{
    fold f = {.out = out, .width = width, .indent = gutter + 1};
    fputs(p->bold, out);
    fold_text(&f, m->text, (size_t)m->where);
    fprintf(out, "%s%s", p->off, kind);
    fold_text(&f, m->text + m->where, (size_t)m->kind);
    fprintf(out, "%s%s", p->off, p->bold);
    fold_text(&f, m->text + m->where + m->kind, strlen(m->text + m->where + m->kind));
    fprintf(out, "%s\n", p->off);
    if (!m->quoted)
        return;
    fprintf(out, "%s%*d |%s %s\n", p->faint, gutter, m->line, p->off, m->quote);
    fprintf(out, "%s%*s |%s %*s%s^", p->faint, gutter, "", p->off, m->indent, "", p->caret);
    for (int i = 1; i < m->width; i++)
        fputc('~', out);
    fprintf(out, "%s\n", p->off);
}

static void render_hint(FILE *out, const char *hint, const paint *p, int gutter, int width)
{
    static const char head[] = "= hint:";
    fold f = {.out = out, .at = gutter + (int)sizeof head, .width = width, .indent = gutter + 3, .spaces = 1};
    fprintf(out, "%*s %s%s%s", gutter, "", p->bold, head, p->off);
    fold_text(&f, hint, strlen(hint));
    fputc('\n', out);
}

static int gutter_of(const record *r)
{
    int most = r->main.line, width = 2;
    for (int i = 0; i < r->relateds; i++)
        if (r->related[i].line > most)
            most = r->related[i].line;
    for (; most > 0; most /= 10)
        width++;
    return width < 5 ? 5 : width;
}

static void render_record(FILE *out, const record *r, const paint *p, int width)
{
    int gutter = gutter_of(r);
    render_mark(out, &r->main, p, r->code == LNG_E_NONE ? p->warning : p->error, gutter, width);
    for (int i = 0; i < r->relateds; i++)
        render_mark(out, &r->related[i], p, p->note, gutter, width);
    for (int i = 0; i < r->hints; i++)
        render_hint(out, r->hint[i], p, gutter, width);
}

/* Inserts records into a sorted list of n. */
static size_t insert(const record **order, size_t n, const record *r, size_t more)
{
    for (size_t i = 0; i < more; i++) {
        size_t k = n++;
        for (; k > 0 && stands_before(&r[i], order[k - 1]); k--)
            order[k] = order[k - 1];
        order[k] = &r[i];
    }
    return n;
}

void lng_errors_render(const lng_errors *e, void *out, bool colour)
{
    static const paint plain = {"", "", "", "", "", "", ""};
    static const paint bright = {"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[2m", "\033[1;32m", "\033[0m"};
    const record *order[MAX_WARNINGS + MAX_ERRORS];
    size_t n = insert(order, 0, e->warning, e->warnings);
    n = insert(order, n, e->at, e->kept);
    for (size_t i = 0; i < n; i++)
        if (!order[i]->again)
            render_record(out, order[i], colour ? &bright : &plain, e->fold);
    if (e->count > e->kept)
        fprintf(out, "... and %zu more\n", e->count - e->kept);
}
