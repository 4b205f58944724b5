/* The blocks that a file can name: its own, and the standard ones (src/std).
 *
 * A standard block sees standard blocks and ops, never those of the file. Inside a block, its own name means what it hides. In a file's
 * `blocks`, std.NAME replaces the standard NAME: an expanded document brings its own. */
#ifndef LNG_SYNTAX_LIBRARY_H
#define LNG_SYNTAX_LIBRARY_H
#include "graph/op.h"
#include "syntax/block.h"

#define LNG_ACTIVATIONS "activations" /* the group that has ops, too: those with LNG_OP_ACTIVATION */

typedef struct lng_library {
    lng_arena *arena;
    lng_errors *errors;
    lng_map *own, *standard; /* name -> lng_block */
} lng_library;
lng_library *lng_library_new(lng_arena *, lng_errors *);
bool lng_library_add(lng_library *, const lng_doc *blocks); /* a file's */
/* What `name` means inside `from` (NULL: in the model): a block or an op, else false. */
bool lng_library_find(const lng_library *, const lng_block *from, const char *name, lng_block **, const lng_op **);
/* The names of a group, in the order of the library: blocks, and the ops that are listed with them. */
lng_map *lng_group_names(const lng_library *, const char *group);
#endif
