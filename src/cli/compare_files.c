/* What differs in the expanded models of runs, key by key. */
#include "cli/compare.h"
#include "doc/doc.h"
#include <string.h>

#define LONGEST 60 /* bytes of a value that are shown */

typedef struct differ {
    lng_comparison *comparison;
    size_t runs;
} differ;

const char *lng_shorten(lng_arena *a, const char *text, size_t most)
{
    if (strlen(text) <= most)
        return text;
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80) /* not within a character */
        most--;
    return lng_format(a, "%s...", lng_copy_n(a, text, most));
}

/* A value on one line. */
static const char *text_of(lng_arena *a, const lng_doc *d)
{
    if (!d)
        return NULL;
    lng_text yaml = lng_text_new(a);
    if (d->kind == LNG_DOC_SCALAR)
        lng_text_add(&yaml, "%s", d->text);
    else
        lng_doc_write(&yaml, d);
    size_t n = 0;
    for (const char *p = yaml.at; *p; p++) /* each run of spaces and line ends becomes one space */
        if ((*p != ' ' && *p != '\n') || (n && yaml.at[n - 1] != ' '))
            yaml.at[n++] = *p == '\n' ? ' ' : *p;
    while (n && yaml.at[n - 1] == ' ')
        n--;
    return lng_shorten(a, lng_copy_n(a, yaml.at, n), LONGEST);
}

static void add(const differ *d, const char *key, const lng_doc *const *value)
{
    lng_comparison *c = d->comparison;
    lng_arena *a = c->command->arena;
    c->difference = lng_grow(a, c->difference, c->differences, &c->capacity, sizeof *c->difference);
    lng_difference *new = &c->difference[c->differences++];
    *new = (lng_difference){key, LNG_NEW_N(a, d->runs, const char *)};
    for (size_t i = 0; i < d->runs; i++)
        new->value[i] = text_of(a, value[i]);
}

static bool all_of_kind(const lng_doc *const *value, size_t runs, lng_doc_kind kind)
{
    for (size_t i = 0; i < runs; i++)
        if (!value[i] || value[i]->kind != kind)
            return false;
    return true;
}

static bool all_equal(const lng_doc *const *value, size_t runs)
{
    for (size_t i = 1; i < runs; i++)
        if (value[i]->length != value[0]->length || memcmp(value[i]->text, value[0]->text, value[0]->length) != 0)
            return false;
    return true;
}

static void compare(const differ *, const char *path, const lng_doc *const *value);

/* The keys of all mappings, in the order of the first that has them. Blocks that one model uses and another does not follow from the rest. */
static void compare_mappings(const differ *d, const char *path, const lng_doc *const *value)
{
    lng_arena *a = d->comparison->command->arena;
    lng_map *keys = lng_map_new(a);
    const lng_doc **item = LNG_NEW_N(a, d->runs, const lng_doc *);
    for (size_t i = 0; i < d->runs; i++)
        for (size_t k = 0; k < value[i]->count; k++)
            lng_map_put(keys, value[i]->key[k]->text, keys);
    for (size_t k = 0; k < lng_map_count(keys); k++) {
        bool everywhere = true;
        for (size_t i = 0; i < d->runs; i++)
            everywhere = (item[i] = lng_doc_get(value[i], lng_map_key(keys, k))) && everywhere;
        if (everywhere || strcmp(path, "blocks") != 0)
            compare(d, lng_path(a, path, lng_map_key(keys, k)), item);
    }
}

static void compare_sequences(const differ *d, const char *path, const lng_doc *const *value)
{
    lng_arena *a = d->comparison->command->arena;
    const lng_doc **item = LNG_NEW_N(a, d->runs, const lng_doc *);
    size_t most = 0;
    for (size_t i = 0; i < d->runs; i++)
        most = value[i]->count > most ? value[i]->count : most;
    for (size_t k = 0; k < most; k++) {
        for (size_t i = 0; i < d->runs; i++)
            item[i] = k < value[i]->count ? value[i]->item[k] : NULL;
        compare(d, lng_path(a, path, lng_format(a, "%zu", k)), item);
    }
}

static void compare(const differ *d, const char *path, const lng_doc *const *value)
{
    if (all_of_kind(value, d->runs, LNG_DOC_MAPPING))
        compare_mappings(d, path, value);
    else if (all_of_kind(value, d->runs, LNG_DOC_SEQUENCE))
        compare_sequences(d, path, value);
    else if (!all_of_kind(value, d->runs, LNG_DOC_SCALAR) || !all_equal(value, d->runs))
        add(d, path, value);
}

void lng_compare_models(lng_comparison *c, const lng_doc *const *model)
{
    const differ d = {c, c->runs};
    compare(&d, "", model);
}

bool lng_compare_files(lng_comparison *c)
{
    lng_arena *a = c->command->arena;
    const lng_doc **model = LNG_NEW_N(a, c->runs, const lng_doc *);
    for (size_t i = 0; i < c->runs; i++) {
        const lng_source *source;
        if (!(model[i] = lng_doc_read(a, lng_format(a, "%s/model.yaml", c->run[i].folder), &source, c->command->errors)))
            return false;
    }
    lng_compare_models(c, model);
    return true;
}
