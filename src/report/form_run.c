/* What report.json says of the model, its training and its requirements. */
#include "report/form_inside.h"
#include "report/card.h"
#include <inttypes.h>

static const lng_model *model_of(const lng_form_place *p)
{
    return p->facts->report->model;
}
static const lng_history *history_of(const lng_form_place *p)
{
    return p->facts->report->history;
}

/* ---- the model ---- */
static lng_form_value model_name(const lng_form_place *p)
{
    return lng_form_text(model_of(p)->name);
}
static lng_form_value model_about(const lng_form_place *p)
{
    const lng_doc *about = lng_doc_get(model_of(p)->expanded, "about");
    return lng_form_text(about && about->kind == LNG_DOC_SCALAR ? about->text : NULL);
}
static lng_form_value parameters(const lng_form_place *p)
{
    return lng_form_integer(model_of(p)->parameters);
}
static lng_form_value formula(const lng_form_place *p)
{
    return lng_form_text(lng_format(p->facts->arena, "%016" PRIx64, model_of(p)->digest));
}
static lng_form_value seed(const lng_form_place *p)
{
    return lng_form_integer((int64_t)model_of(p)->seed); /* of a model file: it fits */
}
static lng_form_value batch(const lng_form_place *p)
{
    return lng_form_integer(model_of(p)->batch);
}

static lng_form_value card(const lng_form_place *p)
{
    for (size_t i = 0; i < lng_card_part_count; i++)
        if (lng_card_text(model_of(p), &lng_card_parts[i]))
            return lng_form_many(lng_card_part_count);
    return lng_form_nothing;
}
static const char *card_key(const lng_form_place *p)
{
    const lng_card_part *part = &lng_card_parts[p->at[0]];
    return lng_card_text(model_of(p), part) ? part->key : NULL;
}
static lng_form_value card_text(const lng_form_place *p)
{
    return lng_form_text(lng_card_text(model_of(p), &lng_card_parts[p->at[0]]));
}
static const lng_form card_item = {.kind = LNG_FORM_TEXT, .value = card_text};

static const lng_layer *layer_of(const lng_form_place *p)
{
    return &model_of(p)->layer[p->at[0]];
}
static lng_form_value layers(const lng_form_place *p)
{
    return lng_form_many(model_of(p)->layers);
}
static lng_form_value layer_name(const lng_form_place *p)
{
    return lng_form_text(layer_of(p)->name);
}
static lng_form_value layer_block(const lng_form_place *p)
{
    return lng_form_text(layer_of(p)->block);
}
static lng_form_value layer_rank(const lng_form_place *p)
{
    return lng_form_many((size_t)layer_of(p)->shape.rank);
}
static lng_form_value layer_size(const lng_form_place *p)
{
    return lng_form_integer(layer_of(p)->shape.dim[p->at[1]]);
}
static lng_form_value layer_parameters(const lng_form_place *p)
{
    return lng_form_integer(layer_of(p)->parameters);
}
static lng_form_value layer_cost(const lng_form_place *p)
{
    return lng_form_integer(layer_of(p)->cost);
}
static const lng_form layer_sizes = {.kind = LNG_FORM_INTEGER, .value = layer_size};
static const lng_form layer_form[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "of the call", .value = layer_name},
    {.name = "block", .kind = LNG_FORM_TEXT, .optional = true, .about = "the block or op that it calls", .value = layer_block},
    {.name = "shape", .kind = LNG_FORM_LIST, .about = "the sizes of its result", .of = &layer_sizes, .value = layer_rank},
    {.name = "parameters", .kind = LNG_FORM_INTEGER, .about = "how many numbers it learns", .value = layer_parameters},
    {.name = "multiply_adds", .kind = LNG_FORM_INTEGER, .about = "its cost for one example", .value = layer_cost},
    {0},
};
static const lng_form layer_item = {.kind = LNG_FORM_OBJECT, .of = layer_form};

const lng_form lng_form_model[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "its name", .value = model_name},
    {.name = "about", .kind = LNG_FORM_TEXT, .optional = true, .about = "what the file says it is", .value = model_about},
    {.name = "parameters",
     .kind = LNG_FORM_INTEGER,
     .about = "the number of elements of all trained parameters",
     .value = parameters},
    {.name = "formula",
     .kind = LNG_FORM_TEXT,
     .about = "the digest of what its output is computed by, as in the weights' `graph`",
     .value = formula},
    {.name = "layers", .kind = LNG_FORM_LIST, .about = "the steps of its graph, in order", .of = &layer_item, .value = layers},
    {.name = "card",
     .kind = LNG_FORM_MAP,
     .optional = true,
     .about = "what the section `card` says",
     .of = &card_item,
     .value = card,
     .key = card_key,
     .item = "KEY"},
    {0},
};

/* ---- the run ---- */
static lng_form_value threads(const lng_form_place *p)
{
    return lng_form_integer(p->facts->report->threads);
}
static lng_form_value of_history(const lng_form_place *p, double number)
{
    return history_of(p) ? (lng_form_value){.number = number, .integer = (int64_t)number} : lng_form_nothing;
}
static lng_form_value epochs(const lng_form_place *p)
{
    return of_history(p, history_of(p) ? (double)history_of(p)->epochs : 0);
}
static lng_form_value steps(const lng_form_place *p)
{
    return of_history(p, history_of(p) ? (double)history_of(p)->steps : 0);
}
static lng_form_value kept_epoch(const lng_form_place *p)
{
    return history_of(p) && history_of(p)->kept ? lng_form_integer(history_of(p)->kept) : lng_form_nothing;
}
static lng_form_value interrupted(const lng_form_place *p)
{
    return of_history(p, history_of(p) ? history_of(p)->interrupted : 0);
}
static lng_form_value train_seconds(const lng_form_place *p)
{
    return of_history(p, history_of(p) ? history_of(p)->train_seconds : 0);
}
static lng_form_value epoch_seconds(const lng_form_place *p)
{
    double all = 0;
    for (size_t i = 0; history_of(p) && i < history_of(p)->epochs; i++)
        all += history_of(p)->epoch[i].seconds;
    return of_history(p, all);
}
static lng_form_value evaluation_seconds(const lng_form_place *p)
{
    const double s = p->facts->report->evaluation_seconds;
    return s > 0 ? lng_form_number(s) : lng_form_nothing;
}
static lng_form_value examples_per_second(const lng_form_place *p)
{
    const lng_history *h = history_of(p);
    return of_history(p, h && h->train_seconds > 0 ? (double)h->examples / h->train_seconds : (double)NAN);
}

static lng_form_value command(const lng_form_place *p)
{
    return lng_form_text(p->facts->report->command);
}
static lng_form_value machine(const lng_form_place *p)
{
    return lng_form_text(p->facts->report->machine);
}
static lng_form_value weights(const lng_form_place *p)
{
    return lng_form_text(p->facts->report->weights);
}

const lng_form lng_form_run[] = {
    {.name = "command", .kind = LNG_FORM_TEXT, .optional = true, .about = "the command line that made it", .value = command},
    {.name = "machine", .kind = LNG_FORM_TEXT, .optional = true, .about = "the machine that it ran on", .value = machine},
    {.name = "weights", .kind = LNG_FORM_TEXT, .optional = true, .about = "SHA-256 of model.safetensors", .value = weights},
    {.name = "seed", .kind = LNG_FORM_INTEGER, .about = "of all random numbers", .value = seed},
    {.name = "threads", .kind = LNG_FORM_INTEGER, .about = "how many computed; no other figure depends on them", .value = threads},
    {.name = "batch", .kind = LNG_FORM_INTEGER, .about = "examples in a step", .value = batch},
    {.name = "epochs",
     .kind = LNG_FORM_INTEGER,
     .optional = true,
     .about = "how many were started; this and what follows is absent from what `lngraph eval` prints",
     .value = epochs},
    {.name = "steps", .kind = LNG_FORM_INTEGER, .optional = true, .about = "how many were done", .value = steps},
    {.name = "kept_epoch",
     .kind = LNG_FORM_INTEGER,
     .optional = true,
     .about = "the epoch whose weights were kept as the best, if `train.keep` says so; absent if the last ones were",
     .value = kept_epoch},
    {.name = "interrupted",
     .kind = LNG_FORM_BOOLEAN,
     .optional = true,
     .about = "whether a signal ended the run before its last epoch",
     .value = interrupted},
    {.name = "train_seconds", .kind = LNG_FORM_NUMBER, .optional = true, .about = "time in training steps", .value = train_seconds},
    {.name = "epoch_seconds",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "time in epochs: steps, validation and the rest",
     .value = epoch_seconds},
    {.name = "evaluation_seconds",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "time in the evaluation of all splits",
     .value = evaluation_seconds},
    {.name = "train_examples_per_second",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .nullable = true,
     .about = "of the training steps alone",
     .value = examples_per_second},
    {0},
};

/* ---- the verdict ---- */
static const lng_requirement *requirement_of(const lng_form_place *p)
{
    return &model_of(p)->requirement[p->at[0]];
}
lng_form_value lng_form_requirements(const lng_form_place *p)
{
    return lng_form_many(model_of(p)->requirements);
}
static lng_form_value required_figure(const lng_form_place *p)
{
    return lng_form_text(lng_format(p->facts->arena, "%s.%s", requirement_of(p)->split, requirement_of(p)->quantity));
}
static lng_form_value required(const lng_form_place *p)
{
    return lng_form_text(requirement_of(p)->text);
}
static lng_form_value required_value(const lng_form_place *p)
{
    double value;
    lng_requirement_met(p->facts->arena, p->facts->report, requirement_of(p), &value);
    return lng_form_number(value);
}
static lng_form_value met(const lng_form_place *p)
{
    double value;
    return lng_form_integer(lng_requirement_met(p->facts->arena, p->facts->report, requirement_of(p), &value));
}
static const lng_form requirement_form[] = {
    {.name = "figure", .kind = LNG_FORM_TEXT, .about = "such as test.auc.macro", .value = required_figure},
    {.name = "required", .kind = LNG_FORM_TEXT, .about = "such as > 0.998", .value = required},
    {.name = "value", .kind = LNG_FORM_NUMBER, .nullable = true, .about = "what it is", .value = required_value},
    {.name = "met",
     .kind = LNG_FORM_BOOLEAN,
     .about = "whether that is as required; lngraph ends with status 6 unless all are",
     .value = met},
    {0},
};
const lng_form lng_form_requirement = {.kind = LNG_FORM_OBJECT, .of = requirement_form};

/* ---- learning curves ---- */
static const lng_epoch *epoch_of(const lng_form_place *p)
{
    return &history_of(p)->epoch[p->at[0]];
}
lng_form_value lng_form_epochs(const lng_form_place *p)
{
    return history_of(p) ? lng_form_many(history_of(p)->epochs) : lng_form_nothing;
}
static lng_form_value epoch_number(const lng_form_place *p)
{
    return lng_form_integer(epoch_of(p)->epoch);
}
static lng_form_value epoch_examples(const lng_form_place *p)
{
    return lng_form_integer(epoch_of(p)->examples);
}
static lng_form_value quantities(const lng_form_place *p)
{
    return lng_form_many(p->facts->quantities.count);
}
static const lng_quantity *quantity_of(const lng_form_place *p)
{
    return &p->facts->quantities.at[p->at[1]];
}
static const char *mean_name(const lng_form_place *p)
{
    return quantity_of(p)->collective ? NULL : quantity_of(p)->name;
}
static const char *quantity_name(const lng_form_place *p)
{
    return quantity_of(p)->name;
}
static lng_form_value mean(const lng_form_place *p)
{
    const lng_quantity *q = quantity_of(p);
    return lng_form_number(q->metric == SIZE_MAX ? epoch_of(p)->loss : epoch_of(p)->metric[q->metric]);
}
static lng_form_value validations(const lng_form_place *p)
{
    return epoch_of(p)->validation.count ? quantities(p) : lng_form_nothing;
}
static lng_form_value validation(const lng_form_place *p)
{
    return lng_form_number(lng_quantity_value(quantity_of(p), &epoch_of(p)->validation));
}
static lng_form_value rate(const lng_form_place *p)
{
    return isnan(epoch_of(p)->rate) ? lng_form_nothing : lng_form_number(epoch_of(p)->rate);
}
static lng_form_value norm(const lng_form_place *p)
{
    return isnan(epoch_of(p)->norm) ? lng_form_nothing : lng_form_number(epoch_of(p)->norm);
}
static lng_form_value seconds(const lng_form_place *p)
{
    return lng_form_number(epoch_of(p)->seconds);
}
static const lng_form mean_item = {.kind = LNG_FORM_NUMBER, .nullable = true, .value = mean};
static const lng_form validation_item = {.kind = LNG_FORM_NUMBER, .nullable = true, .value = validation};
static const lng_form epoch_form[] = {
    {.name = "epoch", .kind = LNG_FORM_INTEGER, .about = "its number, from 1", .value = epoch_number},
    {.name = "examples", .kind = LNG_FORM_INTEGER, .about = "how many were trained on", .value = epoch_examples},
    {.name = "train",
     .kind = LNG_FORM_MAP,
     .about = "the loss and each metric that is a mean, over the batches, each before its update",
     .of = &mean_item,
     .value = quantities,
     .key = mean_name,
     .item = "FIGURE"},
    {.name = "validation",
     .kind = LNG_FORM_MAP,
     .optional = true,
     .about = "the figures of the validation examples, after the epoch",
     .of = &validation_item,
     .value = validations,
     .key = quantity_name,
     .item = "FIGURE"},
    {.name = "learning_rate",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "of its last step, if it changes while training",
     .value = rate},
    {.name = "gradient_norm",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "the norm of all gradients together, before `train.clip`: the mean over every 32nd batch, from the first",
     .value = norm},
    {.name = "seconds", .kind = LNG_FORM_NUMBER, .about = "time for the whole epoch", .value = seconds},
    {0},
};
const lng_form lng_form_epoch = {.kind = LNG_FORM_OBJECT, .of = epoch_form};
