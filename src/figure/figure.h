/* Figures of a run: the table, and what they are drawn from. One file a figure. */
#ifndef LNG_FIGURE_FIGURE_H
#define LNG_FIGURE_FIGURE_H
#include "figure/canvas.h"
#include "lang/model.h"
#include "train/evaluate.h"

typedef struct lng_drawn {
    const lng_model *model;
    const lng_data *data;       /* NULL if the figure does not need it */
    const char *history;        /* history.csv, likewise */
    const lng_scores *scores;   /* fully evaluated, likewise */
    lng_split split;            /* of the scores, or of the example */
    const lng_corners *corners; /* of each column of the scored, and of all together; NULL: found when they are asked for */
    lng_session *session;       /* with the weights, likewise */
    const char *layer;          /* to project; NULL: the last one before the result */
    int64_t example;            /* of the split, to show alone */
    lng_errors *errors;         /* what keeps a figure from being drawn while it is: its session may fail */
} lng_drawn;

typedef struct lng_figure {
    const char *name, *about;
    bool needs_data, needs_history, needs_scores, needs_weights;
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

/* What ROC and precision-recall curves of a column, or (-1) of all together, are drawn from; false: the scores cannot be ranked. */
#define LNG_RANKED_COLUMNS 60 /* at most, that are ranked one by one */
bool lng_drawn_corners(lng_arena *, const lng_drawn *, int64_t column, lng_corners *);

/* The name of a class of the label, or its number where the data have no names. */
const char *lng_class_text(lng_arena *, const lng_drawn *, int64_t class);

/* ---- example.c: single examples ---- */
/* The field that is the only label; SIZE_MAX: there is none, or several. */
size_t lng_label_field(const lng_model *);
int64_t lng_label_at(const lng_range *, size_t field, int64_t i);
/* "age 41, plan gold", as far as it is no longer than `most` bytes. */
const char *lng_example_text(lng_arena *, const lng_drawn *, const lng_range *, int64_t i, size_t most);
/* Training examples: the first of each class of the label, or else the first ones; their number. */
size_t lng_samples_of(lng_arena *, const lng_drawn *, int64_t **example);

/* ---- answer.c: what was predicted for single examples ---- */
typedef struct lng_answer {
    int64_t example, column; /* of the split; of the scores, where each column is a question of its own */
    int64_t class, label;    /* predicted, and right; of a target, 1 or 0 */
    double weight;           /* how confident it was; of a number, how far it is off */
} lng_answer;
const lng_scored *lng_drawn_answered(const lng_drawn *); /* lng_drawn_scored, or else numbers; NULL: there are none */
const char *lng_lacks_answers(const lng_drawn *);
bool lng_answers_are_numbers(const lng_drawn *);
/* The mistakes that come first, the most confident one or the largest; or all answers, the least confident one first. How many there are,
 * at most `most`. */
size_t lng_answers_find(const lng_drawn *, bool mistakes, lng_answer *, size_t most);
const char *lng_answer_number(lng_arena *, const lng_drawn *, const lng_answer *, bool right); /* of numbers, with all digits */
const char *lng_answer_said(lng_arena *, const lng_drawn *, const lng_answer *);               /* "7 (98.3 %)" */
const char *lng_answer_right(lng_arena *, const lng_drawn *, const lng_answer *);              /* "label 2" */

/* ---- curves.c ---- */
typedef struct lng_panel {
    const char *name;
    const double *training, *validation; /* by epoch; NULL: none */
} lng_panel;
#define LNG_PANELS 9 /* at most */
typedef struct lng_curves {
    lng_panel panel[LNG_PANELS];
    size_t panels, rows;
    size_t best;         /* the row with the least loss of validation, or else of training */
    const double *epoch; /* the number of each row */
} lng_curves;
void lng_curves_of(lng_arena *, const lng_drawn *, lng_curves *);
/* The panels, each an SVG element of its own, as markup of a page, which folds them. */
void lng_curves_markup(const lng_drawn *, lng_text *);

/* ---- architecture.c ---- */
/* The architecture in parts, as markup of a page, in which blocks can be opened; whether there are any. */
bool lng_architecture_markup(const lng_drawn *, lng_text *);

/* ---- picture.c: images of the data ---- */
const lng_array *lng_picture_field(const lng_part *); /* the first that has images, none of them large; NULL: there is none */
/* The samples of one of its examples, from 0 to 255, row by row; in the arena. */
const unsigned char *lng_picture_bytes(lng_arena *, const lng_array *, int64_t example);
/* A PNG of rows of samples, each row after a 0: not filtered. channels: 1 or 3. */
void lng_png_write(lng_text *, const lng_text *rows, int64_t height, int64_t width, int64_t channels);
void lng_picture_uri(lng_text *, const lng_array *, int64_t example); /* one of its examples as a data: URI */
/* Numbers from -most to most, stride apart, as colors from orange over white to blue. */
void lng_picture_signed(lng_text *, const float *value, int64_t height, int64_t width, int64_t stride, double most);

#endif
