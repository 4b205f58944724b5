/* Checkpoints while training goes on (saver.h). */
#include "train/saver.h"
#include "base/clock.h"
#include "train/inside.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct lng_saver {
    const lng_session *session;
    const lng_data *data;
    const char *folder;
    lng_before_saving *before;
    void *context;
    lng_errors *errors;

    bool begun;       /* `before` has been called */
    bool barred;      /* it failed: there will be no checkpoint */
    double last;      /* when it was that a checkpoint was due */
    lng_store store;  /* the copy */
    float *best;      /* the copy of the best weights; NULL: the model keeps the last */
    lng_arena *arena; /* of the path and the rest */
    const char *path; /* of the newest checkpoint */
    lng_rest rest;
    lng_stays stays; /* without a seed: not found yet */

    bool writes; /* the thread is to be joined */
    pthread_t thread;
    atomic_bool done; /* it has nothing left to do */
    lng_errors *thread_errors;
};

const char *lng_checkpoint_path(lng_arena *a, const char *folder, int64_t older)
{
    return older ? lng_format(a, "%s/checkpoint-%lld.safetensors", folder, (long long)older)
                 : lng_format(a, "%s/" LNG_CHECKPOINT_FILE, folder);
}

/* ---- opening and closing ---- */
static size_t bytes(const lng_saver *s)
{
    return s->store.floats * sizeof *s->store.at;
}

static bool make_room(lng_saver *s)
{
    s->store = *s->session->store;
    s->store.at = lng_block_new(bytes(s));
    s->best = s->session->subject.model->keep.text ? lng_block_new(bytes(s)) : NULL;
    s->thread_errors = lng_errors_new();
    return s->store.at && (s->best || !s->session->subject.model->keep.text) && s->thread_errors;
}

lng_saver *lng_saver_new(const lng_session *session, const lng_data *data, const char *folder, lng_before_saving *before,
                         void *context, lng_errors *errors)
{
    lng_saver *s = lng_block_new(sizeof *s);
    if (s) {
        *s = (lng_saver){.session = session, .data = data, .folder = folder, .before = before, .context = context};
        s->errors = errors;
        s->last = lng_seconds();
        if (make_room(s))
            return s;
    }
    lng_saver_free(s);
    lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory: the checkpoint");
    return NULL;
}

/* Waits for the thread, and takes over what it complained of. */
static void join(lng_saver *s)
{
    if (!s->writes)
        return;
    pthread_join(s->thread, NULL);
    s->writes = false;
    if (lng_errors_count(s->thread_errors) && !lng_errors_count(s->errors)) {
        const lng_source file = {.name = lng_errors_file(s->thread_errors, 0)};
        lng_error(s->errors, lng_errors_code(s->thread_errors, 0), *file.name ? (lng_place){.source = &file} : lng_nowhere, "%s",
                  lng_errors_message(s->thread_errors, 0));
    }
    lng_errors_clear(s->thread_errors);
}

void lng_saver_free(lng_saver *s)
{
    if (!s)
        return;
    join(s);
    lng_block_free(s->store.at);
    lng_block_free(s->best);
    lng_arena_free(s->arena);
    lng_errors_free(s->thread_errors);
    lng_block_free(s);
}

/* ---- copying ---- */
typedef struct copying {
    lng_arena *arena;
    const lng_saver *saver;
    const lng_standing *standing;
    const char *path;
    lng_rest rest;
} copying;

static bool copy_rest(void *context)
{
    copying *c = context;
    const lng_model *m = c->saver->session->subject.model;
    c->path = lng_checkpoint_path(c->arena, c->saver->folder, 0);
    c->rest = (lng_rest){.numbers = lng_standing_numbers(c->arena, c->standing, m->metrics), .count = LNG_STANDING_TENSORS};
    return true;
}

/* Without memory, the copy before stays. */
static bool copy(lng_saver *s, const lng_standing *standing, const float *best)
{
    copying c = {.arena = lng_arena_new(), .saver = s, .standing = standing};
    if (!lng_attempt(c.arena, copy_rest, &c, s->errors, "copying a checkpoint")) {
        lng_arena_free(c.arena);
        return false;
    }
    lng_arena_free(s->arena);
    s->arena = c.arena;
    s->path = c.path;
    s->rest = c.rest;
    memcpy(s->store.at, s->session->store->at, bytes(s));
    if (best && standing->best.epoch > 0) {
        memcpy(s->best, best, bytes(s));
        s->rest.best = s->best;
    }
    return true;
}

/* ---- writing ---- */
static bool write_to(lng_saver *s, lng_file *file, lng_errors *errors)
{
    lng_weights weights = lng_session_weights(s->session);
    if (!*s->stays.text[LNG_STAYS_SEED])
        lng_stays_find(&s->stays, s->session->subject.model, s->data);
    for (int i = 0; i < LNG_STAYS; i++)
        s->rest.stays[i] = s->stays.text[i];
    weights.store = &s->store;
    weights.rest = &s->rest;
    return lng_weights_write(&weights, LNG_WEIGHTS_ALL, file, errors);
}

static bool cannot_rename(const lng_saver *s, const char *from)
{
    return lng_error(s->thread_errors, LNG_E_IO, lng_nowhere, "cannot rename %s: %s", from, strerror(errno));
}

/* Each checkpoint becomes one older, the oldest first. The newest keeps its name, too, until there is another, where the file system has
 * hard links. */
static bool shift(void *context)
{
    const lng_saver *s = context;
    for (int64_t older = s->session->subject.model->checkpoint.keep - 1; older > 0; older--) {
        const char *to = lng_checkpoint_path(s->arena, s->folder, older),
                   *from = lng_checkpoint_path(s->arena, s->folder, older - 1);
        if (older == 1 && (unlink(to) == 0 || errno == ENOENT) && link(from, to) == 0)
            return true;
        if (rename(from, to) != 0 && errno != ENOENT)
            return cannot_rename(s, from);
    }
    return true;
}

static void *write_checkpoint(void *context)
{
    lng_saver *s = context;
    lng_file *file = lng_file_begin_own(s->path, s->thread_errors);
    if (file && write_to(s, file, s->thread_errors) && lng_attempt(s->arena, shift, s, s->thread_errors, "saving a checkpoint"))
        lng_file_commit(file);
    else if (file)
        lng_file_abandon(file);
    s->done = true;
    return NULL;
}

/* Signals are left to the training thread. */
static void start(lng_saver *s)
{
    sigset_t all, old;
    sigfillset(&all);
    s->done = false;
    pthread_sigmask(SIG_SETMASK, &all, &old);
    s->writes = pthread_create(&s->thread, NULL, write_checkpoint, s) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!s->writes)
        write_checkpoint(s);
}

static bool is_due(lng_saver *s, const lng_standing *standing, bool ended)
{
    const lng_cadence *every = &s->session->subject.model->checkpoint;
    if (every->epochs > 0)
        return ended && standing->cursor.epoch % every->epochs == 0;
    if (every->steps > 0)
        return standing->cursor.step % every->steps == 0;
    return every->seconds > 0 && lng_seconds() - s->last >= every->seconds;
}

static void save(lng_saver *s, const lng_standing *standing, const float *best)
{
    s->last = lng_seconds();
    s->barred = !s->begun && !s->before(s->context);
    s->begun = true;
    if (!s->barred && copy(s, standing, best))
        start(s);
}

bool lng_saver_look(lng_saver *s, const lng_standing *standing, const float *best, bool ended)
{
    const size_t known = lng_errors_count(s->errors);
    if (s->writes && !s->done)
        return true;
    join(s);
    if (!s->barred && is_due(s, standing, ended))
        save(s, standing, best);
    return known > 0 || lng_errors_count(s->errors) == 0;
}

bool lng_saver_last(lng_saver *s, const lng_standing *standing, const float *best)
{
    join(s);
    return copy(s, standing, best);
}

bool lng_saver_write(lng_saver *s, lng_file *file)
{
    join(s); /* if training has ended without a last copy */
    return s->arena && write_to(s, file, s->errors);
}

bool lng_saver_forget(const lng_saver *s, lng_arena *arena)
{
    bool ok = true;
    for (int64_t older = 1; older < s->session->subject.model->checkpoint.keep; older++)
        ok = lng_file_remove(lng_checkpoint_path(arena, s->folder, older), s->errors) && ok;
    return ok;
}
