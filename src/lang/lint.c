/* Warnings: a value that is certainly not what its port expects (`expects` of a block), such as numbers of any size where a loss takes
 * probabilities. The model may be meant so; but mostly a softmax was forgotten, or is there twice. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/nature.h"
#include <stdio.h>
#include <string.h>

/* What was found. */
enum { SCORES, SINGLE, WHOLE, TWICE, FINDINGS };

#define ONE_TOO_MANY                                                                                                               \
    {                                                                                                                              \
        .said = "`%s` expects the probabilities of one softmax or sigmoid, but here one follows another",                          \
        .hint = "remove one of them"                                                                                               \
    }

typedef struct finding {
    const char *said, *hint;
    const char *makes, *loss, *or_loss; /* in place of a hint: what makes probabilities; a loss, and another that needs none */
} finding;
static const finding table[LNG_EXPECTATIONS][FINDINGS] = {
    [LNG_EXPECTS_DISTRIBUTION] =
        {[SCORES] = {.said = "`%s` expects probabilities that sum to 1, but these values are not limited to 0 to 1",
                     .makes = "softmax",
                     .loss = "cross_entropy",
                     .or_loss = "softmax_cross_entropy"},
         [SINGLE] = {.said = "`%s` expects probabilities that sum to 1, but a sigmoid treats each value separately",
                     .hint = "use softmax in place of sigmoid"},
         [TWICE] = ONE_TOO_MANY},
    [LNG_EXPECTS_PROBABILITIES] = {[SCORES] = {.said = "`%s` expects probabilities, but these values are not limited to 0 to 1",
                                               .makes = "sigmoid",
                                               .loss = "binary_cross_entropy",
                                               .or_loss = "sigmoid_cross_entropy"},
                                   [TWICE] = ONE_TOO_MANY},
    [LNG_EXPECTS_LOGITS] = {[SINGLE] = {.said =
                                            "`%s` computes the probabilities itself, but these values already are probabilities",
                                        .hint = "remove the sigmoid of this layer"},
                            [WHOLE] = {.said = "`%s` computes the probabilities itself, but these values already are probabilities",
                                       .hint = "remove the softmax of this layer"}},
};

static int finding_of(const lng_elab *e, const lng_value *v)
{
    static const int found[LNG_NATURES] = {[LNG_UNKNOWN_NUMBERS] = FINDINGS,
                                           [LNG_LINEAR] = SCORES,
                                           [LNG_ACTIVATED] = SCORES,
                                           [LNG_PROBABILITY] = SINGLE,
                                           [LNG_DISTRIBUTION] = WHOLE};
    return lng_is_squashed_twice(e, v) ? TWICE : found[lng_nature_of(e, v)];
}

/* The block that the user called, which called this one. */
static const char *called(const lng_scope *s, const lng_callable *c)
{
    return s->block->standard ? lng_user_block(s) : c->name;
}

/* Warns at the layer, with a note at the call that takes its value. */
static lng_errors *warn(const lng_scope *s, const lng_value *v, lng_place call, const char *text, const char *note)
{
    const lng_place layer = lng_origin(v)->node->place, use = lng_user_place(s, call);
    lng_warn(s->e->errors, layer, "%s", text);
    if (layer.source != use.source || layer.line != use.line || layer.column != use.column)
        lng_error_related(s->e->errors, use, "%s", note);
    return s->e->errors;
}

static void hint_numbers(lng_errors *errors, const char *called_block, const finding *f)
{
    if (f->hint)
        lng_error_hint(errors, "%s", f->hint);
    else if (strcmp(called_block, f->loss) != 0) /* the loss may need the scores: leave the layer as it is */
        lng_error_hint(errors, "%s makes probabilities: write %s(...) where they are used", f->makes, f->makes);
    else {
        lng_error_hint(errors, "%s makes probabilities: `activation: %s` in this layer, or %s(...) where they are used", f->makes,
                       f->makes, f->makes);
        lng_error_hint(errors, "or use the loss %s, which takes the values as they are", f->or_loss);
    }
}

static void lint_numbers(const lng_scope *s, const lng_callable *c, lng_expectation expected, const lng_value *v, lng_place at)
{
    const int found = finding_of(s->e, v);
    if (found == FINDINGS || !table[expected][found].said)
        return;
    char text[200];
    snprintf(text, sizeof text, table[expected][found].said, called(s, c));
    hint_numbers(warn(s, v, at, text, "the values are used here"), called(s, c), &table[expected][found]);
}

void lng_lint_surplus(const lng_scope *s, const lng_value *scores, lng_place at, int64_t n, int64_t classes)
{
    char text[200];
    snprintf(text, sizeof text, "%lld values for %lld class%s: the labels end at %lld", (long long)n, (long long)classes,
             classes == 1 ? "" : "es", (long long)classes - 1);
    if (!s->muted)
        warn(s, scores, at, text, "the label is used here");
}

/* A one_hot with less depth than classes. */
static void lint_one_hot(const lng_scope *s, const lng_node *n)
{
    const int64_t classes = lng_classes_of(s->e, n->in[0]);
    const int64_t depth = n->out[0].shape.dim[n->out[0].shape.rank - 1];
    if (classes > depth)
        lng_warn(s->e->errors, n->place, "one_hot has room for %lld of %lld classes: the others become rows of zeros",
                 (long long)depth, (long long)classes);
}

/* An index that goes past what it reads. */
static void lint_gather(const lng_scope *s, const lng_node *n)
{
    const int64_t classes = lng_classes_of(s->e, n->in[1]), axis = n->attr[LNG_GATHER_AXIS].i;
    const lng_shape shape = n->in[0]->shape;
    const int64_t size = shape.dim[axis < 0 ? axis + shape.rank : axis];
    if (classes > size)
        lng_warn(s->e->errors, n->place,
                 "the index has the integers from 0 to %lld, but there are only %lld to choose from: the "
                 "others give zeros",
                 (long long)classes - 1, (long long)size);
}

static void lint_softmax(const lng_scope *s, const lng_node *n)
{
    const lng_shape shape = n->out[0].shape;
    if (shape.dim[shape.rank - 1] != 1)
        return;
    lng_warn(s->e->errors, n->place, "%s over one number is always %s", n->op->name, n->op == &lng_op_softmax ? "1" : "0");
    lng_error_hint(s->e->errors, "for two classes, one number needs %s", n->op == &lng_op_softmax ? "sigmoid" : "log_sigmoid");
}

void lng_lint_op(const lng_scope *s, const lng_value *v)
{
    const lng_op *op = v->node->op;
    if (s->muted)
        return;
    if (op == &lng_op_one_hot)
        lint_one_hot(s, v->node);
    else if (op == &lng_op_gather)
        lint_gather(s, v->node);
    else if (op == &lng_op_softmax || op == &lng_op_log_softmax)
        lint_softmax(s, v->node);
}

/* The variance of a single number is 0. */
static void lint_samples(const lng_scope *s, const lng_callable *c, const lng_value *v, lng_place at)
{
    const int rank = v->shape.rank;
    const int64_t each = rank ? lng_shape_size(v->shape) / v->shape.dim[rank - 1] : 1;
    if (!s->e->training || s->e->batch != 1 || each > 1)
        return;
    lng_warn(s->e->errors, lng_user_place(s, at),
             "with `batch: 1`, `%s` normalizes single numbers: each is its own mean, and their variance is 0", called(s, c));
    lng_error_hint(s->e->errors, "use a larger batch, or layernorm, which normalizes each example by itself");
}

void lng_lint_probabilities(const lng_scope *s, const lng_callable *c, bool sum_to_one, const lng_value *v, lng_place at)
{
    if (!s->muted)
        lint_numbers(s, c, sum_to_one ? LNG_EXPECTS_DISTRIBUTION : LNG_EXPECTS_PROBABILITIES, v, at);
}

void lng_lint(const lng_scope *s, const lng_callable *c, const lng_port_decl *port, const lng_value *v, lng_place at)
{
    if (s->muted)
        return;
    if (port->expects == LNG_EXPECTS_SAMPLES)
        lint_samples(s, c, v, at);
    else
        lint_numbers(s, c, port->expects, v, at);
}
