/* The canvas (canvas.h). */
#include "figure/canvas.h"
#include "base/printable.h"
#include <math.h>
#include <string.h>

#define DARK                                                                                                                       \
    "--bg:#15171c;--ink:#e9e9ec;--dim:#a7abb3;--grid:#363a42;--c0:#56b4e9;--c1:#ff9a55;--c2:#35c99b;--c3:#e8a2cb;--c4:#f0c23c;"    \
    "--c5:#9fc9ff;--c6:#c8a6f0;--c7:#b9bdc6;"

const char lng_figure_style[] =
    ":root{--bg:#fff;--ink:#1a1c20;--dim:#575b63;--grid:#d8dbe0;--c0:#0072b2;--c1:#c04f00;--c2:#007a59;--c3:#a8487d;--c4:#8a6500;"
    "--c5:#2b6fb3;--c6:#6b4ba1;--c7:#555a63}\n"
    "@media screen and (prefers-color-scheme:dark){:root{" DARK "}}\n"
    "svg.figure{font-family:system-ui,sans-serif;font-size:12px;color:var(--ink)}\n"
    "svg.figure text{fill:var(--ink)}svg.figure text.dim{fill:var(--dim)}svg.figure text.small{font-size:10px}\n"
    "svg.figure text.bold{font-weight:600}svg.figure text.over{fill:var(--bg)}svg.figure text.mono{font:9px monospace}\n"
    "svg.figure text.halo{font-weight:600;paint-order:stroke;stroke:var(--bg);stroke-width:4px}\n"
    ".axis{stroke:var(--dim);stroke-width:1}.grid{stroke:var(--grid);stroke-width:1}.back{fill:var(--bg)}\n"
    ".frame{fill:none;stroke:var(--dim)}.gap{stroke:var(--c1);stroke-width:1}\n"
    ".s0,.s1,.s2,.s3,.s4,.s5,.s6,.s7{fill:none;stroke-width:1.8;stroke-linejoin:round}\n"
    ".s0{stroke:var(--c0)}.s1{stroke:var(--c1);stroke-dasharray:7 3}.s2{stroke:var(--c2);stroke-dasharray:2 2}\n"
    ".s3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.s4{stroke:var(--c4);stroke-dasharray:4 4}\n"
    ".s5{stroke:var(--c5);stroke-dasharray:12 3}.s6{stroke:var(--c6);stroke-dasharray:1 3}.s7{stroke:var(--c7);stroke-dasharray:5 2 1 2}\n"
    ".f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}\n"
    ".f6{fill:var(--c6)}.f7{fill:var(--c7)}.fine{fill:none;stroke:var(--c7);stroke-width:.8;opacity:.7}\n";

/* ---- markup ---- */
static void put_escaped(lng_text *out, char c)
{
    static const char special[] = "&<>\"'";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    const char *at = c ? strchr(special, c) : NULL;
    if (at)
        lng_text_put(out, entity[at - special], strlen(entity[at - special]));
    else
        lng_text_put(out, &c, 1);
}

void lng_markup(lng_text *out, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        if (text[i] == '\n') {
            lng_text_put(out, &text[i++], 1);
            continue;
        }
        const lng_cell cell = lng_cell_at(text + i, n - i);
        for (int k = 0; k < cell.bytes; k++)
            put_escaped(out, cell.text[k]);
        i += cell.taken;
    }
}

lng_canvas lng_canvas_begin(lng_text *out, const char *name, double width, double height, const char *title, const char *about,
                            bool alone)
{
    lng_text_add(out, "<svg class=\"figure\" role=\"img\" aria-labelledby=\"%s-title %s-desc\" viewBox=\"0 0 %.0f %.0f\"", name,
                 name, width, height);
    lng_text_add(out,
                 alone ? " xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\">" : " style=\"max-width:%.0fpx\">",
                 width, height);
    lng_text_add(out, "<title id=\"%s-title\">", name);
    lng_markup(out, title);
    lng_text_add(out, "</title><desc id=\"%s-desc\">", name);
    lng_markup(out, about);
    lng_text_add(out, "</desc>\n");
    if (alone)
        lng_text_add(out, "<style>%s</style><rect class=\"back\" width=\"100%%\" height=\"100%%\"/>\n", lng_figure_style);
    return (lng_canvas){out, width, height};
}

void lng_canvas_end(lng_canvas *c)
{
    lng_text_add(c->out, "</svg>\n");
}

/* ---- marks ---- */
void lng_canvas_line(lng_canvas *c, const char *class, double x0, double y0, double x1, double y1)
{
    lng_text_add(c->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, x0, y0, x1, y1);
}

void lng_canvas_box(lng_canvas *c, const char *class, double x, double y, double width, double height, double opacity)
{
    lng_text_add(c->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", class, x, y, width, height);
    lng_text_add(c->out, opacity < 1 ? " fill-opacity=\"%.3f\"/>\n" : "/>\n", opacity);
}

double lng_shade(double part)
{
    return part < 0.5 ? part : 0.94 + 0.12 * (part - 0.5);
}

static void text(lng_canvas *c, const char *class, const char *anchor, const char *content)
{
    lng_text_add(c->out, " class=\"%s\" text-anchor=\"%s\">", class, anchor);
    lng_markup(c->out, content);
    lng_text_add(c->out, "</text>\n");
}

void lng_canvas_text(lng_canvas *c, const char *class, lng_anchor anchor, double x, double y, const char *content)
{
    static const char *const name[] = {"start", "middle", "end"};
    lng_text_add(c->out, "<text x=\"%.1f\" y=\"%.1f\"", x, y);
    text(c, class, name[anchor], content);
}

void lng_canvas_text_up(lng_canvas *c, const char *class, double x, double y, const char *content)
{
    lng_text_add(c->out, "<text transform=\"translate(%.1f %.1f) rotate(-90)\"", x, y);
    text(c, class, "middle", content);
}

void lng_canvas_picture(lng_canvas *c, double x, double y, double width, double height, const char *uri)
{
    lng_text_add(c->out,
                 "<image x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" preserveAspectRatio=\"none\" "
                 "style=\"image-rendering:pixelated\" href=\"",
                 x, y, width, height);
    lng_text_put(c->out, uri, strlen(uri));
    lng_text_add(c->out, "\"/>\n");
}
