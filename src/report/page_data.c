/* The data on the page: samples, how many examples of each class each part has, ranges, duplicates. */
#include "report/page.h"

#define MOST_CLASSES 40  /* that are listed */
#define LENGTH       160 /* bytes of what is in an example */

/* ---- counts ---- */
static void counts(const lng_page *p)
{
    const lng_report *r = p->report;
    const size_t field = lng_label_field(r->model);
    const char *head[LNG_SPLITS + 1] = {"class"}, *cell[LNG_SPLITS + 1];
    const int64_t *count[LNG_SPLITS];
    size_t n = 1;
    if (field == SIZE_MAX || r->model->field[field].classes > MOST_CLASSES)
        return;
    for (int s = 0; s < LNG_SPLITS; s++)
        if ((count[n - 1] = lng_class_counts(p->arena, r, (lng_split)s)))
            head[n++] = lng_split_name((lng_split)s);
    if (n == 1)
        return;
    lng_page_put(p, "<h3>Examples of each class</h3>\n");
    lng_page_table(p, "Examples of each class", head, n);
    for (int64_t c = 0; c < r->model->field[field].classes; c++) {
        cell[0] = lng_class_text(p->arena, &p->drawn, c);
        for (size_t k = 1; k < n; k++)
            cell[k] = lng_count(p->arena, count[k - 1][c]);
        lng_page_row(p, cell, n);
    }
    lng_page_table_end(p);
}

/* ---- samples ---- */
static void sample_row(const lng_page *p, const char *number, const char *class, const char *text)
{
    lng_page_put(p, "<tr><th scope=\"row\">");
    lng_page_say(p, number);
    lng_page_put(p, "</th><td>");
    lng_page_say(p, class);
    lng_page_put(p, "</td><td class=\"prose\">");
    lng_page_say(p, text);
    lng_page_put(p, "</td></tr>\n");
}

static void samples(const lng_page *p)
{
    const lng_range r = lng_split_range(p->report->data, LNG_TRAIN);
    const lng_array *images = lng_picture_field(r.part);
    const size_t label = lng_label_field(p->report->model);
    int64_t *example;
    const size_t n = lng_samples_of(p->arena, &p->drawn, &example);
    if (images)
        lng_page_put(p, "<ul class=\"pictures\">\n");
    else
        lng_page_table(p, "Samples", (const char *const[]){"example", label == SIZE_MAX ? "" : "class", "what is in it"}, 3);
    for (size_t i = 0; i < n; i++) {
        const char *class = label == SIZE_MAX ? "" : lng_class_text(p->arena, &p->drawn, lng_label_at(&r, label, example[i]));
        const char *number = lng_format(p->arena, "%lld", (long long)example[i]);
        if (images) {
            lng_page_put(p, lng_format(p->arena, "<li><img alt=\"training example %s\" src=\"", number));
            lng_picture_uri(p->out, images, r.first + example[i]);
            lng_page_put(p, label == SIZE_MAX ? "\"><br>example " : "\"><br>class ");
            lng_page_say(p, label == SIZE_MAX ? number : class);
            lng_page_put(p, "</li>\n");
        } else
            sample_row(p, number, class, lng_example_text(p->arena, &p->drawn, &r, example[i], LENGTH));
    }
    if (images)
        lng_page_put(p, "</ul>\n");
    else
        lng_page_table_end(p);
}

/* ---- the dictionary ---- */
static void dictionary(const lng_page *p)
{
    const lng_model *m = p->report->model;
    const lng_stats *stats = lng_found_of(p->arena, p->report)->stats;
    char shape[LNG_SHAPE_TEXT];
    lng_page_put(p, "<h3>Fields</h3>\n");
    lng_page_table(p, "Fields of an example", (const char *const[]){"field", "shape", "kind", "least", "most"}, 5);
    for (size_t i = 0; i < m->fields; i++) {
        const lng_data_field *f = &m->field[i];
        const bool numbers = f->dtype == LNG_F32 || f->whole;
        const double least = numbers ? stats[i].least : 0, most = numbers ? stats[i].most : (double)f->classes - 1;
        lng_page_row(p,
                     (const char *const[]){f->name, f->shape.rank ? lng_shape_text(shape, f->shape) : "", lng_field_kind(f),
                                           lng_format(p->arena, "%.6g", least), lng_format(p->arena, "%.6g", most)},
                     5);
    }
    lng_page_table_end(p);
}

/* ---- duplicates ---- */
static void duplicates(const lng_page *p)
{
    const lng_duplicates d = lng_found_of(p->arena, p->report)->duplicates;
    lng_arena *a = p->arena;
    lng_page_put(p, "<p>");
    lng_page_say(p, lng_format(a, "%s of %s training examples repeat another one.", lng_count(a, d.repeated),
                               lng_count(a, p->report->data->train_count)));
    for (int s = LNG_VALIDATION; s < LNG_SPLITS; s++) {
        const lng_range r = lng_split_range(p->report->data, (lng_split)s);
        if (r.count)
            lng_page_say(p, lng_format(a, " %s of %s %s examples equal a training example.", lng_count(a, d.leaked[s]),
                                       lng_count(a, r.count), lng_split_name((lng_split)s)));
    }
    lng_page_put(p, "</p>\n");
}

void lng_page_data(const lng_page *p)
{
    lng_page_section(p, "data", lng_format(p->arena, "Data: %s", p->report->data->name));
    if (p->report->model->data.about) {
        lng_page_put(p, "<p>");
        lng_page_say(p, p->report->model->data.about);
        lng_page_put(p, "</p>\n");
    }
    samples(p);
    lng_page_figure(p, "pixels");
    lng_page_put(p, "<div class=\"pair\">\n<div>\n");
    dictionary(p);
    lng_page_put(p, "</div>\n<div>\n");
    counts(p);
    lng_page_put(p, "</div>\n</div>\n");
    duplicates(p);
    lng_page_section_end(p);
}
