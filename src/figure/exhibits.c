/* Examples side by side: pictures with two lines below each, or, of other data, two lines each. */
#include "figure/inside.h"

#define ACROSS 6
#define SIDE   112 /* of a picture with its margin, in pixels */
#define LINES  44  /* below it */
#define ROW    44  /* of two lines */
#define WIDTH  720
#define EDGE   10

void lng_exhibits_size(const lng_array *images, size_t n, double *width, double *height)
{
    *width = images ? ACROSS * SIDE + 2 * EDGE : WIDTH;
    *height = 2 * EDGE + (images ? (double)((n + ACROSS - 1) / ACROSS) * (SIDE + LINES) : (double)n * ROW);
}

static void draw_picture(lng_canvas *c, const lng_array *images, const lng_exhibit *t, double x, double y)
{
    const double h = (double)images->shape.dim[0], w = (double)images->shape.dim[1], scale = (SIDE - 16) / (h > w ? h : w);
    lng_text uri = lng_text_new(c->out->arena);
    lng_picture_uri(&uri, images, t->row);
    lng_canvas_picture(c, x, y, w * scale, h * scale, uri.at);
    lng_canvas_box(c, "frame", x, y, w * scale, h * scale, 1);
    lng_canvas_text(c, "bold", LNG_START, x, y + SIDE - 2, t->first);
    lng_canvas_text(c, "dim", LNG_START, x, y + SIDE + 13, t->under);
}

void lng_draw_exhibits(lng_canvas *c, const lng_array *images, const lng_exhibit *exhibit, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double y = EDGE + ROW * (double)i;
        if (images) {
            draw_picture(c, images, &exhibit[i], EDGE + SIDE * (double)(i % ACROSS), EDGE + (SIDE + LINES) * (double)(i / ACROSS));
            continue;
        }
        lng_canvas_text(c, "bold", LNG_START, EDGE, y + 14, exhibit[i].first);
        lng_canvas_text(c, "dim", LNG_START, EDGE, y + 30, exhibit[i].under);
    }
}
