/* Every primitive of the lanes and every function of vmath, by name. */
#include "probe.h"
#include "kernel/vmath.h"

#define EACH(name, expression)                                                                                                     \
    static void probe_##name(float *out, const float *a_, const float *b_, const float *c_, size_t n)                              \
    {                                                                                                                              \
        for (size_t i = 0; i < n; i += 16) {                                                                                       \
            const v16 a = v_load(a_ + i), b = v_load(b_ + i), c = v_load(c_ + i);                                                  \
            (void)a, (void)b, (void)c;                                                                                             \
            v_store(out + i, expression);                                                                                          \
        }                                                                                                                          \
    }
#define ONE(name, expression)                                                                                                      \
    static void probe_##name(float *out, const float *a_, const float *b_, const float *c_, size_t n)                              \
    {                                                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                                           \
            const float a = a_[i], b = b_[i], c = c_[i];                                                                           \
            (void)a, (void)b, (void)c;                                                                                             \
            out[i] = expression;                                                                                                   \
        }                                                                                                                          \
    }
#define TRUTH(m)   v_keep(m, v_set1(1))
#define INTEGER(i) iv_bits(i)
#define LIVE       (int)(s_bits(b_[i]) & 15)
#define ALL(one, each)                                                                                                             \
    each(add, v_add(a, b)) each(sub, v_sub(a, b)) each(mul, v_mul(a, b)) each(div, v_div(a, b)) each(fma, v_fma(a, b, c)) each(    \
        fnma, v_fnma(a, b, c)) each(sqrt, v_sqrt(v_abs(a))) each(floor, v_floor(a)) each(round, v_round(a)) each(neg, v_neg(a))    \
        each(abs, v_abs(a)) each(max, v_max(a, b)) each(min, v_min(a, b)) each(lt, TRUTH(v_lt(a, b))) each(le, TRUTH(v_le(a, b)))  \
            each(eq, TRUTH(v_eq(a, b))) each(ne, TRUTH(v_ne(a, b))) each(isnan, TRUTH(v_isnan(a)))                                 \
                each(select, v_select(v_lt(a, b), b, c)) each(keep, v_keep(m_not(v_lt(a, b)), c)) each(                            \
                    live, TRUTH(m_and(m_live(LIVE), m_or(v_lt(a, b), v_le(b, a))))) each(mask, v_set1((float)m_mask(v_lt(a, b))))  \
                    each(hsum, v_set1(v_hsum(a))) each(first, v_set1(v_first(a))) each(load_part, v_load_part(a_ + i, LIVE)) each( \
                        iv_add, INTEGER(iv_add(v_bits(a), v_bits(b)))) each(iv_sub, INTEGER(iv_sub(v_bits(a), v_bits(b))))         \
                        each(iv_mul, INTEGER(iv_mul(v_bits(a), v_bits(b)))) each(iv_mul_high,                                      \
                                                                                 INTEGER(iv_mul_high(v_bits(a), v_bits(b))))       \
                            each(iv_and, INTEGER(iv_and(v_bits(a), v_bits(b)))) each(iv_or, INTEGER(iv_or(v_bits(a), v_bits(b))))  \
                                each(iv_xor, INTEGER(iv_xor(v_bits(a), v_bits(b)))) each(                                          \
                                    iv_eq, TRUTH(iv_eq(v_bits(a), v_bits(b)))) each(iv_lt, TRUTH(iv_lt(v_bits(a), v_bits(b))))     \
                                    each(iv_select, INTEGER(iv_select(v_lt(a, b), v_bits(b), v_bits(c)))) each(                    \
                                        iv_shl, INTEGER(iv_shl(v_bits(a), LIVE))) each(iv_shr, INTEGER(iv_shr(v_bits(a), LIVE)))   \
                                        each(iv_sar, INTEGER(iv_sar(v_bits(a), LIVE))) each(iv_to_v, iv_to_v(v_bits(a)))           \
                                            each(v_to_iv, INTEGER(v_to_iv(a))) each(exp, v_exp(a)) each(log, v_log(a))             \
                                                each(expm1, v_expm1(a)) each(log1p, v_log1p(a))                                    \
                                                    each(softplus, v_softplus(a)) each(remainder, v_remainder(a, b))               \
                                                        each(floor_divide, v_floor_divide(a, b)) each(tanh, v_tanh(a))             \
                                                            each(sigmoid, v_sigmoid(a)) each(sin, v_sin(a)) each(cos, v_cos(a))    \
                                                                each(atan, v_atan(a)) each(erf, v_erf(a)) each(pow, v_pow(a, b))   \
                                                                    one(s_fma, s_fma(a, b, c)) one(s_fnma, s_fnma(a, b, c))        \
                                                                        one(s_sqrt, s_sqrt(s_abs(a))) one(s_floor, s_floor(a))     \
                                                                            one(s_max, s_max(a, b)) one(s_min, s_min(a, b))        \
                                                                                one(s_exp, s_exp(a)) one(s_pow, s_pow(a, b))
ALL(ONE, EACH)

/* 16 vectors at a time */
static void probe_transpose(float *out, const float *a, const float *b, const float *c, size_t n)
{
    (void)b, (void)c;
    for (size_t i = 0; i + 256 <= n; i += 256) {
        v16 r[16];
        for (int k = 0; k < 16; k++)
            r[k] = v_load(a + i + 16 * k);
        v_transpose(r);
        for (int k = 0; k < 16; k++)
            v_store(out + i + 16 * k, r[k]);
    }
}
static void probe_hsums(float *out, const float *a, const float *b, const float *c, size_t n)
{
    (void)b, (void)c;
    for (size_t i = 0; i + 256 <= n; i += 256) {
        v16 r[16];
        for (int k = 0; k < 16; k++)
            r[k] = v_load(a + i + 16 * k);
        v_store(out + i / 16, v_hsums(r));
    }
}
static void probe_store_part(float *out, const float *a, const float *b, const float *c, size_t n)
{
    (void)c;
    for (size_t i = 0; i < n; i += 16) {
        v_store(out + i, v_set1(7));
        v_store_part(out + i, v_load(a + i), s_bits(b[i]) & 15);
    }
}

#define ROW(name, expression) {#name, probe_##name},
const lng_probe LNG_NAME(lng_probe)[] = {
    ALL(ROW, ROW){"transpose", probe_transpose}, {"hsums", probe_hsums}, {"store_part", probe_store_part}, {NULL, NULL}};
