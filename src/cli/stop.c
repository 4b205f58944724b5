/* Signals that ask the process to end: they are noted, and obeyed between pieces of work. */
#include "cli/cli.h"
#include <math.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

/* a handler has no other way to report */
static volatile sig_atomic_t asked, last, patience, held, over, grace;

/* By the last signal; SIGALRM: the time is over, which is said as an error would be. */
static void end_now(int number)
{
    static const char text[] = "lngraph: error[time]: the time that --limit gives is over\n";
    if (number == SIGALRM) {
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(LNG_SYSTEM);
    }
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

/* ---- time ---- */
/* The first time, the work ends as if all signals had come that it waits for; if it waits for none, or the second time, the process does. The
 * grace between them begins now, not when the time was over: the process may have been stopped. */
static void on_time(int number)
{
    alarm((unsigned)grace);
    const bool now = over || patience == 0;
    over = 1;
    if (asked < patience)
        asked = patience;
    if (now)
        on_signal(number);
}

static struct timeval timeval_of(double seconds)
{
    return (struct timeval){(time_t)seconds, (suseconds_t)((seconds - floor(seconds)) * 1e6)};
}

void lng_stop_after(double seconds)
{
    const struct itimerval timer = {.it_value = timeval_of(seconds)};
    struct sigaction action = {.sa_handler = on_time, .sa_flags = SA_RESTART};
    grace = seconds < 10 ? 1 : seconds < 600 ? (sig_atomic_t)(seconds / 10) : 60; /* seconds for the batch and the files */
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

bool lng_stop_is_over(void)
{
    return over;
}

/* ---- data that are lost ---- */
/* A byte of a mapped file is no longer there. */
static void on_lost_byte(int number, siginfo_t *info, void *context)
{
    static const char text[] = "lngraph: error[io]: a file that is mapped into memory became shorter while it was read\n";
    (void)context;
    if (info->si_code != BUS_ADRERR) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(LNG_SYSTEM);
}

void lng_stop_at_lost_bytes(void)
{
    struct sigaction action = {.sa_sigaction = on_lost_byte, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

/* ---- signals ---- */
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
