/* Calibration: how often predictions of a confidence are right. */
#include "metric/inside.h"

static void add(lng_bin bin[LNG_BINS], double confidence, bool right)
{
    int at = (int)(confidence * LNG_BINS);
    lng_bin *b = &bin[at < LNG_BINS ? at : LNG_BINS - 1];
    b->count++;
    b->right += right;
    b->confidence += confidence;
}

void lng_calibration(const lng_scored *e, lng_bin bin[LNG_BINS])
{
    for (int b = 0; b < LNG_BINS; b++)
        bin[b] = (lng_bin){0};
    for (int64_t i = 0; i < e->count; i++) {
        const float *p = e->score + i * e->columns;
        if (e->label && e->columns > 1) {
            const int64_t k = lng_predicted(p, e->columns);
            add(bin, lng_confidence(p, e->columns, k), k == e->label[i]);
        } else
            for (int64_t c = 0; c < e->columns; c++) {
                const int64_t k = lng_predicted(p + c, 1);
                add(bin, lng_confidence(p + c, 1, k), k == lng_example_is(e, i, c));
            }
    }
}

static bool compute(const lng_scored *e, lng_arena *arena, bool intervals, lng_measure *m)
{
    lng_bin bin[LNG_BINS];
    double sum = 0;
    int64_t n = 0;
    (void)arena;
    (void)intervals;
    lng_calibration(e, bin);
    for (int b = 0; b < LNG_BINS; b++) {
        sum += fabs((double)bin[b].right - bin[b].confidence);
        n += bin[b].count;
    }
    m->figure[0] = sum / (double)n;
    return true;
}

const lng_metric lng_metric_calibration_error = {
    .lower = true,
    .name = "calibration_error",
    .about = "the expected calibration error: by how much confidence and accuracy differ: calibration_error(probabilities, labels)",
    .math =
        "The confidence of a prediction is the probability that it was given. Predictions are put into 15 bins of equal width by their "
        "confidence; the error is the mean, over the predictions, of |accuracy - mean confidence| of their bins (Naeini, Cooper and "
        "Hauskrecht, AAAI 2015; Guo and others, ICML 2017).",
    .example = "calibration_error(out, label)",
    .takes = LNG_TAKES_TARGETS,
    .decides = true,
    .probabilities = true,
    .compute = compute,
};
