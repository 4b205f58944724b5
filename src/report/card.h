/* The model card (Mitchell and others, Model Cards for Model Reporting, FAT* 2019): what the file's `card` says and what the run knows. As
 * Markdown it is whole; on the page it refers to the sections that show the same. */
#ifndef LNG_REPORT_CARD_H
#define LNG_REPORT_CARD_H
#include "report/facts.h"
#include "report/page.h"

/* The texts of the section `card`. */
typedef struct lng_card_part {
    const char *key, *name; /* name: as a fact in a list; NULL: it is a section */
} lng_card_part;
extern const lng_card_part lng_card_parts[];
extern const size_t lng_card_part_count;
const char *lng_card_text(const lng_model *, const lng_card_part *); /* NULL: the file does not say */

typedef struct lng_sheet {
    const lng_report *report;
    const lng_drawn *drawn;
    const lng_page *page; /* NULL: Markdown */
    lng_text *out;
    lng_arena *arena;
} lng_sheet;

/* ---- sheet.c: markup. Texts are escaped. ---- */
void lng_sheet_heading(const lng_sheet *, const char *);
void lng_sheet_paragraph(const lng_sheet *, const char *);
void lng_sheet_fact(const lng_sheet *, const char *name, const char *value); /* an item of a list */
void lng_sheet_facts_end(const lng_sheet *);
void lng_sheet_see(const lng_sheet *, const char *section, const char *title);                /* on the page: a section of it */
void lng_sheet_head(const lng_sheet *, const char *about, const char *const *cell, size_t n); /* of a table */
void lng_sheet_row(const lng_sheet *, const char *const *cell, size_t n);
void lng_sheet_table_end(const lng_sheet *);

/* ---- card.c ---- */
void lng_card_sheet(const lng_sheet *); /* all sections */

#endif
