/* Tables of text for people: columns as wide as their widest cell, rules between groups of rows. */
#ifndef LNG_REPORT_TABLE_H
#define LNG_REPORT_TABLE_H
#include "base/text.h"

/* What the destination of a text can show. */
typedef struct lng_look {
    bool colour, utf8;
    int width; /* in columns; 0: no limit */
} lng_look;

typedef enum { LNG_PLAIN, LNG_BOLD, LNG_DIM, LNG_RIGHT, LNG_WRONG } lng_style; /* right, wrong: of predictions */
const char *lng_style_on(lng_look, lng_style);
const char *lng_style_off(lng_look, lng_style);

typedef struct lng_table lng_table;
/* align: a letter per column, 'l' or 'r', in upper case if the column may be dropped for lack of room (the last one first). */
lng_table *lng_table_new(lng_arena *, const char *align, int indent, int gap);
void lng_table_cell(lng_table *, lng_style, const char *text); /* row by row; the text is not copied */
void lng_table_rule(lng_table *);                              /* between rows */
void lng_table_write(const lng_table *, lng_text *, lng_look);
int lng_table_width(const lng_table *); /* in columns, with nothing dropped or narrowed */

/* Folds paragraphs at spaces; width 0: 80 columns. Does not end the last line. */
void lng_wrap(lng_text *, const char *text, const char *indent, int width);

/* A number with a fixed number of decimals, and a point in any locale; "undefined" for NaN. */
const char *lng_fixed(lng_arena *, double value, int decimals);
const char *lng_count(lng_arena *, int64_t); /* "54,000" */
const char *lng_rate(lng_arena *, double);   /* a second: "54,000"; below 10, "0.4" */

#endif
