/* Draws: Philox words, which depend only on the run's seed, the node's name, the step, the example and the number of the word.
 * Floats and doubles come from the same words. A shared draw has no example. */
#include "op/kernel.h"
#include "base/text.h"
#include <string.h>

static inline lng_key key_of(const lng_node *n, const lng_context *c)
{
    return lng_random_key(c->seed, lng_hash(n->name, strlen(n->name)));
}

/* The top 24 bits of a word, in [0, 1). */
static inline real unit(uint32_t word)
{
    return (real)(word >> 8) * (real)0x1p-24;
}

#ifdef LNG_FAST
/* n words of one example, `gap` apart. */
static inline void draw_words(uint32_t *out, ptrdiff_t gap, lng_key key, uint32_t step, uint32_t example, uint64_t n)
{
    for (uint64_t i = 0; i < n; i += 4) {
        uint32_t word[4];
        lng_philox(key, (uint32_t[]){(uint32_t)(i / 4), (uint32_t)(i / 4 >> 32), example, step}, word);
        for (uint64_t k = 0; k < 4 && i + k < n; k++)
            out[(ptrdiff_t)(i + k) * gap] = word[k];
    }
}

/* `each` words for each element of the output, in its layout: word w of element e of lane l at [e * each + w][l]. */
static inline void draw(uint32_t *out, const lng_call *call, int each)
{
    lng_key key = key_of(call->node, call->context);
    uint64_t n = (uint64_t)lng_shape_size(call->node->out[0].shape) * (uint64_t)each;
    if (!call->node->out[0].per_example)
        draw_words(out, 1, key, call->context->step, LNG_NO_EXAMPLE, n);
    else
        for (int l = 0; l < LNG_LANES; l++)
            draw_words(out + l, LNG_LANES, key, call->context->step, call->example[l], n);
}

static inline v16 v_unit(i16 words)
{
    return v_mul(iv_to_v(iv_shr(words, 8)), v_set1(0x1p-24f));
}

/* The floats of an output, without padding. */
static inline int64_t floats_of(const lng_node *n)
{
    return lng_shape_size(n->out[0].shape) * (n->out[0].per_example ? LNG_LANES : 1);
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->attr[LNG_RANDOM_SHAPE].v;
    r->per_example = r->attr[LNG_RANDOM_PER_EXAMPLE].i;
    return true;
}

/* clang-format off */
#define LNG_RANDOM_ATTRS                                                                                                           \
    [LNG_RANDOM_SHAPE] = {"shape", LNG_ATTR_INTS, .low = 1, .high = 2147483648, .max_count = LNG_MAX_RANK, .about = "the shape"},  \
    [LNG_RANDOM_PER_EXAMPLE] = {"per_example", LNG_ATTR_BOOL, .fallback = {.i = 1},                                                \
                                .about = "whether each example gets its own draw, or all share one"}
/* clang-format on */
#endif

#ifdef LNG_CASES
#define LNG_RANDOM_CASES                                                                                                           \
    {.attr = {{.v = LNG_SCALAR}, {.i = 1}}}, {.attr = {{.v = LNG_DIMS(3, 7)}, {.i = 1}}}, {.attr = {{.v = LNG_SCALAR}, {.i = 0}}}, \
    {                                                                                                                              \
        .attr = { {.v = LNG_DIMS(5, 7)}, {.i = 0} }                                                                                \
    }
#endif
