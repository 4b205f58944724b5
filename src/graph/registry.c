/* The registry: op tables and kernels by op, and the instruction-set levels. Everything here is made from src/graph/ops.def, which the
 * bootstrap makes from the names of the op files, so an op without a table or without kernels at some level does not link. */
#include "config.h"
#include "graph/ops.h"
#include <stdlib.h>
#include <string.h>

const lng_op *const lng_ops[] = {
#define LNG_OP(name) &lng_op_##name,
#include "graph/ops.def"
#undef LNG_OP
};
#define COUNT (sizeof lng_ops / sizeof *lng_ops)
const size_t lng_op_count = COUNT;

#define LNG_OP(name) extern const lng_kernels lng_kernels_##name##_baseline;
#include "graph/ops.def"
#undef LNG_OP
static const lng_kernels *const baseline_kernels[] = {
#define LNG_OP(name) &lng_kernels_##name##_baseline,
#include "graph/ops.def"
#undef LNG_OP
};
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
_Static_assert(sizeof avx2_kernels / sizeof *avx2_kernels == COUNT, "every op has avx2 kernels");
_Static_assert(sizeof avx512_kernels / sizeof *avx512_kernels == COUNT, "every op has avx512 kernels");
#endif
_Static_assert(sizeof baseline_kernels / sizeof *baseline_kernels == COUNT, "every op has baseline kernels");

static const struct {
    const char *name;
    const lng_kernels *const *kernels; /* NULL: not built for this machine */
} levels[] = {
    [LNG_ISA_BASELINE] = {"baseline", baseline_kernels},
#ifdef LNG_X86
    [LNG_ISA_AVX2] = {"avx2", avx2_kernels},
    [LNG_ISA_AVX512] = {"avx512", avx512_kernels},
#else
    [LNG_ISA_AVX2] = {"avx2", NULL},
    [LNG_ISA_AVX512] = {"avx512", NULL},
#endif
};
_Static_assert(sizeof levels / sizeof *levels == LNG_ISA_COUNT, "every level has a row");

static int search(const char *name)
{
    size_t low = 0, high = COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, lng_ops[middle]->name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

const lng_op *lng_op_find(const char *name)
{
    int i = search(name);
    return i < 0 ? NULL : lng_ops[i];
}

int lng_op_index(const lng_op *op)
{
    return search(op->name);
}

int lng_op_attr_index(const lng_op *op, const char *attr)
{
    for (int i = 0; i < op->n_attr; i++)
        if (strcmp(op->attr[i].name, attr) == 0)
            return i;
    return -1;
}

const lng_kernels *lng_op_kernels(lng_isa isa, const lng_op *op)
{
    return levels[isa].kernels ? levels[isa].kernels[lng_op_index(op)] : NULL;
}

const char *lng_isa_name(lng_isa isa)
{
    return levels[isa].name;
}

bool lng_isa_named(const char *name, lng_isa *isa)
{
    for (int i = 0; i < LNG_ISA_COUNT; i++)
        if (strcmp(name, levels[i].name) == 0) {
            *isa = (lng_isa)i;
            return true;
        }
    return false;
}

bool lng_isa_available(lng_isa isa)
{
    if (!levels[isa].kernels)
        return false;
#ifdef LNG_X86
    /* these ask the system too: whether it saves the wide registers */
    if (isa == LNG_ISA_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == LNG_ISA_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
#endif
    return true;
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
