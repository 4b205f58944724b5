/* Trains a small network, described in a text, on pictures in memory.
 *
 *     cc train_string.c $(pkg-config --cflags --libs lngraph) \
 *         -o train_string
 *     ./train_string          train, and print loss and accuracy
 *     ./train_string FOLDER   also write model.yaml, model.safetensors
 *                             and picture.pgm there, for classify.c
 *
 * The pictures are 8 x 8 pixels, dark and noisy, with one bright bar:
 * horizontal (class 0), vertical (1) or diagonal (2). */
#include <lngraph/lngraph.h>
#include <stdlib.h>

static const char description[] =
    "lngraph: 1\n"
    "name: bars\n"
    "data:\n"
    "  source:\n"
    "    format: memory\n"
    "    classes: 3\n"
    "    fields: {image: [8, 8, 1], label: class}\n"
    "in: image[8, 8, 1], label\n"
    "graph:\n"
    "  - image / 255\n"
    "  - conv2d: {filters: 8, kernel: 3, activation: relu}\n"
    "  - maxpool2d: {size: 2}\n"
    "  - flatten\n"
    "  - dense: {units: 3, activation: softmax}\n"
    "train:\n"
    "  loss: cross_entropy(out, label)\n"
    "  optimizer: adam(lr=0.01)\n"
    "  batch: 32\n"
    "  epochs: 10\n"
    "  seed: 7\n"
    "report: {metrics: ['accuracy(out, label)']}\n";

enum {
    SIDE = 8,
    PIXELS = SIDE * SIDE,
    CLASSES = 3,
    TRAIN = 1200,
    TEST = 300
};

typedef struct pictures {
    uint8_t image[TRAIN + TEST][PIXELS];
    int32_t label[TRAIN + TEST];
} pictures;

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * below >> 32);
}

static void make_pictures(pictures *p)
{
    uint32_t state = 1;
    for (int i = 0; i < TRAIN + TEST; i++) {
        const int label = (int)draw(&state, CLASSES);
        const int at = (int)draw(&state, SIDE);
        for (int k = 0; k < PIXELS; k++) {
            const int row = k / SIDE, column = k % SIDE;
            const int bar = label == 0   ? row == at
                            : label == 1 ? column == at
                                         : (row + at) % SIDE == column;
            p->image[i][k] =
                (uint8_t)(draw(&state, 120) + (bar ? 100 : 0));
        }
        p->label[i] = label;
    }
}

/* The library writes the weights; we write the model and a picture. */
static bool save(const lng_program *program, const pictures *p,
                 const char *folder, lng_errors *errors)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (!lng_program_save_weights(program, path, errors))
        return false;
    snprintf(path, sizeof path, "%s/model.yaml", folder);
    FILE *text = fopen(path, "w");
    snprintf(path, sizeof path, "%s/picture.pgm", folder);
    FILE *picture = fopen(path, "wb");
    bool ok = text && picture && fputs(description, text) >= 0 &&
              fprintf(picture, "P5\n%d %d\n255\n", SIDE, SIDE) > 0 &&
              fwrite(p->image[TRAIN], PIXELS, 1, picture) == 1;
    ok = (!text || fclose(text) == 0) && ok;
    ok = (!picture || fclose(picture) == 0) && ok;
    if (ok)
        printf("%s is a picture of class %d\n", path,
               (int)p->label[TRAIN]);
    else
        fprintf(stderr, "%s cannot be written\n", folder);
    return ok;
}

/* Binds `count` pictures from `first` on, without copying them. */
static bool bind(lng_program *program, const pictures *p, int first,
                 size_t count, lng_errors *errors)
{
    return lng_program_bind_u8(program, "image", p->image[first], count,
                               PIXELS, LNG_BORROW, errors) &&
           lng_program_bind_i32(program, "label", p->label + first,
                                count, 1, LNG_BORROW, errors);
}

static bool train(lng_program *program, int epochs, lng_errors *errors)
{
    for (int epoch = 1; epoch <= epochs; epoch++) {
        double loss;
        if (!lng_program_epoch(program, &loss, errors))
            return false;
        printf("epoch %d: loss %.4f\n", epoch, loss);
    }
    return true;
}

/* Evaluates all test pictures in one run, whatever the batch size. */
static bool test(lng_program *program, lng_errors *errors)
{
    if (!lng_program_run(program, LNG_EVALUATE, NULL, TEST, errors))
        return false;
    printf("test: loss %.4f, accuracy %.4f\n",
           lng_program_mean(program, "loss"),
           lng_program_mean(program, "accuracy"));
    return true;
}

int main(int argc, char **argv)
{
    static pictures p;
    lng_errors *errors = lng_errors_new();
    if (!errors)
        return EXIT_FAILURE;
    make_pictures(&p);
    lng_model *model =
        lng_model_load_text("bars.yaml", description, NULL, errors);
    lng_program *program =
        model ? lng_model_compile(model, LNG_STEP | LNG_EVALUATE, 0, 0,
                                  errors)
              : NULL;
    if (program)
        printf("%s: %lld parameters\n", lng_model_name(model),
               (long long)lng_model_parameters(model));
    const bool ok = program && bind(program, &p, 0, TRAIN, errors) &&
                    train(program, lng_model_epochs(model), errors) &&
                    bind(program, &p, TRAIN, TEST, errors) &&
                    test(program, errors) &&
                    (argc < 2 || save(program, &p, argv[1], errors));
    int status = lng_errors_status(errors);
    if (!ok && status == 0)
        status = EXIT_FAILURE;
    lng_errors_print(errors, stderr, false);
    lng_program_free(program);
    lng_model_free(model);
    lng_errors_free(errors);
    return status;
}
