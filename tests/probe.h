/* The functions of a level, over arrays: tests compare the levels with each other, with the definition and with libm. */
#ifndef LNG_KERNEL_PROBE_H
#define LNG_KERNEL_PROBE_H
#include <stddef.h>

/* n is a multiple of 16, arrays are aligned to 64; results that are integers or truths come as floats or as bits. */
typedef struct lng_probe {
    const char *name;
    void (*run)(float *out, const float *a, const float *b, const float *c, size_t n);
} lng_probe;
extern const lng_probe lng_probe_baseline[], lng_probe_avx2[], lng_probe_avx512[]; /* end with a NULL name */

#endif
