/* report.html: one file, without scripts and without anything from the network, in the order in which a reader asks.
 *
 * The page follows the reader's color scheme, folds from 1600 to 400 pixels, and prints on white. */
#include "report/page.h"
#include <math.h>
#include <string.h>

static const char style[] =
    "*{box-sizing:border-box}html{background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
    "body{margin:0 auto;padding:1rem 1rem 4rem;max-width:72rem;overflow-wrap:anywhere}h1{font-size:1.7rem;line-height:1.2;margin:1rem 0 .3rem}\n"
    "h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--grid)}h3{font-size:1rem;margin:1.4rem 0 .4rem}\n"
    "p{max-width:46rem;margin:.5rem 0}.dim{color:var(--dim)}a{color:var(--c0)}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr));gap:.8rem;margin:1rem 0}\n"
    ".card{border:1px solid var(--grid);border-radius:.4rem;padding:.7rem .9rem}.card b{display:block;font-size:1.7rem;line-height:1.2;"
    "font-variant-numeric:tabular-nums}.card b+span{font-size:.85rem}.note{border-left:.25rem solid var(--c1);padding-left:.8rem}\n"
    ".wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25rem .8rem .25rem 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid);font-weight:400}\n"
    "th:first-child,td.text,td.prose{text-align:left}td.prose{white-space:normal;min-width:16rem}thead th{color:var(--dim);vertical-align:bottom}caption{text-align:left;color:var(--dim)}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.2rem;align-items:start}\n"
    ".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,33rem),1fr));column-gap:2.5rem}\n"
    "figure{margin:0}figcaption{color:var(--dim);font-size:.9rem;margin:.2rem 0 .6rem}figcaption::first-letter{text-transform:uppercase}svg.figure{display:block;width:100%;height:auto}\n"
    ".layers{max-width:35rem}.layers svg.figure{margin:0}details.block>svg{width:calc(100% - 2rem);margin-left:2rem;border-left:1px dashed var(--grid)}\n"
    "details.block>summary{position:relative;list-style:none}details.block>summary::after{content:\"+\";position:absolute;left:50%;top:50%}\n"
    "details.block[open]>summary::after{content:\"\\2212\"}\n"
    ".met{color:var(--c2);font-weight:600}.unmet{color:var(--c1);font-weight:600}\n"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.8rem;padding:0;margin:.6rem 0;list-style:none}\n"
    ".pictures img{width:5.5rem;height:5.5rem;object-fit:contain;image-rendering:pixelated;border:1px solid var(--grid);background:#000}\n"
    ".pictures li{font-size:.85rem;line-height:1.3}summary{cursor:pointer;color:var(--c0)}code,pre{font-family:ui-monospace,monospace}\n"
    "pre{overflow-x:auto;padding:.6rem;border:1px solid var(--grid);border-radius:.4rem;font-size:.85rem}\n"
    ".pair th,.pair td{font-size:.875rem;padding-right:.6rem}table:has(td.prose) thead th:last-child{text-align:left}\n"
    ".words th,.words td{text-align:left;vertical-align:top;white-space:normal;min-width:7rem}\n"
    "@media (max-width:32rem){th,td{padding-right:.5rem;font-size:.88rem}}\n"
    "@media print{html{font-size:11px}.pair{grid-template-columns:1fr}svg.figure{max-height:23cm}h2{break-after:avoid}figure,.card,tr,li,svg.figure{break-inside:avoid}figure:has(.figures){break-inside:auto}.wide{overflow:visible}body{max-width:none}}\n";

void lng_page_put(const lng_page *p, const char *markup)
{
    lng_text_put(p->out, markup, strlen(markup));
}

void lng_page_say(const lng_page *p, const char *text)
{
    lng_markup(p->out, text);
}

void lng_page_section(const lng_page *p, const char *id, const char *title)
{
    lng_text_add(p->out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    lng_page_say(p, title);
    lng_page_put(p, "</h2>\n");
}

void lng_page_section_end(const lng_page *p)
{
    lng_page_put(p, "</section>\n");
}

void lng_page_table(const lng_page *p, const char *about, const char *const *head, size_t columns)
{
    lng_page_put(p, "<section class=\"wide\" tabindex=\"0\" aria-label=\"");
    lng_page_say(p, about);
    lng_page_put(p, "\"><table>\n");
    if (columns == 0) {
        lng_page_put(p, "<tbody>\n");
        return;
    }
    lng_page_put(p, "<thead><tr>");
    for (size_t i = 0; i < columns; i++) {
        lng_page_put(p, *head[i] ? "<th scope=\"col\">" : "<td>");
        lng_page_say(p, head[i]);
        lng_page_put(p, *head[i] ? "</th>" : "</td>");
    }
    lng_page_put(p, "</tr></thead>\n<tbody>\n");
}

void lng_page_row(const lng_page *p, const char *const *cell, size_t columns)
{
    lng_page_put(p, "<tr><th scope=\"row\">");
    lng_page_say(p, cell[0]);
    lng_page_put(p, "</th>");
    for (size_t i = 1; i < columns; i++) {
        lng_page_put(p, "<td>");
        lng_page_say(p, cell[i]);
        lng_page_put(p, "</td>");
    }
    lng_page_put(p, "</tr>\n");
}

void lng_page_table_end(const lng_page *p)
{
    lng_page_put(p, "</tbody></table></section>\n");
}

static void caption(const lng_page *p, const lng_figure *f)
{
    lng_page_put(p, "<figcaption>");
    lng_page_say(p, f->about);
    lng_page_put(p, "</figcaption></figure>\n");
}

void lng_page_figure(const lng_page *p, const char *name)
{
    const lng_figure *f = lng_figure_find(name);
    if (!lng_figure_applies(f, &p->drawn))
        return;
    lng_page_put(p, "<figure>\n");
    f->draw(&p->drawn, p->out, false);
    caption(p, f);
}

/* The panels of the learning curves, side by side where there is room. */
static void curves(const lng_page *p)
{
    const lng_figure *f = lng_figure_find("curves");
    if (!lng_figure_applies(f, &p->drawn))
        return;
    lng_page_section(p, "curves", "Learning");
    lng_page_put(p, "<figure><div class=\"figures\">\n");
    lng_curves_markup(&p->drawn, p->out);
    lng_page_put(p, "</div>");
    caption(p, f);
    lng_page_section_end(p);
}

/* A section of figures, if one of them applies. */
static void figures(const lng_page *p, const char *id, const char *title, const char *const *name, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++)
        any = any || lng_figure_applies(lng_figure_find(name[i]), &p->drawn);
    if (!any)
        return;
    lng_page_section(p, id, title);
    lng_page_put(p, n > 1 ? "<div class=\"figures\">\n" : "");
    for (size_t i = 0; i < n; i++)
        lng_page_figure(p, name[i]);
    lng_page_put(p, n > 1 ? "</div>\n" : "");
    lng_page_section_end(p);
}

void lng_page_begin(const lng_page *p, const char *title)
{
    lng_page_put(p,
                 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                 "content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    lng_page_say(p, title);
    lng_page_put(p, "</title>\n<style>\n");
    lng_page_put(p, lng_figure_style);
    lng_page_put(p, style);
    lng_page_put(p, "</style>\n</head>\n<body>\n<main>\n");
}

void lng_page_end(const lng_page *p)
{
    lng_page_put(p, "</main>\n</body>\n</html>\n");
}

void lng_report_html(const lng_report *r, lng_text *out)
{
    const lng_page page = {r, out, out->arena, lng_report_drawn(r, out->arena)}, *p = &page;
    lng_page_begin(p, lng_format(out->arena, "%s on %s", r->model->name, r->data->name));
    lng_page_headline(p);
    lng_page_verdict(p);
    lng_page_splits(p);
    lng_page_put(p, "<div class=\"pair\">\n");
    figures(p, "confusion", "Confusion", (const char *const[]){"confusion"}, 1);
    lng_page_classes(p);
    lng_page_put(p, "</div>\n");
    curves(p);
    figures(p, "ranking", "ROC, precision and recall", (const char *const[]){"roc", "pr"}, 2);
    figures(p, "confidence", "Confidence", (const char *const[]){"calibration", "coverage"}, 2);
    figures(p, "outputs", "Outputs", (const char *const[]){"outputs"}, 1);
    figures(p, "numbers", "Predicted numbers", (const char *const[]){"predicted", "residuals"}, 2);
    lng_page_examples(p);
    lng_page_data(p);
    lng_page_model(p);
    lng_page_facts(p);
    lng_page_card(p);
    lng_page_end(p);
}
