/* A space that memory is taken from, best fit first, and returned to, each in time logarithmic in the number of its blocks. */
#ifndef LNG_TAPE_POOL_H
#define LNG_TAPE_POOL_H
#include "base/arena.h"

typedef struct lng_pool_block lng_pool_block;
struct lng_pool_block {
    size_t at, bytes;
    bool free;
    lng_pool_block *before, *after; /* by address; no two free ones are adjacent */
    lng_pool_block *left, *right;   /* free ones: smaller and larger ones (pool.c) */
};

/* Starts as zeros. */
typedef struct lng_pool {
    lng_pool_block *last; /* by address */
    lng_pool_block *free; /* the root of the tree */
    size_t end;           /* of the last block */
} lng_pool;

/* The front of the smallest free block that is large enough, the first of equal ones; else the space grows. */
lng_pool_block *lng_pool_take(lng_pool *, lng_arena *, size_t bytes);
void lng_pool_return(lng_pool *, lng_pool_block *);

#endif
