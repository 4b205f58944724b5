/* Files of blocks, by `include`. What they define is put into `blocks` of the file that names them, before anything else looks at it. */
#ifndef LNG_SYNTAX_INCLUDE_H
#define LNG_SYNTAX_INCLUDE_H
#include "doc/doc.h"

#define LNG_MAX_INCLUDED 100 /* files */

/* The files stand in the folder of `path`, or below it; NULL: the text is not that of a file, and can include none. `include` is removed.
 * false after recording errors. */
bool lng_include(lng_arena *, lng_doc *model, const char *path, lng_errors *);
#endif
