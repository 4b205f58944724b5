/* The tables of the sections. */
#include "syntax/sections.h"

#define TRAINED "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n  "

static const lng_section_key clip_keys[] = {
    {"norm", LNG_KEY_NUMBER, .low = 1e-12, .high = 1e12,
     .about = "the most that the norm of all gradients together may be; beyond it they shrink by one factor"},
    {"value", LNG_KEY_NUMBER, .low = 1e-12, .high = 1e12, .example = TRAINED "clip: {value: 0.5}",
     .about = "the most that each number of a gradient may be, with either sign"}};
static const lng_section clip_section = {"train.clip", "`train.clip`", "A limit to the gradients, by one of these keys.",
                                         "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n  clip: {norm: 1.0}",
                                         LNG_SECTION_KEYS(clip_keys)};

static const lng_section_key parameters_keys[] = {
    {"match", LNG_KEY_TEXT, .required = true,
     .about = "names of parameters; `*` stands for any characters, `?` for one: '*.b', 'features.*'"},
    {"decay", LNG_KEY_NUMBER, .low = 0, .high = 1e6,
     .example = "train:\n  loss: cross_entropy(out, label)\n  optimizer: adamw(lr=1e-3)\n  parameters: [{match: '*.b', decay: 0}]",
     .about = "weight decay, in place of the optimizer's attribute `decay`; vectors that match are decayed, too"},
    {"rate", LNG_KEY_NUMBER, .low = 0, .high = 1e6, .about = "factor of the optimizer's attribute `lr`"},
    {"frozen", LNG_KEY_BOOL, .example = TRAINED "parameters: [{match: '*.b', frozen: true}]",
     .about = "whether they keep their initial values"},
    {"optimizer", LNG_KEY_EXPRESSION, .about = "optimizer of these parameters, instead of that of `train`", .group = "optimizers"}};
static const lng_section parameters_section = {"train.parameters", "an entry of `parameters`",
                                               "`parameters` is a sequence of mappings with these keys.",
                                               "train:\n"
                                               "  loss: cross_entropy(out, label)\n"
                                               "  optimizer: adamw(lr=1e-3)\n"
                                               "  parameters:\n"
                                               "    - {match: '*.b', rate: 2}\n"
                                               "    - {match: 'dense.*', optimizer: sgd(lr=0.1)}",
                                               LNG_SECTION_KEYS(parameters_keys)};

static const char *layout_choice(size_t i, const char **about)
{
#define LNG_LAYOUT(name, about) {#name, about},
    static const char *const all[][2] = {
#include "graph/layouts.def"
    };
#undef LNG_LAYOUT
    if (i >= sizeof all / sizeof *all)
        return NULL;
    *about = all[i][1];
    return all[i][0];
}

static const lng_section_key start_keys[] = {
    {"from", LNG_KEY_TEXT, .required = true, .about = "folder of a run, or a safetensors file, relative to the model file"},
    {"into", LNG_KEY_TEXT,
     .example = "blocks:\n  teacher: {in: 'x[n]', graph: [dense: {units: 10, activation: softmax}]}\n"
                "graph:\n  - flatten(image / 255)\n  - teacher\n" TRAINED "start: {from: runs/base, into: teacher}",
     .about =
         "a call of this model, such as `teacher`: it is the model that the weights are from, so that its `teacher.dense.W` is their "
         "`dense.W` (default: this whole model is)"},
    {"match", LNG_KEY_TEXT, .fallback = "*", .about = "names of the weights to take, as in `parameters`; the others are drawn"},
    {"layout", LNG_KEY_WORD, .choice = layout_choice, .example = TRAINED "start: {from: theirs.safetensors, layout: pytorch}",
     .about = "whose names and order of dimensions the file has (default: lngraph)"},
    {"names", LNG_KEY_NAMES,
     .example = TRAINED
     "start:\n    from: theirs.safetensors\n    layout: pytorch\n    names: {'features.0.*': 'conv2d.*', 'classifier.weight': 'dense.W'}",
     .about =
         "by the names in the file: what the model calls these weights, or the layout would; one `*` stands for the same characters in both. Names that no "
         "key matches are those of the layout"}};
static const lng_section start_section = {"train.start", "`train.start`", "Weights that are taken from another model.",
                                          "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n"
                                          "  start: {from: runs/base, match: 'conv2d*'}",
                                          LNG_SECTION_KEYS(start_keys)};

static const lng_section_key stop_keys[] = {
    {"patience", LNG_KEY_INT, .required = true, .least = 1, .most = 1000000,
     .about = "epochs without an improvement of the figure that `keep` looks at, after which the run ends"}};
static const lng_section stop_section = {"train.stop", "`train.stop`", "When training ends before its last epoch.",
                                         "data: {source: mnist, validation: {last: 0.1}}\n"
                                         "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n"
                                         "  keep: best(validation.loss)\n  stop: {patience: 10}",
                                         LNG_SECTION_KEYS(stop_keys)};

static const lng_section_key sample_keys[] = {
    {"balance", LNG_KEY_TEXT, .required = true,
     .about =
         "a field of classes: each example of an epoch is one of a class that is drawn first, with the same probability for each class"}};
static const lng_section sample_section = {"train.sample", "`train.sample`",
                                           "How the examples of an epoch are drawn. There are as many as in the training set.",
                                           "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n"
                                           "  sample: {balance: label}",
                                           LNG_SECTION_KEYS(sample_keys)};

static const lng_section_key checkpoint_keys[] = {
    {"every", LNG_KEY_TEXT,
     .about =
         "time, steps or epochs from one to the next: `60s`, as by default, `5m`, `1h`, `500 steps`, `1 epoch`; or `never`: only "
         "where the run ends"},
    {"keep", LNG_KEY_INT, .least = 1, .most = LNG_MOST_CHECKPOINTS, .about = "how many to keep until the run ends, by default 2"}};
static const lng_section checkpoint_section = {"train.checkpoint", "`train.checkpoint`",
                                               "How often a run saves what `lngraph resume` needs to go on with the same bits.",
                                               "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n"
                                               "  checkpoint: {every: 5m, keep: 3}",
                                               LNG_SECTION_KEYS(checkpoint_keys)};

static const lng_section_key plateau_keys[] = {
    {"factor", LNG_KEY_NUMBER, .required = true, .low = 1e-6, .high = 0.999999,
     .about = "what the learning rates are multiplied by, below 1"},
    {"patience", LNG_KEY_INT, .required = true, .least = 1, .most = 1000000,
     .about =
         "epochs without an improvement of the figure that `keep` looks at, after which they are; and again after as many more"}};
static const lng_section plateau_section = {"train.plateau", "`train.plateau`", "How learning rates fall when nothing improves.",
                                            "data: {source: mnist, validation: {last: 0.1}}\n"
                                            "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n"
                                            "  keep: best(validation.loss)\n  plateau: {factor: 0.1, patience: 3}",
                                            LNG_SECTION_KEYS(plateau_keys)};

static const lng_section_key train_keys[] = {
    {"loss", LNG_KEY_EXPRESSION, .required = true,
     .about = "scalar for each example, from the inputs, `out` and the names of `let`; training minimizes its mean over the batch. "
              "A mapping has terms by name, `{data: ..., kl: 0.1 * ...}`, which are added up and reported one by one",
     .group = "losses", .terms = true},
    {"optimizer", LNG_KEY_EXPRESSION, .required = true, .about = "block with the ports param and grad, such as sgd(lr=0.01)",
     .group = "optimizers"},
    {"clip", LNG_KEY_SECTION, .section = &clip_section, .about = "a limit to the gradients, before the optimizer gets them"},
    {"objectives", LNG_KEY_NAMES,
     .example =
         "train:\n  optimizer: sgd(lr=0.1)\n  loss:\n    fit: cross_entropy(out, label)\n    size: 1e-4 * sum([sum(p * p) for p in params('*.W')])\n"
         "  objectives: {size: '*.W'}",
     .about = "which parameters a term of the loss trains, by a pattern of their names, as for two networks against each other: "
              "{d: 'd.*', g: 'g.*'}. A term that is not listed trains all"},
    {"parameters", LNG_KEY_SEQUENCE, .section = &parameters_section,
     .about =
         "what some of the parameters are trained with, by their names; of the entries that match one, the last that has a key decides"},
    {"average", LNG_KEY_NUMBER, .low = 0, .high = 0.9999999, .example = TRAINED "average: 0.999",
     .about =
         "what remains in each step of an exponential average of the parameters, such as 0.999; the averages are evaluated and kept"},
    {"start", LNG_KEY_SECTION, .section = &start_section, .about = "weights to begin with, from another run"},
    {"keep", LNG_KEY_EXPRESSION,
     .example = "data: {source: mnist, validation: {last: 0.1}}\n" TRAINED "keep: best(validation.loss)",
     .about = "weights to keep: `last`, as by default, or those of the epoch with the best figure of the validation, as in "
              "best(validation.loss) or best(validation.auc.macro)"},
    {"stop", LNG_KEY_SECTION, .section = &stop_section, .about = "when to end before the last epoch"},
    {"plateau", LNG_KEY_SECTION, .section = &plateau_section, .about = "smaller learning rates when nothing improves"},
    {"class_weights", LNG_KEY_EXPRESSION, .example = TRAINED "class_weights: balanced",
     .about =
         "what the loss of an example is multiplied by, for the class of its label: `balanced`, so that all classes of the training set "
         "weigh the same, or weights by name, {no: 1, yes: 5}; 1 for others. Metrics are not weighted",
     .terms = true},
    {"sample", LNG_KEY_SECTION, .section = &sample_section, .about = "examples are drawn for each epoch, instead of shuffled"},
    {"checkpoint", LNG_KEY_SECTION, .section = &checkpoint_section, .about = "how often the state of the run is saved"},
    {"batch", LNG_KEY_INT, .fallback = "32", .least = 1, .most = 1 << 20, .about = "examples per training step"},
    {"accumulate", LNG_KEY_INT, .least = 1, .most = 1 << 20, .example = TRAINED "accumulate: 4",
     .about =
         "number of batches whose gradients make up one step, by default 1; the step is that of one batch of all their examples"},
    {"epochs", LNG_KEY_INT, .fallback = "10", .least = 1, .most = 1000000, .about = "passes over the training set"},
    {"steps", LNG_KEY_INT, .least = 1, .most = 1000000000000000, .example = TRAINED "steps: 1000",
     .about = "number of steps to stop after, if the epochs do not end sooner"},
    {"seed", LNG_KEY_INT, .fallback = "1", .least = 0, .most = INT64_MAX, .example = TRAINED "seed: 7",
     .about = "seed of all random numbers"}};
const lng_section lng_section_train = {
    "train", "`train`", "How the model learns.",
    "train:\n  loss: cross_entropy(out, label)\n  optimizer: sgd(lr=0.01)\n  batch: 128\n  epochs: 20",
    LNG_SECTION_KEYS(train_keys)};

static const lng_section_key published_keys[] = {
    {"source", LNG_KEY_TEXT, .required = true, .about = "who published the figures, and what they are"},
    {"data", LNG_KEY_TEXT, .required = true, .about = "data set that the figures belong to; they are shown for no other"},
    {"train", LNG_KEY_NAMES, .about = "metrics and values on the training set, such as {accuracy: 0.95, auc.macro: 0.99}"},
    {"validation", LNG_KEY_NAMES, .about = "metrics and values on the validation set"},
    {"test", LNG_KEY_NAMES, .about = "metrics and values on the test set"}};
static const lng_section published_section = {
    "report.published", "`report.published`", "Published figures to show beside those of the run.",
    "report:\n  metrics: ['accuracy(out, label)']\n  published: {source: the paper, data: mnist, test: {accuracy: 0.99}}",
    LNG_SECTION_KEYS(published_keys)};

static const char *split_choice(size_t i, const char **about)
{
    static const char *const name[] = {"train", "validation", "test"};
    *about = i < 3 ? "the examples of this split" : NULL;
    return i < 3 ? name[i] : NULL;
}

static const lng_section_key report_keys[] = {
    {"metrics", LNG_KEY_SEQUENCE,
     .about =
         "calls of blocks that give a scalar for each example, of which the mean is reported; or calls of a metric over "
         "the whole set, such as auc(out, label). A mapping gives them names, `{near: mae(out[0], y[0]), far: mae(out[9], y[9])}`",
     .group = "metrics", .terms = true},
    {"require", LNG_KEY_NAMES, .example = "report:\n  metrics: ['accuracy(out, label)']\n  require: {test.accuracy: '> 0.99'}",
     .about = "what figures must be, such as {test.auc.macro: '> 0.998'}; if one is not, `run` and `eval` end with exit status 6"},
    {"predictions", LNG_KEY_WORD, .choice = split_choice,
     .about = "the split whose predictions the run writes, example by example, into predictions.csv (default: none)",
     .example = "report: {metrics: ['accuracy(out, label)'], predictions: test}"},
    {"published", LNG_KEY_SECTION, .section = &published_section, .about = "published figures to show beside those of the run"}};
const lng_section lng_section_report = {"report", "`report`", "What is measured after training.",
                                        "report: {metrics: ['accuracy(out, label)', 'auc(out, label)']}",
                                        LNG_SECTION_KEYS(report_keys)};

static const lng_section_key card_keys[] = {
    {"authors", LNG_KEY_TEXT, .about = "who made the model"},
    {"version", LNG_KEY_TEXT, .about = "its version"},
    {"date", LNG_KEY_TEXT, .about = "when it was made"},
    {"license", LNG_KEY_TEXT, .about = "under what license it may be used"},
    {"citation", LNG_KEY_TEXT, .about = "what to cite"},
    {"contact", LNG_KEY_TEXT, .about = "where to send questions"},
    {"intended_use", LNG_KEY_TEXT, .about = "what it is for, and for whom"},
    {"out_of_scope", LNG_KEY_TEXT, .about = "what it must not be used for"},
    {"factors", LNG_KEY_TEXT, .about = "groups, instruments and circumstances that may change how well it works"},
    {"training_data", LNG_KEY_TEXT, .about = "where the training examples come from"},
    {"evaluation_data", LNG_KEY_TEXT, .about = "where those that it is evaluated on come from, and why these"},
    {"ethics", LNG_KEY_TEXT, .about = "ethical considerations"},
    {"caveats", LNG_KEY_TEXT, .about = "caveats and recommendations"}};
static const lng_section card_section = {
    "card", "`card`",
    "What the model card says beside the figures of the run (Mitchell and others, Model Cards for Model "
    "Reporting, 2019). Nothing is required.",
    "card:\n  authors: A. Author\n  license: MIT\n  intended_use: teaching", LNG_SECTION_KEYS(card_keys)};

#define CLASSES  "  - dense: {units: 10, activation: softmax}"
#define COUNTING "state: {seen: 'zeros([])'}\nupdate: {seen: seen + 1}\ngraph:\n  - flatten(image / (255 + 0 * seen))\n" CLASSES
#define BLOCK_KEYS                                                                                                                     \
    {"in", LNG_KEY_EXPRESSIONS,                                                                                                        \
     .about = "ports with their shapes, such as `x[..., n], h[u]`; names in a shape are bound to its sizes"},                          \
        {"require", LNG_KEY_NAMES,                                                                                                     \
         .example = "blocks:\n  halves:\n    in: x[n]\n    require: {n % 2 == 0: an even number of values}\n"                          \
                    "    out: x[:n // 2] + x[n // 2:]\ngraph:\n  - flatten(image / 255)\n  - halves\n" CLASSES,                        \
         .about = "what must hold of sizes and attributes, as `CONDITION: what is needed`; else the text is the error"},               \
        {"shared", LNG_KEY_NAMES,                                                                                                      \
         .example =                                                                                                                    \
             "shared: {half: {dense: {units: 5}}}\ngraph:\n  - flatten(image / 255)\n  - concat(half(it), half(1 - it))\n  - softmax", \
         .about = "names for blocks whose parameters are made once and used in every call"},                                           \
        {"params", LNG_KEY_NAMES,                                                                                                      \
         .example = "params: {W: 'glorot_uniform([784, 10])'}\ngraph:\n  - flatten(image / 255)\n  - softmax(it @ W)",                 \
         .about = "parameters with their initial values; the optimizer changes them"},                                                 \
        {"state", LNG_KEY_NAMES, .example = COUNTING, .about = "state with its initial values; `update` changes it"},                  \
        {"let", LNG_KEY_NAMES,                                                                                                         \
         .example = "let:\n  x: flatten(image / 255)\n  twice: concat(x, x * x)\ngraph:\n  - twice\n" CLASSES,                         \
         .about = "names for expressions, in any order; `a, b: ...` takes several values"},                                            \
        {"graph", LNG_KEY_SEQUENCE, .about = "chain of steps, where `it` stands for the value of the step before", .steps = true},     \
        {"out", LNG_KEY_EXPRESSIONS,                                                                                                   \
         .example = "params: {W: 'glorot_uniform([784, 10])'}\nout: softmax(flatten(image / 255) @ W)",                                \
         .about = "result (default: the end of the chain)"},                                                                           \
    {                                                                                                                                  \
        "update", LNG_KEY_NAMES, .example = COUNTING,                                                                                  \
                                 .about = "value of each state after a training step; `new.NAME` is the new value of another"          \
    }

static const lng_section_key block_keys[] = {
    {"about", LNG_KEY_TEXT, .about = "description in one line"},
    {"example", LNG_KEY_TEXT,
     .example =
         "blocks:\n  double:\n    example: '- double'\n    in: x[...]\n    out: 2 * x\ngraph:\n  - flatten(image / 255)\n  - double\n" CLASSES,
     .about = "example to paste into a model file"},
    {"expects", LNG_KEY_NAMES,
     .example = "blocks:\n  surprise:\n    in: p[n], k\n    expects: {p: probabilities}\n    out: -log(p[k])\n"
                "train: {loss: 'surprise(out, label)', optimizer: sgd(lr=0.1)}",
     .about = "what kind of numbers a port expects, such as `p: probabilities`; `check` warns if it gets others"},
    {"with", LNG_KEY_NAMES,
     .example =
         "blocks:\n  scale:\n    in: x[...]\n    with: {by: float = 2.0}\n    out: x * by\ngraph:\n  - flatten(image / 255)\n  - scale: {by: 0.5}\n" CLASSES,
     .about = "attributes, each as TYPE [RANGE] [= DEFAULT]; the types are int, float, bool, string, shape and block"},
    BLOCK_KEYS};
const lng_section lng_section_block = {"blocks.NAME", "a block", "A block is a mapping with these keys.",
                                       "blocks:\n"
                                       "  shift:\n"
                                       "    about: adds a trained number to each value\n"
                                       "    in: x[n]\n"
                                       "    params: {b: 'zeros([n])'}\n"
                                       "    out: x + b\n"
                                       "graph:\n"
                                       "  - flatten(image / 255)\n"
                                       "  - shift\n"
                                       "  - dense: {units: 10, activation: softmax}",
                                       LNG_SECTION_KEYS(block_keys)};

static const lng_section_key model_keys[] = {
    {"lngraph", LNG_KEY_INT, .required = true, .least = 1, .most = 1000, .about = "version of the language, now 1"},
    {"name", LNG_KEY_TEXT, .required = true, .about = "name used in reports and for the run folder"},
    {"about", LNG_KEY_TEXT, .example = "about: reads digits", .about = "description in one line"},
    {"note", LNG_KEY_TEXT, .example = "note: this takes an hour", .about = "message printed before training starts"},
    {"data", LNG_KEY_SECTION, .required = true, .section = &lng_section_data, .about = "what the model learns from"},
    {"with", LNG_KEY_NAMES,
     .example =
         "with: {width: int > 0 = 32}\ngraph:\n  - flatten(image / 255)\n  - dense: {units: width, activation: relu}\n" CLASSES,
     .about = "hyper-parameters: attributes of the model, each as TYPE [RANGE] [= DEFAULT]; `-s NAME=VALUE` sets one"},
    BLOCK_KEYS,
    {"train", LNG_KEY_SECTION, .required = true, .section = &lng_section_train, .about = "how the model learns"},
    {"report", LNG_KEY_SECTION, .section = &lng_section_report, .about = "what is measured after training"},
    {"card", LNG_KEY_SECTION, .section = &card_section, .about = "what the model card says beside the figures"},
    {"blocks", LNG_KEY_NAMES, .section = &lng_section_block,
     .example = "blocks:\n  double: {in: 'x[...]', out: 2 * x}\ngraph:\n  - flatten(image / 255)\n  - double\n" CLASSES,
     .about = "blocks of your own, by name"},
    {"include", LNG_KEY_SEQUENCE, .example = "include: [blocks/attention.yaml]",
     .about = "files with more blocks, in the folder of this file or below it"}};
/* Names that other programs have, or that people look for elsewhere. */
static const lng_section_alias aliases[] = {
    {"lr", "`lr` belongs to the optimizer: sgd(lr=0.1)"},
    {"learning_rate", "the optimizer has the learning rate: sgd(lr=0.1)"},
    {"momentum", "`momentum` belongs to the optimizer: momentum(lr=0.01, momentum=0.9)"},
    {"weight_decay", "`decay` belongs to the optimizer: adamw(lr=1e-3, decay=0.01)"},
    {"batch_size", "the key is `batch`, in `train`"},
    {"layers", "the layers are the steps of `graph`"},
    {"model", "the layers are the steps of `graph`"},
    {"inputs", "the key is `in`"},
    {"outputs", "the key is `out`"},
};
const lng_section lng_section_model = {"",
                                       "a model file",
                                       "A model file is a mapping with these keys.",
                                       "lngraph: 1\n"
                                       "name: first\n"
                                       "data: {source: mnist, validation: {last: 0.1}}\n"
                                       "in: image[28, 28, 1], label\n"
                                       "graph:\n"
                                       "  - image / 255\n"
                                       "  - flatten\n"
                                       "  - dense: {units: 10, activation: softmax}\n"
                                       "train:\n"
                                       "  loss: cross_entropy(out, label)\n"
                                       "  optimizer: sgd(lr=0.1)\n"
                                       "report: {metrics: ['accuracy(out, label)']}",
                                       LNG_SECTION_KEYS(model_keys),
                                       .alias = aliases,
                                       .aliases = sizeof aliases / sizeof *aliases};

static const lng_section_key include_keys[] = {{"about", LNG_KEY_TEXT, .about = "description in one line"},
                                               {"include", LNG_KEY_SEQUENCE, .example = "include: [blocks/attention.yaml]",
                                                .about = "files with more blocks, in the folder of this file or below it"},
                                               {"blocks", LNG_KEY_NAMES, .required = true, .about = "blocks, by name"}};
const lng_section lng_section_include = {"include.FILE", "an included file", "A file of blocks is a mapping with these keys.",
                                         "about: blocks that several models use\n"
                                         "blocks:\n"
                                         "  shift:\n"
                                         "    in: x[n]\n"
                                         "    params: {b: 'zeros([n])'}\n"
                                         "    out: x + b",
                                         LNG_SECTION_KEYS(include_keys)};

static const lng_section_key step_keys[] = {
    {"as", LNG_KEY_TEXT,
     .about = "name for the step's value, or `a, b` for several; beside `repeat`, for the number of the turn, from 0"},
    {"from", LNG_KEY_EXPRESSIONS, .about = "values that the step takes instead of `it`, such as `a, b`"},
    {"repeat", LNG_KEY_EXPRESSION,
     .about = "in place of a block: how often to take the steps under `do`, an integer known before training"},
    {"do", LNG_KEY_SEQUENCE, .about = "the steps to repeat; the first takes the value of the turn before", .steps = true}};
const lng_section lng_section_step = {
    "graph.STEP", "a step",
    "A step of a chain is the name of a block, an expression, or `BLOCK: {attributes}`, beside which `as` and `from` may stand; or it is a "
    "`repeat` with `do`.",
    "graph:\n"
    "  - image / 255\n"
    "  - conv2d: {filters: 6, kernel: 5}\n"
    "    as: c1\n"
    "  - avgpool2d: {size: 24}\n"
    "  - concat: {}\n"
    "    from: flatten(it), flatten(c1)\n"
    "  - repeat: 2\n"
    "    do:\n"
    "      - dense: {units: 16, activation: relu}\n"
    "  - dense: {units: 10, activation: softmax}",
    LNG_SECTION_KEYS(step_keys)};

#define SCANNED                                                                                                                    \
    "let:\n"                                                                                                                       \
    "  x: image[:, :, 0] / 255\n"                                                                                                  \
    "  h:\n"                                                                                                                       \
    "    start: zeros([16])\n"                                                                                                     \
    "    scan: x\n"                                                                                                                \
    "    as: row\n"                                                                                                                \
    "    do: tanh(dense(concat(row, h), units=16))\n"

static const lng_section_key scan_keys[] = {
    {"start", LNG_KEY_EXPRESSIONS, .required = true, .about = "the value of each name before the first turn"},
    {"scan", LNG_KEY_EXPRESSIONS, .required = true,
     .about =
         "what the turns go over, along the first axis: a value, or `a, b` of equally many rows; or an integer, the number of turns"},
    {"as", LNG_KEY_TEXT, .about = "name for the row of this turn, or `a, b` for several; for the number of the turn, from 0"},
    {"do", LNG_KEY_EXPRESSIONS, .required = true, .about = "the new value of each name, in the shape of its start"},
    {"stack", LNG_KEY_NAMES, .example = SCANNED "    stack: {states: h}\ngraph:\n  - flatten(states)\n" CLASSES,
     .about = "names for what is kept of each turn, along a new first axis; the names of the let have their new values here"},
    {"reverse", LNG_KEY_EXPRESSION, .example = SCANNED "    reverse: true\ngraph:\n  - h\n" CLASSES,
     .about = "whether the last row comes first; what is stacked is in the order of the rows"},
    {"remat", LNG_KEY_EXPRESSION, .example = SCANNED "    remat: true\ngraph:\n  - h\n" CLASSES,
     .about =
         "whether training keeps only what the turns carry, and computes the rest of each turn again for the gradient: less memory, the "
         "same numbers, more time"}};
const lng_section lng_section_scan = {
    "let.SCAN", "a scan",
    "A scan is a loop over the rows of a value, in place of an expression of `let`. It gives its names the values after the last turn. Each "
    "turn sees the names as the turn before has left them; what it reads from outside, parameters too, is the same in all turns.",
    SCANNED "graph:\n  - h\n" CLASSES, LNG_SECTION_KEYS(scan_keys)};

const lng_section *const lng_sections[] = {&lng_section_model,  &lng_section_block,  &lng_section_include,    &lng_section_step,
                                           &lng_section_scan,   &lng_section_data,   &lng_section_validation, &lng_section_partner,
                                           &lng_section_made,   &lng_section_source, &lng_section_window,     &lng_section_columns,
                                           &lng_section_file,   &lng_section_train,  &clip_section,           &parameters_section,
                                           &start_section,      &stop_section,       &plateau_section,        &sample_section,
                                           &checkpoint_section, &lng_section_report, &published_section,      &card_section};
const size_t lng_section_count = sizeof lng_sections / sizeof *lng_sections;
