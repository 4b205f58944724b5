/* The reference executor, with which tests compare: runs a graph by naive kernels alone, in float or double, and keeps all values, without a plan.
 * Fields are those of the context; variables by pointers in the real type. Values are [slice][element][16] for per-example ones. */
#ifndef LNG_TESTS_REFERENCE_H
#define LNG_TESTS_REFERENCE_H
#include "graph/op.h"

typedef struct lng_reference lng_reference;
lng_reference *lng_reference_run(lng_arena *, const lng_graph *, bool in_double, const uint32_t *rows, int count,
                                 const lng_context *, void *(*variable)(void *store, const char *name), void *store);
/* Element e of a value for example i (ignored for shared values), as double; i32 converted. */
double lng_reference_at(const lng_reference *, const lng_value *, int example, int64_t element);

#endif
