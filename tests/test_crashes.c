/* What is left of a run, a sweep, a resumed run and a fetched data set if the machine stops at any moment.
 *
 * The calls of a command that change files are recorded, and every prefix of them is played back, in the ways that POSIX allows (after
 * ALICE; Pillai et al., OSDI 2014):
 * - What is written to a file is safe after an fsync of the file; a name that is made, renamed, linked or removed is safe after an fsync of its
 *   folder. One does not imply the other.
 * - What is not safe is there, or not, independently of the order of the calls. Tried are: all of it, none of it, all but one call, and one
 *   call alone. Neighboring writes to a file count as one; it may also be there by half, or as zeros.
 * - A rename is atomic: the new name has the old file or the new one.
 *
 * In each such folder, every file is one that the command or its predecessor wrote as a whole, and not older than the last one that was safe;
 * results are not those of other weights. And the program finds its way: it says what is there, goes on, and ends with the bits of a run
 * that was never stopped.
 */
#include "config.h"
#include "base/file.h"
#include "suite.h"
#include "world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM   ((size_t)64 << 20)
#define MOST_OPS   4000
#define MOST_FILES 1000
#define MOST_NAMES 1000

typedef struct act {
    const char *command, *folder; /* what it writes into */
    const char *again;            /* gives the same in the end, whatever is there; NULL: `resume` does */
    const char *result;           /* by name in the folder */
} act;
static const act acts[] = {
    {"run -q -t 1 -s train.epochs=400 -o new bars.yaml", "new", NULL, "model.safetensors"},
    {"run -q -t 1 --force --seed=8 -o done bars.yaml", "done", NULL, "model.safetensors"},
    {"resume -q -t 1 done -s train.epochs=3", "done", "resume -q -t 1 done -s train.epochs=3", "model.safetensors"},
    {"sweep -q -j 1 -s train.batch=16,32 -o swept bars.yaml", "swept", "sweep -q -j 1 -s train.batch=16,32 -o swept bars.yaml",
     "train.batch=32/model.safetensors"},
    {"fetch bars.yaml --from=data", "cache", "fetch bars.yaml --from=data", "lngraph/bars/train-images"},
};

/* ---- what was done ---- */
typedef enum op_kind { OP_DATA, OP_NAME, OP_SYNC } op_kind;
typedef struct op {
    op_kind kind;
    record record;
    int file;           /* number of the file from 1; 0: a folder, or none */
    const char *folder; /* that has the name, or that is safe now */
    const char *name, *from;
} op;

/* What a name stood for, once it was whole; by time. */
typedef struct version {
    const char *name;
    int op;          /* that made it so; -1: before the command */
    content content; /* without bytes: removed */
    bool removed;
} version;

typedef struct disk {
    const act *act;
    const char *root;
    op op[MOST_OPS];
    int ops, files, versions;
    content base[MOST_FILES]; /* before the command, by file */
    version version[MOST_OPS];
    const lng_map *before, *whole;
    lng_map *seen; /* digests of the folders so far */
    int folders, failures;
    lng_arena *arena; /* of this folder */
} disk;

/* A folder: names -> number of the file, or FOLDER. */
typedef struct names {
    const char *name[MOST_NAMES];
    int file[MOST_NAMES], count;
} names;
#define FOLDER (-1)

static int *find(names *n, const char *name)
{
    for (int i = 0; i < n->count; i++)
        if (strcmp(n->name[i], name) == 0)
            return &n->file[i];
    return NULL;
}

/* 0: the name is gone */
static void set(names *n, const char *name, int file)
{
    int *at = find(n, name);
    if (!at) {
        ck_assert_int_lt(n->count, MOST_NAMES);
        n->name[n->count] = name;
        at = &n->file[n->count++];
    }
    *at = file;
}

static int get(names *n, const char *name)
{
    const int *at = find(n, name);
    return at ? *at : 0;
}

/* The path below the root, without slashes at its end; NULL: it is elsewhere. */
static const char *below(const disk *d, const char *path)
{
    const size_t n = strlen(d->root);
    if (path[0] == '/' && (strncmp(path, d->root, n) != 0 || path[n] != '/'))
        return NULL;
    char *copy = lng_copy(arena, path[0] == '/' ? path + n + 1 : strcmp(path, ".") == 0 ? "" : path);
    for (size_t end = strlen(copy); end > 0 && copy[end - 1] == '/'; end--)
        copy[end - 1] = 0;
    return copy;
}

static const char *parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? lng_copy_n(arena, path, (size_t)(slash - path)) : "";
}

static bool is_temporary(const char *path)
{
    const size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".tmp") == 0;
}

/* A log is written as it comes, and the program never reads one that it has not written to the end. */
static bool is_result(const char *path)
{
    const size_t n = strlen(path);
    return !is_temporary(path) && !(n > 4 && strcmp(path + n - 4, ".log") == 0);
}

/* ---- from records to ops ---- */
typedef struct reading {
    disk *disk;
    names *live;
    int file_of[MOST_OPS];           /* of what is open, by its number in the records */
    const char *folder_of[MOST_OPS]; /* the same, of folders */
} reading;

static op *add(disk *d, op_kind kind, const record *r)
{
    ck_assert_int_lt(d->ops, MOST_OPS);
    op *o = &d->op[d->ops++];
    *o = (op){.kind = kind, .record = *r};
    return o;
}

static void add_name(reading *r, const record *rec, const char *name, const char *from, int file)
{
    op *o = add(r->disk, OP_NAME, rec);
    o->name = name;
    o->from = from;
    o->folder = parent(name);
    o->file = file;
    if (rec->deed == DEED_RENAME)
        set(r->live, from, 0);
    set(r->live, name, file);
}

static void read_open(reading *r, const record *rec, const char *path)
{
    int file = get(r->live, path);
    const bool opened_folder = file == FOLDER;
    ck_assert_int_lt(rec->file, MOST_OPS);
    r->folder_of[rec->file] = opened_folder ? path : NULL;
    if (!file) {
        file = ++r->disk->files;
        ck_assert_int_lt(file, MOST_FILES);
        add_name(r, rec, path, NULL, file);
    } else if (!opened_folder && rec->offset == 0) {
        record cut = *rec;
        cut.deed = DEED_CUT;
        add(r->disk, OP_DATA, &cut)->file = file;
    }
    r->file_of[rec->file] = opened_folder ? 0 : file;
}

static void read_record(reading *r, const record *rec)
{
    const char *path = rec->path ? below(r->disk, rec->path) : NULL, *other = rec->other ? below(r->disk, rec->other) : NULL;
    if (rec->path && !path)
        return;
    switch (rec->deed) {
    case DEED_OPEN:
        read_open(r, rec, path);
        break;
    case DEED_WRITE:
    case DEED_CUT:
    case DEED_GROW:
        if (r->file_of[rec->file])
            add(r->disk, OP_DATA, rec)->file = r->file_of[rec->file];
        break;
    case DEED_SYNC: {
        op *o = add(r->disk, OP_SYNC, rec);
        o->file = r->file_of[rec->file];
        o->folder = r->folder_of[rec->file];
        break;
    }
    case DEED_RENAME:
        add_name(r, rec, other, path, get(r->live, path));
        break;
    case DEED_LINK:
        add_name(r, rec, path, NULL, get(r->live, other));
        break;
    case DEED_UNLINK:
    case DEED_RMDIR:
        add_name(r, rec, path, NULL, 0);
        break;
    case DEED_MKDIR:
        add_name(r, rec, path, NULL, FOLDER);
        break;
    }
}

static void add_folders(names *n, const char *path)
{
    for (const char *at = parent(path); *at && !get(n, at); at = parent(at))
        set(n, at, FOLDER);
}

static void read_log(disk *d, const calls *c, names *live)
{
    reading *r = LNG_NEW(arena, reading);
    *r = (reading){.disk = d, .live = live};
    set(live, "", FOLDER);
    for (size_t i = 0; i < lng_map_count(d->before); i++) {
        const char *path = lng_map_key(d->before, i);
        add_folders(live, path);
        set(live, path, ++d->files);
        d->base[d->files] = *(const content *)lng_map_value(d->before, i);
    }
    record rec;
    for (size_t at = 0; calls_next(c, &at, &rec);)
        read_record(r, &rec);
}

/* ---- a folder after a crash ---- */
enum { GONE, THERE, HALF, ZEROS }; /* what is left of an op */
typedef struct crash {
    int end; /* ops before it have been called */
    unsigned char left[MOST_OPS];
} crash;

static void grow(content *c, char **bytes, lng_arena *a, size_t length)
{
    if (length <= c->length)
        return;
    char *more = lng_alloc(a, length + 1);
    if (c->length)
        memcpy(more, *bytes, c->length);
    *bytes = more;
    c->length = length;
}

static content content_of(const disk *d, const crash *k, int file)
{
    content c = {.length = d->base[file].length};
    char *bytes = lng_copy_n(d->arena, d->base[file].bytes ? d->base[file].bytes : "", c.length);
    for (int i = 0; i < k->end; i++) {
        const op *o = &d->op[i];
        const record *r = &o->record;
        if (o->kind != OP_DATA || o->file != file || k->left[i] == GONE)
            continue;
        const size_t to = (size_t)r->offset + r->length;
        if (r->deed == DEED_CUT && (size_t)r->offset < c.length)
            c.length = (size_t)r->offset;
        else
            grow(&c, &bytes, d->arena, to);
        if (r->deed == DEED_WRITE && k->left[i] != ZEROS)
            memcpy(bytes + r->offset, r->bytes, k->left[i] == HALF ? r->length / 2 : r->length);
    }
    c.bytes = bytes;
    return c;
}

static void names_of(const disk *d, const crash *k, names *n)
{
    n->count = 0;
    set(n, "", FOLDER);
    int file = 0;
    for (size_t i = 0; i < lng_map_count(d->before); i++) {
        add_folders(n, lng_map_key(d->before, i));
        set(n, lng_map_key(d->before, i), ++file);
    }
    for (int i = 0; i < k->end; i++) {
        const op *o = &d->op[i];
        if (o->kind != OP_NAME || k->left[i] == GONE)
            continue;
        if (o->record.deed == DEED_RENAME && get(n, o->from) == o->file)
            set(n, o->from, 0);
        set(n, o->name, o->file);
    }
}

/* The folders above are there. */
static bool is_reached(names *n, const char *path)
{
    for (const char *at = parent(path); *at; at = parent(at))
        if (get(n, at) != FOLDER)
            return false;
    return true;
}

/* Temporaries are empty: the program does not read them. */
static lng_map *tree_of(const disk *d, const crash *k)
{
    names *n = LNG_NEW(d->arena, names);
    lng_map *tree = lng_map_new(d->arena);
    names_of(d, k, n);
    for (int i = 0; i < n->count; i++) {
        const char *path = n->name[i];
        if (n->file[i] == 0 || !is_reached(n, path) || !*path)
            continue;
        content *c = LNG_NEW(d->arena, content);
        if (n->file[i] != FOLDER && !is_temporary(path))
            *c = content_of(d, k, n->file[i]);
        lng_map_put(tree, n->file[i] == FOLDER ? lng_format(d->arena, "%s/", path) : path, c);
    }
    return tree;
}

/* ---- what is safe ---- */
static bool is_safe(const disk *d, int i, int end)
{
    for (int s = i + 1; s < end; s++) {
        const op *sync = &d->op[s], *o = &d->op[i];
        if (sync->kind == OP_SYNC &&
            (o->kind == OP_DATA ? sync->file == o->file : sync->folder && strcmp(sync->folder, o->folder) == 0))
            return true;
    }
    return false;
}

static void add_version(disk *d, const char *name, int i, content c, bool removed)
{
    ck_assert_int_lt(d->versions, MOST_OPS);
    d->version[d->versions++] = (version){name, i, c, removed};
}

/* Each name's files, whole, in the order of time. */
static void list_versions(disk *d)
{
    crash *all = LNG_NEW(arena, crash);
    memset(all->left, THERE, sizeof all->left);
    for (size_t i = 0; i < lng_map_count(d->before); i++)
        add_version(d, lng_map_key(d->before, i), -1, *(const content *)lng_map_value(d->before, i), false);
    d->arena = arena;
    for (int i = 0; i < d->ops; i++) {
        const op *o = &d->op[i];
        if (o->kind != OP_NAME || o->file == FOLDER)
            continue;
        all->end = i + 1;
        if (o->record.deed == DEED_RENAME)
            if (is_result(o->from))
                add_version(d, o->from, i, (content){0}, true);
        if (is_result(o->name))
            add_version(d, o->name, i, o->file ? content_of(d, all, o->file) : (content){0}, o->file == 0);
    }
}

/* ---- claims about files ---- */
static void blame(disk *d, const crash *k, const char *what, const char *which, const char *more)
{
    if (d->failures++ > 20)
        return;
    fprintf(stderr, "lngraph %s, after %d of %d calls: %s%s\n%s", d->act->command, k->end, d->ops, what, which, more);
    for (int i = 0; i < k->end; i++)
        if (d->op[i].kind != OP_SYNC && !is_safe(d, i, k->end) && (k->left[i] != THERE || i + 12 > k->end))
            fprintf(stderr, "  %s: call %d, deed %d of %s\n",
                    k->left[i] == THERE  ? "there"
                    : k->left[i] == GONE ? "gone"
                                         : "in part",
                    i, (int)d->op[i].record.deed, d->op[i].name ? d->op[i].name : "a file");
}

/* The newest version of a name that must be there, if nothing has removed it since; -1: none. */
static int newest_safe(const disk *d, const crash *k, const char *name)
{
    int newest = -1;
    for (int v = 0; v < d->versions && d->version[v].op < k->end; v++) {
        const version *x = &d->version[v];
        if (strcmp(x->name, name) == 0)
            newest = x->removed ? -1 : x->op < 0 || is_safe(d, x->op, k->end) ? v : newest;
    }
    return newest;
}

static void look_at_versions(disk *d, const crash *k, const lng_map *tree)
{
    for (int v = 0; v < d->versions && d->version[v].op < k->end; v++) {
        const char *name = d->version[v].name;
        const int least = newest_safe(d, k, name);
        const content *c = lng_map_get(tree, name);
        bool known = !c && least < 0;
        for (int x = least < 0 ? 0 : least; c && !known && x < d->versions; x++)
            known = strcmp(d->version[x].name, name) == 0 && !d->version[x].removed && same_content(c, &d->version[x].content);
        if (!known)
            blame(d, k, c ? "not a whole or not the newest " : "lost ", name, "");
    }
}

static const content *in(const lng_map *tree, const disk *d, const char *name)
{
    return lng_map_get(tree, lng_format(d->arena, "%s/%s", d->act->folder, name));
}

/* The report, the weights and the model are of one run. */
static void look_at_mixtures(disk *d, const crash *k, const lng_map *tree)
{
    const content *report = in(tree, d, "report.json"), *weights = in(tree, d, "model.safetensors"),
                  *model = in(tree, d, "model.yaml");
    const content *old = in(d->before, d, "report.json");
    if (report && !weights)
        blame(d, k, "a report without weights", "", "");
    else if (report && !same_content(weights, in(same_content(report, old) ? d->before : d->whole, d, "model.safetensors")))
        blame(d, k, "the report is of other weights", "", "");
    const bool fresh = strncmp(d->act->command, "run", 3) == 0;
    if (fresh && weights &&
        !same_content(model,
                      in(same_content(weights, in(d->before, d, "model.safetensors")) ? d->before : d->whole, d, "model.yaml")))
        blame(d, k, "the weights are of another model", "", "");
}

/* ---- claims about the program ---- */
static bool is_explained(const outcome *o)
{
    return o->status == 0 || (o->status > 1 && strstr(o->err, "error["));
}

static void ask(disk *d, const crash *k, const char *command)
{
    const outcome o = world_run(d->arena, d->root, NULL, command);
    if (!is_explained(&o))
        blame(d, k, "no clear answer of lngraph ", command, o.err);
}

/* Whether there must be a checkpoint. */
static bool is_saved(const disk *d, const crash *k)
{
    return newest_safe(d, k, lng_format(d->arena, "%s/checkpoint.safetensors", d->act->folder)) >= 0;
}

static void ask_to_go_on(disk *d, const crash *k, const lng_map *tree)
{
    const bool again = d->act->again != NULL;
    const char *command = again ? d->act->again : lng_format(d->arena, "resume -q -t 1 %s", d->act->folder);
    const outcome o = world_run(d->arena, d->root, NULL, command);
    const char *result = lng_format(d->arena, "%s/%s", d->act->folder, d->act->result);
    const lng_map *after = tree_read(d->arena, d->root);
    if (o.status != 0 && (again || is_saved(d, k) || !strstr(o.err, "error[run-folder]")))
        blame(d, k, "cannot go on: lngraph ", command, o.err);
    else if (o.status == 0 && !same_content(lng_map_get(after, result), lng_map_get(d->whole, result)) &&
             (again || !same_content(in(tree, d, "model.yaml"), in(d->before, d, "model.yaml"))))
        blame(d, k, "ends with another ", result, o.err);
}

static void ask_program(disk *d, const crash *k, const lng_map *tree)
{
    tree_remove(d->root);
    tree_write(d->arena, d->root, tree);
    if (lng_map_get(tree, lng_format(d->arena, "%s/", d->act->folder)) && strcmp(d->act->folder, "cache") != 0) {
        ask(d, k, lng_format(d->arena, "list %s", d->act->folder));
        ask(d, k, lng_format(d->arena, "eval -t 1 %s", d->act->folder));
    }
    ask_to_go_on(d, k, tree);
}

static const char *digest_of(const disk *d, const lng_map *tree)
{
    lng_sha256 h;
    char *hex = lng_alloc(d->arena, 65);
    lng_sha256_begin(&h);
    for (size_t i = 0; i < lng_map_count(tree); i++) {
        const content *c = lng_map_value(tree, i);
        if (is_temporary(lng_map_key(tree, i)))
            continue;
        lng_sha256_add(&h, lng_map_key(tree, i), strlen(lng_map_key(tree, i)) + 1);
        lng_sha256_add(&h, &c->length, sizeof c->length);
        if (c->length)
            lng_sha256_add(&h, c->bytes, c->length);
    }
    lng_sha256_end(&h, hex);
    return hex;
}

static void look(disk *d, const crash *k)
{
    lng_arena *a = lng_arena_new();
    ck_assert_ptr_nonnull(a);
    d->arena = a;
    const lng_map *tree = tree_of(d, k);
    const char *saved = is_saved(d, k) ? "saved" : "", *digest = lng_format(a, "%s%s", digest_of(d, tree), saved);
    look_at_versions(d, k, tree);
    if (!lng_map_get(d->seen, digest)) {
        lng_map_put(d->seen, lng_copy(arena, digest), d);
        d->folders++;
        if (strncmp(d->act->command, "sweep", 5) != 0)
            look_at_mixtures(d, k, tree);
        ask_program(d, k, tree);
    }
    lng_arena_free(a);
}

/* ---- all crashes ---- */
/* The ops that are not safe, in groups: each op's group, from 1; 0: it is safe, or nothing. */
static int group(const disk *d, int end, int of[MOST_OPS])
{
    int groups = 0, last = -1;
    for (int i = 0; i < end; i++) {
        of[i] = 0;
        if (d->op[i].kind == OP_SYNC || is_safe(d, i, end))
            continue;
        const bool joins =
            last >= 0 && d->op[i].kind == OP_DATA && d->op[last].kind == OP_DATA && d->op[i].file == d->op[last].file;
        of[i] = joins ? groups : ++groups;
        last = i;
    }
    return groups;
}

/* What is left is `rest` of all that is not safe, but `one` of the group g. */
static void look_with(disk *d, crash *k, const int of[MOST_OPS], int rest, int g, int one)
{
    for (int i = 0; i < k->end; i++)
        k->left[i] = (unsigned char)(of[i] == 0 ? THERE : of[i] == g ? one : rest);
    look(d, k);
}

static void crash_after(disk *d, crash *k, int end)
{
    static int of[MOST_OPS];
    const int groups = group(d, end, of);
    k->end = end;
    look_with(d, k, of, THERE, 0, THERE);
    look_with(d, k, of, GONE, 0, GONE);
    for (int g = 1; g <= groups; g++) {
        look_with(d, k, of, THERE, g, GONE);
        look_with(d, k, of, GONE, g, THERE);
        look_with(d, k, of, THERE, g, HALF);
        look_with(d, k, of, THERE, g, ZEROS);
    }
}

START_TEST(crashes)
{
    disk *d = LNG_NEW(arena, disk);
    names *live = LNG_NEW(arena, names);
    crash *k = LNG_NEW(arena, crash);
    calls *c = calls_new(LOG_ROOM);
    ck_assert_ptr_nonnull(c);
    d->act = &acts[_i];
    d->root = in_folder("root");
    d->seen = lng_map_new(arena);
    world_make(arena, d->root);
    d->before = tree_read(arena, d->root);
    const outcome o = world_run(arena, d->root, c, d->act->command);
    ck_assert_msg(o.status == 0, "lngraph %s: %d\n%s", d->act->command, o.status, o.err);
    d->whole = tree_read(arena, d->root);
    read_log(d, c, live);
    list_versions(d);
    for (int end = 0; end <= d->ops; end++)
        crash_after(d, k, end);
    printf("lngraph %s: %d calls, %d folders\n", d->act->command, d->ops, d->folders);
    calls_free(c);
    ck_assert_int_eq(d->failures, 0);
    ck_assert_int_gt(d->folders, 4);
}
END_TEST

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 77; /* hundreds of processes, each of which the sanitizers start slowly and search for leaks: too long for make check */
#endif
    const suite_test tests[] = {
        LOOP(crashes, LENGTH(acts)),
        {0},
    };
    return suite_run("crashes", tests, NULL, NULL);
}
