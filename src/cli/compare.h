/* Runs side by side: compare.c has the verb and what it prints, compare_files.c finds what differs in the models, compare_page.c is the page. */
#ifndef LNG_CLI_COMPARE_H
#define LNG_CLI_COMPARE_H
#include "cli/runs.h"

/* A key of the expanded models whose value differs. */
typedef struct lng_difference {
    const char *key;    /* "train.optimizer.lr" */
    const char **value; /* of each run; NULL: it has no such key */
} lng_difference;

/* The first run and another one, by a figure of the examples that both were judged by. */
typedef struct lng_contrast {
    const char *figure; /* "accuracy", "auc" */
    const char *test;   /* "McNemar" */
    size_t other;
    lng_paired paired;
} lng_contrast;

typedef struct lng_comparison {
    lng_command *command;
    lng_run *run;
    size_t runs;
    const char *split; /* that they are judged by; of the first */
    lng_difference *difference;
    size_t differences, capacity;
    lng_contrast *contrast;
    size_t contrasts, contrast_capacity;
} lng_comparison;

const char *lng_shorten(lng_arena *, const char *text, size_t most); /* to so many bytes, and "..." */
bool lng_compare_files(lng_comparison *);                            /* finds the differences */
void lng_compare_models(lng_comparison *, const lng_doc *const *);   /* likewise, of an expanded model for each run */
void lng_compare_page(const lng_comparison *, lng_text *out);        /* HTML */
/* A figure of a run, with its 95 % interval: "0.8679 (0.8611 to 0.8744)"; "-": it has none. */
const char *lng_compare_figure(lng_arena *, const lng_comparison *, size_t run, const char *figure);
const char *lng_chance_text(lng_arena *, double p); /* "p = 0.03: more than chance" */

#endif
