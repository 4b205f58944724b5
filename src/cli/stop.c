/* Signals that ask the process to end: they are noted, and obeyed between pieces of work. */
#include "cli/cli.h"
#include <stddef.h>

/* a handler has no other way to report */
static volatile sig_atomic_t asked, last, patience, held;

static void end_now(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

static void on_signal(int number)
{
    if (asked >= patience && !held)
        end_now(number);
    last = number;
    if (asked <= patience)
        asked++;
}

void lng_stop_hold(void)
{
    held = 1;
}

void lng_stop_release(void)
{
    held = 0;
    if (asked > patience)
        end_now((int)last);
}

volatile sig_atomic_t *lng_stop_catch(int most)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, old;
    patience = most;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&action.sa_mask, numbers[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] != SIGHUP || (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)) /* nohup stays in force */
            sigaction(numbers[i], &action, NULL);
    return &asked;
}

int lng_stop_signal(void)
{
    return last;
}
