/* Builds a function in C and differentiates it: the gradient of
 * f(x) = log(sum(exp(x))) is known to be exp(x[i]) / sum(exp(x)).
 *
 *     cc gradient.c $(pkg-config --cflags --libs lngraph) -lm -o gradient
 *     ./gradient
 *
 * The graph describes one example; a run computes several. */
#include <lngraph/lngraph.h>
#include <math.h>
#include <stdlib.h>

enum { EXAMPLES = 3, N = 4 };
static const float points[EXAMPLES][N] = {
    {0, 0, 0, 0}, {1, 2, 3, 4}, {-1.5f, 0.25f, 2, -0.5f}};

/* The outputs are `f` and its gradient `df`. A call that fails gives
 * NULL, and so does one that is given NULL; the last calls report it. */
static lng_program *build(lng_errors *errors)
{
    lng_builder *b = lng_builder_new(errors);
    if (!b)
        return NULL;
    const int64_t shape[] = {N};
    lng_value *x = lng_builder_input(b, "x", 1, shape);
    lng_value *e = lng_builder_op1(b, "exp", x);
    lng_value *sum = lng_builder_op(b, "sum", &e, 1, "axes: [%d]", 0);
    lng_value *f = lng_builder_op1(b, "log", sum), *df;
    const bool ok = lng_builder_gradient(b, f, &x, 1, &df) &&
                    lng_builder_output(b, "f", f) &&
                    lng_builder_output(b, "df", df);
    lng_program *program =
        ok ? lng_builder_compile(b, LNG_EVALUATE, EXAMPLES, 1) : NULL;
    lng_builder_free(b);
    return program;
}

/* The largest difference between the gradient and the formula. */
static double compare(const float x[N], const float df[N])
{
    double sum = 0, worst = 0;
    for (int i = 0; i < N; i++)
        sum += exp(x[i]);
    for (int i = 0; i < N; i++) {
        const double formula = exp(x[i]) / sum;
        printf("  x %5.2f: df %.7f, by the formula %.7f\n", x[i], df[i],
               formula);
        worst = fmax(worst, fabs(df[i] - formula));
    }
    return worst;
}

static bool run(lng_program *program, lng_errors *errors)
{
    if (!lng_program_bind_f32(program, "x", points[0], EXAMPLES, N,
                              LNG_BORROW, errors) ||
        !lng_program_run(program, LNG_EVALUATE, NULL, EXAMPLES, errors))
        return false;
    const float *f = lng_program_output(program, "f", NULL);
    const float *df = lng_program_output(program, "df", NULL);
    double worst = 0;
    for (int i = 0; i < EXAMPLES; i++) {
        printf("f = %.7f\n", f[i]);
        worst = fmax(worst, compare(points[i], df + i * N));
    }
    printf("largest difference: %.1e\n", worst);
    return worst < 1e-6;
}

int main(void)
{
    lng_errors *errors = lng_errors_new();
    lng_program *program = errors ? build(errors) : NULL;
    const bool ok = program && run(program, errors);
    if (errors)
        lng_errors_print(errors, stderr, false);
    lng_program_free(program);
    lng_errors_free(errors);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
