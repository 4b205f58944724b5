/* The instruction-set levels: one table of what each offers and whether this machine has it. */
#ifndef LNG_GRAPH_LEVEL_H
#define LNG_GRAPH_LEVEL_H
#include "graph/op.h"
#include "kernel/combine.h"
#include "kernel/peak.h"

typedef enum { LNG_ISA_BASELINE, LNG_ISA_AVX2, LNG_ISA_AVX512, LNG_ISA_COUNT } lng_isa;
typedef struct lng_level {
    const char *name;                  /* as in LNGRAPH_ISA */
    bool (*on_this_machine)(void);     /* this and the rest: NULL if the level is not built */
    const lng_kernels *const *kernels; /* by the op's index */
    const lng_combine *combine;
    lng_peak *peak;
} lng_level;
extern const lng_level lng_levels[LNG_ISA_COUNT];

bool lng_isa_named(const char *name, lng_isa *);            /* "baseline", "avx2", "avx512" */
bool lng_isa_available(lng_isa);                            /* built, and on this machine */
lng_isa lng_isa_best(void);                                 /* what LNGRAPH_ISA asks for if available, else the best */
const lng_kernels *lng_op_kernels(lng_isa, const lng_op *); /* NULL if the level is not built */
lng_naive_kernel *lng_op_double(const lng_op *);            /* on double instead of float; i32 stays i32 */
lng_naive_kernel *lng_op_unfused(const lng_op *);           /* with two roundings where others fuse; of an op of predictions */
lng_number_op *lng_op_number(const lng_op *);               /* NULL unless it is a pointwise op on floats */

#endif
