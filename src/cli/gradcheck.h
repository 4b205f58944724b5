/* The parts of lngraph gradcheck: a model, and all ops (gradcheck_ops.c). */
#ifndef LNG_CLI_GRADCHECK_H
#define LNG_CLI_GRADCHECK_H
#include "cli/cli.h"

void lng_gradcheck_ops(lng_command *, int64_t elements, int64_t examples);

#endif
