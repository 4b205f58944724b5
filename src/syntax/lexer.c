/* The lexer: bytes of a scalar to tokens. Numbers are decimal; what is a number only in YAML or C is refused, with the reason. */
#include "syntax/lexer.h"
#include "doc/number.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    lng_sign sign;
} signs[] = {
    /* the longest first */
    {"**", LNG_POW}, {"//", LNG_FLOOR_DIV}, {"==", LNG_EQ},   {"!=", LNG_NE}, {"<=", LNG_LE},  {">=", LNG_GE},
    {"+", LNG_ADD},  {"-", LNG_SUB},        {"*", LNG_MUL},   {"/", LNG_DIV}, {"%", LNG_MOD},  {"@", LNG_MATMUL},
    {"<", LNG_LT},   {">", LNG_GT},         {"and", LNG_AND}, {"or", LNG_OR}, {"not", LNG_NOT}};
static const char *const marks[] = {"...", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "?"};
static const char *const words[] = {"if", "else", "for", "in", "true", "false"};
#define LONGEST_WORD 5 /* of words, and of signs made of letters */
#define COUNT(a)     (sizeof(a) / sizeof *(a))

const char *lng_sign_text(lng_sign sign)
{
    for (size_t i = 0; i < COUNT(signs); i++)
        if (signs[i].sign == sign)
            return signs[i].text;
    return sign == LNG_NEGATE ? "-" : "+";
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool same(const char *word, const char *text, size_t n)
{
    return strlen(word) == n && memcmp(word, text, n) == 0;
}

bool lng_is_name(const char *text, size_t n)
{
    if (n == 0 || !letter(text[0]))
        return false;
    for (size_t i = 1; i < n; i++)
        if (!letter(text[i]) && !digit(text[i]))
            return false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (same(words[i], text, n))
            return false;
    return !same("and", text, n) && !same("or", text, n) && !same("not", text, n);
}

static int characters(const char *text, size_t n)
{
    int count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Where the token is, from its offset and length. */
static void locate(lng_lexer *l)
{
    lng_token *t = &l->token;
    t->place = lng_doc_walk_to(&l->walk, t->offset, characters(l->doc->text + t->offset, t->length));
}

static bool bad(lng_lexer *l, size_t from, size_t to, lng_code code, const char *why)
{
    l->token = (lng_token){.kind = LNG_TOKEN_BAD, .offset = from, .length = to - from};
    l->at = l->doc->length;
    locate(l);
    return lng_error(l->errors, code, l->token.place, "`%.*s`: %s", (int)(to - from > 60 ? 60 : to - from), l->doc->text + from,
                     why);
}

/* The end of an exponent that starts at `at`; `at` itself when there is none. */
static size_t exponent_end(const char *s, size_t n, size_t at)
{
    if (at >= n || (s[at] != 'e' && s[at] != 'E'))
        return at;
    size_t digits = at + 1 + (at + 1 < n && (s[at + 1] == '+' || s[at + 1] == '-')), end = digits;
    while (end < n && digit(s[end]))
        end++;
    return end > digits ? end : at;
}

/* The end of a number that starts at `at`: digits, point, exponent. */
static size_t number_end(const char *s, size_t n, size_t at, bool *is_float)
{
    *is_float = false;
    while (at < n && digit(s[at]))
        at++;
    bool point = at < n && s[at] == '.' && !(at + 1 < n && s[at + 1] == '.');
    size_t power = exponent_end(s, n, at + point);
    if (point && at + 1 < n && letter(s[at + 1]) && power == at + 1)
        return at; /* a field: 1.x */
    *is_float = point;
    for (at += point; at < n && digit(s[at]);)
        at++;
    power = exponent_end(s, n, at);
    *is_float = *is_float || power > at;
    return power;
}

void lng_lexer_comma_hint(const lng_lexer *l, size_t at)
{
    const char *s = l->doc->text;
    if (at > 0 && at < l->doc->length && s[at] == ',')
        lng_comma_hint(s, at, s + at + 1, l->errors);
}

static void number(lng_lexer *l)
{
    const char *s = l->doc->text;
    size_t from = l->at, n = l->doc->length;
    bool is_float;
    size_t end = number_end(s, n, from, &is_float), tail = end;
    while (tail < n && (letter(s[tail]) || digit(s[tail]) || (s[tail] == '.' && tail > end)))
        tail++;
    if (tail > end) {
        bool base = s[from] == '0' && end == from + 1 && strchr("xXoObB", s[end]);
        bad(l, from, tail, LNG_E_EXPRESSION,
            base            ? "numbers must be decimal"
            : s[end] == '_' ? "digits cannot be grouped with _"
                            : "a number and a name run together");
        return;
    }
    l->token = (lng_token){.offset = from, .length = end - from};
    if (is_float) {
        l->token.kind = LNG_TOKEN_FLOAT;
        if (!lng_parse_double(s + from, end - from, &l->token.f)) {
            bad(l, from, end, LNG_E_RANGE, "this number is too large");
            return;
        }
    } else {
        l->token.kind = LNG_TOKEN_INT;
        if (end - from > 1 && s[from] == '0') {
            bad(l, from, end, LNG_E_EXPRESSION, "a leading zero means octal elsewhere; leave it out");
            if (from > 0)
                lng_lexer_comma_hint(l, from - 1);
            return;
        }
        if (!lng_parse_int(s + from, end - from, &l->token.i)) {
            bad(l, from, end, LNG_E_RANGE, "this integer does not fit in 64 bits");
            return;
        }
    }
    l->at = end;
}

static void quoted(lng_lexer *l)
{
    const char *s = l->doc->text;
    size_t from = l->at, end = from + 1;
    while (end < l->doc->length && s[end] != s[from])
        end++;
    if (end == l->doc->length) {
        bad(l, from, end, LNG_E_EXPRESSION, "the closing quote is missing");
        return;
    }
    l->token = (lng_token){.kind = LNG_TOKEN_STRING,
                           .offset = from,
                           .length = end + 1 - from,
                           .text = lng_copy_n(l->arena, s + from + 1, end - from - 1)};
    l->at = end + 1;
}

static void name(lng_lexer *l)
{
    const char *s = l->doc->text;
    size_t from = l->at, end = from;
    while (end < l->doc->length && (letter(s[end]) || digit(s[end])))
        end++;
    l->token = (lng_token){
        .kind = LNG_TOKEN_NAME, .offset = from, .length = end - from, .text = lng_copy_n(l->arena, s + from, end - from)};
    l->at = end;
    if (end - from > LONGEST_WORD)
        return;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i], l->token.text) == 0)
            l->token.kind = LNG_TOKEN_WORD;
    for (size_t i = 0; i < COUNT(signs); i++)
        if (strcmp(signs[i].text, l->token.text) == 0) {
            l->token.kind = LNG_TOKEN_SIGN;
            l->token.sign = signs[i].sign;
        }
}

static bool starts(const lng_lexer *l, const char *text)
{
    const char *at = l->doc->text + l->at;
    return *at == *text && strncmp(at, text, strlen(text)) == 0;
}

static bool is_curly_quote(const lng_lexer *l)
{
    static const char *const quotes[] = {"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d"};
    for (size_t i = 0; i < COUNT(quotes); i++)
        if (starts(l, quotes[i]))
            return true;
    return false;
}

static void sign_or_mark(lng_lexer *l)
{
    if (starts(l, ".nan") || starts(l, ".inf") || starts(l, ".NaN") || starts(l, ".Inf")) {
        bad(l, l->at, l->at + 4, LNG_E_RANGE, "numbers must be finite");
        return;
    }
    for (size_t i = 0; i < COUNT(signs); i++)
        if (starts(l, signs[i].text)) {
            l->token = (lng_token){.kind = LNG_TOKEN_SIGN,
                                   .sign = signs[i].sign,
                                   .offset = l->at,
                                   .length = strlen(signs[i].text),
                                   .text = signs[i].text};
            l->at += l->token.length;
            return;
        }
    for (size_t i = 0; i < COUNT(marks); i++)
        if (starts(l, marks[i])) {
            l->token = (lng_token){.kind = LNG_TOKEN_MARK, .offset = l->at, .length = strlen(marks[i]), .text = marks[i]};
            l->at += l->token.length;
            return;
        }
    size_t end = l->at + 1;
    while (end < l->doc->length && ((unsigned char)l->doc->text[end] & 0xC0) == 0x80)
        end++; /* the whole character */
    const char *why = is_curly_quote(l) ? "write straight quotes"
                      : starts(l, "&")  ? "write `and`"
                      : starts(l, "|")  ? "write `or`"
                      : starts(l, "^")  ? "write ** for powers"
                                        : "this is not allowed in an expression";
    bad(l, l->at, end, LNG_E_EXPRESSION, why);
}

void lng_lexer_next(lng_lexer *l)
{
    const char *s = l->doc->text;
    size_t n = l->doc->length;
    if (l->token.kind == LNG_TOKEN_BAD)
        return;
    while (l->at < n && (s[l->at] == ' ' || s[l->at] == '\t' || s[l->at] == '\n' || s[l->at] == '\r'))
        l->at++;
    if (l->at == n)
        l->token = (lng_token){.kind = LNG_TOKEN_END, .offset = n, .text = ""};
    else if (digit(s[l->at]) || (s[l->at] == '.' && l->at + 1 < n && digit(s[l->at + 1])))
        number(l);
    else if (letter(s[l->at]))
        name(l);
    else if (s[l->at] == '"' || s[l->at] == '\'')
        quoted(l);
    else
        sign_or_mark(l);
    if (l->token.kind != LNG_TOKEN_BAD)
        locate(l);
}

lng_lexer lng_lexer_new(lng_arena *arena, const lng_doc *doc, lng_errors *errors)
{
    lng_lexer l = {.arena = arena, .errors = errors, .doc = doc, .walk = lng_doc_walk_new(doc)};
    l.token.kind = LNG_TOKEN_MARK;
    lng_lexer_next(&l);
    return l;
}

bool lng_lexer_is(const lng_lexer *l, const char *text)
{
    return (l->token.kind == LNG_TOKEN_MARK || l->token.kind == LNG_TOKEN_WORD) && strcmp(l->token.text, text) == 0;
}

bool lng_lexer_take(lng_lexer *l, const char *text)
{
    if (!lng_lexer_is(l, text))
        return false;
    lng_lexer_next(l);
    return true;
}

bool lng_lexer_expected(lng_lexer *l, const char *what)
{
    const lng_token t = l->token;
    if (t.kind == LNG_TOKEN_BAD)
        return false;
    l->token.kind = LNG_TOKEN_BAD;
    if (t.kind == LNG_TOKEN_END)
        lng_error(l->errors, LNG_E_EXPRESSION, t.place, "expected %s, but the text ends here", what);
    else
        lng_error(l->errors, LNG_E_EXPRESSION, t.place, "expected %s, found `%.*s`", what, (int)(t.length > 60 ? 60 : t.length),
                  l->doc->text + t.offset);
    return false;
}
