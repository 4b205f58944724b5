/* Enough sums to cover the latency of a multiply-add on two ports, and few enough to stay in registers. */
#include "kernel/peak.h"
#include "kernel/lanes.h"

#if defined LNG_AVX512
#define SUMS 12
#elif defined LNG_AVX2
#define SUMS 6 /* of two registers each */
#else
#define SUMS 1
#endif

int64_t LNG_NAME(lng_peak)(int64_t rounds, float *sink)
{
    v16 sum[SUMS];
    const v16 half = v_hold(v_set1(0.5f));
    LNG_UNROLLED(i, SUMS)
        sum[i] = v_set1((float)i);
    for (int64_t n = 0; n < rounds; n++) {
        LNG_UNROLLED(i, SUMS)
            sum[i] = v_fma(sum[i], half, half); /* goes to 1: nothing is ever subnormal */
    }
    float all = 0;
    LNG_UNROLLED(i, SUMS)
        all += v_hsum(sum[i]);
    *sink = all;
    return rounds * SUMS * 16;
}
