/* Runs clang: the source goes through one pipe, the program comes through another (compile.h). */
#include "cli/compile.h"
#include "base/guard.h"
#include "cli/child.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const arguments[] = {"--target=wasm32",
                                        "-O2",
                                        "-ffreestanding",
                                        "-nostdlib",
                                        "-Wl,--no-entry",
                                        "-Wl,--strip-all",
                                        "-Wl,-z,stack-size=65536",
                                        "-x",
                                        "c",
                                        "-",
                                        "-o",
                                        "/dev/stdout",
                                        NULL};

typedef struct child {
    pid_t id;    /* 0: there is none */
    int in, out; /* our ends; -1: closed */
    int error;   /* of a pipe, other than that the child closed it; 0: none */
} child;

static void become(const char *compiler, int in, int out)
{
    const char *argument[2 + sizeof arguments / sizeof *arguments] = {compiler};
    memcpy(argument + 1, arguments, sizeof arguments);
    lng_child_become(argument, in, out, -1);
}

static bool start(child *k, const char *compiler)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    if (lng_child_pipe(in) && lng_child_pipe(out)) {
        fflush(NULL);
        k->id = fork();
        if (k->id == 0)
            become(compiler, in[0], out[1]);
    }
    lng_child_close(&in[0]);
    lng_child_close(&out[1]);
    k->in = in[1];
    k->out = out[0];
    return k->id > 0 && fcntl(k->in, F_SETFL, O_NONBLOCK) == 0;
}

/* Gives what the pipe takes, and closes it at the end. */
static void give(child *k, const lng_text *source, size_t *given)
{
    const ssize_t n = write(k->in, source->at + *given, source->length - *given);
    if (n > 0)
        *given += (size_t)n;
    const bool failed = n < 0 && errno != EINTR && errno != EAGAIN;
    if (failed && errno != EPIPE)
        k->error = errno;
    if (failed || *given == source->length)
        lng_child_close(&k->in);
}

static void take(child *k, lng_text *to)
{
    char bytes[1 << 14];
    const ssize_t n = read(k->out, bytes, sizeof bytes);
    if (n > 0)
        lng_text_put(to, bytes, (size_t)n);
    else if (n == 0 || errno != EINTR) {
        k->error = n ? errno : k->error;
        lng_child_close(&k->out);
    }
}

static void attend(child *k, const lng_text *source, lng_text *to)
{
    size_t given = 0;
    while (k->out >= 0) {
        struct pollfd wait[] = {{.fd = k->out, .events = POLLIN}, {.fd = k->in, .events = POLLOUT}};
        if (poll(wait, 2, -1) < 0)
            continue;
        if (wait[1].revents)
            give(k, source, &given);
        if (wait[0].revents)
            take(k, to);
    }
    lng_child_close(&k->in);
}

/* Whatever is left of it. */
static void abandon(void *context)
{
    child *k = context;
    lng_child_close(&k->in);
    lng_child_close(&k->out);
    lng_child_kill(&k->id);
}

static bool compile(lng_command *c, child *k, const char *compiler, const lng_text *source, lng_text *wasm)
{
    static const char magic[] = {0, 'a', 's', 'm'};
    const lng_place nowhere = {0};
    const size_t begin = wasm->length;
    if (!start(k, compiler))
        return lng_error(c->errors, LNG_E_SYSTEM, nowhere, "the system refused to start `%s`", compiler);
    attend(k, source, wasm);
    const int status = lng_child_wait(&k->id);
    if (k->error)
        return lng_error(c->errors, LNG_E_IO, nowhere, "the pipe to `%s` is broken: %s", compiler, strerror(k->error));
    if (WIFEXITED(status) && WEXITSTATUS(status) == LNG_CHILD_NOT_THERE)
        lng_error(c->errors, LNG_E_SYSTEM, nowhere, "`%s`, which compiles to WebAssembly, is not installed", compiler);
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || wasm->length - begin < sizeof magic ||
             memcmp(wasm->at + begin, magic, sizeof magic) != 0)
        lng_error(c->errors, LNG_E_SYSTEM, nowhere, "`%s` has not compiled the program to WebAssembly", compiler);
    else
        return true;
    lng_error_hint(c->errors, "a page needs clang with its linker for WebAssembly, wasm-ld: on Debian, the packages clang and lld; "
                              "--compiler names another clang");
    return false;
}

bool lng_compile_wasm(lng_command *c, const char *compiler, const lng_text *source, lng_text *wasm)
{
    child k = {.in = -1, .out = -1};
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, abandon, &k);
    const bool good = compile(c, &k, compiler, source, wasm);
    lng_guard_end(&guard);
    return good;
}
