/* The functions on errors that differ from those of base/error.h. */
#include "api/api.h"

const char *lng_errors_name(const lng_errors *e, size_t i)
{
    const lng_code code = lng_errors_code(e, i);
    return code == LNG_E_NONE ? "" : lng_code_name(code);
}

void lng_errors_print(const lng_errors *e, FILE *out, bool colour)
{
    if (e && out)
        lng_errors_render(e, out, colour);
}

bool lng_is_given(const void *handle, const char *what, lng_errors *errors)
{
    return handle || lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "the %s is NULL", what);
}
