/* Errors of elaboration, brought to the user's text: those in a standard block to the datum's origin or to the call. */
#ifndef LNG_LANG_DIAGNOSE_H
#define LNG_LANG_DIAGNOSE_H
#include "lang/scope.h"

/* Each returns false. */
bool lng_complain(const lng_scope *, lng_place, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_complain_at(const lng_scope *, const lng_expr *, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_complain_datum(const lng_scope *, const lng_datum *, lng_code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A hint or second place for the error just recorded. */
void lng_hint(const lng_scope *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lng_related(const lng_scope *, lng_place, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same, of the standard block that the place is in or the call that led to it. */
void lng_relate(const lng_scope *, lng_place);
lng_place lng_user_place(const lng_scope *, lng_place); /* the place, or the user's call that led to it */

bool lng_exhausted(lng_scope *, const lng_expr *at, int64_t work); /* counts work; true (recorded once) past a limit */
#endif
