/* Figures for parts of the examples: those with one name of a category that is declared as a factor. */
#ifndef LNG_REPORT_FACTORS_H
#define LNG_REPORT_FACTORS_H
#include "figure/figure.h"

typedef struct lng_group {
    const char *name;
    int64_t examples;
    double accuracy; /* NaN: no class is predicted */
    lng_interval interval;
    double *figure; /* by metric, the first figure of a collective one; NaN: undefined */
} lng_group;
typedef struct lng_factor {
    const char *field;
    lng_group *group;
    size_t groups;
} lng_factor;
/* Of the split that is drawn; NULL: no field is a factor. */
const lng_factor *lng_factors_of(lng_arena *, const lng_drawn *, size_t *count);
/* The cells of a row, and (group NULL) their heads; their number, at most LNG_FACTOR_CELLS. */
#define LNG_FACTOR_CELLS 20
size_t lng_factor_row(lng_arena *, const lng_drawn *, const lng_factor *, const lng_group *, const char *cell[LNG_FACTOR_CELLS]);

#endif
