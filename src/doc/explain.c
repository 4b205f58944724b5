/* libyaml's complaints in the words of this language, with what to do about them. */
#include "config.h"
#include "doc/inside.h"
#include <string.h>
#include <yaml.h>

enum where { AT_PROBLEM, AT_CONTEXT };

typedef struct complaint {
    const char *problem, *text;
    enum where where;
    const char *related, *hint; /* related: what stands at the context */
} complaint;

static const complaint complaints[] = {
    {"did not find expected ',' or ']'", "expected `,` or `]`", AT_PROBLEM, "the `[` that is open here", NULL},
    {"did not find expected ',' or '}'", "expected `,` or `}`", AT_PROBLEM, "the `{` that is open here", NULL},
    {"mapping values are not allowed in this context", "a `:` that follows no key", AT_PROBLEM, NULL,
     "a text that holds `: ` is quoted; a key stands first on its line, or in `{}`"},
    {"mapping keys are not allowed in this context", "a key is not expected here", AT_PROBLEM, NULL, NULL},
    {"could not find expected ':'", "expected `: ` after this key", AT_CONTEXT, NULL, "a line of a mapping reads `key: value`"},
    {"did not find expected key", "expected a key in the column of the mapping's other keys", AT_PROBLEM, "the mapping starts here",
     NULL},
    {"did not find expected '-' indicator", "expected `- ` in the column of the sequence's other items", AT_PROBLEM,
     "the sequence starts here", NULL},
    {"block sequence entries are not allowed in this context", "an item is not expected here", AT_PROBLEM, NULL,
     "`- ` stands first on its line, below its key"},
    {"found unexpected end of stream", "this quote is never closed", AT_CONTEXT, NULL, NULL},
    {"found unexpected document indicator", "this quote is never closed", AT_CONTEXT, NULL, NULL},
    {"found unknown escape character", "unknown escape", AT_PROBLEM, NULL,
     "in double quotes a backslash is written twice; single quotes take it as it is"},
    {"did not find expected hexdecimal number", "expected a hexadecimal number", AT_PROBLEM, NULL, NULL},
    {"found invalid Unicode character escape code", "there is no such character", AT_PROBLEM, NULL, NULL},
    {"did not find expected node content", "expected a value", AT_PROBLEM, NULL, NULL},
    {"did not find expected <document start>", "the document has ended before this", AT_PROBLEM, NULL, NULL},
    {"found an indentation indicator equal to 0", "the indentation of a block text is 1 to 9", AT_PROBLEM, NULL, NULL},
    {"did not find expected comment or line break", "expected the end of the line", AT_PROBLEM, NULL,
     "the text after `|` or `>` starts on the next line"},
    {"found unexpected ':'", "a `:` that YAML takes for a key's", AT_PROBLEM, NULL, "quote this text"},
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
        lng_error(errors, LNG_E_SYNTAX, place, "a tab cannot indent");
        lng_error_hint(errors, "use spaces");
    } else {
        lng_error(errors, LNG_E_SYNTAX, place, "a text cannot start with `%c`", c);
        lng_error_hint(errors, "quote it");
    }
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
    if (yaml->context && first == '!') {
        lng_error(errors, LNG_E_FEATURE, context, "tags are not part of this language");
        lng_error_hint(errors, "leave the tag out; quote a text that starts with `!`");
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
        return;
    }
    lng_error(errors, LNG_E_SYNTAX, at, "%s%s%s", problem, yaml->context ? ", " : "", yaml->context ? yaml->context : "");
}
