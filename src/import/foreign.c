/* Elements of tensors, and attributes (foreign.h). */
#include "import/foreign.h"
#include "import/proto.h"
#include <math.h>
#include <string.h>

const char *lng_foreign_type_name(int type)
{
    static const char *const name[] = {
        [LNG_FOREIGN_FLOAT] = "float",   [LNG_FOREIGN_UINT8] = "uint8",    [LNG_FOREIGN_INT8] = "int8",
        [LNG_FOREIGN_UINT16] = "uint16", [LNG_FOREIGN_INT16] = "int16",    [LNG_FOREIGN_INT32] = "int32",
        [LNG_FOREIGN_INT64] = "int64",   [LNG_FOREIGN_STRING] = "string",  [LNG_FOREIGN_BOOL] = "bool",
        [LNG_FOREIGN_HALF] = "float16",  [LNG_FOREIGN_DOUBLE] = "double",  [LNG_FOREIGN_UINT32] = "uint32",
        [LNG_FOREIGN_UINT64] = "uint64", [LNG_FOREIGN_BFLOAT] = "bfloat16"};
    const int n = (int)(sizeof name / sizeof *name);
    return type > 0 && type < n && name[type] ? name[type] : "another type";
}

bool lng_foreign_is_real(int type)
{
    return type == LNG_FOREIGN_FLOAT || type == LNG_FOREIGN_HALF || type == LNG_FOREIGN_DOUBLE || type == LNG_FOREIGN_BFLOAT;
}

bool lng_foreign_is_whole(int type)
{
    return !lng_foreign_is_real(type) && type != LNG_FOREIGN_BOOL && type != LNG_FOREIGN_STRING;
}

static double float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A half: 1 bit of sign, 5 of exponent, 10 of fraction. */
static double half_of(unsigned bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double size = exponent == 31 ? (fraction ? NAN : INFINITY)
                        : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                       : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

double lng_foreign_at(const lng_foreign_tensor *t, int64_t i)
{
    if (!t->raw)
        return t->number[i];
    switch (t->type) {
    case LNG_FOREIGN_FLOAT:
        return float_of((uint32_t)lng_proto_fixed(t->raw + 4 * i, 4));
    case LNG_FOREIGN_HALF:
        return half_of((unsigned)lng_proto_fixed(t->raw + 2 * i, 2));
    case LNG_FOREIGN_BFLOAT:
        return float_of((uint32_t)lng_proto_fixed(t->raw + 2 * i, 2) << 16);
    case LNG_FOREIGN_DOUBLE: {
        const uint64_t bits = lng_proto_fixed(t->raw + 8 * i, 8);
        double x;
        memcpy(&x, &bits, sizeof x);
        return x;
    }
    case LNG_FOREIGN_INT64:
        return (double)(int64_t)lng_proto_fixed(t->raw + 8 * i, 8);
    case LNG_FOREIGN_UINT64:
        return (double)lng_proto_fixed(t->raw + 8 * i, 8);
    case LNG_FOREIGN_INT32:
        return (double)(int32_t)(uint32_t)lng_proto_fixed(t->raw + 4 * i, 4);
    case LNG_FOREIGN_UINT32:
        return (double)lng_proto_fixed(t->raw + 4 * i, 4);
    case LNG_FOREIGN_INT16:
        return (double)(int16_t)(uint16_t)lng_proto_fixed(t->raw + 2 * i, 2);
    case LNG_FOREIGN_UINT16:
        return (double)lng_proto_fixed(t->raw + 2 * i, 2);
    case LNG_FOREIGN_INT8:
        return (double)(int8_t)t->raw[i];
    default:
        return (double)t->raw[i];
    }
}

/* ---- attributes ---- */
const lng_foreign_attr *lng_foreign_attribute(const lng_foreign_node *n, const char *name)
{
    for (size_t i = 0; i < n->attrs; i++)
        if (strcmp(n->attr[i].name, name) == 0)
            return &n->attr[i];
    return NULL;
}

int64_t lng_foreign_int(const lng_foreign_node *n, const char *name, int64_t otherwise)
{
    const lng_foreign_attr *a = lng_foreign_attribute(n, name);
    return a ? a->integer : otherwise;
}

double lng_foreign_number(const lng_foreign_node *n, const char *name, double otherwise)
{
    const lng_foreign_attr *a = lng_foreign_attribute(n, name);
    return a ? (double)a->number : otherwise;
}

const char *lng_foreign_text(const lng_foreign_node *n, const char *name, const char *otherwise)
{
    const lng_foreign_attr *a = lng_foreign_attribute(n, name);
    return a ? a->text : otherwise;
}
