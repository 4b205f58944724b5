/* The reference executor: runs a graph by the naive kernels of its ops alone, in float or double, and keeps all values, without a plan. Tests
 * compare the engine with it, and gradients are checked in it. Fields are those of the context; variables by pointers in the real type. Values
 * are [slice][element][16] for per-example ones. */
#ifndef LNG_TAPE_REFERENCE_H
#define LNG_TAPE_REFERENCE_H
#include "graph/op.h"

typedef struct lng_reference lng_reference;
typedef enum { LNG_IN_FLOAT, LNG_IN_DOUBLE, LNG_UNFUSED_FLOAT /* a prediction, without fused multiply-adds */ } lng_reference_kind;
lng_reference *lng_reference_run(lng_arena *, const lng_graph *, lng_reference_kind, const uint32_t *rows, int count,
                                 const lng_context *, void *(*variable)(void *store, const char *name), void *store);
/* Computes the nodes for which `again` (by id; NULL: all) is true once more, in order, from what the others hold; of a loop, all of them. */
void lng_reference_again(lng_reference *, const bool *again);
/* Element e of a value for example i (ignored for shared values), as double; i32 converted. */
double lng_reference_at(const lng_reference *, const lng_value *, int example, int64_t element);
/* The same element in memory, of a value of floats in a run in double. */
double *lng_reference_number(const lng_reference *, const lng_value *, int example, int64_t element);

#endif
