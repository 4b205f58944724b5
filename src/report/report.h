/* Reports: what a run prints, and writes into its folder. */
#ifndef LNG_REPORT_REPORT_H
#define LNG_REPORT_REPORT_H
#include "base/file.h"
#include "base/json.h"
#include "report/table.h"
#include "train/train.h"

typedef struct lng_report {
    const lng_model *model;
    const lng_data *data;
    int threads;
    const lng_history *history;          /* NULL for eval */
    double evaluation_seconds;           /* of the splits */
    const lng_scores *split[LNG_SPLITS]; /* NULL: the split does not exist */
    const char *command, *machine;       /* that made the run; NULL: not known */
    const char *weights;                 /* SHA-256 of the file with them, likewise */
    const struct lng_found *found;       /* what is in the data (facts.h), once it has been looked for */
    lng_session *session;                /* with the weights, for figures that run the model; NULL: they are left out */
    lng_errors *errors;                  /* of these */
} lng_report;

/* The scores of a split; NULL: it does not exist, or has no examples. */
static inline const lng_scores *lng_report_split(const lng_report *r, int split)
{
    return r->split[split] && r->split[split]->count > 0 ? r->split[split] : NULL;
}
void lng_report_text(const lng_report *, lng_text *, lng_look);
/* The confusion matrix of a split for a terminal; where it has no room, the most frequent mistakes. */
void lng_confusion_text(const lng_model *, const lng_data *, lng_split, const lng_scores *, lng_text *, lng_look);

/* guess.c: whether a loss is that of equal probabilities for all classes; what is said of it once it has been for so many epochs in a row */
#define LNG_GUESSES 5
bool lng_is_guessing(const lng_model *, double loss);
const char *lng_guess_text(lng_arena *, const lng_model *);
extern const char lng_guess_advice[];
const char *lng_guess_note(lng_arena *, const lng_report *); /* NULL: nothing */
void lng_report_json(const lng_report *, lng_text *);        /* as lngraph-files(5) describes it */
void lng_report_schema(lng_text *);                          /* its JSON Schema */
void lng_report_html(const lng_report *, lng_text *);        /* the page */
void lng_card_write(const lng_report *, lng_text *);         /* MODEL_CARD.md */
/* Whether a requirement is met, and its figure; NaN: it is undefined, or there is no such split. */
bool lng_requirement_met(lng_arena *, const lng_report *, const lng_requirement *, double *value);
/* Why averages of a metric over the classes are undefined; NULL if they are defined. (absent.c) */
const char *lng_absent_note(lng_arena *, const lng_report *, size_t metric, int split);
/* Records each requirement that is not met. */
void lng_report_judge(lng_arena *, const lng_report *, lng_errors *);
/* predictions.csv: the entry of the model file that wants it, NULL if there is none; the split; and the file. false after an error. */
const lng_doc *lng_predictions_wanted(const lng_model *);
lng_split lng_predictions_split(const lng_model *);
bool lng_predictions_write(const lng_report *, lng_arena *, lng_file *, lng_errors *);
void lng_history_csv(const lng_model *, const lng_history *, lng_text *);
/* For bench --profile. */
typedef struct lng_profile_report {
    const lng_profile *profile;
    lng_machine machine; /* all 0: unknown */
    double overhead;     /* the fraction by which measuring lengthens a step */
} lng_profile_report;
void lng_profile_text(const lng_profile_report *, lng_text *, lng_look);
void lng_profile_json(const lng_profile_report *, lng_json *); /* into the open object */
/* The layer table of `show`. */
void lng_layers_text(const lng_model *, lng_text *, lng_look);

#endif
