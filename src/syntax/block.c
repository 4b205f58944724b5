/* Reads a block's mapping. */
#include "base/assert.h"
#include "syntax/block.h"
#include "syntax/builtin_names.h"
#include "syntax/scan.h"
#include <string.h>

typedef struct reader {
    lng_arena *arena;
    lng_errors *errors;
    lng_block *block;
    const lng_section *section;
    size_t attr_capacity, define_capacity;
    int depth;          /* of `repeat` */
    const char **local; /* names of values inside of one */
    size_t locals, local_capacity;
} reader;

/* Checks a name for a value: it must be valid, not reserved and not taken. Returns a copy, or NULL. */
static const char *claim(reader *r, const char *text, size_t n, lng_place place)
{
    const char *name = lng_copy_n(r->arena, text, n);
    if (!lng_is_name(text, n) && n > 0 && strspn(name, "abcdefghijklmnopqrstuvwxyz") == n)
        return lng_error(r->errors, LNG_E_EXPRESSION, place, "`%.60s` is a word of expressions; choose another name", name), NULL;
    if (!lng_is_name(text, n))
        return lng_error(r->errors, LNG_E_EXPRESSION, place,
                         "`%.60s` is not a valid name: use letters, digits and _, and do not start with a digit", name),
               NULL;
    if (lng_is_reserved(name))
        return lng_error(r->errors, LNG_E_DUPLICATE, place, "`%s` is reserved; choose another name", name), NULL;
    lng_place *before = lng_map_get(r->block->taken, name);
    if (before) {
        lng_error(r->errors, LNG_E_DUPLICATE, place, "`%s` is defined twice in this block", name);
        return lng_error_related(r->errors, *before, "first defined here"), NULL;
    }
    lng_place *at = LNG_NEW(r->arena, lng_place);
    *at = place;
    lng_map_put(r->block->taken, name, at);
    if (r->depth > 0) {
        r->local = lng_grow(r->arena, r->local, r->locals, &r->local_capacity, sizeof *r->local);
        r->local[r->locals++] = name;
    }
    return name;
}

/* The names that were claimed inside of `what`, since there were so many local ones, are free again. */
static void release(reader *r, size_t locals, const char *what)
{
    while (r->locals > locals) {
        const char *name = r->local[--r->locals];
        lng_map_put(r->block->local, name, (void *)what);
        lng_map_put(r->block->taken, name, NULL);
    }
}

/* A name may occur several times in shapes: it is one size, or one run of sizes. */
static bool size_name(reader *r, const char *name, lng_place place)
{
    const lng_block *b = r->block;
    for (size_t i = 0; i < b->ports; i++)
        if (strcmp(b->port[i].name, name) == 0)
            return lng_error(r->errors, LNG_E_DUPLICATE, place, "`%s` names both a port and a size", name);
    if (!lng_map_get(r->block->taken, name)) {
        lng_place *at = LNG_NEW(r->arena, lng_place);
        *at = place;
        lng_map_put(r->block->taken, name, at);
    }
    return true;
}

static bool ports(reader *r, const lng_doc *doc)
{
    lng_block *b = r->block;
    if (!doc)
        return true;
    bool good = lng_port_decl_parse(r->arena, doc, &b->port, &b->ports, r->errors);
    for (size_t i = 0; good && i < b->ports; i++)
        good = claim(r, b->port[i].name, strlen(b->port[i].name), b->port[i].place) && good;
    for (size_t i = 0; good && i < b->ports; i++)
        for (int k = 0; k < b->port[i].dims; k++)
            if (b->port[i].dim[k].name)
                good = size_name(r, b->port[i].dim[k].name, b->port[i].place) && good;
    return good;
}

static bool expectation(const reader *r, lng_port_decl *port, const lng_doc *word)
{
    lng_nearest near = {.wrong = word->text ? word->text : ""};
    for (int i = 1; i < LNG_EXPECTATIONS; i++) {
        if (strcmp(near.wrong, lng_expectation_words[i]) == 0) {
            port->expects = (lng_expectation)i;
            return true;
        }
        lng_nearest_offer(&near, lng_expectation_words[i]);
    }
    lng_error(r->errors, LNG_E_RANGE, word->place, "a port expects distribution, probabilities, logits or samples");
    if (near.best)
        lng_error_hint(r->errors, "did you mean `%s`?", near.best);
    return false;
}

static bool expectations(const reader *r, const lng_doc *doc)
{
    const lng_block *b = r->block;
    bool good = true;
    for (size_t i = 0; doc && i < doc->count; i++) {
        size_t k = 0;
        while (k < b->ports && strcmp(b->port[k].name, doc->key[i]->text) != 0)
            k++;
        good = (k < b->ports ? expectation(r, &b->port[k], doc->item[i])
                             : lng_error(r->errors, LNG_E_UNKNOWN_NAME, doc->key[i]->place, "there is no port `%.60s` here",
                                         doc->key[i]->text)) &&
               good;
    }
    return good;
}

/* `-s NAME=VALUE` sets a hyper-parameter of the model, and so a key of the file cannot have the name. */
static bool is_no_key(const reader *r, const lng_doc *name)
{
    if (r->section != &lng_section_model || !lng_section_find(r->section, name->text))
        return true;
    return lng_error(r->errors, LNG_E_DUPLICATE, name->place, "`%s` is a key of a model file; choose another name", name->text);
}

static bool attributes(reader *r, const lng_doc *doc)
{
    lng_block *b = r->block;
    bool good = true;
    for (size_t i = 0; doc && i < doc->count; i++) {
        lng_attr_decl w;
        bool fine = is_no_key(r, doc->key[i]) && claim(r, doc->key[i]->text, doc->key[i]->length, doc->key[i]->place);
        fine = lng_attr_decl_parse(r->arena, doc->key[i], doc->item[i], &w, r->errors) && fine;
        if (fine) {
            b->attr = lng_grow(r->arena, b->attr, b->attrs, &r->attr_capacity, sizeof *b->attr);
            b->attr[b->attrs++] = w;
        }
        good = good && fine;
    }
    b->attr_named = b->attrs > 0 ? lng_map_new(r->arena) : NULL;
    for (size_t i = 0; i < b->attrs; i++)
        lng_map_put(b->attr_named, b->attr[i].name, &b->attr[i]);
    return good;
}

/* `h, c` */
static bool list_names(reader *r, const lng_doc *text, bool claims, const char ***names, size_t *count)
{
    size_t capacity = 0;
    bool good = true;
    for (const char *at = text->text;;) {
        at += strspn(at, " \t");
        size_t n = strcspn(at, ","), end = n;
        while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\t'))
            end--;
        const char *name = lng_copy_n(r->arena, at, end);
        if (claims && !claim(r, at, end, lng_doc_place_at(text, (size_t)(at - text->text), (int)end)))
            good = false;
        *names = lng_grow(r->arena, *names, *count, &capacity, sizeof **names);
        (*names)[(*count)++] = name;
        if (at[n] == '\0')
            return good;
        at += n + 1;
    }
}

static bool few_enough(reader *r, const lng_doc *doc, const char *what)
{
    char most[LNG_NUMBER_SIZE], number[LNG_NUMBER_SIZE];
    return !doc || doc->count <= LNG_MAX_DEFINITIONS ||
           lng_error(r->errors, LNG_E_LIMIT, doc->place, "a block may have at most %s %s, not %s",
                     lng_grouped(most, LNG_MAX_DEFINITIONS), what, lng_grouped(number, (int64_t)doc->count));
}

/* The names of the rows are those of one turn; the stacks' are names of the let. */
static lng_expr *scan(reader *r, const lng_doc *doc, lng_define *d)
{
    const lng_doc *as = lng_doc_get(doc, "as"), *stack = lng_doc_get(doc, "stack");
    const char **row = NULL;
    const size_t locals = r->locals, carries = d->names;
    size_t rows = 0;
    bool good = true;
    if (as && as->kind != LNG_DOC_SCALAR)
        return lng_error(r->errors, LNG_E_TYPE, as->place, "`as` must be text"), NULL;
    r->depth++;
    if (as)
        good = list_names(r, as, true, &row, &rows);
    lng_expr *e = lng_scan_read(r->arena, doc, d->name, carries, row, rows, r->errors);
    r->depth--;
    release(r, locals, "scan");
    for (size_t i = 0; stack && stack->kind == LNG_DOC_MAPPING && i < stack->count; i++)
        good = claim(r, stack->key[i]->text, stack->key[i]->length, stack->key[i]->place) && good;
    if (!good || !e)
        return NULL;
    const char **all = LNG_NEW_N(r->arena, carries + e->scan->stacks, const char *);
    for (size_t i = 0; i < carries + e->scan->stacks; i++)
        all[i] = i < carries ? d->name[i] : e->scan->stack[i - carries];
    d->name = all;
    d->names = carries + e->scan->stacks;
    return e;
}

static bool definitions(reader *r, const lng_doc *doc, lng_define_kind kind)
{
    lng_block *b = r->block;
    bool good = true;
    if (!few_enough(r, doc, "definitions of one kind"))
        return false;
    for (size_t i = 0; doc && i < doc->count; i++) {
        lng_define d = {.kind = kind, .place = doc->key[i]->place};
        bool fine = list_names(r, doc->key[i], kind != LNG_DEFINE_UPDATE, &d.name, &d.names);
        if (fine && kind != LNG_DEFINE_LET && d.names > 1)
            fine = lng_error(r->errors, LNG_E_TYPE, d.place, "only `let` can define several names at once");
        d.expr = fine && kind == LNG_DEFINE_LET && lng_is_scan(doc->item[i]) ? scan(r, doc->item[i], &d)
                                                                             : lng_expr_read(r->arena, doc->item[i], r->errors);
        if (fine && d.expr) {
            b->define = lng_grow(r->arena, b->define, b->defines, &r->define_capacity, sizeof *b->define);
            b->define[b->defines++] = d;
        } else
            good = false;
    }
    return good;
}

/* What stands in braces in the text of a requirement. */
static bool braces(reader *r, const lng_doc *needs)
{
    bool good = true;
    for (const char *at = strchr(needs->text, '{'), *end; at && (end = strchr(at, '}')); at = strchr(end, '{')) {
        lng_place place = lng_doc_place_at(needs, (size_t)(at + 1 - needs->text), (int)(end - at - 1));
        good = lng_expr_parse(r->arena, lng_doc_scalar(r->arena, lng_copy_n(r->arena, at + 1, (size_t)(end - at - 1)), place),
                              false, r->errors) &&
               good;
    }
    return good;
}

static bool requirements(reader *r, const lng_doc *doc)
{
    lng_block *b = r->block;
    bool good = true;
    b->require = LNG_NEW_N(r->arena, (doc ? doc->count : 0) + 1, lng_requires);
    for (size_t i = 0; doc && i < doc->count; i++) {
        const lng_doc *needs = doc->item[i];
        lng_expr *e = lng_expr_read(r->arena, doc->key[i], r->errors);
        if (needs->kind != LNG_DOC_SCALAR || lng_doc_is_null(needs) || needs->text[0] == '\0')
            good = lng_error(r->errors, LNG_E_TYPE, needs->place,
                             "a requirement says what is needed, as in `n %% 2 == 0: an even number of values`");
        else if (braces(r, needs) && e)
            b->require[b->requires ++] = (lng_requires){e, needs};
        good = good && e;
    }
    return good;
}

/* ---- steps ---- */
static bool expressions(reader *r, const lng_doc *doc, lng_expr ***out, size_t *count)
{
    lng_expr *e = lng_expr_parse(r->arena, doc, true, r->errors);
    if (!e)
        return false;
    if (e->kind == LNG_EXPR_TUPLE)
        *out = e->item, *count = e->items;
    else {
        *out = LNG_NEW(r->arena, lng_expr *);
        **out = e, *count = 1;
    }
    return true;
}

static bool step_keys(reader *r, const lng_doc *doc, lng_step *s, size_t *block_key)
{
    size_t found = 0;
    bool good = true;
    for (size_t i = 0; i < doc->count; i++) {
        const char *key = doc->key[i]->text;
        const lng_doc *value = doc->item[i];
        const lng_section_key *known = lng_section_find(&lng_section_step, key);
        if (known && value->kind != LNG_DOC_SCALAR && known->type != LNG_KEY_SEQUENCE)
            good = lng_error(r->errors, LNG_E_TYPE, value->place, "`%s` must be %s", key, lng_key_type_text(known->type));
        else if (strcmp(key, "as") == 0) {
            s->as_place = value->place;
            good = list_names(r, value, true, &s->as, &s->names) && good;
        } else if (strcmp(key, "from") == 0)
            good = expressions(r, value, &s->from, &s->froms) && good;
        else if (known)
            good = lng_error(r->errors, LNG_E_MISSING_KEY, doc->key[i]->place, "`%s` needs `repeat` beside it", key);
        else if (found++ == 0)
            *block_key = i;
        else {
            good = lng_error(r->errors, LNG_E_UNKNOWN_KEY, doc->key[i]->place,
                             "a step names one block; only `as` and `from` may stand beside `%s`", doc->key[*block_key]->text);
            lng_error_hint(r->errors, "indent the attributes of the block below it, or write `%s: {%s: ...}`",
                           doc->key[*block_key]->text, key);
        }
    }
    if (found == 0)
        return lng_error(r->errors, LNG_E_MISSING_KEY, doc->place, "this step names no block");
    return good;
}

static bool is_dotted_name(const char *text)
{
    const char *dot = strchr(text, '.');
    return dot ? lng_is_name(text, (size_t)(dot - text)) && lng_is_name(dot + 1, strlen(dot + 1)) : lng_is_name(text, strlen(text));
}

static bool chain(reader *, const lng_doc *, lng_chain *, const char *what);

/* `repeat: 3` with `do: [...]` beside it */
static bool repeat_step(reader *r, const lng_doc *doc, lng_step *s)
{
    bool good = true;
    const lng_doc *body = lng_doc_get(doc, "do");
    const size_t locals = r->locals;
    s->repeat = LNG_NEW(r->arena, lng_repeat);
    r->depth++;
    for (size_t i = 0; i < doc->count; i++) {
        const char *key = doc->key[i]->text;
        const lng_doc *value = doc->item[i];
        if (strcmp(key, "repeat") == 0) {
            s->place = doc->key[i]->place;
            good = (s->expr = lng_expr_read(r->arena, value, r->errors)) && good;
        } else if (strcmp(key, "as") == 0)
            good = value->kind == LNG_DOC_SCALAR ? (s->repeat->as = claim(r, value->text, value->length, value->place)) && good
                                                 : lng_error(r->errors, LNG_E_TYPE, value->place, "`as` must be text");
        else if (strcmp(key, "do") != 0) {
            good = lng_error(r->errors, LNG_E_UNKNOWN_KEY, doc->key[i]->place, "only `as` and `do` may stand beside `repeat`");
            lng_error_hint(r->errors, "the steps to repeat stand under `do`");
        }
    }
    if (!body) {
        good = lng_error(r->errors, LNG_E_MISSING_KEY, s->place, "`repeat` needs the key `do`");
        lng_error_hint(r->errors, "do: %s", lng_section_find(&lng_section_step, "do")->about);
    } else if (body->kind != LNG_DOC_SEQUENCE)
        good = lng_error(r->errors, LNG_E_TYPE, body->place, "`do` must be a sequence of steps");
    else
        good = chain(r, body, &s->repeat->body, "`do`") && good;
    r->depth--;
    release(r, locals, "repeat");
    return good;
}

static bool step(reader *r, const lng_doc *doc, lng_step *s)
{
    *s = (lng_step){.place = doc->place};
    if (doc->kind == LNG_DOC_SEQUENCE)
        return lng_error(r->errors, LNG_E_TYPE, doc->place,
                         "a step must be a block's name, an expression or `block: {attributes}`");
    if (doc->kind == LNG_DOC_SCALAR) {
        s->text = doc->text;
        s->expr = lng_expr_read(r->arena, doc, r->errors);
        s->bare = s->expr && (s->expr->kind == LNG_EXPR_NAME || (s->expr->kind == LNG_EXPR_FIELD && is_dotted_name(doc->text)));
        return s->expr != NULL;
    }
    if (lng_doc_get(doc, "repeat"))
        return repeat_step(r, doc, s);
    size_t at = 0;
    bool good = step_keys(r, doc, s, &at);
    if (doc->count == 0 || !good)
        return false;
    s->place = doc->key[at]->place;
    s->text = doc->key[at]->text;
    const bool value = lng_is_reserved(s->text) && lng_doc_is_null(doc->item[at]); /* `- it:` with `as:` beside it */
    if (is_dotted_name(s->text) && !value) {
        s->bare = true;
        s->expr = lng_expr_call(r->arena, doc->key[at], doc->item[at], r->errors);
    } else if (lng_doc_is_null(doc->item[at]) && !s->from) /* `- image / 255: ` with `as:` beside it */
        s->expr = lng_expr_parse(r->arena, doc->key[at], false, r->errors);
    else
        return lng_error(r->errors, LNG_E_EXPRESSION, s->place, "`%.60s` is not the name of a block", s->text);
    return s->expr != NULL;
}

static bool chain(reader *r, const lng_doc *doc, lng_chain *c, const char *what)
{
    bool good = true;
    size_t capacity = 0;
    if (!few_enough(r, doc, "steps"))
        return false;
    if (doc->count == 0)
        return lng_error(r->errors, LNG_E_MISSING_KEY, doc->place, "%s has no steps", what);
    for (size_t i = 0; i < doc->count; i++) {
        lng_step s;
        if (step(r, doc->item[i], &s)) {
            c->step = lng_grow(r->arena, c->step, c->steps, &capacity, sizeof *c->step);
            c->step[c->steps++] = s;
        } else
            good = false;
    }
    return good;
}

lng_block *lng_block_new_named(lng_arena *arena, const char *name, lng_place place, const lng_doc *doc, bool standard)
{
    lng_block *b = LNG_NEW(arena, lng_block);
    *b = (lng_block){.name = name,
                     .place = place,
                     .doc = doc,
                     .standard = standard,
                     .taken = lng_map_new(arena),
                     .local = lng_map_new(arena),
                     .call = lng_map_new(arena),
                     .calls = lng_map_new(arena)};
    return b;
}

/* A part of the declaration, if it is of the right kind (the section's check has complained about any other). */
static const lng_doc *part(const lng_block *b, const char *key, lng_doc_kind kind)
{
    const lng_doc *d = lng_doc_get(b->doc, key);
    return d && d->kind == kind && !(kind == LNG_DOC_SCALAR && lng_doc_is_null(d)) ? d : NULL;
}

const lng_doc *lng_block_doc(lng_arena *arena, lng_block *b, lng_errors *errors)
{
    if (b->doc)
        return b->doc;
    const lng_doc *lines = lng_doc_parse_lines(arena, b->place.source, b->at, b->end, b->place.line, errors);
    return b->doc = lines ? lines->item[0] : NULL; /* a name, and what belongs to it */
}

bool lng_block_read(lng_arena *arena, lng_block *b, const lng_section *section, lng_errors *errors)
{
    if (b->read)
        return b->good;
    b->read = true;
    if (!lng_block_doc(arena, b, errors))
        return false;
    const size_t before = lng_errors_count(errors);
    bool sound = lng_section_check(&lng_section_model, section, b->doc, errors);
    reader r = {.arena = arena, .errors = errors, .block = b, .section = section};
    const lng_doc *about = part(b, "about", LNG_DOC_SCALAR), *out = part(b, "out", LNG_DOC_SCALAR);
    const lng_doc *graph = part(b, "graph", LNG_DOC_SEQUENCE);
    b->about = about ? about->text : NULL;
    bool good = ports(&r, part(b, "in", LNG_DOC_SCALAR));
    if (section == &lng_section_block)
        good = expectations(&r, part(b, "expects", LNG_DOC_MAPPING)) && good;
    good = attributes(&r, part(b, "with", LNG_DOC_MAPPING)) && good;
    good = requirements(&r, part(b, "require", LNG_DOC_MAPPING)) && good;
    good = definitions(&r, part(b, "params", LNG_DOC_MAPPING), LNG_DEFINE_PARAM) && good;
    good = definitions(&r, part(b, "state", LNG_DOC_MAPPING), LNG_DEFINE_STATE) && good;
    good = definitions(&r, part(b, "shared", LNG_DOC_MAPPING), LNG_DEFINE_SHARED) && good;
    good = definitions(&r, part(b, "let", LNG_DOC_MAPPING), LNG_DEFINE_LET) && good;
    b->has_graph = graph != NULL;
    if (graph)
        good = chain(&r, graph, &b->chain, "the graph") && good;
    good = definitions(&r, part(b, "update", LNG_DOC_MAPPING), LNG_DEFINE_UPDATE) && good;
    if (out)
        good = expressions(&r, out, &b->out, &b->outs) && good;
    b->body = good;
    LNG_ASSERT((good && sound) || !errors || lng_errors_count(errors) > before);
    return b->good = good && sound;
}

const lng_port_decl *lng_block_optional(const lng_block *b, const char *name)
{
    for (size_t i = 0; i < b->ports; i++)
        if (b->port[i].optional && strcmp(b->port[i].name, name) == 0)
            return &b->port[i];
    return NULL;
}

const lng_attr_decl *lng_block_attr(const lng_block *b, const char *name)
{
    return b->attr_named ? lng_map_get(b->attr_named, name) : NULL;
}

bool lng_block_updates(const lng_block *b, const char *name)
{
    for (size_t i = 0; i < b->defines; i++)
        if (b->define[i].kind == LNG_DEFINE_UPDATE && strcmp(b->define[i].name[0], name) == 0)
            return true;
    return false;
}
