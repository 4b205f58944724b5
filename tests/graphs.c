/* Random graphs: grown op by op, with values small enough to stay finite. */
#include "graphs.h"
#include "graph/ops.h"
#include <stdio.h>

uint64_t rng_next(rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

int rng_below(rng *r, int n)
{
    if (r->draws == 0)
        return (int)(rng_next(r) % (uint64_t)n);
    r->draws--;
    return *r->draw++ % n;
}

double rng_between(rng *r, double low, double high)
{
    return low + (high - low) * ((double)(rng_next(r) >> 11) * 0x1p-53);
}

void graph_defaults(const lng_op *op, lng_attr attr[LNG_MAX_ATTR])
{
    for (int i = 0; i < LNG_MAX_ATTR; i++)
        attr[i] = i < op->n_attr ? op->attr[i].fallback : (lng_attr){0};
}

static lng_value *grow_conv(lng_graph *g, rng *r, lng_value *x, lng_value *w)
{
    lng_attr attr[LNG_MAX_ATTR];
    graph_defaults(&lng_op_conv2d, attr);
    attr[LNG_CONV_PADDING].s = rng_below(r, 2) ? "same" : "valid";
    if (rng_below(r, 3) == 0)
        attr[LNG_CONV_PADDING] = (lng_attr){.v = lng_shape_of(4, (int64_t)rng_below(r, 3), (int64_t)0, (int64_t)1, (int64_t)4)};
    return lng_emit(g, &lng_op_conv2d, (lng_value *[]){x, w}, 2, attr, NULL);
}

static lng_value *grow_pool(lng_graph *g, rng *r, lng_value *x)
{
    lng_attr attr[LNG_MAX_ATTR];
    const lng_op *op = rng_below(r, 2) ? &lng_op_max_pool : &lng_op_avg_pool;
    graph_defaults(op, attr);
    attr[LNG_POOL_SIZE].v = lng_shape_of(2, (int64_t)2, (int64_t)2);
    attr[LNG_POOL_CEIL].i = rng_below(r, 2);
    if (rng_below(r, 3) == 0)
        attr[LNG_POOL_PADDING] = (lng_attr){.v = lng_shape_of(4, (int64_t)rng_below(r, 2), (int64_t)0, (int64_t)0, (int64_t)1)};
    return lng_emit(g, op, &x, 1, attr, NULL);
}

static bool fit(const lng_value *a, const lng_value *b)
{
    return lng_shape_equal(a->shape, b->shape) || a->shape.rank == 0 || b->shape.rank == 0;
}

/* One more value made from existing ones, or NULL if the draw does not fit. */
static lng_value *grow(lng_graph *g, rng *r, lng_value **pool, int n)
{
    static const lng_op *const unary[] = {&lng_op_sigmoid, &lng_op_tanh, &lng_op_relu, &lng_op_abs,
                                          &lng_op_neg,     &lng_op_sin,  &lng_op_cos,  &lng_op_floor};
    static const lng_op *const binary[] = {&lng_op_add, &lng_op_sub, &lng_op_mul, &lng_op_maximum, &lng_op_minimum, &lng_op_less};
    lng_value *a = pool[rng_below(r, n)], *b = pool[rng_below(r, n)];
    int64_t size = lng_shape_size(a->shape);
    switch (rng_below(r, 9)) {
    case 0:
    case 1:
        return lng_unary(g, unary[rng_below(r, 8)], a);
    case 2:
    case 3:
        return fit(a, b) ? lng_unary(g, &lng_op_tanh, lng_binary(g, binary[rng_below(r, 6)], a, b)) : NULL;
    case 4:
        if (rng_below(r, 2))
            return lng_emit(g, &lng_op_batch_roll, &a, 1, (lng_attr[LNG_MAX_ATTR]){{.i = rng_below(r, 90) - 45}}, NULL);
        return a->per_example ? lng_unary(g, &lng_op_tanh, lng_batch_mean(g, a)) : NULL;
    case 5:
        return lng_unary(g, &lng_op_tanh, lng_sum(g, a, lng_shape_of(1, (int64_t)0), false));
    case 6:
        return a->shape.rank == 3 && a->shape.dim[0] > 2 && a->shape.dim[1] > 2 ? grow_pool(g, r, a) : NULL;
    case 7:
        return a->shape.rank == 3 && b->shape.rank == 4 && a->shape.dim[2] == b->shape.dim[2] && a->shape.dim[0] >= 3 &&
                       a->shape.dim[1] >= 3
                   ? lng_unary(g, &lng_op_sigmoid, grow_conv(g, r, a, b))
                   : NULL;
    default:
        return b->shape.rank == 2 && size == b->shape.dim[0]
                   ? lng_binary(g, &lng_op_matmul, lng_reshape(g, a, lng_shape_of(1, size)), b)
                   : NULL;
    }
}

static void observe(lng_graph *g, rng *r, lng_value **pool, int n)
{
    char name[16];
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "out%d", i);
        lng_graph_output(g, name, pool[i < 2 ? n - 1 - i : rng_below(r, n)]);
    }
}

random_graph *random_graph_new(lng_arena *arena, uint64_t seed, int nodes, lng_errors *errors)
{
    return random_graph_draw(arena, &(rng){.state = seed}, nodes, errors);
}

random_graph *random_graph_draw(lng_arena *arena, rng *r, int nodes, lng_errors *errors)
{
    random_graph *made = LNG_NEW(arena, random_graph);
    lng_graph *g = made->graph = lng_graph_new(arena, errors);
    const lng_shape shape[GRAPH_VARIABLES] = {{3, {9, 8, 2}}, {4, {3, 3, 2, 2}}, {2, {6, 6}}, {1, {6}}};
    lng_value **pool = LNG_NEW_N(arena, (size_t)nodes + 16, lng_value *), *variable[GRAPH_VARIABLES];
    int n = 0;
    for (size_t i = 0; i < sizeof made->image; i++)
        made->image[i] = (uint8_t)rng_next(r);
    for (size_t i = 0; i < sizeof made->vector / sizeof(float); i++)
        made->vector[i] = (float)rng_between(r, -1, 1);
    made->field[0] = (lng_field){made->image, LNG_FIELD_U8, 9 * 8 * 2};
    made->field[1] = (lng_field){made->vector, LNG_FIELD_F32, 6};
    pool[n++] =
        lng_div(g, lng_read_input(g, 0, "x", lng_shape_of(3, (int64_t)9, (int64_t)8, (int64_t)2), LNG_F32), lng_scalar(g, 255));
    pool[n++] = lng_read_input(g, 1, "x", lng_shape_of(1, (int64_t)6), LNG_F32);
    for (int i = 0; i < GRAPH_VARIABLES; i++) {
        static const char *const name[GRAPH_VARIABLES] = {"a", "k", "m", "v"};
        made->variable[i] = (lng_variable){.name = name[i], .shape = shape[i], .parameter = true};
        pool[n++] = variable[i] = lng_read_variable(g, name[i], shape[i]);
    }
    for (int tries = 0; n < nodes + 6 && tries < 50 * nodes; tries++) {
        lng_value *v = grow(g, r, pool, n);
        if (v && v->dtype == LNG_F32)
            pool[n++] = v;
    }
    observe(g, r, pool, n);
    for (int i = 0; i < GRAPH_VARIABLES;
         i++) { /* updates: a step towards some value of the same shape, averaged over the batch if it is per-example */
        lng_value *to = NULL;
        for (int k = 0; k < 40 && !to; k++) {
            lng_value *v = pool[rng_below(r, n)];
            if (fit(v, variable[i]) && v->shape.rank <= shape[i].rank)
                to = lng_batch_mean(g, v);
        }
        if (to && rng_below(r, 4))
            lng_graph_update(g, made->variable[i].name,
                             lng_add(g, variable[i], lng_mul(g, lng_scalar(g, 0.25), lng_sub(g, to, variable[i]))));
    }
    return made;
}

void random_graph_fill(const random_graph *made, uint64_t seed, lng_store *store)
{
    rng r = {.state = seed};
    for (size_t i = 0; i < store->count; i++)
        for (int64_t k = 0; k < lng_shape_size(made->variable[i].shape); k++)
            store->at[store->offset[i] + (size_t)k] = (float)rng_between(&r, -0.5, 0.5);
}
