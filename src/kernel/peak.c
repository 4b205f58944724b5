/* Enough accumulators to cover the latency of a multiply-add on two ports, and few enough to stay in registers. */
#include "kernel/peak.h"
#include "kernel/lanes.h"

#if defined LNG_AVX512
#define CHAINS 12
#elif defined LNG_AVX2
#define CHAINS 6 /* of two registers each */
#else
#define CHAINS 1
#endif

int64_t LNG_NAME(lng_peak)(int64_t rounds, float *sink)
{
    v16 sum[CHAINS];
    const v16 half = v_hold(v_set1(0.5f));
    LNG_UNROLL
    for (int i = 0; i < CHAINS; i++)
        sum[i] = v_set1((float)i);
    for (int64_t n = 0; n < rounds; n++) {
        LNG_UNROLL
        for (int i = 0; i < CHAINS; i++)
            sum[i] = v_fma(sum[i], half, half); /* goes to 1: nothing is ever subnormal */
    }
    float all = 0;
    LNG_UNROLL
    for (int i = 0; i < CHAINS; i++)
        all += v_hsum(sum[i]);
    *sink = all;
    return rounds * CHAINS * 16;
}
