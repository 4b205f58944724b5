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
/* Sixteen blocks of four words; see base/random.c. */
static inline void v_philox(lng_key key, i16 word[4])
{
    const i16 factor = iv_set1((int32_t)LNG_PHILOX_FACTOR), factor_2 = iv_set1((int32_t)LNG_PHILOX_FACTOR_2);
    uint32_t k = key.word[0], l = key.word[1];
    for (int round = 0; round < LNG_PHILOX_ROUNDS; round++, k += LNG_PHILOX_STEP, l += LNG_PHILOX_STEP_2) {
        const i16 a = word[0], c = word[2];
        word[0] = iv_xor(iv_xor(iv_mul_high(c, factor_2), word[1]), iv_set1((int32_t)k));
        word[2] = iv_xor(iv_xor(iv_mul_high(a, factor), word[3]), iv_set1((int32_t)l));
        word[1] = iv_mul(c, factor_2);
        word[3] = iv_mul(a, factor);
    }
}

/* n words of each example. */
static inline void draw_lanes(int32_t *out, lng_key key, uint32_t step, const uint32_t *example, uint64_t n)
{
    int32_t examples[LNG_LANES] __attribute__((aligned(64)));
    memcpy(examples, example, sizeof examples);
    for (uint64_t i = 0; i < n; i += 4) {
        i16 word[4] = {iv_set1((int32_t)(i / 4)), iv_set1((int32_t)(i / 4 >> 32)), iv_load(examples), iv_set1((int32_t)step)};
        v_philox(key, word);
        for (uint64_t k = 0; k < 4 && i + k < n; k++)
            iv_store(out + (i + k) * LNG_LANES, word[k]);
    }
}

/* n words of a shared value. */
static inline void draw_blocks(int32_t *out, lng_key key, uint32_t step, uint32_t example, uint64_t n)
{
    for (uint64_t i = 0; i < n; i += 4 * LNG_LANES, out += 4 * LNG_LANES) {
        int32_t some[4 * LNG_LANES] __attribute__((aligned(64)));
        for (int k = 0; k < LNG_LANES; k++) {
            some[k] = (int32_t)(i / 4 + (uint64_t)k);
            some[LNG_LANES + k] = (int32_t)((i / 4 + (uint64_t)k) >> 32);
        }
        i16 word[4] = {iv_load(some), iv_load(some + LNG_LANES), iv_set1((int32_t)example), iv_set1((int32_t)step)};
        v_philox(key, word);
        v_scatter_fours((v16[]){iv_bits(word[0]), iv_bits(word[1]), iv_bits(word[2]), iv_bits(word[3])}, (float *)(void *)some, 4);
        memcpy(out, some, (size_t)(n - i < 4 * LNG_LANES ? n - i : 4 * LNG_LANES) * sizeof *out);
    }
}

/* The numbers of sixteen elements, of which each has two after the other, become two vectors. */
static inline void part_pairs(int32_t *at)
{
    int32_t pair[2 * LNG_LANES];
    memcpy(pair, at, sizeof pair);
    for (int i = 0; i < LNG_LANES; i++)
        at[i] = pair[2 * i], at[LNG_LANES + i] = pair[2 * i + 1];
}

/* `each` words, one or two, for each element of the output: word w of the elements of vector v at [v * each + w][16]. */
static inline void draw(int32_t *out, const lng_call *call, int each)
{
    const lng_node *node = call->node;
    lng_key key = key_of(node, call->context);
    const uint64_t n = (uint64_t)lng_shape_size(node->out[0].shape) * (uint64_t)each;
    if (node->out[0].per_example) {
        draw_lanes(out, key, call->context->step, call->example, n);
        return;
    }
    draw_blocks(out, key, call->context->step, only_example(node, call->context), n);
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
