/* Combines partial sums of the fixed tree, and finds what is not finite. Arrays hold shared floats, aligned to 64 bytes and padded to
 * a multiple of 16 floats. */
#ifndef LNG_KERNEL_COMBINE_H
#define LNG_KERNEL_COMBINE_H
#include <stdbool.h>
#include <stddef.h>

typedef struct lng_combine {
    void (*add)(float *sum, const float *other, size_t floats); /* sum += other */
    /* total = sum + other, or sum alone if other is NULL; true if all of it is finite. */
    bool (*finite)(const float *sum, const float *other, size_t floats, float *total);
} lng_combine;
extern const lng_combine lng_combine_baseline, lng_combine_avx2, lng_combine_avx512;

#endif
