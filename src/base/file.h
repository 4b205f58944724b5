/* Files: read whole within a limit, written whole or not at all. Every function records what went wrong. */
#ifndef LNG_BASE_FILE_H
#define LNG_BASE_FILE_H
#include "base/arena.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads a regular file (or standard input for "-") of at most `limit` bytes into the arena; a NUL follows the bytes. A FIFO,
 * directory or device (LNG_E_NOT_A_FILE) or a longer file (LNG_E_LIMIT) is an error, without hanging. NULL after an error. */
char *lng_file_read(lng_arena *, const char *path, size_t limit, size_t *length, lng_errors *);

/* Writes a temporary file, fsyncs it, renames it, and fsyncs the folder. On failure, nothing is left and the old file stays. A symbolic link
 * stays, and its target is replaced; a device or pipe is written directly. */
bool lng_file_write(const char *path, const void *bytes, size_t n, lng_errors *);

/* The same for a file of our own in a folder that may come from anyone: a link, device or pipe of its name is replaced itself. */
bool lng_file_write_own(const char *path, const void *bytes, size_t n, lng_errors *);

/* The same in pieces: begin, put..., then commit or abandon. Nothing appears under the name before the commit. */
typedef struct lng_file lng_file;
lng_file *lng_file_begin(const char *path, lng_errors *); /* NULL after an error */
lng_file *lng_file_begin_own(const char *path, lng_errors *);
bool lng_file_put(lng_file *, const void *bytes, size_t n);
/* Reserves space for so many bytes in all, so that writing them cannot find the disk full. */
bool lng_file_reserve(lng_file *, size_t bytes);
/* Before anything is put: whether there is space for so many bytes now. It is not kept. */
bool lng_file_ask(lng_file *, size_t bytes);
bool lng_file_commit(lng_file *);  /* false after an error; frees in any case */
void lng_file_abandon(lng_file *); /* frees, and leaves no trace */

/* Reads from byte `at` on, through interruptions, and returns how many bytes it was. Fewer than n: errno says why, 0 that the file ends. */
size_t lng_file_read_at(int fd, uint64_t at, void *to, size_t n);

/* Renames, within its folder, a file that another process wrote, once its content is safe. */
bool lng_file_rename(const char *from, const char *to, lng_errors *);

/* Removes a file, if it is there: for good, before anything that is done later. */
bool lng_file_remove(const char *path, lng_errors *);
/* Makes a name safe that was just made, renamed or removed: fsyncs its folder. */
bool lng_file_settle(const char *path, lng_errors *);

bool lng_folder_make(const char *path, lng_errors *); /* with parents; existing is fine */
/* Removes from an open folder, wherever it is now, the temporary files of processes that were killed while writing there, and of this one,
 * which must not be writing there. */
void lng_folder_sweep(int fd);
bool lng_file_exists(const char *path); /* or the system cannot tell: reading it gives the reason */
bool lng_folder_exists(const char *path);
/* Sets *empty, also if there is no such folder; false after an error: it cannot be read. */
bool lng_folder_is_empty(const char *path, bool *empty, lng_errors *);

/* SHA-256 (FIPS 180-4). */
typedef struct lng_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
    bool extension; /* use the processor's SHA instructions; false: plain C */
} lng_sha256;
void lng_sha256_begin(lng_sha256 *);
void lng_sha256_add(lng_sha256 *, const void *bytes, size_t n);
void lng_sha256_end(lng_sha256 *, char hex[65]);

#endif
