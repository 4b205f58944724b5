/* Every verb, while one of its calls to the system fails: the n-th allocation, read, write, fsync, rename, thread ...
 *
 * What an interruption or a short transfer hides, nobody notices. After any other failure the verb ends as if nothing had happened, because it
 * could do without, or with status 4 and one message; it leaks nothing, leaves no temporary, and changes nothing but its own results, of which
 * the weights are whole. The same command then succeeds.
 *
 * By default a few n are tried of each kind. LNGRAPH_FAULTS=all tries all, for a day. LNGRAPH_FAULTS=fresh tries all but the allocations that follow
 * others of the same sizes, in this command or one before it, as when each reads the standard library: for an hour. Both want CK_TIMEOUT_MULTIPLIER=100.
 * LNGRAPH_FAULTS_IN=describe tries the commands that begin so. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include "suite.h"
#include "world.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* Commands of each verb, and what they change in their folder. */
typedef struct act {
    const char *command;
    const char *changes; /* the beginnings of these paths, separated by spaces; NULL: nothing */
    int fails;           /* a status that it may have beside LNG_SYSTEM; 0: none */
} act;
static const act acts[] = {
    {"run -q -t 2 -o new bars.yaml", "new/", 0},
    {"run -q -t 1 --force -o done bars.yaml", "done/", 0},
    {"resume -q -t 2 done -s train.epochs=4", "done/", 0},
    {"run -q -t 1 --limit memory=4G,time=1h -o new table.yaml", "new/", 0},
    {"run -q -t 1 -o new pictures.yaml", "new/ cache/", 0},
    {"run -q -t 1 --sandbox -o new bars.yaml", "new/", 0},
    {"sweep -q -j 1 -s train.batch=16,32 -o swept bars.yaml", "swept/", LNG_BAD_INPUT},
    {"eval -t 2 done", NULL, 0},
    {"predict -t 2 -o out.csv done data/test-images", "out.csv", 0},
    {"check bars.yaml", NULL, 0},
    {"describe data/train-images data/train-labels", NULL, 0},
    {"describe table.csv.gz --model", NULL, 0},
    {"describe -t 1 pictures/train", NULL, LNG_BAD_INPUT},
    {"gradcheck -t 2 bars.yaml", NULL, 0},
    {"gradcheck --ops", NULL, 0},
    {"show --examples -o shown.svg bars.yaml", "shown.svg", 0},
    {"figure -t 2 -o curves.svg done curves", "curves.svg", 0},
    {"export -o exported.c done", "exported", 0},
    {"import -t 1 --for=bars.yaml done/model.safetensors -o imported/model.yaml", "imported", 0},
    {"import -t 1 done.onnx -o read/model.yaml", "read", 0},
    {"export --to=npz -o exported.npz done", "exported", 0},
    {"list .", NULL, 0},
    {"list --json .", NULL, 0},
    {"compare -t 1 --html page.html done done", "page.html", 0},
    {"bench -t 2 --seconds=0.01 bars.yaml", NULL, 0},
    {"fetch bars.yaml --from=data", "cache/", 0},
    {"fetch remote.yaml", "cache/", 0},
    {"new mlp", "mlp.yaml", 0},
    {"doc dense", NULL, 0},
    {"schema", NULL, 0},
    {"complete -- ru", NULL, 0},
    {"help", NULL, 0},
};

/* What a kind of call may do. */
typedef struct kind {
    fault fault;
    bool hidden; /* nobody notices */
} kind;
static const kind kinds[] = {
    {{.call = CALL_ALLOCATE, .number = ENOMEM}, false},
    {{.call = CALL_ALLOCATE, .number = ENOMEM, .on = true}, false},
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
    {{.call = CALL_CLOSE, .number = EINTR}, false},
    {{.call = CALL_SYNC, .number = EIO}, false},
    {{.call = CALL_SYNC, .number = ENOSPC, .on = true}, false},
    {{.call = CALL_RENAME, .number = EROFS}, false},
    {{.call = CALL_RENAME, .number = EIO, .on = true}, false},
    {{.call = CALL_LINK, .number = EPERM, .on = true}, true},
    {{.call = CALL_UNLINK, .number = EIO}, false},
    {{.call = CALL_MKDIR, .number = EROFS}, false},
    {{.call = CALL_CUT, .number = EIO}, false},
    {{.call = CALL_RESERVE, .number = ENOSPC}, false},
    {{.call = CALL_RESERVE, .number = EDQUOT}, false},
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

/* ---- where they act ---- */
/* As it is, and compressed. */
static void make_table(const char *folder)
{
    lng_text rows = lng_text_new(arena);
    lng_text_add(&rows, "height,plan,kind\n");
    for (int i = 0; i < 40; i++)
        lng_text_add(&rows, "%d.5,%s,%s\n", 10 * (i % 4) + i % 3, i % 2 ? "basic" : "plus", i % 4 < 2 ? "low" : "high");
    must(lng_file_write(lng_format(arena, "%s/table.csv", folder), rows.at, rows.length, errors));
    gzFile zipped = gzopen(lng_format(arena, "%s/table.csv.gz", folder), "wb");
    ck_assert(zipped && gzwrite(zipped, rows.at, (unsigned)rows.length) == (int)rows.length && gzclose(zipped) == Z_OK);
}

static void make_pictures(const char *folder)
{
    static const char *const part[] = {"train", "test"}, *const kind[] = {"dark", "light"};
    for (int i = 0; i < 16; i++) {
        const char *in = lng_format(arena, "%s/pictures/%s/%s", folder, part[i / 2 % 2], kind[i % 2]);
        lng_text picture = lng_text_new(arena);
        lng_text_add(&picture, "P2 4 4 255\n");
        for (int p = 0; p < 16; p++)
            lng_text_add(&picture, "%d\n", 150 * (i % 2) + 5 * i + p);
        must(lng_folder_make(in, errors) &&
             lng_file_write(lng_format(arena, "%s/%d.pgm", in, i), picture.at, picture.length, errors));
    }
}

static const char table_model[] = "lngraph: 1\n"
                                  "name: table\n"
                                  "data:\n"
                                  "  source:\n"
                                  "    name: table\n"
                                  "    format: csv\n"
                                  "    fields:\n"
                                  "      height: {missing: mean, scale: standard}\n"
                                  "      plan: {category: true, count: 2}\n"
                                  "      kind: {class: true, count: 2}\n"
                                  "    train: {file: table.csv}\n"
                                  "  dir: .\n"
                                  "  validation: {part: 0.25}\n"
                                  "in: height[1], plan, kind\n"
                                  "graph:\n"
                                  "  - concat(height, one_hot(plan, depth=2))\n"
                                  "  - dense: {units: 2, activation: softmax}\n"
                                  "train: {loss: 'cross_entropy(out, kind)', optimizer: sgd(lr=0.1), batch: 16, epochs: 1}\n";
static const char pictures_model[] = "lngraph: 1\n"
                                     "name: pictures\n"
                                     "data:\n"
                                     "  source:\n"
                                     "    name: pictures\n"
                                     "    format: folder\n"
                                     "    fields: {image: {shape: [4, 4, 1]}, kind: {class: true, count: 2}}\n"
                                     "    train: {folder: train}\n"
                                     "    test: {folder: test}\n"
                                     "  dir: pictures\n"
                                     "in: image[4, 4, 1], kind\n"
                                     "graph:\n"
                                     "  - image / 255\n"
                                     "  - flatten\n"
                                     "  - dense: {units: 2, activation: softmax}\n"
                                     "train: {loss: 'cross_entropy(out, kind)', optimizer: sgd(lr=1e-3), batch: 16, epochs: 1}\n";

/* bars.yaml, whose data are not here, but where the program `curl` finds them. */
static const char *remote_model(const char *folder)
{
    size_t n;
    const char *bars = lng_file_read(arena, lng_format(arena, "%s/bars.yaml", folder), 1 << 16, &n, errors);
    static const char at[] = "    name: bars\n";
    const char *rest = bars ? strstr(bars, at) : NULL;
    must(rest != NULL);
    return lng_format(arena, "%.*s    name: remote\n    urls: [http://example.org/]\n%s", (int)(rest - bars), bars,
                      rest + sizeof at - 1);
}

static void make_curl(const char *folder)
{
    static const char script[] =
        "#!/bin/sh\nfor url; do :; done\n[ -e \"data/${url##*/}\" ] || { echo HTTP/1.1 404 >&2; exit 22; }\nexec cat \"data/${url##*/}\"\n";
    const char *curl = lng_format(arena, "%s/curl", folder);
    must(lng_folder_make(folder, errors) && lng_file_write(curl, script, sizeof script - 1, errors));
    ck_assert_int_eq(chmod(curl, 0755), 0);
    setenv("PATH", lng_format(arena, "%s:%s", folder, getenv("PATH")), 1);
}

static void make_origin(const char *folder)
{
    world_make(arena, folder);
    const struct {
        const char *name, *text;
    } model[] = {{"table", table_model}, {"pictures", pictures_model}, {"remote", remote_model(folder)}};
    for (size_t i = 0; i < sizeof model / sizeof *model; i++)
        must(lng_file_write(lng_format(arena, "%s/%s.yaml", folder, model[i].name), model[i].text, strlen(model[i].text), errors));
    make_table(folder);
    make_pictures(folder);
    make_curl(in_folder("programs"));
}

/* ---- one act ---- */
typedef struct stage {
    const act *act;
    lng_arena *arena;              /* of this trial */
    const lng_map *before, *whole; /* what the folder holds before the act, and after it without a fault */
    calls *calls;
    outcome good;
    const char *folder;
    fault fault;
    int failures;
} stage;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool may_change(const act *a, const char *path)
{
    for (const char *at = a->changes; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strncmp(path, at, strcspn(at, " ")) == 0)
            return true;
    return false;
}

/* Lines with an error, not with a hint that quotes one. */
static int count_errors(const char *text)
{
    int n = 0;
    for (const char *line = text, *end; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        const char *error = strstr(line, "error["), *memory = strstr(line, "lngraph: out of memory");
        n += *line != ' ' && ((error && error < end) || (memory && memory < end));
    }
    return n;
}

static void blame(stage *s, const outcome *o, const char *what, const char *which)
{
    if (s->failures++ < 30)
        fprintf(stderr, "lngraph %s: %s %ld%s%s (%s): %s%s; status %d, signal %d\n%s", s->act->command, call_names[s->fault.call],
                s->fault.nth, s->fault.on ? " and on" : "", s->fault.half ? ", half" : "",
                s->fault.half ? "" : strerror(s->fault.number), what, which, o->status, o->signal, o->err);
}

/* Whether the errors are one, or one for each file where all calls fail. */
static bool is_clear(const stage *s, const char *said)
{
    const int all = count_errors(said);
    if (all < 2 || !s->fault.on)
        return all == 1;
    for (const char *line = said, *end; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        if (*line != ' ' && strstr(end, lng_copy_n(s->arena, line, (size_t)(end - line))))
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

/* The names of decoded images follow from when the files were made: others each time. */
static bool comes_again(const char *path)
{
    return !strstr(path, "/.images/");
}

/* What the act left: nothing else has changed, nothing is half done. */
static void look_at_files(stage *s, const outcome *o)
{
    const lng_map *after = tree_read(s->arena, s->folder);
    for (size_t i = 0; i < lng_map_count(after); i++) {
        const char *path = lng_map_key(after, i);
        if (strstr(path, ".tmp"))
            blame(s, o, "left ", path);
        else if (!may_change(s->act, path) && !same_content(at(after, path), at(s->before, path)))
            blame(s, o, "changed ", path);
        else if (is_weights(path) && !is_usable(s, after, path))
            blame(s, o, "cannot be evaluated: ", path);
    }
    for (size_t i = 0; i < lng_map_count(s->before); i++)
        if (!may_change(s->act, lng_map_key(s->before, i)) && !at(after, lng_map_key(s->before, i)))
            blame(s, o, "removed ", lng_map_key(s->before, i));
    for (size_t i = 0; i < lng_map_count(s->whole) && o->status == s->good.status; i++)
        if (comes_again(lng_map_key(s->whole, i)) && !at(after, lng_map_key(s->whole, i)))
            blame(s, o, "as if it were done, but without ", lng_map_key(s->whole, i));
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
    tree_remove(s->folder);
    tree_write(a, s->folder, s->before);
    const outcome o = world_run(a, s->folder, s->calls, s->act->command);
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
static calls *all_calls; /* shared with the process of each test, so that an allocation is new once */

typedef enum extent { SOME, FRESH, ALL } extent; /* evenly some; all but allocations like those before; all */

static extent wanted(void)
{
    const char *wish = getenv("LNGRAPH_FAULTS");
    return !wish ? SOME : strcmp(wish, "all") == 0 ? ALL : FRESH;
}

/* So many of the n-th calls, evenly. */
static long step_for(const stage *s, const kind *k, long there)
{
    const long most = k->fault.call == CALL_ALLOCATE ? 6 : s->act->changes ? 3 : 1;
    return wanted() != SOME || there <= most ? 1 : there / most;
}

static long try_kind(stage *s, const kind *k, long there)
{
    const long step = step_for(s, k, there);
    long tried = 0;
    if (wanted() == FRESH && k->fault.call == CALL_ALLOCATE) {
        for (size_t i = 0; i < s->calls->fresh; i++)
            tried += try_fault(s, k, s->calls->at[i]);
        return tried;
    }
    for (long n = 1 + (long)(7 * (k - kinds)) % step; n <= 2 * there && try_fault(s, k, n); n += step)
        tried++;
    return tried;
}

/* Runs the act without a fault. */
static void rehearse(stage *s)
{
    const char *origin = in_folder("origin");
    make_origin(origin);
    s->before = tree_read(arena, origin);
    tree_write(arena, s->folder, s->before);
    s->calls->fault = (fault){0};
    s->calls->fresh = 0;
    s->calls->looks = wanted() == FRESH;
    s->good = world_run(arena, s->folder, s->calls, s->act->command);
    s->calls->looks = false;
    ck_assert_msg(s->good.status == 0, "lngraph %s: %d\n%s", s->act->command, s->good.status, s->good.err);
    s->whole = tree_read(arena, s->folder);
    look_at_end(s, &s->good, false);
}

START_TEST(failing_calls)
{
    const char *only = getenv("LNGRAPH_FAULTS_IN");
    if (only && !begins(acts[_i].command, only))
        return;
    stage s = {.act = &acts[_i], .folder = in_folder("scratch"), .calls = all_calls, .arena = arena};
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

START_TEST(every_verb_is_tried)
{
    for (size_t v = 0; lng_verbs[v]; v++) {
        bool tried = false;
        for (int i = 0; i < LENGTH(acts); i++)
            tried = tried ||
                    (begins(acts[i].command, lng_verbs[v]->name) && strcspn(acts[i].command, " ") == strlen(lng_verbs[v]->name));
        ck_assert_msg(tried, "no command of the verb %s is among `acts`", lng_verbs[v]->name);
    }
}
END_TEST

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 77; /* hundreds of processes, each of which the sanitizers start slowly and search for leaks: too long for make check */
#endif
    const suite_test tests[] = {
        LOOP(failing_calls, LENGTH(acts)),
        TEST(room_for_checkpoints),
        TEST(every_verb_is_tried),
        {0},
    };
    return (all_calls = calls_new(0)) ? suite_run("faults", tests, NULL, NULL) : 1;
}
