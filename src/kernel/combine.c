/* Adding partial sums. */
#include "kernel/combine.h"
#include "kernel/lanes.h"
#include "base/assert.h"

static void add(float *sum, const float *other, size_t floats)
{
    LNG_ASSERT(floats % 16 == 0 && is_aligned(sum) && is_aligned(other));
    for (size_t i = 0; i < floats; i += 16)
        v_store(sum + i, v_add(v_load(sum + i), v_load(other + i)));
}

/* x - x is 0 for every finite x, and NaN otherwise. */
static bool total_is_finite(const float *sum, const float *other, size_t floats, float *total)
{
    LNG_ASSERT(floats % 16 == 0 && is_aligned(sum) && is_aligned(other) && is_aligned(total));
    v16 bad = v_zero();
    for (size_t i = 0; i < floats; i += 16) {
        v16 x = v_load(sum + i);
        if (other)
            x = v_add(x, v_load(other + i));
        v_store(total + i, x);
        bad = v_add(bad, v_sub(x, x));
    }
    return m_mask(v_isnan(bad)) == 0;
}

const lng_combine LNG_NAME(lng_combine) = {add, total_is_finite};
