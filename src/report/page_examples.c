/* Single predictions on the page: the most confident mistakes, and those that were least sure. */
#include "report/page.h"
#include <stdlib.h>

#define SHOWN 12

typedef struct answer {
    int64_t example, class, label;
    double confidence;
} answer;

static int most_confident(const void *a, const void *b)
{
    const answer *x = a, *y = b;
    if (x->confidence != y->confidence)
        return x->confidence < y->confidence ? 1 : -1;
    return (x->example > y->example) - (x->example < y->example);
}

static answer answer_of(const lng_scored *e, int64_t i)
{
    const float *p = e->score + i * e->columns;
    const int64_t k = lng_predicted(p, e->columns);
    return (answer){i, k, e->label[i], lng_confidence(p, e->columns, k)};
}

static void picture(const lng_page *p, const lng_array *images, int64_t row, const char *about)
{
    lng_page_put(p, "<img alt=\"");
    lng_page_say(p, about);
    lng_page_put(p, "\" src=\"");
    lng_picture_uri(p->out, images, row);
    lng_page_put(p, "\">");
}

static void list(const lng_page *p, const char *title, const answer *at, int64_t n, const lng_range *range)
{
    const lng_array *images = lng_picture_field(range->part);
    lng_arena *a = p->arena;
    if (n == 0)
        return;
    lng_page_put(p, "<h3>");
    lng_page_say(p, title);
    lng_page_put(p, "</h3>\n<ul class=\"pictures\">\n");
    for (int64_t i = 0; i < n; i++) {
        const char *said = lng_format(a, "example %lld: %s (%s %%)", (long long)at[i].example,
                                      lng_class_text(a, &p->drawn, at[i].class), lng_fixed(a, 100 * at[i].confidence, 1));
        lng_page_put(p, "<li>");
        if (images)
            picture(p, images, range->first + at[i].example, lng_format(a, "example %lld", (long long)at[i].example));
        lng_page_put(p, images ? "<br>" : "");
        lng_page_say(p, said);
        lng_page_put(p, at[i].class == at[i].label ? "<br><span class=\"met\">right</span>" : "<br><span class=\"unmet\">");
        if (at[i].class != at[i].label)
            lng_page_say(p, lng_format(a, "label %s", lng_class_text(a, &p->drawn, at[i].label)));
        lng_page_put(p, at[i].class == at[i].label ? "</li>\n" : "</span></li>\n");
    }
    lng_page_put(p, "</ul>\n");
}

void lng_page_examples(const lng_page *p)
{
    if (!lng_figure_applies(lng_figure_find("coverage"), &p->drawn)) /* which needs the same */
        return;
    const lng_scored *e = lng_drawn_scored(&p->drawn);
    const lng_range range = lng_split_range(p->report->data, p->drawn.split);
    answer *all = LNG_NEW_N(p->arena, (size_t)e->count, answer), wrong[SHOWN];
    int64_t mistakes = 0;
    for (int64_t i = 0; i < e->count; i++)
        all[i] = answer_of(e, i);
    qsort(all, (size_t)e->count, sizeof *all, most_confident);
    for (int64_t i = 0; i < e->count && mistakes < SHOWN; i++)
        if (all[i].class != all[i].label)
            wrong[mistakes++] = all[i];
    const int64_t unsure = e->count < SHOWN ? e->count : SHOWN;
    lng_page_section(p, "examples", "Examples");
    list(p, "The most confident mistakes", wrong, mistakes, &range);
    list(p, "The least sure", all + e->count - unsure, unsure, &range);
    lng_page_section_end(p);
}
