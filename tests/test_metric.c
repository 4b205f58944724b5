/* Metrics of a whole set against hand-computed values, against second implementations by their definitions, and by their properties;
 * confusion counts. */
#include "base/team.h"
#include "metric/metric.h"
#include "suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state;
static uint32_t next_random(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static lng_measure measure(const char *metric, const lng_scored *scored, bool intervals)
{
    lng_measure m;
    ck_assert(lng_measure_compute(arena, lng_metric_find(metric), scored, intervals, &m));
    return m;
}

static double binary(const float *scores, const uint8_t *positive, int64_t n)
{
    int32_t *label = LNG_NEW_N(arena, (size_t)n, int32_t);
    for (int64_t i = 0; i < n; i++)
        label[i] = positive[i] != 0;
    const lng_measure m = measure("auc", &(lng_scored){n, 1, scores, label, NULL}, false);
    ck_assert(memcmp(&m.figure[LNG_MACRO], m.per_class, sizeof(double)) == 0);
    ck_assert(memcmp(&m.figure[LNG_MICRO], m.per_class, sizeof(double)) == 0);
    return m.per_class[0];
}

/* The definition, pair by pair. */
static int compare(float a, float b)
{
    return (a > b) - (a < b);
}

static double by_pairs(const float *scores, const uint8_t *positive, int64_t n)
{
    double twice = 0, pairs = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            if (positive[i] && !positive[j]) {
                twice += 1 + compare(scores[i], scores[j]);
                pairs += 2;
            }
    return twice / pairs;
}

START_TEST(hand_computed)
{
    const float s[] = {0.1f, 0.4f, 0.35f, 0.8f}, same[] = {3, 3, 3, 3};
    const uint8_t p[] = {0, 0, 1, 1}, q[] = {1, 1, 0, 0}, some[] = {0, 7, 0, 255}; /* nonzero is positive */
    ck_assert_double_eq(binary(s, p, 4), 0.75);
    ck_assert_double_eq(binary(s, q, 4), 0.25);
    ck_assert_double_eq(binary(s, some, 4), 1);
    ck_assert_double_eq(binary(same, p, 4), 0.5);
    const float ties[] = {1, 2, 2, 3, 2};
    const uint8_t t[] = {0, 1, 0, 1, 0};
    ck_assert_double_eq(binary(ties, t, 5), 5.0 / 6); /* 1 + 1/2 + 1/2, and 3 */
}
END_TEST

START_TEST(special_scores)
{
    const uint8_t p[] = {1, 0};
    const float zeros[] = {-0.0f, 0.0f}, nans[] = {NAN, -NAN}, low[] = {-INFINITY, NAN}, high[] = {INFINITY, 3e38f};
    const float tiny[] = {1e-45f, 0}, negative[] = {-1e-45f, -0.0f}, signs[] = {-1, -2}, across[] = {1e-45f, -1e-45f};
    ck_assert_double_eq(binary(zeros, p, 2), 0.5);
    ck_assert_double_nan(binary(nans, p, 2)); /* NaN has no rank */
    ck_assert_double_nan(binary(low, p, 2));
    ck_assert_double_eq(binary(high, p, 2), 1);
    ck_assert_double_eq(binary(tiny, p, 2), 1);
    ck_assert_double_eq(binary(negative, p, 2), 0);
    ck_assert_double_eq(binary(signs, p, 2), 1);
    ck_assert_double_eq(binary(across, p, 2), 1);
}
END_TEST

/* Also by a thread that takes subnormals for zero wherever it computes. */
START_TEST(flushing_thread)
{
    const uint8_t p[] = {1, 0, 1, 0};
    const float tiny[] = {4e-45f, 3e-45f, 1e-40f, -1e-40f};
    const unsigned before = lng_flush_subnormals();
    const double auc = binary(tiny, p, 4);
    lng_flush_restore(before);
    ck_assert_double_eq(auc, 1);
}
END_TEST

START_TEST(undefined_alone)
{
    const float s[] = {1, 2};
    const uint8_t ones[] = {1, 1}, none[] = {0, 0};
    ck_assert_double_nan(binary(s, ones, 2));
    ck_assert_double_nan(binary(s, none, 2));
    ck_assert_double_nan(binary(s, none, 0));
}
END_TEST

/* Random scores from a small set, so that ties are many; every kind of float among them. */
static void draw(float *s, uint8_t *p, int64_t n, unsigned distinct)
{
    static const float odd[] = {-INFINITY, -1, -0.0f, 0, 1e-40f, 1, INFINITY, 1e-45f};
    for (int64_t i = 0; i < n; i++) {
        unsigned r = next_random();
        s[i] = r % 16 == 0 ? odd[r / 16 % 8] : ((float)(r / 16 % distinct) - (float)distinct / 2) * 0.37f;
        p[i] = next_random() % 3 == 0;
    }
    p[0] = 1;
    p[1] = 0;
}

START_TEST(pairs_counted)
{
    float s[700], mapped[700];
    uint8_t p[700], q[700];
    state = (uint32_t)_i + 1;
    int64_t n = 2 + next_random() % 699;
    draw(s, p, n, 1 + next_random() % (_i % 2 ? 5 : 5000));
    double auc = binary(s, p, n);
    ck_assert_double_eq(auc, by_pairs(s, p, n));
    for (int64_t i = 0; i < n; i++) {
        mapped[i] = 4 * s[i]; /* exact, so monotone; infinities stay */
        q[i] = !p[i];
    }
    ck_assert_double_eq(binary(mapped, p, n), auc);
    ck_assert_double_eq_tol(binary(s, q, n), 1 - auc, 1e-15);
    for (int64_t i = n - 1; i > 0; i--) { /* no order of the examples matters */
        int64_t j = next_random() % (i + 1);
        float score = s[i];
        uint8_t label = p[i];
        s[i] = s[j];
        p[i] = p[j];
        s[j] = score;
        p[j] = label;
    }
    ck_assert_double_eq(binary(s, p, n), auc);
}
END_TEST

static lng_measure compute(const float *scores, const int32_t *labels, int64_t n, int64_t classes)
{
    const lng_measure m = measure("auc", &(lng_scored){n, classes, scores, labels, NULL}, false);
    ck_assert_int_eq(m.columns, classes);
    return m;
}

START_TEST(three_classes)
{
    const float s[] = {0.7f, 0.2f, 0.1f, /* 0 */ 0.3f, 0.4f, 0.3f, /* 0 */ 0.2f, 0.3f, 0.5f, /* 1 */ 0.1f, 0.2f, 0.7f /* 2 */};
    const int32_t labels[] = {0, 0, 1, 2};
    lng_measure auc = compute(s, labels, 4, 3);
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_eq(auc.per_class[1], 2.0 / 3);
    ck_assert_double_eq(auc.per_class[2], 1);
    ck_assert_double_eq_tol(auc.figure[LNG_MACRO], (2 + 2.0 / 3) / 3, 1e-15);
    ck_assert_double_eq_tol(auc.figure[LNG_WEIGHTED], (2 + 2.0 / 3 + 1) / 4, 1e-15);
    /* micro: positives .7 .3 .3 .7; negatives .2 .1 .4 .3 .2 .5 .1 .2 */
    ck_assert_double_eq(auc.figure[LNG_MICRO], (8 + 5.5 + 5.5 + 8) / 32);
}
END_TEST

START_TEST(many_classes)
{
    enum { N = 300, C = 7 };
    static float s[N * C], column[N];
    static uint8_t p[N * C], own[N];
    static int32_t labels[N];
    state = 99;
    for (int i = 0; i < N; i++) {
        labels[i] = (int32_t)(next_random() % C);
        for (int c = 0; c < C; c++) {
            s[i * C + c] = (float)(next_random() % 50) / 50;
            p[i * C + c] = c == labels[i];
        }
    }
    lng_measure auc = compute(s, labels, N, C);
    double macro = 0, weighted = 0;
    for (int c = 0; c < C; c++) {
        double count = 0;
        for (int i = 0; i < N; i++) {
            column[i] = s[i * C + c];
            own[i] = p[i * C + c];
            count += own[i];
        }
        ck_assert_double_eq(auc.per_class[c], by_pairs(column, own, N));
        macro += auc.per_class[c];
        weighted += auc.per_class[c] * count;
    }
    ck_assert_double_eq(auc.figure[LNG_MACRO], macro / C);
    ck_assert_double_eq(auc.figure[LNG_WEIGHTED], weighted / N);
    ck_assert_double_eq(auc.figure[LNG_MICRO], by_pairs(s, p, N * C));
}
END_TEST

START_TEST(undefined_classes)
{
    const float s[] = {0.9f, 0.1f, 0, 0.2f, 0.8f, 0};
    const int32_t labels[] = {0, 1}, same[] = {1, 1}, outside[] = {5, -1};
    lng_measure auc = compute(s, labels, 2, 3); /* nobody is of class 2 */
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_eq(auc.per_class[1], 1);
    ck_assert_double_nan(auc.per_class[2]);
    ck_assert_double_nan(auc.figure[LNG_MACRO]);
    ck_assert_double_eq(auc.figure[LNG_WEIGHTED], 1); /* over the classes present */
    ck_assert_double_eq(auc.figure[LNG_MICRO], 1);
    ck_assert(auc.examples[0] == 1 && auc.examples[1] == 1 && auc.examples[2] == 0);
    const float nan[] = {0.9f, NAN, 0, 0.2f, 0.8f, 0};
    auc = compute(nan, labels, 2, 3);
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_nan(auc.per_class[1]);
    ck_assert_double_nan(auc.figure[LNG_WEIGHTED]);
    ck_assert_double_nan(auc.figure[LNG_MICRO]);
    auc = compute(s, same, 2, 3);
    for (int c = 0; c < 3; c++)
        ck_assert_double_nan(auc.per_class[c]);
    auc = compute(s, outside, 2, 3);
    ck_assert_double_nan(auc.figure[LNG_MICRO]);
    auc = compute(s, labels, 0, 3);
    ck_assert_double_nan(auc.figure[LNG_MICRO]);
    auc = compute(s, labels, 2, 0);
    ck_assert_double_nan(auc.figure[LNG_MACRO]);
    auc = compute(s, labels, 2, 1); /* one score: that of label 1 */
    ck_assert_double_eq(auc.per_class[0], 0);
    ck_assert_double_eq(auc.figure[LNG_MICRO], 0);
}
END_TEST

/* The counts pass 32 bits, and one positive is misplaced by a known number of pairs. */
START_TEST(large)
{
    enum { N = 300000, P = 100000 };
    float *s = malloc(N * sizeof *s);
    uint8_t *p = malloc(N);
    for (int i = 0; i < N; i++) {
        s[i] = (float)i;
        p[i] = i >= N - P;
    }
    ck_assert_double_eq(binary(s, p, N), 1);
    s[N - 1] = -1;
    ck_assert_double_eq(binary(s, p, N), (double)((int64_t)(P - 1) * (N - P)) / ((double)P * (N - P)));
    free(s);
    free(p);
}
END_TEST

START_TEST(too_large)
{
    const lng_metric *auc = lng_metric_find("auc");
    lng_measure m;
    ck_assert(!lng_measure_compute(arena, auc, &(lng_scored){.count = INT64_MAX / 2, .columns = 10}, false, &m));
    ck_assert(!lng_measure_compute(arena, auc, &(lng_scored){.count = -1, .columns = 10}, false, &m));
}
END_TEST

START_TEST(confusion)
{
    const float s[] = {1, 2, 2, NAN, -INFINITY, -1, NAN, NAN, NAN, 3, NAN, 1, NAN, 1, NAN, 9, 9, 9}; /* 1 2 0 0 1 0 */
    const int32_t labels[] = {0, 0, 1, 1, 2, 3};
    int64_t counts[9];
    memset(counts, -1, sizeof counts);
    lng_confusion(s, labels, 6, 3, counts);
    const int64_t expected[9] = {0, 1, 1, 2, 0, 0, 0, 1, 0};
    ck_assert_mem_eq(counts, expected, sizeof expected);
    const float one[] = {0, 0.5f, 0.50000006f, 1, NAN, 0.9f}; /* 0 0 1 1 0 1 */
    const int32_t binary[] = {0, 1, 1, 0, 1, 2};
    lng_confusion(one, binary, 6, 1, counts);
    const int64_t pairs[4] = {1, 1, 2, 1};
    ck_assert_mem_eq(counts, pairs, sizeof pairs);
}
END_TEST

START_TEST(one_column)
{
    const float score[] = {0.9f, 0.1f, 0.8f, 0.8f}, both[] = {0.1f, 0.9f, 0.9f, 0.1f, 0.2f, 0.8f, 0.2f, 0.8f};
    const int32_t labels[] = {1, 0, 1, 0};
    const lng_measure one = compute(score, labels, 4, 1), two = compute(both, labels, 4, 2);
    ck_assert_double_eq(one.figure[LNG_MACRO], 0.875);
    ck_assert_double_eq(one.per_class[0], two.per_class[1]);
    ck_assert_double_eq(one.figure[LNG_WEIGHTED], one.figure[LNG_MACRO]);
    ck_assert_double_eq(one.figure[LNG_MICRO], one.figure[LNG_MACRO]);
    ck_assert(one.examples[0] == 2 && one.examples[1] == 2);
    const int32_t ones[] = {1, 1, 1, 1};
    const lng_measure alone = compute(score, ones, 4, 1);
    ck_assert(isnan(alone.figure[LNG_MACRO]) && alone.examples[0] == 0 && alone.examples[1] == 4);
}
END_TEST

/* ---- intervals ---- */
START_TEST(wilson)
{
    lng_interval i = lng_wilson(8, 10); /* Brown, Cai and DasGupta's formula, by hand: centre 0.7167, half 0.2265 */
    ck_assert_double_eq_tol(i.low, 0.49016, 1e-5);
    ck_assert_double_eq_tol(i.high, 0.94331, 1e-5);
    i = lng_wilson(0, 10);
    ck_assert_double_eq(i.low, 0);
    ck_assert_double_eq_tol(i.high, 0.27754, 1e-5); /* z^2 / (n + z^2) */
    i = lng_wilson(10, 10);
    ck_assert_double_eq_tol(i.low, 1 - 0.27754, 1e-5);
    ck_assert_double_eq(i.high, 1);
    ck_assert_double_nan(lng_wilson(0, 0).low);
}
END_TEST

/* The part of the pairs with an example of the other side that example i wins, and these parts' covariance for two columns. */
static double component(const lng_scored *e, int64_t i, int64_t c)
{
    double won = 0, pairs = 0;
    for (int64_t j = 0; j < e->count; j++) {
        const bool mine = lng_example_is(e, i, c);
        if (mine == lng_example_is(e, j, c))
            continue;
        const int order = compare(e->score[i * e->columns + c], e->score[j * e->columns + c]);
        won += (1 + (mine ? order : -order)) / 2.0;
        pairs++;
    }
    return won / pairs;
}

/* DeLong's S10 / m + S01 / n, by its definition: the sample variances of the components of both sides. */
static double delong(const lng_scored *e, int64_t c)
{
    double sum[2] = {0}, square[2] = {0}, n[2] = {0};
    for (int side = 0; side < 2; side++) {
        for (int64_t i = 0; i < e->count; i++)
            if (lng_example_is(e, i, c) == side) {
                sum[side] += component(e, i, c);
                n[side]++;
            }
        for (int64_t i = 0; i < e->count; i++)
            if (lng_example_is(e, i, c) == side)
                square[side] += pow(component(e, i, c) - sum[side] / n[side], 2);
    }
    return square[0] / (n[0] - 1) / n[0] + square[1] / (n[1] - 1) / n[1];
}

static void near(lng_interval i, double middle, double variance)
{
    const double half = 1.959963984540054 * sqrt(variance);
    ck_assert_double_eq_tol(i.low, fmax(0, middle - half), 1e-12);
    ck_assert_double_eq_tol(i.high, fmin(1, middle + half), 1e-12);
}

START_TEST(delong_by_definition)
{
    enum { N = 60, C = 3 };
    float score[N * C];
    int32_t label[N];
    double macro = 0;
    state = (uint32_t)_i + 7;
    for (int i = 0; i < N; i++) {
        label[i] = (int32_t)(next_random() % C);
        for (int c = 0; c < C; c++)
            score[i * C + c] = (float)(next_random() % 12) + (float)(c == label[i]) * 4; /* many ties */
    }
    const lng_scored e = {N, C, score, label, NULL};
    const lng_measure m = measure("auc", &e, true);
    for (int c = 0; c < C; c++)
        near(m.class_interval[c], m.per_class[c], delong(&e, c));
    for (int i = 0; i < N; i++) { /* the variance of the mean over the classes: each example counts once */
        double a = 0;
        for (int c = 0; c < C; c++) {
            const double n = (double)(label[i] == c ? m.examples[c] : N - m.examples[c]);
            a += (component(&e, i, c) - m.per_class[c]) / sqrt(n * (n - 1)) / C;
        }
        macro += a * a;
    }
    near(m.interval[LNG_MACRO], m.figure[LNG_MACRO], macro);
    ck_assert(m.interval[LNG_MICRO].low < m.figure[LNG_MICRO] && m.interval[LNG_MICRO].high > m.figure[LNG_MICRO]);
    ck_assert_double_nan(m.interval[LNG_WEIGHTED].low);
    ck_assert_double_nan(measure("auc", &e, false).interval[LNG_MACRO].low); /* not asked for */
}
END_TEST

/* ---- two models on the same examples ---- */
/* The first model alone is right `first` times, the second `second` times, and both once. */
static double mcnemar(int64_t first, int64_t second)
{
    const int64_t n = first + second + 1;
    float *a = calloc((size_t)n, 2 * sizeof *a), *b = calloc((size_t)n, 2 * sizeof *b);
    int32_t *label = calloc((size_t)n, sizeof *label);
    for (int64_t i = 0; i < n; i++) {
        a[2 * i + (i > first)] = 1; /* class 1 is wrong */
        b[2 * i + (i < first)] = 1;
    }
    const lng_paired r = lng_compare_accuracy(&(lng_scored){n, 2, a, label, NULL}, &(lng_scored){n, 2, b, label, NULL});
    ck_assert_int_eq(r.only_first, first);
    ck_assert_int_eq(r.only_second, second);
    free(a);
    free(b);
    free(label);
    return r.p;
}

START_TEST(exact_mcnemar)
{
    long double term = powl(2, -1000), sum = 0; /* of k of 1,000, from k = 0 */
    for (int k = 0; k <= 400; k++) {
        sum += term;
        term *= (long double)(1000 - k) / (k + 1);
    }
    ck_assert_double_eq(mcnemar(0, 0), 1);
    ck_assert_double_eq(mcnemar(1, 0), 1);
    ck_assert_double_eq_tol(mcnemar(0, 5), 2 / 32.0, 1e-15);
    ck_assert_double_eq_tol(mcnemar(9, 1), 2 * (1 + 10) / 1024.0, 1e-15);
    ck_assert_double_eq_tol(mcnemar(2, 9), 2 * (1 + 11 + 55) / 2048.0, 1e-15);
    ck_assert_double_eq(mcnemar(10, 10), 1);
    ck_assert_double_eq(mcnemar(200000, 200000), 1);
    ck_assert_double_eq_tol(mcnemar(400, 600) / (double)(2 * sum), 1, 1e-10);
    ck_assert(mcnemar(0, 2000) < 1e-300);
}
END_TEST

START_TEST(paired_accuracy)
{
    const float a[] = {1, 0, 1, 0, 0, 1, 0, 1}, b[] = {1, 0, 0, 1, 0, 1, 1, 0};
    const int32_t label[] = {0, 0, 1, 1};
    const lng_paired r = lng_compare_accuracy(&(lng_scored){4, 2, a, label, NULL}, &(lng_scored){4, 2, b, label, NULL});
    ck_assert_double_eq(r.first, 1);
    ck_assert_double_eq(r.second, 0.5);
    ck_assert_double_eq(r.difference, 0.5);
    ck_assert_int_eq(r.only_first, 2);
    ck_assert_int_eq(r.only_second, 0);
    ck_assert_double_eq(r.p, 0.5);
}
END_TEST

/* The variance of the difference as DeLong defines it: of each side, that of the examples' components, over their number. */
static double delong_of_difference(const lng_scored *x, const lng_scored *y)
{
    double variance = 0;
    for (int side = 0; side < 2; side++) {
        double sum = 0, square = 0, n = 0;
        for (int64_t i = 0; i < x->count; i++)
            if (lng_example_is(x, i, 0) == side) {
                sum += component(x, i, 0) - component(y, i, 0);
                n++;
            }
        for (int64_t i = 0; i < x->count; i++)
            if (lng_example_is(x, i, 0) == side)
                square += pow(component(x, i, 0) - component(y, i, 0) - sum / n, 2);
        variance += square / (n - 1) / n;
    }
    return variance;
}

START_TEST(paired_auc)
{
    enum { N = 80 };
    float one[N], two[N];
    int32_t label[N];
    lng_paired r;
    state = (uint32_t)_i + 3;
    for (int i = 0; i < N; i++) {
        label[i] = (int32_t)(next_random() % 2);
        one[i] = (float)(next_random() % 9) + (float)label[i] * 5;
        two[i] = one[i] + (float)(next_random() % 9);
    }
    const lng_scored x = {N, 1, one, label, NULL}, y = {N, 1, two, label, NULL};
    ck_assert(lng_compare_auc(arena, &x, &y, &r));
    ck_assert_double_eq_tol(r.difference, measure("auc", &x, false).per_class[0] - measure("auc", &y, false).per_class[0], 1e-15);
    ck_assert_double_eq_tol(r.p, erfc(fabs(r.difference) / sqrt(2 * delong_of_difference(&x, &y))), 1e-12);
    ck_assert(lng_compare_auc(arena, &x, &x, &r));
    ck_assert_double_eq(r.p, 1);
    label[0] = 0;
    for (int i = 1; i < N; i++)
        label[i] = 0;
    ck_assert(!lng_compare_auc(arena, &x, &y, &r)); /* undefined */
}
END_TEST

/* Without a variance there is no interval. */
START_TEST(no_interval)
{
    const float apart[] = {1, 2, 3, 4}, equal[] = {5, 5, 5, 5};
    const int32_t two[] = {0, 0, 1, 1}, alone[] = {0, 0, 0, 1};
    ck_assert_double_nan(measure("auc", &(lng_scored){4, 1, apart, two, NULL}, true).interval[LNG_MACRO].low);
    ck_assert_double_nan(measure("auc", &(lng_scored){4, 1, equal, two, NULL}, true).interval[LNG_MACRO].low);
    ck_assert_double_nan(measure("auc", &(lng_scored){4, 1, equal, alone, NULL}, true).interval[LNG_MACRO].low);
}
END_TEST

/* ---- targets ---- */
START_TEST(several_labels)
{
    const float s[] = {0.9f, 0.2f, 0.4f, 0.6f, 0.8f, 0.7f, 0.1f, 0.3f};
    const float y[] = {1, 0, 0, 1, 1, 1, 0, 1};
    const lng_scored e = {4, 2, s, NULL, y};
    const lng_measure auc = measure("auc", &e, false), f1 = measure("f1", &e, false);
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_eq(auc.per_class[1], 1);
    ck_assert(auc.classes == 2 && auc.examples[0] == 2 && auc.examples[1] == 3);
    /* both together: 1s .9 .6 .8 .7 .3; 0s .2 .4 .1: only .3 < .4 */
    ck_assert_double_eq(auc.figure[LNG_MICRO], 14.0 / 15);
    ck_assert_double_eq(f1.per_class[0], 1);
    ck_assert_double_eq(f1.per_class[1], 2 * 2 / (3 + 2.0)); /* the last example is missed */
    ck_assert_double_eq(f1.figure[LNG_MICRO], 2 * 4 / (5 + 4.0));
    ck_assert_double_nan(measure("recall", &e, true).interval[LNG_MICRO].low); /* its pairs are not independent */
    ck_assert_double_eq_tol(measure("log_loss", &e, false).figure[0],
                            -(log(.9) + log(.8) + log(.6) + log(.6) + log(.8) + log(.7) + log(.9) + log(.3)) / 8, 1e-6);
    ck_assert_double_eq_tol(measure("brier", &e, false).figure[0], (.01 + .04 + .16 + .16 + .04 + .09 + .01 + .49) / 8, 1e-6);
    const float all[] = {1, 1, 1, 0, 1, 0, 1, 0};
    const lng_measure full = measure("auc", &(lng_scored){4, 2, s, NULL, all}, false);
    ck_assert_double_nan(full.per_class[0]); /* no negatives */
    ck_assert_double_nan(full.figure[LNG_MACRO]);
    ck_assert_double_eq(full.figure[LNG_WEIGHTED], full.per_class[1]);
}
END_TEST

/* ---- average precision ---- */
/* Threshold by threshold, from the highest. */
static double average_precision(const float *s, const uint8_t *p, int64_t n)
{
    double sum = 0, before = 0, positives = 0;
    for (int64_t i = 0; i < n; i++)
        positives += p[i];
    for (double limit = INFINITY;;) {
        double next = -INFINITY, hits = 0, predicted = 0;
        for (int64_t i = 0; i < n; i++)
            if ((double)s[i] < limit && (double)s[i] > next)
                next = (double)s[i];
        if (next == -INFINITY)
            return sum;
        for (int64_t i = 0; i < n; i++)
            if ((double)s[i] >= next) {
                predicted++;
                hits += p[i];
            }
        sum += (hits / positives - before) * hits / predicted;
        before = hits / positives;
        limit = next;
    }
}

START_TEST(average_precisions)
{
    const float s[] = {0.1f, 0.4f, 0.35f, 0.8f};
    const int32_t labels[] = {0, 0, 1, 1};
    lng_measure m = measure("average_precision", &(lng_scored){4, 1, s, labels, NULL}, false);
    ck_assert_double_eq_tol(m.figure[LNG_MACRO], 0.5 + 0.5 * 2 / 3, 1e-15);
    float many[300];
    uint8_t p[300];
    int32_t label[300];
    state = (uint32_t)_i + 31;
    for (int i = 0; i < 300; i++) {
        many[i] = (float)(next_random() % (_i ? 40 : 100000));
        label[i] = p[i] = next_random() % 4 == 0;
    }
    m = measure("average_precision", &(lng_scored){300, 1, many, label, NULL}, false);
    ck_assert_double_eq_tol(m.per_class[0], average_precision(many, p, 300), 1e-13);
    const float equal[] = {2, 2, 2, 2};
    m = measure("average_precision", &(lng_scored){4, 1, equal, labels, NULL}, false);
    ck_assert_double_eq(m.per_class[0], 0.5); /* how common class 1 is */
    const int32_t none[] = {0, 0, 0, 0};
    ck_assert_double_nan(measure("average_precision", &(lng_scored){4, 1, s, none, NULL}, false).figure[LNG_MICRO]);
}
END_TEST

/* ---- predictions ---- */
/* Labels 0 0 0 1 1 2, predictions 0 0 1 1 2 0 of four classes: nobody is of class 3. */
static const float predicted[] = {9, 1, 1, 1, 9, 1, 1, 1, 1, 9, 1, 1, 1, 9, 1, 1, 1, 1, 9, 1, 9, 1, 1, 1};
static const int32_t actual[] = {0, 0, 0, 1, 1, 2};

START_TEST(rates)
{
    const lng_scored e = {6, 4, predicted, actual, NULL};
    const lng_measure p = measure("precision", &e, false), r = measure("recall", &e, false), f = measure("f1", &e, false);
    const double precision[] = {2.0 / 3, 0.5, 0}, recall[] = {2.0 / 3, 0.5, 0};
    for (int c = 0; c < 3; c++) {
        ck_assert_double_eq(p.per_class[c], precision[c]);
        ck_assert_double_eq(r.per_class[c], recall[c]);
        ck_assert_double_eq(f.per_class[c], recall[c]);
    }
    ck_assert(isnan(p.per_class[3]) && isnan(r.per_class[3]) && isnan(f.per_class[3]) && isnan(p.figure[LNG_MACRO]));
    ck_assert_double_eq_tol(p.figure[LNG_WEIGHTED], (2 + 1 + 0) / 6.0, 1e-15);
    ck_assert_double_eq(r.figure[LNG_MICRO], 0.5);
    ck_assert_double_eq(r.interval[LNG_MICRO].low, lng_wilson(3, 6).low);
    ck_assert_double_eq(p.class_interval[1].high, lng_wilson(1, 2).high);
    const int32_t ones[] = {1, 0};
    const float zeros[] = {9, 1, 1, 9, 1, 1}; /* class 1 is never predicted */
    ck_assert_double_eq(measure("precision", &(lng_scored){2, 3, zeros, ones, NULL}, false).per_class[1], 0);
    const float half[] = {0.5f, 0.50000006f};
    const int32_t binary_labels[] = {1, 1};
    ck_assert_double_eq(measure("recall", &(lng_scored){2, 1, half, binary_labels, NULL}, false).figure[0], 0.5);
}
END_TEST

START_TEST(agreement)
{
    /* 50 examples of two classes: 20 5 / 10 15; kappa (0.7 - 0.5) / 0.5, Matthews (20 15 - 5 10) / sqrt(25 25 30 20) */
    float score[50];
    int32_t label[50];
    for (int i = 0; i < 50; i++) {
        label[i] = i >= 25;
        score[i] = (i >= 20 && i < 25) || i >= 35;
    }
    const lng_scored e = {50, 1, score, label, NULL};
    ck_assert_double_eq_tol(measure("kappa", &e, false).figure[0], 0.4, 1e-15);
    ck_assert_double_eq_tol(measure("matthews", &e, false).figure[0], 250 / sqrt(375000), 1e-15);
    /* three classes: margins 3 2 1 on both sides: (3 6 - 14) / (36 - 14) */
    const lng_scored three = {6, 3, (const float[]){9, 1, 1, 9, 1, 1, 1, 9, 1, 1, 9, 1, 1, 1, 9, 9, 1, 1}, actual, NULL};
    ck_assert_double_eq_tol(measure("kappa", &three, false).figure[0], 4.0 / 22, 1e-15);
    ck_assert_double_eq_tol(measure("matthews", &three, false).figure[0], 4.0 / 22, 1e-15);
    const int32_t same[] = {0, 0, 0, 0};
    const float zeros[] = {0, 0, 0, 0}, mixed[] = {0, 0, 1, 0};
    ck_assert_double_nan(measure("kappa", &(lng_scored){4, 1, zeros, same, NULL}, false).figure[0]);
    ck_assert_double_eq(measure("kappa", &(lng_scored){4, 1, mixed, same, NULL}, false).figure[0], 0);
    ck_assert_double_nan(measure("matthews", &(lng_scored){4, 1, mixed, same, NULL}, false).figure[0]);
}
END_TEST

/* ---- probabilities ---- */
START_TEST(probabilities)
{
    const float p[] = {0.5f, 0.25f, 0.25f, 0.125f, 0.75f, 0.125f};
    const int32_t label[] = {0, 2};
    const lng_scored e = {2, 3, p, label, NULL};
    ck_assert_double_eq_tol(measure("log_loss", &e, false).figure[0], log(2 * 8) / 2, 1e-15);
    ck_assert_double_eq(measure("brier", &e, false).figure[0], (0.25 + 0.0625 + 0.0625 + 0.015625 + 0.5625 + 0.875 * 0.875) / 2);
    /* confidences 0.5, right, and 0.75, wrong */
    ck_assert_double_eq(measure("calibration_error", &e, false).figure[0], (0.5 + 0.75) / 2);
    const float one[] = {0.75f, 0.25f, 1, 0};
    const int32_t binary_labels[] = {1, 1, 0, 0};
    const lng_scored b = {4, 1, one, binary_labels, NULL};
    ck_assert_double_eq_tol(measure("log_loss", &b, false).figure[0], (log(4 / 3.0) + log(4) + 126 * log(2)) / 4, 1e-12);
    ck_assert_double_eq(measure("brier", &b, false).figure[0], (0.0625 + 0.5625 + 1 + 0) / 4);
    /* bin of 0.75: one of two is right; bin of 1: one of two */
    ck_assert_double_eq(measure("calibration_error", &b, false).figure[0], (0.5 + 1) / 4);
    const float sure[] = {0, 1};
    const int32_t wrong[] = {0};
    ck_assert_double_eq_tol(measure("log_loss", &(lng_scored){1, 2, sure, wrong, NULL}, false).figure[0], 126 * log(2), 1e-12);
}
END_TEST

/* ---- numbers ---- */
START_TEST(numbers)
{
    const float x[] = {1, 2, 3, 4, 5}, y[] = {2, 4, 6, 8, 7}, ties[] = {1, 2, 2, 3, 3}, same[] = {1, 1, 1, 1, 1};
    /* mean 5.4, sum of squares 23.2, of errors 1 + 4 + 9 + 16 + 4 */
    ck_assert_double_eq_tol(measure("r2", &(lng_scored){5, 1, x, NULL, y}, false).figure[0], 1 - 34 / 23.2, 1e-12);
    ck_assert_double_eq(measure("r2", &(lng_scored){5, 1, y, NULL, y}, false).figure[0], 1);
    ck_assert_double_nan(measure("r2", &(lng_scored){5, 1, x, NULL, same}, false).figure[0]);
    ck_assert_double_eq_tol(measure("rmse", &(lng_scored){5, 1, x, NULL, y}, false).figure[0], sqrt(34 / 5.0), 1e-15);
    ck_assert_double_eq(measure("rmse", &(lng_scored){5, 1, y, NULL, y}, false).figure[0], 0);
    ck_assert_double_eq(measure("max_error", &(lng_scored){5, 1, x, NULL, y}, false).figure[0], 4);
    const float wrong[] = {1, NAN, 0, 4, 5}; /* no larger number hides it */
    ck_assert_double_nan(measure("max_error", &(lng_scored){5, 1, wrong, NULL, y}, false).figure[0]);
    /* ranks 1 2 3 4 5 and 1 2 3 5 4: 1 - 6 2 / (5 24) */
    ck_assert_double_eq_tol(measure("spearman", &(lng_scored){5, 1, x, NULL, y}, false).figure[0], 0.9, 1e-15);
    /* ranks 1 2.5 2.5 4.5 4.5: covariance 9 + ... = 9, variances 10 and 9 */
    ck_assert_double_eq_tol(measure("spearman", &(lng_scored){5, 1, x, NULL, ties}, false).figure[0], 9 / sqrt(90), 1e-15);
    ck_assert_double_nan(measure("spearman", &(lng_scored){5, 1, x, NULL, same}, false).figure[0]);
    const float pairs[] = {1, 5, 2, 4, 3, 3}, targets[] = {1, 1, 2, 2, 3, 3};
    ck_assert_double_eq(measure("spearman", &(lng_scored){3, 2, pairs, NULL, targets}, false).figure[0], 0); /* 1 and -1 */
    ck_assert_double_eq(measure("r2", &(lng_scored){3, 2, pairs, NULL, targets}, false).figure[0], (1 + (1 - 20 / 2.0)) / 2);
    ck_assert_double_eq(measure("max_error", &(lng_scored){3, 2, pairs, NULL, targets}, false).figure[0], 4);
    ck_assert_double_eq_tol(measure("rmse", &(lng_scored){3, 2, pairs, NULL, targets}, false).figure[0], sqrt(20 / 6.0), 1e-15);
}
END_TEST

START_TEST(table)
{
    for (size_t i = 0; i < lng_metric_count; i++) {
        const lng_metric *m = lng_metrics[i];
        ck_assert_ptr_eq(lng_metric_find(m->name), m);
        ck_assert(m->about && m->math && m->example && strncmp(m->example, m->name, strlen(m->name)) == 0);
        ck_assert(!m->probabilities || m->decides);
    }
    ck_assert_ptr_null(lng_metric_find("AUC"));
    ck_assert_ptr_null(lng_metric_find(""));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(hand_computed),
        TEST(special_scores),
        TEST(flushing_thread),
        TEST(undefined_alone),
        LOOP(pairs_counted, 40),
        TEST(three_classes),
        TEST(many_classes),
        TEST(undefined_classes),
        TEST(large),
        TEST(too_large),
        TEST(confusion),
        TEST(one_column),
        TEST(wilson),
        LOOP(delong_by_definition, 5),
        TEST(exact_mcnemar),
        TEST(paired_accuracy),
        LOOP(paired_auc, 5),
        TEST(no_interval),
        TEST(several_labels),
        LOOP(average_precisions, 2),
        TEST(rates),
        TEST(agreement),
        TEST(probabilities),
        TEST(numbers),
        TEST(table),
        {0},
    };
    return suite_run("metric", tests, NULL, NULL);
}
