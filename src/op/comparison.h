/* What the comparisons share: kernels for floats and for integers side by side, and the rule that the operands are of one dtype. */
#ifdef LNG_FAST
#define LNG_COMPARISON(op)                                                                                                         \
    static void compare(const lng_naive_call *call)                                                                                \
    {                                                                                                                              \
        (call->node->in[0]->dtype == LNG_I32 ? naive_integers : naive)(call);                                                      \
    }                                                                                                                              \
    static lng_kernel *pick_one(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)                           \
    {                                                                                                                              \
        return (n->in[0]->dtype == LNG_I32 ? pick_integers : pick)(n, arena, plan, scratch);                                       \
    }                                                                                                                              \
    static lng_tile *tile_of(const lng_node *n)                                                                                    \
    {                                                                                                                              \
        return n->in[0]->dtype == LNG_I32 ? tile_integers : tile;                                                                  \
    }                                                                                                                              \
    LNG_POINTWISE_KERNELS(op, compare, pick_one, tile_of)
#else
#define LNG_COMPARISON(op)                                                                                                         \
    static void compare(const lng_naive_call *call)                                                                                \
    {                                                                                                                              \
        (call->node->in[0]->dtype == LNG_I32 ? naive_integers : naive)(call);                                                      \
    }                                                                                                                              \
    LNG_POINTWISE_KERNELS(op, compare, , )
#endif

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    if (r->in[0]->dtype != r->in[1]->dtype)
        return lng_infer_fail_in(r, 1, LNG_E_DTYPE, "%s expects two floats or two integers, got %s and %s", r->op->name,
                                 lng_dtype_name(r->in[0]->dtype), lng_dtype_name(r->in[1]->dtype));
    return lng_infer_pointwise(r);
}
#endif
