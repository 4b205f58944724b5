/* Plain numbers of the sections. What a number looks like is decided here, not by YAML, and a text that YAML 1.1 would have taken
 * for something else gets the reason. */
#include "doc/number.h"
#include <string.h>

static bool digits_with(const char *s, const char *others)
{
    bool digit = false;
    for (; *s; s++) {
        if (*s >= '0' && *s <= '9')
            digit = true;
        else if (!strchr(others, *s))
            return false;
    }
    return digit;
}

static const char *reason(const char *s)
{
    const char *body = s + (*s == '-' || *s == '+');
    if (body[0] == '0' && (body[1] == 'x' || body[1] == 'X' || body[1] == 'o' || body[1] == 'b'))
        return "numbers are decimal here";
    if (digits_with(body, "_"))
        return "digits are not grouped with _ here";
    if (digits_with(body, ","))
        return "the decimal sign is a point, and digits are not grouped";
    if (digits_with(body, ":"))
        return "this is a time, not a number";
    if (strcmp(body, ".nan") == 0 || strcmp(body, ".inf") == 0 || strcmp(body, "nan") == 0 || strcmp(body, "inf") == 0)
        return "a number must be finite";
    if (digits_with(body, "") && body[0] == '0')
        return "a leading zero would mean octal elsewhere; write the number without it";
    if (digits_with(body, "."))
        return "it has a fraction";
    if (digits_with(body, ".eE+-"))
        return "the number is too large, or not written as one";
    return NULL;
}

static bool refuse(const lng_doc *d, const char *what, lng_errors *errors)
{
    if (d->kind != LNG_DOC_SCALAR)
        return lng_error(errors, LNG_E_TYPE, d->place, "%s is expected here", what);
    const char *why = reason(d->text);
    if (why)
        return lng_error(errors, LNG_E_TYPE, d->place, "%s is expected, found `%.60s`: %s", what, d->text, why);
    return lng_error(errors, LNG_E_TYPE, d->place, "%s is expected, found `%.60s`", what, d->text);
}

bool lng_scalar_int(const lng_doc *d, int64_t *out, lng_errors *errors)
{
    return (d->kind == LNG_DOC_SCALAR && lng_parse_int(d->text, d->length, out)) || refuse(d, "an integer", errors);
}

bool lng_scalar_number(const lng_doc *d, double *out, lng_errors *errors)
{
    return (d->kind == LNG_DOC_SCALAR && lng_parse_double(d->text, d->length, out)) || refuse(d, "a number", errors);
}
