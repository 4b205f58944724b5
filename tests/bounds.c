/* The bounds of lngraph-ops(7), for tests. */
#include "bounds.h"
#include <float.h>
#include <math.h>

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double rectifier(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

const bound bounds[BOUNDS + 1] = {
    {"exp", exp, 1.1, 0, 0},          {"expm1", expm1, 1.5, 0, 0},        {"log", log, 0.9, 0, 0},
    {"log1p", log1p, 0.9, 0, 0},      {"softplus", rectifier, 1.8, 2, 0}, {"tanh", tanh, 2.7, 1, -1},
    {"sigmoid", logistic, 2.5, 0, 0}, {"sin", sin, 1.6, -1, -1},          {"cos", cos, 1.6, -1, 1},
    {"atan", atan, 1.5, 0, -1},       {"erf", erf, 1.2, 1, -1},           {0},
};

double bound_distance(float got, double exact)
{
    if (exact != exact || got != got)
        return exact != exact && got != got ? 0 : INFINITY;
    if (fabs(exact) >= FLT_MAX * (1 + 0x1p-25) || isinf(got))
        return fabs(exact) > FLT_MAX * (1 - 0x1p-22) && (fabsf(got) >= FLT_MAX * (1 - 0x1p-22f)) && (got > 0) == (exact > 0)
                   ? 0
                   : INFINITY;
    if (fabs(exact) < FLT_MIN)
        return fabsf(got) <= FLT_MIN ? 0 : INFINITY;
    int exponent;
    frexp(exact, &exponent);
    return fabs((double)got - exact) / ldexp(1, exponent - 24);
}
