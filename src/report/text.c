/* The report for people: figures by class, the confusion matrix, and last, where the eye is when a command ends, the figures of the splits
 * side by side.
 *
 * Published figures appear below those of the run only if they are for the same data set. */
#include "report/facts.h"
#include "report/quantity.h"
#include "report/report.h"
#include <string.h>

#define CLASS_DECIMALS    5
#define WIDEST_CONFUSION  32 /* classes; with more, the most frequent confusions are listed */
#define LISTED_CONFUSIONS 12

/* The last one, which is the one to judge by. */
static const lng_scores *any_split(const lng_report *r)
{
    for (int i = LNG_SPLITS - 1; i >= 0; i--)
        if (lng_report_split(r, i))
            return r->split[i];
    return NULL;
}

/* ---- the head ---- */
static void write_head(const lng_report *r, lng_text *out, lng_look look)
{
    lng_arena *a = out->arena;
    const lng_model *m = r->model;
    const lng_history *h = r->history;
    lng_text_add(out, "%s%s on %s%s\n", lng_style_on(look, LNG_BOLD), m->name, r->data->name, lng_style_off(look, LNG_BOLD));
    lng_text_add(out, "%s parameters, seed %llu", lng_count(a, m->parameters), (unsigned long long)m->seed);
    if (!h) {
        lng_text_add(out, "\n");
        return;
    }
    lng_text_add(out, ", %zu epoch%s of %d\n", h->epochs, h->epochs == 1 ? "" : "s", m->epochs);
    lng_wrap(out,
             lng_format(a, "trained in %s s at %s examples/s with %d thread%s%s",
                        lng_fixed(a, h->train_seconds, h->train_seconds < 10 ? 2 : 1),
                        lng_rate(a, h->train_seconds > 0 ? (double)h->examples / h->train_seconds : 0), r->threads,
                        r->threads == 1 ? "" : "s", h->interrupted ? "; interrupted" : ""),
             "", look.width);
    lng_text_add(out, "\n");
}

/* ---- splits side by side ---- */
static lng_table *split_table(const lng_report *r, lng_arena *a, const char *corner, bool intervals)
{
    char align[LNG_SPLITS + 3] = "l";
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            strcat(align, "r");
    if (intervals)
        strcat(align, "L");
    lng_table *t = lng_table_new(a, lng_copy(a, align), 0, 4);
    lng_table_cell(t, LNG_BOLD, corner);
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            lng_table_cell(t, LNG_BOLD, lng_split_name((lng_split)i));
    if (intervals)
        lng_table_cell(t, LNG_DIM, "95 % interval");
    lng_table_rule(t);
    return t;
}

static void published_row(const lng_report *r, lng_table *t, lng_arena *a, const lng_quantity *q, bool intervals)
{
    bool any = false;
    for (int i = 0; i < LNG_SPLITS; i++)
        any = any || (lng_report_split(r, i) && lng_published_find(r->model, lng_split_name((lng_split)i), q->name));
    if (!any || !lng_published_applies(r->model, r->data))
        return;
    lng_table_cell(t, LNG_DIM, "  published");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i)) {
            const lng_published *p = lng_published_find(r->model, lng_split_name((lng_split)i), q->name);
            lng_table_cell(t, LNG_DIM, p ? lng_fixed(a, p->value, q->decimals) : "-");
        }
    if (intervals)
        lng_table_cell(t, LNG_DIM, "");
}

static void quantity_row(const lng_report *r, lng_table *t, lng_arena *a, const lng_quantity *q, bool intervals)
{
    lng_table_cell(t, LNG_PLAIN, q->words);
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            lng_table_cell(t, LNG_PLAIN, lng_fixed(a, lng_quantity_value(q, r->split[i]), q->decimals));
    if (intervals)
        lng_table_cell(t, LNG_DIM, lng_quantity_interval_text(a, q, any_split(r)));
    published_row(r, t, a, q, intervals);
}

static void write_absent(const lng_report *r, lng_text *out, lng_look look)
{
    for (size_t k = 0; k < r->model->metrics; k++)
        for (int i = 0; i < LNG_SPLITS; i++) {
            const char *note = lng_absent_note(out->arena, r, k, i);
            if (!note)
                continue;
            lng_wrap(out, note, "", look.width);
            lng_text_add(out, "\n");
        }
}

static bool any_interval(const lng_report *r, const lng_quantities *q)
{
    for (size_t k = 0; any_split(r) && k < q->count; k++)
        if (lng_has_interval(lng_quantity_interval(&q->at[k], any_split(r))))
            return true;
    return false;
}

static void write_quantities(const lng_report *r, lng_text *out, lng_look look)
{
    lng_arena *a = out->arena;
    const lng_model *m = r->model;
    const lng_quantities q = lng_quantities_of(a, m);
    const bool intervals = any_interval(r, &q);
    lng_table *t = split_table(r, a, "", intervals);
    lng_table_cell(t, LNG_PLAIN, "examples");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            lng_table_cell(t, LNG_PLAIN, lng_count(a, r->split[i]->count));
    if (intervals)
        lng_table_cell(t, LNG_PLAIN, "");
    for (size_t k = 0; k < q.count; k++)
        quantity_row(r, t, a, &q.at[k], intervals);
    lng_text_add(out, "\n");
    lng_table_write(t, out, look);
    write_absent(r, out, look);
    if (m->published_count > 0 && !lng_published_applies(r->model, r->data))
        lng_text_add(out, "The published figures are for %s, not for %s.\n", m->published_data, r->data->name);
    else if (m->published_count > 0 && m->published_source) {
        lng_wrap(out, lng_format(a, "Published: %s", m->published_source), "", look.width);
        lng_text_add(out, "\n");
    }
}

/* ---- figures by class ---- */
static void write_classes(const lng_report *r, size_t metric, lng_text *out, lng_look look)
{
    lng_arena *a = out->arena;
    const lng_measure *any = &any_split(r)->measure[metric]; /* all have the same classes */
    if (any->columns == 0)
        return;
    lng_table *t = split_table(r, a, lng_format(a, "%s by class", r->model->metric[metric].label), false);
    for (int64_t c = 0; c < any->columns; c++) {
        lng_table_cell(t, LNG_PLAIN, lng_class_words(a, r->model, r->data, any->classes, lng_measure_class(any, c)));
        for (int i = 0; i < LNG_SPLITS; i++)
            if (lng_report_split(r, i))
                lng_table_cell(t, LNG_PLAIN, lng_fixed(a, r->split[i]->measure[metric].per_class[c], CLASS_DECIMALS));
    }
    lng_text_add(out, "\n");
    lng_table_write(t, out, look);
}

/* ---- confusion ---- */
#define OFTEN 100 /* a mistake that is made with one of so many examples of a class stands out */

static lng_style style_of(int64_t n, int64_t examples, bool right)
{
    return right ? LNG_RIGHT : n == 0 ? LNG_DIM : n * OFTEN >= examples ? LNG_WRONG : LNG_PLAIN;
}

static const lng_table *matrix_of(lng_arena *a, const lng_model *m, const lng_data *d, const lng_scores *s, lng_look look)
{
    char *align = lng_alloc(a, (size_t)s->classes + 3);
    memset(align, 'r', (size_t)s->classes + 2);
    align[1] = 'l';
    align[s->classes + 2] = 0;
    lng_table *t = lng_table_new(a, align, 0, 1);
    lng_table_cell(t, LNG_PLAIN, "");
    lng_table_cell(t, LNG_PLAIN, "");
    for (int64_t c = 0; c < s->classes; c++)
        lng_table_cell(t, LNG_BOLD, lng_class_words(a, m, d, s->classes, c));
    for (int64_t y = 0; y < s->classes; y++) {
        lng_table_cell(t, LNG_BOLD, lng_class_words(a, m, d, s->classes, y));
        lng_table_cell(t, LNG_DIM, look.utf8 ? "│" : "|");
        int64_t examples = 0;
        for (int64_t c = 0; c < s->classes; c++)
            examples += s->confusion[y * s->classes + c];
        for (int64_t c = 0; c < s->classes; c++) {
            const int64_t n = s->confusion[y * s->classes + c];
            lng_table_cell(t, style_of(n, examples, c == y),
                           n == 0 && c != y ? (look.utf8 ? "·" : ".") : lng_format(a, "%lld", (long long)n));
        }
    }
    return t;
}

/* The most frequent mistakes, largest first; ties in row-major order. */
static void write_mistakes(const lng_model *m, const lng_data *d, const lng_scores *s, lng_text *out)
{
    int64_t bound = INT64_MAX, bound_at = -1;
    for (int listed = 0; listed < LISTED_CONFUSIONS; listed++) {
        int64_t best = 0, at = -1;
        for (int64_t i = 0; i < s->classes * s->classes; i++) {
            const int64_t n = s->confusion[i];
            const bool after = n < bound || (n == bound && i > bound_at);
            if (i / s->classes != i % s->classes && after && n > best)
                best = n, at = i;
        }
        if (at < 0)
            break;
        lng_text_add(out, "  %s taken for %s: %lld\n", lng_class_words(out->arena, m, d, s->classes, at / s->classes),
                     lng_class_words(out->arena, m, d, s->classes, at % s->classes), (long long)best);
        bound = best, bound_at = at;
    }
}

void lng_confusion_text(const lng_model *m, const lng_data *d, lng_split split, const lng_scores *s, lng_text *out, lng_look look)
{
    const lng_table *matrix = s->classes <= WIDEST_CONFUSION ? matrix_of(out->arena, m, d, s, look) : NULL;
    if (matrix && look.width > 0 && lng_table_width(matrix) > look.width)
        matrix = NULL;
    lng_text_add(out, "%sconfusion, %s%s (%s)\n", lng_style_on(look, LNG_BOLD), lng_split_name(split),
                 lng_style_off(look, LNG_BOLD), matrix ? "rows: label, columns: prediction" : "most frequent");
    if (matrix)
        lng_table_write(matrix, out, look);
    else
        write_mistakes(m, d, s, out);
}

static void write_confusion(const lng_report *r, lng_text *out, lng_look look)
{
    const lng_split split = lng_report_split(r, LNG_TEST)         ? LNG_TEST
                            : lng_report_split(r, LNG_VALIDATION) ? LNG_VALIDATION
                                                                  : LNG_TRAIN;
    const lng_scores *s = any_split(r);
    if (!s || !s->confusion)
        return;
    lng_text_add(out, "\n");
    lng_confusion_text(r->model, r->data, split, s, out, look);
}

/* What makes figures look better than they are. */
static void write_leaks(const lng_report *r, lng_text *out, lng_look look)
{
    const lng_duplicates d = lng_duplicates_of(out->arena, r);
    for (int i = LNG_VALIDATION; i < LNG_SPLITS; i++)
        if (d.leaked[i]) {
            lng_wrap(out,
                     lng_format(out->arena, "%s of %s %s examples equal a training example.", lng_count(out->arena, d.leaked[i]),
                                lng_count(out->arena, lng_split_range(r->data, (lng_split)i).count), lng_split_name((lng_split)i)),
                     "", look.width);
            lng_text_add(out, "\n");
        }
}

static void write_guesses(const lng_report *r, lng_text *out, lng_look look)
{
    const char *note = lng_guess_note(out->arena, r);
    if (!note)
        return;
    lng_wrap(out, note, "", look.width);
    lng_text_add(out, "\n");
}

void lng_report_text(const lng_report *r, lng_text *out, lng_look look)
{
    write_head(r, out, look);
    for (size_t k = 0; k < r->model->metrics; k++)
        if (r->model->metric[k].collective && any_split(r))
            write_classes(r, k, out, look);
    write_confusion(r, out, look);
    write_quantities(r, out, look);
    write_leaks(r, out, look);
    write_guesses(r, out, look);
}
