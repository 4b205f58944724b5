/* Files: read whole within a limit, written whole or not at all. */
#include "config.h"
#include "base/file.h"
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Records "path: error[code]: what: the system's reason". Always false. */
static bool refuse(lng_errors *errors, const char *path, const char *what, int number)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    lng_source source = {.name = path};
    lng_error(errors, number == ENOMEM ? LNG_E_MEMORY : LNG_E_IO, (lng_place){.source = &source}, "%s: %s", what,
              c ? strerror_l(number, c) : "refused");
    if (c)
        freelocale(c);
    return false;
}

/* ---- reading ---- */

/* Suggests the entry of the folder whose name is nearest to a missing one. */
static void hint_nearest(lng_errors *errors, const char *path)
{
    const char *name = lng_base_name(path);
    char folder[PATH_MAX], best[NAME_MAX + 1];
    const int length = (int)(name - path);
    if (length >= PATH_MAX || *name == 0)
        return;
    snprintf(folder, sizeof folder, "%.*s", length, path);
    DIR *dir = opendir(length ? folder : ".");
    if (!dir)
        return;
    lng_nearest near = {.wrong = name};
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *before = near.best;
        lng_nearest_offer(&near, entry->d_name);
        if (near.best != before) {
            snprintf(best, sizeof best, "%s", near.best);
            near.best = best;
        }
    }
    closedir(dir);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s%s`?", length ? folder : "", near.best);
}

static int open_regular(const char *path, size_t *expected, lng_errors *errors)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        int number = errno;
        refuse(errors, path, "cannot be opened", number);
        if (number == ENOENT)
            hint_nearest(errors, path);
        return -1;
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        refuse(errors, path, "cannot be examined", errno);
    } else if (!S_ISREG(st.st_mode)) {
        const char *kind = S_ISDIR(st.st_mode) ? "folder" : S_ISFIFO(st.st_mode) ? "pipe" : "device";
        lng_source source = {.name = path};
        lng_error(errors, LNG_E_NOT_A_FILE, (lng_place){.source = &source}, "this is a %s; a regular file is needed", kind);
        if (S_ISFIFO(st.st_mode))
            lng_error_hint(errors, "give `-` to read standard input");
    } else {
        *expected = st.st_size > 0 ? (size_t)st.st_size : 0;
        return fd;
    }
    close(fd);
    return -1;
}

/* Like read, but waits if a non-blocking descriptor has nothing yet. */
static ssize_t read_some(int fd, void *to, size_t n)
{
    for (;;) {
        ssize_t got = read(fd, to, n < SSIZE_MAX ? n : SSIZE_MAX);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN))
            return got;
        if (errno == EAGAIN)
            poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
    }
}

typedef struct reading {
    lng_arena *arena;
    int fd;
    const char *name;
    size_t expected, limit;
    lng_errors *errors;
    char *text; /* NULL until all is read */
    size_t length;
} reading;

static void refuse_length(const reading *r)
{
    char number[LNG_NUMBER_SIZE];
    lng_source source = {.name = r->name};
    lng_error(r->errors, LNG_E_LIMIT, (lng_place){.source = &source}, "longer than %s bytes",
              lng_grouped(number, (int64_t)r->limit));
}

/* The expected length is only a hint: a file may grow meanwhile, and standard input has none. */
static void read_all(void *context)
{
    reading *r = context;
    size_t used = 0, capacity = r->expected ? r->expected + 2 : 4096;
    if (r->expected > r->limit) {
        refuse_length(r);
        return;
    }
    char *at = lng_alloc(r->arena, capacity);
    for (;;) {
        at = lng_grow(r->arena, at, used + 1, &capacity, 1);
        ssize_t got = read_some(r->fd, at + used, capacity - used - 1);
        if (got < 0) {
            refuse(r->errors, r->name, "cannot be read", errno);
            return;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > r->limit) {
            refuse_length(r);
            return;
        }
    }
    at[used] = 0;
    r->text = at;
    r->length = used;
}

static char *read_protected(reading r, size_t *length)
{
    if (!lng_protect(r.arena, read_all, &r))
        refuse(r.errors, r.name, "cannot be read", ENOMEM);
    *length = r.length;
    return r.text;
}

char *lng_file_read(lng_arena *arena, const char *path, size_t limit, size_t *length, lng_errors *errors)
{
    reading r = {.arena = arena, .fd = STDIN_FILENO, .name = "<stdin>", .limit = limit, .errors = errors};
    if (strcmp(path, "-") == 0)
        return read_protected(r, length);
    r.name = path;
    r.fd = open_regular(path, &r.expected, errors);
    if (r.fd < 0)
        return NULL;
    char *text = read_protected(r, length);
    close(r.fd);
    return text;
}

/* ---- writing ---- */

struct lng_file {
    lng_errors *errors;
    char *path, *beside; /* what the user named; the temporary beside it, NULL if the target is written directly */
    char *target;        /* the target of the renaming: the path, or where its links lead */
    int fd;
    bool failed, reserved;
    size_t held;
    off_t written; /* without what is held */
    unsigned char buffer[32 << 10];
};

static void drop(lng_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->beside && f->fd >= 0)
        unlink(f->beside);
    free(f->path);
    free(f->beside);
    free(f->target);
    free(f);
}

/* The length of the folder part of a path, including the last slash. */
static int folder_length(const char *path)
{
    return (int)(lng_base_name(path) - path);
}

#define TEMPORARY ".lngraph-%ld-%d.tmp" /* the process, and a count */

static bool open_beside(lng_file *f, mode_t mode)
{
    static atomic_uint count; /* goes on from the last name; a name that another process of this number has left is passed over */
    size_t size = strlen(f->target) + 64;
    f->beside = malloc(size);
    for (int attempt = 0; f->beside && attempt < 1000; attempt++) {
        snprintf(f->beside, size, "%.*s" TEMPORARY, folder_length(f->target), f->target, (long)getpid(),
                 (int)(atomic_fetch_add(&count, 1) & INT_MAX));
        f->fd = open(f->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode ? mode & 0777 : 0666);
        if (f->fd >= 0) {
            if (mode)
                (void)!fchmod(f->fd, mode & 0777);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return false;
}

static bool open_target(lng_file *f, bool own)
{
    struct stat st;
    const mode_t mode = (own ? lstat(f->path, &st) : stat(f->path, &st)) == 0 ? st.st_mode : 0;
    if (S_ISDIR(mode)) {
        errno = EISDIR;
        return false;
    }
    if (mode && !S_ISREG(mode) && !own) {
        f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        return f->fd >= 0 && fcntl(f->fd, F_SETFL, 0) == 0;
    }
    f->target = mode && !own ? realpath(f->path, NULL) : strdup(f->path);
    return f->target && open_beside(f, S_ISREG(mode) ? mode : 0);
}

static lng_file *begin(const char *path, bool own, lng_errors *errors)
{
    lng_file *f = lng_allocation_fails() ? NULL : calloc(1, sizeof *f);
    if (f) {
        f->fd = -1;
        f->errors = errors;
        f->path = strdup(path);
    }
    errno = f && f->path ? 0 : ENOMEM;
    if (errno || !open_target(f, own)) {
        refuse(errors, path, "cannot be written", errno);
        if (f)
            drop(f);
        return NULL;
    }
    return f;
}

lng_file *lng_file_begin(const char *path, lng_errors *errors)
{
    return begin(path, false, errors);
}

lng_file *lng_file_begin_own(const char *path, lng_errors *errors)
{
    return begin(path, true, errors);
}

static bool fail(lng_file *f)
{
    if (!f->failed)
        refuse(f->errors, f->path, "cannot be written", errno);
    f->failed = true;
    return false;
}

static bool write_all(lng_file *f, const unsigned char *at, size_t n)
{
    while (n) {
        ssize_t done = write(f->fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail(f);
        at += done;
        n -= (size_t)done;
        f->written += done;
    }
    return true;
}

static bool flush(lng_file *f)
{
    size_t n = f->held;
    f->held = 0;
    return write_all(f, f->buffer, n);
}

bool lng_file_put(lng_file *f, const void *bytes, size_t n)
{
    if (f->failed)
        return false;
    if (n > sizeof f->buffer - f->held && !flush(f))
        return false;
    if (n > sizeof f->buffer)
        return write_all(f, bytes, n);
    if (n)
        memcpy(f->buffer + f->held, bytes, n);
    f->held += n;
    return true;
}

/* Sets f->reserved; a file system that cannot reserve goes without. */
static bool reserve(lng_file *f, size_t bytes)
{
    do
        errno = posix_fallocate(f->fd, 0, (off_t)bytes);
    while (errno == EINTR);
    f->reserved = errno == 0;
    return f->reserved || errno == EINVAL || errno == EOPNOTSUPP;
}

bool lng_file_reserve(lng_file *f, size_t bytes)
{
    if (f->failed || !f->beside || bytes == 0)
        return !f->failed;
    return reserve(f, bytes) || fail(f);
}

bool lng_file_ask(lng_file *f, size_t bytes)
{
    if (f->failed || !f->beside)
        return !f->failed;
    const bool there = reserve(f, bytes) || errno == EFBIG; /* they are for several files */
    return (there && (!f->reserved || ftruncate(f->fd, 0) == 0)) || fail(f);
}

size_t lng_file_read_at(int fd, uint64_t at, void *to, size_t n)
{
    size_t done = 0;
    while (done < n) {
        const ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = 0;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

static bool sync_file(int fd)
{
    int failed;
    do
        failed = fsync(fd);
    while (failed && errno == EINTR);
    return !failed;
}

/* The new name is safe once its folder is. If the file system cannot fsync a folder (EINVAL), there is nothing to wait for. Nothing is
 * allocated: what is to be safe is done already. */
static bool sync_folder(const char *target)
{
    char folder[PATH_MAX];
    const int length = folder_length(target);
    snprintf(folder, sizeof folder, "%.*s", length ? length : 1, length ? target : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES; /* a folder that can be written but not read */
    bool fine = sync_file(fd) || errno == EINVAL;
    int number = errno;
    close(fd);
    errno = number;
    return fine;
}

static bool finish(lng_file *f)
{
    if (f->failed || !flush(f))
        return false;
    if (f->reserved && ftruncate(f->fd, f->written) != 0)
        return fail(f);
    if (f->beside && !sync_file(f->fd))
        return fail(f);
    const bool closed = close(f->fd) == 0 || errno == EINTR; /* then it is closed, too */
    f->fd = -1;
    if (closed && (!f->beside || (rename(f->beside, f->target) == 0)))
        return !f->beside || sync_folder(f->target) || fail(f);
    int number = errno;
    if (f->beside)
        unlink(f->beside);
    errno = number;
    return fail(f);
}

bool lng_file_commit(lng_file *f)
{
    bool fine = finish(f);
    drop(f);
    return fine;
}

void lng_file_abandon(lng_file *f)
{
    if (f)
        drop(f);
}

static bool write_to(lng_file *f, const void *bytes, size_t n)
{
    if (f && lng_file_put(f, bytes, n))
        return lng_file_commit(f);
    lng_file_abandon(f);
    return false;
}

bool lng_file_write(const char *path, const void *bytes, size_t n, lng_errors *errors)
{
    return write_to(lng_file_begin(path, errors), bytes, n);
}

bool lng_file_write_own(const char *path, const void *bytes, size_t n, lng_errors *errors)
{
    return write_to(lng_file_begin_own(path, errors), bytes, n);
}

bool lng_file_settle(const char *path, lng_errors *errors)
{
    return sync_folder(path) || refuse(errors, path, "its folder cannot be written", errno);
}

bool lng_file_remove(const char *path, lng_errors *errors)
{
    if (unlink(path) == 0)
        return lng_file_settle(path, errors);
    return errno == ENOENT || refuse(errors, path, "cannot be removed", errno);
}

bool lng_file_rename(const char *from, const char *to, lng_errors *errors)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse(errors, from, "cannot be opened", errno);
    bool fine = sync_file(fd) && rename(from, to) == 0 && sync_folder(to);
    int number = errno;
    close(fd);
    return fine || refuse(errors, to, "cannot be written", number);
}

/* ---- folders ---- */

bool lng_folder_make(const char *path, lng_errors *errors)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part)
        return refuse(errors, path, "this folder cannot be created", length ? ENAMETOOLONG : ENOENT);
    for (size_t n = 1; n <= length; n++) {
        if (n < length && path[n] != '/')
            continue;
        memcpy(part, path, n);
        part[n] = 0;
        if (mkdir(part, 0777) == 0) {
            if (!lng_file_settle(part, errors))
                return false;
            continue;
        }
        const int number = errno;
        if (!lng_folder_exists(part))
            return refuse(errors, part, "this folder cannot be created", number);
    }
    return true;
}

static bool is_over(long process)
{
    return process > 0 && (process == getpid() || (kill((pid_t)process, 0) != 0 && errno == ESRCH));
}

void lng_folder_sweep(int folder)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        long process;
        int count, end = 0;
        if (sscanf(entry->d_name, TEMPORARY "%n", &process, &count, &end) == 2 && end > 0 && !entry->d_name[end] &&
            is_over(process))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}

/* After a stat that failed: what cannot be seen may be there. */
static bool may_exist(void)
{
    return errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG && errno != ELOOP;
}

bool lng_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 || may_exist();
}

bool lng_folder_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? S_ISDIR(st.st_mode) : may_exist();
}

bool lng_folder_is_empty(const char *path, bool *empty, lng_errors *errors)
{
    DIR *dir = opendir(path);
    *empty = !dir && errno == ENOENT;
    if (!dir)
        return *empty || refuse(errors, path, "this folder cannot be read", errno);
    *empty = true;
    errno = 0;
    for (struct dirent *entry; *empty && (entry = readdir(dir));)
        *empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    const int number = *empty ? errno : 0;
    closedir(dir);
    return number == 0 || refuse(errors, path, "this folder cannot be read", number);
}
