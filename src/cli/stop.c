/* Signals that ask the process to end: they are noted, and obeyed between two pieces of work. */
#include "cli/cli.h"
#include <stddef.h>

static volatile sig_atomic_t stop; /* the only way for a handler to report */

static void on_signal(int number)
{
    if (stop) { /* the second signal */
        signal(number, SIG_DFL);
        raise(number);
    }
    stop = number;
}

volatile sig_atomic_t *lng_stop_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] != SIGHUP || (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)) /* obey nohup */
            sigaction(numbers[i], &action, NULL);
    return &stop;
}
