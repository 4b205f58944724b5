/* The model card on the page: what the file says about use and limits. */
#include "report/card.h"
#include "report/page.h"
#include <string.h>

void lng_page_card(const lng_page *p)
{
    const char *title = NULL;
    for (size_t i = 0; i < lng_card_part_count; i++) {
        const lng_card_part *part = &lng_card_parts[i];
        const char *text = lng_card_text(p->report->model, part);
        if (!text)
            continue;
        if (!title)
            lng_page_section(p, "card", "Model card");
        if (!title || strcmp(title, part->title) != 0) {
            lng_page_put(p, "<h3>");
            lng_page_say(p, part->title);
            lng_page_put(p, "</h3>\n");
        }
        title = part->title;
        lng_page_put(p, "<p>");
        if (part->name) {
            lng_page_put(p, "<span class=\"dim\">");
            lng_page_say(p, part->name);
            lng_page_put(p, ":</span> ");
        }
        lng_page_say(p, text);
        lng_page_put(p, "</p>\n");
    }
    if (title)
        lng_page_section_end(p);
}
