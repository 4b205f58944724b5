/* Reads a `scan` of `let`: a mapping becomes an expression that gives the last value of each carry, then the stacks. */
#include "syntax/scan.h"
#include <string.h>

typedef struct reader {
    lng_arena *arena;
    lng_errors *errors;
    lng_scan *scan;
    lng_expr *e;
} reader;

bool lng_is_scan(const lng_doc *doc)
{
    return doc->kind == LNG_DOC_MAPPING && (lng_doc_get(doc, "scan") || lng_doc_get(doc, "do") || lng_doc_get(doc, "start"));
}

static bool check_keys(const reader *r, const lng_doc *doc)
{
    bool good = true;
    lng_map *meant = lng_map_new(r->arena); /* by keys that are misspelt */
    for (size_t i = 0; i < doc->count; i++) {
        const lng_section_key *key = lng_section_find(&lng_section_scan, doc->key[i]->text);
        if (key)
            continue;
        lng_nearest near = {.wrong = doc->key[i]->text};
        for (size_t k = 0; k < lng_section_scan.keys; k++)
            lng_nearest_offer(&near, lng_section_scan.key[k].name);
        good = lng_error(r->errors, LNG_E_UNKNOWN_KEY, doc->key[i]->place, "unknown key `%.60s` in a scan", doc->key[i]->text);
        if (near.best) {
            lng_error_hint(r->errors, "did you mean `%s`?", near.best);
            lng_map_put(meant, near.best, meant);
        } else
            lng_error_hint(r->errors, "a scan has the keys start, scan, as, do, stack, reverse and remat");
    }
    for (size_t k = 0; k < lng_section_scan.keys; k++) {
        const lng_section_key *key = &lng_section_scan.key[k];
        if (key->required && !lng_doc_get(doc, key->name) && !lng_map_get(meant, key->name)) {
            good = lng_error(r->errors, LNG_E_MISSING_KEY, doc->place, "a scan needs the key `%s`", key->name);
            lng_error_hint(r->errors, "%s: %s", key->name, key->about);
        }
    }
    return good;
}

static lng_expr *read(const reader *r, const lng_doc *doc)
{
    return doc->kind == LNG_DOC_SCALAR ? lng_expr_parse(r->arena, doc, true, r->errors) : lng_expr_read(r->arena, doc, r->errors);
}

/* "a, b" or a sequence; *count: how many. */
static bool add_all(const reader *r, const lng_doc *doc, size_t *count)
{
    lng_expr *e = read(r, doc);
    if (!e)
        return false;
    const bool several = e->kind == LNG_EXPR_TUPLE || (e->kind == LNG_EXPR_LIST && doc->kind == LNG_DOC_SEQUENCE);
    *count = several ? e->items : 1;
    for (size_t i = 0; i < *count; i++)
        lng_expr_append(r->arena, r->e, several ? e->item[i] : e);
    return true;
}

static bool add_one(const reader *r, const lng_doc *doc)
{
    lng_expr *e = read(r, doc);
    if (e)
        lng_expr_append(r->arena, r->e, e);
    return e;
}

static bool add_stacks(const reader *r, const lng_doc *doc)
{
    bool good = true;
    if (!doc)
        return true;
    if (doc->kind != LNG_DOC_MAPPING)
        return lng_error(r->errors, LNG_E_TYPE, doc->place, "`stack` is a mapping of names and values, as in {states: h}");
    r->scan->stack = LNG_NEW_N(r->arena, doc->count + 1, const char *);
    r->scan->stack_place = LNG_NEW_N(r->arena, doc->count + 1, lng_place);
    for (size_t i = 0; i < doc->count; i++) {
        lng_expr *e = lng_expr_read(r->arena, doc->item[i], r->errors);
        good = e && good;
        if (!e)
            continue;
        r->scan->stack_place[r->scan->stacks] = doc->key[i]->place;
        r->scan->stack[r->scan->stacks++] = doc->key[i]->text;
        lng_expr_append(r->arena, r->e, e);
    }
    return good;
}

/* The names and values of `start`, and of `as` if it is there, are as many. */
static bool check_counts(const reader *r, const lng_doc *doc)
{
    const lng_scan *s = r->scan;
    bool good = true;
    if (s->starts != s->carries)
        good = lng_error(r->errors, LNG_E_ARGUMENTS, lng_doc_get(doc, "start")->place,
                         "`start` of this scan gives %zu value%s for %zu name%s", s->starts, s->starts == 1 ? "" : "s", s->carries,
                         s->carries == 1 ? "" : "s");
    if (s->rows > 0 && s->rows != s->overs)
        good = lng_error(r->errors, LNG_E_ARGUMENTS, s->row_place, "`as` of this scan has %zu name%s for %zu value%s", s->rows,
                         s->rows == 1 ? "" : "s", s->overs, s->overs == 1 ? "" : "s");
    return good;
}

lng_expr *lng_scan_read(lng_arena *arena, const lng_doc *doc, const char **carry, size_t carries, const char **row, size_t rows,
                        lng_errors *errors)
{
    reader r = {.arena = arena, .errors = errors, .scan = LNG_NEW(arena, lng_scan)};
    const lng_doc *reverse = lng_doc_get(doc, "reverse"), *remat = lng_doc_get(doc, "remat"), *as = lng_doc_get(doc, "as");
    *r.scan = (lng_scan){.carry = carry, .carries = carries, .row = row, .rows = rows, .reverses = reverse, .remats = remat};
    r.scan->row_place = as ? as->place : doc->place;
    r.e = lng_expr_scan(arena, doc, r.scan);
    const bool good = check_keys(&r, doc) && add_all(&r, lng_doc_get(doc, "start"), &r.scan->starts) &&
                      add_all(&r, lng_doc_get(doc, "scan"), &r.scan->overs) && check_counts(&r, doc) &&
                      (!reverse || add_one(&r, reverse)) && (!remat || add_one(&r, remat)) && add_one(&r, lng_doc_get(doc, "do")) &&
                      add_stacks(&r, lng_doc_get(doc, "stack"));
    return good ? r.e : NULL;
}
