/* Expressions and declared attributes: what they are worth, and what is refused. */
#include "lang/compile.h"
#include "lang/eval.h"
#include "syntax/lexer.h"
#include "syntax/port_decl.h"
#include "suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- expressions ---- */
static lng_scope *scope_new(void)
{
    static lng_elab e;
    lng_elab_begin(&e, arena, errors, lng_library_new(arena, errors));
    e.graph = lng_graph_new(arena, errors);
    e.updated = lng_map_new(arena);
    e.training = true;
    const lng_doc *doc = lng_doc_mapping(arena, (lng_place){0});
    lng_block *block = lng_block_new_named(arena, "model", (lng_place){0}, doc, false);
    block->read = true; /* it declares nothing */
    return lng_scope_new(&e, NULL, block, "", "", (lng_place){0});
}

static lng_datum eval(const char *text)
{
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){"test", text, strlen(text)};
    lng_place place = {source, 1, 1, (int)strlen(text)};
    lng_expr *e = lng_expr_parse(arena, lng_doc_scalar(arena, text, place), true, errors);
    lng_scope *s = scope_new();
    if (e)
        lng_name_calls_of(s, e, LNG_TYPE_INT);
    return e ? lng_eval(s, e) : (lng_datum){0};
}

/* As Python 3 has it. */
static const struct {
    const char *text, *value;
} worth[] = {
    {"1 + 2 * 3", "the integer 7"},
    {"(1 + 2) * 3", "the integer 9"},
    {"2 ** 3 ** 2", "the integer 512"},
    {"-2 ** 2", "the integer -4"},
    {"(-2) ** 2", "the integer 4"},
    {"2 ** -1", "the number 0.5"},
    {"2 ** 62 + (2 ** 62 - 1)", "the integer 9,223,372,036,854,775,807"},
    {"(-2) ** 63", "the integer -9,223,372,036,854,775,808"},
    {"(-1) ** 1000001", "the integer -1"},
    {"(-1) ** 9223372036854775807", "the integer -1"},
    {"(-1) ** 9223372036854775806", "the integer 1"},
    {"1 ** 9223372036854775807", "the integer 1"},
    {"0 ** 9223372036854775807", "the integer 0"},
    {"0 ** 0", "the integer 1"},
    {"7 // 2", "the integer 3"},
    {"-7 // 2", "the integer -4"},
    {"7 // -2", "the integer -4"},
    {"-7 % 3", "the integer 2"},
    {"7 % -3", "the integer -2"},
    {"(-9223372036854775807 - 1) % -1", "the integer 0"},
    {"7 / 2", "the number 3.5"},
    {"1.e-5", "the number 1e-05"},
    {"1.E2 + 2.", "the number 102.0"},
    {"6 / 2", "the number 3.0"},
    {"7.5 // 2", "the number 3.0"},
    {"-7.5 % 2", "the number 0.5"},
    {"2 * 3 % 4", "the integer 2"},
    {"10 - 4 - 3", "the integer 3"},
    {"1 - -1", "the integer 2"},
    {"- - 1", "the integer 1"},
    {"+3", "the integer 3"},
    {"+1.5", "the number 1.5"},
    {"-1.5", "the number -1.5"},
    {"2 >= 2", "`true`"},
    {"1.5 >= 2", "`false`"},
    {"2 <= 1", "`false`"},
    {"1e-3", "the number 0.001"},
    {".5", "the number 0.5"},
    {"5.", "the number 5.0"},
    {"1.5e3", "the number 1500.0"},
    {"1 < 2", "`true`"},
    {"1 < 2 < 3", "`true`"},
    {"1 < 3 < 2", "`false`"},
    {"3 > 2 == 2", "`true`"},
    {"(3 > 2) == true", "`true`"},
    {"1 == 1.0", "`true`"},
    {"not 1 == 2", "`true`"},
    {"not true == false", "`true`"},
    {"true or false and false", "`true`"},
    {"false and 3", "`false`"},
    {"true or undefined_name", "`true`"},
    {"1 if true else 2", "the integer 1"},
    {"1 if false else 2 if false else 3", "the integer 3"},
    {"1 + 1 if 2 > 1 else 0", "the integer 2"},
    {"1 if true else undefined_name", "the integer 1"},
    {"'a' == \"a\"", "`true`"},
    {"'same' != 'valid'", "`true`"},
    {"[1, 2]", "the shape [1, 2]"},
    {"[1, 2,]", "the shape [1, 2]"},
    {"[1] + [2, 3]", "the shape [1, 2, 3]"},
    {"[1, 2] == [1, 2]", "`true`"},
    {"'same' == [1, 2]", "`false`"},
    {"[[1, 2], [3, 4]] != 'same'", "`true`"},
    {"[[1, 2], [3, 4]]", "a list of 2"},
    {"[[1, 2], [3, 4]][1][0]", "the integer 3"},
    {"[5, 6, 7][-1]", "the integer 7"},
    {"[5, 6, 7][0]", "the integer 5"},
    {"[5, 6, 7][:-2]", "the shape [5]"},
    {"[5, 6, 7][1:]", "the shape [6, 7]"},
    {"[5, 6, 7][2:1]", "the shape []"},
    {"[5, 6, 7][-9:9]", "the shape [5, 6, 7]"},
    {"size([2, 3, 4])", "the integer 24"},
    {"size([2, 3][:-2])", "the integer 1"},
    {"rank([2, 3, 4])", "the integer 3"},
    {"sqrt(16)", "the number 4.0"},
    {"maximum(3, 5)", "the integer 5"},
    {"minimum(3, 5)", "the integer 3"},
    {"maximum(2.5, 1)", "the number 2.5"},
    {"abs(-3)", "the integer 3"},
    {"floor(-1.5)", "the number -2.0"},
    {"pi > 3.14159265 and pi < 3.14159266", "`true`"},
    {"training", "`true`"},
    {"exp(0.0)", "the number 1.0"},
    {"(1, 2)[1]", NULL},
    {"1, 2", "2 values"},
    {"\n 1\n + 2", "the integer 3"},
    {"relu(-3) + 0.5", "the number 0.5"},
};

START_TEST(value_of_expression)
{
    lng_datum t = eval(worth[_i].text);
    if (!worth[_i].value) {
        ck_assert_int_eq(t.kind, LNG_DATUM_NONE);
        return;
    }
    ck_assert_msg(lng_errors_count(errors) == 0, "%s: %s", worth[_i].text, lng_errors_text(errors, 0));
    ck_assert_str_eq(lng_datum_text(arena, &t), worth[_i].value);
}
END_TEST

static const struct {
    const char *text;
    lng_code code;
    int column;
} wrong[] = {
    {"", LNG_E_EXPRESSION, 1},
    {"1 +", LNG_E_EXPRESSION, 0},
    {"1 2", LNG_E_EXPRESSION, 3},
    {"(1", LNG_E_EXPRESSION, 0},
    {"1)", LNG_E_EXPRESSION, 2},
    {"[1, 2", LNG_E_EXPRESSION, 0},
    {"f(x=1, 2)", LNG_E_ARGUMENTS, 8},
    {"3(4)", LNG_E_EXPRESSION, 2},
    {"a = 1", LNG_E_EXPRESSION, 3},
    {"1 if 2", LNG_E_EXPRESSION, 0},
    {"if", LNG_E_EXPRESSION, 1},
    {"1 & 2", LNG_E_EXPRESSION, 3},
    {"1 ^ 2", LNG_E_EXPRESSION, 3},
    {"not", LNG_E_EXPRESSION, 0},
    {"1 not 2", LNG_E_EXPRESSION, 3},
    {"'open", LNG_E_EXPRESSION, 1},
    {"x.", LNG_E_EXPRESSION, 0},
    {"0x10", LNG_E_EXPRESSION, 1},
    {"0o17", LNG_E_EXPRESSION, 1},
    {"017", LNG_E_EXPRESSION, 1},
    {"1_000", LNG_E_EXPRESSION, 1},
    {"12:30", LNG_E_EXPRESSION, 3},
    {"1e999", LNG_E_RANGE, 1},
    {"9223372036854775808", LNG_E_RANGE, 1},
    {"9223372036854775807 + 1", LNG_E_RANGE, 21},
    {"2 ** 63", LNG_E_RANGE, 3},
    {"-9223372036854775807 - 2", LNG_E_RANGE, 22},
    {"(-9223372036854775807 - 1) // -1", LNG_E_RANGE, 28},
    {"1 / 0", LNG_E_RANGE, 3},
    {"1 // 0", LNG_E_RANGE, 3},
    {"1 % 0", LNG_E_RANGE, 3},
    {"1e308 * 10", LNG_E_RANGE, 7},
    {"0.0 ** -1", LNG_E_RANGE, 5},
    {"size([4294967296, 4294967296])", LNG_E_LIMIT, 1},
    {"range(0, 9223372036854775807)", LNG_E_LIMIT, 1},
    {"range(9223372036854775807 - 20000, 9223372036854775807)", LNG_E_LIMIT, 1},
    {"-(-9223372036854775807 - 1)", LNG_E_RANGE, 1},
    {"[1, 2.5]", LNG_E_TYPE, 5},
    {"[1][1]", LNG_E_RANGE, 4},
    {"[1][0.5]", LNG_E_TYPE, 5},
    {"[1,1,1,1,1,1,1,1,1]", LNG_E_SHAPE, 1},
    {"[1,1,1,1,1,1,1,1] + [1]", LNG_E_SHAPE, 19},
    {"true + 1", LNG_E_TYPE, 6},
    {"[1] < [2]", LNG_E_TYPE, 5},
    {"1 if 3 else 2", LNG_E_TYPE, 6},
    {"undefined_name + 1", LNG_E_UNKNOWN_NAME, 1},
    {"undefined_name(1)", LNG_E_UNKNOWN_NAME, 1},
    {"op.dense(1)", LNG_E_UNKNOWN_NAME, 1},
    {"op.variable()", LNG_E_UNKNOWN_NAME, 1},
    {"relu(1, 2)", LNG_E_ARGUMENTS, 1},
    {"relu()", LNG_E_ARGUMENTS, 1},
    {"relu(1, slope=2)", LNG_E_UNKNOWN_KEY, 9},
    {"sum(1.0, axes=[0], axes=[0])", LNG_E_ARGUMENTS, 20},
    {"zeros(shape=[3], shape=[4])", LNG_E_ARGUMENTS, 18},
    {"zeros()", LNG_E_MISSING_KEY, 1},
    {"zeros([3], [4])", LNG_E_ARGUMENTS, 12},
    {"zeros(3.5)", LNG_E_TYPE, 7},
    {"grad(1.0, 2.0)", LNG_E_TYPE, 6},
    {"it", LNG_E_UNKNOWN_NAME, 1},
    {"new", LNG_E_EXPRESSION, 1},
    {"new.x", LNG_E_UNKNOWN_NAME, 5},
    {"pi.shape", LNG_E_UNKNOWN_NAME, 4},
    {"1e300 * step", LNG_E_RANGE, 1},
    {"size('a')", LNG_E_TYPE, 1},
    {"rank(true)", LNG_E_TYPE, 1},
    {"size([1], [2])", LNG_E_ARGUMENTS, 1},
    {"split(zeros([3]), parts=2)", LNG_E_SHAPE, 1},
    {"split([4], parts=2)", LNG_E_SHAPE, 1},
    {"split(zeros([4]))", LNG_E_ARGUMENTS, 1},
    {"split(zeros([4]), pieces=2)", LNG_E_ARGUMENTS, 1},
    {"range()", LNG_E_ARGUMENTS, 1},
    {"range(1, 2, 3, 4)", LNG_E_ARGUMENTS, 1},
    {"range(2, step=1)", LNG_E_ARGUMENTS, 1},
    {"params()", LNG_E_ARGUMENTS, 1},
    {"params(1)", LNG_E_ARGUMENTS, 1},
    {"params('a', 'b')", LNG_E_ARGUMENTS, 1},
    {"zeros([1, 1, 1, 1, 1, 1, 1, 1])[op.to_int(zeros([1, 1]))]", LNG_E_SHAPE, 0},
    {"zeros([2, 2])[op.to_int(zeros([2])), op.to_int(zeros([2]))]", LNG_E_ARGUMENTS, 0},
    {"zeros([2])[zeros([2])]", LNG_E_DTYPE, 0},
    {"-'a'", LNG_E_TYPE, 1},
    {"+'a'", LNG_E_TYPE, 1},
    {"f(x=", LNG_E_EXPRESSION, 0},
    {"f(1", LNG_E_EXPRESSION, 0},
    {"f(1]", LNG_E_EXPRESSION, 4},
    {"f(2, 01)", LNG_E_EXPRESSION, 6},
    {"f(x=1,5)", LNG_E_ARGUMENTS, 7},
    {"[1", LNG_E_EXPRESSION, 0},
    {"[1, 2)", LNG_E_EXPRESSION, 6},
    {"[1, 2, *]", LNG_E_EXPRESSION, 8},
    {"x[0:", LNG_E_EXPRESSION, 0},
    {"x[0:)]", LNG_E_EXPRESSION, 5},
    {"x[0:1:)]", LNG_E_EXPRESSION, 7},
    {"x[0:1:2:3]", LNG_E_EXPRESSION, 8},
    {"x[0", LNG_E_EXPRESSION, 0},
    {"[i for 2 in [1]]", LNG_E_EXPRESSION, 8},
    {"[i for i of [1]]", LNG_E_EXPRESSION, 10},
    {"[i for i in )]", LNG_E_EXPRESSION, 13},
    {"[i for i in [1] if true]", LNG_E_EXPRESSION, 17},
    {"[i for i in [1] for k in [1]]", LNG_E_EXPRESSION, 17},
    {"[i for i in [1]", LNG_E_EXPRESSION, 0},
    {"1 if true else", LNG_E_EXPRESSION, 0},
    {"1 if ) else 2", LNG_E_EXPRESSION, 6},
    {".nan", LNG_E_RANGE, 1},
    {"-.inf", LNG_E_RANGE, 2},
    {"1 + .NaN", LNG_E_RANGE, 5},
    {".Inf", LNG_E_RANGE, 1},
    {"1 | 2", LNG_E_EXPRESSION, 3},
    {"\xe2\x80\x9cx\xe2\x80\x9d", LNG_E_EXPRESSION, 1},
    {"0b1", LNG_E_EXPRESSION, 1},
    {"1e", LNG_E_EXPRESSION, 1},
    {"1e+", LNG_E_EXPRESSION, 1},
    {"1e5x", LNG_E_EXPRESSION, 1},
    {"1.x", LNG_E_UNKNOWN_NAME, 3},
    {"1.5.2", LNG_E_EXPRESSION, 4},
    {"12a.b", LNG_E_EXPRESSION, 1},
    {"x.1", LNG_E_EXPRESSION, 2},
    {"x.if", LNG_E_EXPRESSION, 3},
    {"\xc3\xa9 + 1", LNG_E_EXPRESSION, 1},
    {"'\xc3\xa9' + $", LNG_E_EXPRESSION, 7},
};

START_TEST(refused_expression)
{
    lng_datum t = eval(wrong[_i].text);
    ck_assert_int_eq(t.kind, LNG_DATUM_NONE);
    ck_assert_msg(lng_errors_count(errors) >= 1, "%s: no error", wrong[_i].text);
    ck_assert_msg(lng_errors_code(errors, 0) == wrong[_i].code, "%s: %s", wrong[_i].text, lng_errors_text(errors, 0));
    if (wrong[_i].column > 0) {
        char *place = lng_format(arena, "test:1:%d:", wrong[_i].column);
        ck_assert_msg(strncmp(lng_errors_text(errors, 0), place, strlen(place)) == 0, "%s: %s", wrong[_i].text,
                      lng_errors_text(errors, 0));
    }
}
END_TEST

/* text repeated n times between a beginning and an end */
static const char *repeated(const char *begin, const char *text, int n, const char *end)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "%s", begin);
    for (int i = 0; i < n; i++)
        lng_text_add(&t, "%s", text);
    lng_text_add(&t, "%s", end);
    return t.at;
}

START_TEST(depth_is_limited)
{
    ck_assert_int_eq(eval(repeated("1", " + 1", 150, "")).i, 151);
    ck_assert_int_eq(eval(repeated(repeated("", "(", 100, ""), "1", 1, repeated("", ")", 100, ""))).i, 1);
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    const char *deep[] = {repeated("1", " + 1", 5000, ""),
                          repeated("", "(", 20000, ""),
                          repeated("", "[", 20000, ""),
                          repeated("", "-", 20000, "1"),
                          repeated("", "not ", 5000, "true"),
                          repeated("1", " ** 1", 5000, ""),
                          repeated("", "1 if true else ", 3000, "1"),
                          repeated("1", " < 1", 5000, ""),
                          repeated("", "relu(", 5000, ""),
                          repeated("x", ".shape", 5000, ""),
                          repeated("x", "[0]", 5000, "")};
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        lng_errors_clear(errors);
        ck_assert_int_eq(eval(deep[i]).kind, LNG_DATUM_NONE);
        ck_assert_msg(lng_errors_code(errors, 0) == LNG_E_LIMIT || lng_errors_code(errors, 0) == LNG_E_EXPRESSION, "%zu: %s", i,
                      lng_errors_text(errors, 0));
    }
}
END_TEST

/* ---- attribute types ---- */
static const struct {
    const char *text, *range; /* range NULL: refused */
    double inside, outside;
} declared[] = {
    {"int", "", 0, NAN},
    {"int > 0", "> 0", 1, 0},
    {"int >= 2 = 3", ">= 2", 2, 1},
    {"float < 1", "< 1", 0.5, 1},
    {"float <= -1.5", "<= -1.5", -1.5, -1},
    {"float in [0, 1) = 0.5", "in [0, 1)", 0, 1},
    {"float in (-1, 1]", "in (-1, 1]", 1, -1},
    {"string in {valid, same} = valid", "one of valid, same", 0, NAN},
    {"block = identity", "", 0, NAN},
    {"shape = [1, 2]", "", 0, NAN},
    {"bool = true", "", 0, NAN},
    {"int[2] > 0 = 1", "> 0", 1, 0},
    {"int[2, 2] in [0, 9]", "in [0, 9]", 9, 10},
    {"string in {valid, same} or int[2] >= 0 = 1", "one of valid, same", 0, NAN},
    {"int[0]", NULL, 0, 0},
    {"int[9]", NULL, 0, 0},
    {"int[2", NULL, 0, 0},
    {"int[2, 2, 2]", NULL, 0, 0},
    {"int[n]", NULL, 0, 0},
    {"float[2]", NULL, 0, 0},
    {"int[2] > 0.5", NULL, 0, 0},
    {"int > 0 or string", NULL, 0, 0},
    {"string or int", NULL, 0, 0},
    {"string in {a} or", NULL, 0, 0},
    {"string in {a} or int in {1}", NULL, 0, 0},
    {"integer", NULL, 0, 0},
    {"int >", NULL, 0, 0},
    {"int in [0; 1]", NULL, 0, 0},
    {"int > 0.5", NULL, 0, 0},
    {"bool > 0", NULL, 0, 0},
    {"string in [a, b]", NULL, 0, 0},
    {"block in {a}", NULL, 0, 0},
    {"float > x", NULL, 0, 0},
    {"float < -x", NULL, 0, 0},
    {"float in 0", NULL, 0, 0},
    {"float in [x, 1]", NULL, 0, 0},
    {"float in [0 1]", NULL, 0, 0},
    {"float in [0, x]", NULL, 0, 0},
    {"float in [0, 1", NULL, 0, 0},
    {"string in {1}", NULL, 0, 0},
    {"string in {a b}", NULL, 0, 0},
    {"string in {a, }", NULL, 0, 0},
    {"int > 0 3", NULL, 0, 0},
    {"int = 1 2", NULL, 0, 0},
    {"int = 1)", NULL, 0, 0},
    {"int 3", NULL, 0, 0},
    {"int =", NULL, 0, 0},
    {"", NULL, 0, 0},
};

/* Integers are compared as integers, however large. */
START_TEST(exact_limits)
{
    static const struct {
        const char *text, *range;
        int64_t inside, outside;
    } cases[] = {
        {"int < 9007199254740993", "< 9007199254740993", 9007199254740992, 9007199254740993},
        {"int > 9007199254740992", "> 9007199254740992", 9007199254740993, 9007199254740992},
        {"int in [-9007199254740993, 0]", "in [-9007199254740993, 0]", -9007199254740993, -9007199254740994},
        {"int <= 9223372036854775806", "<= 9223372036854775806", INT64_MAX - 1, INT64_MAX},
        {"int >= 0", ">= 0", INT64_MAX, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lng_attr_decl w;
        must(lng_attr_decl_parse(arena, lng_doc_scalar(arena, "x", (lng_place){0}),
                                 lng_doc_scalar(arena, cases[i].text, (lng_place){0}), &w, errors));
        ck_assert_str_eq(lng_attr_decl_range(arena, &w), cases[i].range);
        ck_assert(lng_attr_decl_allows_int(&w, cases[i].inside));
        ck_assert(!lng_attr_decl_allows_int(&w, cases[i].outside));
    }
}
END_TEST

START_TEST(attribute_types)
{
    lng_attr_decl w;
    lng_doc *key = lng_doc_scalar(arena, "x", (lng_place){0}), *value = lng_doc_scalar(arena, declared[_i].text, (lng_place){0});
    bool good = lng_attr_decl_parse(arena, key, value, &w, errors);
    ck_assert_msg(good == (declared[_i].range != NULL), "%s", declared[_i].text);
    if (!good) {
        ck_assert_uint_ge(lng_errors_count(errors), 1);
        return;
    }
    ck_assert_str_eq(lng_attr_decl_range(arena, &w), declared[_i].range);
    ck_assert(lng_attr_decl_allows(&w, declared[_i].inside));
    if (declared[_i].outside == declared[_i].outside)
        ck_assert(!lng_attr_decl_allows(&w, declared[_i].outside));
    ck_assert((strchr(declared[_i].text, '=') && !strstr(declared[_i].text, "<=") && strcmp(declared[_i].text, "int >= 2") != 0) ==
              (w.fallback != NULL));
}
END_TEST

/* ---- ports ---- */
static const struct {
    const char *text, *refused;
} ports[] = {
    {"x[..., n], h[u]?", NULL},
    {"", "test:1:1: error[expression]: expected a port's name, but the text ends here"},
    {"x,", "test:1:3: error[expression]: expected a port's name, but the text ends here"},
    {"x y", "test:1:3: error[expression]: expected `,` or the end, found `y`"},
    {"x, y, x", "test:1:7: error[duplicate-key]: two ports are named `x`"},
    {"x?, y", "test:1:5: error[arguments]: `y` must be optional, too: it follows the optional port `x`"},
    {"x[n", "test:1:4: error[expression]: expected `,` or `]`, but the text ends here"},
    {"x[n m]", "test:1:5: error[expression]: expected `,` or `]`, found `m`"},
    {"x[0]", "test:1:3: error[expression]: expected a size above 0, a name, or `...`, found `0`"},
    {"x[-1]", "test:1:3: error[expression]: expected a size above 0, a name, or `...`, found `-`"},
    {"x[..., n, ...]", "test:1:11: error[expression]: expected a size, because `...` may appear only once in a shape, found `...`"},
    {"x[1, 2, 3, 4, 5, 6, 7, 8, 9]", "test:1:27: error[expression]: expected `]`; a shape has at most 8 sizes, found `9`"},
    {"x[] > 3", "test:1:5: error[expression]: expected `,` or the end, found `>`"},
    {"x[] <", "test:1:6: error[expression]: expected a value, but the text ends here"},
};

START_TEST(declared_ports)
{
    const char *text = ports[_i].text;
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){"test", text, strlen(text)};
    lng_port_decl *port;
    size_t n;
    const lng_doc *doc = lng_doc_scalar(arena, text, (lng_place){source, 1, 1, (int)strlen(text)});
    const bool good = lng_port_decl_parse(arena, doc, &port, &n, errors);
    ck_assert_msg(good == !ports[_i].refused, "%s: %s", text, lng_errors_text(errors, 0));
    if (!good)
        ck_assert_ptr_eq(strstr(lng_errors_text(errors, 0), ports[_i].refused), lng_errors_text(errors, 0));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(value_of_expression, LENGTH(worth)),
        LOOP(refused_expression, LENGTH(wrong)),
        TEST(depth_is_limited),
        TEST(exact_limits),
        LOOP(declared_ports, LENGTH(ports)),
        LOOP(attribute_types, LENGTH(declared)),
        {0},
    };
    return suite_run("expressions", tests, NULL, NULL);
}
