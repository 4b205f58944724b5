/* Checks the operands of a metric of the whole data set, as its row of the table says: scores with a label or with targets, or predicted
 * numbers with right ones. */
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/nature.h"

enum { SCORES, TRUTH };

static bool wrong_dtype(lng_scope *s, const lng_expr *call, int k, const lng_value *v, const char *wanted)
{
    return lng_complain_at(s, call->item[k], LNG_E_DTYPE, "`%s` takes %s for each example, not %s", call->name, wanted,
                           v->dtype == LNG_I32 ? "an integer" : "a float");
}

static bool wrong_shape(lng_scope *s, const lng_expr *call, int k, const lng_value *v, const char *wanted)
{
    char shape[LNG_SHAPE_TEXT];
    lng_complain_at(s, call->item[k], LNG_E_SHAPE, "`%s` takes %s for each example, not a value of shape %s", call->name, wanted,
                    lng_shape_text(shape, v->shape));
    lng_related(s, v->node->place, "the value is computed here");
    return false;
}

static bool differs_by_example(lng_scope *s, const lng_expr *call, int k, const lng_value *v)
{
    return v->per_example || lng_complain_at(s, call->item[k], LNG_E_KIND,
                                             "`%s` compares examples; this value is the same for all of them", call->name);
}

/* ---- scores and a label ---- */
static bool is_score_row(lng_scope *s, const lng_expr *call, const lng_value *v)
{
    if (v->dtype != LNG_F32)
        return wrong_dtype(s, call, SCORES, v, "a row of float scores");
    return v->shape.rank <= 1 || wrong_shape(s, call, SCORES, v, "a row of float scores");
}

static bool is_label(lng_scope *s, const lng_expr *call, const lng_value *v)
{
    if (v->dtype != LNG_I32)
        return wrong_dtype(s, call, TRUTH, v, "an integer label");
    return v->shape.rank == 0 || wrong_shape(s, call, TRUTH, v, "an integer label");
}

static bool label_fits(lng_scope *s, const lng_expr *call, const lng_value *scores, const lng_value *label)
{
    const bool good = is_score_row(s, call, scores);
    if (!is_label(s, call, label) || !good)
        return false;
    const int64_t n = lng_shape_size(scores->shape), classes = lng_classes_of(s->e, label);
    if (!classes || n == classes || (n == 1 && classes == 2))
        return true;
    lng_complain_at(s, call->item[SCORES], LNG_E_SHAPE, "`%s` takes one score for each class, not %lld for %lld classes",
                    call->name, (long long)n, (long long)classes);
    lng_related(s, scores->node->place, "the scores are computed here");
    return false;
}

/* ---- as many numbers on both sides ---- */
static bool sizes_match(lng_scope *s, const lng_expr *call, const lng_value *a, const lng_value *b, const char *what)
{
    char left[LNG_SHAPE_TEXT], right[LNG_SHAPE_TEXT];
    const bool single = lng_shape_size(a->shape) == 1 && lng_shape_size(b->shape) == 1;
    if (single || lng_shape_equal(a->shape, b->shape))
        return true;
    lng_complain_at(s, call->item[TRUTH], LNG_E_SHAPE, "`%s` takes %s, but these have shape %s, not %s", call->name, what,
                    lng_shape_text(right, b->shape), lng_shape_text(left, a->shape));
    lng_related(s, a->node->place, "the first value is computed here");
    return false;
}

static bool targets_fit(lng_scope *s, const lng_expr *call, const lng_value *scores, const lng_value *targets)
{
    const int64_t classes = lng_classes_of(s->e, targets);
    if (scores->dtype != LNG_F32)
        return wrong_dtype(s, call, SCORES, scores, "float scores");
    if (classes > 2 && targets->shape.rank == 0) {
        lng_complain_at(s, call->item[TRUTH], LNG_E_DTYPE,
                        "`%s` takes targets that are 0 or 1, not a label of %lld classes as a float", call->name,
                        (long long)classes);
        lng_hint(s, "give the label itself, an integer");
        return false;
    }
    if (lng_is_score(lng_nature_of(s->e, targets)))
        return lng_complain_at(s, call->item[TRUTH], LNG_E_RANGE,
                               "`%s` takes targets that are 0 or 1, but these values are not limited to 0 to 1", call->name);
    return sizes_match(s, call, scores, targets, "a target for each score");
}

static bool numbers_fit(lng_scope *s, const lng_expr *call, lng_value *const operand[])
{
    bool good = true;
    for (int k = 0; k < LNG_METRIC_OUTPUTS; k++)
        if (operand[k]->dtype != LNG_F32) {
            good = wrong_dtype(s, call, k, operand[k], "float numbers");
            lng_hint(s, "write to_float(...)");
        }
    return good && sizes_match(s, call, operand[SCORES], operand[TRUTH], "as many targets as predictions");
}

/* Scores that certainly are no probabilities, as lint.c finds them for blocks. */
static void lint(lng_scope *s, const lng_metric *metric, const lng_expr *call, const lng_value *scores, const lng_value *truth)
{
    const bool row = truth->dtype == LNG_I32 && lng_shape_size(scores->shape) > 1;
    const lng_callable called = {.name = metric->name};
    if (metric->probabilities || (metric->decides && !row))
        lng_lint_probabilities(s, &called, row, scores, lng_expr_place(call->item[SCORES]));
}

bool lng_scores_fit(lng_scope *s, const lng_metric *metric, const lng_expr *call, lng_value *const operand[])
{
    const lng_value *scores = operand[SCORES], *truth = operand[TRUTH];
    const bool first = differs_by_example(s, call, SCORES, scores);
    if (!differs_by_example(s, call, TRUTH, truth) || !first)
        return false;
    if (metric->takes == LNG_TAKES_NUMBERS)
        return numbers_fit(s, call, operand);
    const bool targets = metric->takes == LNG_TAKES_TARGETS && truth->dtype == LNG_F32;
    if (!(targets ? targets_fit(s, call, scores, truth) : label_fits(s, call, scores, truth)))
        return false;
    lint(s, metric, call, scores, truth);
    return true;
}
