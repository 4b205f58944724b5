/* y = arctan x. */
#define OP     atan
#define ARITY  1
#define SCALAR real_atan(a)
#define VECTOR v_atan(a)
#include "op/pointwise.h"

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    lng_value *x = r->node->in[0];
    r->gin[0] = lng_div(r->graph, r->gout[0], lng_add(r->graph, lng_scalar(r->graph, 1), lng_mul(r->graph, x, x)));
}

const lng_op lng_op_atan = {
    .name = "atan",
    .about = "the angle, in radians, whose tangent is x",
    .math = "y = arctan x, from -pi/2 to pi/2",
    .flags = LNG_OP_POINTWISE,
    LNG_IN({"x", LNG_FLOAT_ONLY, "the tangent"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the angle"}),
    .infer = lng_infer_pointwise,
    .vjp = vjp,
    .example = "- atan(it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(0, 1, -1)}, .out = {LNG_VALUES(0, 0.7853981633974483, -0.7853981633974483)}},
    {.in = {LNG_VALUES(1.7320508075688772, 0.5773502691896257, 1e-10)},
     .out = {LNG_VALUES(1.0471975511965976, 0.5235987755982988, 1e-10)}},
    {.in = {LNG_VALUES(INFINITY, -INFINITY, NAN)}, .out = {LNG_VALUES(1.5707963267948966, -1.5707963267948966, NAN)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(atan);
#endif
