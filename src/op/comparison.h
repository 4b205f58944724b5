/* What the comparisons share: kernels for floats and for integers side by side, and the rule that the operands are of one dtype. */
#ifdef LNG_NAIVE
static void compare(const lng_naive_call *call)
{
    (call->node->in[0]->dtype == LNG_I32 ? naive_integers : naive)(call);
}
#endif
#ifdef LNG_FAST
static lng_tile *tile_of(const lng_node *n)
{
    return n->in[0]->dtype == LNG_I32 ? tile_integers : tile;
}
#endif
#define LNG_COMPARISON(op) LNG_POINTWISE_KERNELS(op, compare, tile_of)

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[0]->dtype != r->in[1]->dtype)
        return lng_infer_fail_in(r, 1, LNG_E_DTYPE, "%s expects two floats or two integers, got %s and %s", r->op->name,
                                 lng_dtype_name(r->in[0]->dtype), lng_dtype_name(r->in[1]->dtype));
    return lng_infer_pointwise(r);
}
#endif
