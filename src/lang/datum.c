/* Data as text. */
#include "base/assert.h"
#include "lang/datum.h"
#include <string.h>

const char *lng_datum_text(lng_arena *arena, const lng_datum *t)
{
    char number[LNG_NUMBER_SIZE], shape[LNG_SHAPE_TEXT];
    switch (t->kind) {
    case LNG_DATUM_INT:
        return lng_format(arena, "the integer %s", lng_grouped(number, t->i));
    case LNG_DATUM_FLOAT:
        lng_number(number, t->f);
        return lng_format(arena, strpbrk(number, ".en") ? "the number %s" : "the number %s.0", number); /* what no integer is */
    case LNG_DATUM_BOOL:
        return t->i ? "`true`" : "`false`";
    case LNG_DATUM_STRING:
        return lng_format(arena, "the word `%.60s`", t->s);
    case LNG_DATUM_SHAPE:
        return lng_format(arena, "the shape %s", t->shape.rank ? lng_shape_text(shape, t->shape) : "[]");
    case LNG_DATUM_BLOCK:
        return lng_format(arena, "the block `%s`", t->block->name);
    case LNG_DATUM_VALUE:
        return lng_format(arena, t->value->shape.rank ? "a value of shape %s" : "a %s value",
                          lng_shape_text(shape, t->value->shape));
    case LNG_DATUM_TUPLE:
        return lng_format(arena,
                          t->items && t->item[0].kind == LNG_DATUM_SHAPE ? "a list of %zu"
                          : t->items == 1                                ? "%zu value"
                                                                         : "%zu values",
                          t->items);
    case LNG_DATUM_NONE:
        break;
    }
    return "nothing";
}

lng_datum lng_datum_alone(lng_datum t)
{
    return t.kind == LNG_DATUM_TUPLE && t.items == 1 ? t.item[0] : t;
}

bool lng_datum_is_number(const lng_datum *t)
{
    return t->kind == LNG_DATUM_INT || t->kind == LNG_DATUM_FLOAT;
}

double lng_datum_number(const lng_datum *t)
{
    LNG_ASSERT(lng_datum_is_number(t));
    return t->kind == LNG_DATUM_INT ? (double)t->i : t->f;
}
