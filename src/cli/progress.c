/* What a run shows while it trains, on standard error: a row per epoch and, on a terminal, a live line. */
#include "base/clock.h"
#include "cli/cli.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REDRAW 0.1                                                           /* seconds */
enum { LEAST_ROWS = 24, MOST_ROWS = 9, LEAST_WIDTH = 50, MOST_WIDTH = 100 }; /* of a screen with a curve; of its plot */

/* ---- the curve of the loss ---- */
/* The screen may have become smaller since it was drawn. */
static bool has_room(const lng_progress *p)
{
    return lng_screen_rows(STDERR_FILENO) >= LEAST_ROWS && lng_screen_width(STDERR_FILENO) > p->curve_width;
}

static void keep_loss(lng_progress *p, const lng_epoch *e)
{
    double **array[] = {&p->epoch, &p->loss[0], &p->loss[1]};
    const double value[] = {e->epoch, e->loss, e->validation.count ? e->validation.loss : (double)NAN};
    size_t capacity = 0;
    for (int i = 0; i < 3; i++) {
        capacity = p->capacity;
        *array[i] = lng_grow(p->command->arena, *array[i], p->epochs, &capacity, sizeof **array[i]);
        (*array[i])[p->epochs] = value[i];
    }
    p->capacity = capacity;
    p->epochs++;
}

static void draw_curve(lng_progress *p)
{
    const int rows = lng_screen_rows(STDERR_FILENO) / 4 - 1, width = lng_screen_width(STDERR_FILENO) - 1;
    const lng_chart chart = {.title = "loss",
                             .x = p->epoch,
                             .y = {p->loss[0], p->validation ? p->loss[1] : NULL},
                             .name = {"training", "validation"},
                             .n = p->epochs,
                             .columns = (width < MOST_WIDTH ? width : MOST_WIDTH) - LNG_CHART_LEFT,
                             .rows = rows < MOST_ROWS ? rows : MOST_ROWS};
    p->curve.length = 0;
    *p->curve.at = 0;
    p->curve_width = width < MOST_WIDTH ? width : MOST_WIDTH;
    if (p->epochs > 1 && p->curve_width >= LEAST_WIDTH)
        lng_chart_write(&chart, &p->curve, p->command->look_err);
}

/* ---- the live line ---- */
/* Of the steps and what follows each epoch, at the pace of this process. */
static double seconds_left(const lng_progress *p, const lng_trainer *t)
{
    const double epochs = (double)(t->steps - t->cursor.step) / (double)lng_steps_per_epoch(t->rows, t->batch);
    return t->watch.usual * (double)(t->steps - t->cursor.step) + (p->epochs ? epochs * p->rest / (double)p->epochs : 0);
}

static void draw(lng_progress *p, const lng_trainer *t)
{
    const lng_tally *tally = &t->tally;
    const double n = (double)tally->examples;
    char left[32], number[LNG_NUMBER_SIZE];
    lng_line l = lng_line_begin();
    lng_line_add(&l, "epoch %d/%d", t->cursor.epoch + 1, p->model->epochs);
    lng_line_add(&l, "  batch %lld/%lld", (long long)lng_steps_per_epoch(t->cursor.row, t->batch),
                 (long long)lng_steps_per_epoch(t->rows, t->batch));
    lng_line_add(&l, "  loss %.4f", tally->loss / n);
    lng_line_add(&l, "  %s left", lng_duration(left, seconds_left(p, t)));
    lng_line_add(&l, l.limit < 75 ? "  %s/s" : "  %s examples/s",
                 lng_grouped(number, tally->seconds > 0 ? (int64_t)(n / tally->seconds) : 0));
    lng_line_bar(&l, p->command->look_err, (double)t->cursor.step / (double)t->steps);
    lng_line_draw(&l, has_room(p) ? p->curve.at : "", &p->shown);
}

static void on_step(void *context, const lng_trainer *t)
{
    lng_progress *p = context;
    const double now = p->command->live ? lng_seconds() : 0;
    if (now - p->drawn < REDRAW)
        return;
    p->drawn = now;
    draw(p, t);
}

/* ---- the rows ---- */
/* A log gets all cells, a terminal as many as fitted when the header was written. */
typedef struct row {
    char text[1024];
    size_t length;
    int limit;
} row;

static void cell(row *r, int width, const char *text)
{
    if ((int)r->length + width > r->limit)
        return;
    const int n = snprintf(r->text + r->length, sizeof r->text - r->length, " %*s", width - 1, text);
    if (n > 0 && (size_t)n < sizeof r->text - r->length)
        r->length += (size_t)n;
}

static void cell_number(row *r, int width, double value)
{
    char text[32];
    snprintf(text, sizeof text, isfinite(value) ? fabs(value) < 1e5 ? "%.4f" : "%.2e" : "undefined", value);
    cell(r, width, text);
}

static int metric_width(const char *label)
{
    const size_t n = strlen(label);
    return n > 30 ? 31 : n > 9 ? (int)n + 1 : 10;
}

static void end_row(lng_progress *p, row *r, lng_style style)
{
    const lng_look look = p->command->look_err;
    lng_line_clear(&p->shown);
    fprintf(stderr, "%s%s%s\n", lng_style_on(look, style), r->text, lng_style_off(look, style));
}

/* A mean has a column for training too, unless the screen is too narrow. */
static bool has_training_column(const lng_progress *p, size_t k)
{
    return !p->brief && !p->model->metric[k].collective;
}

static void measure(lng_progress *p)
{
    const lng_model *m = p->model;
    int all = 6 + 10 + 10;
    for (size_t k = 0; k < m->metrics; k++)
        all += metric_width(m->metric[k].label) * (m->metric[k].collective ? 1 : 2);
    p->limit = p->command->live ? lng_screen_width(STDERR_FILENO) - 1 : (int)sizeof(row){0}.text;
    p->brief = p->validation && all > p->limit;
}

/* Columns: loss and means of training; loss, means and first figures of validation; seconds. */
static void write_head(lng_progress *p)
{
    const lng_model *m = p->model;
    row top = {.limit = p->limit}, r = top;
    cell(&r, 6, "epoch");
    cell(&r, 10, "loss");
    for (size_t k = 0; k < m->metrics; k++)
        if (has_training_column(p, k))
            cell(&r, metric_width(m->metric[k].label), m->metric[k].label);
    const int training = (int)r.length;
    if (p->validation) {
        cell(&r, 10, "loss");
        for (size_t k = 0; k < m->metrics; k++)
            cell(&r, metric_width(m->metric[k].label), m->metric[k].label);
        cell(&top, training, "training");
        if ((int)r.length > training)
            cell(&top, (int)r.length - training, "validation");
        end_row(p, &top, LNG_BOLD);
    }
    cell(&r, 8, "time");
    end_row(p, &r, LNG_BOLD);
}

/* Empty cells if there was no validation. */
static void write_validation(const lng_model *m, const lng_scores *v, row *r)
{
    if (v->count > 0)
        cell_number(r, 10, v->loss);
    else
        cell(r, 10, "");
    for (size_t k = 0; k < m->metrics; k++) {
        const int width = metric_width(m->metric[k].label);
        if (v->count == 0)
            cell(r, width, "");
        else
            cell_number(r, width, m->metric[k].collective ? v->measure[k].figure[0] : v->mean[k]);
    }
}

/* Once, so that nobody waits in vain, or in fear. */
static void warn_of_guesses(lng_progress *p, const lng_epoch *e)
{
    p->guesses = lng_is_guessing(p->model, e->loss) ? p->guesses + 1 : 0;
    if (p->guesses != LNG_GUESSES)
        return;
    lng_text text = lng_text_new(p->command->arena);
    lng_wrap(&text,
             lng_format(p->command->arena, "For %d epochs, the loss has stayed %s. %s", LNG_GUESSES,
                        lng_guess_text(p->command->arena, p->model), lng_guess_advice),
             "  ", p->command->live ? lng_screen_width(STDERR_FILENO) : 80);
    fprintf(stderr, "%s\n", text.at);
}

static void on_epoch(void *context, const lng_epoch *e)
{
    lng_progress *p = context;
    const lng_model *m = p->model;
    char text[32];
    if (!p->limit) {
        measure(p);
        write_head(p);
    }
    row r = {.limit = p->limit};
    snprintf(text, sizeof text, "%d", e->epoch);
    cell(&r, 6, text);
    cell_number(&r, 10, e->loss);
    for (size_t k = 0; k < m->metrics; k++)
        if (has_training_column(p, k))
            cell_number(&r, metric_width(m->metric[k].label), e->metric[k]);
    if (p->validation)
        write_validation(m, &e->validation, &r);
    snprintf(text, sizeof text, "%.1f s", e->seconds);
    cell(&r, 8, text);
    end_row(p, &r, LNG_PLAIN);
    warn_of_guesses(p, e);
    p->rest += e->seconds - e->train_seconds;
    keep_loss(p, e);
    if (p->command->live && lng_screen_rows(STDERR_FILENO) >= LEAST_ROWS)
        draw_curve(p);
}

/* At once, also with --quiet: what happens to a run without checkpoints is for the user to decide. */
static void on_unsaved(void *context, const lng_errors *errors)
{
    lng_progress *p = context;
    lng_line_clear(&p->shown);
    fprintf(stderr, "cannot save checkpoints: %s; training goes on\n",
            lng_tame(p->command->arena, lng_errors_message(errors, lng_errors_count(errors) - 1)));
}

lng_observer lng_progress_begin(lng_progress *p, lng_command *c, const lng_workspace *w)
{
    *p = (lng_progress){
        .command = c, .model = w->model, .validation = w->data->validation_count > 0, .curve = lng_text_new(c->arena)};
    if (lng_command_get(c, "quiet"))
        return (lng_observer){.context = p, .unsaved = on_unsaved};
    return (lng_observer){.context = p, .step = on_step, .epoch = on_epoch, .unsaved = on_unsaved};
}

void lng_progress_end(lng_progress *p)
{
    lng_line_clear(&p->shown);
    if (p->limit > 0)
        fputc('\n', stderr); /* the report follows */
}
