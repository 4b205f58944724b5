/* The head of a table: a field's numbers are the columns that its description names, or NAME, or NAME.0, NAME.1, ... (or with _), in row-major
 * order. */
#include "base/arena.h"
#include "base/text.h"
#include "data/columns.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

lng_array lng_table_array(const lng_data_field *f)
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
static size_t sources_of(const lng_table_reader *t, size_t column, lng_table_number *to, int64_t *found)
{
    size_t n = 0;
    for (size_t i = 0; i < t->load->fields; i++) {
        const lng_data_field *f = &t->load->field[i];
        const bool named = f->columns && f->columns->column;
        const int64_t element = named ? element_by(t->name[column], f->columns, found[i]) : element_of(t->name[column], f);
        found[i] += element >= 0;
        if (element >= 0 && element < width_of(f)) /* a pattern that matches more is an error */
            to[n++] = (lng_table_number){.column = column, .field = i, .element = element};
    }
    return n;
}

static bool is_alike(const char *name, const char *missing)
{
    lng_nearest near = {.wrong = missing};
    lng_nearest_offer(&near, name);
    return near.best || strcasecmp(name, missing) == 0;
}

static bool are_numbers(const lng_table_reader *t)
{
    double number;
    for (size_t i = 0; i < t->columns; i++)
        if (!lng_parse_double(t->name[i], strlen(t->name[i]), &number))
            return false;
    return true;
}

static bool is_read(const lng_table_reader *t, size_t column)
{
    for (size_t i = 0; i < t->sources; i++)
        if (t->source[i].column == column)
            return true;
    return false;
}

/* The head is one cell, in which there is another separator. */
static bool is_separated_otherwise(const lng_table_reader *t)
{
    return t->columns == 1 && !t->load->style.anonymous && strpbrk(t->name[0], lng_separators);
}

static bool has_carriage_return(const lng_table_reader *t)
{
    for (size_t i = 0; i < t->columns; i++)
        if (strchr(t->name[i], '\r'))
            return true;
    return false;
}

/* What to write instead of a column that is missing. */
static bool hint_columns(const lng_table_reader *t, const lng_data_field *f, const char *missing, int64_t found)
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
static bool lacks(const lng_table_reader *t, const lng_data_field *f, const char *missing, int64_t found, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static bool lacks(const lng_table_reader *t, const lng_data_field *f, const char *missing, int64_t found, const char *format, ...)
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

static bool is_there(const lng_table_reader *t, const char *wanted)
{
    for (size_t k = 0; k < t->columns; k++)
        if (is_named(t->name[k], wanted))
            return true;
    return false;
}

static bool lacks_columns(const lng_table_reader *t, const lng_data_field *f, int64_t found)
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

static bool is_repeated(const lng_table_reader *t, const lng_data_field *f, const char *name)
{
    char text[400];
    snprintf(text, sizeof text, "line 1: a column of `%s` appears twice: `%.60s`", f->name, name);
    return lng_fail_also(t->failure, LNG_E_DATA, text);
}

/* Each number of a field has one column. */
static bool check_field(const lng_table_reader *t, size_t field, int64_t found)
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
        const lng_table_number *s = &t->source[i];
        if (s->field != field)
            continue;
        good = (!seen[s->element] || is_repeated(t, f, t->name[s->column])) && good;
        seen[s->element] = true;
    }
    lng_block_free(seen);
    return good && (found == size || lng_fail(t->failure, LNG_E_DATA, "line 1: %lld columns of `%.60s`, expected %lld",
                                              (long long)found, f->name, (long long)size));
}

bool lng_table_names(lng_table_reader *t)
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

static void describe_source(lng_table_number *s, const lng_data_field *f)
{
    const lng_array to = lng_table_array(f);
    s->spec = f->columns;
    s->stride = lng_shape_size(f->shape);
    s->date = s->spec && s->spec->date;
    if (f->columns && (f->columns->text || f->columns->image))
        s->kind = f->columns->text ? LNG_TO_TEXT : LNG_TO_IMAGE;
    else
        s->kind = to.type == LNG_ARRAY_F32           ? LNG_TO_FLOAT
                  : to.type == LNG_ARRAY_F64         ? LNG_TO_DOUBLE
                  : f->columns && !f->columns->whole ? LNG_TO_WORD
                                                     : LNG_TO_INTEGER;
}

bool lng_table_numbers(lng_table_reader *t)
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
        lng_table_number *s = &t->source[i];
        describe_source(s, &t->load->field[s->field]);
        t->drops = t->drops || (!t->load->keeps_text && s->spec && s->spec->missing == LNG_MISSING_DROP);
    }
    lng_block_free(found);
    return good;
}

bool lng_table_words(lng_table_reader *t)
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
