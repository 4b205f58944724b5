/* ROC curves. */
#include "figure/inside.h"

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_draw_ranked(d, out, alone, LNG_CURVE_ROC);
}

const lng_figure lng_figure_roc = {
    .name = "roc",
    .about = "ROC curves: each class against the rest, macro and micro",
    .needs_scores = true,
    .lacks = lng_lacks_scores,
    .draw = draw,
};
