/* Folders of runs, as they lie on the disk: shared by list, compare and sweep. */
#ifndef LNG_CLI_RUNS_H
#define LNG_CLI_RUNS_H
#include "cli/cli.h"
#include "report/read.h"

typedef enum {
    LNG_RUN_DONE,        /* it has its report */
    LNG_RUN_INTERRUPTED, /* likewise, but a signal ended it; or it went on since then, and did not end */
    LNG_RUN_GOING,       /* a process holds its folder */
    LNG_RUN_BARE,        /* weights without a report */
    LNG_RUN_BROKEN,      /* a report that cannot be read */
    LNG_RUN_NONE         /* no run */
} lng_run_state;
extern const char *const lng_run_states[];

typedef struct lng_run {
    const char *folder;
    lng_run_state state;
    const char *why;              /* it is broken; else NULL */
    const lng_json_value *report; /* NULL: there is none to read */
    int64_t time;                 /* when it was last written, in seconds */
} lng_run;
lng_run lng_run_look(lng_arena *, const char *folder);
/* Whether the folder has the report of a run that ended with this step. One of a run that went on since then is of an earlier one. */
bool lng_run_is_reported(lng_arena *, const char *folder, int64_t step);

/* The split to judge by: the last one in the report. NULL: it has none. */
const char *lng_run_split(const lng_run *);
/* One of "figures" and "intervals" of a split; NULL: there is none. */
const lng_json_value *lng_run_figures(const lng_run *, const char *split, const char *what);
/* The names of all figures, in the order in which the runs have them. brief: without weighted and micro averages. */
lng_map *lng_run_figure_names(lng_arena *, const lng_run *, size_t runs, bool brief);
/* "0.9322"; "" if the run has no such figure. */
const char *lng_run_figure_text(lng_arena *, const lng_run *, const char *split, const char *figure);

#endif
