/* Manual pages made from tables: what all of them need. Written to standard output as mdoc.
 *
 * Text is plain text: `code` becomes bold, everything else stands for itself. */
#ifndef LNG_MAN_MDOC_H
#define LNG_MAN_MDOC_H
#include "cli/topic.h"

void page_begin(const char *name, int section, const char *about); /* up to the heading of the first section */
void put_line(const char *text);
void put_sentence(lng_arena *, const char *text);       /* capital letter, full stop */
void put_paragraphs(const char *text);                  /* apart by empty lines; what is indented is literal */
void put_literal(const char *text);                     /* lines as they are */
void put_macro(const char *name, const char *argument); /* one argument, whatever is in it */
const char *upper(const char *name, char buffer[64]);

/* Topics as they stand in a page: a subsection each. */
lng_pen pen_new(lng_arena *);
void pen_end(lng_pen *); /* ends what is open */

/* What templates ask for; false after saying why on standard error. */
bool put_topic(const lng_topics *, const char *class, const char *name); /* without a title */
bool put_topics(const lng_topics *, const char *group, bool titled);
void put_exit_statuses(lng_arena *);

/* Whole pages; false after saying why. */
bool write_ops(const lng_topics *);
bool write_blocks(const lng_topics *);
bool write_program(lng_arena *);
bool write_verb(lng_arena *, const char *name);
bool write_template(const lng_topics *, const char *path);

#endif
