/* Prints what a model says about an example. One number for each class, none negative, with sum 1, are probabilities, and a class is the
 * answer. Any other output is printed as its numbers. */
#include "base/json.h"
#include "cli/predict.h"
#include <math.h>
#include <string.h>

#define NAMED 3 /* classes in a line of text */

static bool is_distribution(const lng_prediction *a)
{
    double sum = 0;
    for (int64_t i = 0; i < a->size; i++) {
        if (!(a->out[i] >= 0))
            return false;
        sum += a->out[i];
    }
    return a->size > 1 && a->size == a->classes && fabs(sum - 1) < 1e-4;
}

/* The most probable class after the ones that are taken; of equals the first. */
static int64_t best(const lng_prediction *a, const int64_t *taken, int count)
{
    int64_t found = -1;
    for (int64_t i = 0; i < a->size; i++) {
        bool free = true;
        for (int k = 0; k < count; k++)
            free = free && taken[k] != i;
        if (free && (found < 0 || a->out[i] > a->out[found]))
            found = i;
    }
    return found;
}

/* "3", or the name of class 3. */
static const char *class_name(const lng_prediction *a, int64_t class, char number[LNG_NUMBER_SIZE])
{
    return a->name ? a->name[class] : lng_number(number, (double)class);
}

static void put_name(const lng_prediction *a, lng_text *out)
{
    lng_text_add(out, "%s", lng_tame(out->arena, a->file));
    if (a->index >= 0)
        lng_text_add(out, "[%lld]", (long long)a->index);
}

void lng_prediction_text(const lng_prediction *a, lng_text *out)
{
    int64_t class[NAMED];
    char number[LNG_NUMBER_SIZE];
    if (a->picture)
        lng_text_add(out, "%s", a->picture);
    put_name(a, out);
    if (is_distribution(a))
        for (int k = 0; k < NAMED && k < a->size; k++) {
            class[k] = best(a, class, k);
            lng_text_add(out, "\t%s\t%.4f", lng_tame(out->arena, class_name(a, class[k], number)), a->out[class[k]]);
        }
    else
        for (int64_t i = 0; i < a->size; i++)
            lng_text_add(out, "\t%.7g", a->out[i]);
    lng_text_add(out, "\n");
}

void lng_prediction_json(const lng_prediction *a, lng_text *out)
{
    const bool classes = is_distribution(a);
    lng_json j = {.text = *out, .first = true};
    lng_json_object(&j, NULL);
    lng_json_string(&j, "file", a->file);
    lng_json_int(&j, "index", a->index < 0 ? 0 : a->index);
    if (classes) {
        const int64_t class = best(a, NULL, 0);
        if (a->name)
            lng_json_string(&j, "class", a->name[class]);
        else
            lng_json_int(&j, "class", class);
        lng_json_number(&j, "probability", a->out[class]);
    }
    lng_json_array(&j, classes ? "probabilities" : "output");
    for (int64_t i = 0; i < a->size; i++)
        lng_json_number(&j, NULL, a->out[i]);
    lng_json_end_array(&j);
    lng_json_end(&j);
    *out = j.text;
    lng_text_put(out, "\n", 1);
}

/* ---- a table with more columns ---- */
/* In quotes where it must be. */
static void put_cell(const lng_prediction_table *t, const char *text, lng_text *out)
{
    const char special[] = {t->separator, '"', '\n', '\r', 0};
    const bool quotes = strpbrk(text, special) || text[0] == ' ' || text[0] == '\t';
    lng_text_put(out, &t->separator, 1);
    lng_text_put(out, "\"", quotes);
    for (; *text; text++)
        lng_text_put(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    lng_text_put(out, "\"", quotes);
}

static void end_row(const lng_prediction_table *t, lng_text *out)
{
    lng_text_put(out, t->crlf ? "\r\n" : "\n", t->crlf ? 2 : 1);
}

static void put_head(const lng_prediction *a, const lng_prediction_table *t, lng_text *out)
{
    lng_text_put(out, t->head, t->head_length);
    char number[LNG_NUMBER_SIZE];
    if (t->classes)
        put_cell(t, "prediction", out);
    for (int64_t i = 0; i < a->size && t->classes; i++)
        put_cell(t, lng_format(out->arena, "probability.%s", class_name(a, i, number)), out);
    for (int64_t i = 0; i < a->size && !t->classes; i++)
        put_cell(t, a->size == 1 ? "out" : lng_format(out->arena, "out.%lld", (long long)i), out);
    end_row(t, out);
}

bool lng_prediction_csv(const lng_prediction *a, lng_prediction_table *t, lng_text *out, lng_errors *errors)
{
    const lng_source source = {.name = a->file};
    const bool classes = is_distribution(a);
    char number[LNG_NUMBER_SIZE];
    if (!t->headed) {
        t->classes = classes;
        put_head(a, t, out);
        t->headed = true;
    }
    if (t->classes && !classes)
        return lng_error(errors, LNG_E_NONFINITE, (lng_place){.source = &source},
                         "the output for example %lld is no distribution, unlike that for the first one", (long long)a->index);
    lng_text_put(out, a->row, a->row_length);
    if (t->classes)
        put_cell(t, class_name(a, best(a, NULL, 0), number), out);
    for (int64_t i = 0; i < a->size; i++)
        put_cell(t, lng_number_float(number, (float)a->out[i]), out);
    end_row(t, out);
    return true;
}
