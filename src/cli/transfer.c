/* A transfer: the program runs as a child that writes into the file, and tells through a pipe what the server answered (curl's -D -, wget's -S)
 * and what went wrong. The bar compares the size of the file with the answer's. */
#include "config.h"
#include "cli/transfer.h"
#include "base/clock.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define REDRAW   100  /* milliseconds */
#define PATIENCE "30" /* seconds without a byte */

/* Where the file's name and the URL stand in a program's arguments. */
#define TO  "{to}"
#define URL "{url}"
static const char *const curl[] = {"curl",   "-sSfLg", "-D", "-",  "-Y", "1",  "-y", PATIENCE, "--connect-timeout",
                                   PATIENCE, "-C",     "-",  "-o", TO,   "--", URL,  NULL};
static const char *const wget[] = {"wget", "-nv", "-S", "-c", "-t", "1", "-T", PATIENCE, "-O", TO, "--", URL, NULL};
static const char *const *const programs[] = {curl, wget};
#define MOST_ARGUMENTS 24
#define NOT_THERE      127 /* the exit status of a program that could not be run */

/* A running transfer. */
typedef struct run {
    lng_command *c;
    lng_transfer *t;
    pid_t child;
    int pipe;
    int64_t had, length, whole; /* bytes: before, of the answer, of the file by its Content-Range */
    double start;
    int shown;      /* see lng_line_draw */
    char line[512]; /* of what the program says, so far */
    size_t held;
} run;

int64_t lng_file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* ---- what the program says ---- */

/* What follows a header's name, or NULL when the line is another one. */
static const char *header(const char *line, const char *name)
{
    const size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 ? line + n + strspn(line + n, " ") : NULL;
}

/* "(6) Could not resolve host" without curl's number. */
static const char *without_number(const char *text)
{
    const char *end = *text == '(' ? strchr(text, ')') : NULL;
    return end ? end + 1 + strspn(end + 1, " ") : text;
}

static void hear_line(run *r, const char *line)
{
    static const char *const complaint[] = {"curl: ", "wget: ", "failed: "};
    const char *value;
    line += strspn(line, " ");
    if (strncmp(line, "HTTP/", 5) == 0) {
        r->t->answer = (int)strtol(line + strcspn(line, " "), NULL, 10);
        r->length = r->whole = 0;
    } else if ((value = header(line, "Content-Length:")))
        r->length = strtoll(value, NULL, 10);
    else if ((value = header(line, "Content-Range:")) && strchr(value, '/'))
        r->whole = strtoll(strchr(value, '/') + 1, NULL, 10);
    for (size_t i = 0; i < sizeof complaint / sizeof *complaint; i++)
        if ((value = strstr(line, complaint[i])))
            r->t->reason = lng_copy(r->c->arena, without_number(value + strlen(complaint[i])));
}

static void hear(run *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != '\n' && bytes[i] != '\r') {
            if (r->held + 1 < sizeof r->line)
                r->line[r->held++] = bytes[i];
            continue;
        }
        r->line[r->held] = 0;
        r->held = 0;
        hear_line(r, r->line);
    }
}

/* ---- the live line ---- */

static void draw(run *r)
{
    const int64_t have = lng_file_size(r->t->to), whole = r->whole ? r->whole : r->length;
    const double spent = lng_seconds() - r->start;
    lng_line l = lng_line_begin();
    lng_line_add(&l, "%s", r->t->name);
    if (whole > 0)
        lng_line_add(&l, "  %.1f of %.1f MB", (double)have / 1e6, (double)whole / 1e6);
    else
        lng_line_add(&l, "  %.1f MB", (double)have / 1e6);
    if (spent > 0.5)
        lng_line_add(&l, "  %.1f MB/s", (double)(have - r->had) / spent / 1e6);
    if (whole > 0)
        lng_line_bar(&l, r->c->look_err, (double)have / (double)whole);
    lng_line_draw(&l, &r->shown);
}

/* ---- the child ---- */

static void become(const char *const *program, const lng_transfer *t, int out)
{
    const char *argument[MOST_ARGUMENTS];
    size_t n = 0;
    for (; program[n]; n++)
        argument[n] = strcmp(program[n], TO) == 0 ? t->to : strcmp(program[n], URL) == 0 ? t->url : program[n];
    argument[n] = NULL;
    signal(SIGPIPE, SIG_DFL);
    setenv("LC_ALL", "C", 1); /* complaints are read by hear_line */
    if (dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
        execvp(argument[0], (char *const *)argument);
    _exit(NOT_THERE);
}

static bool start(run *r, const char *const *program)
{
    int end[2];
    if (pipe(end) != 0)
        return false;
    fflush(NULL);
    r->child = fork();
    if (r->child == 0) {
        close(end[0]);
        become(program, r->t, end[1]);
    }
    close(end[1]);
    r->pipe = end[0];
    if (r->child < 0)
        close(end[0]);
    return r->child > 0;
}

/* Until the child has closed its end of the pipe. */
static void attend(run *r, const volatile sig_atomic_t *stop)
{
    char bytes[4096];
    ssize_t n = 1;
    while (n != 0) {
        struct pollfd wait = {.fd = r->pipe, .events = POLLIN};
        if (*stop)
            kill(r->child, SIGTERM); /* a terminal's control-C has reached it already */
        else if (r->c->live)
            draw(r);
        if (poll(&wait, 1, REDRAW) <= 0)
            continue;
        n = read(r->pipe, bytes, sizeof bytes);
        if (n > 0)
            hear(r, bytes, (size_t)n);
    }
    lng_line_clear(&r->shown);
}

/* The program's exit status; -1 when it could not be started or a signal ended it. */
static int run_program(run *r, const char *const *program, const volatile sig_atomic_t *stop)
{
    int status = 0;
    if (!start(r, program)) {
        r->t->reason = lng_format(r->c->arena, "cannot start %s: %s", program[0], strerror(errno));
        return -1;
    }
    attend(r, stop);
    close(r->pipe);
    while (waitpid(r->child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool lng_transfer_run(lng_command *c, lng_transfer *t, const volatile sig_atomic_t *stop)
{
    int status = NOT_THERE;
    const char *name = "";
    for (size_t i = 0; i < sizeof programs / sizeof *programs && status == NOT_THERE; i++) {
        run r = {.c = c, .t = t, .had = lng_file_size(t->to), .start = lng_seconds()};
        t->reason = NULL;
        t->answer = 0;
        name = programs[i][0];
        status = run_program(&r, programs[i], stop);
    }
    t->no_program = status == NOT_THERE;
    if (status && t->answer >= 400)
        t->reason = lng_format(c->arena, "the server answered %d", t->answer);
    else if (status && !t->reason)
        t->reason = lng_format(c->arena, "%s ended with status %d", name, status);
    return status == 0;
}
