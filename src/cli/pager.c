/* Programs that show text: the pager and man. Without them, the text is printed. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127

/* Its exit status. Meanwhile Control-C is for the other program. */
static int wait_for(pid_t child)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    int status = 0;
    sigaction(SIGINT, &ignore, &before);
    const bool ended = waitpid(child, &status, 0) == child;
    sigaction(SIGINT, &before, NULL);
    return !ended ? NOT_FOUND : WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* In the child, with the text to read from `in`: runs $PAGER with a shell, or else less or more. */
static void become_pager(int in)
{
    const char *pager = getenv("PAGER");
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    dup2(in, STDIN_FILENO);
    close(in);
    setenv("LESS", "R", 0); /* interpret colors */
    if (pager)
        execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
    else {
        execlp("less", "less", (char *)NULL);
        execlp("more", "more", (char *)NULL);
    }
    _exit(NOT_FOUND);
}

/* A line that is wider than the screen takes several rows. Bytes are counted, so that a text of about its size may be paged. */
static bool is_longer(const lng_text *text, int rows, int columns)
{
    for (const char *line = text->at, *end; *line && rows > 0; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        rows -= 1 + (int)(end > line ? (end - line - 1) / columns : 0);
    }
    return rows <= 0;
}

bool lng_pager_show(const lng_text *text)
{
    const int rows = lng_screen_rows(STDOUT_FILENO);
    const char *pager = getenv("PAGER");
    int ends[2];
    if (rows == 0 || (pager && !*pager) || !is_longer(text, rows, lng_screen_width(STDOUT_FILENO)) || pipe(ends) != 0)
        return false;
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0)
        become_pager(ends[0]);
    close(ends[0]);
    for (size_t done = 0; child > 0 && done < text->length;) {
        const ssize_t n = write(ends[1], text->at + done, text->length - done);
        if (n <= 0) /* the reader has quit */
            break;
        done += (size_t)n;
    }
    close(ends[1]);
    return child > 0 && wait_for(child) != NOT_FOUND;
}

/* ---- manual pages ---- */
/* The folder of this program, with a slash; "" if unknown. */
static const char *own_folder(lng_arena *arena)
{
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return "";
    path[n] = 0;
    const char *slash = strrchr(path, '/');
    return slash ? lng_copy_n(arena, path, (size_t)(slash + 1 - path)) : "";
}

/* The path of the page: in a build tree, beside the program's own prefix, or where it was installed. NULL: none of them. */
static const char *find_page(lng_arena *arena, const char *name, int section)
{
    const char *here = own_folder(arena);
    const char *const path[] = {*here ? lng_format(arena, "%sman/made/%s.%d", here, name, section) : "",
                                *here ? lng_format(arena, "%s../share/man/man%d/%s.%d", here, section, name, section) : "",
                                lng_format(arena, "%s/man%d/%s.%d", LNG_MANDIR, section, name, section)};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        const char *packed = lng_format(arena, "%s.gz", path[i]);
        if (*path[i] && (lng_file_exists(path[i]) || lng_file_exists(packed)))
            return lng_file_exists(path[i]) ? path[i] : packed;
    }
    return NULL;
}

bool lng_man_show(lng_arena *arena, const char *name, int section)
{
    const char *page = find_page(arena, name, section);
    const pid_t child = page ? fork() : -1;
    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
        if (nowhere >= 0)
            dup2(nowhere, STDERR_FILENO);         /* if it fails, there is other text to show */
        execlp("man", "man", page, (char *)NULL); /* with a slash, man takes it for a file */
        _exit(NOT_FOUND);
    }
    return child > 0 && wait_for(child) == 0;
}
