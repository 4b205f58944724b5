/* Every node of a model file that uses every key, replaced by every kind of node: an error with its place, or a model; never a crash. */
#include "config.h"
#include "lang/model.h"
#include "syntax/sections.h"
#include "suite.h"
#include <stdlib.h>
#include <string.h>

static const char whole[] =
    "lngraph: 1\n"
    "name: whole\n"
    "about: uses every key\n"
    "note: and no more\n"
    "data:\n"
    "  source:\n"
    "    name: letters\n"
    "    about: four letters\n"
    "    format: csv\n"
    "    separator: comma\n"
    "    decimal: point\n"
    "    header: true\n"
    "    fields:\n"
    "      image: {columns: ['p*'], shape: [2, 2], missing: fill, fill: [0], scale: given, subtract: [0], divide: [255]}\n"
    "      day: {column: when, date: true}\n"
    "      rooms: {column: rooms, int: true}\n"
    "      kind: {category: true, count: 3, unknown: other, factor: true}\n"
    "      label: {class: true, names: [a, b, c, d]}\n"
    "    classes: 4\n"
    "    train: {file: a, sha256: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', bytes: 1600}\n"
    "    test: {file: c}\n"
    "    urls: ['http://example.org/letters/']\n"
    "  dir: letters\n"
    "  validation: {count: 3, shuffle: true, stratify: label, seed: 3}\n"
    "  partners: {other: {same: label, rate: 0.5}}\n"
    "in: image[2, 2], label, other_image[2, 2]\n"
    "with: {turns: int > 0 = 2, rate: float = 0.1}\n"
    "require: {turns < 9: few turns}\n"
    "shared: {mix: {dense: {units: 4}}}\n"
    "params: {scale: 'ones([4])'}\n"
    "state: {seen: 'zeros([4])'}\n"
    "let:\n"
    "  flat: flatten(image)\n"
    "  last:\n"
    "    start: 0\n"
    "    scan: flat\n"
    "    as: one\n"
    "    do: last + one\n"
    "    stack: {sums: last}\n"
    "    reverse: true\n"
    "    remat: true\n"
    "graph:\n"
    "  - flat * scale + 0 * seen + 0 * last + 0 * sums\n"
    "  - mix: {}\n"
    "    as: mixed\n"
    "  - plus: {much: 2}\n"
    "    from: mixed\n"
    "  - repeat: turns\n"
    "    as: i\n"
    "    do: [it + i * rate]\n"
    "  - sum([it[i:i + 1] for i in range(2)]) + it[::-1]\n"
    "  - softmax\n"
    "out: it\n"
    "update: {seen: seen + 1}\n"
    "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), batch: 2, accumulate: 2, epochs: 1, steps: 3, seed: 4,\n"
    "  clip: {norm: 1}, parameters: [{match: '*', decay: 0, rate: 1, frozen: false, optimizer: adamw(lr=0.1)}],\n"
    "  average: 0.5, start: {from: runs/base, into: dense, match: '*', layout: pytorch, names: {'a.*': 'b.*'}}, keep: best(validation.loss), stop: {patience: 3},\n"
    "  checkpoint: {every: 5m, keep: 3}, class_weights: balanced,\n"
    "  plateau: {factor: 0.5, patience: 2}}\n"
    "card: {authors: a, version: '1', date: today, license: MIT, citation: none, contact: a, intended_use: tests, out_of_scope: all else,\n"
    "  factors: none, training_data: letters, evaluation_data: letters, ethics: none, caveats: none}\n"
    "report:\n"
    "  metrics: ['accuracy(out, label)', 'mean(other_image)']\n"
    "  require: {test.accuracy: '> 0.1'}\n"
    "  predictions: test\n"
    "  published: {source: nobody, data: letters, train: {accuracy: 0.1}, validation: {accuracy: 0.2}, test: {accuracy: 0.3}}\n"
    "blocks:\n"
    "  plus: {about: adds, example: 'plus: {}', with: {much: float = 1}, in: 'x[...]', expects: {x: probabilities}, out: x + much}\n"
    "  more: {in: 'x[n], y[n]?', out: 'x, x + (y if given(y) else 1)'}\n";

/* What goes with other formats, and other splits, in the places where it goes. */
static const char *const others[] = {
    "format: folder\n"
    "    classes: 2\n"
    "    fields: {image: {shape: [4, 4], fit: crop}, label: {class: true, count: 2}}\n"
    "    skip: broken\n"
    "    train: {folder: a}\n"
    "    validation: {folder: b}\n"
    "  test: {folds: 3, fold: 1}\n",
    "format: cifar\n"
    "    classes: 2\n"
    "    first: 1\n"
    "    fields: {image: [4, 4], label: class}\n"
    "    train: {files: [a, b]}\n"
    "  validation: {first: 0.1}\n"
    "  test: {part: 0.1, stratify: label}\n",
    "format: csv\n"
    "    classes: 2\n"
    "    fields: {image: [4, 4], label: class}\n"
    "    train: {file: a}\n"
    "  validation: {part: 0.1, group: who}\n"
    "  test: {last: 0.1, time: when}\n",
    "format: csv\n"
    "    classes: 2\n"
    "    fields: {image: [4, 4], label: class}\n"
    "    train: {file: a}\n"
    "  validation: {column: split}\n",
    "format: csv\n"
    "    classes: 2\n"
    "    fields: {image: [4], label: class}\n"
    "    window: {length: 4, step: 1, ahead: 1, targets: [label], group: who}\n"
    "    train: {file: a}\n",
};

/* clip takes one of two keys, and so do class_weights and sample; a text cannot include files; files have as many examples as they have; the rest is in `others`. */
static const char *const elsewhere[] = {"include", "objectives", "last",    "value", "examples", "first",  "part",
                                        "folds",   "sample",     "balance", "fold",  "column",   "group",  "time",
                                        "fit",     "folder",     "files",   "skip",  "window",   "length", "step",
                                        "ahead",   "targets",    "text",    "longer"};

static const char *const kinds[] = {"",         "~",        "word",        "''",        "7",     "-0.5",   "true",
                                    "x, y",     "[]",       "[a]",         "[[a]]",     "{}",    "{a: b}", "{a: }",
                                    "{a: [b]}", "[{a: b}]", "{a: {b: c}}", "{file: x}", "[1, 2]"};

static lng_doc *parse(const char *text)
{
    lng_source *source = LNG_NEW(arena, lng_source);
    *source = (lng_source){"kinds.yaml", text, strlen(text)};
    return lng_doc_parse(arena, source, errors);
}

/* ---- the file uses every key ---- */
static bool has_key(const lng_doc *doc, const char *key)
{
    for (size_t i = 0; i < doc->count; i++)
        if ((doc->kind == LNG_DOC_MAPPING && strcmp(doc->key[i]->text, key) == 0) || has_key(doc->item[i], key))
            return true;
    return false;
}

START_TEST(every_key_is_used)
{
    const lng_doc *doc = parse(whole);
    ck_assert(doc != NULL);
    for (size_t i = 0; i < lng_section_count; i++)
        for (size_t k = 0; k < lng_sections[i]->keys; k++) {
            const lng_section_key *key = &lng_sections[i]->key[k];
            bool used = has_key(doc, key->name);
            for (size_t e = 0; e < sizeof elsewhere / sizeof *elsewhere; e++)
                used = used || strcmp(key->name, elsewhere[e]) == 0;
            ck_assert_msg(used, "%s.%s is not in the file", lng_sections[i]->name, key->name);
        }
    lng_model *m = lng_model_parse("kinds.yaml", whole, strlen(whole), NULL, 0, errors);
    must(m != NULL);
    lng_model_free(m);
}
END_TEST

/* ---- every kind in every place ---- */
static size_t count_nodes(const lng_doc *doc)
{
    size_t n = 1;
    for (size_t i = 0; i < doc->count; i++)
        n += count_nodes(doc->item[i]);
    return n;
}

/* The n-th node from 0, the root; counts down on the way. */
static lng_doc **find_node(lng_doc **at, size_t *n)
{
    if ((*n)-- == 0)
        return at;
    for (size_t i = 0; i < (*at)->count; i++) {
        lng_doc **found = find_node(&(*at)->item[i], n);
        if (found)
            return found;
    }
    return NULL;
}

static void try_kind(const char *from, size_t node, const char *kind)
{
    lng_doc *doc = lng_doc_copy(arena, parse(from)), *holder = parse(lng_format(arena, "x: %s", kind));
    lng_text text = lng_text_new(arena);
    lng_doc **at = find_node(&doc, &node);
    ck_assert(at && holder);
    *at = holder->item[0];
    lng_doc_write(&text, doc);
    lng_errors_clear(errors);
    lng_model *m = lng_model_parse("kinds.yaml", text.at, text.length, NULL, 0, errors);
    ck_assert_msg((m != NULL) == (lng_errors_count(errors) == 0), "neither a model nor an error:\n%s", text.at);
    for (size_t i = 0; i < lng_errors_count(errors); i++)
        ck_assert_msg(lng_errors_code(errors, i) != LNG_E_DEFECT, "%s\n%s", lng_errors_text(errors, i), text.at);
    lng_model_free(m);
}

START_TEST(every_kind_everywhere)
{
    const size_t nodes = count_nodes(parse(whole));
    ck_assert_uint_gt(nodes, 70);
    for (size_t i = 0; i < nodes; i++)
        try_kind(whole, i, kinds[_i]);
}
END_TEST

START_TEST(every_kind_in_data)
{
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        const char *text = lng_format(arena,
                                      "lngraph: 1\nname: data\ndata:\n  source:\n    %sin: image[4, 4], label\n"
                                      "graph: [image, flatten, dense: {units: 2, activation: softmax}]\n"
                                      "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1)}\n",
                                      others[k]);
        lng_model *m = lng_model_parse("kinds.yaml", text, strlen(text), NULL, 0, errors);
        must(m != NULL);
        lng_model_free(m);
        for (size_t i = 0, nodes = count_nodes(parse(text)); i < nodes; i++)
            try_kind(text, i, kinds[_i]);
        lng_errors_clear(errors);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(every_key_is_used),
        LOOP(every_kind_everywhere, LENGTH(kinds)),
        LOOP(every_kind_in_data, LENGTH(kinds)),
        {0},
    };
    return suite_run("kinds", tests, NULL, NULL);
}
