/* The model card on the page. */
#include "report/card.h"

void lng_page_card(const lng_page *p)
{
    const lng_sheet sheet = {p->report, &p->drawn, p, p->out, p->arena};
    lng_page_section(p, "card", "Model card");
    lng_card_sheet(&sheet);
    lng_page_section_end(p);
}
