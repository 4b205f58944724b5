/* The language: expressions, attribute types, blocks, names, overrides, expansion, limits. */
#include "base/file.h"
#include "lang/compile.h"
#include "lang/eval.h"
#include "syntax/lexer.h"
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
    {"2 ** 62 + (2 ** 62 - 1)", "the integer 9223372036854775807"},
    {"(-2) ** 63", "the integer -9223372036854775808"},
    {"(-1) ** 1000001", "the integer -1"},
    {"0 ** 0", "the integer 1"},
    {"7 // 2", "the integer 3"},
    {"-7 // 2", "the integer -4"},
    {"7 // -2", "the integer -4"},
    {"-7 % 3", "the integer 2"},
    {"7 % -3", "the integer -2"},
    {"(-9223372036854775807 - 1) % -1", "the integer 0"},
    {"7 / 2", "the number 3.5"},
    {"1.e-5", "the number 1e-05"},
    {"1.E2 + 2.", "the number 102"},
    {"6 / 2", "the number 3"},
    {"7.5 // 2", "the number 3"},
    {"-7.5 % 2", "the number 0.5"},
    {"2 * 3 % 4", "the integer 2"},
    {"10 - 4 - 3", "the integer 3"},
    {"1 - -1", "the integer 2"},
    {"- - 1", "the integer 1"},
    {"+3", "the integer 3"},
    {"1e-3", "the number 0.001"},
    {".5", "the number 0.5"},
    {"5.", "the number 5"},
    {"1.5e3", "the number 1500"},
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
    {"[5, 6, 7][-1]", "the integer 7"},
    {"[5, 6, 7][0]", "the integer 5"},
    {"[5, 6, 7][:-2]", "the shape [5]"},
    {"[5, 6, 7][1:]", "the shape [6, 7]"},
    {"[5, 6, 7][2:1]", "the shape scalar"},
    {"[5, 6, 7][-9:9]", "the shape [5, 6, 7]"},
    {"size([2, 3, 4])", "the integer 24"},
    {"size([2, 3][:-2])", "the integer 1"},
    {"rank([2, 3, 4])", "the integer 3"},
    {"sqrt(16)", "the number 4"},
    {"maximum(3, 5)", "the integer 5"},
    {"minimum(3, 5)", "the integer 3"},
    {"maximum(2.5, 1)", "the number 2.5"},
    {"abs(-3)", "the integer 3"},
    {"floor(-1.5)", "the number -2"},
    {"pi > 3.14159265 and pi < 3.14159266", "`true`"},
    {"training", "`true`"},
    {"exp(0.0)", "the number 1"},
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
    {"zeros(3)", LNG_E_TYPE, 7},
    {"grad(1.0, 2.0)", LNG_E_NOT_YET, 1},
    {"it", LNG_E_UNKNOWN_NAME, 1},
    {"new", LNG_E_EXPRESSION, 1},
    {"new.x", LNG_E_UNKNOWN_NAME, 5},
    {"pi.shape", LNG_E_UNKNOWN_NAME, 4},
    {"1e300 * step", LNG_E_RANGE, 1},
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
    {"integer", NULL, 0, 0},
    {"int >", NULL, 0, 0},
    {"int in [0; 1]", NULL, 0, 0},
    {"int > 0.5", NULL, 0, 0},
    {"bool > 0", NULL, 0, 0},
    {"string in [a, b]", NULL, 0, 0},
    {"block in {a}", NULL, 0, 0},
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

/* ---- models ---- */
static const char head[] = "lngraph: 1\nname: t\ndata: {source: mnist, validation: {last: 0.1}}\nin: image[28, 28, 1], label\n";
static const char tail[] = "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.01)}\n";

static lng_model *model(const char *text, const lng_override *o, size_t n)
{
    return lng_model_parse("t.yaml", text, strlen(text), o, n, errors);
}

/* A model of head, this middle and tail; it must be good. */
static lng_model *good(const char *middle)
{
    lng_model *m = model(lng_format(arena, "%s%s%s", head, middle, tail), NULL, 0);
    ck_assert_msg(m != NULL, "%s\n%s", middle, lng_errors_text(errors, 0));
    ck_assert_uint_eq(lng_errors_count(errors), 0);
    ck_assert_uint_eq(lng_errors_warnings(errors), 0);
    return m;
}

START_TEST(integers_meet_integers)
{
    static const char *const texts[] = {"label == 1", "1 == label", "label != 3",      "label < 5",
                                        "2 <= label", "not label",  "equal(label, 0)", "label == argmax(out)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = lng_format(arena,
                                      "%sgraph: [flatten(image), dense: {units: 10, activation: softmax}]\n"
                                      "report: {metrics: ['%s']}\n%s",
                                      head, texts[i], tail);
        lng_model *m = model(text, NULL, 0);
        ck_assert_msg(m != NULL, "%s: %s", texts[i], lng_errors_text(errors, 0));
        lng_model_free(m);
    }
    const char *wrong[][2] = {{"label == 3000000000", "an integer (i32) is from -2147483648 to 2147483647"},
                              {"label == 1.5", "expects two floats or two integers, got i32 and f32"}};
    for (size_t i = 0; i < 2; i++) {
        lng_errors_clear(errors);
        ck_assert(!model(
            lng_format(arena, "%sgraph: [flatten(image), dense: {units: 10, activation: softmax}]\nreport: {metrics: ['%s']}\n%s",
                       head, wrong[i][0], tail),
            NULL, 0));
        ck_assert_msg(strstr(lng_errors_text(errors, 0), wrong[i][1]), "%s", lng_errors_text(errors, 0));
    }
}
END_TEST

static const lng_variable *variable(const lng_model *m, const char *name)
{
    for (size_t i = 0; i < m->variables; i++)
        if (strcmp(m->variable[i].name, name) == 0)
            return &m->variable[i];
    ck_abort_msg("no variable %s", name);
    return NULL;
}

static const char *printed(const lng_graph *g)
{
    lng_text t = lng_text_new(arena);
    lng_graph_print(g, &t);
    return t.at;
}

static const char *expanded(const lng_model *m)
{
    lng_text t = lng_text_new(arena);
    lng_model_write(m, &t);
    return t.at;
}

START_TEST(names_of_parameters)
{
    lng_model *m = good(
        "blocks:\n  twice:\n    in: x[n]\n    graph: [{dense: {units: n}}, {dense: {units: n}, as: second}, {dense: {units: n}}]\n"
        "graph:\n  - flatten(image / 255)\n  - dense: {units: 4}\n  - twice\n  - twice\n  - dense: {units: 4}\n    as: twice_3\n  - twice\n"
        "  - dense: {units: 10, activation: softmax}\n");
    ck_assert(lng_shape_equal(variable(m, "dense.W")->shape, lng_shape_of(2, (int64_t)784, (int64_t)4)));
    const char *const names[] = {"twice.dense.W", "twice.second.b",  "twice.dense_2.W", "twice_2.dense.W",
                                 "twice_3.W",     "twice_4.dense.b", "dense_2.W"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert(variable(m, names[i])->parameter);
    ck_assert_uint_eq(m->variables, 2 * (2 + 1 + 3 * 3));
    ck_assert_int_eq(m->parameters, 784 * 4 + 4 + 10 * 20 + 4 * 10 + 10);
    lng_model_free(m);
}
END_TEST

/* The names of everything that is stored or drawn, one a line, in the order of the alphabet. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *all_names(const lng_model *m)
{
    size_t n = 0;
    const lng_graph *const graphs[] = {m->train, m->init};
    const char **name = LNG_NEW_N(arena, m->train->nodes + m->init->nodes + m->variables, const char *);
    for (size_t i = 0; i < m->variables; i++)
        name[n++] = m->variable[i].name;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < graphs[k]->nodes; i++)
            if (graphs[k]->node[i]->op->flags & LNG_OP_RANDOM)
                name[n++] = lng_format(arena, "~%s", graphs[k]->node[i]->name);
    qsort(name, n, sizeof *name, by_text);
    lng_text t = lng_text_new(arena);
    for (size_t i = 0; i < n; i++)
        lng_text_add(&t, "%s ", name[i]);
    return t.at;
}

/* Names come from the text: where a call stands, and not when it is first evaluated. */
static const struct {
    const char *text, *names; /* SUM stands for the sum of q and k */
} sums[] = {
    {"let:\n  x: flatten(image) / 255\n  q: dense(x, units=10)\n  k: dense(x, units=10)\nout: softmax(SUM)\n",
     "k.W k.b q.W q.b ~k.W ~q.W "},
    {"let:\n  q: relu(dense(flatten(image), units=10))\n  k: relu(dense(flatten(image), units=10))\nout: softmax(SUM)\n",
     "dense.W dense.b dense_2.W dense_2.b ~dense.W ~dense_2.W "},
    {"let:\n  q: dropout(x)\n  k: dropout(x)\n  x: dense(flatten(image), units=10)\nout: softmax(SUM)\n",
     "x.W x.b ~k.random_uniform ~q.random_uniform ~x.W "},
    {"let:\n  q: random_normal(shape=[10], per_example=true)\n  k: random_normal(shape=[10], per_example=true)\n"
     "graph: [flatten(image), dense: {units: 10}]\nout: softmax(it + SUM)\n",
     "dense.W dense.b ~dense.W ~k ~q "},
    {"shared: {drop: dropout(rate=0.5)}\nlet:\n  q: drop(x) * 2\n  k: drop(x) * 3\n  x: dense(flatten(image), units=10)\n"
     "out: softmax(SUM)\n",
     "x.W x.b ~drop.random_uniform ~drop_2.random_uniform ~x.W "},
    {"blocks:\n  start:\n    with: {shape: shape}\n    let:\n      q: random_normal(shape=shape, per_example=false)\n"
     "      k: random_normal(shape=shape, per_example=false)\n    out: SUM\n"
     "graph: [flatten(image), dense: {units: 10, init: start}, softmax]\n",
     "dense.W dense.b ~dense.init.k ~dense.init.q "},
};

static lng_model *with_sum(const char *text, const char *sum)
{
    const char *at = strstr(text, "SUM");
    return good(lng_format(arena, "%.*s%s%s", (int)(at - text), text, sum, at + strlen("SUM")));
}

START_TEST(names_come_from_the_text)
{
    lng_model *one = with_sum(sums[_i].text, "q - 2 * k"), *other = with_sum(sums[_i].text, "-2 * k + q");
    ck_assert_str_eq(all_names(one), sums[_i].names);
    ck_assert_str_eq(all_names(other), sums[_i].names);
    ck_assert_uint_eq(one->digest, other->digest);
    lng_model_free(one);
    lng_model_free(other);
}
END_TEST

/* Where names cannot tell, the digest does: the same tensors, used differently. Calls stand as D. */
static const struct {
    bool equal;
    const char *one, *other;
} uses[] = {
    {false, "D - 2 * sigmoid(D)", "-2 * sigmoid(D) + D"},
    {false, "q - 2 * k", "k - 2 * q"},
    {false, "q * sigmoid(k)", "k * sigmoid(q)"},
    {false, "0.5 * q + k", "0.25 * q + k"},
    {false, "q + k", "q - k"},
    {false, "q - k", "k - q"},
    {false, "q / k", "k / q"},
    {true, "q + k", "k + q"},
    {true, "q - 0.1 * k", "-0.1 * k + q"},
    {true, "q - k", "-(k - q)"},
    {true, "k * (1 - q)", "k - q * k"},
    {true, "(q + k) * (q - k)", "q * q - k * k"},
    {true, "sigmoid(q - k) * k", "k * sigmoid(-k + q)"},
};

static uint64_t digest_of(const char *sum)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "let:\n  x: flatten(image) / 255\n");
    if (strchr(sum, 'q'))
        lng_text_add(&t, "  q: dense(x, units=10)\n  k: dense(x, units=10)\n");
    lng_text_add(&t, "out: softmax(");
    for (; *sum; sum++)
        if (*sum == 'D')
            lng_text_add(&t, "dense(x, units=10)");
        else
            lng_text_put(&t, sum, 1);
    lng_text_add(&t, ")\n");
    lng_model *m = good(t.at);
    const uint64_t digest = m->digest;
    ck_assert_int_eq(m->parameters, 15700);
    lng_model_free(m);
    return digest;
}

START_TEST(digest_of_uses)
{
    ck_assert_int_eq(uses[_i].equal, digest_of(uses[_i].one) == digest_of(uses[_i].other));
}
END_TEST

/* What the output does not read, the loss does. */
START_TEST(digest_of_the_loss)
{
    static const char *const decoded[] = {"relu(dense(h, units=9)) - dense(h, units=9)",
                                          "dense(h, units=9) - relu(dense(h, units=9))"};
    uint64_t digest[2];
    for (int i = 0; i < 2; i++) {
        const char *text = lng_format(arena,
                                      "%slet:\n  h: dense(flatten(image), units=10)\n  r: %s\nout: softmax(h)\n"
                                      "train: {loss: 'cross_entropy(out, label) + mean(r ** 2)', optimizer: sgd}\n",
                                      head, decoded[i]);
        lng_model *m = model(text, NULL, 0);
        must(m != NULL);
        digest[i] = m->digest;
        lng_model_free(m);
    }
    ck_assert_uint_ne(digest[0], digest[1]);
}
END_TEST

/* Rows of the layer table: in the order of the text, and together all that is computed for the output. */
static const struct {
    const char *text, *rows;
} tables[] = {
    {"graph: [image / 255, flatten, dense: {units: 10}, softmax]\n",
     "image / 255:image / 255 0 0, flatten:flatten 0 0, dense:dense 7850 7840, softmax:softmax 0 0, "},
    {"let:\n  x: flatten(image) / n\n  q: dense(x, units=10)\n  n: 5\n  k: dense(x, units=10)\nout: softmax(relu(k) - q)\n",
     "x:flatten(image) / n 0 0, q:dense 7850 7840, k:dense 7850 7840, out:softmax 0 0, "},
    {"let: {x: flatten(image) / 255}\nout: softmax(dense(dense(x, units=3), units=10) + 1)\n",
     "x:flatten(image) / 255 0 0, out:softmax 0 0, dense:dense 40 30, dense_2:dense 2355 2352, "},
    {"let:\n  a: relu(dense(flatten(image), units=4)) + 1\ngraph:\n  - a\n  - relu(dense(it, units=10))\nout: >\n  softmax(it\n  + 1)\n",
     "a:relu(dense(flatten(image), units=4)) + 1 0 0, dense_2:dense 3140 3136, a:a 0 0, relu:relu 0 0, dense:dense 50 40, "
     "out:softmax 0 0, "},
    {"let:\n  a, b: split(dense(flatten(image), units=20), parts=2)\nshared:\n  d: dense(units=10)\nout: softmax(d(a) + d(b))\n",
     "a, b:split 0 0, dense:dense 15700 15680, out:softmax 0 0, d:d 110 100, d_2:d 0 100, "},
    {"let:\n  h: dense(flatten(image), units=784)\n  k: reshape(image, shape=[28, 28]) @ reshape(h, shape=[28, 28])\n"
     "out: softmax(dense(flatten(k), units=10))\n",
     "h:dense 615440 614656, k:reshape(image, shape=[28, 28]) @ reshape(h, shape=[28, 28]) 0 21952, out:softmax 0 0, dense:dense 7850 7840, "},
};

START_TEST(layer_table)
{
    lng_model *m = good(tables[_i].text);
    lng_text t = lng_text_new(arena);
    int64_t parameters = 0;
    for (size_t i = 0; i < m->layers; i++) {
        const lng_layer *l = &m->layer[i];
        lng_text_add(&t, "%s:%s %d %d, ", l->name, l->block, (int)l->parameters, (int)l->cost);
        parameters += l->parameters;
    }
    ck_assert_str_eq(t.at, tables[_i].rows);
    ck_assert_int_eq(parameters, m->parameters);
    lng_model_free(m);
}
END_TEST

/* What is under stop_gradient alone is meant to stay as it is. */
START_TEST(parameters_that_stay)
{
    lng_model *m = good("let: {x: flatten(image) / 255, fixed: 'stop_gradient(dense(x, units=10))'}\n"
                        "graph: [x, dense: {units: 10}, softmax(it + fixed)]\n");
    ck_assert_uint_eq(m->variables, 4);
    ck_assert_uint_eq(m->train->updates, 2);
    for (size_t i = 0; i < m->train->updates; i++)
        ck_assert_msg(strncmp(m->train->update[i].name, "dense.", 6) == 0, "%s", m->train->update[i].name);
    lng_model_free(m);
}
END_TEST

/* A step is read by the next one, by its name, or by the result. */
START_TEST(steps_that_are_read)
{
    static const char *const texts[] = {
        "graph: [image, flatten, dense: {units: 10}, softmax]\n",
        "graph:\n  - flatten(image):\n    as: x\n  - dense: {units: 10}\n    as: y\n  - dense(x, units=10)\n  - softmax(it + y)\n",
        "graph:\n  - flatten(image)\n  - dense: {units: 10}\n    as: y\n  - flatten(image)\nout: softmax(dense(it, units=10) + y)\n",
        "graph:\n  - flatten(image)\n  - dense: {units: 10}\n    as: y\n  - concat: {}\n    from: 1 - it, it\n  - dense: {units: 10}\n"
        "  - softmax(it if true else y)\n",
        "blocks:\n  b: {in: 'x[n]', graph: [it + x, relu]}\ngraph: [flatten(image), dense: {units: 10}, b, softmax]\n",
        "shared: {d: dense(units=784)}\ngraph: [flatten(image) / 255, d, d, dense: {units: 10, activation: softmax}]\n",
    };
    lng_model_free(good(texts[_i]));
}
END_TEST

START_TEST(both_phases_name_alike)
{
    /* only training calls a dense of its own: the others keep their names */
    lng_model *m = good("let:\n  extra: dense(flatten(image), units=10) if training else zeros([10])\n"
                        "graph:\n  - flatten(image) / 255\n  - dense: {units: 10}\n  - softmax(it + extra)\n");
    ck_assert_int_eq(m->parameters, 2 * 7850);
    const char *eval = printed(m->eval);
    ck_assert(strstr(eval, "; dense.W") && !strstr(eval, "; dense_2.W"));
    lng_model_free(m);
}
END_TEST

START_TEST(untaken_branches_do_not_exist)
{
    lng_model *m = good("graph:\n  - flatten(image)\n  - dense: {units: 10, bias: false, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 1);
    lng_model_free(m);
}
END_TEST

START_TEST(own_block_hides_a_standard_one)
{
    const char *text = "blocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'dense(x, units=units, bias=false) * 2'}\n"
                       "  softmax: {in: x, out: softmax(x)}\n"
                       "graph:\n  - flatten(image)\n  - dense: {units: 10}\n  - softmax\n";
    lng_model *m = good(text);
    ck_assert_uint_eq(m->variables, 1);
    ck_assert_str_eq(m->variable[0].name, "dense.dense.W");
    lng_model_free(m);
    m = good("blocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'std.dense(x, units=units, bias=false) + op.relu(x[0])' }\n"
             "  relu: {in: x, out: op.relu(x)}\n  unused: {in: x, out: relu(x)}\n"
             "graph:\n  - flatten(image)\n  - std.dense: {units: 10, activation: softmax}\n");
    lng_model_free(m);
}
END_TEST

START_TEST(blocks_as_arguments)
{
    lng_model *m = good(
        "blocks:\n  apply: {in: x, with: {f: block = relu, g: block = f}, out: g(f(x))}\n"
        "graph:\n  - flatten(image)\n  - apply\n  - apply: {f: leaky_relu(slope=0.25)}\n  - apply: {f: {leaky_relu: {slope: 0.125}}, g: tanh}\n"
        "  - dense: {units: 10, activation: softmax, init: constant(value=0.5)}\n");
    const char *g = printed(m->train);
    ck_assert(strstr(g, "value=0.25") && strstr(g, "value=0.125") && strstr(g, "tanh"));
    lng_model_free(m);
}
END_TEST

START_TEST(shared_blocks_are_made_once)
{
    lng_model *m = good(
        "shared: {half: dense(units=392)}\n"
        "let:\n  a: slice(flatten(image), axis=0, start=0, stop=392)\n  b: slice(flatten(image), axis=0, start=392, stop=784)\n"
        "graph:\n  - half(a) + half(b)\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 4);
    ck_assert_int_eq(variable(m, "half.W")->shape.dim[0], 392);
    lng_model_free(m);
}
END_TEST

START_TEST(several_values)
{
    lng_model *m = good("blocks:\n  pair: {in: 'x[n]', out: 'x * 2, x + 1'}\n"
                        "let:\n  a, b: pair(flatten(image))\n  p, q: split(b, parts=2)\n"
                        "graph:\n  - a * pair(b)[1] + concat(p, q, axis=0)\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->variables, 2);
    lng_model_free(m);
}
END_TEST

START_TEST(initial_values)
{
    lng_model *m = good("params:\n  W: he_normal([784, 10])\n  b: zeros([10]) + 1\n  c: b * 2 + W.shape[1]\n"
                        "graph:\n  - flatten(image) @ W + b * c\n  - softmax\n");
    ck_assert_uint_eq(m->variables, 3);
    for (size_t i = 0; i < m->variables; i++)
        ck_assert(lng_graph_find_output(m->init, m->variable[i].name) != NULL);
    ck_assert(strstr(printed(m->init), "random_normal() {shape=[784, 10], per_example=false} ; W"));
    double fill;
    ck_assert(lng_value_is_constant(lng_graph_find_output(m->init, "c"), &fill) && fill == 12);
    lng_model_free(m);
}
END_TEST

START_TEST(optimizer_state)
{
    char *text = lng_format(
        arena,
        "%sgraph:\n  - flatten(image)\n  - dense: {units: 10, activation: softmax}\n"
        "train: {loss: 'cross_entropy(out, label)', optimizer: 'adam(lr=cosine(peak=1e-3))', batch: 5, epochs: 2, seed: 7, steps: 9}\n",
        head);
    lng_model *m = model(text, NULL, 0);
    must(m != NULL);
    ck_assert(!variable(m, "optimizer.dense.W.m")->parameter);
    ck_assert(!variable(m, "optimizer.dense.b.v")->parameter);
    ck_assert_uint_eq(m->variables, 6);
    ck_assert_uint_eq(m->train->updates, 6);
    ck_assert_uint_eq(m->eval->updates, 0);
    ck_assert_int_eq(m->parameters, 7850);
    ck_assert(m->batch == 5 && m->epochs == 2 && m->seed == 7 && m->steps == 9);
    lng_model_free(m);
}
END_TEST

START_TEST(running_statistics)
{
    lng_model *m = good("graph:\n  - batchnorm(image)\n  - flatten\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_uint_eq(m->train->updates, 2 + 4);
    ck_assert_uint_eq(m->eval->updates, 0);
    ck_assert(!variable(m, "batchnorm.mean")->parameter);
    ck_assert(!strstr(printed(m->eval), "batch_sum"));
    lng_model_free(m);
}
END_TEST

START_TEST(any_number_of_values_is_joined)
{
    lng_model *m = good("let: {x: flatten(image)}\ngraph:\n  - concat(x, x, x, x, x, x, x, x, x)\n  - concat: {}\n"
                        "    from: it, x, x, x, x\n  - dense: {units: 10, activation: softmax}\n");
    ck_assert_int_eq(variable(m, "dense.W")->shape.dim[0], (9 + 4) * 784);
    lng_model_free(m);
}
END_TEST

START_TEST(lets_do_not_recurse)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "let:\n");
    for (int i = 8000; i > 0; i--)
        lng_text_add(&t, "  a%d: a%d + 1\n", i, i - 1);
    lng_text_add(&t, "  a0: flatten(image)\ngraph:\n  - dense(a8000, units=10, activation=softmax)\n");
    lng_model_free(good(t.at));
}
END_TEST

/* ---- ports that bind each other ---- */
START_TEST(ports_bind)
{
    static const char *const middle[] = {
        /* a run of sizes is a shape, and one number fits one number */
        "blocks:\n  ones_like: {in: 'x[...s, n], y[...s]', out: 'ones(s + [n]) * x'}\n"
        "out: softmax(dense(flatten(ones_like(image, sum(image, axes=[2]))), units=10))\n",
        "let: {p: 'dense(flatten(image), units=1, activation=sigmoid)'}\n"
        "out: softmax(dense(flatten(image), units=10)) * (1 + binary_cross_entropy(p, label == 1) + mse(mean(image), p))\n",
        /* numbers have no classes to be too many */
        "let: {p: 'softmax(dense(flatten(image), units=10))'}\n"
        "out: p * cross_entropy(p, argmax(p)) * binary_cross_entropy(p, p)\n",
    };
    for (size_t i = 0; i < sizeof middle / sizeof *middle; i++)
        lng_model_free(good(middle[i]));
}
END_TEST

/* ---- warnings ---- */
/* What could be probabilities is none of the compiler's business; tests/invalid/warn-numbers has what could not. */
START_TEST(nothing_to_warn_of)
{
    static const char *const out[] = {"0.5 * softmax(a) + 0.5 * softmax(2 * a)",
                                      "exp(log_softmax(a))",
                                      "exp(a) / sum(exp(a))",
                                      "relu(a) / (1 + sum(relu(a)))",
                                      "flatten(softmax(reshape(a, shape=[2, 5])))",
                                      "(tanh(a) + 1) / 20",
                                      "minimum(maximum(a, 0.1), 1)",
                                      "dropout(softmax(relu(a)))",
                                      "select(less(0, a), sigmoid(a), 0) / 10"};
    for (int i = 0; i < LENGTH(out); i++)
        lng_model_free(good(lng_format(arena, "let: {a: 'dense(flatten(image / 255), units=10)'}\nout: %s\n", out[i])));
    lng_model_free(good("graph: [flatten(image / 255), dense: {units: 10, activation: softmax}]\n"
                        "report: {metrics: ['softmax_cross_entropy(log(out), label)', 'binary_cross_entropy(out, out)']}\n"));
}
END_TEST

/* ---- overrides and expansion ---- */
static const char lenet[] =
    "lngraph: 1\nname: t\ndata: {source: mnist}\nin: image[28, 28, 1], label\ngraph:\n  - image / 255\n"
    "  - conv2d: {filters: 6, kernel: 2, activation: sigmoid}\n  - maxpool2d: {size: 2}\n  - dropout\n  - batchnorm\n  - flatten\n"
    "  - dense: {units: 10, activation: softmax}\n"
    "train: {loss: 'cross_entropy(out, label)', optimizer: 'adam(lr=cosine(peak=1e-3))'}\n"
    "report: {metrics: ['accuracy(out, label)', 'auc(out, label)', 'accuracy(out, label)']}\n";

START_TEST(overrides)
{
    const lng_override o[] = {
        {"train.batch", "100"},          {"graph.1.conv2d.filters", "8"},    {"train.steps", "3"},
        {"data.validation.last", "0.5"}, {"train.optimizer", "sgd(lr=0.5)"}, {"graph.6", "{dense: {units: 10}}"},
        {"report.metrics", "[]"}};
    lng_model *m = model(lenet, o, sizeof o / sizeof *o);
    must(m != NULL);
    ck_assert_int_eq(m->batch, 100);
    ck_assert_int_eq(m->steps, 3);
    ck_assert(m->data.validation_last == 0.5);
    ck_assert_int_eq(variable(m, "conv2d.W")->shape.dim[3], 8);
    ck_assert_uint_eq(m->metrics, 0);
    ck_assert(strstr(expanded(m), "filters: 8"));
    lng_model_free(m);
}
END_TEST

/* The model above with `optimizer` and one override. */
static const char *optimizer_after(const char *optimizer, const char *path, const char *value)
{
    const lng_override o[] = {{"train.optimizer", optimizer}, {path, value}};
    lng_model *m = model(lenet, o, 2);
    ck_assert_msg(m != NULL, "%s, %s=%s: %s", optimizer, path, value, lng_errors_text(errors, 0));
    const lng_doc *train = lng_doc_get(m->expanded, "train");
    lng_text out = lng_text_new(arena);
    lng_doc_write(&out, lng_doc_get(train, "optimizer"));
    lng_model_free(m);
    return out.at;
}

START_TEST(overrides_of_calls)
{
    static const struct {
        const char *optimizer, *path, *value, *after;
    } cases[] = {
        {"adam(lr=0.01)", "train.optimizer.lr", "0.1", "adam(lr=0.1)\n"},
        {"adam(lr=0.01)", "train.optimizer.adam.lr", "0.1", "adam(lr=0.1)\n"},
        {"adam(lr=0.01, )", "train.optimizer.eps", "1e-3", "adam(lr=0.01, eps=1e-3, )\n"},
        {"std.adam()", "train.optimizer.lr", "0.1", "std.adam(lr=0.1)\n"},
        {"adam", "train.optimizer.lr", "0.1", "adam:\n  lr: 0.1\n"},
        {"{adam: {lr: 0.01}}", "train.optimizer.lr", "0.1", "{adam: {lr: 0.1}}\n"},
        {"{adam: }", "train.optimizer.adam.lr", "0.1", "{adam: {lr: 0.1}}\n"},
        {"adam(lr=cosine(peak=1e-3))", "train.optimizer.lr.peak", "2e-3", "adam(lr=cosine(peak=2e-3))\n"},
        {"adam(lr=cosine(1e-3, 1e-4))", "train.optimizer.lr.peak", "2e-3", "adam(lr=cosine(2e-3, 1e-4))\n"},
        {"adam(eps=(1 + 1) * 1e-8, lr=cosine)", "train.optimizer.lr.peak", "2e-3",
         "adam(eps=(1 + 1) * 1e-8, lr=cosine(peak=2e-3))\n"},
        {"{adam: {lr: cosine}}", "train.optimizer.lr.peak", "2e-3", "{adam: {lr: {cosine: {peak: 2e-3}}}}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(optimizer_after(cases[i].optimizer, cases[i].path, cases[i].value), cases[i].after);
}
END_TEST

START_TEST(overrides_of_steps)
{
    const lng_override o[] = {{"graph.1.filters", "8"}, {"graph.3.rate", "0.25"}, {"train.loss.loss_of", "1"}};
    lng_model *m = model(lenet, o, 2);
    must(m != NULL);
    ck_assert_int_eq(variable(m, "conv2d.W")->shape.dim[3], 8);
    ck_assert(strstr(expanded(m), "rate: 0.25"));
    lng_model_free(m);
    ck_assert_ptr_null(model(lenet, o + 2, 1));
    ck_assert_str_eq(lng_errors_hint(errors, 0, 0), "`cross_entropy` has no attributes");
}
END_TEST

START_TEST(refused_overrides)
{
    static const struct {
        lng_override o;
        const char *error;
    } cases[] = {
        {{"train.bacth", "1"}, "--set train.bacth:1:1: error[unknown-key]"},
        {{"trian.batch", "1"}, "--set:1:1: error[unknown-key]"},
        {{"graph.9.conv2d", "1"}, "--set:1:7: error[unknown-key]"},
        {{"graph.x", "1"}, "--set:1:7: error[unknown-key]"},
        {{"graph.-1", "relu"}, "--set:1:7: error[unknown-key]"},
        {{"train.batch", "0"}, "--set train.batch:1:1: error[out-of-range]"},
        {{"train.batch", "1e3"}, "--set train.batch:1:1: error[wrong-type]"},
        {{"train.batch", "[1"}, "--set train.batch:2:1: error[yaml-syntax]"},
        {{"train.batch", ""}, "--set train.batch: error[missing-key]"},
        {{"train.optimizer.rl", "1"}, "--set train.optimizer.rl:1:28: error[unknown-key]"},
        {{"train.optimizer.lr", "-1"}, "--set train.optimizer.lr:1:9: error[out-of-range]"},
        {{"train.optimizer.lr.paek", "1"}, "--set train.optimizer.lr.paek:1:27: error[unknown-key]"},
        {{"train.optimizer.beta.x", "1"}, "--set:1:17: error[unknown-key]"},
        {{"train.optimizer.lr.peak.x", "1"}, "--set:1:25: error[unknown-key]"},
        {{"name.x", "1"}, "--set:1:6: error[unknown-key]"},
        {{"data.source.x", "1"}, "--set:1:13: error[unknown-key]"},
        {{"graph.0.x", "1"}, "--set:1:9: error[unknown-key]"},
        {{"graph.1.conv2d.kernel", "30"}, "--set graph.1.conv2d.kernel:1:1: error[shape]"},
        {{"", "1"}, "--set:1:1: error[unknown-key]"},
        {{"train..batch", "1"}, "--set:1:7: error[unknown-key]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lng_errors_clear(errors);
        ck_assert_ptr_null(model(lenet, &cases[i].o, 1));
        const char *text = lng_errors_text(errors, 0);
        ck_assert_msg(strncmp(text, cases[i].error, strlen(cases[i].error)) == 0, "%s: %s", cases[i].o.path, text);
    }
}
END_TEST

static void expands_to_itself(const char *text)
{
    lng_model *a = model(text, NULL, 0);
    must(a != NULL);
    const char *once = expanded(a);
    lng_model *b = model(once, NULL, 0);
    ck_assert_msg(b != NULL, "%s\n%s", lng_errors_text(errors, 0), once);
    ck_assert_str_eq(expanded(b), once);
    ck_assert_str_eq(printed(a->train), printed(b->train));
    ck_assert_str_eq(printed(a->eval), printed(b->eval));
    ck_assert_str_eq(printed(a->init), printed(b->init));
    lng_model_free(a);
    lng_model_free(b);
}

START_TEST(expansion_is_complete)
{
    expands_to_itself(lenet);
    /* own blocks that hide standard ones stay apart from them */
    expands_to_itself(lng_format(
        arena,
        "%sblocks:\n  dense: {in: 'x[n]', with: {units: int}, out: 'dense(x, units=units) * 2'}\n  zeros: {with: {shape: shape}, out: zeros(shape) + 1}\n"
        "graph:\n  - flatten(image)\n  - dense: {units: 10}\n  - softmax\n%s",
        head, tail));
}
END_TEST

START_TEST(shipped_models_expand)
{
    static const char *const names[] = {"lenet5", "lenet5-fast", "softmax", "mlp", "cnn", "cnn-bn", "residual"};
    const char *top = getenv("top_srcdir");
    size_t length;
    char *text =
        lng_file_read(arena, lng_format(arena, "%s/models/%s.yaml", top ? top : "..", names[_i]), 1 << 20, &length, errors);
    must(text != NULL);
    expands_to_itself(text);
}
END_TEST

START_TEST(expanded_defaults)
{
    lng_model *m = model(lenet, NULL, 0);
    const char *text = expanded(m);
    ck_assert(strstr(text, "std.conv2d:") && strstr(text, "std.glorot_uniform:") && strstr(text, "std.cosine:") &&
              strstr(text, "std.adam:"));
    ck_assert(!strstr(text, "std.sgd:"));
    ck_assert(strstr(text, "batch: 32") && strstr(text, "epochs: 10") && strstr(text, "seed: 1"));
    ck_assert(strstr(text, "format: idx") && strstr(text, "name: mnist"));
    lng_model_set_seed(m, 1234567890123ull);
    ck_assert(strstr(expanded(m), "seed: 1234567890123"));
    ck_assert_uint_eq(m->metrics, 3);
    ck_assert_str_eq(m->metric[2].label, "accuracy_2");
    ck_assert(m->metric[1].collective && !m->metric[0].collective);
    ck_assert(lng_graph_find_output(m->eval, "metric.1.0") && lng_graph_find_output(m->eval, "metric.2"));
    lng_model_free(m);
}
END_TEST

/* Models that use every standard block between them: a block that is missing here fails the test, too. */
static const struct {
    const char *layer, *init, *loss, *optimizer;
} everything[] = {
    {"batchnorm", "zeros", "cross_entropy(out, label)", "sgd(lr=cosine(peak=0.1))"},
    {"layernorm", "ones", "binary_cross_entropy(out, one_hot(label, depth=10))", "momentum(lr=cosine(peak=0.1, warmup=0))"},
    {"dropout: {rate: 0.2}", "constant(value=0.5)", "softmax_cross_entropy(out, label)", "adam(lr=linear(start=0.1))"},
    {"identity", "uniform(low=-1, high=1)", "sigmoid_cross_entropy(out, one_hot(label, depth=10))",
     "adamw(lr=step_decay(start=0.1, every=3))"},
    {"leaky_relu", "normal(deviation=0.1)", "mse(out, one_hot(label, depth=10))",
     "momentum(lr=exponential(start=0.1, factor=0.9), nesterov=true)"},
    {"elu", "glorot_uniform", "mae(out, one_hot(label, depth=10))", "sgd(lr=warmup(peak=0.1, steps=10))"},
    {"gelu", "glorot_normal", "2 - accuracy(out, label) + mean(likely(out)) + cross_entropy(out, label)",
     "momentum(lr=0.1 * 0.5 ** epoch)"},
    {"silu", "he_uniform", "batch_mean(cross_entropy(out, label))", "adam(lr=0.5)"},
    {"log_sigmoid", "he_normal", "cross_entropy(out, label)", "adamw(lr=0.1)"},
    {"softplus", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"relu", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"avgpool2d: {size: 2}", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"maxpool2d: {size: 3, stride: 2, padding: same}", "zeros", "cross_entropy(out, label)", "sgd(lr=0.1)"},
    {"conv2d: {filters: 3, kernel: 3, stride: 2, padding: same, init: he_uniform, activation: gelu}", "zeros",
     "cross_entropy(out, label)", "sgd(lr=0.1)"},
};

START_TEST(every_standard_block)
{
    lng_text all = lng_text_new(arena);
    for (int i = 0; i < LENGTH(everything); i++) {
        const char *text =
            lng_format(arena,
                       "%sgraph:\n  - image / 255\n  - %s\n  - flatten\n"
                       "  - dense: {units: 10, init: '%s', activation: softmax}\ntrain: {loss: '%s', optimizer: '%s'}\n",
                       head, everything[i].layer, everything[i].init, everything[i].loss, everything[i].optimizer);
        lng_model *m = model(text, NULL, 0);
        ck_assert_msg(m != NULL, "%s\n%s", text, rendered(false));
        lng_text_add(&all, "%s", expanded(m));
        lng_model_free(m);
    }
    const lng_library *library = lng_library_new(arena, errors);
    for (size_t i = 0; i < lng_map_count(library->standard); i++) {
        const char *name = lng_map_key(library->standard, i);
        ck_assert_msg(strstr(all.at, lng_format(arena, "\n  std.%s:\n", name)) != NULL, "std.%s is used by no test", name);
    }
}
END_TEST

/* The optimizer may read a name of the model. */
START_TEST(rate_of_a_let)
{
    lng_model_free(model(lng_format(arena,
                                    "%slet: {rate: 0.5}\ngraph: [flatten(image), dense: {units: 10, activation: softmax}]\n"
                                    "train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=rate)}\n",
                                    head),
                         NULL, 0));
    ck_assert_msg(lng_errors_count(errors) == 0, "%s", rendered(false));
}
END_TEST

/* ---- hostile sizes ---- */
START_TEST(work_is_limited)
{
    lng_text t = lng_text_new(arena);
    lng_text_add(&t, "%sblocks:\n  b0: {in: x, out: x}\n", head);
    for (int i = 1; i < 40; i++)
        lng_text_add(&t, "  b%d: {in: x, out: b%d(x) + b%d(x)}\n", i, i - 1, i - 1);
    lng_text_add(&t, "graph:\n  - flatten(image)\n  - b39\n  - softmax\n%s", tail);
    ck_assert_ptr_null(model(t.at, NULL, 0));
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_LIMIT);
    ck_assert_uint_eq(lng_errors_count(errors), 1);
}
END_TEST

static bool read_library(void *small)
{
    return lng_library_new(small, errors) != NULL;
}

/* Wherever memory runs out, the library is read or nothing is; no crash, no leak (the sanitizers see it). */
START_TEST(memory_runs_out)
{
    for (long n = 1, left = 0; left == 0; n += 1 + n / 8) {
        lng_arena *small = lng_arena_new();
        lng_errors_clear(errors);
        lng_fail_allocation(n, false);
        const bool done = lng_attempt(small, read_library, small, errors, "reading the library");
        left = lng_fail_allocation(0, false);
        lng_arena_free(small);
        ck_assert(done == (left > 0) && n < 10000000);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(value_of_expression, LENGTH(worth)),
        LOOP(refused_expression, LENGTH(wrong)),
        TEST(depth_is_limited),
        TEST(exact_limits),
        LOOP(attribute_types, LENGTH(declared)),
        TEST(names_of_parameters),
        LOOP(names_come_from_the_text, LENGTH(sums)),
        LOOP(digest_of_uses, LENGTH(uses)),
        LOOP(layer_table, LENGTH(tables)),
        TEST(parameters_that_stay),
        LOOP(steps_that_are_read, 6),
        TEST(digest_of_the_loss),
        TEST(both_phases_name_alike),
        TEST(untaken_branches_do_not_exist),
        TEST(own_block_hides_a_standard_one),
        TEST(blocks_as_arguments),
        TEST(shared_blocks_are_made_once),
        TEST(several_values),
        TEST(initial_values),
        TEST(optimizer_state),
        TEST(running_statistics),
        TEST(any_number_of_values_is_joined),
        TEST(lets_do_not_recurse),
        TEST(ports_bind),
        TEST(nothing_to_warn_of),
        TEST(overrides),
        TEST(overrides_of_calls),
        TEST(overrides_of_steps),
        TEST(refused_overrides),
        TEST(expansion_is_complete),
        LOOP(shipped_models_expand, 7),
        TEST(expanded_defaults),
        TEST(integers_meet_integers),
        TEST(every_standard_block),
        TEST(rate_of_a_let),
        TEST(work_is_limited),
        TEST(memory_runs_out),
        {0},
    };
    return suite_run("lang", tests, NULL, NULL);
}
