/* The table of instruction-set levels. If an op lacks kernels at a level, the program does not link. */
#include "graph/level.h"
#include "config.h"
#include "graph/ops.h"
#include <stdlib.h>
#include <string.h>

#define LNG_OP(name) extern const lng_kernels lng_kernels_##name##_baseline;
#include "graph/ops.def"
#undef LNG_OP
static const lng_kernels *const baseline_kernels[] = {
#define LNG_OP(name) &lng_kernels_##name##_baseline,
#include "graph/ops.def"
#undef LNG_OP
};
#define LNG_OP(name) extern const lng_kernels lng_kernels_##name##_double;
#include "graph/ops.def"
#undef LNG_OP
static const lng_kernels *const double_kernels[] = {
#define LNG_OP(name) &lng_kernels_##name##_double,
#include "graph/ops.def"
#undef LNG_OP
};
#define LNG_OP(name) extern const lng_kernels lng_kernels_##name##_unfused;
#include "graph/unfused.def"
#undef LNG_OP
static const struct {
    const lng_op *op;
    const lng_kernels *kernels;
} unfused[] = {
#define LNG_OP(name) {&lng_op_##name, &lng_kernels_##name##_unfused},
#include "graph/unfused.def"
#undef LNG_OP
};
static bool everywhere(void)
{
    return true;
}

#ifdef LNG_X86
#define LNG_OP(name) extern const lng_kernels lng_kernels_##name##_avx2, lng_kernels_##name##_avx512;
#define LNG_NAIVE_OP(name)
#include "graph/ops.def"
#undef LNG_OP
#define LNG_NAIVE_OP(name) &lng_kernels_##name##_baseline,
static const lng_kernels *const avx2_kernels[] = {
#define LNG_OP(name) &lng_kernels_##name##_avx2,
#include "graph/ops.def"
#undef LNG_OP
};
#define LNG_NAIVE_OP(name) &lng_kernels_##name##_baseline,
static const lng_kernels *const avx512_kernels[] = {
#define LNG_OP(name) &lng_kernels_##name##_avx512,
#include "graph/ops.def"
#undef LNG_OP
};
/* these also ask whether the system saves the wide registers */
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#ifdef LNG_EMULATED_AVX512
#define has_avx512 has_avx2
#else
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
}
#endif
#endif

/* clang-format off */
#define LEVEL(level, here) {#level, here, level##_kernels, &lng_combine_##level, lng_peak_##level}
/* clang-format on */
const lng_level lng_levels[LNG_ISA_COUNT] = {
    [LNG_ISA_BASELINE] = LEVEL(baseline, everywhere),
#ifdef LNG_X86
    [LNG_ISA_AVX2] = LEVEL(avx2, has_avx2),
    [LNG_ISA_AVX512] = LEVEL(avx512, has_avx512),
#else
    [LNG_ISA_AVX2] = {.name = "avx2"},
    [LNG_ISA_AVX512] = {.name = "avx512"},
#endif
};

bool lng_isa_named(const char *name, lng_isa *isa)
{
    for (int i = 0; i < LNG_ISA_COUNT; i++)
        if (strcmp(name, lng_levels[i].name) == 0) {
            *isa = (lng_isa)i;
            return true;
        }
    return false;
}

bool lng_isa_available(lng_isa isa)
{
    return lng_levels[isa].on_this_machine && lng_levels[isa].on_this_machine();
}

lng_isa lng_isa_best(void)
{
    lng_isa isa;
    const char *wish = getenv("LNGRAPH_ISA");
    if (wish && lng_isa_named(wish, &isa) && lng_isa_available(isa))
        return isa;
    for (int i = LNG_ISA_COUNT; i-- > 0;)
        if (lng_isa_available((lng_isa)i))
            return (lng_isa)i;
    return LNG_ISA_BASELINE;
}

const lng_kernels *lng_op_kernels(lng_isa isa, const lng_op *op)
{
    return lng_levels[isa].kernels ? lng_levels[isa].kernels[lng_op_index(op)] : NULL;
}

lng_naive_kernel *lng_op_double(const lng_op *op)
{
    return double_kernels[lng_op_index(op)]->naive;
}

lng_naive_kernel *lng_op_unfused(const lng_op *op)
{
    for (size_t i = 0; i < sizeof unfused / sizeof *unfused; i++)
        if (unfused[i].op == op)
            return unfused[i].kernels->naive;
    return lng_op_kernels(LNG_ISA_BASELINE, op)->naive;
}

lng_number_op *lng_op_number(const lng_op *op)
{
    return lng_op_kernels(LNG_ISA_BASELINE, op)->number;
}
