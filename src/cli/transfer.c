/* A transfer: curl or wget runs as a child that writes the content to one pipe, and headers and errors to another. This process alone
 * writes the file, so it can cut an answer that is too long and give up one that is too slow, and if it is killed, nobody goes on writing: a
 * child whose pipe is gone ends. */
#include "config.h"
#include "cli/transfer.h"
#include "base/clock.h"
#include "base/guard.h"
#include "cli/child.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define REDRAW 100 /* milliseconds */

/* In a program's arguments: the URL, and the byte to start from; an argument with START is left out of a transfer from the start. */
#define URL   "{url}"
#define START "{start}"
static const char *const curl[] = {"curl",        "-sSfLg",        "-D",          "/dev/stderr", "--max-redirs", "10", "--proto",
                                   "=http,https", "--proto-redir", "=http,https", "-C" START,    "--",           URL,  NULL};
static const char *const wget[] = {
    "wget", "-nv", "-S", "-t", "1", "-T", "30", "--no-http-keep-alive", "--max-redirect=10", "-O", "-", "--start-pos=" START,
    "--",   URL,   NULL};
static const char *const *const programs[] = {curl, wget};
#define MOST_ARGUMENTS 24

enum { BODY, TALK, PIPES };

/* A running transfer. */
typedef struct run {
    lng_command *c;
    lng_transfer *t;
    pid_t child;
    int pipe[PIPES], file;
    int64_t had, have;     /* bytes of the file: before, now */
    int64_t length, whole; /* bytes of the answer; of the file, by its Content-Range */
    lng_watch watch;       /* its laps are waits for the pipes */
    double since;          /* seconds, by the watch: when the measured time began */
    int64_t at_since;      /* bytes at that time */
    int shown;             /* see lng_line_draw */
    char line[512];        /* what the program has said so far */
    size_t held;
} run;

int64_t lng_file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

bool lng_transfer_is_url(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* Ends a transfer because of what the server does. */
static void refuse(run *r, const char *reason)
{
    r->t->refused = true;
    r->t->reason = reason;
    kill(r->child, SIGKILL);
}

/* ---- what the program says ---- */

/* What follows a header's name; NULL if the line is another one. */
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
    else if ((value = header(line, "Location:")) && strstr(value, "://") && !lng_transfer_is_url(value))
        refuse(r, lng_format(r->c->arena, "the server redirects to %s; only http and https are allowed", value));
    for (size_t i = 0; i < sizeof complaint / sizeof *complaint && !r->t->refused; i++)
        if ((value = strstr(line, complaint[i])))
            r->t->reason = lng_copy(r->c->arena, without_number(value + strlen(complaint[i])));
}

static void hear(run *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != '\n' && bytes[i] != '\r') {
            if (r->held + 1 < sizeof r->line) /* a server must not control the terminal */
                r->line[r->held++] = lng_tame_byte(bytes[i]);
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
    const int64_t have = r->have, whole = r->whole ? r->whole : r->length;
    const double spent = r->watch.seconds;
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
    lng_line_draw(&l, "", &r->shown);
}

/* ---- the content ---- */

static void write_all(run *r, const char *bytes, size_t n)
{
    while (n && !r->t->refused) {
        const ssize_t done = write(r->file, bytes, n);
        if (done < 0 && errno != EINTR)
            refuse(r, lng_format(r->c->arena, "cannot write %s: %s", r->t->to, strerror(errno)));
        bytes += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
}

static void keep(run *r, const char *bytes, size_t n)
{
    r->have += (int64_t)n;
    r->t->useless = r->have > r->t->most;
    if (r->t->useless)
        refuse(r, lng_format(r->c->arena, "the answer is longer than %s", lng_bytes_text(r->c->arena, r->t->most)));
    write_all(r, bytes, n);
}

static void check_speed(run *r)
{
    const double now = r->watch.seconds;
    if (now - r->since < LNG_TRANSFER_PATIENCE)
        return;
    if (r->have - r->at_since < LNG_TRANSFER_LEAST)
        refuse(r, lng_format(r->c->arena, "too slow: %lld bytes in %d seconds", (long long)(r->have - r->at_since),
                             LNG_TRANSFER_PATIENCE));
    r->since = now;
    r->at_since = r->have;
}

/* ---- the child ---- */

static void become(const char *const *program, const run *r, const int out[PIPES])
{
    const char *argument[MOST_ARGUMENTS];
    char start[64];
    size_t n = 0;
    for (size_t i = 0; program[i]; i++) {
        const char *mark = strstr(program[i], START);
        if (mark && r->had == 0)
            continue;
        if (mark)
            snprintf(start, sizeof start, "%.*s%lld", (int)(mark - program[i]), program[i], (long long)r->had);
        argument[n++] = mark ? start : strcmp(program[i], URL) == 0 ? r->t->url : program[i];
    }
    argument[n] = NULL;
    setenv("LC_ALL", "C", 1); /* hear_line reads the messages */
    lng_child_become(argument, -1, out[BODY], out[TALK]);
}

static void close_pipes(int end[PIPES])
{
    for (int i = 0; i < PIPES; i++)
        lng_child_close(&end[i]);
}

/* Reading ends to r->pipe, writing ends to out. */
static bool open_pipes(run *r, int out[PIPES])
{
    for (int i = 0; i < PIPES; i++)
        r->pipe[i] = out[i] = -1;
    for (int i = 0; i < PIPES; i++) {
        int end[2];
        if (!lng_child_pipe(end))
            return false;
        r->pipe[i] = end[0];
        out[i] = end[1];
    }
    return true;
}

static bool start(run *r, const char *const *program)
{
    int out[PIPES];
    if (open_pipes(r, out)) {
        fflush(NULL);
        r->child = fork();
        if (r->child == 0)
            become(program, r, out);
    }
    close_pipes(out);
    if (r->child <= 0)
        close_pipes(r->pipe);
    return r->child > 0;
}

/* Whether that pipe is still open. */
static bool read_pipe(run *r, int which)
{
    char bytes[1 << 16];
    const ssize_t n = read(r->pipe[which], bytes, sizeof bytes);
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0)
        refuse(r, lng_format(r->c->arena, "cannot read from the pipe: %s", strerror(errno)));
    else if (which == TALK)
        hear(r, bytes, (size_t)n);
    else if (!r->t->refused)
        keep(r, bytes, (size_t)n);
    return n > 0;
}

/* Until the child has closed its ends of the pipes. */
static void attend(run *r, const volatile sig_atomic_t *stop)
{
    struct pollfd wait[PIPES] = {{.fd = r->pipe[BODY], .events = POLLIN}, {.fd = r->pipe[TALK], .events = POLLIN}};
    while (wait[BODY].fd >= 0 || wait[TALK].fd >= 0) {
        if (*stop)
            kill(r->child, SIGTERM); /* control-C in a terminal has reached it already */
        else if (r->c->live)
            draw(r);
        const int ready = poll(wait, PIPES, REDRAW);
        lng_watch_lap(&r->watch);
        for (int i = PIPES - 1; ready > 0 && i >= 0; i--) /* what the server says first */
            if (wait[i].fd >= 0 && wait[i].revents && !read_pipe(r, i))
                wait[i].fd = -1;
        if (!r->t->refused)
            check_speed(r);
    }
    lng_line_clear(&r->shown);
}

/* Whatever is left of it. */
static void abandon(void *context)
{
    run *r = context;
    close_pipes(r->pipe);
    lng_child_kill(&r->child);
}

/* The program's exit status; -1 if it could not be started or a signal ended it. */
static int run_program(run *r, const char *const *program, const volatile sig_atomic_t *stop)
{
    lng_guard guard;
    if (!start(r, program)) {
        r->t->reason = lng_format(r->c->arena, "cannot start %s: %s", program[0], strerror(errno));
        return -1;
    }
    lng_guard_begin(&guard, r->c->arena, abandon, r);
    attend(r, stop);
    close_pipes(r->pipe);
    const int status = lng_child_wait(&r->child);
    lng_guard_end(&guard);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_first_program(lng_command *c, lng_transfer *t, int file, const volatile sig_atomic_t *stop, const char **name)
{
    int status = LNG_CHILD_NOT_THERE;
    for (size_t i = 0; i < sizeof programs / sizeof *programs && status == LNG_CHILD_NOT_THERE; i++) {
        run r = {.c = c, .t = t, .file = file};
        r.had = r.have = r.at_since = lng_file_size(t->to);
        lng_watch_begin(&r.watch);
        t->reason = NULL;
        t->answer = 0;
        *name = programs[i][0];
        status = run_program(&r, programs[i], stop);
    }
    return status;
}

static void close_file(void *file)
{
    close(*(int *)file);
}

bool lng_transfer_run(lng_command *c, lng_transfer *t, const volatile sig_atomic_t *stop)
{
    const char *name = "";
    lng_guard guard;
    const int64_t had = lng_file_size(t->to);
    int file = open(t->to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    t->no_program = t->refused = t->useless = false;
    if (file < 0) {
        t->reason = lng_format(c->arena, "cannot write %s: %s", t->to, strerror(errno));
        return false;
    }
    lng_guard_begin(&guard, c->arena, close_file, &file);
    const int status = run_first_program(c, t, file, stop, &name);
    lng_guard_end(&guard);
    t->no_program = status == LNG_CHILD_NOT_THERE;
    if (t->refused)
        return false;
    if (status && t->answer >= 400)
        t->reason = lng_format(c->arena, "the server answered %d", t->answer);
    else if (status && !t->reason)
        t->reason = lng_format(c->arena, "%s ended with status %d", name, status);
    if (status == 0 && had > 0 && t->answer != 206) { /* the programs take 416 for the end of the file */
        t->reason = lng_format(c->arena, "the server answered %d instead of resuming", t->answer);
        return false;
    }
    return status == 0;
}
