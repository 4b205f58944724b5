/* A loss that stays near ln(k), where k classes have equal probabilities, whatever the example: the model has not begun to learn. */
#include "figure/figure.h"
#include "report/report.h"
#include <math.h>

#define NEAR 0.01 /* of it */

bool lng_is_guessing(const lng_model *m, double loss)
{
    const size_t label = lng_label_field(m);
    const double guess = label == SIZE_MAX || m->field[label].classes < 2 ? NAN : log((double)m->field[label].classes);
    return fabs(loss - guess) <= NEAR * guess;
}

const char *lng_guess_text(lng_arena *a, const lng_model *m)
{
    const int64_t classes = m->field[lng_label_field(m)].classes;
    return lng_format(a, "within 1 %% of ln(%lld) = %.3f, as if it guessed", (long long)classes, log((double)classes));
}

const char lng_guess_advice[] =
    "If it does not fall: try a learning rate that is three times larger, or smaller, relu in place of sigmoid, batchnorm after "
    "convolutions, or inputs around 0 to 1; and see whether the labels fit the examples, with `lngraph describe`.";

/* The longest row of epochs; *first: from 1. */
static int longest(const lng_report *r, int *first)
{
    const lng_history *h = r->history;
    int n = 0, most = 0;
    for (size_t i = 0; h && i < h->epochs; i++) {
        n = lng_is_guessing(r->model, h->epoch[i].loss) ? n + 1 : 0;
        if (n > most) {
            most = n;
            *first = h->epoch[i].epoch - n + 1;
        }
    }
    return most;
}

const char *lng_guess_note(lng_arena *a, const lng_report *r)
{
    int first = 0;
    const int n = longest(r, &first);
    if (n < LNG_GUESSES)
        return NULL;
    const lng_history *h = r->history;
    const bool still = lng_is_guessing(r->model, h->epoch[h->epochs - 1].loss);
    return lng_format(a, "In epochs %d to %d, the loss stayed %s. %s", first, first + n - 1, lng_guess_text(a, r->model),
                      still ? lng_guess_advice : "");
}
