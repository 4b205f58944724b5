/* Single predictions on the page: the most confident mistakes, and those that were least sure; of numbers, the largest errors. */
#include "report/page.h"

#define LENGTH 160 /* bytes of what is in an example */

static void pictures(const lng_page *p, const lng_array *images, const lng_answer *at, size_t n, const lng_range *range)
{
    lng_arena *a = p->arena;
    lng_page_put(p, "<ul class=\"pictures\">\n");
    for (size_t i = 0; i < n; i++) {
        const bool right = at[i].class == at[i].label;
        lng_page_put(p, lng_format(a, "<li><img alt=\"example %lld\" src=\"", (long long)at[i].example));
        lng_picture_uri(p->out, images, range->first + at[i].example);
        lng_page_put(p, lng_format(a, "\"><br>example %lld<br>", (long long)at[i].example));
        lng_page_say(p, lng_answer_said(a, &p->drawn, &at[i]));
        lng_page_put(p, right ? "<br><span class=\"met\">" : "<br><span class=\"unmet\">");
        lng_page_say(p, right ? "right" : lng_answer_right(a, &p->drawn, &at[i]));
        lng_page_put(p, "</span></li>\n");
    }
    lng_page_put(p, "</ul>\n");
}

static void rows(const lng_page *p, const char *title, const lng_answer *at, size_t n, const lng_range *range)
{
    lng_arena *a = p->arena;
    lng_page_table(p, title, (const char *const[]){"example", "predicted", "", "what is in it"}, 4);
    for (size_t i = 0; i < n; i++) {
        const bool right = at[i].class == at[i].label;
        lng_page_put(p, lng_format(a, "<tr><th scope=\"row\">%lld</th><td>", (long long)at[i].example));
        lng_page_say(p, lng_answer_said(a, &p->drawn, &at[i]));
        lng_page_put(p, right ? "</td><td class=\"met\">" : "</td><td class=\"unmet\">");
        lng_page_say(p, right ? "right" : lng_answer_right(a, &p->drawn, &at[i]));
        lng_page_put(p, "</td><td class=\"prose\">");
        lng_page_say(p, lng_example_text(a, &p->drawn, range, at[i].example, LENGTH));
        lng_page_put(p, "</td></tr>\n");
    }
    lng_page_table_end(p);
}

static void list(const lng_page *p, const char *title, bool mistakes)
{
    lng_answer at[LNG_ANSWERS];
    const lng_range range = lng_split_range(p->report->data, p->drawn.split);
    const lng_array *images = lng_picture_field(range.part);
    const size_t n = lng_answers_find(&p->drawn, mistakes, at, LNG_ANSWERS);
    if (n == 0)
        return;
    lng_page_put(p, "<h3>");
    lng_page_say(p, title);
    lng_page_put(p, "</h3>\n");
    if (images)
        pictures(p, images, at, n, &range);
    else
        rows(p, title, at, n, &range);
}

void lng_page_examples(const lng_page *p)
{
    if (!p->drawn.scores || lng_lacks_answers(&p->drawn))
        return;
    lng_page_section(p, "examples", "Examples");
    if (lng_answers_are_numbers(&p->drawn))
        list(p, "The largest errors", true);
    else {
        list(p, "The most confident mistakes", true);
        list(p, "The least sure", false);
    }
    lng_page_section_end(p);
}
