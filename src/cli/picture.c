/* A small picture of an example: a character is one pixel wide and two high, which makes it about square. The contrast is the
 * example's own. */
#include "base/guard.h"
#include "cli/predict.h"
#include <string.h>
#include <strings.h>

#define MOST_COLUMNS 40
#define MOST_ROWS    20 /* of characters */

/* The mean of the channels, from 0 to 1. */
static bool grey_plane(const lng_array *from, int64_t example, lng_array *to)
{
    const int64_t h = from->shape.dim[0], w = from->shape.dim[1], c = lng_shape_channels(from->shape);
    *to = (lng_array){.type = LNG_ARRAY_F32, .shape = lng_shape_of(2, h, w), .count = 1};
    to->at = lng_block_new((size_t)(h * w) * sizeof(float));
    if (!to->at)
        return false;
    float *grey = to->at;
    for (int64_t i = 0; i < h * w; i++) {
        double sum = 0;
        for (int64_t k = 0; k < c; k++)
            sum += lng_array_at(from, (example * h * w + i) * c + k);
        grey[i] = (float)(sum / (double)c);
    }
    double least, most;
    lng_array_range(to, 1, &least, &most);
    for (int64_t i = 0; i < h * w; i++)
        grey[i] = most > least ? (float)(((double)grey[i] - least) / (most - least)) : 0;
    return true;
}

static bool shrink(lng_array *grey, int columns)
{
    const int64_t h = grey->shape.dim[0], w = grey->shape.dim[1];
    double scale = w > columns ? (double)columns / (double)w : 1;
    if ((double)h * scale > 2 * MOST_ROWS)
        scale = 2.0 * MOST_ROWS / (double)h;
    const int64_t height = (int64_t)((double)h * scale), width = (int64_t)((double)w * scale);
    lng_failure unimportant = {0};
    return scale == 1 || lng_images_resize(grey, height > 0 ? height : 1, width > 0 ? width : 1, &unimportant);
}

static void put_levels(lng_text *out, double top, double bottom)
{
    static const int black = 232, white = 255; /* of the 256 colors */
    lng_text_add(out, "\033[38;5;%d;48;5;%dm▀", black + (int)(top * (white - black) + 0.5),
                 black + (int)(bottom * (white - black) + 0.5));
}

static void put_blocks(lng_text *out, double top, double bottom)
{
    static const char *const block[2][2] = {{" ", "▄"}, {"▀", "█"}};
    lng_text_add(out, "%s", block[top > 0.5][bottom > 0.5]);
}

static void put_shade(lng_text *out, double top, double bottom)
{
    static const char shade[] = " .:-=+*#%@";
    lng_text_put(out, &shade[(int)((top + bottom) / 2 * (double)(sizeof shade - 2) + 0.5)], 1);
}

static void free_array(void *array)
{
    lng_array_free(array);
}

const char *lng_picture(lng_arena *arena, lng_look look, const lng_array *array, int64_t example)
{
    lng_array grey = {.at = NULL};
    lng_text out = lng_text_new(arena);
    lng_guard guard;
    const int columns = look.width > 0 && look.width < MOST_COLUMNS ? look.width : MOST_COLUMNS;
    if (!lng_shape_is_image(array->shape) || lng_shape_is_sequence(array->shape))
        return NULL;
    lng_guard_begin(&guard, arena, free_array, &grey);
    if (!grey_plane(array, example, &grey) || !shrink(&grey, columns))
        lng_out_of_memory(arena);
    const int64_t h = grey.shape.dim[0], w = grey.shape.dim[1];
    for (int64_t y = 0; y < h; y += 2) {
        for (int64_t x = 0; x < w; x++)
            (look.utf8 ? look.colour ? put_levels : put_blocks : put_shade)(&out, lng_array_at(&grey, y * w + x),
                                                                            y + 1 < h ? lng_array_at(&grey, (y + 1) * w + x) : 0);
        lng_text_add(&out, look.utf8 && look.colour ? "\033[0m\n" : "\n");
    }
    lng_guard_end(&guard);
    return out.at;
}

const char *lng_picture_ending(const char *file)
{
    static const char *const ending[] = {"png", "jpg", "jpeg", "gif", "webp", "pdf"};
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot && i < sizeof ending / sizeof *ending; i++)
        if (strcasecmp(dot + 1, ending[i]) == 0)
            return ending[i];
    return NULL;
}
