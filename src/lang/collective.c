/* Checks the operands of a metric of the whole data set: for each example, a label, and a score for each class, or one score for two classes. */
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/nature.h"

enum { SCORES, LABELS };

static bool is_operand(lng_scope *s, const lng_expr *call, int k, const lng_value *v)
{
    static const struct {
        const char *about;
        int rank; /* at most */
        lng_dtype dtype;
    } wanted[] = {[SCORES] = {"a row of float scores", 1, LNG_F32}, [LABELS] = {"an integer label", 0, LNG_I32}};
    char shape[LNG_SHAPE_TEXT];
    if (!v->per_example)
        return lng_complain_at(s, call->item[k], LNG_E_KIND, "`%s` compares examples; this value is the same for all of them",
                               call->name);
    if (v->dtype != wanted[k].dtype)
        return lng_complain_at(s, call->item[k], LNG_E_DTYPE, "`%s` takes %s for each example, not %s", call->name, wanted[k].about,
                               v->dtype == LNG_I32 ? "an integer" : "a float");
    if (v->shape.rank <= wanted[k].rank)
        return true;
    lng_complain_at(s, call->item[k], LNG_E_SHAPE, "`%s` takes %s for each example, not a value of shape %s", call->name,
                    wanted[k].about, lng_shape_text(shape, v->shape));
    lng_related(s, v->node->place, "the value is computed here");
    return false;
}

bool lng_scores_fit(lng_scope *s, const lng_expr *call, lng_value *const operand[])
{
    const bool scores = is_operand(s, call, SCORES, operand[SCORES]), labels = is_operand(s, call, LABELS, operand[LABELS]);
    if (!scores || !labels)
        return false;
    const int64_t n = lng_shape_size(operand[SCORES]->shape), classes = lng_classes_of(s->e, operand[LABELS]);
    if (!classes || n == classes || (n == 1 && classes == 2))
        return true;
    lng_complain_at(s, call->item[SCORES], LNG_E_SHAPE, "`%s` takes one score for each class, not %lld for %lld classes",
                    call->name, (long long)n, (long long)classes);
    lng_related(s, operand[SCORES]->node->place, "the scores are computed here");
    return false;
}
