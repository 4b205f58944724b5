/* A core's peak at a level: fused multiply-adds that wait for nothing. */
#ifndef LNG_KERNEL_PEAK_H
#define LNG_KERNEL_PEAK_H
#include <stdint.h>

/* Multiplies and adds 16 lanes in each of several accumulators, `rounds` times; returns the number of multiply-adds. *sink depends on all of
 * them. */
typedef int64_t lng_peak(int64_t rounds, float *sink);
extern lng_peak lng_peak_baseline, lng_peak_avx2, lng_peak_avx512;

#endif
