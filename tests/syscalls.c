/* The C library's functions, with a fault in one of them (syscalls.h). */
#define _GNU_SOURCE
#include "syscalls.h"
#include "base/arena.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unwind.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#define MOST_OPEN 1024 /* descriptors whose writes are recorded */

const char *const call_names[CALLS] = {"allocation",
                                       "allocation in an arena",
                                       "open",
                                       "read",
                                       "write",
                                       "close",
                                       "fsync",
                                       "rename",
                                       "link",
                                       "unlink",
                                       "mkdir",
                                       "ftruncate",
                                       "posix_fallocate",
                                       "stat",
                                       "opendir",
                                       "readdir",
                                       "path name",
                                       "fflush",
                                       "mmap",
                                       "flock",
                                       "limit",
                                       "pthread_create",
                                       "fork",
                                       "pipe",
                                       "dup",
                                       "wait",
                                       "syscall"};

static calls *now; /* NULL: every call is passed on */
static atomic_long blocks;
static int file_of[MOST_OPEN];

calls *calls_new(size_t room)
{
    calls *c = mmap(NULL, sizeof *c + room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED)
        return NULL;
    c->room = room;
    return c;
}

void calls_free(calls *c)
{
    munmap(c, sizeof *c + c->room);
}

/* A call and its record are one: the log has the order in which the system saw the calls. */
static void lock(void)
{
    for (int free = 0; !atomic_compare_exchange_weak(&now->lock, &free, 1); free = 0)
        sched_yield();
}

static void unlock(void)
{
    atomic_store(&now->lock, 0);
}

/* ---- callers ---- */
typedef struct stack {
    uintptr_t at[MOST_DEPTH];
    int depth, most;
} stack;

/* What calls itself counts once, however often it did. */
static _Unwind_Reason_Code add_function(struct _Unwind_Context *context, void *to)
{
    stack *s = to;
    const uintptr_t at = _Unwind_GetIP(context);
    for (int i = 0; i < s->depth; i++)
        if (s->at[i] == at)
            return _URC_NO_REASON;
    s->at[s->depth++] = at;
    return s->depth < s->most ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static stack stack_here(int most)
{
    stack s = {.most = most};
    _Unwind_Backtrace(add_function, &s);
    return s;
}

bool calls_have_callers(void)
{
    return stack_here(MOST_DEPTH).depth > 2;
}

static void look(call which, long nth)
{
    const stack s = stack_here(now->depth);
    uint64_t digest = which;
    for (int i = 0; i < s.depth; i++)
        digest += (s.at[i] ^ s.at[i] >> 7) * 0x9e3779b97f4a7c15u; /* in whatever order they called each other */
    digest |= 1;
    lock();
    caller *c = &now->caller[(digest >> 20) % MOST_CALLERS];
    while (c->stack && c->stack != digest)
        c = c == &now->caller[MOST_CALLERS - 1] ? now->caller : c + 1;
    if (!c->stack) {
        if (++now->callers == MOST_CALLERS)
            abort(); /* the test needs more room */
        *c = (caller){.stack = digest, .call = which, .look = now->look, .first = nth};
    }
    if (c->look == now->look)
        c->last = nth;
    unlock();
}

/* ---- faults ---- */
static bool is_due(call which)
{
    if (!now)
        return false;
    const long n = atomic_fetch_add(&now->count[which], 1) + 1;
    if (now->look)
        look(which, n);
    const fault *f = &now->fault;
    if (f->nth == 0 || f->call != which || n < f->nth || (n > f->nth && !f->on))
        return false;
    atomic_store(&now->struck, true);
    return true;
}

/* Whether this call fails; then errno says why. */
static bool fails(call which)
{
    if (!is_due(which))
        return false;
    errno = now->fault.number;
    return true;
}

static bool arena_fails(void)
{
    return fails(CALL_ARENA);
}

void calls_begin(calls *c)
{
    now = c;
    lng_on_allocation(c ? arena_fails : NULL);
}

/* The length that a read or write is asked for; -1: it fails. */
static ssize_t asked(call which, size_t n)
{
    if (!is_due(which))
        return (ssize_t)n;
    if (now->fault.half)
        return (ssize_t)(n > 1 ? n / 2 : n);
    errno = now->fault.number;
    return -1;
}

/* ---- the log: a header, the texts with their ends, the bytes ---- */
typedef struct entry {
    deed deed;
    int file;
    int64_t offset;
    size_t length, path, other; /* lengths of the texts, with their ends; 0: none */
} entry;

static size_t rounded(size_t n)
{
    return (n + 15) / 16 * 16;
}

static void add(deed what, int file, int64_t offset, const void *bytes, size_t length, const char *path, const char *other)
{
    const entry e = {what, file, offset, length, path ? strlen(path) + 1 : 0, other ? strlen(other) + 1 : 0};
    const size_t size = rounded(sizeof e) + rounded(e.path + e.other + length);
    if (now->used + size > now->room)
        abort(); /* the test needs a larger log */
    char *at = now->log + now->used;
    memcpy(at, &e, sizeof e);
    at += rounded(sizeof e);
    if (path)
        memcpy(at, path, e.path);
    if (other)
        memcpy(at + e.path, other, e.other);
    if (length)
        memcpy(at + e.path + e.other, bytes, length);
    now->used += size;
}

bool calls_next(const calls *c, size_t *at, record *r)
{
    entry e;
    if (*at >= c->used)
        return false;
    memcpy(&e, c->log + *at, sizeof e);
    const char *text = c->log + *at + rounded(sizeof e);
    *r =
        (record){e.deed, e.file, e.offset, e.length, e.path ? text : NULL, e.other ? text + e.path : NULL, text + e.path + e.other};
    *at += rounded(sizeof e) + rounded(e.path + e.other + e.length);
    return true;
}

static bool hold(void)
{
    if (!now || now->room == 0)
        return false;
    lock();
    return true;
}

static void release(bool held)
{
    if (held)
        unlock();
}

static int file_at(int fd)
{
    return fd >= 0 && fd < MOST_OPEN ? file_of[fd] : 0;
}

/* ---- the functions, which the libraries call, too ---- */
#pragma GCC visibility push(default)
/* The library's own function of that name. */
#define NEXT(name, type, ...)                                                                                                      \
    static type (*next)(__VA_ARGS__);                                                                                              \
    if (!next)                                                                                                                     \
    *(void **)&next = dlsym(RTLD_NEXT, #name)

int open(const char *path, int flags, ...)
{
    NEXT(open, int, const char *, int, ...);
    va_list list;
    va_start(list, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (fails(CALL_OPEN))
        return -1;
    const bool held = hold();
    const int fd = next(path, flags, mode);
    if (held && fd >= 0 && fd < MOST_OPEN) {
        file_of[fd] = atomic_fetch_add(&now->files, 1) + 1;
        add(DEED_OPEN, file_of[fd], flags & O_TRUNC ? 0 : -1, NULL, 0, path, NULL);
    }
    release(held);
    return fd;
}

ssize_t read(int fd, void *to, size_t n)
{
    NEXT(read, ssize_t, int, void *, size_t);
    const ssize_t some = asked(CALL_READ, n);
    return some < 0 ? -1 : next(fd, to, (size_t)some);
}

ssize_t pread(int fd, void *to, size_t n, off_t from)
{
    NEXT(pread, ssize_t, int, void *, size_t, off_t);
    const ssize_t some = asked(CALL_READ, n);
    return some < 0 ? -1 : next(fd, to, (size_t)some, from);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    NEXT(fopen, FILE *, const char *, const char *);
    return fails(CALL_OPEN) ? NULL : next(path, mode);
}

FILE *tmpfile(void)
{
    NEXT(tmpfile, FILE *, void);
    return fails(CALL_OPEN) ? NULL : next();
}

int fflush(FILE *f)
{
    NEXT(fflush, int, FILE *);
    return f == stdout && fails(CALL_PRINT) ? EOF : next(f);
}

ssize_t write(int fd, const void *from, size_t n)
{
    NEXT(write, ssize_t, int, const void *, size_t);
    const ssize_t some = asked(CALL_WRITE, n);
    if (some < 0)
        return -1;
    const bool held = hold();
    const ssize_t done = next(fd, from, (size_t)some);
    const off_t end = held && file_at(fd) ? lseek(fd, 0, SEEK_CUR) : -1;
    if (done > 0 && end >= done)
        add(DEED_WRITE, file_at(fd), end - done, from, (size_t)done, NULL, NULL);
    release(held);
    return done;
}

int close(int fd)
{
    NEXT(close, int, int);
    if (fd >= 0 && fd < MOST_OPEN)
        file_of[fd] = 0;
    if (!is_due(CALL_CLOSE))
        return next(fd);
    next(fd); /* as Linux does: an error leaves nothing open */
    errno = now->fault.number;
    return -1;
}

/* Nothing is written to the disk: the machine will not crash, and the tests make thousands of files. */
int fsync(int fd)
{
    if (fails(CALL_SYNC))
        return -1;
    const bool held = hold();
    if (held && file_at(fd))
        add(DEED_SYNC, file_at(fd), 0, NULL, 0, NULL, NULL);
    release(held);
    return 0;
}

int rename(const char *from, const char *to)
{
    NEXT(rename, int, const char *, const char *);
    if (fails(CALL_RENAME))
        return -1;
    const bool held = hold();
    const int result = next(from, to);
    if (held && result == 0)
        add(DEED_RENAME, 0, 0, NULL, 0, from, to);
    release(held);
    return result;
}

int link(const char *from, const char *to)
{
    NEXT(link, int, const char *, const char *);
    if (fails(CALL_LINK))
        return -1;
    const bool held = hold();
    const int result = next(from, to);
    if (held && result == 0)
        add(DEED_LINK, 0, 0, NULL, 0, to, from);
    release(held);
    return result;
}

int unlink(const char *path)
{
    NEXT(unlink, int, const char *);
    if (fails(CALL_UNLINK))
        return -1;
    const bool held = hold();
    const int result = next(path);
    if (held && result == 0)
        add(DEED_UNLINK, 0, 0, NULL, 0, path, NULL);
    release(held);
    return result;
}

int unlinkat(int folder, const char *path, int flags)
{
    NEXT(unlinkat, int, int, const char *, int);
    return fails(CALL_UNLINK) ? -1 : next(folder, path, flags);
}

int mkdir(const char *path, mode_t mode)
{
    NEXT(mkdir, int, const char *, mode_t);
    if (fails(CALL_MKDIR))
        return -1;
    const bool held = hold();
    const int result = next(path, mode);
    if (held && result == 0)
        add(DEED_MKDIR, 0, 0, NULL, 0, path, NULL);
    release(held);
    return result;
}

int rmdir(const char *path)
{
    NEXT(rmdir, int, const char *);
    const bool held = hold();
    const int result = next(path);
    if (held && result == 0)
        add(DEED_RMDIR, 0, 0, NULL, 0, path, NULL);
    release(held);
    return result;
}

int ftruncate(int fd, off_t length)
{
    NEXT(ftruncate, int, int, off_t);
    if (fails(CALL_CUT))
        return -1;
    const bool held = hold();
    const int result = next(fd, length);
    if (held && result == 0 && file_at(fd))
        add(DEED_CUT, file_at(fd), length, NULL, 0, NULL, NULL);
    release(held);
    return result;
}

int posix_fallocate(int fd, off_t from, off_t length)
{
    NEXT(posix_fallocate, int, int, off_t, off_t);
    if (fails(CALL_RESERVE))
        return now->fault.number;
    const bool held = hold();
    const int result = next(fd, from, length);
    if (held && result == 0 && file_at(fd))
        add(DEED_GROW, file_at(fd), from + length, NULL, 0, NULL, NULL);
    release(held);
    return result;
}

int stat(const char *restrict path, struct stat *restrict to)
{
    NEXT(stat, int, const char *, struct stat *);
    return fails(CALL_STAT) ? -1 : next(path, to);
}

int fstat(int fd, struct stat *to)
{
    NEXT(fstat, int, int, struct stat *);
    return fails(CALL_STAT) ? -1 : next(fd, to);
}

int lstat(const char *restrict path, struct stat *restrict to)
{
    NEXT(lstat, int, const char *, struct stat *);
    return fails(CALL_STAT) ? -1 : next(path, to);
}

int access(const char *path, int mode)
{
    NEXT(access, int, const char *, int);
    return fails(CALL_STAT) ? -1 : next(path, mode);
}

struct dirent *readdir(DIR *dir)
{
    NEXT(readdir, struct dirent *, DIR *);
    return fails(CALL_ENTRY) ? NULL : next(dir);
}

char *realpath(const char *restrict path, char *restrict to)
{
    NEXT(realpath, char *, const char *, char *);
    return fails(CALL_NAME) ? NULL : next(path, to);
}

/* realpath with -D_FORTIFY_SOURCE, into `room` bytes. */
char *__realpath_chk(const char *path, char *to, size_t room);
char *__realpath_chk(const char *path, char *to, size_t room)
{
    (void)room;
    return realpath(path, to);
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t n)
{
    NEXT(readlink, ssize_t, const char *, char *, size_t);
    return fails(CALL_NAME) ? -1 : next(path, to, n);
}

char *getcwd(char *to, size_t n)
{
    NEXT(getcwd, char *, char *, size_t);
    return fails(CALL_NAME) ? NULL : next(to, n);
}

DIR *opendir(const char *path)
{
    NEXT(opendir, DIR *, const char *);
    return fails(CALL_LIST) ? NULL : next(path);
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
    NEXT(mmap, void *, void *, size_t, int, int, int, off_t);
    void *block = fails(CALL_MAP) ? MAP_FAILED : next(at, n, protection, flags, fd, offset);
    atomic_fetch_add(&blocks, block != MAP_FAILED);
    return block;
}

int munmap(void *at, size_t n)
{
    NEXT(munmap, int, void *, size_t);
    const int result = next(at, n);
    atomic_fetch_sub(&blocks, result == 0);
    return result;
}

int flock(int fd, int operation)
{
    NEXT(flock, int, int, int);
    return fails(CALL_LOCK) ? -1 : next(fd, operation);
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*work)(void *),
                   void *restrict context)
{
    NEXT(pthread_create, int, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    return fails(CALL_THREAD) ? now->fault.number : next(thread, attributes, work, context);
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    NEXT(pthread_mutex_init, int, pthread_mutex_t *, const pthread_mutexattr_t *);
    return fails(CALL_THREAD) ? now->fault.number : next(mutex, attributes);
}

int pthread_cond_init(pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes)
{
    NEXT(pthread_cond_init, int, pthread_cond_t *, const pthread_condattr_t *);
    return fails(CALL_THREAD) ? now->fault.number : next(condition, attributes);
}

pid_t fork(void)
{
    NEXT(fork, pid_t, void);
    return fails(CALL_FORK) ? -1 : next();
}

int pipe(int ends[2])
{
    NEXT(pipe, int, int *);
    return fails(CALL_PIPE) ? -1 : next(ends);
}

int dup(int fd)
{
    NEXT(dup, int, int);
    return fails(CALL_COPY) ? -1 : next(fd);
}

int dup2(int fd, int to)
{
    NEXT(dup2, int, int, int);
    return fails(CALL_COPY) ? -1 : next(fd, to);
}

int poll(struct pollfd *at, nfds_t n, int milliseconds)
{
    NEXT(poll, int, struct pollfd *, nfds_t, int);
    return fails(CALL_WAIT) ? -1 : next(at, n, milliseconds);
}

pid_t waitpid(pid_t process, int *status, int options)
{
    NEXT(waitpid, pid_t, pid_t, int *, int);
    return fails(CALL_WAIT) ? -1 : next(process, status, options);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    NEXT(nanosleep, int, const struct timespec *, struct timespec *);
    return fails(CALL_WAIT) ? -1 : next(time, left);
}

#ifdef __GLIBC__
#define RESOURCE __rlimit_resource_t
#else
#define RESOURCE int
#endif

int getrlimit(RESOURCE which, struct rlimit *to)
{
    NEXT(getrlimit, int, RESOURCE, struct rlimit *);
    return fails(CALL_LIMIT) ? -1 : next(which, to);
}

int setrlimit(RESOURCE which, const struct rlimit *to)
{
    NEXT(setrlimit, int, RESOURCE, const struct rlimit *);
    return fails(CALL_LIMIT) ? -1 : next(which, to);
}

long syscall(long number, ...)
{
    NEXT(syscall, long, long, ...);
    long a[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, long);
    va_end(list);
    return fails(CALL_DIRECT) ? -1 : next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- memory ---- */
#if defined(__GLIBC__) && !defined(SANITIZED)
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add(&blocks, 1);
    return block;
}

void *malloc(size_t n)
{
    return fails(CALL_ALLOCATE) ? NULL : counted(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
    return fails(CALL_ALLOCATE) ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *old, size_t n)
{
    if (fails(CALL_ALLOCATE))
        return NULL;
    void *block = __libc_realloc(old, n);
    return old ? block : counted(block);
}

void free(void *block)
{
    if (block)
        atomic_fetch_sub(&blocks, 1);
    __libc_free(block);
}

long calls_blocks(void)
{
    return atomic_load(&blocks);
}
#else
long calls_blocks(void)
{
    return 0;
}
#endif
