/* Draws: Philox words, which depend only on the run's seed, the node's name, the step, the example and the number of the word.
 * Floats and doubles come from the same words. A shared draw has no example. */
#include "op/kernel.h"
#include "base/text.h"
#include <string.h>

static inline lng_key key_of(const lng_node *n, const lng_context *c)
{
    return lng_random_key(c->seed, lng_hash(n->name, strlen(n->name)));
}

/* The example that a shared value is drawn for. */
static inline uint32_t only_example(const lng_node *n, const lng_context *c)
{
    return n->attr[LNG_RANDOM_PER_EXAMPLE].i == LNG_DRAWN_FOR_FIRST ? c->first : LNG_NO_EXAMPLE;
}

static inline uint32_t example_of(const lng_naive_call *call)
{
    return call->node->out[0].per_example ? call->example : only_example(call->node, call->context);
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

/* The numbers of sixteen elements, of which each has two after the other, become two vectors. */
static inline void part_pairs(uint32_t *at)
{
    uint32_t pair[2 * LNG_LANES];
    memcpy(pair, at, sizeof pair);
    for (int i = 0; i < LNG_LANES; i++)
        at[i] = pair[2 * i], at[LNG_LANES + i] = pair[2 * i + 1];
}

/* `each` words, one or two, for each element of the output: word w of the elements of vector v at [v * each + w][16]. */
static inline void draw(uint32_t *out, const lng_call *call, int each)
{
    const lng_node *node = call->node;
    lng_key key = key_of(node, call->context);
    const uint64_t n = (uint64_t)lng_shape_size(node->out[0].shape) * (uint64_t)each;
    if (node->out[0].per_example) {
        for (int l = 0; l < LNG_LANES; l++)
            draw_words(out + l, LNG_LANES, key, call->context->step, call->example[l], n);
        return;
    }
    draw_words(out, 1, key, call->context->step, only_example(node, call->context), n);
    for (uint64_t i = 0; each == 2 && i < n; i += 2 * LNG_LANES)
        part_pairs(out + i);
}

static inline v16 v_unit(i16 words)
{
    return v_mul(iv_to_v(iv_shr(words, 8)), v_set1(0x1p-24f));
}

/* The vectors of an output. */
static inline int64_t vectors_of(const lng_node *n)
{
    const int64_t size = lng_shape_size(n->out[0].shape);
    return n->out[0].per_example ? size : (size + LNG_LANES - 1) / LNG_LANES;
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->attr[LNG_RANDOM_SHAPE].v;
    r->per_example = r->attr[LNG_RANDOM_PER_EXAMPLE].i == LNG_DRAWN_FOR_EACH;
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
