/* A sheet of training examples: each as it is stored, then as the model gets it in some steps. On the terminal, or as SVG or PNG. */
#include "cli/sheet.h"
#include "cli/predict.h"
#include "figure/figure.h"
#include "train/seen.h"
#include <string.h>

#define MOST_EXAMPLES 10
#define MOST_DRAWS    5
#define GAP           2   /* columns between pictures */
#define SIDE          100 /* pixels of a picture in SVG */
#define MARGIN        12
#define LABEL         120

typedef struct sheet {
    lng_command *command;
    lng_workspace w;
    lng_drawn drawn; /* for the names of classes */
    size_t field;    /* the image */
    const lng_value *value;
    uint32_t row[MOST_EXAMPLES];
    int rows, draws;
    lng_array seen[MOST_DRAWS];
} sheet;

static bool find_image(sheet *s)
{
    const lng_model *m = s->w.model;
    for (s->field = 0; s->field < m->fields; s->field++)
        if (m->field[s->field].dtype == LNG_F32 && lng_shape_is_image(m->field[s->field].shape) &&
            !lng_shape_is_sequence(m->field[s->field].shape) && (s->value = lng_seen_value(s->command->arena, m, s->field)))
            return true;
    lng_error(s->command->errors, LNG_E_ARGUMENTS, (lng_place){0}, "the model reads no images that it could show");
    lng_error_hint(s->command->errors, "an image is a field of a shape such as [28, 28, 1] or [32, 32, 3]");
    return false;
}

/* The first example of each class; without classes, the first ones. */
static void choose(sheet *s)
{
    const lng_range r = lng_split_range(s->w.data, LNG_TRAIN);
    const size_t label = lng_label_field(s->w.model);
    const int64_t classes = label == SIZE_MAX ? 0 : s->w.model->field[label].classes;
    for (int64_t c = 0; c < (classes ? classes : MOST_EXAMPLES) && s->rows < MOST_EXAMPLES; c++) {
        int64_t i = classes ? 0 : c;
        while (classes && i < r.count && lng_label_at(&r, label, i) != c)
            i++;
        if (i < r.count)
            s->row[s->rows++] = (uint32_t)(r.first + i);
    }
}

static const char *name_of(const sheet *s, int i)
{
    const lng_range r = lng_split_range(s->w.data, LNG_TRAIN);
    const size_t label = lng_label_field(s->w.model);
    lng_arena *a = s->command->arena;
    const char *number = lng_format(a, "example %u", (unsigned)s->row[i]);
    return label == SIZE_MAX
               ? number
               : lng_format(a, "%s, %s", lng_class_text(a, &s->drawn, lng_label_at(&r, label, (int64_t)s->row[i] - r.first)),
                            number);
}

/* ---- the terminal ---- */
/* Line i of a text; its length. */
static const char *line_of(const char *text, int i, size_t *length)
{
    while (i-- > 0 && *text)
        text += strcspn(text, "\n") + 1;
    *length = strcspn(text, "\n");
    return text;
}

static int width_of(const sheet *s)
{
    return (int)s->value->shape.dim[1] < 24 ? (int)s->value->shape.dim[1] : 24;
}

static void put_row(const sheet *s, int example, lng_look look)
{
    const lng_array *stored = &s->w.data->train.array[s->field];
    lng_text *out = &s->command->out;
    const char *picture[1 + MOST_DRAWS];
    size_t n = 1;
    lng_look narrow = look;
    narrow.width = width_of(s);
    picture[0] = lng_picture(s->command->arena, narrow, stored, s->row[example]);
    for (int k = 0; k < s->draws; k++)
        picture[k + 1] = lng_picture(s->command->arena, narrow, &s->seen[k], example);
    lng_text_add(out, "%s%s%s\n", lng_style_on(look, LNG_BOLD), name_of(s, example), lng_style_off(look, LNG_BOLD));
    for (int y = 0; n > 0; y++) {
        n = 0;
        for (int k = 0; k <= s->draws; k++) {
            size_t length;
            const char *line = line_of(picture[k], y, &length);
            if (length && k)
                lng_text_add(out, "%*s", GAP, "");
            lng_text_put(out, line, length);
            n += length;
        }
        lng_text_add(out, "\n");
    }
}

static void put_text(const sheet *s)
{
    lng_command *c = s->command;
    c->paged = true;
    lng_text_add(&c->out, "training examples of %s as they are stored, then as %s gets them in training\n\n", s->w.data->name,
                 s->w.model->name);
    for (int i = 0; i < s->rows; i++)
        put_row(s, i, c->look);
}

/* ---- SVG ---- */
static void put_picture(lng_canvas *canvas, const lng_array *array, int64_t example, int column, int row)
{
    const double h = (double)array->shape.dim[0], w = (double)array->shape.dim[1], scale = SIDE / (h > w ? h : w);
    const double x = LABEL + (SIDE + MARGIN) * column, y = 30 + (SIDE + MARGIN) * row;
    lng_text uri = lng_text_new(canvas->out->arena);
    lng_picture_uri(&uri, array, example);
    lng_canvas_picture(canvas, x, y, w * scale, h * scale, uri.at);
    lng_canvas_box(canvas, "frame", x, y, w * scale, h * scale, 1);
}

static void put_svg(const sheet *s, lng_text *out)
{
    lng_arena *a = out->arena;
    lng_canvas canvas = lng_canvas_begin(
        out, "examples", LABEL + (SIDE + MARGIN) * (1 + s->draws), 30 + (SIDE + MARGIN) * s->rows,
        lng_format(a, "Training examples of %s as %s gets them", s->w.data->name, s->w.model->name),
        "The first picture of each row is the example as it is stored; the others are what the model gets in steps of training.",
        true);
    lng_canvas_text(&canvas, "bold", LNG_START, LABEL, 18, "stored");
    lng_canvas_text(&canvas, "bold", LNG_START, LABEL + SIDE + MARGIN, 18, "in training");
    for (int i = 0; i < s->rows; i++) {
        lng_canvas_text(&canvas, "", LNG_START, 4, 30 + (SIDE + MARGIN) * i + SIDE / 2, name_of(s, i));
        put_picture(&canvas, &s->w.data->train.array[s->field], s->row[i], 0, i);
        for (int k = 0; k < s->draws; k++)
            put_picture(&canvas, &s->seen[k], i, k + 1, i);
    }
    lng_canvas_end(&canvas);
}

/* ---- PNG ---- */
/* Rows of red, green and blue on white, with the 0 before each that PNG wants; pictures as large as whole pixels can make them. */
typedef struct raster {
    lng_text rows;
    int64_t height, width;
} raster;

static int64_t longest_side(const sheet *s)
{
    const lng_shape shape[] = {s->value->shape, s->w.data->train.array[s->field].shape}; /* a crop is smaller than what is stored */
    int64_t longest = SIDE;
    for (int i = 0; i < 4; i++)
        longest = shape[i / 2].dim[i % 2] > longest ? shape[i / 2].dim[i % 2] : longest;
    return longest;
}

static void paint(raster *to, const lng_array *array, int64_t example, int64_t column, int64_t row)
{
    const int64_t h = array->shape.dim[0], w = array->shape.dim[1], channels = lng_shape_channels(array->shape);
    const int64_t times = SIDE / (h > w ? h : w) > 0 ? SIDE / (h > w ? h : w) : 1;
    const unsigned char *from = lng_picture_bytes(to->rows.arena, array, example);
    for (int64_t y = 0; y < h * times; y++)
        for (int64_t x = 0; x < w * times; x++) {
            char *pixel = to->rows.at + (row + y) * (1 + 3 * to->width) + 1 + 3 * (column + x);
            const unsigned char *sample = from + (y / times * w + x / times) * channels;
            for (int k = 0; k < 3; k++)
                pixel[k] = (char)sample[channels == 3 ? k : 0];
        }
}

static void put_png(const sheet *s, lng_text *out)
{
    const int64_t cell = MARGIN + longest_side(s);
    raster r = {lng_text_new(out->arena), MARGIN + cell * s->rows, MARGIN + cell * (1 + s->draws)};
    const size_t bytes = (size_t)(1 + 3 * r.width);
    char *white = memset(lng_alloc(out->arena, bytes), 0xff, bytes);
    *white = 0;
    for (int64_t y = 0; y < r.height; y++)
        lng_text_put(&r.rows, white, bytes);
    for (int i = 0; i < s->rows; i++) {
        paint(&r, &s->w.data->train.array[s->field], s->row[i], MARGIN, MARGIN + cell * i);
        for (int k = 0; k < s->draws; k++)
            paint(&r, &s->seen[k], i, MARGIN + cell * (k + 1), MARGIN + cell * i);
    }
    lng_png_write(out, &r.rows, r.height, r.width, 3);
}

static void draw(sheet *s)
{
    lng_command *c = s->command;
    const char *file = lng_command_get(c, "out");
    if (!file) {
        put_text(s);
        return;
    }
    if (!lng_shape_is_picture(s->w.model->field[s->field].shape)) {
        lng_error(c->errors, LNG_E_ARGUMENTS, (lng_place){0}, "an image of %lld channels, neither gray nor RGB, has no picture",
                  (long long)lng_shape_channels(s->w.model->field[s->field].shape));
        lng_error_hint(c->errors, "without -o, the terminal shows it");
        return;
    }
    lng_text picture = lng_text_new(c->arena);
    (lng_picture_ending(file) ? put_png : put_svg)(s, &picture);
    lng_file_write(file, picture.at, picture.length, c->errors);
}

/* As many draws as fit beside the stored example. */
static int draws_of(const sheet *s)
{
    const int width = s->command->look.width;
    const int fit = lng_command_get(s->command, "out") ? MOST_DRAWS : width > 0 ? (width + GAP) / (width_of(s) + GAP) - 1 : 2;
    return fit < 1 ? 1 : fit > MOST_DRAWS ? MOST_DRAWS : fit;
}

static bool compute(sheet *s)
{
    lng_command *c = s->command;
    if (!find_image(s) || !lng_workspace_compile(c, &s->w, LNG_EVALUATE, 0))
        return false;
    s->drawn = (lng_drawn){.model = s->w.model, .data = s->w.data, .errors = c->errors};
    choose(s);
    for (const int n = draws_of(s); s->draws < n; s->draws++)
        if (!lng_seen_compute(s->w.session, s->value, &s->w.data->train, s->row, s->rows, (uint32_t)s->draws, &s->seen[s->draws],
                              c->errors))
            return false;
    return true;
}

static void free_seen(void *context)
{
    sheet *s = context;
    for (int k = 0; k < MOST_DRAWS; k++)
        lng_array_free(&s->seen[k]);
}

void lng_show_examples(lng_command *c, const char *path)
{
    sheet s = {.command = c};
    const char *file = lng_command_get(c, "out"), *ending = file ? lng_picture_ending(file) : NULL;
    if (ending && strcmp(ending, "png") != 0) {
        lng_usage_error(c, "examples are written as SVG or PNG, not as `.%s`", ending);
        return;
    }
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, free_seen, &s);
    if (lng_workspace_open(c, &s.w, path, true) && compute(&s))
        draw(&s);
    lng_workspace_close(&s.w);
    lng_guard_end(&guard);
}
