/* The command line. Each verb is a file that defines one table; verbs.def lists them.
 *
 * Parsing, --help, suggestions, completion and manuals are derived from the tables. A verb writes results to `out`, which lng_main prints
 * when the verb is done, so that a failed write is noticed; progress to standard error; and mistakes to `errors`. */
#ifndef LNG_CLI_CLI_H
#define LNG_CLI_CLI_H
#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/guard.h"
#include "base/text.h"
#include "report/chart.h"
#include "report/report.h"
#include "train/quantize.h"
#include <signal.h>
#include <sys/resource.h>

typedef struct lng_option {
    const char *name; /* "threads" */
    char letter;      /* 't'; 0: none */
    /* "N"; NULL: a switch. `|` separates alternatives. Those in lower case are literal words; if all are, the parser accepts no others.
     * DIR, RUN, MODEL and FILE are completed as paths. */
    const char *argument;
    const char *about;
} lng_option;

/* Adds the words an operand can be, each with one line about it (a char *), for lists, suggestions and completion. */
typedef void lng_words(lng_arena *, lng_map *);

typedef struct lng_command lng_command;
typedef struct lng_verb {
    const char *name;
    const char *also;         /* what other programs call it, separated by spaces: "train fit"; NULL: nothing */
    const char *operands;     /* "MODEL"; "": none */
    int least, most;          /* the number of operands */
    bool takes_empty;         /* operands may be empty */
    bool starts_runs;         /* and --limit gives the time of each */
    const char *about;        /* one line, in the imperative */
    const char *details;      /* paragraphs for --help and the manual; NULL: none */
    const char *example;      /* command lines */
    const lng_option *option; /* ends with a NULL name */
    void (*run)(lng_command *);
    lng_words *words; /* what an operand other than RUN can be; NULL: as `operands` says, RUN, MODEL or a file */
    const char *list; /* "The figures are:" before a list of these words in --help and the manual; NULL: no list */
} lng_verb;
extern const lng_verb *const lng_verbs[]; /* ends with NULL */
extern const lng_option lng_common_options[];
const lng_verb *lng_verb_find(const char *name);

/* An option as it was given. */
typedef struct lng_given {
    const lng_option *option;
    const char *value; /* "" for a switch */
} lng_given;

/* A command line, parsed. */
struct lng_command {
    lng_arena *arena; /* lng_main protects it while a verb runs */
    lng_errors *errors;
    const lng_verb *verb;
    const char **operand;
    size_t operands, operand_capacity;
    lng_given *given;
    size_t givens, given_capacity;
    lng_text out;            /* results */
    lng_look look, look_err; /* of standard output and standard error */
    bool paged;              /* the results are a text to read: a pager shows a long one */
    bool live;               /* standard error is a terminal that can redraw a line */
    int signal;              /* the process ends by this signal; 0: none */
    double most_memory;      /* of --limit, in bytes; 0: no limit */
    double most_time;        /* likewise, in seconds */
};

bool lng_command_print(lng_command *); /* prints the results so far, so that `out` stays small; false: nobody reads them */
bool lng_command_parse(lng_command *, int argc, char **argv);         /* false after an error */
const char *lng_command_get(const lng_command *, const char *option); /* the last value; NULL: not given */
bool lng_command_int(lng_command *, const char *option, int64_t low, int64_t high, int64_t *value); /* unchanged if not given */
bool lng_usage_error(lng_command *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* always false */

lng_map *lng_alternatives(lng_arena *, const char *argument); /* the parts of "auto|always", as keys */

/* Records that there is no such `what`, and suggests the nearest; false if none is near. */
bool lng_unknown_word(lng_command *, const char *what, const char *name, lng_words *);
lng_words lng_verb_words;

void lng_help_short(lng_text *, lng_look); /* for a bare `lngraph` */
void lng_help_all(lng_text *, lng_look);   /* lngraph --help */
void lng_help_verb(const lng_verb *, lng_text *, lng_look);
/* "  term    what it is", folded, with the text from column `left` on; on its own line if the term is too long. */
void lng_help_item(lng_text *, lng_look, const char *term, const char *about, int left);
void lng_help_words(lng_text *, lng_look, const lng_map *words); /* a list of such items */

/* screen.c: what the terminal can show */
void lng_screen_open(lng_command *, const char *when); /* --color=WHEN; NULL: auto */
int lng_screen_width(int fd);                          /* columns now; 80 if unknown */
int lng_screen_rows(int fd);                           /* 0: no terminal, or one that cannot move its cursor */
/* `?` for control characters, which must not reach the terminal: for one, and in a copy of a name. */
static inline char lng_tame_byte(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f ? '?' : c;
}
char *lng_tame(lng_arena *, const char *name);
const char *lng_duration(char buffer[32], double seconds); /* "0:24", "1:02:03" */

/* pager.c: shows text with another program; false if there is none */
bool lng_pager_show(const lng_text *);                         /* on a terminal, if the text is longer than the screen */
bool lng_man_show(lng_arena *, const char *name, int section); /* one of our manual pages, with man(1) */

/* doc.c: prints what `lngraph doc NAME` does; prints nothing and returns false if nothing has this name */
bool lng_doc_describe(lng_command *, const char *name);
/* Hints at `lngraph doc NAME` after an error about an operand, if it explains something; else returns false. */
bool lng_suggest_doc(lng_command *, const char *name);

/* workspace.c: what run, eval, bench and predict work on */
typedef struct lng_workspace {
    lng_model *model;
    lng_team *team;
    lng_data *data;
    lng_session *session; /* NULL until lng_workspace_compile */
    lng_guard guard;
} lng_workspace;
#define LNG_LIMIT_OPTION                                                                                                           \
    {                                                                                                                              \
        "limit", 0, "LIMITS", "end if it would take more than this memory or time: memory=4G,time=10m"                             \
    }
#define LNG_MODEL_OPTIONS                                                                                                          \
    {"set", 's', "PATH=VALUE",                                                                                                     \
     "change a value of the model file, such as train.batch=64 or train.optimizer.lr=0.1, or a hyper-parameter; may be repeated"}, \
        LNG_LIMIT_OPTION
#define LNG_THREADS_OPTION                                                                                                         \
    {                                                                                                                              \
        "threads", 't', "N", "number of threads (default: all cores); does not change results"                                     \
    }
#define LNG_WORKSPACE_OPTIONS                                                                                                      \
    LNG_MODEL_OPTIONS,                                                                                                             \
        {"data", 0, "DIR|digits", "take the files of the data set from this folder; `digits`: use the built-in digits instead"},   \
        LNG_THREADS_OPTION
lng_model *lng_open_model(lng_command *, const char *path); /* with the changes of --set, --batch and --data */
void lng_close_model(void *model);                          /* for guards: frees a model */
lng_team *lng_open_team(lng_command *);                     /* by --threads */
/* operand.c: a MODEL operand. The path of the model file: RUN/model.yaml for a run's folder; NULL after an error. */
const char *lng_model_path(lng_command *, const char *operand);
/* Suggests a model, if the newest error is that there is no such file. */
void lng_suggest_model(lng_command *, const char *path);
/* new.c: the name of the shipped model that is named like this path, or nearly so; NULL if there is none. */
const char *lng_shipped_near(lng_arena *, const char *path, bool *exactly);
/* The files of a run's folder; false after an error: it is not one. */
bool lng_run_find(lng_command *, const char *folder, const char **model, const char **weights);
/* Model, team and data; false after an error. */
bool lng_workspace_open(lng_command *, lng_workspace *, const char *path, bool trains);
bool lng_workspace_open_model(lng_command *, lng_workspace *, const char *path); /* the model alone */
/* The model alone, with these values instead of --set; false without an error. */
bool lng_workspace_open_values(lng_command *, lng_workspace *, const char *path, const lng_override *, size_t n);
/* The data set without files that --data names instead of a folder, which replaces the model's; NULL: it names none. */
const char *lng_built_in_data(lng_command *);
bool lng_workspace_open_text(lng_command *, lng_workspace *, const char *name, const lng_text *); /* likewise, of a text */
bool lng_workspace_compile(lng_command *, lng_workspace *, unsigned uses, int batch); /* the session: see lng_session_new */
/* A trainer over the training data, which the guard closes. It is open even after an error. */
bool lng_workspace_trainer(lng_command *, lng_workspace *, lng_trainer *, lng_guard *);
bool lng_load_weights(lng_command *, lng_session *, const char *path);
void lng_workspace_close(lng_workspace *);
/* Replaces the session by one with weights in 8 bits (train/quantize.h) and, if --activations says so, inputs; NULL after an error. The second also
 * prints what that changes, and needs LNG_EVALUATE. */
const lng_quantized *lng_quantize_workspace(lng_command *, lng_workspace *, unsigned uses, size_t *count);
const lng_quantized *lng_quantize_measured(lng_command *, lng_workspace *, unsigned uses, size_t *count);
/* The examples that show what is lost: the test set; where there is none, the validation set. false after an error. what: "8 bits change" */
bool lng_measured_range(lng_command *, const lng_workspace *, const char *what, lng_range *);
#define LNG_ACTIVATIONS_OPTION                                                                                                     \
    {                                                                                                                              \
        "activations", 0, "float|int8", "with weights in 8 bits: what products read, floats (default) or 8 bits, too"              \
    }
bool lng_evaluate_splits(lng_command *, lng_workspace *, lng_report *); /* all splits that exist, with the current weights */

/* limit.c: --limit, if it is given, holds between these. false after an error. */
bool lng_limits_begin(lng_command *, struct rlimit *before);
void lng_limits_end(lng_command *, const struct rlimit *before);
int lng_limits_pass_on(const lng_command *, char **argv); /* the options, as they were given; returns how many */
#define LNG_MOST_LIMITS 2

/* sandbox.c: from now on, the kernel allows only to read near the model and in the folders of data, and to write below `runs` (NULL: nothing),
 * which is made if need be, and removed in the end if it is empty. false after an error. */
typedef struct lng_sandbox {
    const char *made; /* the folder that is to be removed; NULL: none is */
    pid_t keeper;     /* the process that does, */
    int run;          /* when this descriptor is closed */
    lng_guard guard;
} lng_sandbox;
bool lng_sandbox_enter(lng_command *, lng_sandbox *, const char *model, const char *runs);
void lng_sandbox_leave(lng_sandbox *); /* if it was entered; the bounds stay */

/* origin.c: the command, the machine and the digest of the weights' file, for a report */
void lng_report_origin(lng_command *, const char *weights, lng_report *);

/* stop.c: SIGINT, SIGTERM and SIGHUP are counted from now on, and the first one after `most` ends the process at once. */
volatile sig_atomic_t *lng_stop_catch(int most); /* the count */
int lng_stop_signal(void);                       /* the last one; 0: none */
/* After so many seconds, `most` is reached as if by signals, or the process ends at once if none is caught; soon after that it ends anyway.
 * 0: no longer. */
void lng_stop_after(double seconds);
bool lng_stop_is_over(void);       /* whether they have passed */
void lng_stop_hold(void);          /* no signal ends the process, until */
void lng_stop_release(void);       /* this, which ends it if one would have */
void lng_stop_at_lost_bytes(void); /* of a mapped file that becomes shorter: the process ends with a message */

/* line.c: a line that is redrawn in place */
typedef struct lng_line {
    char text[512];
    int width, limit; /* in columns */
    size_t length;
} lng_line;
lng_line lng_line_begin(void);
/* ASCII; leaves out what does not fit. */
void lng_line_add(lng_line *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lng_line_bar(lng_line *, lng_look, double part);
/* below: lines that are shown under it, each ended. *shown: columns of the line now on the screen; 0: none. */
void lng_line_draw(const lng_line *, const char *below, int *shown);
void lng_line_clear(int *shown);

/* progress.c: the observer that draws the live line and the rows of a run */
typedef struct lng_progress {
    lng_command *command;
    const lng_model *model;
    double drawn;                           /* seconds: when it was last redrawn */
    double rest;                            /* seconds of all epochs that were not spent in steps */
    bool validation;                        /* there are validation examples */
    bool brief;                             /* the screen has no room for training metrics */
    int limit;                              /* columns of a row; 0: no row yet */
    int guesses;                            /* epochs in a row whose loss is that of guessing */
    int shown;                              /* see lng_line_draw */
    double *epoch, *loss[LNG_CHART_CURVES]; /* of training and validation, epoch by epoch, for the curve */
    size_t epochs, capacity;
    lng_text curve;  /* under the live line, if there is room */
    int curve_width; /* columns that it takes */
} lng_progress;
lng_observer lng_progress_begin(lng_progress *, lng_command *, const lng_workspace *);
void lng_progress_end(lng_progress *);

/* folder.c: the folder of a run, or of the cache */
typedef struct lng_folder {
    const char *path; /* without a slash at its end */
    int fd;           /* holds the lock */
    bool made;        /* by us; removed again if nothing was saved */
    lng_guard guard;
} lng_folder;
bool lng_folder_claim(lng_command *, const char *model, lng_folder *); /* by -o and --force, or runs/NAME, runs/NAME-2, ... */
bool lng_folder_open(lng_command *, lng_folder *);                     /* makes and locks that of `path`, whatever is in it */
void lng_folder_release(lng_folder *);
const char *lng_folder_name(lng_arena *, const char *model); /* a safe name for a model's folder */

/* results.c: the files that a run leaves in its folder */
enum {
    LNG_RESULT_SOURCE,
    LNG_RESULT_MODEL,
    LNG_RESULT_WEIGHTS,
    LNG_RESULT_CHECKPOINT,
    LNG_RESULT_HISTORY,
    LNG_RESULT_TEXT,
    LNG_RESULT_HTML,
    LNG_RESULT_CARD,
    LNG_RESULT_PREDICTIONS, /* if the model file wants it */
    LNG_RESULT_JSON,
    LNG_RESULTS
};
typedef struct lng_results {
    lng_command *command;
    const lng_folder *folder;
    bool resumed;                /* the folder has the source and older results of the same run */
    bool lacks;                  /* a file that could not be written */
    lng_file *file[LNG_RESULTS]; /* NULL: it has its final name, or the run has no such file */
    lng_guard guard;
} lng_results;
bool lng_results_open(lng_results *, lng_command *, const lng_folder *, const lng_workspace *, bool resumed); /* before training */
/* What a checkpoint needs beside it. Called at most once, by training. */
bool lng_results_begin(void *results);
/* All but the reports, with the last checkpoint of the saver. Returns whether the weights are saved; *whole: and everything else. */
bool lng_results_save_training(lng_results *, const lng_workspace *, const lng_history *, lng_saver *, bool *whole);
bool lng_results_save_report(lng_results *, const lng_report *);
void lng_results_close(lng_results *); /* leaves no trace of what was not saved */

/* training.c: trains into a folder, from the beginning or from a checkpoint (NULL: none), and reports */
void lng_training(lng_command *, lng_workspace *, const lng_folder *, const lng_checkpoint *);
/* "lenet5: 61,706 parameters; ..." */
const char *lng_training_facts(lng_arena *, const lng_workspace *);

#endif
