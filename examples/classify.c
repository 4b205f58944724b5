/* Classifies one image with stored weights.
 *
 *     cc classify.c $(pkg-config --cflags --libs lngraph) -o classify
 *     ./classify RUN IMAGE.pgm
 *
 * RUN is a folder with model.yaml and model.safetensors, as `lngraph run` leaves it; the image is a binary PGM of the size that the model
 * was trained on. Prints the classes, the most probable first. Exit status: 0 done, 2 usage, 3 bad input, 4 memory and the like. */
#include <lngraph/lngraph.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, BAD_INPUT = 3, SHOWN = 3 };

/* ---- the image: P5, width, height, 255, one byte a pixel ---- */
typedef struct image {
    int64_t width, height;
    uint8_t *pixel;
} image;

/* The first character after spaces and comments. */
static int skip_space(FILE *file)
{
    int c;
    bool comment = false;
    do {
        c = getc(file);
        comment = c == '#' || (comment && c != '\n' && c != EOF);
    } while (comment || isspace(c));
    return c;
}

/* A number of the header, and the one space after it; -1 when there is none. */
static int64_t read_number(FILE *file)
{
    int c = skip_space(file), digits = 0;
    int64_t n = 0;
    for (; isdigit(c) && digits < 6; c = getc(file), digits++)
        n = 10 * n + (c - '0');
    return digits > 0 && isspace(c) ? n : -1;
}

static bool read_image(const char *path, image *im)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool ok = getc(file) == 'P' && getc(file) == '5';
    im->width = ok ? read_number(file) : -1;
    im->height = ok ? read_number(file) : -1;
    ok = ok && im->width > 0 && im->height > 0 && read_number(file) == 255;
    const size_t pixels = ok ? (size_t)im->width * (size_t)im->height : 0;
    im->pixel = ok ? malloc(pixels) : NULL;
    ok = im->pixel && fread(im->pixel, 1, pixels, file) == pixels && getc(file) == EOF;
    fclose(file);
    return ok;
}

/* ---- the model ---- */

/* The first input of floats is the image. */
static const char *image_input(const lng_model *model, const image *im)
{
    int64_t dims[LNG_MAX_DIMS];
    for (size_t i = 0; i < lng_model_inputs(model); i++) {
        if (lng_model_input_is_integer(model, i))
            continue;
        const int rank = lng_model_input_shape(model, i, dims);
        if ((rank == 2 || (rank == 3 && dims[2] == 1)) && dims[0] == im->height && dims[1] == im->width)
            return lng_model_input(model, i);
        fprintf(stderr, "the image is %lld x %lld pixels, one channel; the model's `%s` is not\n", (long long)im->height,
                (long long)im->width, lng_model_input(model, i));
        return NULL;
    }
    fprintf(stderr, "the model has no input for an image\n");
    return NULL;
}

typedef struct guess {
    size_t label;
    float probability;
} guess;

static int by_probability(const void *a, const void *b)
{
    const guess *x = a, *y = b;
    if (x->probability != y->probability)
        return x->probability > y->probability ? -1 : 1;
    return x->label < y->label ? -1 : 1;
}

static bool print_classes(const float *probability, size_t classes)
{
    guess *all = malloc(classes * sizeof *all);
    if (!all)
        return false;
    for (size_t i = 0; i < classes; i++)
        all[i] = (guess){i, probability[i]};
    qsort(all, classes, sizeof *all, by_probability);
    for (size_t i = 0; i < classes && i < SHOWN; i++)
        printf("class %zu\t%.4f\n", all[i].label, all[i].probability);
    free(all);
    return true;
}

static bool classify(const lng_model *model, lng_program *program, const char *weights, const image *im, lng_errors *errors)
{
    size_t classes;
    const size_t pixels = (size_t)im->width * (size_t)im->height;
    const char *input = image_input(model, im);
    if (!input || !lng_program_load(program, weights, errors) ||
        !lng_program_bind_u8(program, input, im->pixel, 1, pixels, LNG_BORROW, errors) ||
        !lng_program_run(program, LNG_PREDICT, NULL, 1, errors))
        return false;
    const float *probability = lng_program_output(program, "out", &classes);
    return probability && print_classes(probability, classes);
}

int main(int argc, char **argv)
{
    char file[4096], weights[4096];
    image im = {0, 0, NULL};
    if (argc != 3) {
        fprintf(stderr, "usage: classify RUN IMAGE.pgm\n");
        return USAGE;
    }
    snprintf(file, sizeof file, "%s/model.yaml", argv[1]);
    snprintf(weights, sizeof weights, "%s/model.safetensors", argv[1]);
    lng_errors *errors = lng_errors_new();
    if (!errors)
        return EXIT_FAILURE;
    const bool read = read_image(argv[2], &im);
    if (!read)
        fprintf(stderr, "%s: not a binary PGM of 8 bits\n", argv[2]);
    lng_model *model = read ? lng_model_load(file, NULL, errors) : NULL;
    lng_program *program = model ? lng_model_compile(model, LNG_PREDICT, 1, 1, errors) : NULL;
    const bool ok = program && classify(model, program, weights, &im, errors);
    const int status = ok ? EXIT_SUCCESS : lng_errors_count(errors) ? lng_errors_status(errors) : BAD_INPUT;
    lng_errors_print(errors, stderr, false);
    lng_program_free(program);
    lng_model_free(model);
    lng_errors_free(errors);
    free(im.pixel);
    return status;
}
