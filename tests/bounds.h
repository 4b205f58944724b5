/* How far the functions of one float may be from libm's in double, which never decrease, and which are odd or even. */
#ifndef LNG_TESTS_BOUNDS_H
#define LNG_TESTS_BOUNDS_H
#include <stdbool.h>

typedef struct bound {
    const char *name; /* of the op, and of the function in kernel/vmath.h */
    double (*exact)(double);
    double units; /* of the last place of the exact result */
    int falls;    /* of a function that rises: by how many places at most, below its largest result so far; -1: another one */
    int parity;   /* -1: f(-x) = -f(x), 1: f(-x) = f(x), to the bit; 0: neither */
} bound;
extern const bound bounds[]; /* ends with a NULL name */
#define BOUNDS 11

/* |got - exact| in units of the last place of the exact result, 0 where either may be called right: both NaN, both beyond the largest
 * float, both below the least normal one. */
double bound_distance(float got, double exact);

#endif
