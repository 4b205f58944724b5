/* Files to examples that fit the model, some at a time: read, selected, resized, inverted, and compared with what the model was trained on, because a
 * network is as confident about a negative, or numbers of another scale, as about the image itself. */
#include "cli/predict.h"
#include "base/file.h"
#include <math.h>
#include <string.h>

#define SLACK 0.02  /* of an image's side, about half a pixel of MNIST */
#define RARE  0.001 /* fraction of the training images; what is rarer was not learned */

/* ---- --index ---- */
/* Reads N or N-N at *text, and moves *text past it. */
static bool parse_range(const char **text, int64_t range[2])
{
    for (int i = 0; i < 2; i++) {
        const size_t digits = strspn(*text, "0123456789");
        if (!lng_parse_int(*text, digits, &range[i]))
            return false;
        *text += digits;
        if (i == 0 && **text != '-')
            return range[1] = range[0], true;
        *text += i == 0;
    }
    return range[0] <= range[1];
}

static bool parse_index(lng_preprocess *in, const char *text)
{
    const char *at = text;
    for (bool more = true; more; more = *at++ == ',') {
        in->range = lng_grow(in->command->arena, in->range, in->ranges, &in->range_capacity, sizeof *in->range);
        if (!parse_range(&at, in->range[in->ranges++]) || (*at && *at != ','))
            return lng_usage_error(in->command, "--index takes numbers from 0 and ranges of them, such as 3,7,10-19, not `%s`",
                                   text);
    }
    return true;
}

bool lng_preprocess_open(lng_preprocess *in, lng_command *c)
{
    const char *index = lng_command_get(c, "index");
    *in = (lng_preprocess){.command = c,
                           .resize = lng_command_get(c, "resize") != NULL,
                           .invert = lng_command_get(c, "invert") != NULL,
                           .center = lng_command_get(c, "center") != NULL,
                           .as_is = lng_command_get(c, "as-is") != NULL};
    return !index || parse_index(in, index);
}

/* ---- examples ---- */
/* Some examples of a field. */
typedef struct reading {
    const lng_preprocess *in;
    const lng_intake *from;
    lng_source source;
    lng_array *array;
    const int64_t *number; /* of each example in the file */
    float *top;            /* white, of the file */
} reading;

static bool refuse(const reading *r, lng_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(const reading *r, lng_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(r->in->command->errors, code, (lng_place){.source = &r->source}, format, arguments);
    va_end(arguments);
    return false;
}

static void hint(const reading *r, const char *text)
{
    lng_error_hint(r->in->command->errors, "%s", text);
}

/* Ignores dimensions of 1. */
static lng_shape squeezed(lng_shape shape)
{
    lng_shape out = {.rank = 0};
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] != 1)
            out.dim[out.rank++] = shape.dim[i];
    return out;
}

/* The same dimensions, or one of the two is a plain row of numbers. */
static bool fits(lng_shape got, lng_shape wanted)
{
    got = squeezed(got);
    wanted = squeezed(wanted);
    return lng_shape_equal(got, wanted) || ((got.rank <= 1 || wanted.rank <= 1) && lng_shape_size(got) == lng_shape_size(wanted));
}

/* Whether nothing differs but height and width. */
static bool is_scalable(lng_shape got, lng_shape wanted)
{
    return lng_shape_is_image(got) && lng_shape_is_image(wanted) && !lng_shape_is_sequence(wanted) &&
           lng_shape_channels(got) == lng_shape_channels(wanted);
}

static bool refuse_shape(const reading *r, lng_shape got, lng_shape wanted)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    lng_text whose = lng_text_new(r->in->command->arena);
    if (r->from->held == 1)
        lng_text_add(&whose, "the example");
    else
        lng_text_add(&whose, "each of the %lld examples", (long long)r->from->held);
    refuse(r, LNG_E_SHAPE, "%s is %s, but the model's `%s` is %s", whose.at, lng_shape_text(is, got), r->in->field,
           lng_shape_text(should, wanted));
    if (is_scalable(got, wanted))
        hint(r, "--resize makes images fit");
    else if (r->in->resize)
        hint(r, "--resize changes only the height and width of images");
    return false;
}

static bool fit(const reading *r)
{
    lng_shape *shape = &r->array->shape;
    const lng_shape got = *shape, wanted = r->in->wanted;
    if (fits(got, wanted)) {
        *shape = lng_shape_is_image(wanted) ? wanted : got; /* even if the model reads a row, an image has a border */
        return true;
    }
    lng_failure failure = {0};
    return lng_images_resize(r->array, wanted.dim[0], wanted.dim[1], &failure) || refuse(r, failure.code, "%s", failure.text);
}

/* From the header, before the examples are read. */
static bool check_shape(const reading *r)
{
    const lng_preprocess *in = r->in;
    const lng_shape got = r->array->shape, wanted = in->wanted;
    if (fits(got, wanted))
        return true;
    if (!(in->resize || in->center) || !is_scalable(got, wanted))
        return refuse_shape(r, got, wanted);
    return (got.dim[0] <= LNG_IMAGE_SIDE && got.dim[1] <= LNG_IMAGE_SIDE) ||
           refuse(r, LNG_E_LIMIT, "images of %lld x %lld, past the limit", (long long)got.dim[0], (long long)got.dim[1]);
}

/* ---- comparing ---- */
/* The number of examples with a border that the training images lack; *first: one of them. */
static int64_t count_inverted(const reading *r, bool light, int64_t *first)
{
    const lng_array *array = r->array;
    const double middle = (r->in->stats.least + r->in->stats.most) / 2;
    int64_t count = 0;
    for (int64_t i = 0; i < array->count; i++)
        if (lng_image_is_light(array, i, middle) == light && count++ == 0)
            *first = r->number[i];
    return count;
}

static bool check_polarity(const reading *r)
{
    const double usual = r->in->stats.light;
    const bool dark = usual<RARE, light = usual> 1 - RARE; /* NaN: neither */
    int64_t first = 0, count = 0;
    if (lng_shape_is_image(r->array->shape) && (dark || light))
        count = count_inverted(r, dark, &first);
    if (count == 0)
        return true;
    lng_text whose = lng_text_new(r->in->command->arena);
    if (r->from->held == 1)
        lng_text_add(&whose, "its border");
    else
        lng_text_add(&whose, "the border of example %lld", (long long)first);
    if (count > 1)
        lng_text_add(&whose, " (and of %lld more)", (long long)count - 1);
    refuse(r, LNG_E_DATA, "looks inverted: %s is %s, but the model was trained on images with a %s one", whose.at,
           dark ? "light" : "dark", dark ? "dark" : "light");
    hint(r, r->in->invert ? "leave out --invert, or keep it and add --as-is"
                          : "--invert swaps dark and light; --as-is accepts it as it is");
    return false;
}

/* Numbers far outside the range of the training data, or images in a sliver of it, have another scale; the first ones of a file show it.
 * The rows of a table may well be alike. */
static bool check_scale(const reading *r)
{
    const lng_array *array = r->array;
    const lng_stats *trained = &r->in->stats;
    double least, most;
    lng_array_range(array, array->count, &least, &most);
    const double span = trained->most - trained->least, spread = most - least;
    const bool outside = least < trained->least - span || most > trained->most + span;
    const bool sliver =
        r->from->done == 0 && array->type == LNG_ARRAY_F32 && lng_shape_is_image(array->shape) && spread > 0 && spread < span / 100;
    char from[2][LNG_NUMBER_SIZE], to[2][LNG_NUMBER_SIZE];
    if (!outside && !sliver)
        return true;
    refuse(
        r, LNG_E_RANGE,
        outside
            ? "the numbers of `%s` are %s to %s, but the model was trained on %s to %s"
            : "all numbers of `%s` are from %s to %s, less than a hundredth of the range that the model was trained on, %s to %s",
        r->in->field, lng_number_float(from[0], (float)least), lng_number_float(to[0], (float)most),
        lng_number_float(from[1], (float)trained->least), lng_number_float(to[1], (float)trained->most));
    hint(r, "convert them to the scale of the training data; --as-is accepts them as they are");
    return false;
}

/* Classes are taken as they are, within their range. */
static bool check_classes(const reading *r)
{
    const lng_array *array = r->array;
    if (array->type == LNG_ARRAY_F32)
        return refuse(r, LNG_E_DTYPE, "`%s` is %s, but the file holds floats", r->in->field,
                      r->in->classes ? "a class, an integer" : "`int`");
    const int64_t size = lng_shape_size(array->shape);
    for (int64_t i = 0; r->in->classes && i < array->count * size; i++) {
        const double class = lng_array_at(array, i);
        if (class < 0 || class >= (double)r->in->classes)
            return refuse(r, LNG_E_RANGE, "example %lld is class %.0f, expected 0 to %lld", (long long)r->number[i / size], class,
                          (long long)r->in->classes - 1);
    }
    return true;
}

static bool compare(const reading *r)
{
    return !r->in->known || r->in->as_is || (check_scale(r) && check_polarity(r));
}

/* Other fields of the model, and images of other channels, stay as they are. */
static bool center(const reading *r)
{
    lng_array *array = r->array;
    const lng_shape wanted = r->in->wanted;
    lng_failure failure = {0};
    if (!is_scalable(array->shape, wanted) || array->type == LNG_ARRAY_I32)
        return true;
    return lng_images_center(array, r->number, wanted.dim[0], wanted.dim[1], &failure) ||
           refuse(r, failure.code, "%s", failure.text);
}

/* Ink that is farther from the middle, or smaller, than in any training image: they have one kind of border, so it is ink. */
static void advise(const reading *r)
{
    const lng_stats *trained = &r->in->stats;
    const lng_array *array = r->array;
    int64_t small = 0, aside = 0;
    double offset, extent;
    if (!r->in->known || r->in->as_is || r->in->center || !lng_shape_is_image(array->shape) ||
        (trained->light >= RARE && trained->light <= 1 - RARE))
        return;
    for (int64_t i = 0; i < array->count; i++)
        if (lng_image_ink(array, i, &offset, &extent)) {
            small += extent < trained->extent - SLACK;
            aside += offset > trained->offset + SLACK;
        }
    if (small + aside == 0)
        return;
    lng_warn(r->in->command->errors, (lng_place){.source = &r->source}, "what is drawn is %s than in any training image%s",
             small && aside ? "smaller and farther from the middle"
             : small        ? "smaller"
                            : "farther from the middle",
             array->count == 1 ? "" : ", in some of the examples");
    hint(r, "--center scales it and moves it to the middle; --as-is accepts it as it is");
}

/* There is no dark and light in numbers that are no image. The first examples of a file show what its white is. */
static bool invert(const reading *r)
{
    char shape[LNG_SHAPE_TEXT];
    if (!r->in->invert)
        return true;
    if (!lng_shape_is_image(r->array->shape))
        return r->in->images || refuse(r, LNG_E_ARGUMENTS, "--invert swaps dark and light in images, but `%s` is %s", r->in->field,
                                       lng_shape_text(shape, r->in->wanted));
    if (r->from->done == 0)
        *r->top = lng_images_top(r->array);
    lng_images_invert(r->array, *r->top);
    return true;
}

/* Brings what was read to what the model wants. */
static bool settle(const reading *r)
{
    const lng_preprocess *in = r->in;
    if ((in->center && !center(r)) || !fit(r))
        return false;
    if (in->integers)
        return check_classes(r);
    if (!invert(r) || !compare(r))
        return false;
    if (r->from->done == 0)
        advise(r);
    return true;
}

/* ---- one file ---- */
static reading reading_of(const lng_intake *from, size_t i, lng_array *array)
{
    return (reading){.in = from->in[i],
                     .from = from,
                     .source = {.name = strcmp(from->path, "-") ? from->path : "<stdin>"},
                     .array = array,
                     .number = from->number,
                     .top = &from->top[i]};
}

static bool check_ranges(const reading *r, int64_t held)
{
    for (size_t i = 0; i < r->in->ranges; i++)
        if (r->in->range[i][1] >= held)
            return refuse(r, LNG_E_RANGE, "there is no example %lld: the file holds %lld, counted from 0",
                          (long long)r->in->range[i][1], (long long)held);
    return true;
}

/* The number of a table's columns is what its description says. */
static bool check_resize(const lng_intake *from)
{
    lng_table_form form;
    const reading r = reading_of(from, 0, NULL);
    return !r.in->resize || !lng_examples_are_text(from->file, &form) ||
           refuse(&r, LNG_E_ARGUMENTS, "--resize changes images in files of their own, not the columns of a table");
}

static bool check_head(lng_intake *from)
{
    bool good = check_resize(from);
    for (size_t i = 0; i < from->n; i++) {
        lng_array head = *lng_examples_head(from->file, i);
        const reading r = reading_of(from, i, &head);
        if (i == 0)
            from->held = head.count;
        good = check_shape(&r) && good;
        if (i == 0 && head.count >= 0)
            good = good && check_ranges(&r, head.count);
    }
    return good;
}

bool lng_intake_open(lng_intake *from)
{
    const lng_preprocess *first = from->in[0];
    lng_arena *arena = first->command->arena;
    lng_data_field *field = LNG_NEW_N(arena, from->n, lng_data_field);
    const lng_fit fit = first->columns ? first->columns->fit : LNG_FIT_NONE;
    const lng_wish wish = {
        first->wanted,   first->center ? LNG_REDUCED : first->resize ? LNG_RESIZED : fit ? LNG_FITTED : LNG_AS_THEY_ARE,
        first->integers, true,
        first->style,    fit,
        first->window,   first->first};
    for (size_t i = 0; i < from->n; i++)
        field[i] = (lng_data_field){.name = from->in[i]->field,
                                    .shape = from->in[i]->wanted,
                                    .dtype = from->in[i]->integers ? LNG_I32 : LNG_F32,
                                    .classes = from->in[i]->classes,
                                    .below = from->in[i]->below,
                                    .rows = from->in[i]->rows,
                                    .columns = from->in[i]->columns};
    from->done = from->at = from->got = 0;
    from->block = LNG_NEW_N(arena, from->n, lng_array);
    from->chosen = LNG_NEW_N(arena, from->n, lng_array);
    from->top = LNG_NEW_N(arena, from->n, float);
    from->file = lng_examples_open(from->path, &wish, field, from->n, first->command->errors);
    return from->file && check_head(from);
}

static void free_arrays(lng_array *array, size_t n)
{
    for (size_t i = 0; array && i < n; i++)
        lng_array_free(&array[i]);
}

void lng_intake_close(lng_intake *from)
{
    free_arrays(from->block, from->n);
    free_arrays(from->chosen, from->n);
    lng_examples_free(from->file);
    from->file = NULL;
}

int64_t lng_intake_next(lng_intake *from, int64_t most)
{
    free_arrays(from->block, from->n);
    from->at += from->got;
    from->got = lng_examples_next(from->file, most, from->block, from->in[0]->command->errors);
    if (from->held < 0 && from->got >= 0)
        from->held = from->got < most && !from->in[0]->window ? from->at + from->got : -1;
    if (from->got != 0)
        return from->got;
    const reading r = reading_of(from, 0, NULL);
    return check_ranges(&r, from->at) ? 0 : -1;
}

bool lng_intake_choose(lng_intake *from, const int64_t *number, int64_t n)
{
    bool good = true;
    from->number = number;
    free_arrays(from->chosen, from->n);
    for (size_t i = 0; good && i < from->n; i++) {
        const lng_array *all = &from->block[i];
        const size_t row = (size_t)lng_shape_size(all->shape) * (size_t)lng_array_width(all);
        lng_failure failure = {0};
        from->chosen[i] = (lng_array){.type = all->type, .shape = all->shape};
        const reading r = reading_of(from, i, &from->chosen[i]);
        if (!lng_array_new(r.array, n, &failure))
            return refuse(&r, failure.code, "%s", failure.text);
        for (int64_t k = 0; k < n; k++)
            memcpy((char *)r.array->at + (size_t)k * row, (const char *)all->at + (size_t)(number[k] - from->at) * row, row);
        good = settle(&r);
    }
    from->done += n;
    return good;
}
