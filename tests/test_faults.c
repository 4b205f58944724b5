/* Every verb, while one of its calls to the system fails: the n-th allocation, read, write, fsync, rename, thread ...
 *
 * What an interruption or a short transfer hides, nobody notices. After any other failure the verb ends as if nothing had happened, because it
 * could do without, or with status 4 and one message; it leaks nothing, leaves no temporary, and changes nothing but its own results, of which
 * the weights are whole. The same command then succeeds.
 *
 * By default a few n are tried of each kind. LNGRAPH_FAULTS=10 tries the first and the last call of each caller, that is of the innermost ten
 * functions that have been called by then (tests/release/faults); LNGRAPH_FAULTS=all tries all, for a day. Both want CK_TIMEOUT_MULTIPLIER=100.
 * In a build with AddressSanitizer, which looks for leaks, it runs only if asked so; the C library's allocations do not fail there, those in arenas do.
 * LNGRAPH_FAULTS_IN=describe tries the commands that begin so. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands.h"
#include "data/format.h"
#include "suite.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a kind of call may do. */
typedef struct kind {
    fault fault;
    bool hidden; /* nobody notices */
} kind;
static const kind kinds[] = {
    {{.call = CALL_ALLOCATE, .number = ENOMEM}, false},
    {{.call = CALL_ALLOCATE, .number = ENOMEM, .on = true}, false},
    {{.call = CALL_ARENA, .number = ENOMEM}, false},
    {{.call = CALL_ARENA, .number = ENOMEM, .on = true}, false},
    {{.call = CALL_OPEN, .number = EMFILE}, false},
    {{.call = CALL_OPEN, .number = EROFS, .on = true}, false},
    {{.call = CALL_READ, .number = EIO}, false},
    {{.call = CALL_READ, .number = EINTR}, true},
    {{.call = CALL_READ, .half = true}, true},
    {{.call = CALL_READ, .half = true, .on = true}, true},
    {{.call = CALL_WRITE, .number = ENOSPC}, false},
    {{.call = CALL_WRITE, .number = ENOSPC, .on = true}, false},
    {{.call = CALL_WRITE, .number = EDQUOT}, false},
    {{.call = CALL_WRITE, .number = EIO}, false},
    {{.call = CALL_WRITE, .number = EINTR}, true},
    {{.call = CALL_WRITE, .half = true}, true},
    {{.call = CALL_WRITE, .half = true, .on = true}, true},
    {{.call = CALL_CLOSE, .number = EIO}, false},
    {{.call = CALL_CLOSE, .number = EINTR}, true},
    {{.call = CALL_SYNC, .number = EIO}, false},
    {{.call = CALL_SYNC, .number = EINTR}, true},
    {{.call = CALL_SYNC, .number = ENOSPC, .on = true}, false},
    {{.call = CALL_RENAME, .number = EROFS}, false},
    {{.call = CALL_RENAME, .number = EIO, .on = true}, false},
    {{.call = CALL_LINK, .number = EPERM, .on = true}, true},
    {{.call = CALL_UNLINK, .number = EIO}, false},
    {{.call = CALL_MKDIR, .number = EROFS}, false},
    {{.call = CALL_CUT, .number = EIO}, false},
    {{.call = CALL_RESERVE, .number = ENOSPC}, false},
    {{.call = CALL_RESERVE, .number = EDQUOT}, false},
    {{.call = CALL_RESERVE, .number = EINTR}, true},
    {{.call = CALL_RESERVE, .number = EINVAL, .on = true}, true},
    {{.call = CALL_STAT, .number = EIO}, false},
    {{.call = CALL_LIST, .number = EMFILE}, false},
    {{.call = CALL_ENTRY, .number = EIO}, false},
    {{.call = CALL_NAME, .number = EACCES}, false},
    {{.call = CALL_PRINT, .number = ENOSPC}, false},
    {{.call = CALL_MAP, .number = ENOMEM}, false},
    {{.call = CALL_LOCK, .number = ENOLCK, .on = true}, true},
    {{.call = CALL_THREAD, .number = EAGAIN}, false},
    {{.call = CALL_FORK, .number = EAGAIN}, false},
    {{.call = CALL_PIPE, .number = EMFILE}, false},
    {{.call = CALL_COPY, .number = EMFILE}, false},
    {{.call = CALL_LIMIT, .number = EPERM}, false},
    {{.call = CALL_WAIT, .number = EINTR}, true},
    {{.call = CALL_DIRECT, .number = ENOSYS}, false},
};

/* ---- one act ---- */
typedef struct stage {
    const act *act;
    lng_arena *arena;              /* of this trial */
    const lng_map *before, *whole; /* what the folder holds before the act, and after it without a fault */
    const lng_map *steady;         /* what it holds and prints after another one; neither has times where both are the same */
    calls *calls;
    int look; /* for callers, of all acts; 0: none */
    outcome good, other;
    const char *folder;
    fault fault;
    int failures;
} stage;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void blame(stage *s, const outcome *o, const char *what, const char *which)
{
    if (s->failures++ < 30)
        fprintf(stderr, "lngraph %s: %s %ld%s%s (%s): %s%s; status %d, signal %d\n%s", s->act->command, call_names[s->fault.call],
                s->fault.nth, s->fault.on ? " and on" : "", s->fault.half ? ", half" : "",
                s->fault.half ? "" : strerror(s->fault.number), what, which, o->status, o->signal, o->err);
}

/* Whether the errors are one, or one for each file where all calls fail. Memory that is out is said once. */
static bool is_clear(const stage *s, const char *said)
{
    const int all = errors_said(said);
    if (all < 2 || !s->fault.on || s->fault.number == ENOMEM)
        return all == 1;
    for (const char *line = said, *end; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        if (*line != ' ' && *line != '\n' && strstr(end, lng_copy_n(s->arena, line, (size_t)(end - line))))
            return false;
    }
    return true;
}

static bool is_weights(const char *path)
{
    const size_t n = strlen(path), m = strlen("model.safetensors");
    return n >= m && strcmp(path + n - m, "model.safetensors") == 0;
}

static const content *at(const lng_map *tree, const char *path)
{
    return lng_map_get(tree, path);
}

/* Weights are the old or the new ones, or as far as training came. */
static bool is_usable(const stage *s, const lng_map *after, const char *path)
{
    const int folder = (int)(strrchr(path, '/') - path);
    return same_content(at(after, path), at(s->before, path)) || same_content(at(after, path), at(s->whole, path)) ||
           world_run(s->arena, s->folder, NULL, lng_format(s->arena, "eval -t 1 %.*s", folder, path)).status == 0;
}

/* From the first line that is another one. */
static const char *difference(const char *text, const char *from)
{
    const char *line = text;
    for (; *text && *text == *from; text++, from++)
        if (*text == '\n')
            line = text + 1;
    return line;
}

/* The folder, as it is before the act. */
static const char *begin(const stage *s)
{
    if (s->act->changes || s->failures) { /* or nothing has changed */
        tree_remove(s->folder);
        tree_write(s->arena, s->folder, s->before);
    }
    return s->folder;
}

enum { REHEARSALS = 10 /* at most */ };

/* The act without a fault, after the first time. */
static void rehearse_again(stage *s)
{
    s->other = world_run(arena, tree_age(begin(s)), NULL, s->act->command);
    s->steady = tree_read(arena, s->folder);
}

static bool is_steady(const stage *s, const char *path)
{
    return same_content(at(s->whole, path), at(s->steady, path));
}

static bool prints_the_same(const stage *s)
{
    return !s->act->tells && strcmp(s->good.out, s->other.out) == 0;
}

/* What succeeds in spite of a fault is whole. What differs may have a time, which was the same by chance, even several times. */
static void look_at_results(stage *s, const outcome *o, const lng_map *after)
{
    for (size_t i = 0; i < lng_map_count(s->whole); i++) {
        const char *path = lng_map_key(s->whole, i);
        const content *whole = lng_map_value(s->whole, i);
        if (comes_again(path) && !at(after, path))
            blame(s, o, "as if it were done, but without ", path);
        else if (is_steady(s, path) && !same_content(whole, at(after, path))) {
            for (int n = 0; n < REHEARSALS && is_steady(s, path); n++)
                rehearse_again(s);
            if (is_steady(s, path))
                blame(s, o, "as if it were done, but with another ", path);
        }
    }
    for (int n = 0; n < REHEARSALS && prints_the_same(s) && strcmp(s->good.out, o->out) != 0; n++)
        rehearse_again(s);
    if (prints_the_same(s) && strcmp(s->good.out, o->out) != 0)
        blame(s, o, "as if it were done, but it prints:\n", difference(o->out, s->good.out));
}

/* What the act left: nothing else has changed, nothing is half done. */
static void look_at_files(stage *s, const outcome *o)
{
    const lng_map *after = tree_read(s->arena, s->folder);
    for (size_t i = 0; i < lng_map_count(after); i++) {
        const char *path = lng_map_key(after, i);
        if (strstr(path, ".tmp"))
            blame(s, o, "left ", path);
        else if (!act_may_change(s->act, path) && !same_content(at(after, path), at(s->before, path)))
            blame(s, o, "changed ", path);
        else if (is_weights(path) && !is_usable(s, after, path))
            blame(s, o, "cannot be evaluated: ", path);
    }
    for (size_t i = 0; i < lng_map_count(s->before); i++)
        if (!act_may_change(s->act, lng_map_key(s->before, i)) && !at(after, lng_map_key(s->before, i)))
            blame(s, o, "removed ", lng_map_key(s->before, i));
    if (o->status == s->good.status)
        look_at_results(s, o, after);
}

static void look_at_end(stage *s, const outcome *o, bool hidden)
{
    if (o->status < 0)
        blame(s, o, "died", "");
    else if (o->status != s->good.status && (hidden || (o->status != LNG_SYSTEM && o->status != s->act->fails)))
        blame(s, o, "another status", "");
    else if (o->status != s->good.status && !is_clear(s, o->err))
        blame(s, o, "not one clear message", "");
    if (o->status >= 0 && o->leaked > s->good.leaked) /* the C library keeps what it has for threads */
        blame(s, o, "memory leaked", "");
    if (o->status >= 0 && o->left_open != 0)
        blame(s, o, "descriptors are left open", "");
}

/* Whether all is there nevertheless: only the fsync of a folder failed. */
static bool is_done(const stage *s)
{
    const lng_map *now = tree_read(s->arena, s->folder);
    for (size_t i = 0; i < lng_map_count(s->whole); i++)
        if (comes_again(lng_map_key(s->whole, i)) && !same_content(at(now, lng_map_key(s->whole, i)), lng_map_value(s->whole, i)))
            return false;
    return true;
}

/* The same command once more, without a fault. */
static void try_again(stage *s, const char *command)
{
    if (is_done(s))
        return;
    const outcome o = world_run(s->arena, s->folder, NULL, command);
    if (o.status != s->good.status) {
        blame(s, &o, "the next time it does not succeed", "");
        return;
    }
    const lng_map *after = tree_read(s->arena, s->folder);
    for (size_t i = 0; i < lng_map_count(s->whole); i++) {
        const char *path = lng_map_key(s->whole, i);
        if ((comes_again(path) && !at(after, path)) || (is_weights(path) && !same_content(at(after, path), at(s->whole, path))))
            blame(s, &o, "the next time it gives another ", path);
    }
}

/* Whether there was an n-th call. */
static bool try_fault(stage *s, const kind *k, long nth)
{
    lng_arena *a = lng_arena_new();
    ck_assert_ptr_nonnull(a);
    s->arena = a;
    s->fault = k->fault;
    s->fault.nth = nth;
    for (int i = 0; i < CALLS; i++)
        s->calls->count[i] = 0;
    s->calls->fault = s->fault;
    s->calls->struck = false;
    const outcome o = world_run(a, begin(s), s->calls, s->act->command);
    const bool struck = s->calls->struck;
    if (struck) {
        look_at_end(s, &o, k->hidden);
        look_at_files(s, &o);
        if (s->act->changes && o.status != s->good.status)
            try_again(s, begins(s->act->command, "run ") ? lng_format(a, "%s --force", s->act->command) : s->act->command);
    }
    lng_arena_free(a);
    return struck;
}

/* ---- which calls ---- */
static calls *all_calls; /* shared with the process of each test, so that a caller is new once */

typedef enum extent { SOME, CALLERS, ALL } extent; /* evenly some; of each caller; all */

static extent wanted(void)
{
    const char *wish = getenv("LNGRAPH_FAULTS");
    return !wish ? SOME : strcmp(wish, "all") == 0 ? ALL : CALLERS;
}

/* How many functions tell callers apart. */
static int depth(void)
{
    const long n = strtol(getenv("LNGRAPH_FAULTS"), NULL, 10);
    ck_assert_msg(n > 0 && n <= MOST_DEPTH, "LNGRAPH_FAULTS is a number from 1 to %d, or `all`", MOST_DEPTH);
    return (int)n;
}

/* So many of the n-th calls are tried, evenly. */
static long most_of(const stage *s, call which)
{
    if (wanted() == ALL)
        return LONG_MAX;
    return which == CALL_ALLOCATE || which == CALL_ARENA || s->act->changes ? 3 : 1;
}

static long try_callers(stage *s, const kind *k)
{
    long tried = 0;
    for (size_t i = 0; i < MOST_CALLERS; i++) {
        const caller *c = &s->calls->caller[i];
        if (c->look == s->look && c->call == k->fault.call)
            tried += try_fault(s, k, c->first) + (c->last != c->first && try_fault(s, k, c->last));
    }
    return tried;
}

static long try_kind(stage *s, const kind *k, long there)
{
    const long most = most_of(s, k->fault.call), step = there <= most ? 1 : there / most;
    long tried = 0;
    if (wanted() == CALLERS)
        return try_callers(s, k);
    for (long n = 1 + (long)(7 * (k - kinds)) % step; n <= 2 * there && try_fault(s, k, n); n += step)
        tried++;
    return tried;
}

/* Runs the act without a fault. */
static void rehearse(stage *s)
{
    const char *origin = in_folder("origin");
    acts_make(arena, origin, in_folder("programs"));
    s->before = tree_read(arena, origin);
    tree_write(arena, s->folder, s->before);
    s->calls->fault = (fault){0};
    s->calls->look = s->look;
    s->calls->depth = s->look ? depth() : 0;
    s->good = world_run(arena, s->folder, s->calls, s->act->command);
    s->calls->look = 0;
    ck_assert_msg(s->good.status == 0, "lngraph %s: %d\n%s", s->act->command, s->good.status, s->good.err);
    s->whole = tree_read(arena, s->folder);
    look_at_end(s, &s->good, false);
    rehearse_again(s);
}

START_TEST(failing_calls)
{
    const char *only = getenv("LNGRAPH_FAULTS_IN");
    if (only && !begins(acts[_i].command, only))
        return;
    stage s = {.act = &acts[_i],
               .folder = in_folder("scratch"),
               .calls = all_calls,
               .look = wanted() == CALLERS ? 1 + _i : 0,
               .arena = arena};
    long there[CALLS], tried = 0;
    rehearse(&s);
    for (int i = 0; i < CALLS; i++)
        there[i] = s.calls->count[i];
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        tried += try_kind(&s, &kinds[k], there[kinds[k].fault.call]);
    printf("lngraph %s: %ld faults\n", s.act->command, tried);
    ck_assert_int_eq(s.failures, 0);
}
END_TEST

/* Runs a command, of whose requests for space the n-th fails; 0: none. */
static outcome reserving(calls *c, long nth, const char *command)
{
    const char *place = in_folder("scratch");
    tree_remove(place);
    world_make(arena, place);
    c->count[CALL_RESERVE] = 0;
    c->fault = (fault){.call = CALL_RESERVE, .nth = nth, .number = ENOSPC};
    return world_run(arena, place, c, command);
}

/* A disk without room for the checkpoints that are kept is found before the first epoch, and the folder is not made. */
START_TEST(room_for_checkpoints)
{
    calls *c = calls_new(0);
    ck_assert_ptr_nonnull(c);
    const outcome never = reserving(c, 0, "run -t 1 -o new -s train.checkpoint.every=never bars.yaml");
    const long asked = c->count[CALL_RESERVE];
    ck_assert_msg(never.status == 0, "%s", never.err);
    const outcome o = reserving(c, asked, "run -t 1 -o new -s train.checkpoint.keep=7 bars.yaml");
    ck_assert_int_eq(o.status, LNG_SYSTEM);
    ck_assert_msg(strstr(o.err, strerror(ENOSPC)) && strstr(o.err, "checkpoints take 9 times"), "%s", o.err);
    ck_assert_msg(!strstr(o.err, "epoch"), "%s", o.err);
    ck_assert_ptr_null(lng_map_get(tree_read(arena, in_folder("scratch")), "new/"));
    ck_assert_int_eq(o.left_open, 0);
    calls_free(c);
}
END_TEST

/* What a file or a folder is asked for is done when its folder is made safe, and cannot fail for memory any more. */
START_TEST(safe_without_memory)
{
    calls *c = calls_new(0);
    const char *path = in_folder("a"), *other = in_folder("b");
    lng_file *file = lng_file_begin(path, errors);
    ck_assert(c && file && lng_file_put(file, "x", 1));
    c->fault = (fault){.call = CALL_ALLOCATE, .nth = 1, .number = ENOMEM, .on = true};
    calls_begin(c);
    const bool done = lng_file_commit(file) && lng_file_rename(path, other, errors) && lng_file_remove(other, errors);
    calls_begin(NULL);
    must(done);
    calls_free(c);
}
END_TEST

/* ---- nothing is left out ---- */
static bool has_word(const char *text, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += n)
        if ((at == text || at[-1] == ' ') && (at[n] == 0 || at[n] == ' ' || at[n] == '='))
            return true;
    return false;
}

static bool is_tried(const char *verb, const char *word)
{
    for (int i = 0; i < act_count; i++) {
        const char *command = acts[i].command;
        if (strcspn(command, " ") == strlen(verb) && begins(command, verb) && has_word(command, word))
            return true;
    }
    return false;
}

/* And every option that names what is read or written. */
START_TEST(every_verb_is_tried)
{
    const lng_verb *verb;
    for (size_t v = 0; (verb = lng_verbs[v]); v++) {
        ck_assert_msg(is_tried(verb->name, verb->name), "no command of the verb %s is among `acts`", verb->name);
        for (const lng_option *o = verb->option; o && o->name; o++)
            if (o->argument && (strstr(o->argument, "FILE") || strstr(o->argument, "DIR") || strstr(o->argument, "MODEL")))
                ck_assert_msg(is_tried(verb->name, lng_format(arena, "--%s", o->name)) ||
                                  (o->letter && is_tried(verb->name, lng_format(arena, "-%c", o->letter))),
                              "no command of the verb %s has the option --%s", verb->name, o->name);
    }
}
END_TEST

START_TEST(every_export_is_tried)
{
    static const char *const formats[] = {
#define LNG_EXPORT_FORMAT(name, suffix, takes, about) #name,
#include "export/formats.def"
#undef LNG_EXPORT_FORMAT
    };
    for (int i = 0; i < LENGTH(formats); i++)
        ck_assert_msg(is_tried("export", lng_format(arena, "--to=%s", formats[i])), "no command exports to %s", formats[i]);
}
END_TEST

/* Every format of data is that of a model that is trained, but for those that read nothing and take long. */
START_TEST(every_format_is_tried)
{
    const char *origin = in_folder("origin");
    acts_make(arena, origin, in_folder("programs"));
    const lng_map *tree = tree_read(arena, origin);
    for (size_t f = 0; f < lng_data_format_count; f++) {
        const lng_data_format *format = &lng_data_formats[f];
        bool tried = strcmp(format->name, "digits") == 0 || strcmp(format->name, "memory") == 0;
        for (size_t i = 0; i < lng_map_count(tree) && !tried; i++) {
            const content *c = lng_map_value(tree, i);
            const char *path = lng_map_key(tree, i), *text = lng_copy_n(arena, c->bytes ? c->bytes : "", c->length);
            tried = is_tried("run", path) && strstr(text, lng_format(arena, "format: %s", format->name));
        }
        ck_assert_msg(tried, "no command reads data of the format %s", format->name);
    }
}
END_TEST

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    if (!getenv("LNGRAPH_FAULTS"))
        return 77; /* hundreds of processes, each of which the sanitizers start slowly and search for leaks: too long for make check */
#endif
    const suite_test tests[] = {
        LOOP(failing_calls, act_count),
        TEST(room_for_checkpoints),
        TEST(safe_without_memory),
        TEST(every_verb_is_tried),
        TEST(every_export_is_tried),
        TEST(every_format_is_tried),
        {0},
    };
    if (wanted() == CALLERS && !calls_have_callers()) {
        fputs("faults: callers can be told apart in builds with CFLAGS=-funwind-tables\n", stderr);
        return 1;
    }
    return (all_calls = calls_new(0)) ? suite_run("faults", tests, NULL, NULL) : 1;
}
