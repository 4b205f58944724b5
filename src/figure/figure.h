/* Figures of a run: the table, and what they are drawn from. One file a figure. */
#ifndef LNG_FIGURE_FIGURE_H
#define LNG_FIGURE_FIGURE_H
#include "figure/canvas.h"
#include "lang/model.h"
#include "train/evaluate.h"

typedef struct lng_drawn {
    const lng_model *model;
    const lng_data *data;     /* NULL if the figure does not need it */
    const char *history;      /* history.csv, likewise */
    const lng_scores *scores; /* fully evaluated, likewise */
    lng_split split;          /* of the scores */
} lng_drawn;

typedef struct lng_figure {
    const char *name, *about;
    bool needs_data, needs_history, needs_scores;
    /* Why these cannot be drawn, as the end of a sentence; NULL if they can. */
    const char *(*lacks)(const lng_drawn *);
    void (*draw)(const lng_drawn *, lng_text *, bool alone);
} lng_figure;
extern const lng_figure *const lng_figures[];
extern const size_t lng_figure_count;
const lng_figure *lng_figure_find(const char *name); /* NULL: there is none */
bool lng_figure_applies(const lng_figure *, const lng_drawn *);

/* The scores that figures show: the first with a label or targets; NULL: there are none. */
const lng_scored *lng_drawn_scored(const lng_drawn *);

/* The name of a class of the label, or its number where the data have no names. */
const char *lng_class_text(lng_arena *, const lng_drawn *, int64_t class);

#endif
