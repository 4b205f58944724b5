/* Weights and checkpoints of a small model. Its session is made once. */
#include "config.h"
#include "fuzz.h"
#include "train/checkpoint.h"
#include <stdio.h>
#include <string.h>

static const char text[] =
    "lngraph: 1\nname: t\ndata: {source: digits, validation: {last: 0.1}}\nin: image[28, 28, 1], label\n"
    "graph:\n  - image / 255\n  - avgpool2d: {size: 7}\n  - flatten\n  - dense: {units: 2}\n  - batchnorm\n  - dense: {units: 10, "
    "activation: softmax}\n"
    "train: {loss: 'cross_entropy(out, label)', optimizer: momentum(lr=0.1), keep: best(validation.loss)}\n"
    "report: {metrics: ['accuracy(out, label)']}\n";

static lng_session *the_session(void)
{
    static lng_model *model;
    static lng_session *session;
    static lng_subject subject;
    static lng_team *team;
    lng_errors *errors = lng_errors_new();
    if (!session) {
        model = lng_model_parse("t.yaml", text, sizeof text - 1, NULL, 0, errors);
        if (!model)
            lng_errors_render(errors, stderr, false);
        FUZZ_MUST(model);
        team = lng_team_new(1);
        subject = lng_subject_of_model(model);
        session = lng_session_new(&subject, LNG_STEP | LNG_EVALUATE, 16, team, errors);
        FUZZ_MUST(session && lng_session_initialize(session, errors));
    }
    lng_errors_free(errors);
    return session;
}

/* Read as weights of this model, as a checkpoint, as weights of another model; a file that is refused changes nothing. */
void fuzz_weights(fuzz *f)
{
    const lng_session *s = the_session();
    const lng_weights w = lng_session_weights(s);
    const char *path = fuzz_file(f, "model.safetensors", f->at, f->n);
    const size_t bytes = w.store->floats * sizeof *w.store->at;
    void *before = memcpy(lng_alloc(f->arena, bytes), w.store->at, bytes);
    bool ok = lng_weights_load(&w, path, f->errors);
    fuzz_outcome(f, ok);
    FUZZ_MUST(ok || memcmp(before, w.store->at, bytes) == 0);
    lng_errors_clear(f->errors);
    for (lng_start start = {.from = path, .match = "dense*"}; start.layout < LNG_LAYOUTS; start.layout++) {
        ok = lng_weights_adopt(&w, &start, s->subject.model->plain, f->errors);
        fuzz_outcome(f, ok);
        lng_errors_clear(f->errors);
    }
    lng_checkpoint c;
    fuzz_outcome(f, lng_checkpoint_load(&c, s, path, f->arena, f->errors));
    memcpy(w.store->at, before, bytes);
}

/* A checkpoint whose digest is right, with any numbers in it: two bytes of sizes, then the numbers. */
void fuzz_checkpoint(fuzz *f)
{
    const lng_session *s = the_session();
    lng_weights w = lng_session_weights(s);
    if (f->n < 2)
        return;
    const size_t metrics = s->subject.model->metrics;
    lng_standing blank = {.tally.metric = LNG_NEW_N(f->arena, metrics, double), .epochs = f->at[0] % 4};
    blank.epoch = LNG_NEW_N(f->arena, blank.epochs, lng_epoch);
    for (size_t i = 0; i < blank.epochs; i++)
        blank.epoch[i].metric = LNG_NEW_N(f->arena, metrics, double);
    lng_numbers *n = lng_standing_numbers(f->arena, &blank, metrics);
    size_t at = 2;
    for (int i = 0; i < LNG_STANDING_TENSORS; i++)
        for (int64_t k = 0; k < lng_shape_size(n[i].shape) && at + 8 <= f->n; k++, at += 8)
            memcpy(&n[i].at[k], f->at + at, 8);
    const lng_rest rest = {
        .stays = {"1", "data"}, .best = f->at[0] & 4 ? w.store->at : NULL, .numbers = n, .count = f->at[0] & 8 ? 3 : 4};
    w.rest = &rest;
    const char *path = lng_format(f->arena, "%s/checkpoint.safetensors", f->folder);
    FUZZ_MUST(lng_weights_save(&w, LNG_WEIGHTS_ALL, path, f->errors));
    lng_checkpoint c;
    const bool ok = lng_checkpoint_load(&c, s, path, f->arena, f->errors);
    fuzz_outcome(f, ok);
    FUZZ_MUST(!ok || (c.standing.epochs == blank.epochs && c.standing.cursor.row >= 0 && c.standing.cursor.epoch >= 0));
}
