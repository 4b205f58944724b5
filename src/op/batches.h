/* Products of several matrices: dimensions before the last two go together, and stretch from 1. */
#include "op/kernel.h"

static inline lng_shape leading(lng_shape x)
{
    x.rank = x.rank < 2 ? 0 : x.rank - 2;
    return x;
}

typedef struct batches {
    int64_t n;
    lng_shape a, b, y; /* the leading dimensions */
} batches;

static inline batches batches_of(const lng_node *node)
{
    batches all = {.a = leading(node->in[0]->shape), .b = leading(node->in[1]->shape)};
    all.y = all.a;
    lng_shape_broadcast(&all.y, all.b); /* the shape rule has checked that they fit */
    all.n = lng_shape_size(all.y);
    return all;
}

/* The matrix of an operand for matrix i of the result. */
static inline int64_t batch_of_a(const batches *all, int64_t i)
{
    return lng_shape_source(all->y, all->a, i);
}
static inline int64_t batch_of_b(const batches *all, int64_t i)
{
    return lng_shape_source(all->y, all->b, i);
}
