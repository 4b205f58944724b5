/* Plain numbers of the sections. The form of numbers is decided here, not by YAML, and a text that YAML 1.1 would have taken for something
 * else is refused with the reason. */
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

/* Why a text that resembles a number is not one; NULL if it does not resemble one. */
static const char *reason(const char *s, bool integer)
{
    const char *body = s + (*s == '-' || *s == '+');
    if (body[0] == '0' && (body[1] == 'x' || body[1] == 'X' || body[1] == 'o' || body[1] == 'b'))
        return "numbers must be decimal";
    if (digits_with(body, ""))
        return body[0] == '0' ? "a leading zero means octal elsewhere; leave it out" : "it does not fit in 64 bits";
    if (digits_with(body, "_"))
        return "digits cannot be grouped with _";
    if (digits_with(body, ","))
        return "write a decimal point, and do not group digits";
    if (digits_with(body, ":"))
        return "this is a time, not a number";
    if (strcmp(body, ".nan") == 0 || strcmp(body, ".inf") == 0 || strcmp(body, "nan") == 0 || strcmp(body, "inf") == 0)
        return "numbers must be finite";
    if (integer && digits_with(body, "."))
        return "it has a decimal point";
    if (integer && digits_with(body, ".eE+-"))
        return "write all digits of an integer, without an exponent";
    return digits_with(body, ".eE+-") ? "it is too large, or not a number" : NULL;
}

static bool refuse(const lng_doc *d, bool integer, lng_errors *errors)
{
    const char *what = integer ? "an integer" : "a number";
    if (d->kind != LNG_DOC_SCALAR)
        return lng_error(errors, LNG_E_TYPE, d->place, "expected %s", what);
    const char *why = reason(d->text, integer);
    if (why)
        return lng_error(errors, LNG_E_TYPE, d->place, "expected %s, found `%.60s`: %s", what, d->text, why);
    return lng_error(errors, LNG_E_TYPE, d->place, "expected %s, found `%.60s`", what, d->text);
}

bool lng_scalar_int(const lng_doc *d, int64_t *out, lng_errors *errors)
{
    return (d->kind == LNG_DOC_SCALAR && lng_parse_int(d->text, d->length, out)) || refuse(d, true, errors);
}

bool lng_scalar_number(const lng_doc *d, double *out, lng_errors *errors)
{
    return (d->kind == LNG_DOC_SCALAR && lng_parse_double(d->text, d->length, out)) || refuse(d, false, errors);
}

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

void lng_comma_hint(const char *before, size_t n, const char *after, lng_errors *errors)
{
    size_t from = n;
    while (from > 0 && before[from - 1] >= '0' && before[from - 1] <= '9')
        from--;
    if (from < n && digits(after) > 0)
        lng_error_hint(errors, "the decimal mark is a point: write %.*s.%.*s", (int)(n - from), before + from, (int)digits(after),
                       after);
}

void lng_cut_number_hint(const lng_doc *mapping, size_t i, lng_errors *errors)
{
    const lng_doc *before = i > 0 ? mapping->item[i - 1] : NULL;
    if (before && before->kind == LNG_DOC_SCALAR && mapping->flow && lng_doc_is_null(mapping->item[i]))
        lng_comma_hint(before->text, before->length, mapping->key[i]->text, errors);
}
