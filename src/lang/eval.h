/* Expressions to data. */
#ifndef LNG_LANG_EVAL_H
#define LNG_LANG_EVAL_H
#include "lang/scope.h"

lng_datum lng_eval(lng_scope *, const lng_expr *);
lng_datum lng_eval_block(lng_scope *, const lng_expr *); /* a block, perhaps with attributes bound (call.c) */
lng_datum lng_eval_index(lng_scope *, const lng_expr *); /* x[i, j:k] (index.c) */
lng_datum lng_eval_list(lng_scope *, const lng_expr *);  /* [a, b] (list.c) */
lng_datum lng_eval_for(lng_scope *, const lng_expr *);   /* [a for i in b] */
lng_datum lng_eval_scan(lng_scope *, const lng_expr *);  /* scan.c */
/* Converted to what an attribute is declared as: an expression, a datum (convert.c). */
lng_datum lng_eval_as(lng_scope *, const lng_expr *, const lng_attr_decl *);
lng_datum lng_convert(lng_scope *, lng_datum, const lng_attr_decl *);
lng_datum lng_operate(lng_scope *, const lng_expr *, lng_datum, lng_datum); /* a binary operator (operator.c) */
lng_datum lng_negate(lng_scope *, const lng_expr *, lng_datum);             /* a unary one */
/* A datum made of others, with the place that it came from. */
lng_datum lng_derived(const lng_scope *, const lng_expr *, lng_datum_kind, const lng_datum *from, size_t n);
bool lng_continues_as_item(const lng_expr *);               /* an item of a sequence that is indented too deeply */
void lng_offer_names(const lng_scope *, lng_nearest *);     /* all values that are in sight */
lng_datum lng_unknown_value(lng_scope *, const lng_expr *); /* records the error */
#endif
