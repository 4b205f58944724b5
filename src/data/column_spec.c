/* Fields that are described by their columns: from a checked document, and back with what was learned. */
#include "config.h"
#include "data/format.h"
#include "doc/number.h"
#include <string.h>

typedef struct describing {
    lng_arena *arena;
    lng_errors *errors;
    const lng_doc *doc;
    lng_data_field *field;
    lng_column_spec *columns;
    bool good;
} describing;

static void refuse(describing *d, lng_code code, const lng_doc *at, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void refuse(describing *d, lng_code code, const lng_doc *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    d->good = lng_verror(d->errors, code, (at ? at : d->doc)->place, format, arguments);
    va_end(arguments);
}

static bool is_true(const describing *d, const char *key)
{
    const lng_doc *item = lng_doc_get(d->doc, key);
    return item && strcmp(item->text, "true") == 0;
}

/* Which of the key's words stands there; by default the first. */
static unsigned word_of(const describing *d, const char *key)
{
    unsigned word = 0;
    lng_section_word(&lng_section_columns, d->doc, key, &word);
    return word;
}

/* The scalars of a sequence as texts; NULL: it is absent. */
static const char **texts(describing *d, const char *key, size_t *n)
{
    const lng_doc *list = lng_doc_get(d->doc, key);
    *n = 0;
    if (!list)
        return NULL;
    const char **text = LNG_NEW_N(d->arena, list->count + 1, const char *);
    if (list->count == 0)
        refuse(d, LNG_E_RANGE, list, "`%s` is empty", key);
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i]->kind == LNG_DOC_SCALAR && list->item[i]->length > 0)
            text[(*n)++] = list->item[i]->text;
        else
            refuse(d, LNG_E_TYPE, list->item[i], "each of `%s` is a name", key);
    lng_map *seen = lng_map_new(d->arena);
    for (size_t i = 0; i < *n && d->good; i++)
        if (lng_map_put(seen, text[i], list->item[i]))
            refuse(d, LNG_E_RANGE, list->item[i], "`%.60s` stands twice in `%s`", text[i], key);
    return text;
}

/* ---- numbers ---- */
/* One for each number of the field, or one for all. */
static const double *numbers(describing *d, const char *key, bool wanted, const char *why)
{
    const lng_doc *list = lng_doc_get(d->doc, key);
    const int64_t size = lng_shape_size(d->field->shape);
    if (!list != !wanted)
        refuse(d, list ? LNG_E_ARGUMENTS : LNG_E_MISSING_KEY, list,
               list ? "`%s` goes with `%s`" : "`%s` is missing: it goes with `%s`", key, why);
    if (!list || !wanted)
        return NULL;
    if (list->count != 1 && (int64_t)list->count != size) {
        refuse(d, LNG_E_SHAPE, list, "%zu numbers, expected %lld, one for each column", list->count, (long long)size);
        return NULL;
    }
    double *number = LNG_NEW_N(d->arena, (size_t)size, double);
    bool good = true;
    for (int64_t i = 0; i < size && good; i++) {
        const lng_doc *item = list->item[list->count == 1 ? 0 : i];
        good = lng_scalar_number(item, &number[i], d->errors);
        d->good = d->good && good;
        if (!good || number[i] != 0 || strcmp(key, "divide") != 0)
            continue;
        refuse(d, LNG_E_RANGE, item, "nothing can be divided by 0");
        good = false;
    }
    return number;
}

static void read_numbers(describing *d)
{
    lng_column_spec *c = d->columns;
    c->scale = word_of(d, "scale");
    c->fill = numbers(d, "fill", c->missing == LNG_MISSING_FILL, "missing: fill");
    c->subtract = numbers(d, "subtract", c->scale == LNG_SCALE_GIVEN, "scale: given");
    c->divide = numbers(d, "divide", c->scale == LNG_SCALE_GIVEN, "scale: given");
    if (c->missing == LNG_MISSING_OTHER)
        refuse(d, LNG_E_RANGE, lng_doc_get(d->doc, "missing"), "a missing number cannot become a category");
}

static void read_text(describing *d)
{
    const lng_doc *missing = lng_doc_get(d->doc, "missing"), *shape = lng_doc_get(d->doc, "shape");
    int64_t length = 0;
    if (!lng_section_int(&lng_section_columns, d->doc, "length", &length))
        refuse(d, LNG_E_MISSING_KEY, NULL, "`length` is missing: how many bytes a text may have");
    if (shape)
        refuse(d, LNG_E_ARGUMENTS, shape, "the shape of a text is its `length`");
    if (missing && d->columns->missing != LNG_MISSING_DROP)
        refuse(d, LNG_E_RANGE, missing, "a text may be empty; only `missing: drop` goes with it");
    d->columns->cut = word_of(d, "longer") == 1;
    d->field->dtype = LNG_I32;
    d->field->classes = 256;
    d->field->shape = (lng_shape){1, {length}};
}

static void read_shape(describing *d)
{
    const lng_doc *shape = lng_doc_get(d->doc, "shape");
    const size_t columns = d->columns->columns;
    lng_shape *to = &d->field->shape;
    const bool pattern = d->columns->patterns;
    if (d->columns->text) {
        read_text(d);
        return;
    }
    *to = (lng_shape){1, {columns ? (int64_t)columns : 1}};
    if (d->columns->image && !shape)
        refuse(d, LNG_E_MISSING_KEY, NULL, "`shape` is missing: that of an image, such as [28, 28]");
    else if (!shape && pattern)
        refuse(d, LNG_E_MISSING_KEY, NULL, "`shape` is missing: how many columns match is not known before the file is read");
    if (!shape)
        return;
    d->good = d->good && lng_shape_describe(shape, to, d->errors);
    if (d->good && columns && !pattern && !d->columns->image && lng_shape_size(*to) != (int64_t)columns)
        refuse(d, LNG_E_SHAPE, shape, "a shape of %lld numbers, but %zu columns", (long long)lng_shape_size(*to), columns);
}

/* ---- words ---- */
static void read_words(describing *d)
{
    lng_column_spec *c = d->columns;
    size_t n;
    int64_t count = 0;
    const lng_doc *missing = lng_doc_get(d->doc, "missing"), *unknown = lng_doc_get(d->doc, "unknown");
    const bool counted = lng_section_int(&lng_section_columns, d->doc, "count", &count);
    c->word = texts(d, "names", &n);
    c->unknown_is_other = word_of(d, "unknown") == 1;
    c->other = c->unknown_is_other || c->missing == LNG_MISSING_OTHER;
    if (!c->word == !counted)
        refuse(d, LNG_E_ARGUMENTS, NULL, "either `names` gives the names, or `count` says how many the training examples have");
    if (missing && c->missing != LNG_MISSING_ERROR && c->missing != LNG_MISSING_DROP && c->missing != LNG_MISSING_OTHER)
        refuse(d, LNG_E_RANGE, missing, "a missing name has no mean; it can be an `error`, `drop` or `other`");
    if (c->class && c->other)
        refuse(d, LNG_E_RANGE, unknown ? unknown : missing,
               "an example of no class cannot be learned from; `missing: drop` leaves it out");
    c->words = c->word ? (int64_t)n : count;
    d->field->dtype = LNG_I32;
    d->field->shape = (lng_shape){0};
    d->field->classes = c->words + c->other;
}

/* One is a single number, as a class is. */
static void read_integers(describing *d)
{
    const lng_column_spec *c = d->columns;
    const int64_t size = lng_shape_size(d->field->shape);
    d->field->dtype = LNG_I32;
    if (c->missing == LNG_MISSING_MEAN || c->missing == LNG_MISSING_MEDIAN)
        refuse(d, LNG_E_RANGE, lng_doc_get(d->doc, "missing"), "a missing integer can be an `error`, `drop` or `fill`");
    for (int64_t i = 0; c->fill && i < size; i++)
        if (c->fill[i] != (double)(int32_t)c->fill[i])
            refuse(d, LNG_E_RANGE, lng_doc_get(d->doc, "fill"), "a missing integer is filled in by an integer of 32 bits");
    if (size == 1 && !lng_doc_get(d->doc, "shape") && !lng_doc_get(d->doc, "columns"))
        d->field->shape = (lng_shape){0};
}

static void refuse_keys(describing *d, const char *const *key, size_t n, const char *why)
{
    for (size_t i = 0; i < n; i++)
        if (lng_doc_get(d->doc, key[i]))
            refuse(d, LNG_E_ARGUMENTS, lng_doc_get(d->doc, key[i]), "`%s` goes with %s", key[i], why);
}

bool lng_columns_describe(lng_arena *arena, const lng_doc *doc, lng_data_field *field, lng_errors *errors)
{
    static const char *const of_cells[] = {"fill",  "scale",    "subtract", "divide", "date",
                                           "class", "category", "names",    "count",  "int"};
    static const char *const of_texts[] = {"length", "longer"}, *const of_images[] = {"text", "missing"};
    static const char *const of_numbers[] = {"shape", "fit", "fill", "scale", "subtract", "divide", "date", "text", "image", "int"},
                             *const of_words[] = {"names", "count", "unknown"},
                             *const of_measures[] = {"scale", "subtract", "divide", "date"};
    lng_column_spec *c = LNG_NEW(arena, lng_column_spec);
    describing d = {arena, errors, doc, field, c, lng_section_check(&lng_section_columns, &lng_section_columns, doc, errors)};
    if (!d.good)
        return false;
    const lng_doc *column = lng_doc_get(doc, "column");
    field->columns = c;
    c->column = texts(&d, "columns", &c->columns);
    if (column && c->column)
        refuse(&d, LNG_E_ARGUMENTS, column, "`column` and `columns` exclude each other");
    if (column && !c->column) {
        c->column = LNG_NEW(arena, const char *);
        c->column[0] = column->text;
        c->columns = 1;
    }
    for (size_t i = 0; i < c->columns; i++)
        c->patterns = c->patterns || strchr(c->column[i], '*');
    c->missing = word_of(&d, "missing");
    c->class = is_true(&d, "class");
    c->factor = is_true(&d, "factor");
    c->date = is_true(&d, "date");
    field->whole = c->whole = is_true(&d, "int");
    if (c->factor && !is_true(&d, "category"))
        refuse(&d, LNG_E_ARGUMENTS, lng_doc_get(doc, "factor"), "`factor` goes with `category: true`");
    c->fit = word_of(&d, "fit");
    c->text = is_true(&d, "text");
    c->image = is_true(&d, "image");
    if (c->text || c->image) {
        refuse_keys(&d, of_cells, sizeof of_cells / sizeof *of_cells, "numbers or names, not with a text or an image");
        if (c->columns > 1 || c->patterns)
            refuse(&d, LNG_E_ARGUMENTS, lng_doc_get(doc, "columns"), "a text or an image comes from one column");
    }
    if (c->image)
        refuse_keys(&d, of_images, sizeof of_images / sizeof *of_images, "other cells than the paths of images");
    if (!c->text)
        refuse_keys(&d, of_texts, sizeof of_texts / sizeof *of_texts, "`text: true`");
    if (c->class && is_true(&d, "category"))
        refuse(&d, LNG_E_ARGUMENTS, lng_doc_get(doc, "category"), "`class` and `category` exclude each other");
    if (c->class || is_true(&d, "category")) {
        refuse_keys(&d, of_numbers, sizeof of_numbers / sizeof *of_numbers, "numbers, not with names");
        if (c->columns > 1)
            refuse(&d, LNG_E_ARGUMENTS, lng_doc_get(doc, "columns"), "a category comes from one column");
        read_words(&d);
    } else {
        refuse_keys(&d, of_words, sizeof of_words / sizeof *of_words, "`class: true` or `category: true`");
        if (c->whole)
            refuse_keys(&d, of_measures, sizeof of_measures / sizeof *of_measures, "numbers that have fractions, not with `int`");
        read_shape(&d);
        if (d.good)
            read_numbers(&d);
        if (d.good && c->whole)
            read_integers(&d);
    }
    return d.good;
}

/* ---- what was learned ---- */
static void write_words(lng_arena *arena, const lng_column_spec *c, lng_doc *field)
{
    lng_doc *list = lng_doc_sequence(arena, field->place);
    for (int64_t i = 0; i < c->words; i++) {
        lng_doc *word = lng_doc_scalar(arena, lng_copy(arena, c->word[i]), field->place);
        word->quoted = true;
        lng_doc_push(arena, list, NULL, word);
    }
    lng_doc_remove(field, "count");
    lng_doc_set(arena, field, "names", list);
}

static void write_numbers(lng_arena *arena, const char *key, const double *number, int64_t n, lng_doc *field)
{
    char text[LNG_NUMBER_SIZE];
    lng_doc *list = lng_doc_sequence(arena, field->place);
    for (int64_t i = 0; i < n; i++)
        lng_doc_push(arena, list, NULL, lng_doc_scalar(arena, lng_copy(arena, lng_number(text, number[i])), field->place));
    lng_doc_set(arena, field, key, list);
}

static void write_word(lng_arena *arena, const char *key, const char *word, lng_doc *field)
{
    lng_doc_set(arena, field, key, lng_doc_scalar(arena, word, field->place));
}

void lng_columns_write(lng_arena *arena, const lng_column_spec *c, int64_t size, lng_doc *field)
{
    if (c->words)
        write_words(arena, c, field);
    if (c->fill) {
        write_word(arena, "missing", "fill", field);
        write_numbers(arena, "fill", c->fill, size, field);
    }
    if (c->subtract) {
        write_word(arena, "scale", "given", field);
        write_numbers(arena, "subtract", c->subtract, size, field);
        write_numbers(arena, "divide", c->divide, size, field);
    }
}
