/* Translates libyaml's complaints into the terms of this language, and says what to do about them. */
#include "config.h"
#include "doc/inside.h"
#include <ctype.h>
#include <string.h>
#include <yaml.h>

enum where { AT_PROBLEM, AT_CONTEXT };

typedef struct complaint {
    const char *problem, *text;
    enum where where;
    const char *related, *hint; /* related: what is at the context */
} complaint;

static const complaint complaints[] = {
    {"did not find expected ',' or ']'", "expected `,` or `]`", AT_PROBLEM, "the `[` is opened here", NULL},
    {"did not find expected ',' or '}'", "expected `,` or `}`", AT_PROBLEM, "the `{` is opened here", NULL},
    {"mapping values are not allowed in this context", "unexpected `:`", AT_PROBLEM, NULL,
     "quote a text that contains `: `; a key comes first on its line or inside {}"},
    {"mapping keys are not allowed in this context", "unexpected key", AT_PROBLEM, NULL, NULL},
    {"could not find expected ':'", "expected `: ` after this key", AT_CONTEXT, NULL,
     "a line of a mapping is `key: value`, with a space after the colon"},
    {"did not find expected key", "expected a key, in the same column as the mapping's other keys", AT_PROBLEM,
     "the mapping starts here", NULL},
    {"did not find expected '-' indicator", "expected `- `, in the same column as the sequence's other items", AT_PROBLEM,
     "the sequence starts here", NULL},
    {"block sequence entries are not allowed in this context", "unexpected item", AT_PROBLEM, NULL,
     "start a new line with `- `, below the key"},
    {"found unexpected end of stream", "this quote is never closed", AT_CONTEXT, NULL, NULL},
    {"found unexpected document indicator", "this quote is never closed", AT_CONTEXT, NULL, NULL},
    {"found unknown escape character", "unknown escape", AT_PROBLEM, NULL,
     "write a backslash twice inside double quotes; single quotes take it literally"},
    {"did not find expected hexdecimal number", "expected a hexadecimal number", AT_PROBLEM, NULL, NULL},
    {"found invalid Unicode character escape code", "there is no such character", AT_PROBLEM, NULL, NULL},
    {"did not find expected node content", "expected a value", AT_PROBLEM, NULL, NULL},
    {"did not find expected <document start>", "the document has ended before this", AT_PROBLEM, NULL, NULL},
    {"found an indentation indicator equal to 0", "the indentation of a block text must be 1 to 9", AT_PROBLEM, NULL, NULL},
    {"did not find expected comment or line break", "expected the end of the line", AT_PROBLEM, NULL,
     "the text after `|` or `>` starts on the next line"},
    {"found unexpected ':'", "YAML reads this `:` as the end of a key", AT_PROBLEM, NULL, "quote this text"},
};

static lng_place place_of(const lng_source *source, yaml_mark_t mark)
{
    return (lng_place){source, (int)mark.line + 1, (int)mark.column + 1, 1};
}

static char char_at(lng_place place)
{
    size_t offset = lng_place_offset(place);
    return offset < place.source->length ? place.source->text[offset] : 0;
}

static void refuse_start(lng_place place, char c, lng_errors *errors)
{
    if (c == '\t') {
        lng_error(errors, LNG_E_SYNTAX, place, "tabs cannot be used for indentation");
        lng_error_hint(errors, "use spaces");
    } else {
        lng_error(errors, LNG_E_SYNTAX, place, "a text cannot start with `%c`", c);
        lng_error_hint(errors, "quote it");
    }
}

/* ---- `key: value` below a line that YAML takes for the start of one long text ---- */

typedef struct row {
    const char *at, *end; /* without indentation and line end */
    int indent;
} row;

static row row_at(const lng_source *s, int line)
{
    const char *at = lng_source_line(s, line), *end = at, *stop = s->text + s->length;
    while (end < stop && *end != '\n' && *end != '\r')
        end++;
    row r = {at, end, 0};
    for (; r.at < r.end && *r.at == ' '; r.at++)
        r.indent++;
    while (r.end > r.at && r.end[-1] == ' ')
        r.end--;
    return r;
}

static bool has_key(const char *at, const char *end)
{
    for (; at < end; at++)
        if (*at == ':' && (at + 1 == end || at[1] == ' '))
            return true;
    return false;
}

static bool is_name(const char *at, const char *end)
{
    while (at < end && (isalnum((unsigned char)*at) || *at == '_' || *at == '.'))
        at++;
    return at == end;
}

/* The nearest line above that is neither empty nor a comment; *line becomes its number, 0 if there is none. */
static row row_above(const lng_source *s, int *line)
{
    row above = {0};
    while (--*line > 0) {
        above = row_at(s, *line);
        if (above.at < above.end && *above.at != '#')
            break;
    }
    return above;
}

static bool is_item(row r)
{
    return r.at < r.end && *r.at == '-' && (r.at + 1 == r.end || r.at[1] == ' ');
}

/* Items deeper than the one above, which opens nothing: YAML takes them for a continuation of its text. The first of them is to blame. */
static bool explain_deep_item(lng_place at, lng_errors *errors)
{
    int line = at.line, first = line;
    row here = row_at(at.source, line), above = row_above(at.source, &line);
    for (; line > 0 && is_item(here) && is_item(above) && here.indent == above.indent; above = row_above(at.source, &line))
        first = line;
    if (line == 0 || !is_item(here) || !is_item(above) || here.indent < above.indent || above.end[-1] == ':')
        return false;
    lng_error(errors, LNG_E_SYNTAX, (lng_place){at.source, first, here.indent + 1, 1}, "this item is indented too deeply");
    lng_error_hint(errors, "the items of a sequence start in the same column, here column %d", above.indent + 1);
    return true;
}

static bool lost_dash(const lng_source *source, int line, row r, lng_errors *errors)
{
    lng_error(errors, LNG_E_SYNTAX, (lng_place){source, line, r.indent + 1, 1}, "expected `- ` before this item");
    lng_error_hint(errors, "write `- %.*s`", (int)(r.end - r.at), r.at);
    return true;
}

/* A text without `- ` below items in its column. */
static bool explain_lost_dash(lng_place at, lng_errors *errors)
{
    int line = at.line;
    const row here = row_at(at.source, line), above = row_above(at.source, &line);
    return line > 0 && is_item(above) && !is_item(here) && here.indent == above.indent && !has_key(here.at, here.end) &&
           lost_dash(at.source, at.line, here, errors);
}

/* The same above them: YAML takes the items for a continuation of the text. */
static bool explain_lost_first_dash(lng_place at, lng_errors *errors)
{
    int line = at.line;
    const row here = row_at(at.source, line);
    row above = row_above(at.source, &line);
    while (line > 0 && is_item(above) && above.indent == here.indent)
        above = row_above(at.source, &line);
    return line > 0 && is_item(here) && !is_item(above) && above.indent == here.indent && !has_key(above.at, above.end) &&
           lost_dash(at.source, line, above, errors);
}

/* The line above begins left of this one and of a line further up, which both begin in one column: it is to blame. */
static bool explain_outdented(lng_place at, row here, lng_errors *errors)
{
    int line = at.line, first = 0;
    row above = row_above(at.source, &line);
    for (; line > 0 && above.indent < here.indent; above = row_above(at.source, &line))
        first = line;
    if (line == 0 || above.indent != here.indent || !has_key(above.at, above.end))
        return false;
    above = row_at(at.source, first);
    lng_error(errors, LNG_E_SYNTAX, (lng_place){at.source, first, above.indent + 1, 1},
              "this line is indented less than the lines around it");
    lng_error_hint(errors, "the keys of a mapping start in the same column, here column %d", here.indent + 1);
    return true;
}

/* The key before this `:` is the first text on its line, but the scalar began on a line above: either a `:` is missing there, or the
 * indentation here is too deep. */
static bool explain_continued(lng_place at, lng_errors *errors)
{
    int line = at.line;
    row here = row_at(at.source, at.line);
    if (has_key(here.at, at.source->text + lng_place_offset(at)) || !has_key(here.at, here.end))
        return false;
    row above = row_above(at.source, &line);
    if (line == 0)
        return false;
    if (has_key(above.at, above.end)) {
        if (here.indent <= above.indent)
            return false;
        if (explain_outdented(at, here, errors))
            return true;
        lng_error(errors, LNG_E_SYNTAX, (lng_place){at.source, at.line, here.indent + 1, 1}, "this line is indented too deeply");
        lng_error_hint(errors, "the key above already has a value; the keys of a mapping start in the same column");
        return true;
    }
    int dash = above.end - above.at > 2 && above.at[0] == '-' && above.at[1] == ' ' ? 2 : 0, width = 0;
    for (const char *c = above.at + dash; c < above.end; c++)
        width += ((unsigned char)*c & 0xc0) != 0x80;
    lng_error(errors, LNG_E_SYNTAX, (lng_place){at.source, line, above.indent + dash + 1, width}, "expected `: ` after this key");
    const char *item = above.at + dash;
    if (dash && is_name(item, above.end))
        lng_error_hint(errors, "write `- %.*s:`", (int)(above.end - item), item);
    else
        lng_error_hint(errors, "a line of a mapping is `key: value`, with a space after the colon");
    return true;
}

/* Where this line and the one above start, if the columns differ. */
static void columns_hint(lng_place at, lng_errors *errors)
{
    int line = at.line;
    const row here = row_at(at.source, line), above = row_above(at.source, &line);
    if (line > 0 && here.indent + 1 == at.column && here.indent != above.indent)
        lng_error_hint(errors, "this line starts in column %d, the one above in column %d", here.indent + 1, above.indent + 1);
}

void lng_doc_explain(const struct yaml_parser_s *yaml, const lng_source *source, lng_errors *errors)
{
    const char *problem = yaml->problem ? yaml->problem : "not understood";
    lng_place at = place_of(source, yaml->problem_mark);
    lng_place context = yaml->context ? place_of(source, yaml->context_mark) : at;
    char first = char_at(context);
    if (strncmp(problem, "found a tab", 11) == 0) {
        refuse_start(at, '\t', errors);
        return;
    }
    if (strcmp(problem, "found character that cannot start any token") == 0) {
        refuse_start(at, char_at(at), errors);
        return;
    }
    if (strcmp(problem, "did not find expected alphabetic or numeric character") == 0) {
        refuse_start(context, first, errors);
        return;
    }
    if (yaml->context && strstr(yaml->context, "directive")) {
        lng_error(errors, LNG_E_FEATURE, context, "YAML directives are not part of this language");
        lng_error_hint(errors, "remove the `%%` line");
        return;
    }
    const bool loose =
        strcmp(problem, "mapping values are not allowed in this context") == 0 || strcmp(problem, "did not find expected key") == 0;
    if ((loose || strcmp(problem, "did not find expected '-' indicator") == 0) && explain_deep_item(at, errors))
        return;
    if (loose && (explain_lost_first_dash(at, errors) || explain_continued(at, errors)))
        return;
    if (strcmp(problem, "could not find expected ':'") == 0 && explain_lost_dash(context, errors))
        return;
    if (yaml->context && first == '!') {
        lng_error(errors, LNG_E_FEATURE, context, "tags are not part of this language");
        lng_error_hint(errors, "remove the tag; quote a text that starts with `!`");
        return;
    }
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++) {
        const complaint *c = &complaints[i];
        if (strcmp(c->problem, problem) != 0)
            continue;
        lng_error(errors, LNG_E_SYNTAX, c->where == AT_CONTEXT ? context : at, "%s", c->text);
        if (c->related && yaml->context)
            lng_error_related(errors, context, "%s", c->related);
        if (c->hint)
            lng_error_hint(errors, "%s", c->hint);
        if (strcmp(problem, "did not find expected key") == 0)
            columns_hint(at, errors);
        return;
    }
    lng_error(errors, LNG_E_SYNTAX, at, "%s%s%s", problem, yaml->context ? ", " : "", yaml->context ? yaml->context : "");
}
