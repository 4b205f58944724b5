/* Epochs in which the classes come equally often. */
#ifndef LNG_DATA_BALANCE_H
#define LNG_DATA_BALANCE_H
#include "graph/op.h"

/* The rows of each class that has any, one class after the other. */
typedef struct lng_balance {
    uint32_t *row;  /* a block; NULL: there is none */
    int64_t *start; /* of each class in it, and its end: a block */
    int64_t classes;
} lng_balance;

/* How many of the first rows have each class. */
void lng_class_count(const lng_field *label, int64_t rows, int64_t *count, int64_t classes);
bool lng_balance_begin(lng_balance *, const lng_field *label, int64_t rows, int64_t classes); /* false when out of memory */
void lng_balance_end(lng_balance *);
/* order[0 .. n): for each place, a class is drawn, then one of its rows; both depend on nothing but seed, epoch and place. */
void lng_balance_order(const lng_balance *, uint32_t *order, int64_t n, uint64_t seed, int epoch);
#endif
