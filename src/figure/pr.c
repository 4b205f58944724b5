/* Precision-recall curves. */
#include "figure/inside.h"

static void draw(const lng_drawn *d, lng_text *out, bool alone)
{
    lng_draw_ranked(d, out, alone, LNG_CURVE_PR);
}

const lng_figure lng_figure_pr = {
    .name = "pr",
    .about = "precision and recall: each class against the rest, macro and micro",
    .needs_scores = true,
    .lacks = lng_lacks_scores,
    .draw = draw,
};
