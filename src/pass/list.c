/* The passes, in the order in which they run. */
#include "pass/pass.h"

extern const lng_pass lng_pass_logarithm, lng_pass_pool_activation, lng_pass_pool_crop, lng_pass_whole_conv, lng_pass_conv_pool,
    lng_pass_join_pads, lng_pass_stretched, lng_pass_sum_terms, lng_pass_fuse_pointwise;

const lng_pass *const lng_rewrites[] = {
    &lng_pass_logarithm, &lng_pass_pool_activation, &lng_pass_pool_crop, &lng_pass_whole_conv, NULL,
};
const lng_pass *const lng_fusions[] = {
    &lng_pass_conv_pool, &lng_pass_join_pads, &lng_pass_stretched, &lng_pass_sum_terms, &lng_pass_fuse_pointwise, NULL,
};
