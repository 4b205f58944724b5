/* The data set shapes: a folder of images of several sizes, as PGM. */
#include "data/made.h"
#include "kernel/dmath.h"

enum { CIRCLE, SQUARE, TRIANGLE, CROSS, KINDS };

/* Whether a point is in a shape of radius 1 around 0. */
static bool is_inside(int kind, double x, double y)
{
    const double ax = d_abs(x), ay = d_abs(y);
    switch (kind) {
    case CIRCLE:
        return x * x + y * y < 0.7;
    case SQUARE:
        return ax < 0.72 && ay < 0.72;
    case TRIANGLE:
        return y < 0.6 && 1.75 * ax - y < 1;
    default:
        return (ax < 0.27 && ay < 0.95) || (ay < 0.27 && ax < 0.95);
    }
}

static unsigned char gray(double level)
{
    return (unsigned char)(level < 0 ? 0 : level > 255 ? 255 : level);
}

static const char *image(lng_text *to, lng_dice *d)
{
    static const char *const name[] = {"circle", "square", "triangle", "cross"};
    const int kind = (int)(d->example % KINDS), w = 24 + lng_dice_below(d, 17), h = 24 + lng_dice_below(d, 17);
    const double radius = (w < h ? w : h) * lng_dice_between(d, 0.25, 0.42), turn = lng_dice_between(d, 0, 6.2831853);
    const double c = d_cos(turn) / radius, s = d_sin(turn) / radius;
    const double x0 = w * lng_dice_between(d, 0.42, 0.58), y0 = h * lng_dice_between(d, 0.42, 0.58);
    const double paper = lng_dice_between(d, 20, 235), across = lng_dice_between(d, -40, 40) / w,
                 noise = lng_dice_between(d, 5, 25);
    const double ink = lng_dice_between(d, 45, 110) * (paper < 128 ? 1 : -1);
    lng_text_add(to, "P5\n%d %d\n255\n", w, h);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const double u = x + 0.5 - x0, v = y + 0.5 - y0, grain = noise * (2 * lng_dice_roll(d) - 1);
            const unsigned char level = gray(paper + across * u + grain + ink * is_inside(kind, c * u - s * v, s * u + c * v));
            lng_text_put(to, (const char *)&level, 1);
        }
    return lng_format(to->arena, "%s/%04u.pgm", name[kind], d->example);
}

const lng_made lng_made_shapes = {
    .name = "shapes",
    .details =
        "Gray images of 24 to 40 pixels a side, in folders named circle, square, triangle and cross, equally many of each. A "
        "shape is turned by any angle, lighter than dark ground or darker than light ground, near the middle, with a radius of "
        "0.25 to 0.42 of the shorter side; the ground gets lighter or darker across, and every pixel has noise.",
    .train = 600,
    .test = 400,
    .example = image};
