/* The command line: one file a verb, one table a verb, listed in verbs.def.
 *
 * From the tables come the parsing, --help, did-you-mean, completion and manuals. A verb writes its results to `out` (printed by
 * lng_main when the verb is done, so that a failed write is noticed), progress to standard error, mistakes to `errors`. */
#ifndef LNG_CLI_CLI_H
#define LNG_CLI_CLI_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "report/report.h"
#include <signal.h>

typedef struct lng_option {
    const char *name; /* "threads" */
    char letter;      /* 't'; 0: none */
    const char
        *argument; /* "N"; NULL: a switch. Alternatives stand apart by `|`, words that are meant as they are in lower case; where
                             all are words, the parser takes no other. DIR, RUN, MODEL, FILE are completed as such */
    const char *about;
} lng_option;

/* Adds the words that an operand can be, each with a line about it (a char *): for lists, did-you-mean and completion. */
typedef void lng_words(lng_arena *, lng_map *);

typedef struct lng_command lng_command;
typedef struct lng_verb {
    const char *name;
    const char *operands;     /* "MODEL"; "" when there are none */
    int least, most;          /* how many operands */
    const char *about;        /* one line */
    const char *details;      /* paragraphs for --help and the manual; NULL: none */
    const char *example;      /* command lines */
    const lng_option *option; /* ends with a NULL name */
    void (*run)(lng_command *);
    lng_words *words; /* what an operand can be; NULL: what `operands` says, RUN, MODEL or a file */
} lng_verb;
extern const lng_verb *const lng_verbs[]; /* ends with NULL */
extern const lng_option lng_common_options[];
const lng_verb *lng_verb_find(const char *name);

/* An option as it was given. */
typedef struct lng_given {
    const lng_option *option;
    const char *value; /* "" of a switch */
} lng_given;

/* A command line, parsed. */
struct lng_command {
    lng_arena *arena; /* protected by lng_main while a verb runs */
    lng_errors *errors;
    const lng_verb *verb;
    const char **operand;
    size_t operands, operand_capacity;
    lng_given *given;
    size_t givens, given_capacity;
    lng_text out;            /* results */
    lng_look look, look_err; /* of standard output and standard error */
    bool paged;              /* the results are a text to read: a long one is shown by a pager */
    bool live;               /* standard error is a terminal that can redraw a line */
    int signal;              /* ends the process in the end; 0: none */
};

bool lng_command_print(lng_command *);                        /* the results so far, which may be long; false: nobody takes them */
bool lng_command_parse(lng_command *, int argc, char **argv); /* false after an error */
const char *lng_command_get(const lng_command *, const char *option); /* the last value; NULL when not given */
bool lng_command_int(lng_command *, const char *option, int64_t low, int64_t high, int64_t *value); /* unchanged when not given */
bool lng_usage_error(lng_command *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* always false */

lng_map *lng_alternatives(lng_arena *, const char *argument); /* "auto|always": its parts, as keys */

/* Records that there is no such `what`, and which is near; whether one is. */
bool lng_unknown_word(lng_command *, const char *what, const char *name, lng_words *);
lng_words lng_verb_words;

void lng_help_short(lng_text *, lng_look); /* the usage of a bare `lngraph` */
void lng_help_all(lng_text *, lng_look);   /* lngraph --help */
void lng_help_verb(const lng_verb *, lng_text *, lng_look);
/* "  term    what it is", from the column `left` on, folded; on a line of its own where the term is too long. */
void lng_help_item(lng_text *, lng_look, const char *term, const char *about, int left);
void lng_help_words(lng_text *, lng_look, const lng_map *words); /* such items, one beneath the other */

/* screen.c: what the streams can show */
void lng_screen_open(lng_command *, const char *when);     /* --color=WHEN; NULL: auto */
int lng_screen_width(int fd);                              /* columns now; 80 when unknown */
int lng_screen_rows(int fd);                               /* 0: no terminal, or one that cannot move */
const char *lng_duration(char buffer[32], double seconds); /* "0:24", "1:02:03" */

/* pager.c: other programs that show what we say; false when none of them did */
bool lng_pager_show(const lng_text *);                         /* on a terminal, when the text is longer than the screen */
bool lng_man_show(lng_arena *, const char *name, int section); /* a manual page of ours, by man(1) */

/* doc.c: what `lngraph doc NAME` prints; false, and nothing, when there is nothing of this name */
bool lng_doc_tell(lng_command *, const char *name);

/* workspace.c: what run, eval, bench and predict work on */
typedef struct lng_workspace {
    lng_model *model;
    lng_team *team;
    lng_data *data;
    lng_session *session; /* NULL until lng_workspace_compile */
} lng_workspace;
#define LNG_MODEL_OPTIONS                                                                                                          \
    {                                                                                                                              \
        "set", 's', "PATH=VALUE", "change a value of the model file, such as train.batch=64; may be repeated"                      \
    }
#define LNG_THREADS_OPTION                                                                                                         \
    {                                                                                                                              \
        "threads", 't', "N", "use this many threads (default: all cores); never changes a result"                                  \
    }
#define LNG_WORKSPACE_OPTIONS                                                                                                      \
    LNG_MODEL_OPTIONS, {"data", 0, "DIR|digits", "look for the data set here first; `digits`: use the built-in digits"},           \
        LNG_THREADS_OPTION
lng_model *lng_open_model(lng_command *, const char *path); /* with the changes of --set, --batch and --data */
lng_team *lng_open_team(lng_command *);                     /* by --threads */
/* The files of a run folder; false after an error: it is not one. */
bool lng_run_find(lng_command *, const char *folder, const char **model, const char **weights);
bool lng_workspace_open(lng_command *, lng_workspace *, const char *path); /* model, team and data; false after an error */
bool lng_workspace_compile(lng_command *, lng_workspace *, unsigned uses, int batch); /* the session: see lng_session_new */
void lng_workspace_close(lng_workspace *);
bool lng_evaluate_splits(lng_command *, lng_workspace *, lng_report *); /* all splits that exist, with the current weights */

/* stop.c: SIGINT, SIGTERM and SIGHUP are noted from now on, and end the process at once when they come again. What is returned is 0,
 * then the signal. */
volatile sig_atomic_t *lng_stop_catch(void);

/* line.c: a line that is redrawn in place */
typedef struct lng_line {
    char text[512];
    int width, limit; /* in columns */
    size_t length;
} lng_line;
lng_line lng_line_begin(void);
void lng_line_add(lng_line *, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* nothing when it does not fit; ASCII */
void lng_line_bar(lng_line *, lng_look, double part);
void lng_line_draw(const lng_line *, int *shown); /* *shown: columns of the line that stands on the screen; 0: none */
void lng_line_clear(int *shown);

/* progress.c: the observer that draws the live line and the rows of a run */
typedef struct lng_progress {
    lng_command *command;
    const lng_model *model;
    double start, drawn; /* seconds; of the run, of the last redraw */
    bool validation;     /* there are validation examples */
    bool brief;          /* the screen has no room for training metrics */
    int limit;           /* columns of a row; 0: no row yet */
    int shown;           /* see lng_line_draw */
} lng_progress;
lng_observer lng_progress_begin(lng_progress *, lng_command *, const lng_workspace *);
void lng_progress_end(lng_progress *);

/* folder.c: the folder of a run, or of the cache */
typedef struct lng_folder {
    const char *path; /* without a slash at its end */
    int fd;           /* holds the lock */
    bool made;        /* by us: removed again if nothing was saved */
} lng_folder;
bool lng_folder_claim(lng_command *, const char *model, lng_folder *); /* by -o and --force, or runs/NAME, runs/NAME-2, ... */
bool lng_folder_open(lng_command *, lng_folder *);                     /* makes and locks that of `path`, whatever is in it */
void lng_folder_release(lng_folder *);

#endif
