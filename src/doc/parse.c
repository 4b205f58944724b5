/* YAML text to a tree, from libyaml's events, without recursion.
 *
 * The stack of open collections is bounded by the depth limit, checked as events arrive: libyaml has no limit of its own. What the
 * language lacks (anchors, aliases, tags, ...) is reported and parsing goes on, so that all mistakes are reported at once; only libyaml's
 * own complaints and the limits end it. */
#include "config.h"
#include "base/file.h"
#include "doc/inside.h"
#include <string.h>
#include <yaml.h>

#define MAX_KEY     200
#define MAX_ERRORS  100    /* after so many, parsing stops */
#define TO_LINE_END 100000 /* width of a text that continues on the next line */

static const char no_memory[] = "out of memory while reading YAML"; /* the fault of no file, and maybe in one of ours */

typedef struct frame {
    lng_doc *node;
    lng_doc *key; /* waits for its value */
    bool dropped; /* the key is not valid: its value is dropped */
    bool cut;     /* a piece of an expression cut at commas has been reported */
    int open;     /* brackets open in its pieces so far */
} frame;

typedef struct parser {
    yaml_parser_t yaml;
    yaml_event_t event;
    lng_arena *arena;
    const lng_source *source;
    lng_errors *errors;
    size_t refused; /* mistakes so far */
    frame stack[LNG_DOC_MAX_DEPTH];
    int depth;
    size_t nodes;
    lng_doc *root;
    lng_doc *parsed;     /* the root, once the whole document has been read without a mistake */
    const lng_doc *last; /* the newest event's scalar, else NULL */
    int flow_end_line;   /* where the newest event's flow collection ended, else 0 */
    int cut_line;        /* of the newest cut expression */
    lng_place known;     /* of the newest node, whose byte is `known_at` */
    size_t known_at;
} parser;

static lng_place place_of(const parser *p, yaml_mark_t start, yaml_mark_t end)
{
    int width = end.line == start.line ? (int)(end.column - start.column) : TO_LINE_END;
    return (lng_place){p->source, (int)start.line + 1, (int)start.column + 1, width > 0 ? width : 1};
}

/* Always false. */
static bool refuse(parser *p, lng_code code, lng_place place, const char *format, ...) __attribute__((format(printf, 4, 5)));
static bool refuse(parser *p, lng_code code, lng_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    lng_verror(p->errors, code, place, format, args);
    va_end(args);
    p->refused++;
    return false;
}

static bool refuse_feature(parser *p, lng_place place, const char *what, const char *hint)
{
    refuse(p, LNG_E_FEATURE, place, "%s", what);
    lng_error_hint(p->errors, "%s", hint);
    return false;
}

static void check_properties(parser *p, lng_place place, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    lng_place mark = place;
    mark.width = 1;
    if (anchor) {
        mark.width += (int)strlen((const char *)anchor);
        refuse_feature(p, mark, "anchors are not part of this language",
                       "write the value out or define a block; quote a text that starts with `&`");
    }
    if (tag)
        refuse_feature(p, mark, "tags are not part of this language", "remove the tag; quote a text that starts with `!`");
}

/* ---- expressions that YAML cuts: in {} and [] a comma or bracket ends a plain text ---- */

/* The length of the expression that starts here: up to a comma or closing bracket of the collection around it, on this line. 0: it has no
 * end. */
static size_t expression_length(const char *at, const char *end)
{
    int depth = 0;
    const char *from = at;
    for (; at < end && *at != '\n' && *at != '\r'; at++) {
        if (strchr("([{", *at)) {
            depth++;
        } else if (strchr(")]}", *at)) {
            if (depth-- == 0)
                break;
        } else if (*at == ',' && depth == 0) {
            break;
        }
    }
    while (at > from && at[-1] == ' ')
        at--;
    return depth > 0 ? 0 : (size_t)(at - from);
}

static void report_cut(parser *p, const lng_doc *scalar)
{
    const lng_source *s = p->source;
    lng_place place = scalar->place;
    size_t offset = lng_place_offset(place);
    size_t n = expression_length(s->text + offset, s->text + s->length);
    if (n > 0) {
        place.width = 0;
        for (size_t i = 0; i < n; i++)
            place.width += ((unsigned char)s->text[offset + i] & 0xc0) != 0x80;
    }
    refuse(p, LNG_E_SYNTAX, place, "inside {} and [], YAML cuts this expression at its comma or bracket");
    char quote = n > 0 && memchr(s->text + offset, '"', n) ? '\'' : '"';
    if (n > 0 && n < 200 && !memchr(s->text + offset, '\'', n) && !memchr(s->text + offset, '\\', n))
        lng_error_hint(p->errors, "quote this expression: %c%.*s%c", quote, (int)n, s->text + offset, quote);
    else
        lng_error_hint(p->errors, "quote this expression");
    p->cut_line = place.line;
    if (p->depth > 0)
        p->stack[p->depth - 1].cut = true;
}

static void watch_cuts(parser *p, const lng_doc *scalar)
{
    frame *f = p->depth > 0 ? &p->stack[p->depth - 1] : NULL;
    if (!f || !f->node->flow || scalar->quoted)
        return;
    int balance = lng_doc_balance(scalar->text, scalar->length);
    if (balance > 0 && f->open == 0)
        report_cut(p, scalar);
    f->open = f->open + balance > 0 ? f->open + balance : 0;
}

/* ---- nodes ---- */

static lng_doc *new_node(parser *p, lng_doc_kind kind, lng_place place)
{
    if (++p->nodes > LNG_DOC_MAX_NODES) {
        char number[LNG_NUMBER_SIZE];
        refuse(p, LNG_E_LIMIT, place, "more than %s values in a document", lng_grouped(number, LNG_DOC_MAX_NODES));
        return NULL;
    }
    lng_doc *d = LNG_NEW(p->arena, lng_doc);
    d->kind = kind;
    d->place = place;
    if (place.line < p->known.line || (place.line == p->known.line && place.column < p->known.column))
        p->known_at = lng_place_offset(place);
    else
        p->known_at = lng_place_offset_from(p->known, p->known_at, place);
    p->known = place;
    d->at = p->known_at;
    return d;
}

static bool is_key(parser *p, const lng_doc *d)
{
    if (d->kind != LNG_DOC_SCALAR) {
        refuse(p, LNG_E_SYNTAX, d->place, "a key must be text, not a %s", d->kind == LNG_DOC_SEQUENCE ? "sequence" : "mapping");
        lng_error_hint(p->errors, d->kind == LNG_DOC_SEQUENCE ? "write several names as `h, c: ...`, in quotes inside {}"
                                                              : "quote a text that starts with `{`");
        return false;
    }
    if (!d->quoted && strcmp(d->text, "<<") == 0)
        return refuse_feature(p, d->place, "merge keys are not part of this language", "write the keys out or define a block");
    if (d->length == 0)
        return refuse(p, LNG_E_SYNTAX, d->place, "a key is missing before `:`");
    if (d->length > MAX_KEY)
        return refuse(p, LNG_E_LIMIT, d->place, "a key is longer than %d bytes", MAX_KEY);
    return true;
}

/* Adds a node to the innermost open collection, which waits for one. */
static void place_node(parser *p, lng_doc *d)
{
    if (p->depth == 0) {
        p->root = d;
        return;
    }
    frame *f = &p->stack[p->depth - 1];
    if (f->node->kind == LNG_DOC_SEQUENCE) {
        lng_doc_push(p->arena, f->node, NULL, d);
    } else if (!f->key) {
        f->key = d;
        f->dropped = !is_key(p, d);
    } else {
        if (!f->dropped)
            lng_doc_push(p->arena, f->node, f->key, d);
        f->key = NULL;
    }
}

static bool check_scalar(parser *p, lng_place place, const char *text, size_t n)
{
    char number[LNG_NUMBER_SIZE];
    if (n > LNG_DOC_MAX_SCALAR)
        return refuse(p, LNG_E_LIMIT, place, "a text is longer than %s bytes", lng_grouped(number, LNG_DOC_MAX_SCALAR));
    if (memchr(text, 0, n))
        return refuse(p, LNG_E_SYNTAX, place, "a text cannot contain a NUL");
    for (size_t i = 0; i < n;) {
        uint32_t code = 0;
        i += (size_t)lng_utf8(text + i, n - i, &code);
        if (lng_doc_is_refused(code))
            return refuse(p, LNG_E_SYNTAX, place, "a text cannot contain the control character U+%04X", (unsigned)code);
    }
    return true;
}

static bool take_scalar(parser *p)
{
    const yaml_event_t *e = &p->event;
    const char *text = (const char *)e->data.scalar.value;
    size_t n = e->data.scalar.length;
    yaml_scalar_style_t style = e->data.scalar.style;
    lng_doc *d = new_node(p, LNG_DOC_SCALAR, place_of(p, e->start_mark, e->end_mark));
    if (!d)
        return false;
    d->quoted = style != YAML_PLAIN_SCALAR_STYLE;
    d->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    d->flow = p->depth > 0 && p->stack[p->depth - 1].node->flow;
    if (d->block)
        d->place.width = 1;
    check_properties(p, d->place, e->data.scalar.anchor, e->data.scalar.tag);
    if (!d->quoted && !e->data.scalar.plain_implicit && !e->data.scalar.tag)
        check_properties(p, d->place, NULL, (const yaml_char_t *)"!");
    if (!check_scalar(p, d->place, text, n)) {
        text = "refused";
        n = strlen(text);
    }
    d->text = lng_copy_n(p->arena, text, n);
    d->length = n;
    watch_cuts(p, d);
    place_node(p, d);
    p->last = d;
    return true;
}

/* A null takes the place of an alias. */
static bool take_alias(parser *p)
{
    lng_doc *d = new_node(p, LNG_DOC_SCALAR, place_of(p, p->event.start_mark, p->event.end_mark));
    if (!d)
        return false;
    refuse_feature(p, d->place, "aliases are not part of this language",
                   "write the value out or define a block; quote a text that starts with `*`");
    d->text = "alias";
    d->length = strlen(d->text);
    place_node(p, d);
    return true;
}

static bool open_collection(parser *p, lng_doc_kind kind, bool flow, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    lng_place place = place_of(p, p->event.start_mark, p->event.start_mark);
    if (p->depth == LNG_DOC_MAX_DEPTH)
        return refuse(p, LNG_E_LIMIT, place, "nested deeper than %d levels", LNG_DOC_MAX_DEPTH);
    lng_doc *d = new_node(p, kind, place);
    if (!d)
        return false;
    d->flow = flow;
    check_properties(p, place, anchor, tag);
    p->stack[p->depth++] = (frame){.node = d};
    return true;
}

/* ---- duplicate keys: found by sorting, which has no worst case that a hostile file could provoke ---- */

typedef struct entry {
    const lng_doc *key;
} entry;

static void merge(const entry *a, size_t n, const entry *b, size_t m, entry *out)
{
    while (n || m) {
        bool first = m == 0 || (n > 0 && strcmp(a->key->text, b->key->text) <= 0);
        *out++ = first ? *a : *b;
        if (first)
            a++, n--;
        else
            b++, m--;
    }
}

/* Stable: equal keys keep the order of the text. */
static const entry *sorted(lng_arena *arena, const lng_doc *mapping)
{
    size_t n = mapping->count;
    entry *from = LNG_NEW_N(arena, 2 * n, entry), *to = from + n;
    for (size_t i = 0; i < n; i++)
        from[i].key = mapping->key[i];
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t i = 0; i < n; i += 2 * run) {
            size_t left = n - i < run ? n - i : run, right = n - i - left < run ? n - i - left : run;
            merge(from + i, left, from + i + left, right, to + i);
        }
        entry *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static void check_duplicates(parser *p, const lng_doc *mapping)
{
    const entry *e = sorted(p->arena, mapping);
    for (size_t i = 1, first = 0; i < mapping->count; i++) {
        if (strcmp(e[i].key->text, e[first].key->text) != 0) {
            first = i;
            continue;
        }
        refuse(p, LNG_E_DUPLICATE, e[i].key->place, "`%s` is defined twice", e[i].key->text);
        lng_error_related(p->errors, e[first].key->place, "first defined here");
    }
}

static bool close_collection(parser *p)
{
    frame *f = &p->stack[--p->depth];
    lng_doc *d = f->node;
    if (d->kind == LNG_DOC_MAPPING && !f->cut && d->count > 1)
        check_duplicates(p, d);
    yaml_mark_t end = p->event.end_mark;
    if (d->flow) {
        p->flow_end_line = (int)end.line + 1;
        d->place.width = p->flow_end_line == d->place.line ? (int)end.column + 1 - d->place.column : TO_LINE_END;
    }
    place_node(p, d);
    return true;
}

/* ---- the document ---- */

static bool start_document(parser *p)
{
    const yaml_event_t *e = &p->event;
    lng_place place = place_of(p, e->start_mark, e->start_mark);
    if (p->root)
        return refuse_feature(p, place, "a second document starts here", "put one document in a file");
    if (e->data.document_start.version_directive ||
        e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
        refuse_feature(p, place, "YAML directives are not part of this language", "remove the `%` line");
    return true;
}

/* libyaml has given up. Says why, unless the cause is a cut expression that has been reported. */
static bool explain(parser *p)
{
    const yaml_parser_t *y = &p->yaml;
    const frame *f = p->depth > 0 ? &p->stack[p->depth - 1] : NULL;
    lng_place at = {p->source, (int)y->problem_mark.line + 1, (int)y->problem_mark.column + 1, 1};
    if (y->error == YAML_MEMORY_ERROR)
        return refuse(p, LNG_E_MEMORY, (lng_place){0}, "%s", no_memory);
    if (p->cut_line == at.line || (f && f->cut))
        return false;
    size_t offset = lng_place_offset(at);
    char c = offset < p->source->length ? p->source->text[offset] : 0;
    if (f && f->node->flow && p->last && !p->last->quoted && p->last->place.line == at.line && (c == '[' || c == '{')) {
        report_cut(p, p->last);
        return false;
    }
    p->refused++;
    lng_doc_explain(y, p->source, p->errors);
    if (p->flow_end_line == at.line && !(f && f->node->flow))
        lng_error_hint(p->errors, "quote an expression that starts with a bracket");
    else if (p->last && p->last->quoted && !p->last->block && p->last->place.line == at.line && !(f && f->node->flow))
        lng_error_hint(p->errors, "a quoted text ends at its closing quote");
    return false;
}

/* One event; *more: whether another follows. False if parsing cannot go on. */
static bool take_event(parser *p, bool *more)
{
    yaml_event_t *e = &p->event;
    switch (e->type) {
    case YAML_STREAM_END_EVENT:
        *more = false;
        return true;
    case YAML_DOCUMENT_START_EVENT:
        return start_document(p);
    case YAML_ALIAS_EVENT:
        return take_alias(p);
    case YAML_SCALAR_EVENT:
        return take_scalar(p);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(p, LNG_DOC_SEQUENCE, e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                               e->data.sequence_start.anchor, e->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(p, LNG_DOC_MAPPING, e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                               e->data.mapping_start.anchor, e->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(p);
    default:
        return true;
    }
}

static lng_doc *parse_events(parser *p)
{
    for (bool more = true; more;) {
        if (!yaml_parser_parse(&p->yaml, &p->event)) {
            explain(p);
            return NULL;
        }
        bool flow_ends = p->event.type == YAML_SEQUENCE_END_EVENT || p->event.type == YAML_MAPPING_END_EVENT;
        if (p->event.type != YAML_SCALAR_EVENT)
            p->last = NULL;
        if (!flow_ends)
            p->flow_end_line = 0;
        bool fine = take_event(p, &more);
        yaml_event_delete(&p->event);
        if (!fine || p->refused > MAX_ERRORS)
            return NULL;
    }
    if (!p->root || (p->root->kind == LNG_DOC_SCALAR && !p->root->quoted && p->root->length == 0))
        refuse(p, LNG_E_SYNTAX, (lng_place){p->source, 1, 1, 1}, "the document is empty");
    return p->refused ? NULL : p->root;
}

static void parse_all(void *context)
{
    parser *p = context;
    p->parsed = parse_events(p);
}

lng_doc *lng_doc_parse_lines(lng_arena *arena, const lng_source *source, size_t at, size_t end, int line, lng_errors *errors)
{
    parser p = {.arena = arena, .source = source, .errors = errors, .known = {source, line, 1, 1}, .known_at = at};
    if (!yaml_parser_initialize(&p.yaml)) {
        lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "%s", no_memory);
        return NULL;
    }
    p.yaml.mark.line = (size_t)line - 1;
    yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p.yaml, (const unsigned char *)source->text + at, end - at);
    if (!lng_protect(arena, parse_all, &p))
        lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "%s", no_memory);
    yaml_event_delete(&p.event);
    yaml_parser_delete(&p.yaml);
    return p.parsed;
}

lng_doc *lng_doc_parse(lng_arena *arena, const lng_source *source, lng_errors *errors)
{
    if (source->length > LNG_DOC_MAX_BYTES) {
        char number[LNG_NUMBER_SIZE];
        lng_error(errors, LNG_E_LIMIT, (lng_place){.source = source}, "longer than %s bytes",
                  lng_grouped(number, LNG_DOC_MAX_BYTES));
        return NULL;
    }
    if (!lng_doc_check_text(source, errors))
        return NULL;
    const char *start = lng_source_line(source, 1); /* without a byte-order mark */
    return lng_doc_parse_lines(arena, source, (size_t)(start - source->text), source->length, 1, errors);
}

typedef struct sourcing {
    lng_arena *arena;
    const char *path, *text;
    size_t length;
    lng_source *source;
} sourcing;

static bool make_source(void *context)
{
    sourcing *s = context;
    const char *name = strcmp(s->path, "-") == 0 ? "<stdin>" : lng_copy(s->arena, s->path);
    s->source = LNG_NEW(s->arena, lng_source);
    *s->source = (lng_source){name, s->text, s->length};
    return true;
}

lng_doc *lng_doc_read(lng_arena *arena, const char *path, const lng_source **source, lng_errors *errors)
{
    size_t length = 0;
    const char *text = lng_file_read(arena, path, LNG_DOC_MAX_BYTES, &length, errors);
    sourcing s = {.arena = arena, .path = path, .text = text, .length = length};
    if (!text || !lng_attempt(arena, make_source, &s, errors, "reading a document"))
        return NULL;
    *source = s.source;
    return lng_doc_parse(arena, s.source, errors);
}
