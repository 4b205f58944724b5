/* The functions of kernel/vmath.h against libm in double: the bounds that it states, over floats of every exponent and sign;
 * that they never decrease where it says so; and the special values. The levels are compared in test_lanes. */
#include "config.h"
#include "bounds.h"
#include "graph/level.h"
#include "probe.h"
#include "suite.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N                 4096
#define CHECK(truth, ...) /* ck_assert writes to a file every time */                                                              \
    do {                                                                                                                           \
        if (!(truth))                                                                                                              \
            ck_abort_msg(__VA_ARGS__);                                                                                             \
    } while (0)
static float a[N] __attribute__((aligned(64))), b[N] __attribute__((aligned(64))), out[N] __attribute__((aligned(64)));

static float from_bits(uint32_t i)
{
    float x;
    memcpy(&x, &i, 4);
    return x;
}

static void run(const char *name, size_t n)
{
    const lng_probe *p = lng_probe_baseline;
#ifdef LNG_X86
    if (lng_isa_available(LNG_ISA_AVX512))
        p = lng_probe_avx512;
    else if (lng_isa_available(LNG_ISA_AVX2))
        p = lng_probe_avx2;
#endif
    for (;; p++) {
        ck_assert_msg(p->name != NULL, "no probe %s", name);
        if (strcmp(p->name, name) == 0)
            break;
    }
    p->run(out, a, b, b, (n + 15) / 16 * 16);
}

#define LAST 0x7f800000 /* infinity; -LAST .. LAST counts all floats in order */
#define STEP 1499

/* tests/exhaustive/functions looks at all floats. */
START_TEST(test_bounds)
{
    const bound *f = &bounds[_i];
    double worst = 0;
    float at = 0, before = -INFINITY;
    for (int64_t k = -(int64_t)LAST; k <= LAST;) {
        size_t n = 0;
        for (; n < N && k <= LAST; k = k < LAST && k + STEP > LAST ? LAST : k + STEP) {
            float x = k < 0 ? from_bits(0x80000000u | (uint32_t)-k) : from_bits((uint32_t)k);
            a[n++] = fabsf(x) < FLT_MIN ? copysignf(0, x) : x;
        }
        run(f->name, n);
        for (size_t i = 0; i < n; i++) {
            double d = bound_distance(out[i], f->exact(a[i]));
            if (d > worst) {
                worst = d;
                at = a[i];
            }
            if (f->falls == 0 && out[i] == out[i]) {
                CHECK(out[i] >= before, "%s falls at %a", f->name, (double)a[i]);
                before = out[i];
            }
        }
    }
    ck_assert_msg(worst <= f->units, "%s(%a) is %.3f units off; %.1f are allowed", f->name, (double)at, worst, f->units);
}
END_TEST

START_TEST(test_pow)
{
    static const float special[] = {0.0f,      -0.0f,      1,        -1,        2,      -2,    0.5f,   -0.5f,
                                    3,         -3,         INFINITY, -INFINITY, NAN,    1e30f, -1e30f, 16777215,
                                    -16777215, 8388607.5f, 33554432, 1e-3f,     127.5f, -126};
    const size_t specials = sizeof special / sizeof *special;
    for (size_t i = 0; i < specials * specials; i++) {
        a[i] = special[i / specials];
        b[i] = special[i % specials];
    }
    run("pow", specials * specials);
    for (size_t i = 0; i < specials * specials; i++) {
        double exact = pow(a[i], b[i]);
        CHECK(bound_distance(out[i], exact) <= 0.51 && (exact != exact || !signbit(out[i]) == !signbit(exact)),
              "pow(%a, %a) is %a, not %a", (double)a[i], (double)b[i], (double)out[i], exact);
    }
    uint64_t s = 1;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < N; i++) {
            s = s * 6364136223846793005u + 1442695040888963407u;
            a[i] = from_bits((uint32_t)(s >> 33) % LAST);
            if (a[i] < FLT_MIN || i % 2)
                a[i] = 1 + (float)((int)(s >> 40) % 1000000) * 1e-6f;
            s = s * 6364136223846793005u + 1442695040888963407u;
            b[i] = (float)(int32_t)(s >> 32) * (i % 3 ? 0x1p-27f : 0x1p-24f);
        }
        run("pow", N);
        for (int i = 0; i < N; i++)
            CHECK(bound_distance(out[i], pow(a[i], b[i])) <= 0.51, "pow(%a, %a) is %a, not %a", (double)a[i], (double)b[i],
                  (double)out[i], pow(a[i], b[i]));
    }
}
END_TEST

/* Exact, and within the divisor: against fmod, which is exact too. */
START_TEST(test_remainder)
{
    uint64_t s = 1;
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < N; i++) {
            s = s * 6364136223846793005u + 1442695040888963407u;
            const uint32_t near = i % 2 ? 0xffffffff : 0x87ffffff, at = i % 2 ? 0 : 0x38000000; /* of any, of like size */
            a[i] = from_bits(((uint32_t)(s >> 32) & near) | at);
            s = s * 6364136223846793005u + 1442695040888963407u;
            b[i] = from_bits(((uint32_t)(s >> 32) & near) | at);
            if (!(fabsf(a[i]) >= FLT_MIN && fabsf(a[i]) <= FLT_MAX && fabsf(b[i]) >= FLT_MIN && fabsf(b[i]) <= FLT_MAX))
                a[i] = 0.9f, b[i] = 0.1f;
        }
        run("remainder", N);
        for (int i = 0; i < N; i++) {
            double exact = fmod(a[i], b[i]);
            exact += exact != 0 && (exact < 0) != (b[i] < 0) ? b[i] : 0;
            const bool edge = (float)exact == b[i]; /* the next number towards 0 is taken */
            CHECK(fabsf(out[i]) < fabsf(b[i]) && (out[i] == 0 || (out[i] < 0) == (b[i] < 0)), "%a %% %a is %a", (double)a[i],
                  (double)b[i], (double)out[i]);
            CHECK(bound_distance(out[i], exact) <= (edge ? 1 : 0.5), "%a %% %a is %a, not %a", (double)a[i], (double)b[i],
                  (double)out[i], exact);
        }
        run("floor_divide", N);
        for (int i = 0; i < N; i++) {
            const double r = fmod(a[i], b[i]), exact = (a[i] - r) / b[i] - (r != 0 && (r < 0) != (b[i] < 0));
            CHECK(bound_distance(out[i], exact) <= 0.5001, "%a // %a is %a, not %a", (double)a[i], (double)b[i], (double)out[i],
                  exact);
        }
    }
}
END_TEST

START_TEST(test_special)
{
    static const struct {
        const char *name;
        float x, y;
    } cases[] = {{"exp", INFINITY, INFINITY},
                 {"exp", -INFINITY, 0},
                 {"exp", 0, 1},
                 {"exp", 89, INFINITY},
                 {"exp", -88, 0},
                 {"expm1", INFINITY, INFINITY},
                 {"expm1", -INFINITY, -1},
                 {"expm1", -0.0f, -0.0f},
                 {"expm1", -30, -1},
                 {"expm1", NAN, NAN},
                 {"log1p", INFINITY, INFINITY},
                 {"log1p", FLT_MAX, 88.7228394f},
                 {"log1p", -0.0f, -0.0f},
                 {"log1p", -1, -INFINITY},
                 {"log1p", -2, NAN},
                 {"log1p", NAN, NAN},
                 {"softplus", INFINITY, INFINITY},
                 {"softplus", -INFINITY, 0},
                 {"softplus", FLT_MAX, FLT_MAX},
                 {"softplus", NAN, NAN},
                 {"log", INFINITY, INFINITY},
                 {"log", 0, -INFINITY},
                 {"log", -0.0f, -INFINITY},
                 {"log", 1, 0},
                 {"log", -1, NAN},
                 {"log", -INFINITY, NAN},
                 {"tanh", INFINITY, 1},
                 {"tanh", -INFINITY, -1},
                 {"tanh", 0, 0},
                 {"tanh", -0.0f, -0.0f},
                 {"tanh", 1e-30f, 1e-30f},
                 {"sigmoid", INFINITY, 1},
                 {"sigmoid", -INFINITY, 0},
                 {"sigmoid", 0, 0.5f},
                 {"sin", 0, 0},
                 {"sin", -0.0f, -0.0f},
                 {"sin", INFINITY, NAN},
                 {"cos", -INFINITY, NAN},
                 {"cos", 0, 1},
                 {"atan", INFINITY, 1.57079637f},
                 {"atan", -0.0f, -0.0f},
                 {"atan", NAN, NAN},
                 {"erf", INFINITY, 1},
                 {"erf", -INFINITY, -1},
                 {"erf", -0.0f, -0.0f},
                 {"exp", NAN, NAN},
                 {"log", NAN, NAN},
                 {"tanh", NAN, NAN},
                 {"sigmoid", NAN, NAN},
                 {"sin", NAN, NAN},
                 {"cos", NAN, NAN},
                 {"erf", NAN, NAN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int k = 0; k < 16; k++)
            a[k] = cases[i].x;
        run(cases[i].name, 16);
        bool right = cases[i].y != cases[i].y ? out[5] != out[5] : out[5] == cases[i].y && !signbit(out[5]) == !signbit(cases[i].y);
        ck_assert_msg(right, "%s(%a) is %a, not %a", cases[i].name, (double)cases[i].x, (double)out[5], (double)cases[i].y);
    }
}
END_TEST

/* The table of lngraph-ops(7), whose rows are `.It NAME, NAME Ta UNITS`, has all bounds. */
START_TEST(test_manual)
{
    char path[4096], line[256];
    snprintf(path, sizeof path, "%s/man/lngraph-ops.7.in", getenv("top_srcdir"));
    FILE *manual = fopen(path, "r");
    ck_assert_msg(manual != NULL, "%s cannot be read", path);
    int found = 0;
    while (fgets(line, sizeof line, manual)) {
        char *units = strstr(line, " Ta ");
        if (strncmp(line, ".It ", 4) != 0 || !units)
            continue;
        *units = '\0';
        for (const char *name = strtok(line + 4, ", "); name; name = strtok(NULL, ", "))
            for (const bound *f = bounds; f->name; f++)
                if (strcmp(f->name, name) == 0) {
                    ck_assert_msg(atof(units + 4) == f->units, "%s is within %.2f, not %s", name, f->units, units + 4);
                    found++;
                }
    }
    fclose(manual);
    ck_assert_int_eq(found, BOUNDS);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(test_bounds, BOUNDS), TEST(test_manual), TEST(test_pow), TEST(test_remainder), TEST(test_special), {0},
    };
    return suite_run("vmath", tests, NULL, NULL);
}
