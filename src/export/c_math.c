/* The mathematics that a program calls: the functions of kernel/vmath.h for one number, with the same roundings. The tests compare the program with the
 * engine, so the two cannot drift apart. */
#include "export/c.h"
#include <string.h>

static const lng_c_function functions[] = {
    {"fma",
     "/* a * b + c, rounded once. */\n"
     "#if defined @FAST\n"
     "static inline float $fma(float a, float b, float c)\n"
     "{\n"
     "    return a * b + c;\n"
     "}\n"
     "#elif @FUSED\n"
     "static inline float $fma(float a, float b, float c)\n"
     "{\n"
     "    return @FLUSH(__builtin_fmaf(a, b, c));\n"
     "}\n"
     "#else\n"
     "/* The product of two floats is exact in double. Where the sum is not, its last bit is made odd, so that rounding to float is right; that\n"
     " * matters only where the sum lies between two floats, or may become the least one that counts. */\n"
     "@SHARED static float $fma(float a, float b, float c)\n"
     "{\n"
     "    const double p = (double)a * (double)b, d = (double)c;\n"
     "    double s = p + d;\n"
     "    int64_t bits;\n"
     "    memcpy(&bits, &s, sizeof bits);\n"
     "    if (((uint32_t)bits & 0x1fffffffu) == 0x10000000u || ((uint32_t)(bits >> 32) & 0x7fffffffu) - 1u < 0x380fffffu) {\n"
     "        const double t = s - p, e = (p - (s - t)) + (d - t);\n"
     "        if ((e > 0.0 || e < 0.0) && bits % 2 == 0)\n"
     "            bits += (e > 0.0) == (s > 0.0) ? 1 : -1;\n"
     "        memcpy(&s, &bits, sizeof s);\n"
     "    }\n"
     "    return @FLUSH((float)s);\n"
     "}\n"
     "#endif\n"},
    {"bits", "static inline int32_t $bits(float x)\n"
             "{\n"
             "    int32_t i;\n"
             "    memcpy(&i, &x, sizeof i);\n"
             "    return i;\n"
             "}\n"},
    {"float", "static inline float $float(uint32_t i)\n"
              "{\n"
              "    float x;\n"
              "    memcpy(&x, &i, sizeof x);\n"
              "    return x;\n"
              "}\n"},
    {"size", "static inline float $size(float x)\n"
             "{\n"
             "    return $float((uint32_t)$bits(x) & 0x7fffffffu);\n"
             "}\n"},
    {"signed", "/* x, which is not negative, with the sign of y. */\n"
               "static inline float $signed(float x, float y)\n"
               "{\n"
               "    return $float((uint32_t)$bits(x) | ((uint32_t)$bits(y) & 0x80000000u));\n"
               "}\n"},
    {"larger", "/* The larger number; of equals the second; NaN wins. */\n"
               "static inline float $larger(float now, float best)\n"
               "{\n"
               "    return now > best || (now != now && best == best) ? now : best;\n"
               "}\n"},
    {"is", "/* Whether x is the best, which may be no number. */\n"
           "static inline int32_t $is(float x, float best)\n"
           "{\n"
           "    return x == best || (x != x && best != best);\n"
           "}\n"},
    {"to_int", "static inline int32_t $to_int(float x)\n"
               "{\n"
               "    return x != x ? 0 : x >= 2147483648.0f ? INT32_MAX : x <= -2147483648.0f ? INT32_MIN : (int32_t)x;\n"
               "}\n"},
    {"quotient", "/* a / b rounded down; 0 where b is 0. */\n"
                 "static inline int32_t $quotient(int32_t a, int32_t b)\n"
                 "{\n"
                 "    if (b == 0)\n"
                 "        return 0;\n"
                 "    const int64_t q = (int64_t)a / b;\n"
                 "    return (int32_t)(q - ((int64_t)a % b != 0 && (a < 0) != (b < 0) ? 1 : 0));\n"
                 "}\n"},
    {"floor", "static inline float $floor(float x)\n"
              "{\n"
              "    if (!(x > -8388608.0f && x < 8388608.0f))\n"
              "        return x;\n"
              "    float t = (float)(int32_t)x;\n"
              "    t -= t > x ? 1.0f : 0.0f;\n"
              "    return x < 0.0f || t != 0.0f ? t : x * 0.0f;\n"
              "}\n"},
    {"round", "/* The nearest whole number, ties to even. */\n"
              "static inline float $round(float x)\n"
              "{\n"
              "    const float size = $size(x), whole = (size + 8388608.0f) - 8388608.0f;\n"
              "    return $signed(size < 8388608.0f ? whole : size, x);\n"
              "}\n"},
    {"round_int8", "/* The nearest whole number of 8 bits, ties to even. */\n"
                   "static inline float $round_int8(float x)\n"
                   "{\n"
                   "    return !(x > -127.0f) ? -127.0f : x < 127.0f ? (x + 12582912.0f) - 12582912.0f : 127.0f;\n"
                   "}\n"},
    {"sqrt", "/* Digit by digit: rounded correctly. */\n"
             "static inline float $sqrt(float x)\n"
             "{\n"
             "    if (!(x > 0.0f) || $bits(x) >= 0x7f800000)\n"
             "        return x < 0.0f ? $float(0x7fc00000u) : x;\n"
             "    const int32_t bits = $bits(x), exponent = (bits >> 23) - 127, odd = exponent & 1;\n"
             "    uint64_t left = (uint64_t)((bits & 0x7fffff) | 0x800000) << (25 + odd);\n"
             "    uint64_t root = 0;\n"
             "    for (uint64_t bit = (uint64_t)1 << 48; bit != 0; bit >>= 2) {\n"
             "        const uint64_t with = root + bit;\n"
             "        root >>= 1;\n"
             "        if (left >= with) {\n"
             "            left -= with;\n"
             "            root += bit;\n"
             "        }\n"
             "    }\n"
             "    root = (root >> 1) + (root & 1u);\n"
             "    return $float((uint32_t)((exponent - odd) / 2 + 126) * 0x800000u + (uint32_t)root);\n"
             "}\n"},
    {"exp_parts", "/* x = n ln 2 + r with |r| <= ln 2 / 2: gives e^r - 1, and n << 23. */\n"
                  "static inline float $exp_parts(float x, uint32_t *n)\n"
                  "{\n"
                  "    const float t = $fma(x, 1.44269502f, 12582912.0f), k = t - 12582912.0f;\n"
                  "    const float r = $fma(-k, -1.90465421e-09f, $fma(-k, 0.693147182f, x));\n"
                  "    float p = $fma(0.00138145359f, r, 0.00836874545f);\n"
                  "    p = $fma(p, r, 0.0416683927f);\n"
                  "    p = $fma(p, r, 0.166665211f);\n"
                  "    p = $fma(p, r, 0.49999994f);\n"
                  "    *n = (uint32_t)$bits(t) << 23;\n"
                  "    return $fma(r * r, p, r);\n"
                  "}\n"},
    {"exp", "static inline float $exp(float x)\n"
            "{\n"
            "    uint32_t n;\n"
            "    const float p = $exp_parts(x, &n) + 1.0f;\n"
            "    const float y = x < -87.3365402f ? 0.0f : $float((uint32_t)$bits(p) + n);\n"
            "    return x <= 88.7228317f ? y : x + $float(0x7f800000u);\n"
            "}\n"},
    {"expm1", "static inline float $expm1(float x)\n"
              "{\n"
              "    uint32_t n;\n"
              "    float z = x < 17.5f || x != x ? x : 17.5f;\n"
              "    z = z > -18.0f || z != z ? z : -18.0f;\n"
              "    const float p = $exp_parts(z, &n), s = $float(n + 0x3f800000u), y = $fma(s, p, s - 1.0f);\n"
              "    return x > 17.5f ? $exp(x) : x == 0.0f ? x : y;\n"
              "}\n"},
    {"sigmoid", "static inline float $sigmoid(float x)\n"
                "{\n"
                "    return 1.0f / (1.0f + $exp(-x));\n"
                "}\n"},
    {"tanh", "/* With E = e^2|x| - 1: E / (E + 2). */\n"
             "static inline float $tanh(float x)\n"
             "{\n"
             "    const float a = $size(x), twice = a + a > 17.328f ? 20.0f : a + a;\n"
             "    uint32_t n;\n"
             "    const float p = $exp_parts(twice, &n), s = $float(n + 0x3f800000u), e = $fma(s, p, s - 1.0f);\n"
             "    return $signed(e / (e + 2.0f), x);\n"
             "}\n"},
    {"log_exponent", "/* x = 2^n (1 + f) with 1 + f in [2/3, 4/3): n. */\n"
                     "static inline int32_t $log_exponent(float x)\n"
                     "{\n"
                     "    return (int32_t)((uint32_t)$bits(x) - (uint32_t)$bits(0.666666687f)) >> 23;\n"
                     "}\n"},
    {"log_tail", "/* log(1 + f) - f */\n"
                 "static inline float $log_tail(float f)\n"
                 "{\n"
                 "    const float s = f * f;\n"
                 "    float p = $fma(0.123584539f, f, -0.128470555f);\n"
                 "    p = $fma(p, f, 0.106612556f);\n"
                 "    p = $fma(p, f, -0.121952981f);\n"
                 "    p = $fma(p, f, 0.14312847f);\n"
                 "    p = $fma(p, f, -0.166796148f);\n"
                 "    p = $fma(p, f, 0.199993059f);\n"
                 "    p = $fma(p, f, -0.249998197f);\n"
                 "    p = $fma(p, f, 0.333333373f);\n"
                 "    return $fma(-0.5f, s, s * f * p);\n"
                 "}\n"},
    {"log_sum", "static inline float $log_sum(float e, float f, float p)\n"
                "{\n"
                "    return $fma(e, 0.693147182f, f + $fma(e, -1.90465421e-09f, p));\n"
                "}\n"},
    {"log", "static inline float $log(float x)\n"
            "{\n"
            "    const int32_t n = $log_exponent(x);\n"
            "    const float f = $float((uint32_t)$bits(x) - ((uint32_t)n << 23)) - 1.0f;\n"
            "    float y = $log_sum((float)n, f, $log_tail(f));\n"
            "    if (x < 1.17549435e-38f)\n"
            "        y = x <= -1.17549435e-38f ? $float(0x7fc00000u) : $float(0xff800000u);\n"
            "    return x < $float(0x7f800000u) ? y : x + $float(0x7f800000u);\n"
            "}\n"},
    {"log1p", "/* 1 + x = u + c exactly; log(u + c) = log u + c / u. */\n"
              "static inline float $log1p(float x)\n"
              "{\n"
              "    const int32_t far = x > 16777216.0f;\n"
              "    const float u = x + 1.0f, t = u - x, c = far ? 0.0f : (1.0f - t) + (x - (u - t));\n"
              "    const int32_t n = $log_exponent(u);\n"
              "    const uint32_t power = (uint32_t)n << 23;\n"
              "    const float f = $float((uint32_t)$bits(u) - power) - 1.0f;\n"
              "    const float scaled = c * $float(0x3f800000u - (far ? 0u : power));\n"
              "    const float more = $fma(scaled * f, f - 1.0f, scaled);\n"
              "    float y = $log_sum((float)n, f, $log_tail(f) + more);\n"
              "    y = x == 0.0f ? x : y;\n"
              "    y = x <= -1.0f ? (x == -1.0f ? $float(0xff800000u) : $float(0x7fc00000u)) : y;\n"
              "    return x < $float(0x7f800000u) ? y : x + $float(0x7f800000u);\n"
              "}\n"},
    {"softplus", "static inline float $softplus(float x)\n"
                 "{\n"
                 "    return (0.0f > x ? 0.0f : x) + $log1p($exp(-$size(x)));\n"
                 "}\n"},
    {"reduce_far",
     "/* The quadrant and the rest of x, a number above 2^15, in whole numbers: x = m 2^k, and of 2 / pi the 96 digits that matter. */\n"
     "static inline int32_t $reduce_far(float x, float *r)\n"
     "{\n"
     "    static const uint32_t digits[] = {0u,          0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,\n"
     "                                      0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};\n"
     "    const int32_t bits = $bits(x), from = (bits >> 23) - 120;\n"
     "    const uint32_t *const d = digits + from / 32;\n"
     "    const uint64_t m = (uint64_t)((bits & 0x7fffff) | 0x800000);\n"
     "    uint64_t w[3];\n"
     "    for (int32_t i = 0; i < 3; i++)\n"
     "        w[i] = (uint32_t)(((uint64_t)d[i] << 32 | d[i + 1]) >> (32 - from % 32));\n"
     "    const uint64_t p = (m * w[0] << 32) + m * w[1] + (m * w[2] >> 32), quadrant = (p + ((uint64_t)1 << 61)) >> 62;\n"
     "    *r = (float)((double)(int64_t)(p - (quadrant << 62)) * (1.5707963267948966 / 4611686018427387904.0));\n"
     "    return (int32_t)(quadrant & 3u);\n"
     "}\n"},
    {"turn", "/* sin(|x| + phase pi / 2) */\n"
             "static inline float $turn(float x, int32_t phase)\n"
             "{\n"
             "    const float a = $size(x), t = $fma(a, 0.636619747f, 12582912.0f), n = t - 12582912.0f;\n"
             "    float r = $fma(-n, -1.71512451e-15f, $fma(-n, -4.37113883e-08f, $fma(-n, 1.57079637f, a)));\n"
             "    int32_t q = $bits(t);\n"
             "    if (a > 32768.0f && a <= 3.40282347e+38f)\n"
             "        q = $reduce_far(a, &r);\n"
             "    q = (int32_t)((uint32_t)q + (uint32_t)phase);\n"
             "    const float z = r * r;\n"
             "    float s = $fma(-0.000195166547f, z, 0.00833217334f), c = $fma(2.44377297e-05f, z, -0.00138873619f);\n"
             "    s = $fma(z * r, $fma(s, z, -0.166666552f), r);\n"
             "    c = $fma(z * z, $fma(c, z, 0.0416666456f), $fma(z, -0.5f, 1.0f));\n"
             "    return $float((uint32_t)$bits((q & 1) == 0 ? s : c) ^ ((uint32_t)(q & 2) << 30));\n"
             "}\n"},
    {"sin", "static inline float $sin(float x)\n"
            "{\n"
            "    return $float((uint32_t)$bits($turn(x, 0)) ^ ((uint32_t)$bits(x) & 0x80000000u));\n"
            "}\n"},
    {"cos", "static inline float $cos(float x)\n"
            "{\n"
            "    return $turn(x, 1);\n"
            "}\n"},
    {"atan", "/* An odd polynomial up to 1; beyond, pi / 2 - atan(1 / x). */\n"
             "static inline float $atan(float x)\n"
             "{\n"
             "    const float a = $size(x), z = a > 1.0f ? 1.0f / a : a, w = z * z;\n"
             "    float p = $fma(-0.00179362064f, w, 0.0109146014f);\n"
             "    p = $fma(p, w, -0.0311778393f);\n"
             "    p = $fma(p, w, 0.0579575896f);\n"
             "    p = $fma(p, w, -0.0840345025f);\n"
             "    p = $fma(p, w, 0.109521858f);\n"
             "    p = $fma(p, w, -0.142642424f);\n"
             "    p = $fma(p, w, 0.199985489f);\n"
             "    p = $fma(p, w, -0.333332986f);\n"
             "    const float y = $fma(z * w, p, z);\n"
             "    return $signed(a > 1.0f ? (1.57079637f - y) + -4.37113883e-08f : y, x);\n"
             "}\n"},
    {"erf", "/* Near 0 an odd polynomial; elsewhere 1 - e^g. */\n"
            "static inline float $erf(float x)\n"
            "{\n"
            "    const float size = $size(x), z = size * size, a = size > 3.95f ? 3.95f : size;\n"
            "    float low = $fma(8.36992258e-05f, z, -0.000814266212f);\n"
            "    low = $fma(low, z, 0.00520102866f);\n"
            "    low = $fma(low, z, -0.0268593971f);\n"
            "    low = $fma(low, z, 0.112836957f);\n"
            "    low = $fma(low, z, -0.376126349f);\n"
            "    low = $fma($fma(low, z, 0.128379166f), size, size);\n"
            "    float g = $fma(-2.11140214e-05f, a, 0.00043468189f);\n"
            "    g = $fma(g, a, -0.0041721249f);\n"
            "    g = $fma(g, a, 0.0251222234f);\n"
            "    g = $fma(g, a, -0.108284414f);\n"
            "    g = $fma(g, a, -0.633342981f);\n"
            "    g = $fma(g, a, -1.12951684f);\n"
            "    g = $fma(g, a, 0.000175087815f);\n"
            "    return $signed(a > 0.921875f ? 1.0f - $exp(g) : low, x);\n"
            "}\n"},
    {"double", "static inline double $double(uint64_t bits)\n"
               "{\n"
               "    double x;\n"
               "    memcpy(&x, &bits, sizeof x);\n"
               "    return x;\n"
               "}\n"},
    {"log2",
     "/* From the series of artanh, in double. */\n"
     "static inline double $log2(float x)\n"
     "{\n"
     "    const int32_t n = ($bits(x) - 0x3f3504f3) >> 23;\n"
     "    const double m = (double)$float((uint32_t)$bits(x) - ((uint32_t)n << 23)), s = (m - 1.0) / (m + 1.0), z = s * s;\n"
     "    double p = 1.0 / 13.0 + z * (1.0 / 15.0);\n"
     "    p = 1.0 / 11.0 + z * p;\n"
     "    p = 1.0 / 9.0 + z * p;\n"
     "    p = 1.0 / 7.0 + z * p;\n"
     "    p = 1.0 / 5.0 + z * p;\n"
     "    p = 1.0 / 3.0 + z * p;\n"
     "    p = 1.0 + z * p;\n"
     "    return (double)n + 2.8853900817779268 * s * p;\n"
     "}\n"},
    {"exp2", "static inline float $exp2(double t)\n"
             "{\n"
             "    const int32_t n = (int32_t)(t + 1024.5) - 1024;\n"
             "    const double r = (t - (double)n) * 0.69314718055994531;\n"
             "    double p = 1.0;\n"
             "    for (int32_t i = 10; i > 0; i--)\n"
             "        p = 1.0 + p * r / (double)i;\n"
             "    return (float)(p * $double((uint64_t)(n + 1023) << 52));\n"
             "}\n"},
    {"pow", "/* |x|^y = 2^(y log2 |x|). */\n"
            "static inline float $pow(float x, float y)\n"
            "{\n"
            "    const float infinite = $float(0x7f800000u), b = $size(y);\n"
            "    const float a = $size(x) < 1.17549435e-38f ? 0.0f : $size(x);\n"
            "    int32_t whole = 0; /* y is: 0 not a whole number, 1 an odd one, 2 an even one */\n"
            "    if (b < 1.17549435e-38f || x == 1.0f || (a == 1.0f && b == infinite))\n"
            "        return 1.0f;\n"
            "    if (a != a || b != b)\n"
            "        return a + b;\n"
            "    if (b >= 16777216.0f)\n"
            "        whole = 2;\n"
            "    else if ((float)(int32_t)b == b)\n"
            "        whole = ((int32_t)b & 1) != 0 ? 1 : 2;\n"
            "    if (x < 0.0f && a > 0.0f && a < infinite && whole == 0)\n"
            "        return $float(0x7fc00000u);\n"
            "    const double t = (double)y * (a == 0.0f ? -(double)infinite : a == infinite ? (double)infinite : $log2(a));\n"
            "    const float p = t >= 128.0 ? infinite : t < -126.0 ? 0.0f : $exp2(t);\n"
            "    return whole == 1 && $bits(x) < 0 ? -p : p;\n"
            "}\n"},
    {"modulo", "/* Of numbers that are not negative, or of 0 by b: exact, as whole numbers, 40 bits at a time. */\n"
               "static inline double $modulo(float a, float b)\n"
               "{\n"
               "    const int32_t x = $bits(a), y = $bits(b);\n"
               "    if (x < y)\n"
               "        return (double)a;\n"
               "    const uint64_t m = (uint64_t)((y & 0x7fffff) | 0x800000);\n"
               "    uint64_t r = (uint64_t)((x & 0x7fffff) | 0x800000) % m;\n"
               "    for (int32_t left = (x >> 23) - (y >> 23); left > 0; left -= 40)\n"
               "        r = (r << (left < 40 ? left : 40)) % m;\n"
               "    return (double)r * $double((uint64_t)((y >> 23) + 873) << 52);\n"
               "}\n"},
    {"rest", "static inline double $rest(float a, float b)\n"
             "{\n"
             "    const float infinite = $float(0x7f800000u);\n"
             "    if (!($size(a) < infinite) || !($size(b) >= 1.17549435e-38f))\n"
             "        return (double)$float(0x7fc00000u);\n"
             "    const double m = $size(b) < infinite ? $modulo($size(a), $size(b)) : (double)$size(a);\n"
             "    const double r = m != 0.0 && (a < 0.0f) != (b < 0.0f) ? (double)$size(b) - m : m;\n"
             "    return b < 0.0f ? -r : r;\n"
             "}\n"},
    {"remainder", "static inline float $remainder(float a, float b)\n"
                  "{\n"
                  "    const float r = (float)$rest(a, b);\n"
                  "    return r == b && $size(b) < $float(0x7f800000u) ? $float((uint32_t)$bits(b) - 1u) : r;\n"
                  "}\n"},
    {"floor_divide",
     "static inline float $floor_divide(float a, float b)\n"
     "{\n"
     "    const float infinite = $float(0x7f800000u);\n"
     "    if ($size(b) == infinite && $size(a) < infinite)\n"
     "        return a != 0.0f && (a < 0.0f) != (b < 0.0f) ? -1.0f : 0.0f;\n"
     "    return $size(a) < infinite && $size(b) >= 1.17549435e-38f ? (float)(((double)a - $rest(a, b)) / (double)b) : a / b;\n"
     "}\n"},
    {"sum_add", "/* Sums of more than 64 terms: runs of 64, which are added in pairs, these again in pairs, and so on. */\n"
                "typedef struct @SUM {\n"
                "    float tree[26], run;\n"
                "    int32_t runs, terms;\n"
                "} @SUM;\n"
                "static inline void $sum_add(@SUM *s, float term)\n"
                "{\n"
                "    if (s->terms == 64) {\n"
                "        int32_t i = 0;\n"
                "        for (int32_t n = s->runs++; (n & 1) != 0; n >>= 1, i++)\n"
                "            s->run = @FLUSH(s->tree[i] + s->run);\n"
                "        s->tree[i] = s->run;\n"
                "        s->run = 0.0f;\n"
                "        s->terms = 0;\n"
                "    }\n"
                "    s->run = @FLUSH(s->run + term);\n"
                "    s->terms++;\n"
                "}\n"},
    {"sum_total", "static inline float $sum_total(const @SUM *s)\n"
                  "{\n"
                  "    float sum = s->run;\n"
                  "    for (int32_t i = 0; s->runs >> i != 0; i++)\n"
                  "        if ((s->runs >> i & 1) != 0)\n"
                  "            sum = @FLUSH(s->tree[i] + sum);\n"
                  "    return sum;\n"
                  "}\n"},
    {"load", "static inline @V $load(const float *p)\n"
             "{\n"
             "    @V v;\n"
             "    memcpy(&v, p, sizeof v);\n"
             "    return v;\n"
             "}\n"},
    {"widen", "/* Numbers of 8 bits. */\n"
              "static inline @V $widen(const int8_t *p)\n"
              "{\n"
              "#if @LANES == 1\n"
              "    const @V v = {(float)*p};\n"
              "    return v;\n"
              "#else\n"
              "#define @LANE(i) p[i]\n"
              "    const int32_t whole __attribute__((vector_size(sizeof(@V)))) = @ALL;\n"
              "    return __builtin_convertvector(whole, @V);\n"
              "#undef @LANE\n"
              "#endif\n"
              "}\n"},
    {"store", "/* The first numbers of a vector, as many as there is room for. */\n"
              "static inline void $store(float *p, @V v, int32_t room)\n"
              "{\n"
              "    if (room >= @LANES)\n"
              "        memcpy(p, &v, sizeof v);\n"
              "    else if (room > 0)\n"
              "        memcpy(p, &v, sizeof(float) * (uint32_t)room);\n"
              "}\n"},
    {"each", "/* In each lane, a * b + c. */\n"
             "static inline @V $each(@V a, @V b, @V c)\n"
             "{\n"
             "#if @LANES == 1\n"
             "    const @V v = {$fma(a.at, b.at, c.at)};\n"
             "    return v;\n"
             "#else\n"
             "#define @LANE(i) $fma(a[i], b[i], c[i])\n"
             "    const @V v = @ALL;\n"
             "    return v;\n"
             "#undef @LANE\n"
             "#endif\n"
             "}\n"},
    {"times", "/* In each lane, a * b + c. */\n"
              "static inline @V $times(float a, @V b, @V c)\n"
              "{\n"
              "#if @LANES == 1\n"
              "    const @V v = {$fma(a, b.at, c.at)};\n"
              "    return v;\n"
              "#else\n"
              "#if defined __GNUC__ && !defined __clang__ && __GNUC__ >= 12\n"
              "    const float s = __builtin_assoc_barrier(a); /* keeps gcc from loading a vector to copy its first lane */\n"
              "#else\n"
              "    const float s = a;\n"
              "#endif\n"
              "#define @LANE(i) $fma(s, b[i], c[i])\n"
              "    const @V v = @ALL;\n"
              "    return v;\n"
              "#undef @LANE\n"
              "#endif\n"
              "}\n"},
    {"whole", "/* The same numbers as products read them: x itself, or `to`. */\n"
              "static inline const @N *$whole(const float *x, int8_t *to, int32_t n)\n"
              "{\n"
              "#if @LANES == 1\n"
              "    for (int32_t i = 0; i < n; i++)\n"
              "        to[i] = (int8_t)x[i];\n"
              "    return to;\n"
              "#else\n"
              "    (void)to;\n"
              "    (void)n;\n"
              "    return x;\n"
              "#endif\n"
              "}\n"},
    {"part", "static inline @S $part(const int8_t *p)\n"
             "{\n"
             "#if @LANES == 1\n"
             "    const @S v = {*p};\n"
             "    return v;\n"
             "#else\n"
             "    return $widen(p);\n"
             "#endif\n"
             "}\n"},
    {"count", "/* In each lane, a * b + c. */\n"
              "static inline @S $count(@N a, @S b, @S c)\n"
              "{\n"
              "#if @LANES == 1\n"
              "    const @S v = {a * b.at + c.at};\n"
              "    return v;\n"
              "#else\n"
              "    return $times(a, b, c);\n"
              "#endif\n"
              "}\n"},
    {"count_each", "/* In each lane, a * b + c, where a is at p. */\n"
                   "static inline @S $count_each(const @N *p, @S b, @S c)\n"
                   "{\n"
                   "#if @LANES == 1\n"
                   "    return $count(*p, b, c);\n"
                   "#else\n"
                   "    return $each($load(p), b, c);\n"
                   "#endif\n"
                   "}\n"},
    {"total", "/* The first sums, as many as there is room for. */\n"
              "static inline void $total(float *p, @S v, int32_t room)\n"
              "{\n"
              "#if @LANES == 1\n"
              "    if (room > 0)\n"
              "        *p = (float)v.at;\n"
              "#else\n"
              "    $store(p, v, room);\n"
              "#endif\n"
              "}\n"},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static bool is_called(const char *text, const char *name)
{
    char call[64];
    const size_t n = strlen(name);
    call[0] = '$';
    memcpy(call + 1, name, n);
    memcpy(call + 1 + n, "(", 2);
    return strstr(text, call) != NULL;
}

/* Those of a training step follow. */
static const lng_c_function *function_at(int i)
{
    return i < FUNCTIONS ? &functions[i] : &lng_c_step_functions[i - FUNCTIONS];
}

static int all_functions(void)
{
    int n = FUNCTIONS;
    while (function_at(n)->name)
        n++;
    return n;
}

/* Which functions a text needs, without those that only vectors of whole numbers do. */
static bool *find_needed(lng_arena *arena, const char *text, bool vectors)
{
    const int n = all_functions();
    bool *needed = LNG_NEW_N(arena, n, bool);
    for (int i = n - 1; i >= 0; i--) {
        needed[i] = is_called(text, function_at(i)->name);
        for (int k = i + 1; k < n && !needed[i]; k++)
            needed[i] = needed[k] && (vectors || !strstr(function_at(k)->text, "@S ")) &&
                        is_called(function_at(k)->text, function_at(i)->name);
    }
    return needed;
}

void lng_c_math(lng_arena *arena, const lng_text *calls, lng_text *to)
{
    const bool *needed = find_needed(arena, calls->at, true), *always = find_needed(arena, calls->at, false);
    for (int i = 0; i < all_functions(); i++) {
        const bool whole = strstr(function_at(i)->text, "@S ");
        if (needed[i])
            lng_text_add(to, always[i] || whole ? "%s\n" : "#if @LANES > 1\n%s#endif\n\n", function_at(i)->text);
    }
}

void lng_c_math_names(lng_map *names)
{
    for (int i = 0; i < all_functions(); i++)
        lng_map_put(names, function_at(i)->name, names);
}
