/* The doc room: trees and places, what YAML has and this language lacks, limits, writing. */
#include "doc/inside.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lng_doc *sequence(void)
{
    lng_doc *d = LNG_NEW(arena, lng_doc);
    d->kind = LNG_DOC_SEQUENCE;
    return d;
}

static void append(lng_doc *list, lng_doc *item)
{
    lng_doc_push(arena, list, NULL, item);
}

static lng_doc *parse_n(const char *text, size_t n)
{
    lng_source *s = LNG_NEW(arena, lng_source);
    *s = (lng_source){"m.yaml", lng_copy_n(arena, text, n), n};
    lng_errors_clear(errors);
    lng_doc *d = lng_doc_parse(arena, s, errors);
    ck_assert_int_eq(d == NULL, lng_errors_count(errors) > 0);
    return d;
}

static lng_doc *parse(const char *text)
{
    return parse_n(text, strlen(text));
}

static lng_doc *parse_well(const char *text)
{
    lng_doc *d = parse(text);
    ck_assert_msg(d != NULL, "%s:\n%s", text, lng_errors_text(errors, 0));
    return d;
}

static const char *text_of(const lng_doc *mapping, const char *key)
{
    const lng_doc *d = lng_doc_get(mapping, key);
    return d && d->kind == LNG_DOC_SCALAR ? d->text : "(none)";
}

/* ---- trees ---- */

START_TEST(tree_of_a_document)
{
    lng_doc *d = parse_well("name: lenet5\n"
                            "graph:\n"
                            "  - image / 255\n"
                            "  - conv2d: {filters: 6, kernel: [2, 2]}\n"
                            "note: |\n  two\n  lines\n"
                            "empty:\n'yes': \"no\"\n");
    ck_assert(d->kind == LNG_DOC_MAPPING && d->count == 5 && !d->flow);
    ck_assert_str_eq(text_of(d, "name"), "lenet5");
    ck_assert_str_eq(text_of(d, "note"), "two\nlines\n");
    ck_assert(lng_doc_get(d, "note")->block && lng_doc_get(d, "note")->quoted);
    ck_assert(lng_doc_is_null(lng_doc_get(d, "empty")));
    ck_assert(lng_doc_get(d, "yes")->quoted && d->key[4]->quoted && !d->key[0]->quoted);
    lng_doc *graph = lng_doc_get(d, "graph");
    ck_assert(graph->kind == LNG_DOC_SEQUENCE && graph->count == 2 && !graph->flow);
    ck_assert_str_eq(graph->item[0]->text, "image / 255");
    lng_doc *with = lng_doc_get(graph->item[1], "conv2d");
    ck_assert(with->flow && with->count == 2 && lng_doc_get(with, "kernel")->flow);
    ck_assert_ptr_null(lng_doc_get(d, "none"));
    ck_assert_ptr_null(lng_doc_get(graph, "name"));
    ck_assert_ptr_null(lng_doc_get(NULL, "name"));
}
END_TEST

static void check_place(lng_place p, int line, int column, int width)
{
    ck_assert_msg(p.line == line && p.column == column && p.width == width, "%d:%d+%d instead of %d:%d+%d", p.line, p.column,
                  p.width, line, column, width);
}

START_TEST(places)
{
    lng_doc *d = parse_well("\xef\xbb\xbf\xc3\xa9t\xc3\xa9: 'x y'\r\nflow: {a: 1, b: [2, 33]}\r\nlist:\r\n- one\r\n-   two\r\n");
    check_place(d->place, 1, 1, 1);
    check_place(d->key[0]->place, 1, 1, 3); /* characters, not bytes; the byte-order mark is none */
    check_place(d->item[0]->place, 1, 6, 5);
    check_place(d->item[1]->place, 2, 7, 18);
    check_place(lng_doc_get(d->item[1], "b")->item[1]->place, 2, 21, 2);
    check_place(d->item[2]->place, 4, 1, 1);
    check_place(d->item[2]->item[1]->place, 5, 5, 3);
}
END_TEST

/* The place of the first X of a scalar's text. */
static lng_place place_of_x(const char *text)
{
    lng_doc *d = lng_doc_get(parse_well(text), "k");
    const char *x = strchr(d->text, 'X');
    ck_assert_ptr_nonnull(x);
    return lng_doc_place_at(d, (size_t)(x - d->text), 1);
}

START_TEST(places_inside_scalars)
{
    check_place(place_of_x("k: a + X"), 1, 8, 1);
    check_place(place_of_x("k: \xc3\xa9\xe6\xbc\xa2 X"), 1, 7, 1);
    check_place(place_of_x("k: 'a X'"), 1, 7, 1);
    check_place(place_of_x("k: 'it''s X'"), 1, 11, 1);
    check_place(place_of_x("k: \"a\\n\\x41\\u00e9\\U0001F600X\""), 1, 28, 1);
    check_place(place_of_x("k: one\n   two X\n"), 2, 8, 1);
    check_place(place_of_x("k: one  \r\n\r\n   two X\r\n"), 3, 8, 1);
    check_place(place_of_x("k: \"one\n\n  X\""), 3, 3, 1);
    check_place(place_of_x("k: \"one \\\n    X\""), 2, 5, 1);
    check_place(place_of_x("k: \"one\n  tw\\\"o X\""), 2, 9, 1);
}
END_TEST

START_TEST(places_inside_blocks_and_overrides)
{
    lng_doc *d = lng_doc_get(parse_well("k: |\n  a X\n"), "k");
    check_place(lng_doc_place_at(d, 2, 1), 1, 4, 1);
    lng_source made = {"--set", "train.batch=1 + X", 17};
    lng_doc *s = lng_doc_scalar(arena, "1 + X", (lng_place){&made, 1, 13, 5});
    check_place(lng_doc_place_at(s, 4, 1), 1, 17, 1);
    s = lng_doc_scalar(arena, "another text", (lng_place){&made, 1, 13, 5});
    check_place(lng_doc_place_at(s, 4, 1), 1, 13, 5); /* the source says something else: no place inside */
    s = lng_doc_scalar(arena, "x", (lng_place){0});
    check_place(lng_doc_place_at(s, 0, 1), 0, 0, 0);
    ck_assert_int_eq(lng_doc_place_at(d, 1000, 1).line, 1);
    d = lng_doc_get(parse_well("k: a +"), "k");
    check_place(lng_doc_place_at(d, d->length, 1), 1, 7, 1); /* the end */
}
END_TEST

START_TEST(line_ends_and_marks_make_no_difference)
{
    static const char *const texts[] = {"a: 1\nb: [x, y]\nc: |\n  t\n  u\n", "a: 1\r\nb: [x, y]\r\nc: |\r\n  t\r\n  u\r\n",
                                        ("\xef\xbb\xbf"
                                         "a: 1\nb: [x, y]\nc: |\n  t\n  u\n"),
                                        "---\na: 1\nb: [x, y]\nc: |\n  t\n  u\n...\n",
                                        "# x\na: 1 # x\nb: [x, y]\nc: |\n  t\n  u\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lng_text out = lng_text_new(arena);
        lng_doc_write(&out, parse_well(texts[i]));
        ck_assert_str_eq(out.at, texts[0]);
    }
}
END_TEST

/* ---- mistakes ---- */

typedef struct mistake {
    const char *text, *error; /* the first error, as in lng_errors_text; "+" after it: others follow */
} mistake;

static const mistake mistakes[] = {
    {"a: &x 1", "1:4: error[yaml-feature]: anchors are not part of this language"},
    {"a: *x", "1:4: error[yaml-feature]: aliases are not part of this language"},
    {"a: !!int 1", "1:4: error[yaml-feature]: tags are not part of this language"},
    {"a: !x {}", "1:4: error[yaml-feature]: tags are not part of this language"},
    {"a: !x [b]", "1:4: error[yaml-feature]: tags are not part of this language"},
    {"a: ! b", "1:4: error[yaml-feature]: tags are not part of this language"},
    {"a: !x!y b", "1:4: error[yaml-feature]: tags are not part of this language"},
    {"<<: {a: 1}", "1:1: error[yaml-feature]: merge keys are not part of this language"},
    {"a: {<<: 1}", "1:5: error[yaml-feature]: merge keys are not part of this language"},
    {"a: 1\n---\nb: 2", "2:1: error[yaml-feature]: a second document starts here"},
    {"a: 1\n...\n---\n", "3:1: error[yaml-feature]: a second document starts here"},
    {"%YAML 1.1\n---\na: 1", "1:1: error[yaml-feature]: YAML directives are not part of this language"},
    {"%TAG ! x\n---\na: 1", "1:1: error[yaml-feature]: YAML directives are not part of this language"},
    {"a: 1\nb: 2\na: 3", "3:1: error[duplicate-key]: `a` is defined twice"},
    {"a: {b: 1, \"b\": 2}", "1:11: error[duplicate-key]: `b` is defined twice"},
    {"", "1:1: error[yaml-syntax]: the document is empty"},
    {"\xef\xbb\xbf", "1:1: error[yaml-syntax]: the document is empty"},
    {"# nothing\n", "1:1: error[yaml-syntax]: the document is empty"},
    {"---\n", "1:1: error[yaml-syntax]: the document is empty"},
    {"a: \xff", "1:4: error[yaml-syntax]: byte 0xff is not valid UTF-8"},
    {"a: 1\n\xc3\xa9\xc3(", "2:2: error[yaml-syntax]: byte 0xc3 is not valid UTF-8"},
    {"a: \xed\xa0\x80", "1:4: error[yaml-syntax]: byte 0xed is not valid UTF-8"},
    {"\xff\xfe"
     "a",
     "1:1: error[yaml-syntax]: this is UTF-16 text"},
    {"\xfe\xff"
     "a",
     "1:1: error[yaml-syntax]: this is UTF-16 text"},
    {"a: \033[1m", "1:4: error[yaml-syntax]: the character U+001B is not allowed in a file"},
    {"a: \xe2\x80\xa8", "1:4: error[yaml-syntax]: the character U+2028 is not allowed in a file"},
    {"a: \xef\xbb\xbf", "1:4: error[yaml-syntax]: the character U+FEFF is not allowed in a file"},
    {"a: \"\\0\"", "1:4: error[yaml-syntax]: a text cannot contain a NUL"},
    {"[a, b]: 1", "1:1: error[yaml-syntax]: a key must be text, not a sequence"},
    {"a: {{x}}", "1:5: error[yaml-syntax]: a key must be text, not a mapping"},
    {"? \n: 1", "1:2: error[yaml-syntax]: a key is missing before `:`"},
    {"{'': 1}", "1:2: error[yaml-syntax]: a key is missing before `:`"},
    {"a:\n\tb: 1", "2:1: error[yaml-syntax]: tabs cannot be used for indentation"},
    {"a: @x", "1:4: error[yaml-syntax]: a text cannot start with `@`"},
    {"a: * 2", "1:4: error[yaml-syntax]: a text cannot start with `*`"},
    {"a: 'b\nc: 1", "1:4: error[yaml-syntax]: this quote is never closed"},
    {"a: [b\nc: 1", "2:2: error[yaml-syntax]: expected `,` or `]`"},
    {"a: 1\nb\nc: 1", "2:1: error[yaml-syntax]: expected `: ` after this key"},
    {"a:\n  b\n  c: 1", "2:3: error[yaml-syntax]: expected `: ` after this key"},
    {"a:\n  b:1\n\n  # x\n  c: 1", "2:3: error[yaml-syntax]: expected `: ` after this key"},
    {"- b c\n  d: 1", "1:3: error[yaml-syntax]: expected `: ` after this key"},
    {"a:\n  b: 1\n   c: 1", "3:4: error[yaml-syntax]: this line is indented too deeply"},
    {"a: b\n c: d: e", "2:2: error[yaml-syntax]: this line is indented too deeply"},
    {"a: 1\nb: c: d", "2:5: error[yaml-syntax]: unexpected `:`"},
    {"%x", "1:1: error[yaml-feature]: YAML directives are not part of this language"},
    {"%", "1:1: error[yaml-feature]: YAML directives are not part of this language"},
    {"\"\\0\": 1", "1:1: error[yaml-syntax]: a text cannot contain a NUL"},
    {"a: b: c", "1:5: error[yaml-syntax]: unexpected `:`"},
    {"a: - b", "1:4: error[yaml-syntax]: unexpected item"},
    {"a: \"\\q\"", "1:5: error[yaml-syntax]: unknown escape"},
    {"a: \"x\" + b", "1:8: error[yaml-syntax]: expected a key, in the same column as the mapping's other keys"},
};

START_TEST(mistakes_have_places)
{
    const mistake *m = &mistakes[_i];
    ck_assert_ptr_null(parse(m->text));
    ck_assert_str_eq(lng_errors_text(errors, 0), lng_format(arena, "m.yaml:%s", m->error));
    ck_assert_msg(lng_errors_count(errors) == 1, "%s", rendered(false));
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
}
END_TEST

START_TEST(nul_bytes)
{
    ck_assert_ptr_null(parse_n("a: 1\nb\0: 2", 10));
    ck_assert_str_eq(lng_errors_text(errors, 0), "m.yaml:2:2: error[yaml-syntax]: a NUL byte: this is not a text file");
}
END_TEST

START_TEST(all_mistakes_in_one_go)
{
    ck_assert_ptr_null(parse("a: &x 1\nb: *x\na: !t 2\n<<: 3\nc: {d: 1, d: 2, d: 3}\n"));
    ck_assert_int_eq((int)lng_errors_count(errors), 7);
    ck_assert_ptr_nonnull(strstr(rendered(false), "m.yaml:1:1: note: first defined here\n"));
}
END_TEST

START_TEST(the_same_mistakes_again)
{
    const lng_source s = {"m.yaml", "a: *b", 5};
    ck_assert_ptr_null(lng_doc_parse(arena, &s, errors));
    ck_assert_ptr_null(lng_doc_parse(arena, &s, errors)); /* recorded once, refused twice */
    ck_assert_int_eq((int)lng_errors_count(errors), 1);
}
END_TEST

/* ---- expressions that YAML cuts ---- */

typedef struct cut {
    const char *text;
    int column, width;
    const char *hint;
} cut;

static const cut cuts[] = {
    {"k: {p: f(a, b)}", 8, 7, "\"f(a, b)\""},
    {"k: {p: f(a, b), q: 1}", 8, 7, "\"f(a, b)\""},
    {"k: {p: f(a, g(b, c), d) + 1, q: 1}", 8, 20, "\"f(a, g(b, c), d) + 1\""},
    {"k: [f(a, b)]", 5, 7, "\"f(a, b)\""},
    {"k: {W: init([n, u])}", 8, 12, "\"init([n, u])\""},
    {"k: {in: x[h, w], q: 1}", 9, 7, "\"x[h, w]\""},
    {"k: [x[0]]", 5, 4, "\"x[0]\""},
    {"k: {p: f(\"a\", b)}", 8, 9, "'f(\"a\", b)'"},
    {"k: {\xc3\xa9: f(\xc3\xa9, b)}", 8, 7, "\"f(\xc3\xa9, b)\""},
    {"k: {p: f(a,\n  b)}", 8, 3, NULL},
};

START_TEST(cut_expressions)
{
    const cut *c = &cuts[_i];
    ck_assert_ptr_null(parse(c->text));
    ck_assert_msg(lng_errors_count(errors) == 1, "%s", rendered(false));
    ck_assert_str_eq(
        lng_errors_text(errors, 0),
        lng_format(arena, "m.yaml:1:%d: error[yaml-syntax]: inside {} and [], YAML cuts this expression at its comma or bracket",
                   c->column));
    const char *caret = strchr(rendered(false), '^');
    ck_assert_int_eq(1 + (int)strspn(caret + 1, "~"), c->width);
    ck_assert_ptr_nonnull(
        strstr(caret, lng_format(arena, "quote this expression%s%s\n", c->hint ? ": " : "", c->hint ? c->hint : "")));
}
END_TEST

START_TEST(each_cut_expression_is_reported)
{
    ck_assert_ptr_null(parse("a: {p: f(a, b), q: g(a, b)}\nb: [h(1, 2)]\nc: {d: 1, d: 2}\n"));
    ck_assert_msg(lng_errors_count(errors) == 4, "%s", rendered(false));
}
END_TEST

START_TEST(whole_expressions_are_left_alone)
{
    lng_doc *d =
        parse_well("a: {p: \"f(a, b)\", q: f(a), s: (a + b) * c, t: [1, 2]}\nb: f(a, [b, c])\nc:\n  - x[1, 2] ? y\n  - it + [1]\n");
    ck_assert_str_eq(text_of(d, "b"), "f(a, [b, c])");
    ck_assert_str_eq(text_of(lng_doc_get(d, "a"), "s"), "(a + b) * c");
}
END_TEST

/* ---- limits ---- */

static void check_limit(const char *text, size_t n)
{
    ck_assert_ptr_null(parse_n(text, n));
    ck_assert_msg(lng_errors_code(errors, 0) == LNG_E_LIMIT, "%s", lng_errors_text(errors, 0));
}

static char *repeat(const char *part, size_t times)
{
    size_t n = strlen(part);
    char *text = lng_alloc(arena, n * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * n, part, n);
    return text;
}

START_TEST(depth_is_limited)
{
    static const char *const openings[] = {"[", "{", "- ", "? ", "[{a: ", "{a: ["};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        size_t n = strlen(openings[i]), times = (1 << 20) / n;
        check_limit(repeat(openings[i], times), n * times);
    }
    char *deep = lng_alloc(arena, 200);
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    ck_assert_ptr_nonnull(parse_n(deep, 128));
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    check_limit(deep, 130);
    ck_assert_str_eq(lng_errors_text(errors, 0), "m.yaml:1:65: error[limit]: nested deeper than 64 levels");
}
END_TEST

START_TEST(sizes_are_limited)
{
    check_limit(repeat("a", 1 << 20), 1 << 20);
    check_limit(repeat("'", 1 << 20), 1 << 20);
    check_limit(repeat("- a\n", 200000), 800000);
    check_limit(repeat("a: 1\n", 100000), 500000);
    check_limit(repeat("#", LNG_DOC_MAX_BYTES + 1), LNG_DOC_MAX_BYTES + 1);
    check_limit(lng_format(arena, "%s: 1", repeat("k", 201)), 204);
    ck_assert_ptr_nonnull(parse_n(lng_format(arena, "%s: 1", repeat("k", 200)), 203));
    ck_assert_ptr_nonnull(parse_n(repeat("a", LNG_DOC_MAX_SCALAR), LNG_DOC_MAX_SCALAR));
    ck_assert_ptr_nonnull(parse_n(repeat("- a\n", 199999), 4 * 199999));
}
END_TEST

START_TEST(floods_of_mistakes_are_capped)
{
    static const char *const floods[] = {"- &a x\n", "- *a\n", "- !a x\n", "- [f(a, b)]\n", "\"\" ", "&a ",
                                         "\t",       ": ",     "a: ",      "{a: [",         "\xff"};
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        size_t n = strlen(floods[i]), times = (1 << 20) / n;
        ck_assert_ptr_null(parse_n(repeat(floods[i], times), n * times));
        ck_assert_int_le((int)lng_errors_count(errors), 110);
        ck_assert_uint_lt(strlen(rendered(false)), 100000);
    }
}
END_TEST

START_TEST(many_keys_are_no_work)
{
    lng_text t = lng_text_new(arena);
    for (int i = 0; i < 90000; i++)
        lng_text_add(&t, "key%d: 1\n", i * 7 % 90000);
    ck_assert_ptr_nonnull(parse_n(t.at, t.length));
    lng_text_add(&t, "key5: 1\n");
    ck_assert_ptr_null(parse_n(t.at, t.length));
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_DUPLICATE);
}
END_TEST

START_TEST(failing_allocations)
{
    static const char text[] = "a: [1, 2, {b: c}]\nd: &x *x\na: 2\ne: {p: f(a, b)}\n";
    for (int forever = 0; forever < 2; forever++)
        for (int n = 1;; n++) {
            lng_arena *small = lng_arena_new();
            const lng_source s = {"m.yaml", text, strlen(text)};
            lng_errors_clear(errors);
            fail_allocation(n, forever);
            ck_assert_ptr_null(lng_doc_parse(small, &s, errors));
            bool struck = fail_allocation(0, false) == 0, told = false;
            for (size_t i = 0; i < lng_errors_count(errors); i++)
                told |= lng_errors_code(errors, i) == LNG_E_MEMORY;
            ck_assert_int_eq(told, struck);
            lng_arena_free(small);
            if (!struck)
                break;
        }
}
END_TEST

/* ---- making and writing ---- */

static bool equal(const lng_doc *a, const lng_doc *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == LNG_DOC_SCALAR)
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0 && lng_doc_is_null(a) == lng_doc_is_null(b) &&
               (!a->quoted || b->quoted);
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!equal(a->item[i], b->item[i]) || (a->kind == LNG_DOC_MAPPING && !equal(a->key[i], b->key[i])))
            return false;
    return true;
}

static const char *write(const lng_doc *d)
{
    lng_text out = lng_text_new(arena);
    lng_doc_write(&out, d);
    return out.at;
}

static void check_round_trip(const lng_doc *d)
{
    const char *text = write(d);
    lng_doc *back = parse(text);
    ck_assert_msg(back != NULL, "%s%s", text, rendered(false));
    ck_assert_msg(equal(d, back), "%s", text);
    ck_assert_str_eq(write(back), text);
}

START_TEST(writing_is_pleasant)
{
    static const char text[] = "lngraph: 1\n"
                               "name: lenet5\n"
                               "data: {source: mnist, validation: {last: 0.1}}\n"
                               "in: image[28, 28, 1], label\n"
                               "graph:\n"
                               "  - image / 255\n"
                               "  - conv2d: {filters: 6, kernel: 2, activation: sigmoid}\n"
                               "  - block:\n"
                               "      a: 1\n"
                               "    as: x\n"
                               "  - - nested\n"
                               "    - list\n"
                               "let:\n"
                               "  h, c: lstm(x)\n"
                               "  p: {q: \"f(a, b)\", r: -1, s: a + b}\n"
                               "none:\n"
                               "nothing: {}\n"
                               "note: |\n"
                               "  two\n"
                               "\n"
                               "    lines\n"
                               "strip: |-\n"
                               "  a\n"
                               "  b\n";
    ck_assert_str_eq(write(parse_well(text)), text);
    lng_doc *wide = parse_well(
        "k: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, c: [ddddddddddddddddddd,\n  eeeeeee]}");
    ck_assert_str_eq(
        write(wide),
        "k:\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n  c: [ddddddddddddddddddd, eeeeeee]\n");
}
END_TEST

/* clang-format off */
static const char *const scalars[] = {
    /* blank, plain, with blanks at an end */
    "", " ", "a", "a b", " a", "a ", "\ta", "a\tb",
    /* with a colon */
    "a:", "a: b", "a: ", "a :b", "a:b", ":a", ": a", ":",
    /* what YAML reads as something else */
    "-", "- a", "-1", "-a", "--- a", "---", "...", "?", "? a", "?a", "a?b", "#", "a #b", "a#b", "#a", "&a", "*a", "!a", "|", ">", "@a",
    "`a`", "%a", "<<", "=", "null", "~", "true", "no", "1e-3", "0x1p3",
    /* with quotes, brackets, commas, backslashes */
    "'a", "it's", "\"", "say \"x\"", "[", "]", "{", "}", "[a]", "a[1, 2]", "f(a, b)", "(", "a)", "a, b", ",", "\\", "\\n",
    /* of several lines */
    "a\nb", "a\nb\n", "a\nb\n\n", "\na", "\n", "a\n", " a\nb", "a \nb", "a\n\n\nb", "a\n b", "a\n\tb", "a\n: b", "- a\n- b",
    "# a\n# b", "key: |\n  x\n",
    /* beyond ASCII */
    "\xc3\xa9", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xf0\x9f\x98\x80", "\xc2\xa0",
    /* expressions */
    "x if a else b",
};
/* clang-format on */

static lng_doc *scalar(const char *text, bool quoted, bool block)
{
    lng_doc *d = lng_doc_scalar(arena, text, (lng_place){0});
    d->quoted = quoted;
    d->block = block;
    return d;
}

/* A list [s, s, {k: s}], and a mapping {k: s, s: s, list: the list, last: the list}. */
static void check_places_of(const lng_doc *s, bool flow)
{
    lng_doc *map = lng_doc_mapping(arena, (lng_place){0}), *list = sequence();
    map->flow = list->flow = flow;
    lng_doc_set(arena, map, "k", lng_doc_copy(arena, s));
    append(list, lng_doc_copy(arena, s));
    append(list, lng_doc_copy(arena, s));
    append(list, lng_doc_copy(arena, map));
    if (s->length > 0) {
        lng_doc_set(arena, map, s->text, lng_doc_copy(arena, s));
        map->key[map->count - 1]->quoted = true; /* or it might be a merge key */
    }
    lng_doc_set(arena, map, "list", lng_doc_copy(arena, list));
    lng_doc_set(arena, map, "last", lng_doc_copy(arena, list));
    check_round_trip(list);
    check_round_trip(map);
}

START_TEST(every_scalar_survives)
{
    const lng_doc *const style[] = {scalar(scalars[_i], false, false), scalar(scalars[_i], true, false),
                                    scalar(scalars[_i], true, true)};
    for (int i = 0; i < LENGTH(style); i++) {
        if (style[i]->length > 0)
            check_round_trip(style[i]);
        check_places_of(style[i], false);
        check_places_of(style[i], true);
    }
}
END_TEST

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static lng_doc *random_tree(unsigned *state, int depth)
{
    static const char letters[] = "abc  ::--##[]{}(),,\"'\n\n\t\\?!&*|>%@~01.\xc3\xa9";
    unsigned kind = next_random(state) % (depth > 5 ? 1 : 4);
    if (kind < 2) {
        char text[12];
        size_t n = 1 + next_random(state) % 10;
        for (size_t i = 0; i < n; i++)
            text[i] = letters[next_random(state) % (sizeof letters - 3)];
        text[n] = 0;
        const bool quoted = next_random(state) % 2;
        return scalar(text, quoted, quoted && next_random(state) % 2);
    }
    lng_doc *d = kind == 2 ? lng_doc_mapping(arena, (lng_place){0}) : sequence();
    d->flow = next_random(state) % 2;
    for (unsigned i = next_random(state) % 5; i > 0; i--) {
        lng_doc *item = random_tree(state, depth + 1);
        if (kind == 3) {
            append(d, item);
            continue;
        }
        lng_doc *key = random_tree(state, 9);
        lng_doc_set(arena, d, key->text, item);
        for (size_t k = 0; k < d->count; k++)
            d->key[k]->quoted = true; /* also a merge key */
    }
    return d;
}

START_TEST(random_trees_survive)
{
    unsigned state = 309;
    for (int i = 0; i < 3000; i++)
        check_round_trip(random_tree(&state, 0));
}
END_TEST

START_TEST(changing_trees)
{
    lng_doc *d = parse_well("train: {batch: 128}\nlist: [1]\n");
    lng_doc *copy = lng_doc_copy(arena, d);
    lng_doc_set(arena, lng_doc_get(d, "train"), "batch", lng_doc_scalar(arena, "100", d->place));
    lng_doc_set(arena, lng_doc_get(d, "train"), "steps", lng_doc_scalar(arena, "50", d->place));
    for (int i = 0; i < 20; i++)
        append(lng_doc_get(d, "list"), lng_doc_scalar(arena, "2", d->place));
    ck_assert_str_eq(write(d),
                     "train: {batch: 100, steps: 50}\nlist: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]\n");
    ck_assert_str_eq(write(copy), "train: {batch: 128}\nlist: [1]\n");
}
END_TEST

START_TEST(reading_files)
{
    const lng_source *s = NULL;
    ck_assert_ptr_null(lng_doc_read(arena, "/nonexistent/m.yaml", &s, errors));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    lng_errors_clear(errors);
    ck_assert_ptr_null(lng_doc_read(arena, "/dev/zero", &s, errors));
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    lng_errors_clear(errors);
    ck_assert_ptr_null(lng_doc_read(arena, "/", &s, errors));
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    const char *path = in_folder("m.yaml");
    FILE *f = fopen(path, "w");
    ck_assert(f && fputs("a: 1\n", f) >= 0 && fclose(f) == 0);
    lng_errors_clear(errors);
    lng_doc *d = lng_doc_read(arena, path, &s, errors);
    ck_assert(d && s && s->length == 5 && strcmp(s->name, path) == 0 && d->place.source == s);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(tree_of_a_document),
        TEST(places),
        TEST(places_inside_scalars),
        TEST(places_inside_blocks_and_overrides),
        TEST(line_ends_and_marks_make_no_difference),
        LOOP(mistakes_have_places, LENGTH(mistakes)),
        TEST(nul_bytes),
        TEST(all_mistakes_in_one_go),
        TEST(the_same_mistakes_again),
        LOOP(cut_expressions, LENGTH(cuts)),
        TEST(each_cut_expression_is_reported),
        TEST(whole_expressions_are_left_alone),
        TEST(depth_is_limited),
        TEST(sizes_are_limited),
        TEST(floods_of_mistakes_are_capped),
        TEST(many_keys_are_no_work),
        TEST(failing_allocations),
        TEST(writing_is_pleasant),
        LOOP(every_scalar_survives, LENGTH(scalars)),
        TEST(random_trees_survive),
        TEST(changing_trees),
        TEST(reading_files),
        {0},
    };
    return suite_run("doc", tests, NULL, NULL);
}
