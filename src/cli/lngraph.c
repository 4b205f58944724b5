/* The program: finds the verb, runs it, prints its results and errors, and returns the exit status. */
#include "config.h"
#include "cli/cli.h"
#include "lngraph/lngraph.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STREAMS 3 /* standard input, output, error */

static void end_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

/* If the reader of a pipe is gone, SIGPIPE will end the process; any other failed write is an error. */
bool lng_command_print(lng_command *c)
{
    if (c->out.length == 0)
        return true;
    errno = 0;
    fwrite(c->out.at, 1, c->out.length, stdout);
    c->out.length = 0;
    const bool bad = ferror(stdout), late = fflush(stdout) != 0;
    if (!bad && !late)
        return true;
    if (errno == EPIPE && !c->signal)
        c->signal = SIGPIPE;
    return errno != EPIPE && lng_error(c->errors, LNG_E_IO, (lng_place){0}, "cannot write to standard output: %s", strerror(errno));
}

/* LNGRAPH_ISA must name a level that this machine has: there is no silent fallback. */
static bool isa_is_fine(lng_command *c)
{
    const char *wish = getenv("LNGRAPH_ISA");
    lng_isa isa;
    if (!wish || !*wish || (lng_isa_named(wish, &isa) && lng_isa_available(isa)))
        return true;
    lng_usage_error(c, "LNGRAPH_ISA is `%s`, a level this machine lacks; it has:", wish);
    for (int i = 0; i < LNG_ISA_COUNT; i++)
        if (lng_isa_available((lng_isa)i))
            lng_error_hint(c->errors, "%s", lng_levels[i].name);
    return false;
}

static void run(lng_command *c)
{
    struct rlimit before;
    if (lng_limits_begin(c, &before))
        c->verb->run(c);
    lng_limits_end(c, &before);
}

static void command(lng_command *c, int argc, char **argv)
{
    const bool parsed = lng_command_parse(c, argc - 1, argv + 1);
    lng_screen_open(c, lng_command_get(c, "color"));
    if (!parsed || !isa_is_fine(c))
        return;
    if (lng_command_get(c, "version"))
        lng_text_add(&c->out, "lngraph %s\n", PACKAGE_VERSION);
    else if (lng_command_get(c, "help") && c->verb)
        lng_help_verb(c->verb, &c->out, c->look);
    else if (lng_command_get(c, "help"))
        lng_help_all(&c->out, c->look);
    else if (c->verb)
        run(c);
    else
        lng_usage_error(c, "the verb is missing");
}

static int bare(lng_command *c)
{
    lng_text text = lng_text_new(c->arena);
    lng_help_short(&text, c->look_err);
    fputs(text.at, stderr);
    return LNG_USAGE;
}

typedef struct invocation {
    lng_command *command;
    int argc, status;
    char **argv;
} invocation;

static void obey(void *context)
{
    invocation *i = context;
    lng_command *c = i->command;
    c->out = lng_text_new(c->arena);
    lng_screen_open(c, NULL);
    if (i->argc < 2) {
        i->status = bare(c);
        return;
    }
    command(c, i->argc, i->argv);
    if (!c->paged || !lng_pager_show(&c->out))
        lng_command_print(c);
    lng_errors_render(c->errors, stderr, c->look_err.colour);
    i->status = lng_errors_status(c->errors);
}

/* If a standard stream is closed, a file that is opened would become it, and get what is printed. So nothing takes its place, to which nothing
 * can be written. */
static void hold_streams(int held[STREAMS])
{
    for (int fd = 0; fd < STREAMS; fd++)
        held[fd] = fcntl(fd, F_GETFD) < 0 ? open("/dev/null", O_RDONLY) : -1;
}

static void release_streams(const int held[STREAMS])
{
    for (int fd = 0; fd < STREAMS; fd++)
        if (held[fd] >= 0)
            close(held[fd]);
}

int lng_main(int argc, char **argv)
{
    int held[STREAMS];
    hold_streams(held);
    lng_command c = {.arena = lng_arena_new(), .errors = lng_errors_new()};
    signal(SIGPIPE, SIG_IGN); /* a closed pipe must not cost a trained model, */
    signal(SIGXFSZ, SIG_IGN); /* and a file that may not grow is an error (EFBIG) */
    lng_stop_at_lost_bytes();
    invocation i = {.command = &c, .argc = argc, .argv = argv, .status = LNG_SYSTEM};
    if (!c.errors || !lng_protect(c.arena, obey, &i))
        fprintf(stderr, "lngraph: out of memory\n");
    lng_errors_free(c.errors);
    lng_arena_free(c.arena);
    release_streams(held);
    if (c.signal)
        end_by(c.signal);
    return i.status;
}
