/* Classifies the rows of a table, or images of any size, with a run.
 *
 *     cc classify_table.c $(pkg-config --cflags --libs lngraph) \
 *         -o classify_table
 *     ./classify_table RUN customers.csv
 *     ./classify_table RUN photographs/
 *
 * RUN is the folder of a run. The examples are prepared as those that
 * the run was trained on. Prints the most probable class of each, by
 * its name if it has one, and its probability.
 *
 * Exit status: 0 done, 2 usage, 3 bad input, 4 the system refused. */
#include <lngraph/lngraph.h>
#include <stdlib.h>

enum { USAGE = 2, BATCH = 64 };

static void print(const lng_model *model, const float *probability,
                  size_t classes)
{
    size_t best = 0;
    for (size_t i = 1; i < classes; i++)
        if (probability[i] > probability[best])
            best = i;
    const char *name = lng_model_class(model, best);
    if (name)
        printf("%s\t%.4f\n", name, (double)probability[best]);
    else
        printf("%zu\t%.4f\n", best, (double)probability[best]);
}

static bool classify(const lng_model *model, lng_program *program,
                     const char *weights, const char *path,
                     lng_errors *errors)
{
    size_t rows, n;
    if (!lng_program_load(program, weights, errors) ||
        !lng_program_bind_file(program, path, &rows, errors) ||
        !lng_program_run(program, LNG_PREDICT, NULL, (int)rows, errors))
        return false;
    const float *out = lng_program_output(program, "out", &n);
    const size_t classes = out ? n / rows : 0;
    for (size_t i = 0; classes > 0 && i < rows; i++)
        print(model, out + i * classes, classes);
    return classes > 0;
}

int main(int argc, char **argv)
{
    char file[4096], weights[4096];
    if (argc != 3) {
        fprintf(stderr, "usage: classify_table RUN FILE\n");
        return USAGE;
    }
    snprintf(file, sizeof file, "%s/model.yaml", argv[1]);
    snprintf(weights, sizeof weights, "%s/model.safetensors", argv[1]);
    lng_errors *errors = lng_errors_new();
    lng_model *model = lng_model_load(file, NULL, errors);
    lng_program *program =
        model ? lng_model_compile(model, LNG_PREDICT, BATCH, 0, errors)
              : NULL;
    const bool ok =
        program && classify(model, program, weights, argv[2], errors);
    const int status = ok ? EXIT_SUCCESS : lng_errors_status(errors);
    lng_errors_print(errors, stderr, false);
    lng_program_free(program);
    lng_model_free(model);
    lng_errors_free(errors);
    return status;
}
