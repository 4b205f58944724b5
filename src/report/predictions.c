/* predictions.csv: what was predicted for each example of a split, and what is right. Rows are written by blocks, however many there are. */
#include "figure/figure.h"
#include "report/report.h"
#include <string.h>

#define BLOCK ((size_t)64 << 10) /* bytes that wait to be written */

static void put_text(lng_text *out, const char *text)
{
    const bool quote = strpbrk(text, ",\"\n\r") != NULL;
    lng_text_add(out, quote ? ",\"" : ",");
    for (; *text; text++)
        lng_text_put(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    lng_text_add(out, quote ? "\"" : "");
}

static void put_number(lng_text *out, float x)
{
    char number[LNG_NUMBER_SIZE];
    lng_text_add(out, ",%s", lng_number_float(number, x));
}

static void put_columns(lng_text *out, const lng_scored *e, const char *name)
{
    for (int64_t k = 0; k < e->columns; k++)
        put_text(out, e->columns == 1 ? name : lng_format(out->arena, "%s.%lld", name, (long long)k));
}

/* example,label,predicted,score.NAME...; or example,right,predicted, with a number for each column. */
static void put_head(lng_text *out, const lng_scored *e, const char **class)
{
    lng_text_add(out, "example");
    if (e->label) {
        lng_text_add(out, ",label,predicted");
        for (int64_t k = 0; k < e->columns; k++)
            put_text(out, lng_format(out->arena, "score.%s", class[lng_score_label(e->columns, k)]));
    } else {
        put_columns(out, e, "right");
        put_columns(out, e, "predicted");
    }
    lng_text_add(out, "\n");
}

static void put_row(lng_text *out, const lng_scored *e, const char **class, int64_t i)
{
    const float *score = e->score + i * e->columns;
    lng_text_add(out, "%lld", (long long)i);
    if (e->label) {
        put_text(out, class[e->label[i]]);
        put_text(out, class[lng_predicted(score, e->columns)]);
    } else
        for (int64_t k = 0; k < e->columns; k++)
            put_number(out, e->target[i * e->columns + k]);
    for (int64_t k = 0; k < e->columns; k++)
        put_number(out, score[k]);
    lng_text_add(out, "\n");
}

const lng_doc *lng_predictions_wanted(const lng_model *m)
{
    return lng_doc_get(lng_doc_get(m->expanded, "report"), "predictions");
}

lng_split lng_predictions_split(const lng_model *m)
{
    const lng_doc *wanted = lng_predictions_wanted(m);
    lng_split split = LNG_TRAIN;
    while (split < LNG_TEST && strcmp(lng_split_name(split), wanted->text) != 0)
        split++;
    return split;
}

bool lng_predictions_write(const lng_report *r, lng_arena *a, lng_file *file, lng_errors *errors)
{
    const lng_split split = lng_predictions_split(r->model);
    const lng_drawn drawn = {.model = r->model, .data = r->data, .scores = r->split[split], .split = split};
    const lng_scored *e = lng_drawn_answered(&drawn);
    if (!e) {
        lng_error(errors, LNG_E_MISSING_KEY, lng_predictions_wanted(r->model)->place,
                  "there are no predictions to write: no metric compares them");
        return lng_error_hint(errors, "add a metric over the whole set, such as r2(out, target) or auc(out, label)"), false;
    }
    const int64_t classes = e->label ? lng_score_classes(e->columns) : 0;
    const char **class = LNG_NEW_N(a, (size_t)classes + 1, const char *);
    for (int64_t k = 0; k < classes; k++)
        class[k] = lng_class_text(a, &drawn, k);
    lng_text out = lng_text_new(a);
    bool good = true;
    put_head(&out, e, class);
    for (int64_t i = 0; i < e->count && good; i++) {
        put_row(&out, e, class, i);
        if (out.length < BLOCK && i + 1 < e->count)
            continue;
        good = lng_file_put(file, out.at, out.length);
        out.length = 0;
    }
    return good;
}
