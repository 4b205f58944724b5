/* Sweeps: sweep_grid.c makes the combinations, sweep_done.c looks for those that are done, sweep_jobs.c trains the others in processes of their own, sweep_table.c adds up and prints what they gave,
 * sweep_page.c is the page, and sweep.c the verb. */
#ifndef LNG_CLI_SWEEP_H
#define LNG_CLI_SWEEP_H
#include "cli/runs.h"
#include <sys/types.h>

/* What --set gives: several values, or a range. */
typedef struct lng_sweep_key {
    const char *path;
    const char **value; /* of a range, those of a grid */
    size_t values;
    bool range, whole, by_ratio; /* numbers from low to high; integers; even on a logarithmic scale */
    double low, high;
} lng_sweep_key;

/* A run to make. */
typedef struct lng_trial {
    const char *name;   /* of its folder */
    const char **value; /* of each key */
    size_t setting;     /* trials of one differ in seed and fold only */
    int64_t seed, fold; /* -1: the model's; none */
    enum { LNG_TRIAL_WAITS, LNG_TRIAL_RUNS, LNG_TRIAL_DONE, LNG_TRIAL_STOPPED, LNG_TRIAL_FAILED } state;
    bool before;  /* it was done before */
    bool resumes; /* it goes on from the checkpoint of a run that was stopped */
    pid_t process;
    double start;
    const char *why; /* it failed */
    lng_run run;     /* once it is done */
} lng_trial;

typedef struct lng_sweep {
    lng_command *command;
    const char *model, *folder;
    const lng_model *base; /* without what varies */
    lng_sweep_key *key;
    size_t keys;
    lng_trial *trial;
    size_t trials, capacity, settings;
    int64_t folds;     /* 0: none */
    int jobs, threads; /* runs at a time, and of each */
    const char *by;    /* "validation.accuracy"; NULL: the default */
    bool lower;        /* is better */
} lng_sweep;

bool lng_sweep_plan(lng_sweep *);          /* keys and trials */
bool lng_sweep_is_list(const char *value); /* several values, or a range */
const char *lng_sweep_folder(const lng_sweep *, const lng_trial *);
bool lng_sweep_varies(const lng_sweep *, size_t key); /* it has several values */
bool lng_sweep_train(lng_sweep *);                    /* false: a signal ended it */
bool lng_sweep_find_done(lng_sweep *);                /* which runs are done, or can go on; false: some are not of this sweep */
/* What a trial gives --set; returns how many, at most LNG_SWEEP_VALUES more than there are keys. */
#define LNG_SWEEP_VALUES 1
size_t lng_sweep_values(const lng_sweep *, const lng_trial *, lng_override *to);

/* ---- what they gave ---- */
typedef struct lng_sweep_row {
    const lng_trial *first;        /* of the setting */
    size_t done, failed;           /* trials */
    double mean, spread;           /* of the figure; NaN: none, or of a single one */
    double last_mean, last_spread; /* of the same figure of the last split */
} lng_sweep_row;
typedef struct lng_sweep_table {
    const char *split, *figure; /* by which they are ordered */
    const char *last;           /* the split to judge by; NULL: it is the same */
    lng_sweep_row *row;         /* the best first */
} lng_sweep_table;
void lng_sweep_choose(const lng_sweep *, lng_sweep_table *); /* split and figure, as far as the runs that are done tell */
lng_sweep_table lng_sweep_rows(const lng_sweep *, lng_arena *);
const char *lng_spread_text(lng_arena *, double mean, double spread); /* "0.9312 ± 0.0021" */
void lng_sweep_print(const lng_sweep *, const lng_sweep_table *, lng_text *);
void lng_sweep_json(const lng_sweep *, const lng_sweep_table *, lng_text *);
void lng_sweep_page(const lng_sweep *, const lng_sweep_table *, lng_text *);

#endif
