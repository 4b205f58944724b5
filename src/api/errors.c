/* The functions on errors that differ from those of base/error.h. */
#include "api/api.h"
#include <stdlib.h>
#include <string.h>

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

size_t lng_errors_format(const lng_errors *e, char *text, size_t size)
{
    char *made = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&made, &length);
    lng_errors_print(e, stream, false);
    if (!stream || fclose(stream) != 0)
        length = 0;
    if (text && size > 0) {
        const size_t fits = length < size ? length : size - 1;
        if (fits > 0)
            memcpy(text, made, fits);
        text[fits] = 0;
    }
    free(made); /* allocated by the C library */
    return length;
}

bool lng_is_given(const void *handle, const char *what, lng_errors *errors)
{
    return handle || lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "the %s is NULL", what);
}
