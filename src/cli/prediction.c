/* Prints what a model says about an example. One number for each class, none negative, with sum 1, are probabilities, and a class is the
 * answer. Probabilities of labels that do not exclude each other give those above 0.5. Any other output is printed as its numbers. */
#include "base/json.h"
#include "cli/predict.h"
#include <math.h>
#include <string.h>

#define NAMED 3 /* classes in a line of text */

static const char prediction[] = "prediction", probability[] = "probability", output[] = "out";

static bool is_distribution(const lng_prediction *a)
{
    double sum = 0;
    for (int64_t i = 0; i < a->size; i++) {
        if (!(a->out[i] >= 0))
            return false;
        sum += a->out[i];
    }
    return a->size > 1 && a->size == a->meaning->classes && fabs(sum - 1) < 1e-4;
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

/* "3", or the name of class, label or number 3. */
static const char *name_of(const lng_prediction *a, int64_t i, char number[LNG_NUMBER_SIZE])
{
    return a->meaning->name ? a->meaning->name[i] : lng_number(number, (double)i);
}

static bool is_label(const lng_prediction *a, int64_t i)
{
    return a->out[i] > 0.5;
}

/* What the label is called. */
static const char *word_of(const lng_prediction *a, int64_t i)
{
    const char *const *word = a->meaning->word ? a->meaning->word[i] : NULL;
    return word ? word[is_label(a, i)] : is_label(a, i) ? "1" : "0";
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
            lng_text_add(out, "\t%s\t%.4f", lng_tame(out->arena, name_of(a, class[k], number)), a->out[class[k]]);
        }
    else
        for (int64_t i = 0; i < a->size; i++)
            if (a->meaning->kind == LNG_MEANS_LABELS)
                lng_text_add(out, "\t%s\t%.4f", lng_tame(out->arena, name_of(a, i, number)), a->out[i]);
            else
                lng_text_add(out, "\t%.7g", a->out[i]);
    lng_text_add(out, "\n");
}

/* ---- JSON ---- */
static void put_class(const lng_prediction *a, lng_json *j)
{
    const int64_t class = best(a, NULL, 0);
    if (a->meaning->name)
        lng_json_string(j, "class", a->meaning->name[class]);
    else
        lng_json_int(j, "class", class);
    lng_json_number(j, "probability", a->out[class]);
}

static void put_labels(const lng_prediction *a, lng_json *j)
{
    lng_json_array(j, "labels");
    for (int64_t i = 0; i < a->size; i++)
        if (is_label(a, i) && a->meaning->name)
            lng_json_string(j, NULL, a->meaning->name[i]);
        else if (is_label(a, i))
            lng_json_int(j, NULL, i);
    lng_json_end_array(j);
}

/* By name, if labels or numbers have names; in order otherwise, as classes always are. */
static void put_numbers(const lng_prediction *a, const char *key, bool classes, lng_json *j)
{
    const char *const *name = classes ? NULL : a->meaning->name;
    if (name)
        lng_json_object(j, key);
    else
        lng_json_array(j, key);
    for (int64_t i = 0; i < a->size; i++)
        lng_json_number(j, name ? name[i] : NULL, a->out[i]);
    if (name)
        lng_json_end(j);
    else
        lng_json_end_array(j);
}

void lng_prediction_json(const lng_prediction *a, lng_text *out)
{
    const bool classes = is_distribution(a), labels = a->meaning->kind == LNG_MEANS_LABELS;
    lng_json j = {.text = *out, .first = true};
    lng_json_object(&j, NULL);
    lng_json_string(&j, "file", a->file);
    lng_json_int(&j, "index", a->index < 0 ? 0 : a->index);
    if (classes)
        put_class(a, &j);
    if (labels)
        put_labels(a, &j);
    put_numbers(a, classes || labels ? "probabilities" : "output", classes, &j);
    lng_json_end(&j);
    *out = j.text;
    lng_text_put(out, "\n", 1);
}

/* ---- a table with more columns ---- */
/* Of numbers that are those of no field. */
static bool is_output(const lng_meaning *m)
{
    return m->kind == LNG_MEANS_NUMBERS && !m->predicts;
}

static bool starts(const char *name, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(name, word, n) == 0 && (name[n] == 0 || name[n] == '.');
}

bool lng_is_prediction(const char *name, const lng_meaning *meaning, int64_t size)
{
    const lng_prediction a = {.meaning = meaning};
    const char *word = is_output(meaning) ? output : prediction, *dot = strchr(name, '.');
    char number[LNG_NUMBER_SIZE];
    bool found = strcmp(name, word) == 0;
    if (!dot || (!starts(name, word) && !starts(name, probability)))
        return found;
    for (int64_t i = 0; i < size && !found; i++)
        found = strcmp(dot + 1, name_of(&a, i, number)) == 0;
    return found;
}

/* In quotes where it must be. */
static void put_cell(const lng_prediction_table *t, const char *text, lng_text *out)
{
    const char special[] = {t->form.separator, '"', '\n', '\r', 0};
    const bool quotes = strpbrk(text, special) || text[0] == ' ' || text[0] == '\t';
    lng_text_put(out, &t->form.separator, 1);
    lng_text_put(out, "\"", quotes);
    for (; *text; text++)
        lng_text_put(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    lng_text_put(out, "\"", quotes);
}

static void put_number(const lng_prediction_table *t, double x, lng_text *out)
{
    char number[LNG_NUMBER_SIZE];
    lng_number_float(number, (float)x);
    char *point = t->comma ? strchr(number, '.') : NULL;
    if (point)
        *point = ',';
    put_cell(t, number, out);
}

static void end_row(const lng_prediction_table *t, lng_text *out)
{
    lng_text_put(out, t->form.crlf ? "\r\n" : "\n", t->form.crlf ? 2 : 1);
}

/* A column for each class, label or number, or a single one. */
static void put_names(const lng_prediction *a, const lng_prediction_table *t, const char *what, lng_text *out)
{
    char number[LNG_NUMBER_SIZE];
    for (int64_t i = 0; i < a->size; i++)
        put_cell(t, a->size == 1 ? what : lng_format(out->arena, "%s.%s", what, name_of(a, i, number)), out);
}

static void put_head(const lng_prediction *a, const lng_prediction_table *t, lng_text *out)
{
    const lng_meaning *m = a->meaning;
    lng_text_put(out, t->head, t->head_length);
    if (t->classes)
        put_cell(t, prediction, out);
    else
        put_names(a, t, m->predicts || m->kind == LNG_MEANS_LABELS ? prediction : output, out);
    if (t->classes || m->kind == LNG_MEANS_LABELS)
        put_names(a, t, probability, out);
    end_row(t, out);
}

bool lng_prediction_csv(const lng_prediction *a, lng_prediction_table *t, lng_text *out, lng_errors *errors)
{
    const lng_source source = {.name = a->file};
    const bool classes = is_distribution(a), labels = a->meaning->kind == LNG_MEANS_LABELS;
    char number[LNG_NUMBER_SIZE];
    if (!t->begun) {
        t->classes = classes;
        if (t->form.headed)
            put_head(a, t, out);
        t->begun = true;
    }
    if (t->classes && !classes)
        return lng_error(errors, LNG_E_NONFINITE, (lng_place){.source = &source},
                         "the output for example %lld is no distribution, unlike that for the first one", (long long)a->index);
    lng_text_put(out, a->row, a->row_length);
    if (t->classes)
        put_cell(t, name_of(a, best(a, NULL, 0), number), out);
    for (int64_t i = 0; labels && i < a->size; i++)
        put_cell(t, word_of(a, i), out);
    for (int64_t i = 0; i < a->size; i++)
        put_number(t, a->out[i], out);
    end_row(t, out);
    return true;
}
