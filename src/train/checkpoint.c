/* Where training stands, as numbers and back (checkpoint.h). */
#include "config.h"
#include "train/checkpoint.h"
#include "base/file.h"
#include "base/guard.h"
#include "base/json.h"
#include "train/safetensors.h"
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- what stays the same ---- */
void lng_stays_find(lng_stays *s, const lng_model *m, const lng_data *data)
{
    const lng_keeping *keep = &m->keep;
    char digest[LNG_DIGEST_TEXT];
    snprintf(s->text[LNG_STAYS_SEED], sizeof *s->text, "%" PRIu64, m->seed);
    lng_data_digest(data, s->text[LNG_STAYS_DATA]);
    lng_data_digest_held_out(data, s->text[LNG_STAYS_HELD_OUT]);
    snprintf(s->text[LNG_STAYS_LOSS], sizeof *s->text, "%s", lng_digest_text(digest, m->trained));
    snprintf(s->text[LNG_STAYS_UPDATES], sizeof *s->text, "%s", lng_digest_text(digest, m->updated));
    if (keep->text)
        snprintf(s->text[LNG_STAYS_KEEP], sizeof *s->text, "%s(%.100s)", keep->lower ? "lowest" : "highest", keep->text);
    else
        snprintf(s->text[LNG_STAYS_KEEP], sizeof *s->text, "last");
}

/* ---- numbers ---- */
/* Goes through the fields of a standing: writes them as numbers, or reads them from numbers. */
typedef struct walk {
    double *at;
    bool reads;
    bool unsound; /* an integer was read that is none, or not in its range */
} walk;

static void number(walk *w, double *x)
{
    if (w->reads)
        *x = *w->at;
    else
        *w->at = *x;
    w->at++;
}

/* No count is negative, and all are below 2^53, so that doubles hold them. */
static void count_to(walk *w, int64_t *x, int64_t most)
{
    double value = (double)*x;
    number(w, &value);
    const bool sound = value >= 0 && value <= (double)most && value == floor(value);
    w->unsound = w->unsound || !sound;
    *x = sound ? (int64_t)value : 0;
}

static void integer(walk *w, int64_t *x)
{
    count_to(w, x, (int64_t)1 << 53);
}

/* Of examples in an epoch, so that sums over epochs stay in range. */
static void examples(walk *w, int64_t *x)
{
    count_to(w, x, UINT32_MAX);
}

/* Of epochs: the next one has a number, too. */
static void epochs(walk *w, int *x)
{
    int64_t value = *x;
    count_to(w, &value, INT_MAX - 1);
    *x = (int)value;
}

static void clock_numbers(walk *w, lng_cursor *c)
{
    int64_t step = c->step;
    count_to(w, &step, UINT32_MAX);
    c->step = (uint32_t)step;
    epochs(w, &c->epoch);
    examples(w, &c->row);
}

enum { TALLY = 6 }; /* numbers, beside those of the metrics */
static void tally_numbers(walk *w, lng_tally *t, size_t metrics)
{
    examples(w, &t->examples);
    number(w, &t->loss);
    number(w, &t->norm);
    examples(w, &t->normed);
    number(w, &t->rate);
    number(w, &t->seconds);
    for (size_t i = 0; i < metrics; i++)
        number(w, &t->metric[i]);
}

static void best_numbers(walk *w, lng_best *b)
{
    number(w, &b->figure);
    epochs(w, &b->epoch);
    integer(w, &b->since);
}

static void scores_numbers(walk *w, lng_scores *s, size_t metrics)
{
    examples(w, &s->count);
    number(w, &s->loss);
    for (size_t i = 0; i < metrics; i++) {
        number(w, &s->mean[i]);
        for (int k = 0; k < LNG_FIGURES; k++)
            number(w, &s->measure[i].figure[k]);
    }
}

static void epoch_numbers(walk *w, lng_epoch *e, size_t metrics)
{
    epochs(w, &e->epoch);
    examples(w, &e->examples);
    number(w, &e->loss);
    number(w, &e->norm);
    number(w, &e->rate);
    number(w, &e->seconds);
    number(w, &e->train_seconds);
    for (size_t i = 0; i < metrics; i++)
        number(w, &e->metric[i]);
    scores_numbers(w, &e->validation, metrics);
}

static int64_t epoch_size(size_t metrics)
{
    return (int64_t)(9 + metrics * (2 + LNG_FIGURES));
}

/* An epoch whose lists have room; those that evaluation left out stay NaN. */
static lng_epoch blank_epoch(lng_arena *a, size_t metrics)
{
    lng_epoch e = {.metric = LNG_NEW_N(a, metrics, double)};
    e.validation = (lng_scores){.mean = LNG_NEW_N(a, metrics, double), .measure = LNG_NEW_N(a, metrics, lng_measure)};
    return e;
}

/* The same with the numbers of one that may lack them: of an epoch without a validation. */
static lng_epoch whole_epoch(lng_arena *a, const lng_epoch *from, size_t metrics)
{
    lng_epoch e = *from, blank = blank_epoch(a, metrics);
    e.validation.mean = from->validation.mean ? from->validation.mean : blank.validation.mean;
    e.validation.measure = from->validation.measure ? from->validation.measure : blank.validation.measure;
    return e;
}

lng_numbers *lng_standing_numbers(lng_arena *a, const lng_standing *s, size_t metrics)
{
    const lng_shape shape[LNG_STANDING_TENSORS] = {
        {.rank = 1, .dim = {3}},
        {.rank = 1, .dim = {TALLY + (int64_t)metrics}},
        {.rank = 1, .dim = {3}},
        {.rank = 2, .dim = {(int64_t)s->epochs, epoch_size(metrics)}},
    };
    static const char *const name[LNG_STANDING_TENSORS] = {"clock", "tally", "best", "history"};
    lng_numbers *n = LNG_NEW_N(a, LNG_STANDING_TENSORS, lng_numbers);
    walk w[LNG_STANDING_TENSORS];
    lng_standing now = *s;
    for (int i = 0; i < LNG_STANDING_TENSORS; i++) {
        n[i] = (lng_numbers){lng_format(a, LNG_RUN_PREFIX "%s", name[i]), shape[i],
                             LNG_NEW_N(a, (size_t)lng_shape_size(shape[i]), double)};
        w[i] = (walk){.at = n[i].at};
    }
    clock_numbers(&w[0], &now.cursor);
    tally_numbers(&w[1], &now.tally, metrics);
    best_numbers(&w[2], &now.best);
    for (size_t i = 0; i < s->epochs; i++) {
        lng_epoch e = whole_epoch(a, &s->epoch[i], metrics);
        epoch_numbers(&w[3], &e, metrics);
    }
    return n;
}

/* ---- and back ---- */
typedef struct reading {
    lng_checkpoint *to;
    const lng_session *session;
    lng_arena *arena;
    lng_place place;
    lng_errors *errors;
    lng_rest rest;
} reading;

/* The numbers of that name; NULL after an error. rows < 0: any number. */
static lng_numbers *find(const reading *r, const char *name, int64_t rows, int64_t columns)
{
    for (size_t i = 0; i < r->rest.count; i++) {
        lng_numbers *n = &r->rest.numbers[i];
        const bool list = rows < 0 && n->shape.rank == 2 && n->shape.dim[1] == columns;
        if (strcmp(n->name, name) == 0 && (list || (rows >= 0 && n->shape.rank == 1 && n->shape.dim[0] == columns)))
            return n;
    }
    lng_error(r->errors, LNG_E_WEIGHTS, r->place, "the checkpoint's `%s` is missing, or of a run with other metrics", name);
    return NULL;
}

/* The history has each epoch that is done, in order, and what is the best so far is in the file. */
static bool is_sound(const lng_checkpoint *c)
{
    const lng_standing *s = &c->standing;
    for (size_t i = 0; i < s->epochs; i++)
        if (s->epoch[i].epoch != (int)i + 1)
            return false;
    return s->cursor.row == s->tally.examples && (size_t)s->cursor.epoch == s->epochs && s->best.epoch - 1 <= s->cursor.epoch &&
           (s->best.epoch == 0 || c->best);
}

static bool read_standing(reading *r)
{
    const size_t metrics = r->session->subject.model->metrics;
    lng_standing *s = &r->to->standing;
    const lng_numbers *clock = find(r, LNG_RUN_PREFIX "clock", 0, 3), *best = find(r, LNG_RUN_PREFIX "best", 0, 3);
    const lng_numbers *tally = find(r, LNG_RUN_PREFIX "tally", 0, TALLY + (int64_t)metrics);
    const lng_numbers *history = find(r, LNG_RUN_PREFIX "history", -1, epoch_size(metrics));
    if (!clock || !best || !tally || !history)
        return false;
    *s = (lng_standing){.tally = {.metric = LNG_NEW_N(r->arena, metrics, double)}, .epochs = (size_t)history->shape.dim[0]};
    s->epoch = LNG_NEW_N(r->arena, s->epochs, lng_epoch);
    walk w = {.at = clock->at, .reads = true};
    clock_numbers(&w, &s->cursor);
    w.at = tally->at;
    tally_numbers(&w, &s->tally, metrics);
    w.at = best->at;
    best_numbers(&w, &s->best);
    w.at = history->at;
    for (size_t i = 0; i < s->epochs; i++) {
        s->epoch[i] = blank_epoch(r->arena, metrics);
        epoch_numbers(&w, &s->epoch[i], metrics);
    }
    return (!w.unsound && is_sound(r->to)) || lng_error(r->errors, LNG_E_WEIGHTS, r->place, "the checkpoint contradicts itself");
}

static bool load(void *context)
{
    reading *r = context;
    const lng_weights weights = lng_session_weights(r->session);
    if (!lng_weights_load_checkpoint(&weights, r->place.source->name, r->arena, &r->rest, r->errors))
        return false;
    memcpy(r->to->stays, r->rest.stays, sizeof r->to->stays);
    r->to->best = r->rest.best;
    return read_standing(r);
}

bool lng_checkpoint_load(lng_checkpoint *to, const lng_session *s, const char *path, lng_arena *arena, lng_errors *errors)
{
    const lng_source source = {.name = path};
    reading r = {.to = to, .session = s, .arena = arena, .place = {.source = &source}, .errors = errors};
    *to = (lng_checkpoint){0};
    return lng_attempt(arena, load, &r, errors, "reading the checkpoint");
}

/* ---- the clock alone ---- */
static void close_file(void *fd)
{
    close(*(const int *)fd);
}

static bool read_at(int fd, void *to, size_t n, uint64_t at)
{
    return lng_file_read_at(fd, at, to, n) == n;
}

/* Where the clock begins behind a header of so many bytes; -1: it has none. */
static int64_t find_clock(lng_arena *a, int fd, uint64_t header)
{
    size_t offset;
    const char *why;
    char *text = header <= LNG_MOST_HEADER ? lng_alloc(a, (size_t)header + 1) : NULL;
    if (!text || !read_at(fd, text, (size_t)header, 8))
        return -1;
    const lng_json_value *all = lng_json_parse(a, text, (size_t)header, &offset, &why);
    const lng_json_value *clock = all && all->kind == LNG_JSON_OBJECT ? lng_json_get(all, LNG_RUN_PREFIX "clock") : NULL;
    const lng_json_value *at = clock && clock->kind == LNG_JSON_OBJECT ? lng_json_get(clock, "data_offsets") : NULL;
    return at && at->kind == LNG_JSON_ARRAY && at->count == 2 && at->item[0].integral ? at->item[0].integer : -1;
}

static int64_t read_steps(lng_arena *a, int fd)
{
    unsigned char length[8];
    double stored, steps;
    if (!read_at(fd, length, sizeof length, 0))
        return -1;
    const uint64_t header = lng_get_u64(length);
    const int64_t at = find_clock(a, fd, header);
    if (at < 0 || at > INT64_MAX / 2 || !read_at(fd, &stored, sizeof stored, 8 + (int64_t)header + at))
        return -1;
    lng_copy_numbers(&steps, &stored, 1, sizeof steps);
    return steps >= 0 && steps <= UINT32_MAX ? (int64_t)steps : -1;
}

int64_t lng_checkpoint_steps(lng_arena *a, const char *path)
{
    lng_guard guard;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -1;
    lng_guard_begin(&guard, a, close_file, &fd);
    const int64_t steps = read_steps(a, fd);
    lng_guard_end(&guard);
    return steps;
}
