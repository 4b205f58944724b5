/* run --sandbox: the kernel keeps the process to the folders that the command line and the environment name (Landlock, in Linux since 5.13).
 *
 * The rules are laid down before the model is read and the team starts, so that they hold for all threads: read the model's folder and those of
 * data, write below the folder that -o names, or that of all runs; start no program, and, where the kernel knows it, make no connection by TCP.
 * The calls have no wrappers in C libraries, and older headers lack what newer kernels know, so both are spelled out here. */
#include "config.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "data/data.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#if defined(SYS_landlock_create_ruleset) && defined(PR_SET_NO_NEW_PRIVS)

/* Rights to files. */
enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_ANY = 0x7f << 6, /* devices, folders, files, sockets, pipes, links */
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    REFER = 1 << 13,    /* since version 2: links and renames between folders */
    TRUNCATE = 1 << 14, /* 3 */
    READ = READ_FILE | READ_DIR,
    WRITE = WRITE_FILE | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE,
};
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 }; /* 4 */
enum { QUERY_VERSION = 1 << 0, RULE_BELOW = 1 };

typedef struct ruleset {
    uint64_t files, net; /* what is forbidden unless a rule allows it */
} ruleset;
typedef struct __attribute__((packed)) rule {
    uint64_t allowed;
    int32_t folder;
} rule;

static bool failed(lng_command *c, const char *what)
{
    return lng_error(c->errors, LNG_E_SYSTEM, (lng_place){0}, "--sandbox: %s: %s", what, strerror(errno));
}

/* Allows what the ruleset forbids, below a folder, or to a file. There may be none. */
static bool allow(lng_command *c, int fd, uint64_t rights, const char *path)
{
    rule r = {rights, path ? open(path, O_PATH | O_CLOEXEC) : -1};
    if (r.folder < 0)
        return true;
    if (syscall(SYS_landlock_add_rule, fd, RULE_BELOW, &r, 0) != 0) {
        r.allowed &= READ_FILE | WRITE_FILE | TRUNCATE; /* what a file can be allowed */
        if (syscall(SYS_landlock_add_rule, fd, RULE_BELOW, &r, 0) != 0) {
            close(r.folder);
            return failed(c, path);
        }
    }
    close(r.folder);
    return true;
}

/* Of the rights, those that this kernel knows. */
static ruleset known(ruleset r)
{
    const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, QUERY_VERSION);
    r.files &= version < 2 ? REFER - 1 : version < 3 ? TRUNCATE - 1 : UINT64_MAX;
    r.net = version < 4 ? 0 : r.net;
    return r;
}

static int begin(lng_command *c, const ruleset *r)
{
    const int fd = (int)syscall(SYS_landlock_create_ruleset, r, r->net ? sizeof *r : sizeof r->files, 0);
    if (fd >= 0)
        return fd;
    lng_error(c->errors, LNG_E_SYSTEM, (lng_place){0}, "--sandbox: this kernel has no Landlock, or it is switched off");
    lng_error_hint(c->errors, "run it in a container instead, or without --sandbox, as far as you trust the model");
    return -1;
}

static bool enforce(lng_command *c, int fd)
{
    const bool good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    return good || failed(c, "the kernel refuses");
}

/* ---- the folder of the run ---- */
/* To remove it takes a right to the folder above, which the process has not. So another one, which stays outside and looks at nothing, waits until
 * the run has ended, however it does. */
static _Noreturn void keep(const char *folder, int run)
{
    sigset_t all;
    char none;
    ssize_t got;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    do
        got = read(run, &none, 1);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        rmdir(folder); /* fails if anything was saved, as it should */
    _exit(LNG_DONE);
}

static bool start_keeper(lng_command *c, lng_sandbox *box)
{
    int end[2];
    if (!lng_child_pipe(end))
        return failed(c, "the system refused a pipe");
    box->run = end[1];
    box->keeper = fork();
    if (box->keeper == 0) {
        close(end[1]);
        keep(box->made, end[0]);
    }
    const bool started = box->keeper > 0 || failed(c, "the system refused a process");
    lng_child_close(&end[0]);
    return started;
}

static void leave(void *sandbox)
{
    lng_sandbox *box = sandbox;
    lng_child_close(&box->run);
    if (box->keeper > 0)
        lng_child_wait(&box->keeper);
    else if (box->made)
        rmdir(box->made);
}

static bool make(lng_command *c, lng_sandbox *box, const char *folder)
{
    box->made = lng_file_exists(folder) ? NULL : folder;
    return lng_folder_make(folder, c->errors) && (!box->made || start_keeper(c, box));
}

/* ---- all of it ---- */
static const char *folder_of(lng_command *c, const char *path)
{
    return lng_beside(c->arena, path, ".");
}

bool lng_sandbox_enter(lng_command *c, lng_sandbox *box, const char *model, const char *runs)
{
    *box = (lng_sandbox){.run = -1};
    lng_guard_begin(&box->guard, c->arena, leave, box);
    const ruleset r = known((ruleset){EXECUTE | READ | REMOVE_DIR | MAKE_ANY | WRITE | REFER, BIND_TCP | CONNECT_TCP});
    const char *const read[] = {strcmp(model, "-") == 0 ? NULL : folder_of(c, model),
                                lng_command_get(c, "data"),
                                getenv("LNGRAPH_DATA"),
                                lng_data_cache(c->arena, "."),
                                "/proc/cpuinfo",
                                "/sys/devices/system/cpu"};
    const int fd = !runs || make(c, box, runs) ? begin(c, &r) : -1;
    bool good = fd >= 0 && allow(c, fd, r.files & (READ | WRITE | REMOVE_DIR), runs);
    for (size_t i = 0; good && i < sizeof read / sizeof *read; i++)
        good = allow(c, fd, READ, read[i]);
    good = good && enforce(c, fd);
    if (fd >= 0)
        close(fd);
    return good;
}

#else

static bool lacks(lng_command *c)
{
    return lng_error(c->errors, LNG_E_SYSTEM, (lng_place){0},
                     "--sandbox: Landlock, which it needs, is a part of Linux, and not of this system");
}

bool lng_sandbox_enter(lng_command *c, lng_sandbox *box, const char *model, const char *runs)
{
    (void)box, (void)model, (void)runs;
    return lacks(c);
}

#endif

void lng_sandbox_leave(lng_sandbox *box)
{
    lng_guard_end(&box->guard);
}
