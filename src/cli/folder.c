/* The folder of a run: claimed before training, and locked as long as the process lives.
 *
 * The lock is on the folder itself: it leaves no file behind, and ends with the process however that ends. */
#include "config.h"
#include "cli/cli.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MOST_NAMES 100000 /* NAME-2 ... */
#define MOST_TRIES 3      /* to lock a folder: whoever held it may let it go before it can be named */

static bool system_error(lng_command *c, const char *what, const char *path)
{
    return lng_error(c->errors, LNG_E_IO, (lng_place){0}, "%s %s: %s", what, path, strerror(errno));
}

/* The process that holds the lock of a folder, as Linux tells; 0: unknown. */
static long holder(const char *path)
{
    struct stat st;
    long found = 0;
    FILE *f = stat(path, &st) == 0 ? fopen("/proc/locks", "re") : NULL;
    for (char line[256]; f && !found && fgets(line, sizeof line, f);) {
        long process;
        unsigned major, minor;
        unsigned long long file;
        if (sscanf(line, "%*s FLOCK %*s WRITE %ld %x:%x:%llu", &process, &major, &minor, &file) == 4 && file == st.st_ino &&
            makedev(major, minor) == st.st_dev)
            found = process;
    }
    if (f)
        fclose(f);
    return found;
}

/* Always false. A lock is shared with the processes that its owner has started, and may outlive it. */
static bool is_used(lng_command *c, const char *path, long process)
{
    const bool gone = process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
    const char *which =
        process > 0 ? lng_format(c->arena, gone ? ": one that process %ld has left behind" : ": process %ld", process) : "";
    return lng_error(c->errors, LNG_E_IO, (lng_place){0}, "another process is using the folder %s%s", path, which);
}

/* Locks the folder, and removes what killed processes left there. false with EWOULDBLOCK: another process holds the lock. */
static bool lock(lng_folder *f)
{
    f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0)
        return false;
    /* a file system without locks: go without */
    if (flock(f->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
        lng_folder_sweep(f->fd);
        return true;
    }
    close(f->fd);
    f->fd = -1;
    errno = EWOULDBLOCK;
    return false;
}

static void release(void *folder)
{
    lng_folder *f = folder;
    if (f->fd >= 0)
        lng_folder_sweep(f->fd); /* by its name, nothing can be removed from a folder that was moved */
    if (f->made)
        rmdir(f->path); /* fails if anything was saved, as it should */
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

static bool open_named(lng_command *c, lng_folder *f)
{
    f->made = !lng_file_exists(f->path);
    if (!lng_folder_make(f->path, c->errors))
        return false;
    long process = 0;
    for (int tries = 0; !process && tries < MOST_TRIES; tries++) {
        if (lock(f))
            return true;
        if (errno != EWOULDBLOCK)
            return system_error(c, "cannot open the folder", f->path);
        process = holder(f->path);
    }
    return is_used(c, f->path, process);
}

bool lng_folder_open(lng_command *c, lng_folder *f)
{
    f->fd = -1;
    lng_guard_begin(&f->guard, c->arena, release, f);
    return open_named(c, f);
}

static bool claim_named(lng_command *c, lng_folder *f, bool force)
{
    if (!open_named(c, f))
        return false;
    bool empty = true;
    if (!force && !lng_folder_is_empty(f->path, &empty, c->errors))
        return false;
    if (empty)
        return true;
    lng_usage_error(c, "the folder %s is not empty", f->path);
    lng_error_hint(c->errors, "--force overwrites the run there; without --out, a new folder is created in runs/");
    return false;
}

/* A safe name for a folder: anything but letters, digits, `.`, `_` and `-` becomes `-`. */
const char *lng_folder_name(lng_arena *arena, const char *model)
{
    char *name = lng_copy(arena, *model ? model : "model");
    for (char *p = name; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') && !(*p >= '0' && *p <= '9') &&
            (!strchr("._-", *p) || (p == name && *p == '.')))
            *p = '-';
    return name;
}

/* Takes a folder that another run has left empty. */
static bool claim_empty(lng_command *c, lng_folder *f)
{
    bool empty = false;
    if (!lock(f))
        return false;
    if (lng_folder_is_empty(f->path, &empty, c->errors) && empty)
        return true;
    close(f->fd);
    f->fd = -1;
    return false;
}

/* runs/NAME, or the first of runs/NAME-2, ... that is new or empty. The lock decides, so two processes never get the same one. */
static bool claim_next(lng_command *c, lng_folder *f, const char *model)
{
    const char *name = lng_folder_name(c->arena, model);
    if (!lng_folder_make("runs", c->errors))
        return false;
    for (int i = 1; i < MOST_NAMES; i++) {
        f->path = i == 1 ? lng_format(c->arena, "runs/%s", name) : lng_format(c->arena, "runs/%s-%d", name, i);
        const bool made = mkdir(f->path, 0777) == 0;
        if (!made && errno != EEXIST)
            return system_error(c, "cannot create the folder", f->path);
        if (made && !lng_file_settle(f->path, c->errors))
            return false;
        if (claim_empty(c, f))
            return f->made = true;
        if (lng_errors_count(c->errors))
            return false;
    }
    return lng_error(c->errors, LNG_E_IO, (lng_place){0}, "runs/ has too many folders named %s", name);
}

static const char *without_slash(lng_arena *arena, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return lng_copy_n(arena, path, n);
}

bool lng_folder_claim(lng_command *c, const char *model, lng_folder *f)
{
    const char *wanted = lng_command_get(c, "out");
    *f = (lng_folder){.fd = -1};
    if (wanted && !*wanted)
        return lng_usage_error(c, "--out takes the name of a folder");
    if (wanted)
        f->path = without_slash(c->arena, wanted);
    lng_guard_begin(&f->guard, c->arena, release, f);
    if ((wanted ? claim_named(c, f, lng_command_get(c, "force") != NULL) : claim_next(c, f, model)))
        return true;
    lng_folder_release(f);
    return false;
}

void lng_folder_release(lng_folder *f)
{
    lng_guard_end(&f->guard);
}
