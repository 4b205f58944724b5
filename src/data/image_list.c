/* Folders are read one after the other, not one within the other, so that few files are open at a time. */
#include "config.h"
#include "data/image_list.h"
#include "base/arena.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MOST_DEPTH = 16 };
#define MOST_FILES ((size_t)1 << 24)

typedef struct pending { /* a folder */
    const char *path;    /* from the first on; "": that one */
    int64_t class;
    int depth;
} pending;

typedef struct listing {
    lng_arena *arena;
    const char *folder;
    lng_image_list *list;
    pending *queue;
    size_t queued, queue_room, class_room;
    lng_failure *failure;
} listing;

static bool is_image(const char *name)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".pgm", ".ppm"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (n > strlen(endings[i]) && strcasecmp(name + n - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

static bool refuse(const listing *l, const char *path, int error)
{
    return lng_fail(l->failure, error == ENOMEM ? LNG_E_MEMORY : LNG_E_IO, "cannot read %.200s: %s", path, strerror(error));
}

static bool add_folder(listing *l, const pending *in, const char *path, const char *name)
{
    lng_image_list *list = l->list;
    pending next = {path, in->class, in->depth + 1};
    if (next.depth > MOST_DEPTH)
        return lng_fail(l->failure, LNG_E_LIMIT, "%.200s is more than %d folders deep", path, MOST_DEPTH);
    if (in->depth == 0) {
        list->class = lng_grow(l->arena, list->class, (size_t)list->classes, &l->class_room, sizeof *list->class);
        list->class[list->classes] = lng_copy(l->arena, name);
        next.class = list->classes++;
    }
    l->queue = lng_grow(l->arena, l->queue, l->queued, &l->queue_room, sizeof *l->queue);
    l->queue[l->queued++] = next;
    return true;
}

static bool add_file(listing *l, const pending *in, const char *path, const struct stat *s)
{
    lng_image_list *list = l->list;
    if (list->n == MOST_FILES)
        return lng_fail(l->failure, LNG_E_LIMIT, "more than 2^24 images");
    list->at = lng_grow(l->arena, list->at, list->n, &list->room, sizeof *list->at);
    list->at[list->n++] = (lng_image_file){.path = path,
                                           .class = in->class,
                                           .bytes = s->st_size,
                                           .changed = {s->st_ctim.tv_sec, s->st_ctim.tv_nsec},
                                           .written = {s->st_mtim.tv_sec, s->st_mtim.tv_nsec},
                                           .inode = (uint64_t)s->st_ino};
    return true;
}

static bool add_entry(listing *l, const pending *in, const char *name)
{
    struct stat s;
    if (name[0] == '.')
        return true;
    const char *path = *in->path ? lng_format(l->arena, "%s/%s", in->path, name) : lng_copy(l->arena, name),
               *whole = lng_format(l->arena, "%s/%s", l->folder, path);
    if (stat(whole, &s) != 0)
        return refuse(l, whole, errno);
    if (S_ISDIR(s.st_mode))
        return add_folder(l, in, path, name);
    return !S_ISREG(s.st_mode) || !is_image(name) || add_file(l, in, path, &s);
}

/* The names in a folder, each with a NUL after it, as a block; it is no arena's, so that running out of memory leaves nothing open. */
static char *read_names(const listing *l, const char *path, size_t *length)
{
    DIR *dir = opendir(path);
    char *names = NULL;
    size_t room = 0;
    *length = 0;
    if (!dir)
        return refuse(l, path, errno), NULL;
    for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
        const size_t n = strlen(entry->d_name) + 1;
        if (*length + n > room) {
            char *more = lng_block_grow(names, *length, room = 2 * (*length + n) + 4096);
            if (!more) {
                lng_fail(l->failure, LNG_E_MEMORY, "out of memory");
                break;
            }
            names = more;
        }
        memcpy(names + *length, entry->d_name, n);
        *length += n;
    }
    if (errno)
        refuse(l, path, errno);
    closedir(dir);
    return names;
}

static void free_names(void *what)
{
    lng_block_free(what);
}

static bool read_folder(listing *l, const pending *in)
{
    size_t length;
    char *names = read_names(l, *in->path ? lng_format(l->arena, "%s/%s", l->folder, in->path) : l->folder, &length);
    if (!names)
        return false;
    lng_arena_defer(l->arena, free_names, names);
    bool good = l->failure->code == LNG_E_NONE;
    for (size_t i = 0; good && i < length; i += strlen(names + i) + 1)
        good = add_entry(l, in, names + i);
    return good;
}

/* ---- order ---- */
static int by_path(const void *a, const void *b)
{
    return strcmp(((const lng_image_file *)a)->path, ((const lng_image_file *)b)->path);
}

typedef struct named {
    const char *name;
    int64_t number;
} named;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* File systems list names in any order. */
static void sort(const listing *l)
{
    lng_image_list *list = l->list;
    named *class = LNG_NEW_N(l->arena, (size_t)list->classes + 1, named);
    int64_t *place = LNG_NEW_N(l->arena, (size_t)list->classes + 1, int64_t);
    for (int64_t i = 0; i < list->classes; i++)
        class[i] = (named){list->class[i], i};
    qsort(class, (size_t)list->classes, sizeof *class, by_name);
    for (int64_t i = 0; i < list->classes; i++) {
        list->class[i] = class[i].name;
        place[class[i].number] = i;
    }
    for (size_t i = 0; i < list->n; i++)
        list->at[i].class = list->at[i].class < 0 ? -1 : place[list->at[i].class];
    if (list->n)
        qsort(list->at, list->n, sizeof *list->at, by_path);
}

bool lng_image_list_read(lng_arena *arena, const char *folder, lng_image_list *list, lng_failure *failure)
{
    listing l = {.arena = arena, .folder = folder, .list = list, .failure = failure};
    const pending first = {"", -1, 0};
    *list = (lng_image_list){.n = 0};
    bool good = read_folder(&l, &first);
    for (size_t i = 0; good && i < l.queued; i++) {
        const pending next = l.queue[i];
        good = read_folder(&l, &next);
    }
    if (good)
        sort(&l);
    return good;
}
