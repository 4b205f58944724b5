/* Partners: other examples of the same part that go with each one, so that a network can compare. A partner's fields are copies of its
 * example's, so that nothing after the opening of the data knows of partners. They are drawn once, by the partner's name and the example
 * alone: every run has the same, and training, validation and test examples are never mixed. */
#include "config.h"
#include "base/assert.h"
#include "base/random.h"
#include "data/data.h"
#include "data/partners.h"
#include <string.h>

/* ---- the description ---- */
static const char *prefixed(lng_arena *arena, const lng_partner *p, const char *name)
{
    return lng_format(arena, "%s_%s", p->name, name);
}

const char *lng_partner_field(lng_arena *arena, const lng_partner *p, const lng_data_field *field)
{
    return prefixed(arena, p, field->name);
}

/* A class or category. */
static bool is_kind(const lng_data_field *f)
{
    return f->dtype == LNG_I32 && f->shape.rank == 0 && !f->whole;
}

static bool shares_no_class(const lng_data_spec *spec, const lng_doc *same, lng_errors *errors)
{
    const lng_data_field *field = lng_data_spec_field(spec, same->text);
    lng_nearest near = {.wrong = same->text};
    if (field && is_kind(field))
        return false;
    for (size_t i = 0; i < spec->fields; i++)
        if (is_kind(&spec->field[i]))
            lng_nearest_offer(&near, spec->field[i].name);
    if (field)
        lng_error(errors, LNG_E_DTYPE, same->place, "partners can share a class or category; `%s` holds numbers", same->text);
    else
        lng_error(errors, LNG_E_UNKNOWN_NAME, same->place, "there is no field `%.60s`", same->text);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s`?", near.best);
    return true;
}

static bool describe(const lng_doc *name, const lng_doc *doc, lng_data_spec *spec, lng_errors *errors)
{
    lng_partner *p = &spec->partner[spec->partners++];
    *p = (lng_partner){.name = name->text, .rate = 1, .place = name->place};
    if (!lng_section_check(&lng_section_data, &lng_section_partner, doc, errors))
        return false;
    const lng_doc *same = lng_doc_get(doc, "same"), *rate = lng_doc_get(doc, "rate");
    if (rate && !same)
        return lng_error(errors, LNG_E_MISSING_KEY, rate->place,
                         "`rate` is the fraction of the partners that share what `same` names");
    p->same = same ? same->text : NULL;
    lng_section_number(&lng_section_partner, doc, "rate", &p->rate);
    return !same || !shares_no_class(spec, same, errors);
}

bool lng_partners_describe(lng_arena *arena, const lng_doc *doc, lng_data_spec *spec, lng_errors *errors)
{
    bool good = true;
    if (!doc || doc->kind != LNG_DOC_MAPPING)
        return !doc;
    spec->partner = LNG_NEW_N(arena, doc->count + 1, lng_partner);
    for (size_t i = 0; i < doc->count; i++)
        good = describe(doc->key[i], doc->item[i], spec, errors) && good;
    return good;
}

/* In a table, the columns of a partner are called after both, too. */
static const lng_column_spec *partner_columns(lng_arena *arena, const lng_partner *p, const lng_column_spec *own)
{
    if (!own)
        return NULL;
    lng_column_spec *c = LNG_NEW(arena, lng_column_spec);
    *c = *own;
    if (own->column)
        c->column = LNG_NEW_N(arena, own->columns, const char *);
    for (size_t i = 0; own->column && i < own->columns; i++)
        c->column[i] = prefixed(arena, p, own->column[i]);
    return c;
}

bool lng_data_spec_find(lng_arena *arena, const lng_data_spec *spec, const char *name, lng_data_field *field)
{
    const lng_data_field *own = lng_data_spec_field(spec, name);
    if (own) {
        *field = *own;
        return true;
    }
    for (size_t i = 0; i < spec->partners; i++) {
        const lng_partner *p = &spec->partner[i];
        const size_t n = strlen(p->name);
        const bool begins = strncmp(name, p->name, n) == 0 && name[n] == '_';
        if (!begins || !(own = lng_data_spec_field(spec, name + n + 1)))
            continue;
        *field = *own;
        field->name = prefixed(arena, p, own->name);
        field->columns = partner_columns(arena, p, own->columns);
        field->partner = p;
        field->base = own->name;
        return true;
    }
    return false;
}

/* ---- the fields to open ---- */
static size_t place_of(const lng_data_field *list, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(list[i].name, name) != 0)
        i++;
    return i;
}

static void need(const lng_data_spec *spec, const char *name, lng_place place, lng_data_field *list, size_t *n)
{
    if (!name || place_of(list, *n, name) < *n)
        return;
    list[*n] = *lng_data_spec_field(spec, name);
    list[(*n)++].place = place;
}

lng_data_field *lng_partners_need(lng_arena *arena, const lng_data_spec *spec, const lng_data_field *field, size_t fields,
                                  size_t *count)
{
    lng_data_field *list = LNG_NEW_N(arena, 3 * fields, lng_data_field);
    size_t n = 0;
    for (size_t i = 0; i < fields; i++)
        if (!field[i].partner)
            list[n++] = field[i];
    for (size_t i = 0; i < fields; i++)
        if (field[i].partner) {
            need(spec, field[i].base, field[i].place, list, &n);
            need(spec, field[i].partner->same, field[i].place, list, &n);
        }
    *count = n;
    return list;
}

/* ---- the draw ---- */
/* Examples of a split, sorted by class: those of class c are sorted[first[c]] up to sorted[first[c + 1]]. */
typedef struct by_class {
    const int32_t *class; /* of each example of the split; NULL: nothing is shared */
    int64_t count, classes;
    int64_t *first;
    uint32_t *sorted, *at; /* at: where each one is in `sorted` */
} by_class;

static void sort(by_class *s)
{
    for (int64_t i = 0; i < s->count; i++)
        s->first[s->class[i] + 1]++;
    for (int64_t c = 0; c < s->classes; c++)
        s->first[c + 1] += s->first[c];
    int64_t *next = s->first; /* shifted back below */
    for (int64_t i = 0; i < s->count; i++) {
        s->at[i] = (uint32_t)next[s->class[i]]++;
        s->sorted[s->at[i]] = (uint32_t)i;
    }
    for (int64_t c = s->classes; c > 0; c--)
        s->first[c] = s->first[c - 1];
    s->first[0] = 0;
}

/* A number below n, for example i of the split that begins at `begin`. */
static int64_t below(lng_key key, int64_t begin, int64_t i, uint64_t draw, int64_t n)
{
    return (int64_t)lng_random_below(key, 0, (uint32_t)(begin + i), draw, (uint64_t)n);
}

/* Another example of its class, or itself if there is none. */
static int64_t same_class(const by_class *s, lng_key key, int64_t begin, int64_t i)
{
    const int64_t first = s->first[s->class[i]], n = s->first[s->class[i] + 1] - first;
    if (n == 1)
        return i;
    const int64_t k = first + below(key, begin, i, 1, n - 1);
    return s->sorted[k + (k >= s->at[i])];
}

/* An example of another class; -1: there is none. */
static int64_t other_class(const by_class *s, lng_key key, int64_t begin, int64_t i)
{
    const int64_t first = s->first[s->class[i]], n = s->first[s->class[i] + 1] - first;
    if (n == s->count)
        return -1;
    const int64_t k = below(key, begin, i, 2, s->count - n);
    return s->sorted[k < first ? k : k + n];
}

/* row[i]: the partner of example i, both counted over the part. */
static bool draw(const by_class *s, const lng_partner *p, int part, int64_t begin, uint32_t *row, lng_errors *errors)
{
    const lng_key key = lng_random_key((uint64_t)part, lng_hash(p->name, strlen(p->name)));
    for (int64_t i = 0; i < s->count; i++) {
        const bool shares = (double)lng_random_word(key, 1, (uint32_t)(begin + i), 0) < p->rate * 0x1p32;
        const int64_t other = !s->class ? below(key, begin, i, 1, s->count)
                              : shares  ? same_class(s, key, begin, i)
                                        : other_class(s, key, begin, i);
        if (other < 0)
            return lng_error(errors, LNG_E_DATA, p->place, "no example of this part differs in `%s`, so there is no partner",
                             p->same);
        row[begin + i] = (uint32_t)(begin + other);
    }
    return true;
}

static bool draw_split(lng_arena *arena, const lng_array *classes, const lng_partner *p, int part, int64_t begin, int64_t count,
                       uint32_t *row, lng_errors *errors)
{
    by_class s = {.count = count};
    if (classes && count > 0) {
        s.class = (const int32_t *)classes->at + begin;
        for (int64_t i = 0; i < count; i++)
            s.classes = s.class[i] >= s.classes ? (int64_t)s.class[i] + 1 : s.classes;
        s.first = LNG_NEW_N(arena, (size_t)s.classes + 1, int64_t);
        s.sorted = LNG_NEW_N(arena, (size_t)count, uint32_t);
        s.at = LNG_NEW_N(arena, (size_t)count, uint32_t);
        sort(&s);
    }
    return draw(&s, p, part, begin, row, errors);
}

/* ---- the copies ---- */
typedef struct pairing {
    lng_arena *arena;
    const lng_data_field *field, *opened; /* of the model; what has been opened for it */
    size_t fields, count;
    lng_errors *errors;
} pairing;

static const lng_array *array_of(const pairing *o, const lng_part *part, const char *name)
{
    const size_t i = place_of(o->opened, o->count, name);
    LNG_ASSERT(i < o->count);
    return &part->array[i];
}

/* The rows of a partner in a part, whose first examples are split from the others. */
static uint32_t *rows_of(const pairing *o, const lng_partner *p, const lng_part *part, int number, int64_t first)
{
    const lng_array *classes = p->same ? array_of(o, part, p->same) : NULL;
    uint32_t *row = LNG_NEW_N(o->arena, (size_t)part->count, uint32_t);
    return draw_split(o->arena, classes, p, number, 0, first, row, o->errors) &&
                   draw_split(o->arena, classes, p, number, first, part->count - first, row, o->errors)
               ? row
               : NULL;
}

static bool arrange(const pairing *o, lng_part *part, int number, int64_t first, lng_array *array)
{
    lng_failure failure = {0};
    bool good = true;
    for (size_t i = 0; good && i < o->fields; i++) {
        const lng_data_field *f = &o->field[i];
        if (!f->partner)
            continue;
        const uint32_t *row = rows_of(o, f->partner, part, number, first);
        good = row && (lng_array_select(array_of(o, part, f->base), row, part->count, &array[i], &failure) ||
                       lng_fail_report(&failure, f->place, o->errors));
    }
    for (size_t i = 0; i < o->count; i++) { /* what the model does not read has served its purpose */
        const size_t k = place_of(o->field, o->fields, o->opened[i].name);
        if (k < o->fields)
            array[k] = part->array[i];
        else
            lng_array_free(&part->array[i]);
    }
    part->array = array;
    part->fields = o->fields;
    part->field = LNG_NEW_N(o->arena, o->fields, lng_field);
    for (size_t i = 0; good && i < o->fields; i++)
        part->field[i] = lng_array_view(&array[i]);
    return good;
}

static void arrange_learned(const pairing *o, lng_data *data)
{
    const lng_column_spec **learned = LNG_NEW_N(o->arena, o->fields, const lng_column_spec *);
    for (size_t i = 0; i < o->fields; i++) {
        const lng_data_field *f = &o->field[i];
        const lng_column_spec *own = data->learned[place_of(o->opened, o->count, f->partner ? f->base : f->name)];
        learned[i] = f->partner ? partner_columns(o->arena, f->partner, own) : own;
    }
    data->learned = learned;
}

bool lng_partners_join(lng_data *data, const lng_data_field *opened, size_t count, const lng_data_field *field, size_t fields,
                       lng_errors *errors)
{
    const pairing o = {data->arena, field, opened, fields, count, errors};
    bool good = true;
    arrange_learned(&o, data);
    for (int i = 0; i < LNG_PARTS; i++) {
        lng_part *part = i == LNG_PART_TEST ? &data->test : i == LNG_PART_VALIDATION ? &data->validation : &data->train;
        const int64_t first = i == LNG_PART_TRAIN ? data->train_count : part->count;
        if (part->fields > 0)
            good = arrange(&o, part, i, first, LNG_NEW_N(data->arena, fields, lng_array)) && good;
    }
    return good;
}
