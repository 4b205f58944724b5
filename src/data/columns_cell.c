/* The cells of a table: missing numbers become NaN, and names that are not known -1, until the table's end is known (learn.c). */
#include "data/cell.h"
#include "data/columns.h"
#include "data/decimal.h"
#include "data/picture.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool bad_cell(const lng_table_reader *t, size_t i, const char *what)
{
    const lng_cell cell = t->csv.cell[i];
    const char *name = t->name[i];
    if (cell.length == 0)
        return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is empty, expected %s", name, what);
    return lng_csv_fail(&t->csv, i, t->failure, "`%.60s` is `%.*s`, expected %s", name, (int)(cell.length < 40 ? cell.length : 40),
                        cell.at, what);
}

static bool unknown_word(const lng_table_reader *t, size_t i, const lng_column_spec *c)
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

/* Of what is learned, and will be written into the description of the data. */
static bool check_name(const lng_table_reader *t, size_t i)
{
    const lng_cell cell = t->csv.cell[i];
    size_t byte = 0;
    const char *fault = lng_name_fault(cell.at, cell.length, &byte);
    return !fault ||
           lng_csv_fail(&t->csv, i, t->failure, "byte %zu of `%.*s` is %s, which the name of a class or category cannot have",
                        byte + 1, (int)(cell.length < 40 ? cell.length : 40), cell.at, fault);
}

static bool store_word(const lng_table_reader *t, const lng_table_number *s, int32_t *to)
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
        const int64_t known = lng_vocabulary_count(t->load->words[s->field]);
        word = lng_vocabulary_add(t->load->words[s->field], cell.at, cell.length);
        if (word == known && c->words <= LNG_MOST_WORDS && !check_name(t, s->column))
            return false;
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

static bool store_text(const lng_table_reader *t, const lng_table_number *s, int32_t *to)
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
static bool store_image(const lng_table_reader *t, const lng_table_number *s, unsigned char *to)
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

static bool store_integer(const lng_table_reader *t, const lng_table_number *s, int32_t *to)
{
    const lng_column_spec *c = s->spec;
    const lng_cell cell = t->csv.cell[s->column];
    int64_t integer;
    if (c && c->missing == LNG_MISSING_FILL && lng_cell_is_missing(cell.at, cell.length)) {
        *to = (int32_t)c->fill[s->element];
        return true;
    }
    if (!lng_parse_int(cell.at, cell.length, &integer) || integer < INT32_MIN || integer > INT32_MAX)
        return bad_cell(t, s->column, "an integer");
    *to = (int32_t)integer;
    return true;
}

/* A cell that is not a number of the forms that are read fast. */
static bool read_other(const lng_table_reader *t, const lng_table_number *s, double *to)
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

static bool read_number(const lng_table_reader *t, const lng_table_number *s, double *to)
{
    const lng_cell cell = t->csv.cell[s->column];
    return (!s->date && lng_decimal(cell.at, cell.length, t->point, to)) || read_other(t, s, to);
}

bool lng_table_drops(const lng_table_reader *t)
{
    for (size_t i = 0; t->drops && i < t->sources; i++) {
        const lng_column_spec *c = t->source[i].spec;
        const lng_cell cell = t->csv.cell[t->source[i].column];
        if (c && c->missing == LNG_MISSING_DROP && (c->words ? cell.length == 0 : lng_cell_is_missing(cell.at, cell.length)))
            return true;
    }
    return false;
}

bool lng_table_store(const lng_table_reader *t, int64_t row)
{
    bool good = true;
    double x;
    for (const lng_table_number *s = t->source, *end = s + t->sources; s < end; s++) {
        const int64_t at = row * s->stride;
        switch (s->kind) {
        case LNG_TO_FLOAT:
        case LNG_TO_DOUBLE:
            good = read_number(t, s, &x) && good;
            if (s->kind == LNG_TO_FLOAT)
                ((float *)s->to)[at] = (float)x;
            else
                ((double *)s->to)[at] = x;
            break;
        case LNG_TO_WORD:
            good = store_word(t, s, (int32_t *)s->to + at) && good;
            break;
        case LNG_TO_TEXT:
            good = store_text(t, s, (int32_t *)s->to + at) && good;
            break;
        case LNG_TO_IMAGE:
            good = store_image(t, s, (unsigned char *)s->to + at) && good;
            break;
        case LNG_TO_INTEGER:
            good = store_integer(t, s, (int32_t *)s->to + at) && good;
            break;
        }
    }
    return good;
}
