/* One file from the web, by whichever of curl and wget there is; no shell in between. */
#ifndef LNG_CLI_TRANSFER_H
#define LNG_CLI_TRANSFER_H
#include "cli/cli.h"

typedef struct lng_transfer {
    const char *url, *to; /* what is in `to` already is kept: the transfer is taken up behind it */
    const char *name;     /* on the live line */
    /* filled in */
    const char *reason; /* why it failed; the arena's */
    int answer;         /* the status of the server's last HTTP answer; 0: none came */
    bool no_program;    /* there is neither curl nor wget */
} lng_transfer;

/* Whether the whole of it came. *stop ends it. */
bool lng_transfer_run(lng_command *, lng_transfer *, const volatile sig_atomic_t *stop);

int64_t lng_file_size(const char *path); /* 0 when there is none */

#endif
