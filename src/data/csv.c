/* Text to cells. A row is in memory as a whole; the longest one that is allowed bounds the memory. */
#include "config.h"
#include "data/csv.h"
#include "base/arena.h"
#include "base/text.h"
#include "data/decimal.h"
#include "data/table.h"
#include <stdio.h>
#include <string.h>

enum { MOST_CELLS = 1 << 16 };
#define FIRST_ROOM ((size_t)1 << 18)
#define MOST_ROOM  ((size_t)1 << 26) /* bytes of a row */
#define BLOCK      64                /* bytes that are searched at once; as many may be read past the end of the text */
_Static_assert(BLOCK >= LNG_DECIMAL_ROOM, "there is room after each cell");

static bool is_blank(const lng_csv *c, char byte)
{
    return byte == ' ' || (byte == '\t' && c->separator != '\t');
}

static int64_t line_ends(const char *at, const char *end)
{
    int64_t n = 0;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL)
        n++, at++;
    return n;
}

bool lng_csv_fail(const lng_csv *c, size_t cell, lng_failure *failure, const char *format, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    lng_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    /* a cell without doubled quotes is in the row, perhaps after line ends; others begin where the row does, or nearly */
    const char *at =
        cell < c->cells && c->cell[cell].at >= c->row && c->cell[cell].at <= c->row + c->row_length ? c->cell[cell].at : c->row;
    char all[360];
    snprintf(all, sizeof all, "line %lld, column %zu: %s", (long long)(c->line + line_ends(c->row, at)), cell + 1, text);
    return lng_fail_also(failure, LNG_E_DATA, all);
}

/* ---- text ---- */
static bool grow(lng_csv *c, lng_failure *failure)
{
    const size_t room = c->room ? 2 * c->room : FIRST_ROOM;
    if (c->room >= MOST_ROOM)
        return lng_fail(failure, LNG_E_LIMIT, "line %lld: a row of more than %zu MiB; is a closing quote missing?",
                        (long long)c->line, MOST_ROOM >> 20);
    char *text = lng_block_new(room + 1 + BLOCK), *plain = lng_block_new(room + LNG_DECIMAL_ROOM);
    if (text && plain) {
        if (c->end > c->next)
            memcpy(text, c->text + c->next, c->end - c->next);
        lng_block_free(c->text);
        lng_block_free(c->plain);
        *c = (lng_csv){.stream = c->stream,
                       .separator = c->separator,
                       .cell = c->cell,
                       .cell_room = c->cell_room,
                       .line = c->line,
                       .taken = c->taken,
                       .text = text,
                       .plain = plain,
                       .room = room,
                       .end = c->end - c->next,
                       .ended = c->ended};
        return true;
    }
    lng_block_free(text);
    lng_block_free(plain);
    return lng_fail(failure, LNG_E_MEMORY, "out of memory");
}

/* More text after that which is there; a line end follows it, which ends every search. */
static bool refill(lng_csv *c, lng_failure *failure)
{
    size_t got;
    c->block = NULL;
    if (c->next == 0 && c->end == c->room && !grow(c, failure))
        return false;
    if (c->next > 0) {
        memmove(c->text, c->text + c->next, c->end - c->next);
        c->end -= c->next;
        c->next = 0;
    }
    if (!lng_stream_some(c->stream, c->text + c->end, c->room - c->end, &got, failure))
        return false;
    c->ended = got < c->room - c->end;
    c->end += got;
    c->text[c->end] = '\n';
    return !c->ended || lng_stream_finish(c->stream, failure);
}

/* ---- cells ---- */
typedef struct scan {
    const char *at, *end; /* of the text */
    const char *block;    /* that is to be searched next; NULL: it begins where the cell does */
    uint64_t marks;       /* separators, line ends and quotes in the one before, from `at` on */
    bool strange;         /* there may be a byte that is NUL or not ASCII, ... */
    bool strange_block;   /* in that block */
    bool quotes;          /* there are some */
} scan;

#ifdef __SSE2__
#include <emmintrin.h>
static unsigned marks_of_16(__m128i x, __m128i separator)
{
    const __m128i a = _mm_cmpeq_epi8(x, separator), b = _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')),
                  c = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(a, _mm_or_si128(b, c)));
}

static uint64_t marks_of(const char *at, char separator, bool *strange)
{
    const __m128i s = _mm_set1_epi8(separator);
    __m128i x, ascii = _mm_set1_epi8(1);
    uint64_t marks = 0;
    for (int i = 0; i < BLOCK; i += 16) {
        x = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        ascii = _mm_and_si128(ascii, _mm_cmpgt_epi8(x, _mm_setzero_si128()));
        marks |= (uint64_t)marks_of_16(x, s) << i;
    }
    *strange = _mm_movemask_epi8(_mm_cmpeq_epi8(ascii, _mm_setzero_si128()));
    return marks;
}
#else
static uint64_t marks_of(const char *at, char separator, bool *strange)
{
    uint64_t marks = 0;
    bool all = true;
    for (int i = 0; i < BLOCK; i++) {
        marks |= (uint64_t)(at[i] == separator || at[i] == '\n' || at[i] == '"') << i;
        all = all && at[i] != 0 && (unsigned char)at[i] <= 0x7f;
    }
    *strange = !all;
    return marks;
}
#endif

static void search_block(const lng_csv *c, scan *s)
{
    s->marks = marks_of(s->block, c->separator, &s->strange_block);
    s->strange = s->strange || s->strange_block;
    s->block += BLOCK;
}

static void start_search(scan *s)
{
    if (s->block)
        return;
    s->block = s->at;
    s->marks = 0;
}

/* The next separator, line end or quote, from the beginning of a cell on; the end of the text if there is none. */
static const char *next_mark(const lng_csv *c, scan *s)
{
    start_search(s);
    while (!s->marks) {
        const char *block = s->block;
        if (block >= s->end)
            return s->end;
        search_block(c, s);
        if (s->end - block < BLOCK) /* what is there is left from before */
            s->marks &= ((uint64_t)1 << (s->end - block)) - 1;
    }
    const char *at = s->block - BLOCK + __builtin_ctzll(s->marks);
    s->marks &= s->marks - 1;
    return at;
}

/* What a row can end with. */
typedef enum { ROW_FAILED, ROW_CUT, ROW_WHOLE } outcome;

static bool make_cells(lng_csv *c, lng_failure *failure)
{
    const size_t room = c->cell_room ? 2 * c->cell_room : 64;
    lng_cell *more = c->cells < MOST_CELLS ? lng_block_grow(c->cell, c->cells * sizeof *more, room * sizeof *more) : NULL;
    if (!more)
        return c->cells < MOST_CELLS ? lng_fail(failure, LNG_E_MEMORY, "out of memory")
                                     : lng_fail(failure, LNG_E_LIMIT, "line %lld: more than 65,536 columns", (long long)c->line);
    c->cell = more;
    c->cell_room = room;
    return true;
}

static bool add_cell(lng_csv *c, lng_cell cell, lng_failure *failure)
{
    if (c->cells == c->cell_room && !make_cells(c, failure))
        return false;
    c->cell[c->cells++] = cell;
    return true;
}

/* A copy with single quotes of a cell that has doubled ones. */
static lng_cell undoubled(lng_csv *c, const char *at, const char *end)
{
    char *to = c->plain + c->plain_used;
    size_t n = 0;
    for (; at < end; at++) {
        to[n++] = *at;
        at += *at == '"';
    }
    c->plain_used += n;
    return (lng_cell){to, n, true};
}

/* The text may end between CR and LF; at the end of the file, CR is enough. */
static bool is_cut(const lng_csv *c, const scan *s)
{
    return !c->ended && (s->at == s->end || (*s->at == '\r' && s->at + 1 == s->end));
}

static bool at_line_end(const scan *s)
{
    return *s->at == '\n' || (*s->at == '\r' && s->at[1] == '\n');
}

/* After the opening quote, to what follows the closing one. */
static outcome quoted(lng_csv *c, scan *s, lng_failure *failure)
{
    const char *start = s->at, *close = s->at;
    bool doubled = false;
    s->block = NULL;
    s->quotes = true;
    for (;;) {
        close = memchr(close, '"', (size_t)(s->end - close));
        close = close ? close : s->end;
        if (close + 1 >= s->end && !c->ended)
            return ROW_CUT;
        if (close == s->end)
            return lng_csv_fail(c, c->cells, failure, "the closing quote is missing"), ROW_FAILED;
        if (close + 1 == s->end || close[1] != '"')
            break;
        doubled = true;
        close += 2;
    }
    s->at = close + 1;
    s->strange = true;
    if (!add_cell(c, doubled ? undoubled(c, start, close) : (lng_cell){start, (size_t)(close - start), true}, failure))
        return ROW_FAILED;
    while (s->at < s->end && is_blank(c, *s->at))
        s->at++;
    if (is_cut(c, s))
        return ROW_CUT;
    if (s->at == s->end || *s->at == c->separator || at_line_end(s))
        return ROW_WHOLE;
    return lng_csv_fail(c, c->cells - 1, failure, "something follows a closing quote"), ROW_FAILED;
}

static outcome unquoted(lng_csv *c, scan *s, lng_failure *failure)
{
    const char *start = s->at, *at = next_mark(c, s);
    s->at = at;
    if (at < s->end && *at == '"')
        return lng_csv_fail(c, c->cells, failure, "a quote inside a cell that does not begin with one"),
               lng_fail_hint(failure, "enclose the whole cell in quotes, and double those in it"), ROW_FAILED;
    if (at > start && *at == '\n' && at[-1] == '\r' && !is_cut(c, s))
        s->at = --at;
    while (at > start && is_blank(c, at[-1]))
        at--;
    return add_cell(c, (lng_cell){start, (size_t)(at - start), false}, failure) ? ROW_WHOLE : ROW_FAILED;
}

/* Cells without quotes, as long as separators follow them, and there is room for what they are. */
static void split_some(lng_csv *c, scan *s)
{
    if (c->cells == c->cell_room)
        return;
    lng_cell *cell = c->cell + c->cells, *const last = c->cell + c->cell_room;
    const char *start = s->at, *at, *end;
    for (start_search(s); cell < last; start = at + 1) {
        while (!s->marks && s->end - s->block >= BLOCK)
            search_block(c, s);
        at = s->marks ? s->block - BLOCK + __builtin_ctzll(s->marks) : NULL;
        if (!at || *at != c->separator)
            break;
        s->marks &= s->marks - 1;
        for (end = at; start < end && is_blank(c, *start);)
            start++;
        while (end > start && is_blank(c, end[-1]))
            end--;
        *cell++ = (lng_cell){start, (size_t)(end - start), false};
    }
    s->at = start;
    c->cells = (size_t)(cell - c->cell);
}

/* The cells up to the end of the line, or of the text. */
static outcome split(lng_csv *c, scan *s, lng_failure *failure)
{
    for (;; s->at++) {
        split_some(c, s);
        while (s->at < s->end && is_blank(c, *s->at))
            s->at++;
        const bool quote = s->at < s->end && *s->at == '"';
        s->at += quote;
        const outcome o = quote ? quoted(c, s, failure) : unquoted(c, s, failure);
        if (o != ROW_WHOLE)
            return o;
        if (s->at >= s->end)
            return c->ended ? ROW_WHOLE : ROW_CUT;
        if (*s->at != c->separator)
            return ROW_WHOLE;
    }
}

/* The cell that a byte of the row is in. */
static size_t cell_at(const lng_csv *c, const char *at)
{
    size_t i = 0;
    while (i + 1 < c->cells && !(c->cell[i + 1].at > at && c->cell[i + 1].at <= c->row + c->row_length))
        i++;
    return i;
}

static bool check_utf8(const lng_csv *c, lng_failure *failure)
{
    const char *at = c->row, *end = c->row + c->row_length;
    for (int n; at < end; at += n) {
        uint32_t code;
        n = (unsigned char)*at < 0x80 ? 1 : lng_utf8(at, (size_t)(end - at), &code);
        if (n == 0)
            return lng_csv_fail(c, cell_at(c, at), failure, "the byte %02x is not UTF-8", (unsigned char)*at),
                   lng_fail_hint(failure, "save the table as UTF-8, such as with `iconv -f latin1 -t utf-8`");
    }
    return true;
}

static bool check_bytes(const lng_csv *c, lng_failure *failure)
{
    const char *nul = memchr(c->row, 0, c->row_length);
    if (nul)
        return lng_csv_fail(c, cell_at(c, nul), failure, "a NUL byte: this is not a text file"),
               lng_fail_hint(failure, "save the table as UTF-8; from UTF-16, such as with `iconv -f utf-16 -t utf-8`");
    return check_utf8(c, failure);
}

static bool take_row(lng_csv *c, const scan *s, lng_failure *failure)
{
    c->row_length = (size_t)(s->at - c->row);
    if (s->strange && !check_bytes(c, failure))
        return false;
    c->lines = s->quotes ? line_ends(c->row, s->at) + 1 : 1;
    c->crlf = s->at < s->end && *s->at == '\r';
    const char *next = s->at < s->end ? s->at + (*s->at == '\r' ? 2 : 1) : s->end;
    c->next = (size_t)((next < s->end ? next : s->end) - c->text);
    c->taken += (uint64_t)(c->text + c->next - c->row);
    c->block = s->block;
    c->marks = s->marks;
    c->strange = s->strange_block;
    return true;
}

bool lng_csv_row(lng_csv *c, lng_failure *failure)
{
    c->line += c->lines;
    c->lines = 0;
    for (;;) {
        if (c->next == c->end && c->ended)
            return false;
        scan s = {.at = c->text + c->next,
                  .end = c->text + c->end,
                  .block = c->block,
                  .marks = c->marks,
                  .strange = c->strange,
                  .strange_block = c->strange};
        c->row = s.at;
        c->row_length = c->end - c->next;
        c->cells = c->plain_used = 0;
        const outcome o = s.at == s.end ? ROW_CUT : split(c, &s, failure);
        if (o == ROW_WHOLE)
            return take_row(c, &s, failure);
        if (o == ROW_FAILED || !refill(c, failure))
            return false;
    }
}

/* ---- the beginning ---- */
/* Of the byte order mark that some programs write first. */
static size_t mark_length(const unsigned char *at, size_t n)
{
    return n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* The separator that the first line has most of, outside of quotes; the first one if it has none. A decimal comma is none. */
static char find_separator(const lng_csv *c, bool comma)
{
    size_t count[4] = {0}, best = comma;
    bool inside = false;
    for (size_t i = c->next; i < c->end && (inside || c->text[i] != '\n'); i++) {
        const char *found = c->text[i] ? strchr(lng_separators, c->text[i]) : NULL;
        inside ^= c->text[i] == '"';
        if (found && !inside)
            count[found - lng_separators]++;
    }
    for (size_t i = best + 1; i < 4; i++)
        best = count[i] > count[best] ? i : best;
    return lng_separators[best];
}

bool lng_csv_begin(lng_csv *c, lng_stream *s, const lng_table_style *style, lng_failure *failure)
{
    *c = (lng_csv){.stream = s, .line = 1};
    if (!refill(c, failure))
        return false;
    c->next = mark_length((const unsigned char *)c->text, c->end);
    c->separator = style->separator ? style->separator : find_separator(c, style->comma);
    return true;
}

void lng_csv_end(lng_csv *c)
{
    lng_block_free(c->text);
    lng_block_free(c->plain);
    lng_block_free(c->cell);
}

/* As PNM begins: P, a digit, and a number or a comment. */
static bool is_pnm(const unsigned char *at, size_t n)
{
    return n >= 3 && at[0] == 'P' && at[1] >= '1' && at[1] <= '7' && memchr(" \t\r\n", at[2], 4) &&
           (n == 3 || at[2] == '\n' || at[2] == '\r' || at[3] == '#' || (at[3] >= '0' && at[3] <= '9'));
}

/* UTF-8 whose first line is cells, or one name alone, without control characters. What is wrong within is said later. */
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
        separator = separator || (c && c < 0x80 && strchr(lng_separators, (int)c));
        name = name && (letter || digit);
    }
    if (i < n && at[i] != '\n' && at[i] != '\r' && n - i > 3) /* not cut by the end of the head */
        return false;
    return i > mark && (separator || (name && i < n)) && !is_pnm(at, n);
}
