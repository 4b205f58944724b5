/* Trees to YAML that parses back to an equal tree. Flow style stays flow if it fits in a line; everything else is in block style. */
#include "config.h"
#include "doc/inside.h"
#include <string.h>

#define LINE_LENGTH 100
#define INDENT      2

/* ---- scalars ---- */

/* Whether a text needs no quotes, and in flow style is not cut by YAML (or suspected by the check for cut expressions). */
static bool is_plain(const lng_doc *d, bool flow)
{
    const char *t = d->text;
    size_t n = d->length;
    if (n == 0)
        return !flow;
    if (strchr(",[]{}#&*!|>'\"%@`", t[0]) || t[0] == ' ' || t[n - 1] == ' ' || t[n - 1] == ':')
        return false;
    if (strchr("-?:", t[0]) && (n == 1 || t[1] == ' '))
        return false;
    if (strncmp(t, "---", 3) == 0 || strncmp(t, "...", 3) == 0 || strstr(t, ": ") || strstr(t, " #"))
        return false;
    if (flow && (strpbrk(t, ",[]{}:?") || lng_doc_balance(t, n) != 0))
        return false;
    for (size_t i = 0; i < n;) {
        uint32_t code;
        int length = lng_utf8(t + i, n - i, &code);
        if (length == 0 || !lng_doc_is_visible(code))
            return false;
        i += (size_t)length;
    }
    return true;
}

/* A literal block shows lines as they are: its first line must not be indented, and no character may need an escape. */
static bool is_literal(const lng_doc *d)
{
    const char *t = d->text;
    size_t n = d->length;
    if (n == 0 || strchr(" \t\n", t[0]) || !strchr(t, '\n'))
        return false;
    for (size_t i = 0; i < n;) {
        uint32_t code;
        int length = lng_utf8(t + i, n - i, &code);
        bool blank = t[i] == ' ' || t[i] == '\t';
        if (length == 0 || !(lng_doc_is_visible(code) || code == '\t' || code == '\n') ||
            (blank && (i + 1 == n || t[i + 1] == '\n')))
            return false;
        i += (size_t)length;
    }
    return true;
}

static void put(lng_text *out, const char *text)
{
    lng_text_put(out, text, strlen(text));
}

void lng_doc_quote(lng_text *out, const char *text, size_t length)
{
    put(out, "\"");
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        int n = lng_utf8(text + i, length - i, &code);
        if (n == 0)
            put(out, "\\uFFFD");
        else if (code == '"' || code == '\\')
            lng_text_add(out, "\\%c", (char)code);
        else if (code == '\n' || code == '\t')
            put(out, code == '\n' ? "\\n" : "\\t");
        else if (lng_doc_is_visible(code))
            lng_text_put(out, text + i, (size_t)n);
        else
            lng_text_add(out, code < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)code);
        i += n ? (size_t)n : 1;
    }
    put(out, "\"");
}

static void put_scalar(lng_text *out, const lng_doc *d, bool flow)
{
    if (!d->quoted && is_plain(d, flow))
        lng_text_put(out, d->text, d->length);
    else
        lng_doc_quote(out, d->text, d->length);
}

static void put_literal(lng_text *out, const lng_doc *d, int indent)
{
    const char *t = d->text, *end = t + d->length;
    bool closed = end[-1] == '\n', more = closed && end[-2] == '\n';
    put(out, !closed ? "|-" : more ? "|+" : "|");
    while (t < end) {
        const char *stop = memchr(t, '\n', (size_t)(end - t));
        size_t n = (size_t)((stop ? stop : end) - t);
        lng_text_add(out, "\n%*s", n ? indent : 0, "");
        lng_text_put(out, t, n);
        t += n + 1;
    }
}

/* ---- collections in a line ---- */

/* Appends the node in flow style; false as soon as this is impossible, or longer than the line. */
static bool put_flow(lng_text *out, const lng_doc *d, size_t most)
{
    if (d->kind == LNG_DOC_SCALAR) {
        if (d->block || (d->length == 0 && !d->quoted))
            return false;
        put_scalar(out, d, true);
        return out->length <= most;
    }
    bool mapping = d->kind == LNG_DOC_MAPPING;
    put(out, mapping ? "{" : "[");
    for (size_t i = 0; i < d->count; i++) {
        if (i > 0)
            put(out, ", ");
        if (mapping) {
            put_scalar(out, d->key[i], true);
            put(out, ": ");
        }
        if (!put_flow(out, d->item[i], most))
            return false;
    }
    put(out, mapping ? "}" : "]");
    return out->length <= most;
}

static bool try_flow(lng_text *out, const lng_doc *d)
{
    size_t start = out->length, line = start;
    if (!d->flow && d->count > 0)
        return false;
    while (line > 0 && out->at[line - 1] != '\n')
        line--;
    if (put_flow(out, d, d->count > 0 ? line + LINE_LENGTH : SIZE_MAX))
        return true;
    out->length = start;
    out->at[start] = 0;
    return false;
}

/* ---- blocks ---- */

static void put_block(lng_text *out, const lng_doc *d, int indent);

/* What follows `key:` or `-`; a collection's own lines are indented by `indent`. */
static void put_item(lng_text *out, const lng_doc *d, int indent, bool after_dash)
{
    if (d->kind == LNG_DOC_SCALAR) {
        if (d->length == 0 && !d->quoted)
            return;
        put(out, " ");
        if ((d->block || !d->quoted) && is_literal(d))
            put_literal(out, d, indent);
        else
            put_scalar(out, d, false);
        return;
    }
    put(out, " ");
    if (try_flow(out, d))
        return;
    if (!after_dash) {
        out->length--; /* the space */
        lng_text_add(out, "\n%*s", indent, "");
    }
    put_block(out, d, indent);
}

/* The first line continues the text; the others start with `indent` spaces. */
static void put_block(lng_text *out, const lng_doc *d, int indent)
{
    for (size_t i = 0; i < d->count; i++) {
        if (i > 0)
            lng_text_add(out, "\n%*s", indent, "");
        if (d->kind == LNG_DOC_MAPPING) {
            put_scalar(out, d->key[i], false);
            put(out, ":");
        } else {
            put(out, "-");
        }
        put_item(out, d->item[i], indent + INDENT, d->kind == LNG_DOC_SEQUENCE);
    }
}

void lng_doc_write(lng_text *out, const lng_doc *d)
{
    if (d->kind == LNG_DOC_SCALAR)
        put_scalar(out, d, false);
    else if (!try_flow(out, d))
        put_block(out, d, 0);
    put(out, "\n");
}
