/* Classifies an image with stored weights.
 *
 *     cc classify.c $(pkg-config --cflags --libs lngraph) -o classify
 *     ./classify RUN IMAGE.pgm
 *
 * RUN is the folder of a run: it holds model.yaml and
 * model.safetensors. The image is a binary PGM of the size that the
 * model was trained on. Prints the three most probable classes.
 *
 * Exit status: 0 done, 2 usage, 3 bad input, 4 the system refused. */
#include <lngraph/lngraph.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, BAD_INPUT = 3, SHOWN = 3 };

/* ---- the image: P5, width, height, 255, a byte for each pixel ---- */
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

/* A number of the header and the space after it; -1 if there is none. */
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
    ok = ok && im->width > 0 && im->height > 0 &&
         read_number(file) == 255;
    const size_t pixels =
        ok ? (size_t)im->width * (size_t)im->height : 0;
    im->pixel = ok ? malloc(pixels) : NULL;
    ok = im->pixel && fread(im->pixel, 1, pixels, file) == pixels &&
         getc(file) == EOF;
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
        if ((rank == 2 || (rank == 3 && dims[2] == 1)) &&
            dims[0] == im->height && dims[1] == im->width)
            return lng_model_input(model, i);
        fprintf(stderr,
                "`%s` is not %lld x %lld pixels of one channel\n",
                lng_model_input(model, i), (long long)im->height,
                (long long)im->width);
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

static bool classify(const char *run, const image *im,
                     lng_errors *errors)
{
    char file[4096], weights[4096];
    snprintf(file, sizeof file, "%s/model.yaml", run);
    snprintf(weights, sizeof weights, "%s/model.safetensors", run);
    lng_model *model = lng_model_load(file, NULL, errors);
    lng_program *program =
        model ? lng_model_compile(model, LNG_PREDICT, 1, 1, errors)
              : NULL;
    const char *input = program ? image_input(model, im) : NULL;
    const size_t pixels = (size_t)(im->width * im->height);
    bool ok = input && lng_program_load(program, weights, errors) &&
              lng_program_bind_u8(program, input, im->pixel, 1, pixels,
                                  LNG_BORROW, errors) &&
              lng_program_run(program, LNG_PREDICT, NULL, 1, errors);
    if (ok) {
        size_t classes;
        const float *probability =
            lng_program_output(program, "out", &classes);
        ok = probability && print_classes(probability, classes);
    }
    lng_program_free(program);
    lng_model_free(model);
    return ok;
}

int main(int argc, char **argv)
{
    image im = {0, 0, NULL};
    if (argc != 3) {
        fprintf(stderr, "usage: classify RUN IMAGE.pgm\n");
        return USAGE;
    }
    lng_errors *errors = lng_errors_new();
    if (!errors)
        return EXIT_FAILURE;
    const bool read = read_image(argv[2], &im);
    if (!read)
        fprintf(stderr, "%s: not a binary PGM of 8 bits\n", argv[2]);
    const bool ok = read && classify(argv[1], &im, errors);
    int status = lng_errors_status(errors);
    if (!ok && status == 0)
        status = BAD_INPUT;
    lng_errors_print(errors, stderr, false);
    lng_errors_free(errors);
    free(im.pixel);
    return status;
}
