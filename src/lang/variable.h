/* Parameters and state: made by the first scope that reads them. */
#ifndef LNG_LANG_VARIABLE_H
#define LNG_LANG_VARIABLE_H
#include "lang/scope.h"

typedef struct lng_stored {
    lng_variable variable;
    const lng_define *define;
    lng_datum origin; /* of its initial value; only the place is used */
    lng_place place;  /* in the user's text */
    bool read_in[2];  /* in evaluation, in training */
} lng_stored;
/* Variable i, if it is a parameter that training reads and its name matches the pattern (lng_matches); else NULL. */
const lng_stored *lng_parameter_matching(const lng_elab *, size_t i, const char *pattern);
lng_datum lng_variable_read(lng_scope *, lng_binding *, const lng_expr *at);
#endif
