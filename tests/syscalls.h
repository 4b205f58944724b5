/* The calls by which the program asks the C library for memory, files, threads and processes: counted, made to fail, recorded.
 *
 * A test program that includes this header is linked with syscalls.c, whose functions take the place of the library's. They pass every call
 * on until calls_begin. What is counted and recorded is shared with the processes that are forked afterwards. */
#ifndef LNG_TESTS_SYSCALLS_H
#define LNG_TESTS_SYSCALLS_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- failing ---- */
typedef enum call {
    CALL_ALLOCATE, /* malloc, calloc, realloc; not counted with a sanitizer or a C library that has its own way */
    CALL_ARENA,    /* an allocation in an arena, however small (lng_on_allocation) */
    CALL_OPEN,     /* open, fopen, tmpfile */
    CALL_READ,     /* read, pread */
    CALL_WRITE,
    CALL_CLOSE,
    CALL_SYNC,
    CALL_RENAME,
    CALL_LINK,
    CALL_UNLINK, /* unlink, unlinkat */
    CALL_MKDIR,
    CALL_CUT,     /* ftruncate */
    CALL_RESERVE, /* posix_fallocate */
    CALL_STAT,    /* stat, lstat, fstat, access */
    CALL_LIST,    /* opendir */
    CALL_ENTRY,   /* readdir */
    CALL_NAME,    /* realpath, readlink, getcwd */
    CALL_PRINT,   /* fflush of standard output */
    CALL_MAP,     /* mmap */
    CALL_LOCK,    /* flock */
    CALL_LIMIT,   /* getrlimit, setrlimit */
    CALL_THREAD,  /* pthread_create, pthread_mutex_init, pthread_cond_init */
    CALL_FORK,
    CALL_PIPE,
    CALL_COPY,   /* dup, dup2 */
    CALL_WAIT,   /* poll, waitpid, nanosleep */
    CALL_DIRECT, /* syscall */
    CALLS
} call;
extern const char *const call_names[CALLS];

/* The n-th call of its kind fails with that errno, and with `on` all after it; `half`: reads or writes only half instead. nth 0: none. */
typedef struct fault {
    call call;
    long nth;
    int number;
    bool on, half;
} fault;

/* ---- recording ---- */
typedef enum deed {
    DEED_OPEN,   /* `file` is the path's, which is made unless it is there */
    DEED_WRITE,  /* bytes at `offset` of the file */
    DEED_CUT,    /* the file's length becomes `offset` */
    DEED_GROW,   /* the file's length becomes at least `offset` */
    DEED_SYNC,   /* the file, or the folder, is safe */
    DEED_RENAME, /* path to other */
    DEED_LINK,   /* path is other's file, too */
    DEED_UNLINK,
    DEED_MKDIR,
    DEED_RMDIR,
} deed;
typedef struct record {
    deed deed;
    int file; /* a number of the opened file */
    int64_t offset;
    size_t length; /* of the bytes */
    const char *path, *other, *bytes;
} record;

/* ---- looking ---- */
/* Who makes a call: the functions that have been called by then, in whatever order; the innermost of them, those of syscalls.c among them. */
#define MOST_DEPTH 40
typedef struct caller {
    uint64_t stack; /* a digest; 0: nobody yet */
    call call;
    int look;         /* the number of the look in which it was first seen */
    long first, last; /* its calls in that look */
} caller;
#define MOST_CALLERS ((size_t)1 << 18)

typedef struct calls {
    atomic_long count[CALLS];
    fault fault;
    atomic_bool struck;
    atomic_int lock, files; /* of the log; files opened so far */
    int look, depth;        /* the number of this one, 0: callers are not looked for; how many functions are told apart */
    size_t callers;
    caller caller[MOST_CALLERS]; /* a table by digests */
    size_t used, room;           /* of the log; room 0: nothing is recorded */
    char log[];
} calls;

/* Shared memory for the counts and `room` bytes of log; NULL: there is none. */
calls *calls_new(size_t room);
void calls_free(calls *);
/* From now on calls are counted, and one may fail; NULL: no longer. */
void calls_begin(calls *);
/* The record at *at of the log, which is moved on; false at its end. Its texts stay in the log. */
bool calls_next(const calls *, size_t *at, record *);

/* Whether callers can be told apart: the program is compiled with unwind tables. */
bool calls_have_callers(void);

/* Blocks that were allocated or mapped and not freed. */
long calls_blocks(void);

#endif
