/* Predicted numbers in the units of the data (units.c). */
#ifndef LNG_LANG_UNITS_H
#define LNG_LANG_UNITS_H
#include "lang/scope.h"

typedef enum lng_scale_part { LNG_SCALE_SUBTRACT, LNG_SCALE_DIVIDE } lng_scale_part;
/* The state that has this part of a field's scale. */
const char *lng_scale_name(lng_arena *, const char *field, lng_scale_part);
/* Notes which fields the model's output depends on. If it predicts one that is scaled, `out` and that field stand for numbers in the
 * user's units from here on. Gives the output in them. alone: it is the model's only result; parts of several are not told apart. */
lng_value *lng_restore_units(lng_scope *, lng_value *out, bool alone);
/* Warns of a metric that compares numbers in these units with some that stay scaled. */
void lng_check_units(lng_scope *, const lng_expr *metric);
#endif
