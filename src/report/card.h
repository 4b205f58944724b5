/* The model card (Mitchell and others, Model Cards for Model Reporting, FAT* 2019): what the file's `card` says, section by section. */
#ifndef LNG_REPORT_CARD_H
#define LNG_REPORT_CARD_H
#include "report/report.h"

typedef struct lng_card_part {
    const char *title, *key; /* of the section `card`; several parts may have one title */
    const char *name;        /* of the fact, in a list; NULL: the text stands alone */
} lng_card_part;
extern const lng_card_part lng_card_parts[];
extern const size_t lng_card_part_count;
const char *lng_card_text(const lng_model *, const lng_card_part *); /* NULL: the file does not say */

#endif
