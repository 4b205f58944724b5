/* Classes that are rare: `class_weights` and `sample` of the section train.
 *
 * A weight multiplies the loss of the examples of its class, in training and in evaluation, and nothing else: metrics count examples. The
 * weights are one number for each class. `balanced` follows from the training examples, which come after the graphs are made, so they are
 * state, called FIELD.weight, which goes with the model's weights. */
#include "lang/balance.h"
#include "doc/number.h"
#include "lang/variable.h"
#include <string.h>

/* ---- the label ---- */
static bool is_label(const lng_data_field *f)
{
    return lng_field_is_class(f) && f->classes > 0;
}

/* The only field of classes; -1 after an error. */
static int only_label(lng_compiler *c, const lng_doc *at)
{
    const lng_model *m = c->model;
    int found = -1, labels = 0;
    for (size_t i = 0; i < m->fields; i++)
        if (is_label(&m->field[i])) {
            found = (int)i;
            labels++;
        }
    if (labels == 1)
        return found;
    lng_error(c->errors, LNG_E_ARGUMENTS, at->place,
              labels ? "`%s` needs one field of classes, but the model reads %d"
                     : "`%s` needs a field of classes, but the model reads none",
              "class_weights", labels);
    lng_error_hint(c->errors, labels ? "multiply the loss by a weight of your own, such as `where(a, 5, 1) * cross_entropy(out, a)`"
                                     : "such as `in: image[28, 28, 1], label`, where `label` is a class of the data");
    return -1;
}

static int label_called(lng_compiler *c, const lng_doc *name)
{
    const lng_model *m = c->model;
    lng_nearest near = {.wrong = name->text};
    for (size_t i = 0; i < m->fields; i++) {
        if (is_label(&m->field[i]) && strcmp(m->field[i].name, name->text) == 0)
            return (int)i;
        if (is_label(&m->field[i]))
            lng_nearest_offer(&near, m->field[i].name);
    }
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, name->place, "the model reads no field of classes `%.60s`", name->text);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    return -1;
}

/* ---- the weights ---- */
static const char *class_name(const char *const *word, int64_t i, char buffer[LNG_NUMBER_SIZE])
{
    return word ? word[i] : lng_number(buffer, (double)i);
}

static int64_t class_called(const lng_doc *name, const char *const *word, int64_t classes, lng_errors *errors)
{
    char buffer[LNG_NUMBER_SIZE];
    lng_nearest near = {.wrong = name->text};
    for (int64_t i = 0; i < classes; i++) {
        const char *own = class_name(word, i, buffer);
        if (strcmp(own, name->text) == 0)
            return i;
        if (word)
            lng_nearest_offer(&near, own);
    }
    lng_error(errors, LNG_E_UNKNOWN_NAME, name->place, "there is no class `%.60s`", name->text);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s`?", near.best);
    else if (!word)
        lng_error_hint(errors, "classes are counted from 0 to %lld", (long long)classes - 1);
    return -1;
}

bool lng_class_weights(const lng_model *m, const char *const *word, float *weight, lng_errors *errors)
{
    const lng_doc *d = m->weighs.by_name;
    const int64_t classes = m->field[m->weighs.label].classes;
    bool good = true;
    for (int64_t i = 0; i < classes; i++)
        weight[i] = 1;
    for (size_t i = 0; d && i < d->count; i++) {
        double x;
        const int64_t class = class_called(d->key[i], word, classes, errors);
        if (class < 0 || !lng_scalar_number(d->item[i], &x, errors))
            good = false;
        else if (x < 0)
            good = lng_error(errors, LNG_E_RANGE, d->item[i]->place, "a weight is 0 or more");
        else
            weight[class] = (float)x;
    }
    return good;
}

/* Names that the data will tell are compared when they have. */
static bool check_weights(lng_compiler *c)
{
    const lng_data_field *f = &c->model->field[c->model->weighs.label];
    if (f->columns && !f->columns->word)
        return true;
    return lng_class_weights(c->model, f->columns ? f->columns->word : NULL, LNG_NEW_N(c->arena, (size_t)f->classes, float),
                             c->errors);
}

static bool compile_weights(lng_compiler *c, const lng_doc *d)
{
    lng_weighing *w = &c->model->weighs;
    if (!d)
        return true;
    if (d->kind == LNG_DOC_SEQUENCE || (d->kind == LNG_DOC_SCALAR && strcmp(d->text, "balanced") != 0))
        return lng_error(c->errors, LNG_E_TYPE, d->place,
                         "`class_weights` is `balanced`, or a weight for each class, such as {no: 1, yes: 5}");
    w->by_name = d->kind == LNG_DOC_MAPPING ? d : NULL;
    w->label = only_label(c, d);
    return w->label >= 0 && check_weights(c);
}

bool lng_compile_balance(lng_compiler *c, const lng_doc *train)
{
    const lng_doc *sample = lng_doc_get(train, "sample"), *weights = lng_doc_get(train, "class_weights"),
                  *label = sample ? lng_doc_get(sample, "balance") : NULL;
    lng_model *m = c->model;
    if (weights && label)
        return lng_error(c->errors, LNG_E_ARGUMENTS, weights->place,
                         "`class_weights` and `sample` exclude each other: both make rare classes count more");
    if (label && label->kind == LNG_DOC_SCALAR)
        m->weighs.drawn = label_called(c, label);
    return compile_weights(c, weights) && (!label || m->weighs.drawn >= 0);
}

/* ---- the loss ---- */
const char *lng_class_weight_name(lng_arena *arena, const lng_model *m)
{
    return lng_format(arena, "%s.weight", m->field[m->weighs.label].name);
}

static lng_value *read_weights(lng_elab *e, const char *name, lng_shape shape, lng_place place)
{
    lng_stored *stored = lng_map_get(e->stored, name);
    if (!stored) {
        e->init->place = place;
        e->init->scope = "class_weights";
        lng_graph_output(e->init, name, lng_constant(e->init, 1, shape));
        stored = LNG_NEW(e->arena, lng_stored);
        *stored = (lng_stored){.variable = {.name = name, .shape = shape, .place = place}, .place = place};
        lng_map_put(e->stored, name, stored);
    }
    stored->read_in[e->training] = true;
    return lng_read_variable(e->graph, name, shape);
}

lng_value *lng_weigh_loss(lng_compiler *c, lng_scope *scope, lng_value *loss)
{
    const lng_model *m = c->model;
    if (m->weighs.label < 0)
        return loss;
    const lng_data_field *f = &m->field[m->weighs.label];
    lng_graph *g = c->elab.graph;
    g->place = f->place;
    g->scope = "class_weights";
    lng_value *label = lng_scope_find(scope, f->name)->slot[0].datum.value,
              *weight = read_weights(&c->elab, lng_class_weight_name(c->arena, m), lng_shape_of(1, f->classes), f->place);
    return lng_mul(g, lng_gather(g, weight, label, 0, 0), loss);
}
