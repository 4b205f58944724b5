/* Tables of text: columns as wide as their widest cell, rules between groups of rows. For people, on a terminal or in a file. */
#ifndef LNG_REPORT_TABLE_H
#define LNG_REPORT_TABLE_H
#include "base/text.h"

/* How text may look where it goes. */
typedef struct lng_look {
    bool colour, utf8;
    int width; /* of the terminal; tables drop columns that may be dropped to fit; 0: no limit */
} lng_look;

typedef enum { LNG_PLAIN, LNG_BOLD, LNG_DIM } lng_style;
const char *lng_style_on(lng_look, lng_style);
const char *lng_style_off(lng_look, lng_style);

typedef struct lng_table lng_table;
/* align: a letter a column, 'l' or 'r'; in upper case where the column may be dropped when there is no room (the last one first).
 */
lng_table *lng_table_new(lng_arena *, const char *align, int indent, int gap);
void lng_table_cell(lng_table *, lng_style, const char *text); /* in order; a full row begins the next; text is kept, not copied */
void lng_table_rule(lng_table *);                              /* between rows */
void lng_table_write(const lng_table *, lng_text *, lng_look);
int lng_table_width(const lng_table *); /* in columns, where there is room */

/* Paragraphs folded at spaces; 0: 80 columns. The last line is left open. */
void lng_wrap(lng_text *, const char *text, const char *indent, int width);

/* value with a fixed number of decimals, a point for a point whatever the locale; "undefined" for NaN. In the arena. */
const char *lng_fixed(lng_arena *, double value, int decimals);
const char *lng_count(lng_arena *, int64_t); /* "54,000" */

#endif
