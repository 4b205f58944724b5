/* The parts of report.html; shared by the files that write it, and not for other rooms. Everything that comes from outside, names of models,
 * metrics and data, goes through lng_markup. */
#ifndef LNG_REPORT_PAGE_H
#define LNG_REPORT_PAGE_H
#include "report/facts.h"

typedef struct lng_page {
    const lng_report *report;
    lng_text *out;
    lng_arena *arena;
    lng_drawn drawn; /* what the figures show: the last split, by which to judge */
} lng_page;

/* Each adds its section, or nothing if it has nothing to say. */
void lng_page_headline(const lng_page *);
void lng_page_verdict(const lng_page *);
void lng_page_splits(const lng_page *);
void lng_page_classes(const lng_page *);
void lng_page_examples(const lng_page *); /* the most confident mistakes, the least sure */
void lng_page_data(const lng_page *);
void lng_page_model(const lng_page *);
void lng_page_facts(const lng_page *);
void lng_page_card(const lng_page *);

/* ---- for these ---- */
void lng_page_begin(const lng_page *, const char *title);
void lng_page_end(const lng_page *);
void lng_page_put(const lng_page *, const char *markup);
void lng_page_say(const lng_page *, const char *text); /* escaped */
void lng_page_section(const lng_page *, const char *id, const char *title);
void lng_page_section_end(const lng_page *);
/* A table that scrolls if it is wider than the page: its columns' heads, the first of which names its rows; 0: it has none. Then the cells
 * row by row. */
void lng_page_table(const lng_page *, const char *about, const char *const *head, size_t columns);
void lng_page_row(const lng_page *, const char *const *cell, size_t columns);
void lng_page_table_end(const lng_page *);
void lng_page_figure(const lng_page *, const char *name); /* if it applies */

#endif
