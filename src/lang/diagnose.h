/* Errors of elaboration, placed in the user's text: one inside a standard block moves to the origin of the datum, or to the call. */
#ifndef LNG_LANG_DIAGNOSE_H
#define LNG_LANG_DIAGNOSE_H
#include "lang/scope.h"

/* Each returns false. */
bool lng_complain(const lng_scope *, lng_place, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_complain_datum(const lng_scope *, const lng_datum *, lng_code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Of a mistake that shows at a place, in what the user gave elsewhere; without that, in the place or the user's call that led to it. */
bool lng_complain_given(const lng_scope *, lng_place given, lng_place at, lng_code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define lng_complain_at(scope, expr, ...) lng_complain(scope, lng_expr_place(expr), __VA_ARGS__)
/* These add a hint or a second place to the error just recorded. */
lng_errors *
lng_heard(const lng_scope *); /* the list; NULL if the error just found was not recorded, and hints need not be looked for */
#define lng_hint(scope, ...) lng_error_hint(lng_heard(scope), __VA_ARGS__)
void lng_suggest(const lng_scope *, const char *name); /* "did you mean"; so the name is not called unused, too */
#define lng_related(scope, place, ...) lng_error_related(lng_heard(scope), place, __VA_ARGS__)
#define LNG_WAY                        3 /* notes about the way to a mistake, at most */
/* Adds the standard block that the place is in, and the turns and calls that led to it. */
void lng_relate(const lng_scope *, lng_place);
lng_place lng_user_place(const lng_scope *, lng_place); /* the place, or the user's call that led to it */
const char *lng_user_block(const lng_scope *);          /* in a standard block: the one that the user's call names */

bool lng_exhausted(lng_scope *, const lng_expr *at, int64_t work); /* counts work; true past a limit, which is recorded once */
void lng_hint_items(const lng_scope *,
                    const lng_datum *); /* what to write where several values stand for one; of others, nothing */
#endif
