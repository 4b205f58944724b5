/* JSON (RFC 8259): a writer and a strict reader. */
#include "config.h"
#include "base/json.h"
#include "base/assert.h"
#include <string.h>

/* ---- writing ---- */

lng_json lng_json_new(lng_arena *arena, int indent)
{
    return (lng_json){.text = lng_text_new(arena), .indent = indent, .first = true};
}

static void put(lng_json *j, const char *text)
{
    lng_text_put(&j->text, text, strlen(text));
}

static void new_line(lng_json *j, int depth)
{
    if (j->indent)
        lng_text_add(&j->text, "\n%*s", j->indent * depth, "");
}

/* Bytes that are not UTF-8 become U+FFFD, so that the result can always be read. */
static void put_string(lng_json *j, const char *s)
{
    put(j, "\"");
    for (size_t left = strlen(s); left;) {
        uint32_t code;
        int n = lng_utf8(s, left, &code);
        if (n == 0)
            put(j, "\xef\xbf\xbd");
        else if (code == '"' || code == '\\')
            lng_text_add(&j->text, "\\%c", (char)code);
        else if (code == '\n' || code == '\t')
            put(j, code == '\n' ? "\\n" : "\\t");
        else if (code < 0x20 || code == 0x7f)
            lng_text_add(&j->text, "\\u%04x", (unsigned)code);
        else
            lng_text_put(&j->text, s, (size_t)n);
        s += n ? n : 1;
        left -= n ? (size_t)n : 1;
    }
    put(j, "\"");
}

/* Writes what precedes a value: a comma, a line end or a space, the key. */
static void lead(lng_json *j, const char *key, bool container)
{
    if (!j->first)
        put(j, ",");
    if (j->depth > 0 && (key || container || j->broken)) {
        new_line(j, j->depth);
        j->broken = true;
    } else if (!j->first && j->indent) {
        put(j, " ");
    }
    j->first = false;
    if (key) {
        put_string(j, key);
        put(j, j->indent ? ": " : ":");
    }
}

static void open_container(lng_json *j, const char *key, const char *mark)
{
    lead(j, key, true);
    put(j, mark);
    j->depth++;
    j->first = true;
    j->broken = false;
}

static void close_container(lng_json *j, const char *mark)
{
    LNG_ASSERT(j->depth > 0);
    j->depth--;
    if (j->broken)
        new_line(j, j->depth);
    put(j, mark);
    j->first = false;
    j->broken = true; /* a container that holds a container */
}

void lng_json_object(lng_json *j, const char *key)
{
    open_container(j, key, "{");
}

void lng_json_array(lng_json *j, const char *key)
{
    open_container(j, key, "[");
}

void lng_json_end(lng_json *j)
{
    close_container(j, "}");
}

void lng_json_end_array(lng_json *j)
{
    close_container(j, "]");
}

void lng_json_string(lng_json *j, const char *key, const char *value)
{
    lead(j, key, false);
    put_string(j, value);
}

void lng_json_bool(lng_json *j, const char *key, bool x)
{
    lead(j, key, false);
    put(j, x ? "true" : "false");
}

void lng_json_int(lng_json *j, const char *key, int64_t x)
{
    lead(j, key, false);
    lng_text_add(&j->text, "%lld", (long long)x);
}

void lng_json_number(lng_json *j, const char *key, double x)
{
    char number[LNG_NUMBER_SIZE];
    lead(j, key, false);
    put(j, x - x == 0 ? lng_number(number, x) : "null");
}

/* ---- reading ---- */

#define MAX_DEPTH  64
#define MAX_VALUES (1 << 20) /* the report of a run of 50,000 epochs has fewer */
#define FEW_KEYS   16        /* up to so many, keys are compared one by one; then by a map */

typedef struct reader {
    lng_arena *arena;
    const char *start, *at, *end;
    const char *why;
    int depth;
    size_t values;
} reader;

static bool bad(reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool accept(reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool read_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
        return bad(r, "expected a value");
    r->at += n;
    return true;
}

static bool read_hex(reader *r, uint32_t *code)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    *code = 0;
    for (int i = 0; i < 4; i++) {
        const char *d = r->at < r->end && *r->at ? strchr(digits, *r->at) : NULL;
        if (!d)
            return bad(r, "expected four hexadecimal digits");
        int value = (int)(d - digits);
        *code = *code * 16 + (uint32_t)(value > 15 ? value - 6 : value);
        r->at++;
    }
    return true;
}

static bool put_code(reader *r, lng_text *out, uint32_t c)
{
    if (c == 0)
        return bad(r, "a string must not hold a NUL");
    char b[4] = {(char)c};
    if (c < 0x80)
        return lng_text_put(out, b, 1), true;
    int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--, c >>= 6)
        b[i] = (char)(0x80 | (c & 0x3f));
    b[0] = (char)((0xf00 >> n) | c);
    lng_text_put(out, b, (size_t)n);
    return true;
}

static bool read_escape(reader *r, lng_text *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *known = r->at < r->end && *r->at ? strchr(from, *r->at) : NULL;
    if (known) {
        r->at++;
        lng_text_put(out, &to[known - from], 1);
        return true;
    }
    uint32_t code, low;
    if (!accept(r, 'u'))
        return bad(r, "an unknown escape");
    if (!read_hex(r, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00) {
        if (!accept(r, '\\') || !accept(r, 'u'))
            return bad(r, "half of a surrogate pair");
        if (!read_hex(r, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return bad(r, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
        return bad(r, "half of a surrogate pair");
    }
    return put_code(r, out, code);
}

static bool read_string(reader *r, const char **out)
{
    if (!accept(r, '"'))
        return bad(r, "expected a string");
    lng_text text = lng_text_new(r->arena);
    while (!accept(r, '"')) {
        if (r->at == r->end)
            return bad(r, "a string without its end");
        if (accept(r, '\\')) {
            if (!read_escape(r, &text))
                return false;
            continue;
        }
        uint32_t code;
        int n = lng_utf8(r->at, (size_t)(r->end - r->at), &code);
        if (n == 0)
            return bad(r, "not valid UTF-8");
        if (code < 0x20)
            return bad(r, "a control character in a string");
        lng_text_put(&text, r->at, (size_t)n);
        r->at += n;
    }
    *out = text.at;
    return true;
}

static size_t digits(reader *r)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return (size_t)(r->at - from);
}

static bool read_number(reader *r, lng_json_value *v)
{
    const char *from = r->at;
    bool whole = true;
    accept(r, '-');
    const char *first = r->at;
    size_t n = digits(r);
    if (n == 0 || (n > 1 && *first == '0'))
        return bad(r, n ? "a number with a leading zero" : "expected a value");
    if (accept(r, '.')) {
        whole = false;
        if (digits(r) == 0)
            return bad(r, "expected a digit");
    }
    if (accept(r, 'e') || accept(r, 'E')) {
        whole = false;
        if (!accept(r, '-'))
            accept(r, '+');
        if (digits(r) == 0)
            return bad(r, "expected a digit");
    }
    v->kind = LNG_JSON_NUMBER;
    v->integral = whole && lng_parse_int(from, (size_t)(r->at - from), &v->integer);
    if (lng_parse_double(from, (size_t)(r->at - from), &v->number))
        return true;
    r->at = from;
    return bad(r, "a number out of range");
}

static bool read_value(reader *r, lng_json_value *v);

static bool read_items(reader *r, lng_json_value *v, char end)
{
    size_t items = 0, keys = 0;
    lng_map *seen = NULL;
    skip_space(r);
    if (accept(r, end))
        return true;
    do {
        v->item = lng_grow(r->arena, v->item, v->count, &items, sizeof *v->item);
        if (end == '}') {
            v->key = lng_grow(r->arena, v->key, v->count, &keys, sizeof *v->key);
            skip_space(r);
            const char *start = r->at;
            const char **key = &v->key[v->count];
            if (!read_string(r, key))
                return false;
            if (v->count == FEW_KEYS) {
                seen = lng_map_new(r->arena);
                for (size_t i = 0; i < v->count; i++)
                    lng_map_put(seen, v->key[i], v);
            }
            bool twice = seen && lng_map_put(seen, *key, v);
            for (size_t i = 0; !seen && i < v->count; i++)
                twice |= strcmp(v->key[i], *key) == 0;
            if (twice) {
                r->at = start;
                return bad(r, lng_format(r->arena, "duplicate key `%s`", *key));
            }
            skip_space(r);
            if (!accept(r, ':'))
                return bad(r, "expected `:`");
        }
        lng_json_value item = {0};
        if (!read_value(r, &item))
            return false;
        v->item[v->count++] = item;
        skip_space(r);
    } while (accept(r, ','));
    return accept(r, end) || bad(r, end == '}' ? "expected `,` or `}`" : "expected `,` or `]`");
}

static bool read_value(reader *r, lng_json_value *v)
{
    skip_space(r);
    if (++r->values > MAX_VALUES)
        return bad(r, "more values than the limit allows");
    char c = r->at < r->end ? *r->at : 0;
    if (c == '{' || c == '[') {
        if (r->depth == MAX_DEPTH)
            return bad(r, "deeper than the limit allows");
        r->at++;
        r->depth++;
        v->kind = c == '{' ? LNG_JSON_OBJECT : LNG_JSON_ARRAY;
        bool fine = read_items(r, v, c == '{' ? '}' : ']');
        r->depth--;
        return fine;
    }
    if (c == '"') {
        v->kind = LNG_JSON_STRING;
        return read_string(r, &v->string);
    }
    if (c == 't' || c == 'f') {
        v->kind = LNG_JSON_BOOL;
        v->boolean = c == 't';
        return read_word(r, c == 't' ? "true" : "false");
    }
    if (c == 'n')
        return read_word(r, "null");
    return read_number(r, v);
}

const lng_json_value *lng_json_parse(lng_arena *arena, const char *text, size_t n, size_t *offset, const char **why)
{
    reader r = {.arena = arena, .start = text, .at = text, .end = text + n};
    lng_json_value *v = LNG_NEW(arena, lng_json_value);
    if (read_value(&r, v)) {
        skip_space(&r);
        if (r.at < r.end)
            bad(&r, "expected the end");
    }
    *offset = (size_t)(r.at - r.start);
    *why = r.why;
    return r.why ? NULL : v;
}

const lng_json_value *lng_json_get(const lng_json_value *object, const char *key)
{
    if (object && object->kind == LNG_JSON_OBJECT)
        for (size_t i = 0; i < object->count; i++)
            if (strcmp(object->key[i], key) == 0)
                return &object->item[i];
    return NULL;
}
