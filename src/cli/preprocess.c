/* Files to examples that fit the model: read, selected, resized, inverted, and compared with what the model was trained on, because a
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

/* ---- one file ---- */
typedef struct reading {
    const lng_preprocess *in;
    lng_source source;
    lng_examples *x;
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

/* Keeps the examples that --index names, in its order. */
static bool choose(const reading *r)
{
    const lng_preprocess *in = r->in;
    lng_array *all = &r->x->array, some = {.type = all->type, .shape = all->shape};
    const size_t row = (size_t)lng_shape_size(all->shape) * (all->type == LNG_ARRAY_U8 ? 1 : 4);
    for (size_t i = 0; i < in->ranges; i++) {
        if (in->range[i][1] >= all->count)
            return refuse(r, LNG_E_RANGE, "there is no example %lld: the file holds %lld, counted from 0",
                          (long long)in->range[i][1], (long long)all->count);
        some.count += in->range[i][1] - in->range[i][0] + 1;
    }
    if (!in->ranges)
        return true;
    r->x->index = LNG_NEW_N(in->command->arena, (size_t)some.count, int64_t);
    some.at = (size_t)some.count <= SIZE_MAX / 2 / row ? lng_block_new((size_t)some.count * row) : NULL;
    if (!some.at)
        return refuse(r, LNG_E_MEMORY, "out of memory: %lld examples", (long long)some.count);
    int64_t n = 0;
    for (size_t i = 0; i < in->ranges; i++)
        for (int64_t k = in->range[i][0]; k <= in->range[i][1]; k++) {
            memcpy((char *)some.at + (size_t)n * row, (const char *)all->at + (size_t)k * row, row);
            r->x->index[n++] = k;
        }
    lng_array_free(all);
    *all = some;
    return true;
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

static int64_t channels(lng_shape shape)
{
    return shape.rank == 3 ? shape.dim[2] : 1;
}

/* Whether nothing differs but height and width. */
static bool is_scalable(lng_shape got, lng_shape wanted)
{
    return lng_shape_is_image(got) && lng_shape_is_image(wanted) && channels(got) == channels(wanted);
}

static bool refuse_shape(const reading *r, lng_shape got, lng_shape wanted)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    lng_text whose = lng_text_new(r->in->command->arena);
    if (r->x->held == 1)
        lng_text_add(&whose, "the example");
    else
        lng_text_add(&whose, "each of the %lld examples", (long long)r->x->held);
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
    lng_shape *shape = &r->x->array.shape;
    const lng_shape got = *shape, wanted = r->in->wanted;
    if (fits(got, wanted)) {
        *shape = lng_shape_is_image(wanted) ? wanted : got; /* even if the model reads a row, an image has a border */
        return true;
    }
    if (is_scalable(got, wanted) && r->in->resize)
        return lng_images_resize(&r->x->array, wanted.dim[0], wanted.dim[1], r->in->command->errors);
    return refuse_shape(r, got, wanted);
}

/* ---- comparing ---- */
static int64_t original(const lng_examples *x, int64_t example)
{
    return x->index ? x->index[example] : example;
}

/* The number of examples with a border that the training images lack; *first: one of them. */
static int64_t count_inverted(const reading *r, bool light, int64_t *first)
{
    const lng_array *array = &r->x->array;
    const double middle = (r->in->stats.least + r->in->stats.most) / 2;
    int64_t count = 0;
    for (int64_t i = 0; i < array->count; i++)
        if (lng_image_is_light(array, i, middle) == light && count++ == 0)
            *first = original(r->x, i);
    return count;
}

static bool check_polarity(const reading *r)
{
    const double usual = r->in->stats.light;
    const bool dark = usual<RARE, light = usual> 1 - RARE; /* NaN: neither */
    int64_t first = 0, count = 0;
    if (lng_shape_is_image(r->x->array.shape) && (dark || light))
        count = count_inverted(r, dark, &first);
    if (count == 0)
        return true;
    lng_text whose = lng_text_new(r->in->command->arena);
    if (r->x->held == 1)
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

/* Numbers far outside the range of the training data, or images in a sliver of it, have another scale. The rows of a table may well be
 * alike. */
static bool check_scale(const reading *r)
{
    const lng_array *array = &r->x->array;
    const lng_stats *trained = &r->in->stats;
    double least, most;
    lng_array_range(array, array->count, &least, &most);
    const double span = trained->most - trained->least, spread = most - least;
    const bool outside = least < trained->least - span || most > trained->most + span;
    const bool sliver = array->type == LNG_ARRAY_F32 && lng_shape_is_image(array->shape) && spread > 0 && spread < span / 100;
    char from[2][LNG_NUMBER_SIZE], to[2][LNG_NUMBER_SIZE];
    if (!outside && !sliver)
        return true;
    refuse(r, LNG_E_RANGE,
           outside ? "the numbers are %s to %s, but the model was trained on %s to %s"
                   : "all numbers are from %s to %s, less than a hundredth of the range that the model was trained on, %s to %s",
           lng_number_float(from[0], (float)least), lng_number_float(to[0], (float)most),
           lng_number_float(from[1], (float)trained->least), lng_number_float(to[1], (float)trained->most));
    hint(r, "convert them to the scale of the training data; --as-is accepts them as they are");
    return false;
}

/* Classes are taken as they are, within their range. */
static bool check_classes(const reading *r)
{
    const lng_array *array = &r->x->array;
    if (array->type == LNG_ARRAY_F32)
        return refuse(r, LNG_E_DTYPE, "`%s` is a class, an integer, but the file holds floats", r->in->field);
    for (int64_t i = 0; i < array->count; i++) {
        const double class = lng_array_at(array, i);
        if (class < 0 || class >= (double)r->in->classes)
            return refuse(r, LNG_E_RANGE, "example %lld is class %.0f, expected 0 to %lld", (long long)original(r->x, i), class,
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
    lng_array *array = &r->x->array;
    const lng_shape wanted = r->in->wanted;
    lng_failure failure = {0};
    if (!is_scalable(array->shape, wanted) || array->type == LNG_ARRAY_I32)
        return true;
    return lng_images_center(array, wanted.dim[0], wanted.dim[1], &failure, r->in->command->errors) ||
           (failure.code != LNG_E_NONE && refuse(r, failure.code, "%s", failure.text));
}

/* Ink that is farther from the middle, or smaller, than in any training image: they have one kind of border, so it is ink. */
static void advise(const reading *r)
{
    const lng_stats *trained = &r->in->stats;
    const lng_array *array = &r->x->array;
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

/* Brings what was read to what the model wants. */
static bool settle(const reading *r)
{
    const lng_preprocess *in = r->in;
    lng_examples *x = r->x;
    x->held = x->array.count;
    if (!x->array.at) /* nothing can be checked by its size */
        return refuse_shape(r, x->array.shape, in->wanted);
    if (!choose(r) || (in->center && !center(r)))
        return false;
    const bool fitted = fit(r);
    if (!fitted && !is_scalable(x->array.shape, in->wanted)) /* otherwise report the rest, too */
        return false;
    if (in->classes > 0)
        return fitted && check_classes(r);
    if (in->invert)
        lng_images_invert(&x->array);
    if (!compare(r) || !fitted)
        return false;
    advise(r);
    return true;
}

bool lng_preprocess_read(const lng_preprocess *const *in, size_t n, const char *path, lng_examples *const *x)
{
    lng_arena *arena = in[0]->command->arena;
    lng_data_field *field = LNG_NEW_N(arena, n, lng_data_field);
    lng_array *array = LNG_NEW_N(arena, n, lng_array);
    const lng_image_wish wish = {in[0]->wanted,
                                 in[0]->center   ? LNG_ANY_SIZE
                                 : in[0]->resize ? LNG_RESIZED
                                                 : LNG_THIS_SIZE,
                                 in[0]->classes > 0};
    for (size_t i = 0; i < n; i++)
        field[i] = (lng_data_field){in[i]->field, in[i]->wanted, in[i]->classes ? LNG_I32 : LNG_F32, {0}};
    bool good = lng_examples_read(path, wish, field, n, array, in[0]->command->errors);
    for (size_t i = 0; i < n; i++)
        *x[i] = (lng_examples){.array = array[i]};
    for (size_t i = 0; good && i < n; i++)
        good = settle(&(reading){.in = in[i], .source = {.name = strcmp(path, "-") ? path : "<stdin>"}, .x = x[i]});
    return good;
}
