/* Random graphs over many ops, for tests of the passes, the plan and the engine. */
#ifndef LNG_TESTS_GRAPHS_H
#define LNG_TESTS_GRAPHS_H
#include "tape/tape.h"

/* A small generator for tests: splitmix64. rng_below takes a byte for each draw instead, as long as there are any. */
typedef struct rng {
    uint64_t state;
    const unsigned char *draw;
    size_t draws;
} rng;
uint64_t rng_next(rng *);
int rng_below(rng *, int n);
double rng_between(rng *, double low, double high);

#define GRAPH_FIELDS    2
#define GRAPH_VARIABLES 4
#define GRAPH_EXAMPLES  200

/* A graph with inputs (images [9, 8, 2] in u8, vectors [6] in f32), variables, a few batch reductions in a row, outputs of both
 * kinds and updates; and the data that it runs on. */
typedef struct random_graph {
    lng_graph *graph;
    lng_variable variable[GRAPH_VARIABLES];
    uint8_t image[GRAPH_EXAMPLES * 9 * 8 * 2];
    float vector[GRAPH_EXAMPLES * 6];
    lng_field field[GRAPH_FIELDS];
} random_graph;
random_graph *random_graph_new(lng_arena *, uint64_t seed, int nodes, lng_errors *);
random_graph *random_graph_draw(lng_arena *, rng *, int nodes, lng_errors *);
void random_graph_fill(const random_graph *, uint64_t seed, lng_store *); /* initial values */
void graph_defaults(const lng_op *, lng_attr attr[LNG_MAX_ATTR]);         /* what an op's attributes are when none is given */

#endif
