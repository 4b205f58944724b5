/* Pipes, the change into another program, and its end (child.h). */
#include "cli/child.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

bool lng_child_pipe(int end[2])
{
    if (pipe(end) != 0) {
        end[0] = end[1] = -1;
        return false;
    }
    fcntl(end[0], F_SETFD, FD_CLOEXEC);
    fcntl(end[1], F_SETFD, FD_CLOEXEC);
    return true;
}

void lng_child_close(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static bool stands_for(int end, int stream)
{
    return end < 0 || dup2(end, stream) >= 0;
}

void lng_child_become(const char *const *argument, int in, int out, int error)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (stands_for(in, STDIN_FILENO) && stands_for(out, STDOUT_FILENO) && stands_for(error, STDERR_FILENO))
        execvp(argument[0], (char *const *)argument);
    _exit(errno == ENOENT ? LNG_CHILD_NOT_THERE : LNG_CHILD_NOT_RUN);
}

int lng_child_wait(pid_t *id)
{
    int status = 0;
    while (waitpid(*id, &status, 0) < 0 && errno == EINTR)
        continue;
    *id = 0;
    return status;
}

void lng_child_kill(pid_t *id)
{
    if (*id <= 0)
        return;
    kill(*id, SIGKILL);
    lng_child_wait(id);
}
