/* Classes that are rare (balance.c). */
#ifndef LNG_LANG_BALANCE_H
#define LNG_LANG_BALANCE_H
#include "lang/compile.h"

/* Reads `class_weights` and `sample`; false after an error. Fields are known. */
bool lng_compile_balance(lng_compiler *, const lng_doc *train);
/* The loss of each example times the weight of its class, if the model has such weights. */
lng_value *lng_weigh_loss(lng_compiler *, lng_scope *, lng_value *loss);
#endif
