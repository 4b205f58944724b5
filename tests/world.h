/* A folder to run the program in: a small data set, a model of it, a run; and what such a folder holds. */
#ifndef LNG_TESTS_WORLD_H
#define LNG_TESTS_WORLD_H
#include "base/arena.h"
#include "base/text.h"
#include "syscalls.h"

typedef struct content {
    const char *bytes;
    size_t length;
} content;

/* All files below a folder: relative path -> content *. Folders that are empty end with a slash, and have no bytes. */
lng_map *tree_read(lng_arena *, const char *folder);
void tree_write(lng_arena *, const char *folder, const lng_map *tree); /* makes the folder */
void tree_remove(const char *folder);
const char *tree_age(const char *folder);            /* by an hour; the folder */
void tree_lock(const char *folder, bool);            /* nothing in it may be written; or it may again */
bool same_content(const content *, const content *); /* NULL: no file */

/* How the program ended. */
typedef struct outcome {
    int status;            /* -1: by a signal */
    int signal;            /* 14: it hung */
    const char *out, *err; /* of the first at most 64 KiB */
    long leaked;           /* blocks of memory, and descriptors: how many more than before */
    int left_open;
} outcome;
/* Runs `lngraph COMMAND` in a folder, in a process of its own; the calls may be NULL. Words are separated by spaces. */
outcome world_run(lng_arena *, const char *folder, calls *, const char *command);
/* The same under conditions. */
typedef struct conditions {
    const char *out, *err; /* where they go; "": they are closed; NULL: into the outcome */
    size_t most_bytes;     /* of a file; 0: any */
    bool unprivileged;     /* a user who may write only where the mode says so */
    bool pestered;         /* by a signal each millisecond */
} conditions;
outcome world_run_under(lng_arena *, const char *folder, const conditions *, const char *command);
void world_must(lng_arena *, const char *folder, const char *command); /* succeed */

/* How many lines with an error, not with a hint that quotes one. */
int errors_said(const char *text);

/* data/, bars.yaml, and `done`, a run of it with two epochs, in a folder; the environment is that of a user without files of their own. */
void world_make(lng_arena *, const char *folder);

#endif
