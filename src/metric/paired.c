/* Two models on the same examples.
 *
 * DeLong's variance of a difference of AUCs comes from the parts that auc.c computes: as the sum of A_i B_i is the covariance, that of
 * (A_i - B_i)^2 is the variance of the difference (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988). */
#include "metric/inside.h"

/* 2 P(X <= k), X binomial of n and 1/2, but not more than 1. The terms are added from the largest, each from the one before. */
static double mcnemar(int64_t only_first, int64_t only_second)
{
    const int64_t n = only_first + only_second, k = only_first < only_second ? only_first : only_second;
    double log_term = -(double)n * log(2);
    for (int64_t i = 1; i <= k; i++)
        log_term += log((double)(n - k + i) / (double)i);
    double term = exp(log_term), sum = 0;
    for (int64_t i = k; i >= 0 && term > sum * 1e-18; i--) {
        sum += term;
        term *= (double)i / (double)(n - i + 1);
    }
    return 2 * sum < 1 ? 2 * sum : 1;
}

lng_paired lng_compare_accuracy(const lng_scored *a, const lng_scored *b)
{
    lng_paired r = {0};
    int64_t both = 0;
    for (int64_t i = 0; i < a->count; i++) {
        const bool first = lng_predicted(a->score + i * a->columns, a->columns) == a->label[i];
        const bool second = lng_predicted(b->score + i * b->columns, b->columns) == b->label[i];
        both += first && second;
        r.only_first += first && !second;
        r.only_second += second && !first;
    }
    r.first = (double)(both + r.only_first) / (double)a->count;
    r.second = (double)(both + r.only_second) / (double)a->count;
    r.difference = (double)(r.only_first - r.only_second) / (double)a->count;
    r.p = mcnemar(r.only_first, r.only_second);
    return r;
}

bool lng_compare_auc(lng_arena *arena, const lng_scored *a, const lng_scored *b, lng_paired *r)
{
    *r = (lng_paired){.p = (double)NAN};
    const double *x = lng_auc_parts(a, arena, &r->first), *y = lng_auc_parts(b, arena, &r->second);
    double variance = 0;
    if (!x || !y)
        return false;
    for (int64_t i = 0; i < a->count; i++)
        variance += (x[i] - y[i]) * (x[i] - y[i]);
    r->difference = r->first - r->second;
    if (r->difference == 0)
        r->p = 1;
    else if (variance > 0 && !isinf(variance))
        r->p = erfc(fabs(r->difference) / sqrt(2 * variance));
    return true;
}
