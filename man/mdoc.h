/* Manual pages made from tables: what all of them need. Written to standard output as mdoc.
 *
 * Text is plain text: `code` becomes bold, everything else stands for itself. */
#ifndef LNG_MAN_MDOC_H
#define LNG_MAN_MDOC_H
#include <stdbool.h>

void page_begin(const char *name, int section, const char *about); /* up to the heading of the first section */
void put_line(const char *text);
void put_sentence(const char *text);                    /* capital letter, full stop */
void put_paragraphs(const char *text);                  /* apart by empty lines; what is indented is literal */
void put_literal(const char *text);                     /* lines as they are */
void put_display(const char *text);                     /* apart, and filled */
void put_macro(const char *name, const char *argument); /* one argument, whatever is in it */
const char *upper(const char *name, char buffer[64]);

/* What templates ask for; false after saying why on standard error. */
bool put_section(const char *name);
bool put_datasets(void);
#define MAX_CODES 256
bool put_code(const char *name, bool shown[]);
void put_codes_left(const bool shown[]);
void put_exit_statuses(void);

/* Whole pages; false after saying why. */
bool write_ops(void);
bool write_blocks(void);
bool write_program(void);
bool write_verb(const char *name);
bool write_template(const char *path);

#endif
