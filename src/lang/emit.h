/* Data to values of the current graph, and ops on them. */
#ifndef LNG_LANG_EMIT_H
#define LNG_LANG_EMIT_H
#include "lang/scope.h"

lng_value *lng_datum_value(lng_scope *, lng_datum); /* NULL after an error */
lng_datum lng_emit_op(lng_scope *, const lng_expr *, const lng_op *, const lng_datum *in, size_t n, const lng_attr *,
                      const lng_place *attr_place);
/* With default attributes. */
lng_datum lng_emit_plain(lng_scope *, const lng_expr *, const lng_op *, const lng_datum *in, size_t n);
#endif
