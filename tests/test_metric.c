/* AUC against hand-computed values, against counting all pairs, and by its properties; confusion counts. */
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

static double binary(const float *scores, const uint8_t *positive, int64_t n)
{
    lng_auc auc;
    int32_t *label = LNG_NEW_N(arena, (size_t)n, int32_t);
    for (int64_t i = 0; i < n; i++)
        label[i] = positive[i] != 0;
    ck_assert(lng_auc_compute(arena, scores, label, n, 1, &auc));
    ck_assert(memcmp(&auc.macro, auc.per_class, sizeof auc.macro) == 0 && memcmp(&auc.micro, auc.per_class, sizeof auc.micro) == 0);
    return auc.per_class[0];
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

static lng_auc compute(const float *scores, const int32_t *labels, int64_t n, int64_t classes)
{
    lng_auc auc;
    ck_assert(lng_auc_compute(arena, scores, labels, n, classes, &auc));
    ck_assert_int_eq(auc.columns, classes);
    return auc;
}

START_TEST(three_classes)
{
    const float s[] = {0.7f, 0.2f, 0.1f, /* 0 */ 0.3f, 0.4f, 0.3f, /* 0 */ 0.2f, 0.3f, 0.5f, /* 1 */ 0.1f, 0.2f, 0.7f /* 2 */};
    const int32_t labels[] = {0, 0, 1, 2};
    lng_auc auc = compute(s, labels, 4, 3);
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_eq(auc.per_class[1], 2.0 / 3);
    ck_assert_double_eq(auc.per_class[2], 1);
    ck_assert_double_eq_tol(auc.macro, (2 + 2.0 / 3) / 3, 1e-15);
    ck_assert_double_eq_tol(auc.weighted, (2 + 2.0 / 3 + 1) / 4, 1e-15);
    /* micro: positives .7 .3 .3 .7; negatives .2 .1 .4 .3 .2 .5 .1 .2 */
    ck_assert_double_eq(auc.micro, (8 + 5.5 + 5.5 + 8) / 32);
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
    lng_auc auc = compute(s, labels, N, C);
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
    ck_assert_double_eq(auc.macro, macro / C);
    ck_assert_double_eq(auc.weighted, weighted / N);
    ck_assert_double_eq(auc.micro, by_pairs(s, p, N * C));
}
END_TEST

START_TEST(undefined_classes)
{
    const float s[] = {0.9f, 0.1f, 0, 0.2f, 0.8f, 0};
    const int32_t labels[] = {0, 1}, same[] = {1, 1}, outside[] = {5, -1};
    lng_auc auc = compute(s, labels, 2, 3); /* nobody is of class 2 */
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_eq(auc.per_class[1], 1);
    ck_assert_double_nan(auc.per_class[2]);
    ck_assert_double_nan(auc.macro);
    ck_assert_double_eq(auc.weighted, 1); /* over the classes present */
    ck_assert_double_eq(auc.micro, 1);
    ck_assert(auc.positives[0] == 1 && auc.positives[1] == 1 && auc.positives[2] == 0);
    const float nan[] = {0.9f, NAN, 0, 0.2f, 0.8f, 0};
    auc = compute(nan, labels, 2, 3);
    ck_assert_double_eq(auc.per_class[0], 1);
    ck_assert_double_nan(auc.per_class[1]);
    ck_assert_double_nan(auc.weighted);
    ck_assert_double_nan(auc.micro);
    auc = compute(s, same, 2, 3);
    for (int c = 0; c < 3; c++)
        ck_assert_double_nan(auc.per_class[c]);
    auc = compute(s, outside, 2, 3);
    ck_assert_double_nan(auc.micro);
    auc = compute(s, labels, 0, 3);
    ck_assert_double_nan(auc.micro);
    auc = compute(s, labels, 2, 0);
    ck_assert_double_nan(auc.macro);
    auc = compute(s, labels, 2, 1); /* one score: that of label 1 */
    ck_assert_double_eq(auc.per_class[0], 0);
    ck_assert_double_eq(auc.micro, 0);
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
    lng_auc auc;
    ck_assert(!lng_auc_compute(arena, NULL, NULL, INT64_MAX / 2, 10, &auc));
    ck_assert(!lng_auc_compute(arena, NULL, NULL, -1, 10, &auc));
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
    const lng_auc one = compute(score, labels, 4, 1), two = compute(both, labels, 4, 2);
    ck_assert_double_eq(one.macro, 0.875);
    ck_assert_double_eq(one.per_class[0], two.per_class[1]);
    ck_assert_double_eq(one.weighted, one.macro);
    ck_assert_double_eq(one.micro, one.macro);
    ck_assert(one.positives[0] == 2 && one.positives[1] == 2);
    const int32_t ones[] = {1, 1, 1, 1};
    const lng_auc alone = compute(score, ones, 4, 1);
    ck_assert(isnan(alone.macro) && alone.positives[0] == 0 && alone.positives[1] == 4);
}
END_TEST

START_TEST(table)
{
    ck_assert_ptr_eq(lng_metric_find("auc"), &lng_metrics[0]);
    ck_assert_int_eq(lng_metric_find("auc")->operands, 2);
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
        TEST(table),
        {0},
    };
    return suite_run("metric", tests, NULL, NULL);
}
