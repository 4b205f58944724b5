/* The rows of the layer table, gathered while the model's block is elaborated for evaluation: its steps, what `let` and `out` name, and
 * each other call in them that has parameters or multiply-adds. What is computed, and which parameters are read, counts for the innermost of these. */
#ifndef LNG_LANG_LAYERS_H
#define LNG_LANG_LAYERS_H
#include "lang/model.h"
#include "lang/scope.h"

typedef enum lng_row_kind {
    LNG_ROW_OF_TEXT, /* a step, a let, the result */
    LNG_ROW_OF_CALL  /* anything else: part of the row around it, unless it has parameters or multiply-adds */
} lng_row_kind;

struct lng_layers *lng_layers_new(lng_arena *);
/* Between these two, nodes and parameters belong to the row. -1: it is not a row of the table. `of` is what the row evaluates. */
int lng_layers_enter(lng_scope *, lng_row_kind, const char *name, const lng_expr *of, lng_place);
void lng_layers_leave(lng_scope *, int row, const lng_datum *);
void lng_layers_finish(struct lng_layers *, lng_model *); /* in the order of the text */
#endif
