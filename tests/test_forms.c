/* The forms of the language that make several of something: turns of `repeat`, and what they name. */
#include "base/file.h"
#include "models.h"
#include "suite.h"
#include <stdlib.h>
#include <string.h>

/* The digest of what a model computes, whose middle is given. */
static uint64_t digest(const char *middle)
{
    lng_model *m = good(middle);
    const uint64_t found = m->digest;
    lng_model_free(m);
    return found;
}

/* ---- repeat ---- */
START_TEST(turns_have_parameters_of_their_own)
{
    lng_model *m =
        good("shared: {same: dense(units=4)}\n"
             "graph:\n  - flatten(image / 255)\n  - dense: {units: 4}\n"
             "  - repeat: 2\n    as: i\n    do:\n      - dense: {units: 4 + i}\n        as: h\n      - dense: {units: 4}\n"
             "      - same\n      - repeat: i\n        do: [dense: {units: 4}]\n      - it + sum(h)\n"
             "  - repeat: 1\n    do: [dense: {units: 4}]\n"
             "  - dense: {units: 10, activation: softmax}\n");
    static const char *const layers[] = {
        "flatten",    "dense",          "repeat.0.h",    "repeat.0.dense",          "repeat.0.same", "it + sum(h)",
        "repeat.1.h", "repeat.1.dense", "repeat.1.same", "repeat.1.repeat.0.dense", "it + sum(h)",   "repeat_2.0.dense",
        "dense_2"};
    ck_assert_uint_eq(m->layers, sizeof layers / sizeof *layers);
    for (size_t i = 0; i < m->layers; i++)
        ck_assert_str_eq(m->layer[i].name, layers[i]);
    ck_assert_int_eq(variable(m, "repeat.0.h.W")->shape.dim[1], 4);
    ck_assert_int_eq(variable(m, "repeat.1.h.W")->shape.dim[1], 5);
    variable(m, "repeat.0.dense.W"), variable(m, "repeat.1.repeat.0.dense.b"), variable(m, "repeat_2.0.dense.W");
    variable(m, "same.W"), variable(m, "dense_2.W");
    ck_assert_uint_eq(m->variables, 2 * 9);
    lng_model_free(m);
}
END_TEST

START_TEST(turns_are_what_they_would_be_written_out)
{
#define END "  - dense: {units: 10, activation: softmax}\n"
    const uint64_t thrice = digest("graph:\n  - flatten(image)\n  - it * 0.5 + 0\n  - it * 0.5 + 1\n  - it * 0.5 + 2\n" END);
    ck_assert(thrice == digest("graph:\n  - flatten(image)\n  - repeat: 3\n    as: i\n    do: [it * 0.5 + i]\n" END));
    ck_assert(thrice != digest("graph:\n  - flatten(image)\n  - repeat: 2\n    as: i\n    do: [it * 0.5 + i]\n" END));
    const uint64_t never = digest("graph:\n  - flatten(image)\n" END);
    ck_assert(never == digest("graph:\n  - flatten(image)\n  - repeat: 0\n    do: [it * 0.5]\n" END));
    /* at the beginning and the end of a block */
    ck_assert(never ==
              digest("blocks: {same: {in: x, graph: [{repeat: 0, do: [it * 0.5]}]}}\ngraph:\n  - flatten(image)\n  - same\n" END));
    ck_assert(thrice == digest("blocks: {some: {in: x, with: {n: int}, graph: [{repeat: n, as: i, do: [it * 0.5 + i]}]}}\n"
                               "graph:\n  - flatten(image)\n  - some: {n: 3}\n" END));
#undef END
}
END_TEST

/* A definition is one, whichever turn reads it first. */
START_TEST(definitions_are_outside_of_turns)
{
    lng_model *m = good("let: {k: 'dense(flatten(image), units=8)'}\n"
                        "graph:\n  - flatten(image)\n  - dense: {units: 8}\n  - repeat: 3\n    do: [it * k]\n"
                        "  - dense: {units: 10, activation: softmax}\n");
    variable(m, "k.W");
    ck_assert_uint_eq(m->variables, 6);
    lng_model_free(m);
}
END_TEST

START_TEST(turns_are_overridden)
{
    const lng_override o[] = {{"graph.1.repeat", "3"}, {"graph.1.do.0.units", "6"}};
    lng_model *m = model(lng_format(arena,
                                    "%sgraph:\n  - flatten(image)\n  - repeat: 1\n    do: [dense: {units: 4}]\n"
                                    "  - dense: {units: 10, activation: softmax}\n%s",
                                    head, tail),
                         o, 2);
    must(m != NULL);
    ck_assert_int_eq(variable(m, "repeat.2.dense.W")->shape.dim[0], 6);
    lng_model_free(m);
}
END_TEST

/* ---- indices ---- */
/* Pairs of expressions that become the same ops. */
static const struct {
    const char *indexed, *same;
} indices[] = {
    {"image[3]", "reshape(slice(image, axis=0, start=3, stop=4), shape=[28, 1])"},
    {"image[-1, 2]", "reshape(slice(slice(image, axis=0, start=27, stop=28), axis=1, start=2, stop=3), shape=[1])"},
    {"image[2:5]", "slice(image, axis=0, start=2, stop=5)"},
    {"image[2:9:3]", "slice(image, axis=0, start=2, stop=9, step=3)"},
    {"image[:-3]", "slice(image, axis=0, start=0, stop=25)"},
    {"image[-3:]", "slice(image, axis=0, start=25, stop=28)"},
    {"image[:]", "image"},
    {"image[...]", "image"},
    {"image[:, 0]", "reshape(slice(image, axis=1, start=0, stop=1), shape=[28, 1])"},
    {"image[..., 0]", "reshape(image, shape=[28, 28])"},
    {"image[5, ..., 0]", "reshape(slice(image, axis=0, start=5, stop=6), shape=[28])"},
    {"image[::2]", "slice(image, axis=0, start=0, stop=27, step=2)"},
    {"image[::-1]", "flip(image, axis=0)"},
    {"image[:, 9:2:-3]", "flip(slice(image, axis=1, start=3, stop=10, step=3), axis=1)"},
    {"image[-1::-27]", "flip(slice(image, axis=0, start=0, stop=28, step=27), axis=0)"},
    {"image[label]", "gather(image, label, axis=0)"},
    {"image[1:3, label, 0]", "reshape(gather(slice(image, axis=0, start=1, stop=3), label, axis=1), shape=[2])"},
    {"split(image, parts=1)[0]", "split(image, parts=1)[-1]"},
    {"image + size(image.shape[::-1][1:])", "image + 784"},
    /* lists */
    {"stack([image * i for i in range(3)])", "stack(image * 0, image * 1, image * 2)"},
    {"concat([image[i] for i in range(4, 0, -2)])", "concat(image[4], image[2])"},
    {"concat([[image[i + k] for i in [3, 5]][1] for k in [1, 2]])", "concat(image[6], image[7])"},
    {"sum([image[i] for i in range(3)])", "image[0] + image[1] + image[2]"},
    {"image * sum(range(5, 0, -2))", "image * 9"},
    {"image * (range(9223372036854775800, 9223372036854775807, 7)[0] - 9223372036854775799)", "image * 1"},
    {"image * sum([i * i for i in range(4)])", "image * 14"},
    {"image * sum([i for i in range(0)]) + size([image, image][:1][0].shape)", "image * 0 + 784"},
    {"stack([image, 2 * image], axis=1)", "stack(image, 2 * image, axis=1)"},
};

START_TEST(indices_and_lists)
{
    const char *form = "let: {x: '%s'}\nout: softmax(dense(flatten(x), units=10))\n";
    const uint64_t found = digest(lng_format(arena, form, indices[_i].indexed));
    ck_assert_msg(found == digest(lng_format(arena, form, indices[_i].same)), "%s", indices[_i].indexed);
}
END_TEST

/* Each turn of `for` has parameters of its own. */
START_TEST(turns_of_a_comprehension)
{
    lng_model *m = good("blocks: {head: {in: 'x[n]', out: 'dense(x, units=2)'}}\nshared: {one: dense(units=2)}\n"
                        "let: {x: flatten(image)}\n"
                        "graph:\n  - dense(x, units=4)\n  - concat([head(it) + one(it) for i in range(3)])\n"
                        "  - it + sum([dense(x, units=6) for k in [0, 1]])\n  - dense: {units: 10, activation: softmax}\n");
    variable(m, "for.0.head.dense.W"), variable(m, "for.2.head.dense.b"), variable(m, "for_2.1.dense.W"), variable(m, "one.W");
    variable(m, "dense.W"), variable(m, "dense_2.W");
    ck_assert_uint_eq(m->variables, 2 * (3 + 2 + 1 + 2));
    lng_model_free(m);
}
END_TEST

/* ---- ports, results ---- */
static const struct {
    const char *call, *same;
} optional[] = {
    {"masked(x)", "x * 2 + 1"},
    {"masked(x, y)", "x * y + 1"},
    {"masked(x, mask=y)", "x * y + 1"},
    {"masked(x, y, y)", "x * y + sum(y)"},
    {"masked(x, plus=y, mask=y)", "x * y + sum(y)"},
    {"masked(x, plus=y, by=3)", "x * 3 + sum(y)"},
};

START_TEST(optional_ports)
{
    const char *form =
        "blocks:\n  masked:\n    in: 'x[n], mask[n]?, plus[k]?'\n    with: {by: float = 2}\n"
        "    let: {scaled: 'x * mask if given(mask) else x * by'}\n    out: scaled + (sum(plus) if given(plus) else 1)\n"
        "let: {x: flatten(image), y: 'x / 255', z: '%s'}\nout: softmax(dense(z + y, units=10))\n";
    const uint64_t found = digest(lng_format(arena, form, optional[_i].call));
    ck_assert_msg(found == digest(lng_format(arena, form, optional[_i].same)), "%s", optional[_i].call);
    if (_i == 2) /* in a chain, the value of the step before and one by name */
        ck_assert(digest("blocks: {masked: {in: 'x[n], mask[n]?', out: x * mask if given(mask) else x}}\nlet: {y: flatten(image)}\n"
                         "graph:\n  - y / 255\n  - masked: {mask: y}\n  - dense: {units: 10, activation: softmax}\n") ==
                  digest("let: {y: flatten(image)}\ngraph: [y / 255 * y, {dense: {units: 10, activation: softmax}}]\n"));
}
END_TEST

START_TEST(several_results_of_a_step)
{
    ck_assert(digest("blocks: {both: {in: x, out: 'x + 1, x * 2'}}\n"
                     "graph:\n  - flatten(image)\n  - both: {}\n    as: a, b\n  - a - b\n  - both\n  - it[0] * it[1]\n"
                     "  - dense: {units: 10, activation: softmax}\n") ==
              digest("let: {x: flatten(image), y: x + 1 - x * 2}\n"
                     "graph:\n  - (y + 1) * (y * 2)\n  - dense: {units: 10, activation: softmax}\n"));
}
END_TEST

/* ---- include ---- */
static void put(const char *name, const char *text)
{
    ck_assert_msg(lng_file_write(in_folder(name), text, strlen(text), errors), "%s", rendered(false));
}

/* The blocks of files, found from the folder of the file that names them; what the run keeps needs no file, and computes the same. */
START_TEST(included_blocks)
{
#define GRAPH "graph:\n  - flatten(image / 255)\n  - wide: {units: 12}\n  - dense: {units: 10, activation: softmax}\n"
#define WIDE                                                                                                                       \
    "  wide:\n    in: x[n]\n    with: {units: int}\n    out: half(dense(x, units=units))\n"                                        \
    "  half: {in: 'x[...]', out: x / 2}\n"
    must(lng_folder_make(in_folder("sub/deep"), errors));
    put("model.yaml", lng_format(arena, "%sinclude: [sub/wide.yaml, sub/deep/half.yaml]\n" GRAPH "%s", head, tail));
    put("sub/wide.yaml", "include: [deep/half.yaml]\nblocks:\n  wide:\n    in: x[n]\n    with: {units: int}\n"
                         "    out: half(dense(x, units=units))\n");
    put("sub/deep/half.yaml", "blocks:\n  half: {in: 'x[...]', out: x / 2}\n");
    lng_model *m = lng_model_read(in_folder("model.yaml"), NULL, 0, errors);
    must(m != NULL);
    ck_assert(m->digest == digest("blocks:\n" WIDE GRAPH));
    const char *whole = expanded(m);
    ck_assert(!strstr(whole, "include") && strstr(whole, "half:"));
    lng_model *again = model(whole, NULL, 0);
    must(again != NULL);
    ck_assert(again->digest == m->digest);
    ck_assert_str_eq(expanded(again), whole);
    lng_model_free(again);
    lng_model_free(m);
    const lng_override o = {"blocks.wide.with.units", "int = 3"};
    m = lng_model_read(in_folder("model.yaml"), &o, 1, errors);
    must(m != NULL);
    lng_model_free(m);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(turns_have_parameters_of_their_own),
        TEST(turns_are_what_they_would_be_written_out),
        TEST(definitions_are_outside_of_turns),
        TEST(turns_are_overridden),
        LOOP(indices_and_lists, LENGTH(indices)),
        TEST(turns_of_a_comprehension),
        LOOP(optional_ports, LENGTH(optional)),
        TEST(several_results_of_a_step),
        TEST(included_blocks),
        {0},
    };
    return suite_run("forms", tests, NULL, NULL);
}
