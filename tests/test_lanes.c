/* The sixteen lanes: every level computes the same bits, with subnormals flushed and without, and what it computes is what lanes.h says. */
#include "config.h"
#include "base/team.h"
#include "graph/level.h"
#include "probe.h"
#include "suite.h"
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 4096
static float a[N] __attribute__((aligned(64))), b[N] __attribute__((aligned(64))), c[N] __attribute__((aligned(64)));
static float base[N] __attribute__((aligned(64))), out[N] __attribute__((aligned(64)));

static const lng_probe *probes(lng_isa isa)
{
#ifdef LNG_X86
    if (isa == LNG_ISA_AVX512)
        return lng_probe_avx512;
    if (isa == LNG_ISA_AVX2)
        return lng_probe_avx2;
#endif
    return isa == LNG_ISA_BASELINE ? lng_probe_baseline : NULL;
}

static uint32_t bits(float x)
{
    uint32_t i;
    memcpy(&i, &x, 4);
    return i;
}

static float from_bits(uint32_t i)
{
    float x;
    memcpy(&x, &i, 4);
    return x;
}

static uint32_t next(void)
{
    static uint64_t s = 88172645463325252u;
    s ^= s << 13;
    s ^= s >> 7;
    s ^= s << 17;
    return (uint32_t)(s >> 16);
}

/* Difficult numbers: zeros, infinities, NaN, the ends of every range, halves, and random ones of similar size. */
static float number(bool subnormal)
{
    static const float special[] = {0.0f,     -0.0f,      1,          -1,          0.5f,     -0.5f,     1.5f,       2.5f,
                                    -2.5f,    FLT_MAX,    -FLT_MAX,   FLT_MIN,     -FLT_MIN, 8388608,   8388607.5f, -4194303.5f,
                                    16777216, 2147483648, 2147483520, -2147483648, INFINITY, -INFINITY, 0x1p-149f,  -0x1p-130f};
    uint32_t kind = next() % 8, r = next();
    float x = kind == 0   ? special[r % 24]
              : kind == 1 ? from_bits(r)
              : kind == 2 ? (float)((int)(r % 2001) - 1000) / 8
              : kind == 3 ? (r % 4 ? INFINITY : NAN)
                          : from_bits((r & 0x807fffff) | (100 + next() % 50) << 23);
    return !subnormal && fabsf(x) < FLT_MIN ? copysignf(0, x) : x;
}

static void draw(bool subnormal)
{
    for (int i = 0; i < N; i++) {
        a[i] = number(subnormal);
        b[i] = next() % 4 ? number(subnormal) : a[i];
        c[i] = next() % 2 ? number(subnormal) : -a[i] * b[i] * (next() % 2 ? 1 : 1.0000001f); /* sums that cancel */
    }
}

static bool same(const char *name, float x, float y)
{
    bool integers = strncmp(name, "iv_", 3) == 0 || strcmp(name, "v_to_iv") == 0;
    return bits(x) == bits(y) || (!integers && x != x && y != y);
}

static void compare_levels(bool flush)
{
    for (int round = 0; round < 12; round++) {
        draw(!flush);
        unsigned before = flush ? lng_flush_subnormals() : 0;
        for (int isa = 1; isa < LNG_ISA_COUNT; isa++)
            for (int p = 0; lng_isa_available((lng_isa)isa) && lng_probe_baseline[p].name; p++) {
                const lng_probe *level = &probes((lng_isa)isa)[p];
                memset(base, 0, sizeof base);
                memset(out, 0, sizeof out);
                lng_probe_baseline[p].run(base, a, b, c, N);
                level->run(out, a, b, c, N);
                for (int i = 0; i < N; i++)
                    if (!same(level->name, base[i], out[i]))
                        ck_abort_msg("%s at %s: lane %d of %a %a %a is %a, in plain C %a", level->name, lng_levels[isa].name,
                                     i % 16, (double)a[i], (double)b[i], (double)c[i], (double)out[i], (double)base[i]);
            }
        if (flush)
            lng_flush_restore(before);
    }
}

START_TEST(test_levels_agree)
{
    compare_levels(false);
}
END_TEST

START_TEST(test_levels_agree_flushed)
{
    compare_levels(true);
}
END_TEST

static void run(const char *name)
{
    for (const lng_probe *p = lng_probe_baseline;; p++) {
        ck_assert_msg(p->name != NULL, "no probe %s", name);
        if (strcmp(p->name, name) == 0) {
            p->run(out, a, b, c, N);
            return;
        }
    }
}

static float bigger(float x, float y)
{
    return x != x ? x : y != y ? y : x > y ? x : y;
}

static float smaller(float x, float y)
{
    return x != x ? x : y != y ? y : x < y ? x : y;
}

static float rounded(float x)
{
    int32_t i = x >= -2147483648.0f && x < 2147483648.0f ? (int32_t)rintf(x) : INT32_MIN;
    float y;
    memcpy(&y, &i, 4);
    return y;
}

#define CHECK_EACH(name, expected)                                                                                                 \
    do {                                                                                                                           \
        run(name);                                                                                                                 \
        for (int i = 0; i < N; i++)                                                                                                \
            if (!same(name, out[i], expected)) /* ck_assert would write to a file every time */                                    \
                ck_abort_msg("%s(%a, %a, %a) is %a, not %a", name, (double)a[i], (double)b[i], (double)c[i], (double)out[i],       \
                             (double)(expected));                                                                                  \
    } while (0)

START_TEST(test_definitions)
{
    for (int round = 0; round < 12; round++) {
        draw(true);
        CHECK_EACH("fma", fmaf(a[i], b[i], c[i]));
        CHECK_EACH("fnma", fmaf(-a[i], b[i], c[i]));
        CHECK_EACH("s_fma", fmaf(a[i], b[i], c[i]));
        CHECK_EACH("sqrt", sqrtf(fabsf(a[i])));
        CHECK_EACH("floor", floorf(a[i]));
        CHECK_EACH("s_floor", floorf(a[i]));
        CHECK_EACH("round", rintf(a[i]));
        CHECK_EACH("v_to_iv", rounded(a[i]));
        CHECK_EACH("max", bigger(a[i], b[i]));
        CHECK_EACH("s_max", bigger(a[i], b[i]));
        CHECK_EACH("min", smaller(a[i], b[i]));
        CHECK_EACH("s_min", smaller(a[i], b[i]));
        CHECK_EACH("select", a[i] < b[i] ? b[i] : c[i]);
        CHECK_EACH("keep", a[i] < b[i] ? 0.0f : c[i]);
        CHECK_EACH("live", (uint32_t)i % 16 < (bits(b[i / 16 * 16]) & 15) && (a[i] < b[i] || b[i] <= a[i]) ? 1.0f : 0.0f);
        CHECK_EACH("load_part", (uint32_t)i % 16 < (bits(b[i / 16 * 16]) & 15) ? a[i] : 0.0f);
        CHECK_EACH("store_part", (uint32_t)i % 16 < (bits(b[i / 16 * 16]) & 15) ? a[i] : 7.0f);
        CHECK_EACH("transpose", a[i / 256 * 256 + i % 16 * 16 + i / 16 % 16]);
    }
}
END_TEST

/* lanes i and i + 8, i and i + 4, i and i + 2, i and i + 1 */
static float tree(const float *x)
{
    float s[16];
    memcpy(s, x, sizeof s);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            s[i] += s[i + half];
    return s[0];
}

START_TEST(test_lane_tree)
{
    for (int i = 0; i < N; i++)
        a[i] = (float)(int32_t)next() * 0x1p-31f * (float)(1 << next() % 20);
    CHECK_EACH("hsum", tree(a + i / 16 * 16));
    run("hsums");
    for (int i = 0; i < N / 16; i++)
        ck_assert(bits(out[i]) == bits(tree(a + 16 * i)));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(test_levels_agree), TEST(test_levels_agree_flushed), TEST(test_definitions), TEST(test_lane_tree), {0},
    };
    return suite_run("lanes", tests, NULL, NULL);
}
