/* What `data.validation` and `data.test` take out of the training set: from a checked document. */
#include "config.h"
#include "data/format.h"
#include <string.h>

typedef struct describing {
    lng_arena *arena;
    lng_errors *errors;
    const lng_data_spec *spec;
    const lng_doc *doc;
    lng_split_spec *split;
    bool good;
} describing;

static const char amounts[] = "exactly one of `last`, `first`, `part`, `count`, `folds` and `column` says how many";

static void refuse(describing *d, const lng_doc *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void refuse(describing *d, const lng_doc *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    d->good = lng_verror(d->errors, LNG_E_ARGUMENTS, (at ? at : d->doc)->place, format, arguments);
    va_end(arguments);
}

/* What stands there has been checked, and found wrong, if it is no scalar. */
static const lng_doc *scalar(const describing *d, const char *key)
{
    const lng_doc *item = lng_doc_get(d->doc, key);
    return item && item->kind == LNG_DOC_SCALAR ? item : NULL;
}

/* Whether the key is there, and no other of its kind was. */
static bool takes(describing *d, const char *key, int *found, int which)
{
    const lng_doc *item = lng_doc_get(d->doc, key);
    if (item && *found)
        refuse(d, item, "%s", amounts);
    if (item)
        *found = which;
    return item;
}

static void read_amount(describing *d)
{
    lng_split_spec *s = d->split;
    const lng_section *table = &lng_section_validation;
    int how = LNG_SPLIT_NOTHING;
    if (takes(d, "last", &how, LNG_SPLIT_LAST))
        lng_section_number(table, d->doc, "last", &s->part);
    if (takes(d, "first", &how, LNG_SPLIT_FIRST))
        lng_section_number(table, d->doc, "first", &s->part);
    if (takes(d, "part", &how, LNG_SPLIT_PART))
        lng_section_number(table, d->doc, "part", &s->part);
    if (takes(d, "count", &how, LNG_SPLIT_COUNT))
        lng_section_int(table, d->doc, "count", &s->count);
    if (takes(d, "folds", &how, LNG_SPLIT_FOLD))
        lng_section_int(table, d->doc, "folds", &s->folds);
    takes(d, "column", &how, LNG_SPLIT_NAMED);
    if (how == LNG_SPLIT_NOTHING)
        refuse(d, NULL, "%s", amounts);
    s->how = how;
    if (lng_section_int(table, d->doc, "fold", &s->fold) && how != LNG_SPLIT_FOLD)
        refuse(d, lng_doc_get(d->doc, "fold"), "`fold` goes with `folds`");
    else if (how == LNG_SPLIT_FOLD && s->fold >= s->folds)
        refuse(d, lng_doc_get(d->doc, "fold"), "the folds are 0 to %lld", (long long)s->folds - 1);
}

/* ---- keys ---- */
const lng_data_field *lng_field_named(const lng_data_spec *spec, const lng_doc *name, lng_errors *errors)
{
    const lng_data_field *known = lng_data_spec_field(spec, name->text);
    lng_nearest near = {.wrong = name->text};
    if (known)
        return known;
    for (size_t i = 0; i < spec->fields; i++)
        lng_nearest_offer(&near, spec->field[i].name);
    lng_error(errors, LNG_E_UNKNOWN_NAME, name->place, "there is no field `%.60s`", name->text);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s`?", near.best);
    return NULL;
}

const lng_data_field *lng_key_describe(lng_arena *arena, const lng_data_spec *spec, const lng_doc *name, lng_errors *errors)
{
    if (!spec->format->table || !spec->format->line)
        return lng_field_named(spec, name, errors);
    lng_column_spec *c = LNG_NEW(arena, lng_column_spec);
    lng_data_field *f = LNG_NEW(arena, lng_data_field);
    c->column = LNG_NEW(arena, const char *);
    c->column[0] = name->text;
    c->columns = 1;
    c->words = LNG_ANY_WORDS;
    *f = (lng_data_field){.name = name->text, .dtype = LNG_I32, .place = name->place, .columns = c};
    return f;
}

static const lng_data_field *key_of(describing *d, const lng_doc *name)
{
    const lng_data_field *f = lng_key_describe(d->arena, d->spec, name, d->errors);
    d->good = d->good && f;
    return f;
}

static const lng_data_field *class_of(describing *d, const lng_doc *name)
{
    const lng_data_field *f = lng_field_named(d->spec, name, d->errors);
    d->good = d->good && f;
    if (f && (f->dtype != LNG_I32 || f->whole))
        refuse(d, name, "`%.60s` holds numbers; only the classes of a field can be taken in the same fractions", f->name);
    return f;
}

static void read_key(describing *d, const char *key, int by, const lng_data_field *(*find)(describing *, const lng_doc *))
{
    const lng_doc *name = scalar(d, key);
    lng_split_spec *s = d->split;
    if (!name)
        return;
    if (s->by != LNG_SPLIT_BY_PLACE)
        refuse(d, name, "`column`, `stratify`, `group` and `time` exclude each other");
    s->by = by;
    s->key = find(d, name);
}

static void read_keys(describing *d)
{
    const lng_doc *column = lng_doc_get(d->doc, "column");
    read_key(d, "column", LNG_SPLIT_BY_NAME, key_of);
    read_key(d, "stratify", LNG_SPLIT_BY_CLASS, class_of);
    read_key(d, "group", LNG_SPLIT_BY_GROUP, key_of);
    read_key(d, "time", LNG_SPLIT_BY_TIME, key_of);
    if (column && d->split->key && !d->split->key->columns)
        refuse(d, column, "only tables, `format: csv`, have columns");
}

/* Neighboring windows have rows in common, and a window has all of its rows in one part. */
static void check_series(describing *d)
{
    const lng_split_spec *s = d->split;
    if (d->spec->window.length && s->how != LNG_SPLIT_NOTHING &&
        (s->by == LNG_SPLIT_BY_CLASS || (s->shuffle && s->by != LNG_SPLIT_BY_GROUP))) {
        refuse(d, NULL, "rows that are drawn one by one make no windows");
        lng_error_hint(d->errors,
                       "take them in their order, by `last`, `first`, `count` or `time`, or draw whole series by `group`");
    }
}

static void read_order(describing *d)
{
    lng_split_spec *s = d->split;
    const lng_doc *shuffle = scalar(d, "shuffle"), *seed = lng_doc_get(d->doc, "seed");
    const bool wanted = shuffle && strcmp(shuffle->text, "true") == 0, timed = s->by == LNG_SPLIT_BY_TIME;
    s->shuffle = shuffle ? wanted : s->how == LNG_SPLIT_PART && !timed;
    if (wanted && (timed || s->how == LNG_SPLIT_NAMED))
        refuse(d, shuffle, "`%s` leaves nothing to be drawn at random", timed ? "time" : "column");
    else if (wanted && (s->how == LNG_SPLIT_LAST || s->how == LNG_SPLIT_FIRST))
        refuse(d, shuffle, "`%s` takes examples in their order; `part` draws them at random",
               s->how == LNG_SPLIT_LAST ? "last" : "first");
    else if (shuffle && !wanted && s->how == LNG_SPLIT_PART && !timed)
        refuse(d, shuffle, "`part` draws examples at random; `last` and `first` take them in their order");
    if (timed && s->how == LNG_SPLIT_FOLD)
        refuse(d, lng_doc_get(d->doc, "folds"), "with `folds`, training would see what is later than the fold");
    check_series(d);
    if (seed && !s->shuffle)
        refuse(d, seed, "nothing is drawn at random, so `seed` says nothing");
}

bool lng_split_describe(lng_arena *arena, const lng_data_spec *spec, const lng_doc *doc, lng_split_spec *split, lng_errors *errors)
{
    describing d = {arena, errors, spec, doc, split, true};
    *split = (lng_split_spec){.place = doc->place, .seed = -1};
    if (doc->kind != LNG_DOC_MAPPING)
        return false;
    read_amount(&d);
    read_keys(&d);
    read_order(&d);
    lng_section_int(&lng_section_validation, doc, "seed", &split->seed);
    return d.good;
}
