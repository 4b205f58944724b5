/* Manual pages made from tables, written to standard output as mdoc.
 *
 * Text is plain text: `code` becomes bold, everything else stands for itself. */
#ifndef LNG_MAN_MDOC_H
#define LNG_MAN_MDOC_H
#include "cli/topic.h"

void page_begin(const char *name, int section, const char *about); /* up to the heading of the first section */
void put_line(const char *text);
void put_sentence(lng_arena *, const char *text);       /* with a capital letter and a full stop */
void put_paragraphs(const char *text);                  /* separated by empty lines */
void put_literal(const char *text);                     /* lines as they are */
void put_macro(const char *name, const char *argument); /* with one argument, whatever is in it */
const char *upper(const char *name, char buffer[64]);

/* Writes topics as subsections of a page. */
lng_writer writer_new(lng_arena *);
void writer_end(lng_writer *); /* ends an open list */

/* For templates; false after saying why on standard error. */
bool put_topic(const lng_topics *, const char *class, const char *name); /* without a heading */
bool put_topics(const lng_topics *, const char *group, bool headings);
bool put_groups(const lng_topics *, const char *class); /* a section for each group of topics */
void put_exit_statuses(lng_arena *);
void put_suspicions(lng_arena *);
void put_verbs(lng_arena *);
void put_verb_pages(void);
void put_common_options(lng_arena *);
void put_report(lng_arena *); /* the fields of report.json */

/* Whole pages; false after saying why. */
bool write_verb(const lng_topics *, const char *name, const char *beginning); /* a template: what the page begins with */
bool write_template(const lng_topics *, const char *path);

#endif
