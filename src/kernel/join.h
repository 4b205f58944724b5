/* Whole arrays of shared floats: joining two leaves of the fixed tree, and looking for what is not finite. Arrays are aligned to 64 and padded to 16. */
#ifndef LNG_KERNEL_JOIN_H
#define LNG_KERNEL_JOIN_H
#include <stdbool.h>
#include <stddef.h>

typedef struct lng_join {
    void (*add)(float *sum, const float *other, size_t floats); /* sum += other */
    bool (*finite)(const float *sum, const float *other, size_t floats,
                   float *total); /* total = sum + other (or sum alone when other is NULL);
                                                                                        whether every element of it is finite */
} lng_join;
extern const lng_join lng_join_baseline, lng_join_avx2, lng_join_avx512;

#endif
