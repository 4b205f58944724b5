/* The base room: errors, arenas, text, random numbers, the team. */
#include "base/assert.h"
#include "base/error.h"
#include "base/random.h"
#include "base/team.h"
#include "base/text.h"
#include "suite.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

/* ---- errors ---- */

static lng_source source(const char *text)
{
    return (lng_source){"m.yaml", text, strlen(text)};
}

START_TEST(error_codes_are_complete)
{
    for (int c = LNG_E_NONE + 1; c < LNG_E_COUNT; c++) {
        ck_assert_ptr_nonnull(lng_code_name((lng_code)c));
        ck_assert(*lng_code_about((lng_code)c));
        ck_assert(lng_code_status((lng_code)c) >= 1 && lng_code_status((lng_code)c) <= 6);
        for (int d = LNG_E_NONE + 1; d < c; d++)
            ck_assert_str_ne(lng_code_name((lng_code)c), lng_code_name((lng_code)d));
    }
    ck_assert_str_eq(lng_code_name((lng_code)12345), "none");
}
END_TEST

START_TEST(error_shows_line_and_caret)
{
    lng_source s = source("a: 1\nbeta: two\n");
    ck_assert(!lng_error(errors, LNG_E_TYPE, (lng_place){&s, 2, 7, 3}, "expected %s", "a number"));
    lng_error_related(errors, (lng_place){&s, 1, 1, 1}, "declared here");
    lng_error_hint(errors, "write `%d`", 2);
    ck_assert_str_eq(rendered(false), "m.yaml:2:7: error[wrong-type]: expected a number\n"
                                      "    2 | beta: two\n"
                                      "      |       ^~~\n"
                                      "m.yaml:1:1: note: declared here\n"
                                      "    1 | a: 1\n"
                                      "      | ^\n"
                                      "      = hint: write `2`\n");
    ck_assert_str_eq(lng_errors_text(errors, 0), "m.yaml:2:7: error[wrong-type]: expected a number");
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_TYPE);
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(rendered(true), "\033["));
}
END_TEST

/* The caret's column, counted from the start of the quoted text, and the number of columns it underlines. */
static void caret(const char *text, int line, int column, int width, int *at, int *wide)
{
    lng_source s = source(text);
    lng_errors_clear(errors);
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, line, column, width}, "x");
    const char *mark = strchr(rendered(false), '^');
    ck_assert_ptr_nonnull(mark);
    const char *start = mark;
    while (start[-1] != '|')
        start--;
    *at = (int)(mark - start) - 1;
    *wide = 1 + (int)strspn(mark + 1, "~");
}

START_TEST(caret_stands_right)
{
    int at, wide;
    caret("\tab", 1, 2, 2, &at, &wide); /* a tab takes four columns */
    ck_assert(at == 4 && wide == 2);
    caret("d\xc3\xa9j\xc3\xa0 x", 1, 6, 1, &at, &wide);
    ck_assert(at == 5 && wide == 1);
    caret("\xe6\xbc\xa2\xe5\xad\x97 x", 1, 2, 3, &at, &wide); /* wide characters take two */
    ck_assert(at == 2 && wide == 4);
    caret("e\xcc\x81x", 1, 3, 1, &at, &wide); /* a combining accent takes none */
    ck_assert(at == 1 && wide == 1);
    caret("\xef\xbb\xbfkey", 1, 1, 3, &at, &wide); /* a byte-order mark is not part of the line */
    ck_assert(at == 0 && wide == 3);
    caret("a\r\nb\rcd\nx", 3, 2, 99, &at, &wide); /* all line ends count; the underline stops at the line's end */
    ck_assert(at == 1 && wide == 1);
    caret("a\033[1mb", 1, 6, 1, &at, &wide); /* an escape is spelled out */
    ck_assert(at == 1 + 4 + 3 && wide == 1);
    caret("abc", 1, 4, 1, &at, &wide); /* just past the end */
    ck_assert(at == 3 && wide == 1);
    caret("abc", 1, 1000, 1, &at, &wide);
    ck_assert(at == 3 && wide == 1);
}
END_TEST

START_TEST(long_lines_are_cut_around_the_caret)
{
    enum { N = 3000 };
    char *line = malloc(N + 1);
    memset(line, 'a', N);
    line[N] = 0;
    for (int column = 1; column <= N; column += 37) {
        line[column - 1] = 'X';
        int at, wide;
        caret(line, 1, column, 1, &at, &wide);
        const char *quoted = strstr(rendered(false), "1 | ") + 4;
        ck_assert_int_le((int)strcspn(quoted, "\n"), 100);
        ck_assert_int_eq(quoted[at], 'X');
        line[column - 1] = 'a';
    }
    free(line);
}
END_TEST

/* On a terminal of some width a quoted line and its caret stay on one row, wherever the mistake is. */
START_TEST(quoted_lines_fit_the_terminal)
{
    char line[300];
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = (char)('a' + i % 26);
    const lng_source source = {"m.yaml", line, sizeof line};
    for (int width = 30; width <= 130; width += 10)
        for (int column = 1; column <= 300; column++) {
            lng_errors_clear(errors);
            lng_errors_fit(errors, width);
            lng_error(errors, LNG_E_TYPE, (lng_place){&source, 1, column, 40}, "here");
            const char *quote = strstr(rendered(false), "\n    1 | ") + 1, *caret = strchr(quote, '\n') + 1;
            ck_assert_int_le((int)(caret - quote - 1), width);
            ck_assert_int_le((int)strlen(caret) - 1, width);
            ck_assert_int_eq(quote[strchr(caret, '^') - caret], line[column - 1]);
        }
}
END_TEST

/* There a text is folded between words; elsewhere it stays on one line. */
START_TEST(texts_are_folded)
{
    static const char *const shown[] = {
        NULL, /* not on a terminal: as on a wide one */
        "models/mine.yaml: error[out-of-range]:\n"
        "      `rate` must be a number in [0,\n"
        "      1), not 3\n"
        "      = hint: one number for the whole\n"
        "        batch; see `lngraph doc\n"
        "        dropout`\n",
        "models/mine.yaml: error[out-of-range]: `rate` must be a number in [0, 1), not 3\n"
        "      = hint: one number for the whole batch; see `lngraph doc dropout`\n",
    };
    static const int widths[] = {0, 38, 80};
    const lng_source source = {.name = "models/mine.yaml"};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        lng_errors_clear(errors);
        if (widths[i])
            lng_errors_fit(errors, widths[i]);
        lng_error(errors, LNG_E_RANGE, (lng_place){.source = &source}, "`rate` must be a number in [0, 1), not 3");
        lng_error_hint(errors, "one number for the whole batch; see `lngraph doc dropout`");
        ck_assert_str_eq(rendered(false), shown[i ? i : 2]);
    }
}
END_TEST

START_TEST(nothing_raw_reaches_the_terminal)
{
    lng_source s = {"na\033me\n.yaml", "k: \033]0;x\007 \xe2\x80\xae \xff \x01\xc2\x9b", 20};
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 1, 4, 1}, "bad `%s`", "\033[2J\n\r\xe2\x80\xae\xfe");
    lng_error_hint(errors, "%s", "\033c");
    for (const char *c = rendered(false); *c; c++)
        ck_assert_msg((*c >= ' ' && *c < 0x7f) || *c == '\n', "byte %02x", (unsigned char)*c);
    ck_assert_int_eq((int)occurrences(rendered(false), "\n"), 4);
    ck_assert_ptr_nonnull(strstr(rendered(false), "<U+202E>"));
}
END_TEST

START_TEST(errors_are_sorted_counted_and_recorded_once)
{
    char text[1001];
    memset(text, '\n', 1000);
    text[1000] = 0;
    lng_source s = source(text), other = {"b.yaml", NULL, 0};
    lng_error(errors, LNG_E_IO, (lng_place){&s, 9, 2, 1}, "late");
    lng_error(errors, LNG_E_TYPE, (lng_place){&other, 1, 1, 1}, "of another file");
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 9, 1, 1}, "early");
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 9, 1, 1}, "early, second");
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 9, 1, 1}, "early");
    lng_error_hint(errors, "to an error that was not kept");
    ck_assert_int_eq((int)lng_errors_count(errors), 4);
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM); /* of the first recorded */
    ck_assert_str_eq(rendered(false), "m.yaml:9:1: error[wrong-type]: early\nm.yaml:9:1: error[wrong-type]: early, second\n"
                                      "m.yaml:9:2: error[io]: late\nb.yaml:1:1: error[wrong-type]: of another file\n");
    for (int i = 1; i <= 100; i++)
        lng_error(errors, LNG_E_TYPE, (lng_place){&s, i, 7, 1}, "number %d", i);
    ck_assert_int_eq((int)lng_errors_count(errors), 104);
    ck_assert_int_eq((int)occurrences(rendered(false), "error["), 64);
    ck_assert_ptr_nonnull(strstr(rendered(false), "\n... and 40 more\n"));
    lng_errors_clear(errors);
    ck_assert(lng_errors_status(errors) == LNG_DONE && *rendered(false) == 0);
}
END_TEST

/* A warning is shown where an error would be, but does not count as one. */
START_TEST(warnings_are_shown_but_not_counted)
{
    lng_source s = source("one\ntwo\n");
    lng_warn(errors, (lng_place){&s, 2, 1, 3}, "are you sure of %d", 2);
    lng_error_hint(errors, "there is 1");
    lng_warn(errors, (lng_place){&s, 2, 1, 3}, "are you sure of %d", 2);
    ck_assert_uint_eq(lng_errors_warnings(errors), 1);
    ck_assert(lng_errors_count(errors) == 0 && lng_errors_status(errors) == LNG_DONE && !*lng_errors_text(errors, 0));
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 1, 1, 1}, "before it");
    lng_error(errors, LNG_E_IO, (lng_place){0}, "elsewhere");
    ck_assert(lng_errors_count(errors) == 2 && lng_errors_status(errors) == LNG_BAD_INPUT);
    ck_assert_str_eq(rendered(false), "m.yaml:1:1: error[wrong-type]: before it\n    1 | one\n      | ^\n"
                                      "m.yaml:2:1: warning: are you sure of 2\n    2 | two\n      | ^~~\n      = hint: there is 1\n"
                                      "lngraph: error[io]: elsewhere\n");
    ck_assert_ptr_nonnull(strstr(rendered(true), "\033[1;35mwarning: \033[0m"));
    for (int i = 0; i < 100; i++)
        lng_warn(errors, (lng_place){0}, "number %d", i);
    ck_assert_uint_eq(lng_errors_warnings(errors), 16);
    lng_warn(NULL, (lng_place){0}, "unheard");
    lng_errors_clear(errors);
    ck_assert(lng_errors_warnings(errors) == 0 && *rendered(false) == 0);
}
END_TEST

START_TEST(long_messages_and_names_are_cut)
{
    char *name = malloc(100001);
    memset(name, 'n', 100000);
    strcpy(name + 99990, "/end.yaml");
    lng_source s = {name, NULL, 0};
    lng_error(errors, LNG_E_TYPE, (lng_place){&s, 1, 1, 1}, "%s", name);
    lng_error_hint(errors, "%s", name);
    ck_assert_int_lt((int)strlen(rendered(false)), 2000);
    ck_assert_ptr_nonnull(strstr(rendered(false), "/end.yaml:1:1: error["));
    lng_error(errors, LNG_E_IO, (lng_place){0}, "nowhere");
    ck_assert_ptr_nonnull(strstr(rendered(false), "lngraph: error[io]: nowhere\n"));
    free(name);
}
END_TEST

/* ---- arenas ---- */

static bool is_zero(const unsigned char *at, size_t n)
{
    unsigned char all = 0;
    for (size_t i = 0; i < n; i++)
        all |= at[i];
    return all == 0;
}

START_TEST(arena_memory_is_zero_and_aligned)
{
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *at = lng_alloc(arena, n);
        ck_assert_int_eq((int)((uintptr_t)at % 16), 0);
        ck_assert(is_zero(at, n));
        memset(at, 0xff, n);
    }
    char *big = lng_alloc(arena, 5 << 20);
    ck_assert(big[0] == 0 && big[(5 << 20) - 1] == 0);
    size_t capacity = 0;
    int *grown = NULL;
    for (size_t i = 0; i < 10000; i++) {
        grown = lng_grow(arena, grown, i, &capacity, sizeof *grown);
        grown[i] = (int)i;
    }
    int wrong = 0;
    for (int i = 0; i < 10000; i++)
        wrong += grown[i] != i;
    ck_assert_int_eq(wrong, 0);
    ck_assert_str_eq(lng_format(arena, "%s-%d", "x", 7), "x-7");
    ck_assert_str_eq(lng_copy_n(arena, "abcdef", 3), "abc");
}
END_TEST

static char order[8];
static void note(void *what)
{
    strcat(order, what);
}

/* Two attempts in one arena, one within the other: what each of them reached. */
typedef struct nested {
    lng_arena *arena;
    bool inner_ended, inner_failed, outer_ended;
} nested;

static void run_out(void *context)
{
    nested *n = context;
    lng_alloc(n->arena, 9000);
    lng_alloc(n->arena, 9000); /* the fourth, with the two registrations */
    n->inner_ended = true;
}

static void nest(void *context)
{
    nested *n = context;
    lng_arena_defer(n->arena, note, "a");
    lng_arena_defer(n->arena, note, "b");
    n->inner_failed = !lng_protect(n->arena, run_out, n);
    lng_alloc_n(n->arena, SIZE_MAX / 8, 16); /* overflows */
    n->outer_ended = true;
}

START_TEST(arena_unwinds_to_the_innermost_attempt)
{
    nested n = {.arena = lng_arena_new()};
    fail_allocation(4, false);
    order[0] = 0;
    ck_assert(!lng_protect(n.arena, nest, &n));
    ck_assert(n.inner_failed && !n.inner_ended && !n.outer_ended);
    ck_assert_int_eq(fail_allocation(0, false), 0);
    ck_assert_str_eq(order, "");
    lng_arena_free(n.arena);
    ck_assert_str_eq(order, "ba");
    lng_arena_free(NULL);
}
END_TEST

static bool succeed(void *context)
{
    lng_alloc(context, 1);
    return true;
}

static bool refuse(void *context)
{
    lng_alloc(context, 1);
    return false;
}

START_TEST(attempt_returns_what_the_work_returns)
{
    ck_assert(lng_attempt(arena, succeed, arena, errors, "trying"));
    ck_assert(!lng_attempt(arena, refuse, arena, errors, "trying"));
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    fail_allocation(1, false);
    ck_assert(!lng_attempt(arena, succeed, arena, errors, "trying"));
    ck_assert_str_eq(lng_errors_text(errors, 0), "lngraph: error[memory]: out of memory while trying");
    ck_assert(!lng_attempt(NULL, succeed, NULL, errors, "having no arena"));
    ck_assert_str_eq(lng_errors_text(errors, 1), "lngraph: error[memory]: out of memory while having no arena");
    lng_error_hint(errors, "close something");
    ck_assert_str_eq(rendered(false), "lngraph: error[memory]: out of memory while trying\n      = hint: close something\n");
}
END_TEST

typedef struct counted {
    lng_arena *arena;
    int done;
} counted;

static void allocate_five(void *context)
{
    for (counted *c = context; c->done < 5; c->done++)
        lng_alloc(c->arena, 1);
}

static void defer_note(void *context)
{
    lng_arena_defer(context, note, "x");
}

START_TEST(failing_allocations_fail)
{
    fail_allocation(1, false);
    ck_assert_ptr_null(lng_arena_new());
    counted c = {.arena = lng_arena_new()};
    ck_assert_ptr_nonnull(c.arena);
    fail_allocation(3, false);
    ck_assert(!lng_protect(c.arena, allocate_five, &c));
    ck_assert_int_eq(c.done, 2);
    ck_assert(lng_protect(c.arena, allocate_five, &c));
    ck_assert_int_eq(c.done, 5);
    order[0] = 0;
    fail_allocation(1, true);
    ck_assert(!lng_block_new(10) && !lng_errors_new() && !lng_team_new(2) && !lng_arena_new());
    ck_assert(!lng_protect(c.arena, defer_note, c.arena));
    ck_assert_str_eq(order, "x"); /* cannot be registered: released at once */
    ck_assert_int_eq(fail_allocation(5, false), 0);
    ck_assert_int_eq(fail_allocation(0, false), 5);
    lng_arena_free(c.arena);
}
END_TEST

#ifdef LNG_ASSERTIONS
START_TEST(assertions_abort)
{
    int n = 0;
    LNG_ASSERT(n == 0);
    fclose(stderr);
    LNG_ASSERT(n == 1);
}
END_TEST
#else
START_TEST(assertions_are_not_evaluated)
{
    int n = 0;
    LNG_ASSERT(n++ == 1);
    ck_assert_int_eq(n, 0);
}
END_TEST
#endif

START_TEST(blocks_are_aligned_and_zero)
{
    for (size_t n = 0; n < 5000; n += 33) {
        unsigned char *b = lng_block_new(n);
        ck_assert(b && (uintptr_t)b % 64 == 0);
        ck_assert(is_zero(b, n));
        memset(b, 1, n);
        lng_block_free(b);
    }
    ck_assert_ptr_null(lng_block_new(SIZE_MAX));
    ck_assert_ptr_null(lng_block_new(SIZE_MAX - 64));
    lng_block_free(NULL);
}
END_TEST

/* ---- text ---- */

START_TEST(maps_keep_order)
{
    lng_map *m = lng_map_new(arena);
    static int value[5000];
    int wrong = 0;
    for (int i = 0; i < 5000; i++)
        wrong += lng_map_put(m, lng_format(arena, "key%d", i * 7919 % 5000), &value[i]) != NULL;
    for (int i = 0; i < 5000; i++)
        wrong += lng_map_get(m, lng_format(arena, "key%d", i * 7919 % 5000)) != &value[i];
    ck_assert_int_eq(wrong, 0);
    ck_assert_ptr_null(lng_map_get(m, "key5000"));
    ck_assert_ptr_null(lng_map_get(m, ""));
    ck_assert_ptr_eq(lng_map_put(m, "key0", &value[9]), &value[0]);
    ck_assert_int_eq((int)lng_map_count(m), 5000);
    ck_assert_str_eq(lng_map_key(m, 1), "key2919");
    ck_assert_ptr_eq(lng_map_value(m, 0), &value[9]);
}
END_TEST

static const char *nearest(const char *wrong)
{
    static const char *const names[] = {"conv2d",  "maxpool2d", "dense", "relu", "sgd",  "flatten", "softmax",
                                        "filters", "x",         "adamw", "adam", "init", "units"};
    lng_nearest n = {.wrong = wrong};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        lng_nearest_offer(&n, names[i]);
    return n.best ? n.best : "";
}

START_TEST(base64) /* the examples of RFC 4648 */
{
    static const char *const texts[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\377\376", "//4="}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lng_text t = lng_text_new(arena);
        lng_text_base64(&t, texts[i][0], strlen(texts[i][0]));
        ck_assert_str_eq(t.at, texts[i][1]);
    }
}
END_TEST

/* The definition of optimal string alignment. */
static int alignment(const char *a, int n, const char *b, int m)
{
    if (n == 0 || m == 0)
        return n + m;
    const int replaced = alignment(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]), removed = alignment(a, n - 1, b, m) + 1,
              added = alignment(a, n, b, m - 1) + 1;
    int least = replaced < removed ? replaced : removed;
    least = least < added ? least : added;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        const int swapped = alignment(a, n - 2, b, m - 2) + 1;
        least = least < swapped ? least : swapped;
    }
    return least;
}

START_TEST(nearest_is_as_defined) /* though most of the table is not computed */
{
    uint32_t state = 1;
    for (int i = 0; i < 3000; i++) {
        char word[2][8] = {{0}};
        int length[2];
        for (int k = 0; k < 2; k++) {
            length[k] = 1 + (int)((state = state * 1664525 + 1013904223) >> 24) % 7;
            for (int c = 0; c < length[k]; c++)
                word[k][c] = (char)('v' + ((state = state * 1664525 + 1013904223) >> 24) % 3);
        }
        lng_nearest near = {.wrong = word[0]};
        lng_nearest_offer(&near, word[1]);
        const int d = alignment(word[0], length[0], word[1], length[1]), allowed = length[0] / 3 > 1 ? length[0] / 3 : 1;
        ck_assert_msg((near.best != NULL) == (d > 0 && d <= allowed && d < length[0] && d < length[1]), "%s, %s: %d", word[0],
                      word[1], d);
    }
}
END_TEST

START_TEST(nearest_name)
{
    ck_assert_str_eq(nearest("con2vd"), "conv2d"); /* a swap */
    ck_assert_str_eq(nearest("maxpool"), "maxpool2d");
    ck_assert_str_eq(nearest("densee"), "dense");
    ck_assert_str_eq(nearest("Fully_Connected"), "dense"); /* synonyms */
    ck_assert_str_eq(nearest("out_channels"), "filters");
    ck_assert_str_eq(nearest("out_channel"), "");
    ck_assert_str_eq(nearest("fcc"), "");
    ck_assert_str_eq(nearest("rleu"), "relu");
    ck_assert_str_eq(nearest("reluu"), "relu"); /* a letter that is repeated comes before another one, whatever is offered first */
    ck_assert_str_eq(nearest("adamm"), "adam");
    ck_assert_str_eq(nearest("unit"), "units");
    ck_assert_str_eq(nearest("Relus"), "relu");
    ck_assert_str_eq(nearest("ReLU"), "relu");
    ck_assert_str_eq(nearest("filtres"), "filters");
    ck_assert_str_eq(nearest("sdg"), "sgd");
    ck_assert_str_eq(nearest("dense"), ""); /* it is the name itself */
    ck_assert_str_eq(nearest("y"), "");     /* nothing of it is right */
    ck_assert_str_eq(nearest("quaternion"), "");
    ck_assert_str_eq(nearest(""), "");
    char *huge = malloc(100001);
    memset(huge, 'a', 100000);
    huge[100000] = 0;
    ck_assert_str_eq(nearest(huge), "");
    free(huge);
}
END_TEST

static bool reads(const char *text, double *x)
{
    return lng_parse_double(text, strlen(text), x);
}

static void check_numbers(void)
{
    static const char *const bad = ". - + e5 1e 1e+ 0x1p3 inf .inf nan .nan 017 -01 00.5 1_000 12:30 0,1 1f --1 1..2 1e999 "
                                   "1e9999999999999999999 1e-999 1.2.3 0o17 1e5.0";
    double x = 42;
    for (const char *at = bad; *at; at += *at == ' ') {
        size_t n = strcspn(at, " ");
        ck_assert_msg(!lng_parse_double(at, n, &x), "`%.*s` was read", (int)n, at);
        at += n;
    }
    ck_assert(!reads("", &x) && !reads(" 1", &x) && !reads("1 ", &x) && !reads("1\n", &x));
    ck_assert(x == 42);
    ck_assert(reads("1e-3", &x) && x == 1e-3);
    ck_assert(reads(".5", &x) && x == .5);
    ck_assert(reads("5.", &x) && x == 5);
    ck_assert(reads("-0.25E+2", &x) && x == -25);
    ck_assert(reads("0e-999", &x) && x == 0);
    ck_assert(reads("0", &x) && x == 0);
    ck_assert(lng_parse_double("12345", 2, &x) && x == 12);
    static const double values[] = {
        0.1, 1.0 / 3, 1e22, 1e23, DBL_MAX, DBL_MIN, 5e-324, 123456789, 1e15, -2.5e-7, 0.30000000000000004};
    char text[LNG_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert(reads(lng_number(text, values[i]), &x) && x == values[i]);
    ck_assert_str_eq(lng_number(text, 0.1), "0.1");
    ck_assert_str_eq(lng_number(text, 100), "100");
    ck_assert_str_eq(lng_number(text, -0.0), "-0");
    ck_assert_str_eq(lng_number(text, NAN), "nan");
    ck_assert_str_eq(lng_number_float(text, 431.32f), "431.32");
    ck_assert_str_eq(lng_number_float(text, 16777217.5f), "16777218");
    ck_assert_str_eq(lng_number_float(text, 1.00000012f), "1.0000001");
    ck_assert_str_eq(lng_number(text, -INFINITY), "-inf");
    ck_assert_str_eq(lng_format(arena, "%.2f", 0.5), "0.50");
}

static bool has_comma(void)
{
    return strcmp(localeconv()->decimal_point, ",") == 0;
}

/* Takes a locale with a decimal comma; makes one where none is installed. */
static void take_comma_locale(void)
{
    setlocale(LC_ALL, "de_DE.UTF-8");
    if (has_comma())
        return;
    static const char make[] = "d=%s; printf '%%s\n' 'comment_char %%' 'escape_char /' LC_NUMERIC 'decimal_point \",\"' "
                               "'thousands_sep \".\"' 'grouping 3' 'END LC_NUMERIC' >$d/source; "
                               "localedef -c -i $d/source $d/xx >$d/log 2>&1 || :";
    ck_assert_int_eq(system(lng_format(arena, make, folder())), 0);
    setenv("LOCPATH", folder(), 1);
    setlocale(LC_NUMERIC, "xx");
}

START_TEST(numbers_do_not_depend_on_the_locale)
{
    check_numbers();
    take_comma_locale();
    if (!has_comma())
        fprintf(stderr, "note: there is no locale with a decimal comma here\n");
    check_numbers();
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(integers)
{
    int64_t x = 42;
    static const char bad[] = "- + 01 -00 1.0 1e3 9223372036854775808 -9223372036854775809 99999999999999999999 0x1 1_0 --1 1-";
    for (const char *at = bad; *at; at += *at == ' ') {
        size_t n = strcspn(at, " ");
        ck_assert_msg(!lng_parse_int(at, n, &x), "`%.*s` was read", (int)n, at);
        at += n;
    }
    ck_assert(!lng_parse_int("", 0, &x) && !lng_parse_int(" 1", 2, &x) && x == 42);
    ck_assert(lng_parse_int("9223372036854775807", 19, &x) && x == INT64_MAX);
    ck_assert(lng_parse_int("-9223372036854775808", 20, &x) && x == INT64_MIN);
    ck_assert(lng_parse_int("-0", 2, &x) && x == 0);
    ck_assert(lng_parse_int("+5", 2, &x) && x == 5);
    char text[LNG_NUMBER_SIZE];
    ck_assert_str_eq(lng_grouped(text, 0), "0");
    ck_assert_str_eq(lng_grouped(text, 999), "999");
    ck_assert_str_eq(lng_grouped(text, -1000), "-1,000");
    ck_assert_str_eq(lng_grouped(text, INT64_MIN), "-9,223,372,036,854,775,808");
    ck_assert_str_eq(lng_grouped_number(text, 2147483648), "2,147,483,648");
    ck_assert_str_eq(lng_grouped_number(text, -12000.5), "-12000.5");
    ck_assert_str_eq(lng_grouped_number(text, 1e-12), "1e-12");
    ck_assert_str_eq(lng_grouped_number(text, 1e30), "1e+30");
}
END_TEST

START_TEST(utf8)
{
    static const char bad[] =
        "\x80 \xc0\x80 \xc1\xbf \xe0\x9f\xbf \xed\xa0\x80 \xf0\x8f\xbf\xbf \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 \xff \xc3 "
        "\xe2\x82 \xf0\x9f\x98 \xc3( \xe2(\xa1";
    uint32_t c;
    for (const char *at = bad; *at; at += *at == ' ') {
        size_t n = strcspn(at, " ");
        ck_assert_int_eq(lng_utf8(at, n, &c), 0);
        at += n;
    }
    ck_assert(lng_utf8("\xf0\x9f\x98\x80", 4, &c) == 4 && c == 0x1f600);
    ck_assert(lng_utf8("\xf4\x8f\xbf\xbf", 4, &c) == 4 && c == 0x10ffff);
    ck_assert(lng_utf8("\xc2\x80", 2, &c) == 2 && c == 0x80);
    ck_assert(lng_utf8("", 1, &c) == 1 && c == 0);
}
END_TEST

START_TEST(hash_is_fnv)
{
    ck_assert(lng_hash("", 0) == 0xcbf29ce484222325u);
    ck_assert(lng_hash("a", 1) == 0xaf63dc4c8601ec8cu);
    ck_assert(lng_hash("foobar", 6) == 0x85944171f73967e8u);
}
END_TEST

/* ---- random numbers ---- */

START_TEST(philox_known_answers)
{
    static const uint32_t f = 0xffffffff;
    uint32_t out[4];
    lng_philox((lng_key){{0, 0}}, (uint32_t[]){0, 0, 0, 0}, out);
    ck_assert(out[0] == 0x6627e8d5 && out[1] == 0xe169c58d && out[2] == 0xbc57ac4c && out[3] == 0x9b00dbd8);
    lng_philox((lng_key){{f, f}}, (uint32_t[]){f, f, f, f}, out);
    ck_assert(out[0] == 0x408f276d && out[1] == 0x41c83b0e && out[2] == 0xa20bc7c6 && out[3] == 0x6d5451fd);
    lng_philox((lng_key){{0xa4093822, 0x299f31d0}}, (uint32_t[]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, out);
    ck_assert(out[0] == 0xd16cfe09 && out[1] == 0x94fdcceb && out[2] == 0x5001e420 && out[3] == 0x24126ea1);
}
END_TEST

START_TEST(draws_are_even_and_independent)
{
    lng_key key = lng_random_key(309, lng_hash("dense.W", 7)), other = lng_random_key(309, lng_hash("dense.b", 7));
    ck_assert(key.word[0] != other.word[0] || key.word[1] != other.word[1]);
    ck_assert(memcmp(&key, &(lng_key){{0}}, sizeof key) != 0);
    int count[7] = {0}, same = 0, above = 0;
    for (uint64_t i = 0; i < 70000; i++) {
        uint64_t x = lng_random_below(key, 3, LNG_NO_EXAMPLE, i, 7);
        above += x >= 7;
        count[x % 7]++;
        same += lng_random_word(key, 1, 2, i) == lng_random_word(key, 2, 1, i);
    }
    for (int i = 0; i < 7; i++) /* 10,000 expected, standard deviation 93 */
        ck_assert(count[i] > 9500 && count[i] < 10500);
    ck_assert_int_eq(above, 0);
    ck_assert_int_le(same, 1);
    ck_assert(lng_random_below(key, 0, 0, 0, 1) == 0);
    ck_assert(lng_random_below(key, 0, 0, 5, UINT64_MAX) > 0);
    uint32_t block[4];
    lng_philox(key, (uint32_t[]){2, 1, 8, 9}, block);
    for (uint64_t i = 0; i < 4; i++)
        ck_assert(lng_random_word(key, 9, 8, 4 * ((1ull << 32) + 2) + i) == block[i]);
}
END_TEST

/* ---- the team ---- */

typedef struct shared {
    int runs[16];
    pthread_t by[16]; /* the thread that ran a part */
    atomic_int sum;
} shared;

static void count_run(void *at, int part)
{
    shared *s = at;
    s->runs[part]++;
    s->by[part] = pthread_self();
    atomic_fetch_add(&s->sum, part + 1);
}

#if defined(__SSE2__) || defined(__aarch64__)
static void tiny_product(void *at, int thread)
{
    volatile float *x = at;
    volatile float tiny = FLT_MIN;
    x[thread] = tiny * 0.5f;
}
#endif

START_TEST(team_runs_everybody)
{
    for (int k = 0; k < SUITE_TEAMS; k++) {
        int n = suite_threads[k];
        lng_team *team = lng_team_new(n);
        shared s = {.sum = 0};
        ck_assert_ptr_nonnull(team);
        ck_assert_int_eq(lng_team_size(team), n);
        for (int i = 0; i < 500; i++)
            lng_team_run(team, count_run, &s);
        for (int t = 0; t < n; t++)
            ck_assert_int_eq(s.runs[t], 500);
        ck_assert_int_eq(atomic_load(&s.sum), 500 * n * (n + 1) / 2);
        ck_assert(pthread_equal(s.by[0], pthread_self()));
        atomic_store(&s.sum, 0);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* everybody has gone to sleep by now */
        lng_team_run(team, count_run, &s);
        ck_assert_int_eq(atomic_load(&s.sum), n * (n + 1) / 2);
        lng_team_free(team);
    }
    ck_assert_ptr_null(lng_team_new(0));
    lng_team_free(NULL);
    ck_assert_int_ge(lng_cores(), 1);
}
END_TEST

/* A part whose thread is late, here because it sleeps, is run by another one. */
START_TEST(team_waits_for_nobody)
{
    lng_team *team = lng_team_new(7);
    shared s = {.sum = 0};
    int helped = 0;
    for (int i = 0; i < 1000 && !helped; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        lng_team_run(team, count_run, &s);
        for (int part = 1; part < 7; part++)
            helped += pthread_equal(s.by[part], s.by[0]);
    }
    ck_assert_int_gt(helped, 0);
    lng_team_free(team);
}
END_TEST

/* Threads without work spin for less than a millisecond, then leave the cores to others. */
START_TEST(team_sleeps)
{
    lng_team *team = lng_team_new(2);
    shared s = {.sum = 0};
    lng_team_run(team, count_run, &s);
    const clock_t before = clock();
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    ck_assert_int_lt(clock() - before, CLOCKS_PER_SEC / 50);
    lng_team_free(team);
}
END_TEST

START_TEST(team_flushes_subnormals)
{
#if defined(__SSE2__) || defined(__aarch64__)
    float x[3] = {1, 1, 1};
    lng_team *t = lng_team_new(3);
    lng_team_run(t, tiny_product, x);
    lng_team_free(t);
    for (int i = 0; i < 3; i++)
        ck_assert(x[i] == 0);
    tiny_product(x, 0); /* the caller's own mode is back */
    ck_assert(x[0] > 0);
#endif
}
END_TEST

START_TEST(team_survives_failing_allocations)
{
    for (int n = 1;; n++) {
        fail_allocation(n, false);
        lng_team *t = lng_team_new(4);
        bool struck = fail_allocation(0, false) == 0;
        ck_assert_int_eq(t == NULL, struck);
        lng_team_free(t);
        if (!struck)
            break;
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(error_codes_are_complete),
        TEST(error_shows_line_and_caret),
        TEST(caret_stands_right),
        TEST(long_lines_are_cut_around_the_caret),
        TEST(quoted_lines_fit_the_terminal),
        TEST(texts_are_folded),
        TEST(nothing_raw_reaches_the_terminal),
        TEST(errors_are_sorted_counted_and_recorded_once),
        TEST(warnings_are_shown_but_not_counted),
        TEST(long_messages_and_names_are_cut),
        TEST(arena_memory_is_zero_and_aligned),
        TEST(arena_unwinds_to_the_innermost_attempt),
        TEST(attempt_returns_what_the_work_returns),
#ifdef LNG_ASSERTIONS
        {.test = assertions_abort, .to = 1, .signal = SIGABRT},
#else
        TEST(assertions_are_not_evaluated),
#endif
        TEST(failing_allocations_fail),
        TEST(blocks_are_aligned_and_zero),
        TEST(maps_keep_order),
        TEST(base64),
        TEST(nearest_name),
        TEST(nearest_is_as_defined),
        TEST(numbers_do_not_depend_on_the_locale),
        TEST(integers),
        TEST(utf8),
        TEST(hash_is_fnv),
        TEST(philox_known_answers),
        TEST(draws_are_even_and_independent),
        TEST(team_runs_everybody),
        TEST(team_waits_for_nobody),
        TEST(team_sleeps),
        TEST(team_flushes_subnormals),
        TEST(team_survives_failing_allocations),
        {0},
    };
    return suite_run("base", tests, NULL, NULL);
}
