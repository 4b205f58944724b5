/* Downloads one file with curl or wget, whichever is installed, without a shell. */
#ifndef LNG_CLI_TRANSFER_H
#define LNG_CLI_TRANSFER_H
#include "cli/cli.h"

#define LNG_TRANSFER_PATIENCE 30    /* seconds in which */
#define LNG_TRANSFER_LEAST    16384 /* bytes must come, or the transfer is given up */

typedef struct lng_transfer {
    const char *url, *to; /* what `to` already holds is kept, and the transfer resumes after it */
    const char *name;     /* on the live line */
    int64_t most;         /* bytes of the file; a longer answer is cut off */
    /* filled in */
    const char *reason; /* why it failed; the arena's */
    int answer;         /* the status of the server's last HTTP answer; 0: none came */
    bool no_program;    /* there is neither curl nor wget */
    bool refused;       /* stopped because of what the server did: another try makes no sense */
    bool useless;       /* what was received is not worth keeping */
} lng_transfer;

bool lng_transfer_is_url(const char *); /* of the web: http:// or https:// */
/* Whether the file was received completely. *stop ends the transfer. */
bool lng_transfer_run(lng_command *, lng_transfer *, const volatile sig_atomic_t *stop);

int64_t lng_file_size(const char *path); /* 0 when there is none */

#endif
