/* What report.json says of the scores: of each split, and more of the one to judge by. */
#include "report/form_inside.h"

/* ---- figures of a split ---- */
static const lng_scores *scores_of(const lng_form_place *p)
{
    return p->facts->report->split[p->at[0]];
}
static const lng_quantity *quantity_of(const lng_form_place *p)
{
    return &p->facts->quantities.at[p->at[1]];
}
static const lng_measure *measure_of(const lng_form_place *p)
{
    return &scores_of(p)->measure[p->at[1]];
}

lng_form_value lng_form_splits(const lng_form_place *p)
{
    (void)p;
    return lng_form_many(LNG_SPLITS);
}
const char *lng_form_split_name(const lng_form_place *p)
{
    return lng_report_split(p->facts->report, (int)p->at[0]) ? lng_split_name((lng_split)p->at[0]) : NULL;
}
static lng_form_value examples(const lng_form_place *p)
{
    return lng_form_integer(scores_of(p)->count);
}
static lng_form_value quantities(const lng_form_place *p)
{
    return lng_form_many(p->facts->quantities.count);
}
static const char *figure_name(const lng_form_place *p)
{
    return quantity_of(p)->name;
}
static lng_form_value figure(const lng_form_place *p)
{
    return lng_form_number(lng_quantity_value(quantity_of(p), scores_of(p)));
}

static lng_interval interval_of(const lng_form_place *p)
{
    return lng_quantity_interval(quantity_of(p), scores_of(p));
}
static const char *interval_name(const lng_form_place *p)
{
    return lng_has_interval(interval_of(p)) ? quantity_of(p)->name : NULL;
}
static lng_form_value two(const lng_form_place *p)
{
    (void)p;
    return lng_form_many(2);
}
static lng_form_value interval_end(const lng_form_place *p)
{
    const lng_interval i = interval_of(p);
    return lng_form_number(p->at[2] ? i.high : i.low);
}

static const lng_published *published_of(const lng_form_place *p)
{
    return lng_published_find(p->facts->report->model, lng_split_name((lng_split)p->at[0]), quantity_of(p)->name);
}
static lng_form_value published(const lng_form_place *p)
{
    const lng_report *r = p->facts->report;
    return lng_published_applies(r->model, r->data) ? quantities(p) : lng_form_nothing;
}
static const char *published_name(const lng_form_place *p)
{
    return published_of(p) ? quantity_of(p)->name : NULL;
}
static lng_form_value published_value(const lng_form_place *p)
{
    return lng_form_number(published_of(p)->value);
}

/* ---- its figures by class ---- */
static lng_form_value metrics(const lng_form_place *p)
{
    return lng_form_many(p->facts->report->model->metrics);
}
static const char *by_class_name(const lng_form_place *p)
{
    return measure_of(p)->columns ? p->facts->report->model->metric[p->at[1]].label : NULL;
}
static lng_form_value columns(const lng_form_place *p)
{
    return lng_form_many((size_t)measure_of(p)->columns);
}
static lng_form_value by_class(const lng_form_place *p)
{
    return lng_form_number(measure_of(p)->per_class[p->at[2]]);
}

static lng_form_value rows(const lng_form_place *p)
{
    const lng_scores *s = scores_of(p);
    return s->confusion ? lng_form_many((size_t)s->classes) : lng_form_nothing;
}
static lng_form_value cells(const lng_form_place *p)
{
    return lng_form_many((size_t)scores_of(p)->classes);
}
static lng_form_value cell(const lng_form_place *p)
{
    const lng_scores *s = scores_of(p);
    return lng_form_integer(s->confusion[(int64_t)p->at[1] * s->classes + (int64_t)p->at[2]]);
}

static const lng_form figure_item = {.kind = LNG_FORM_NUMBER, .nullable = true, .value = figure};
static const lng_form end_item = {.kind = LNG_FORM_NUMBER, .value = interval_end};
static const lng_form interval_item = {.kind = LNG_FORM_LIST, .of = &end_item, .value = two};
static const lng_form published_item = {.kind = LNG_FORM_NUMBER, .value = published_value};
static const lng_form class_item = {.kind = LNG_FORM_NUMBER, .nullable = true, .value = by_class};
static const lng_form classes_item = {.kind = LNG_FORM_LIST, .of = &class_item, .value = columns};
static const lng_form cell_item = {.kind = LNG_FORM_INTEGER, .value = cell};
static const lng_form row_item = {.kind = LNG_FORM_LIST, .of = &cell_item, .value = cells};
static const lng_form split_form[] = {
    {.name = "examples", .kind = LNG_FORM_INTEGER, .about = "how many were evaluated", .value = examples},
    {.name = "figures",
     .kind = LNG_FORM_MAP,
     .about =
         "loss, each term of a loss that is a mapping (loss.TERM), and each metric under its name in the model file; a metric that has figures by class has three "
         "entries, such as auc.macro, auc.weighted and auc.micro; null if a figure is undefined",
     .of = &figure_item,
     .value = quantities,
     .key = figure_name,
     .item = "FIGURE"},
    {.name = "intervals",
     .kind = LNG_FORM_MAP,
     .about = "the two ends of the 95 % confidence interval of each figure that has one",
     .of = &interval_item,
     .value = quantities,
     .key = interval_name,
     .item = "FIGURE"},
    {.name = "published",
     .kind = LNG_FORM_MAP,
     .optional = true,
     .about = "figures that the model file gives for comparison, if they are of this data set",
     .of = &published_item,
     .value = published,
     .key = published_name,
     .item = "FIGURE"},
    {.name = "by_class",
     .kind = LNG_FORM_MAP,
     .about =
         "of each metric that has figures by class: one for each class, in order (of class 1 alone, if there is one score for two classes); "
         "null if the split has no examples of the class",
     .of = &classes_item,
     .value = metrics,
     .key = by_class_name,
     .item = "METRIC"},
    {.name = "confusion",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about =
         "rows, one for each label, of the number of examples predicted to be of each class; absent if no classes are predicted",
     .of = &row_item,
     .value = rows},
    {0},
};
const lng_form lng_form_split = {.kind = LNG_FORM_OBJECT, .of = split_form};

/* ---- the split to judge by ---- */
lng_form_value lng_form_is_judged(const lng_form_place *p)
{
    return p->facts->scored || p->facts->answers ? lng_form_many(1) : lng_form_nothing;
}
static lng_form_value judged_split(const lng_form_place *p)
{
    return lng_form_text(lng_split_name(p->facts->drawn.split));
}
static lng_form_value class_name(const lng_form_place *p, int64_t class)
{
    const lng_facts *f = p->facts;
    return lng_form_text(f->scored->label ? lng_class_text(f->arena, &f->drawn, class)
                                          : lng_format(f->arena, "%lld", (long long)class));
}

static const lng_class_row *row_of(const lng_form_place *p)
{
    return &p->facts->found->class[p->at[0]];
}
static lng_form_value class_rows(const lng_form_place *p)
{
    return p->facts->found->class ? lng_form_many(p->facts->found->classes) : lng_form_nothing;
}
static lng_form_value row_class(const lng_form_place *p)
{
    return lng_form_integer(row_of(p)->class);
}
static lng_form_value row_name(const lng_form_place *p)
{
    return class_name(p, row_of(p)->class);
}
static lng_form_value row_examples(const lng_form_place *p)
{
    return lng_form_integer(row_of(p)->examples);
}
static lng_form_value precision(const lng_form_place *p)
{
    return lng_form_number(row_of(p)->figure[LNG_PRECISION]);
}
static lng_form_value recall(const lng_form_place *p)
{
    return lng_form_number(row_of(p)->figure[LNG_RECALL]);
}
static lng_form_value f1(const lng_form_place *p)
{
    return lng_form_number(row_of(p)->figure[LNG_F1]);
}
static lng_form_value auc(const lng_form_place *p)
{
    return lng_form_number(row_of(p)->figure[LNG_AUC]);
}
static lng_form_value recall_ends(const lng_form_place *p)
{
    return lng_has_interval(row_of(p)->recall) ? lng_form_many(2) : lng_form_nothing;
}
static lng_form_value recall_end(const lng_form_place *p)
{
    return lng_form_number(p->at[1] ? row_of(p)->recall.high : row_of(p)->recall.low);
}
static const lng_form recall_item = {.kind = LNG_FORM_NUMBER, .value = recall_end};
static const lng_form class_row_form[] = {
    {.name = "class", .kind = LNG_FORM_INTEGER, .about = "its number", .value = row_class},
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "its name; its number, if the data have no names", .value = row_name},
    {.name = "examples", .kind = LNG_FORM_INTEGER, .about = "how many are of the class", .value = row_examples},
    {.name = "precision",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about = "the part of those predicted to be of the class that are",
     .value = precision},
    {.name = "recall",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about = "the part of those of the class that are predicted to be",
     .value = recall},
    {.name = "recall_interval",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "the two ends of its 95 % confidence interval",
     .of = &recall_item,
     .value = recall_ends},
    {.name = "f1", .kind = LNG_FORM_NUMBER, .nullable = true, .about = "the harmonic mean of both", .value = f1},
    {.name = "auc",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about = "the area under the ROC curve of the class against the rest",
     .value = auc},
    {0},
};
static const lng_form class_row_item = {.kind = LNG_FORM_OBJECT, .of = class_row_form};

/* ---- rankings, from which ROC and precision-recall curves are drawn ---- */
static const lng_ranks *ranks_of(const lng_form_place *p)
{
    return &p->facts->ranks[p->at[0]];
}
static lng_form_value rankings(const lng_form_place *p)
{
    return p->facts->rankings ? lng_form_many(p->facts->rankings) : lng_form_nothing;
}
static lng_form_value ranked_name(const lng_form_place *p)
{
    const lng_facts *f = p->facts;
    return ranks_of(p)->column < 0 ? lng_form_nothing : class_name(p, lng_example_class(f->scored, ranks_of(p)->column));
}
static lng_form_value positives(const lng_form_place *p)
{
    return lng_form_integer(ranks_of(p)->positives);
}
static lng_form_value negatives(const lng_form_place *p)
{
    return lng_form_integer(ranks_of(p)->negatives);
}
static lng_form_value corners(const lng_form_place *p)
{
    return lng_form_many(ranks_of(p)->count);
}
static lng_form_value hits(const lng_form_place *p)
{
    return lng_form_integer(ranks_of(p)->at[p->at[1]].hits);
}
static lng_form_value false_alarms(const lng_form_place *p)
{
    return lng_form_integer(ranks_of(p)->at[p->at[1]].false_alarms);
}
static const lng_form hits_item = {.kind = LNG_FORM_INTEGER, .value = hits};
static const lng_form false_alarms_item = {.kind = LNG_FORM_INTEGER, .value = false_alarms};
static const lng_form ranking_form[] = {
    {.name = "name",
     .kind = LNG_FORM_TEXT,
     .optional = true,
     .about = "of the class that is told from the rest; absent if all pairs of an example and a class are taken together",
     .value = ranked_name},
    {.name = "positives", .kind = LNG_FORM_INTEGER, .about = "examples of the class", .value = positives},
    {.name = "negatives", .kind = LNG_FORM_INTEGER, .about = "the others", .value = negatives},
    {.name = "true_positives",
     .kind = LNG_FORM_LIST,
     .about = "the positives whose score is at least a limit, as it falls; limits between which little changes are left out",
     .of = &hits_item,
     .value = corners},
    {.name = "false_positives",
     .kind = LNG_FORM_LIST,
     .about = "the negatives whose score is at least this limit",
     .of = &false_alarms_item,
     .value = corners},
    {0},
};
static const lng_form ranking_item = {.kind = LNG_FORM_OBJECT, .of = ranking_form};

/* ---- calibration ---- */
static const lng_bin *bin_of(const lng_form_place *p)
{
    return &p->facts->bin[p->at[0]];
}
static lng_form_value bins(const lng_form_place *p)
{
    int64_t all = 0;
    for (int b = 0; b < LNG_BINS; b++)
        all += p->facts->bin[b].count;
    return all ? lng_form_many(LNG_BINS) : lng_form_nothing;
}
static lng_form_value bin_count(const lng_form_place *p)
{
    return lng_form_integer(bin_of(p)->count);
}
static lng_form_value bin_right(const lng_form_place *p)
{
    return lng_form_integer(bin_of(p)->right);
}
static lng_form_value bin_confidence(const lng_form_place *p)
{
    return lng_form_number(bin_of(p)->count ? bin_of(p)->confidence / (double)bin_of(p)->count : (double)NAN);
}
static const lng_form bin_form[] = {
    {.name = "predictions", .kind = LNG_FORM_INTEGER, .about = "how many have such a confidence", .value = bin_count},
    {.name = "right", .kind = LNG_FORM_INTEGER, .about = "how many of them are right", .value = bin_right},
    {.name = "confidence", .kind = LNG_FORM_NUMBER, .nullable = true, .about = "their mean confidence", .value = bin_confidence},
    {0},
};
static const lng_form bin_item = {.kind = LNG_FORM_OBJECT, .of = bin_form};

/* ---- single predictions ---- */
enum { MISTAKES, LEAST_SURE, LISTS };

static const lng_answer *answer_of(const lng_form_place *p)
{
    return p->at[0] == MISTAKES ? &p->facts->mistake[p->at[1]] : &p->facts->unsure[p->at[1]];
}
static lng_form_value answer_lists(const lng_form_place *p)
{
    return p->facts->answers ? lng_form_many(LISTS) : lng_form_nothing;
}
static const char *answer_list(const lng_form_place *p)
{
    return p->at[0] == MISTAKES ? "mistakes" : "least_sure";
}
static lng_form_value answers(const lng_form_place *p)
{
    return lng_form_many(p->at[0] == MISTAKES ? p->facts->mistakes : p->facts->unsures);
}
static bool has_label(const lng_form_place *p)
{
    return p->facts->scored && p->facts->scored->label;
}
static lng_form_value answer_example(const lng_form_place *p)
{
    return lng_form_integer(answer_of(p)->example);
}
static lng_form_value answer_column(const lng_form_place *p)
{
    return has_label(p) ? lng_form_nothing : lng_form_integer(answer_of(p)->column);
}
static lng_form_value answer_text(const lng_form_place *p, bool right)
{
    const lng_answer *x = answer_of(p);
    const int64_t class = right ? x->label : x->class;
    if (!p->facts->scored)
        return lng_form_text(lng_answer_number(p->facts->arena, &p->facts->drawn, x, right));
    return has_label(p) ? class_name(p, class) : lng_form_text(class ? "yes" : "no");
}
static lng_form_value answer_said(const lng_form_place *p)
{
    return answer_text(p, false);
}
static lng_form_value answer_right(const lng_form_place *p)
{
    return answer_text(p, true);
}
static lng_form_value answer_confidence(const lng_form_place *p)
{
    return p->facts->scored ? lng_form_number(answer_of(p)->weight) : lng_form_nothing;
}
static const lng_form answer_form[] = {
    {.name = "example", .kind = LNG_FORM_INTEGER, .about = "its place in the split, from 0", .value = answer_example},
    {.name = "column",
     .kind = LNG_FORM_INTEGER,
     .optional = true,
     .about = "of several targets or numbers: which one, from 0",
     .value = answer_column},
    {.name = "predicted",
     .kind = LNG_FORM_TEXT,
     .about = "the name of the class, yes or no for a target, or the number",
     .value = answer_said},
    {.name = "right", .kind = LNG_FORM_TEXT, .about = "what is right, likewise", .value = answer_right},
    {.name = "confidence",
     .kind = LNG_FORM_NUMBER,
     .optional = true,
     .about = "the probability given to what was predicted; absent for numbers",
     .value = answer_confidence},
    {0},
};
static const lng_form answer_item = {.kind = LNG_FORM_OBJECT, .of = answer_form};
static const lng_form answers_item = {.kind = LNG_FORM_LIST, .of = &answer_item, .value = answers};

const lng_form lng_form_judged[] = {
    {.name = "split", .kind = LNG_FORM_TEXT, .about = "test, validation or train: which one it is", .value = judged_split},
    {.name = "classes",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "figures of each class, the worst first",
     .of = &class_row_item,
     .value = class_rows},
    {.name = "rankings",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about =
         "what ROC and precision-recall curves are drawn from: an item for each of at most 60 classes, then one for all together",
     .of = &ranking_item,
     .value = rankings},
    {.name = "calibration",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "15 bins of equal width by the confidence of predictions, if scores are probabilities",
     .of = &bin_item,
     .value = bins},
    {.name = "answers",
     .kind = LNG_FORM_MAP,
     .optional = true,
     .about =
         "single predictions: mistakes, the 12 most confident ones or, of numbers, the 12 that are farthest off; least_sure, the 12 least confident "
         "predictions",
     .of = &answers_item,
     .value = answer_lists,
     .key = answer_list,
     .item = "LIST"},
    {.name = "factors",
     .kind = LNG_FORM_MAP,
     .optional = true,
     .about = "figures for parts of the examples: those of each category of a field that is a factor",
     .of = &lng_form_factor,
     .value = lng_form_factors,
     .key = lng_form_factor_name,
     .item = "FIELD"},
    {0},
};
