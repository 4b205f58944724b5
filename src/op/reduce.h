/* Reductions over axes: the shape rule, and the two nests of loops that all of them have, over what is kept and over what is reduced. */
#ifndef LNG_OP_REDUCE_H
#define LNG_OP_REDUCE_H
#include "graph/nest.h"
#include "op/kernel.h"

/* The axes of a node as flags by dimension; none given: all. */
static inline void reduced_axes(const lng_attr *attr, int rank, bool reduced[LNG_MAX_RANK])
{
    const lng_shape *axes = &attr[LNG_REDUCE_AXES].v;
    for (int i = 0; i < rank; i++)
        reduced[i] = axes->rank == 0;
    for (int i = 0; i < axes->rank; i++)
        reduced[axis_of(axes->dim[i], rank)] = true;
}

/* The loops of a reduction of x. In both nests array 0 is x; in `kept` array 1 is the result. Steps are in elements. */
typedef struct reduction {
    lng_nest kept, reduced;
} reduction;

static inline void reduction_of_axes(reduction *r, lng_shape shape, const bool axis[LNG_MAX_RANK])
{
    lng_nest all = {0};
    *r = (reduction){0};
    lng_nest_broadcast(&all, 0, shape, shape);
    for (int i = 0; i < shape.rank; i++) {
        lng_nest *w = axis[i] ? &r->reduced : &r->kept;
        w->extent[w->rank] = shape.dim[i];
        w->step[0][w->rank++] = all.step[0][i];
    }
    ptrdiff_t step = 1;
    for (int i = r->kept.rank - 1; i >= 0; i--) {
        r->kept.step[1][i] = step;
        step *= (ptrdiff_t)r->kept.extent[i];
    }
    lng_nest_merge(&r->kept, 2);
    lng_nest_merge(&r->reduced, 1);
}

static inline void reduction_of(reduction *r, const lng_node *n)
{
    bool axis[LNG_MAX_RANK];
    reduced_axes(n->attr, n->in[0]->shape.rank, axis);
    reduction_of_axes(r, n->in[0]->shape, axis);
}

/* Converts the steps of a per-example reduction from elements to floats in memory. */
static inline void reduction_scale(reduction *r, bool per_example)
{
    lng_nest_scale(&r->kept, 0, per_example);
    lng_nest_scale(&r->kept, 1, per_example);
    lng_nest_scale(&r->reduced, 0, per_example);
}

static inline int64_t reduced_size(const lng_node *n)
{
    return lng_shape_size(n->in[0]->shape) / lng_shape_size(n->out[0].shape);
}

#ifdef LNG_TABLE
#include "op/table.h"

static inline bool infer_reduction(lng_infer *r)
{
    lng_shape x = r->in[0]->shape;
    const lng_shape *axes = &r->attr[LNG_REDUCE_AXES].v;
    bool reduced[LNG_MAX_RANK] = {0};
    for (int i = 0, axis; i < axes->rank; i++) {
        if (!lng_infer_axis(r, LNG_REDUCE_AXES, axes->dim[i], &axis))
            return false;
        if (reduced[axis])
            return lng_infer_fail_attr(r, LNG_REDUCE_AXES, LNG_E_RANGE, "`axes` of %s names axis %d twice", r->op->name, axis);
        reduced[axis] = true;
    }
    for (int i = 0; i < x.rank; i++)
        if (!reduced[i] && axes->rank > 0)
            r->shape[0].dim[r->shape[0].rank++] = x.dim[i];
        else if (r->attr[LNG_REDUCE_KEEP].i)
            r->shape[0].dim[r->shape[0].rank++] = 1;
    return true;
}

/* A value of the result's shape with the reduced axes as 1, so that it stretches to x. */
static inline lng_value *unreduced(lng_graph *g, const lng_node *n, lng_value *v)
{
    lng_shape shape = n->in[0]->shape;
    bool axis[LNG_MAX_RANK];
    reduced_axes(n->attr, shape.rank, axis);
    for (int i = 0; i < shape.rank; i++)
        if (axis[i])
            shape.dim[i] = 1;
    return lng_reshape(g, v, shape);
}

/* clang-format off */
#define LNG_REDUCTION_ATTRS                                                                                                        \
    [LNG_REDUCE_AXES] = {"axes", LNG_ATTR_INTS, .low = -LNG_MAX_RANK, .high = LNG_MAX_RANK - 1, .max_count = LNG_MAX_RANK,         \
                         .about = "which axes, -1 being the last; empty: all"},                                                \
    [LNG_REDUCE_KEEP] = {"keep", LNG_ATTR_BOOL, .about = "whether the axes stay, with size 1"}
/* clang-format on */
#endif

#ifdef LNG_CASES
#define LNG_REDUCTION_CASES(...)                                                                                                   \
    {.in = {LNG_SCALAR}, __VA_ARGS__}, {.in = {LNG_DIMS(7)}, __VA_ARGS__},                                                         \
        {.in = {LNG_DIMS(3, 20)}, .attr = {{.v = LNG_DIMS(0)}}, __VA_ARGS__},                                                      \
        {.in = {LNG_DIMS(3, 20)}, .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}}, __VA_ARGS__},                                           \
        {.in = {LNG_DIMS(2, 3, 4)}, .attr = {{.v = LNG_DIMS(1)}}, __VA_ARGS__},                                                    \
        {.in = {LNG_DIMS(2, 3, 4, 2)}, .attr = {{.v = LNG_DIMS(2, 0)}, {.i = 1}}, __VA_ARGS__},                                    \
    {                                                                                                                              \
        .in = {LNG_DIMS(1, 5, 1)}, .attr = {{.v = LNG_DIMS(0, 2)}}, __VA_ARGS__                                                    \
    }
#endif

#endif
