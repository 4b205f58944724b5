/* Reports: what a run says on the terminal and leaves in its folder. */
#ifndef LNG_REPORT_REPORT_H
#define LNG_REPORT_REPORT_H
#include "base/json.h"
#include "report/table.h"
#include "train/train.h"

typedef enum { LNG_TRAIN, LNG_VALIDATION, LNG_TEST, LNG_SPLITS } lng_split;
const char *lng_split_name(lng_split);

typedef struct lng_report {
    const lng_model *model;
    const lng_data *data;
    int threads;
    const lng_history *history;          /* NULL for eval */
    const lng_scores *split[LNG_SPLITS]; /* NULL: the split does not exist */
} lng_report;

void lng_report_text(const lng_report *, lng_text *, lng_look);
void lng_report_json(const lng_report *, lng_text *); /* the contract: lngraph-files(5) */
void lng_history_csv(const lng_model *, const lng_history *, lng_text *);
/* Of bench --profile. */
typedef struct lng_profile_report {
    const lng_profile *profile;
    double peak;     /* floating-point operations a second of one thread, measured; 0: unknown */
    double overhead; /* by how much measuring makes a step longer: a part of one */
} lng_profile_report;
void lng_profile_text(const lng_profile_report *, lng_text *, lng_look);
void lng_profile_json(const lng_profile_report *, lng_json *); /* into the open object */
/* The layer table of `show`. */
void lng_layers_text(const lng_model *, lng_text *, lng_look);

#endif
