/* From a checked document to a model: shared by the files that do it. */
#ifndef LNG_LANG_COMPILE_H
#define LNG_LANG_COMPILE_H
#include "lang/model.h"
#include "lang/scope.h"
#include "metric/metric.h"

/* An entry of `parameters`, or what all entries together say of one parameter. */
typedef struct lng_setting {
    const char *match;    /* a pattern (lng_matches) */
    lng_place place;      /* of the pattern */
    double decay, rate;   /* NaN: not given */
    bool freezes, frozen; /* whether `frozen` is given, and as what */
    lng_expr *optimizer;  /* NULL: that of `train` */
} lng_setting;

/* What `train` says about the way from the gradients to the new parameters. */
typedef struct lng_recipe {
    double clip_norm, clip_value; /* 0: no limit */
    const char **trains;          /* by term of the loss: the pattern of the parameters that it trains; NULL: all terms train all */
    const lng_doc *objectives;
    int accumulate;         /* batches in a step */
    const lng_doc *plateau; /* NULL: there is none */
    double average;         /* what remains of the averages in each step; 0: there are none */
    lng_setting *setting;
    size_t settings;
} lng_recipe;

typedef struct lng_compiler {
    lng_model *model;
    lng_arena *arena;
    lng_errors *errors;
    lng_doc *doc; /* the user's, overrides applied */
    lng_library *library;
    lng_block *block; /* the model itself */
    lng_elab elab;
    lng_expr *loss, *optimizer;
    lng_recipe recipe;
    lng_expr **metric; /* first the terms of the loss */
    size_t metrics, terms;
} lng_compiler;

/* ---- fields.c ---- */
bool lng_compile_data(lng_compiler *);   /* the data section: model->data */
bool lng_compile_fields(lng_compiler *); /* what the model reads: model->field */
/* ---- train_section.c ---- */
bool lng_compile_train_section(lng_compiler *); /* train and report: numbers and expressions */
/* ---- require.c ---- */
bool lng_compile_requirements(lng_compiler *); /* of the report, once the metrics are known */
/* ---- check_names.c ---- */
bool lng_check_names(lng_compiler *); /* the checks that precede evaluation */
/* ---- trained.c ---- */
typedef struct lng_trained { /* the parameters that training changes, and the gradients of the objective with respect to them */
    lng_value **parameter, **gradient, **objective; /* of which it is the gradient */
    size_t count;
} lng_trained;
bool lng_differentiate(lng_compiler *, const lng_scope *, lng_trained *); /* of the graph that is being elaborated */
/* ---- clip.c ---- */
void lng_clip_gradients(const lng_compiler *, lng_trained *);
/* ---- settings.c ---- */
bool lng_compile_settings(lng_compiler *, const lng_doc *); /* `parameters`, which may be NULL */
bool lng_settings_match(lng_compiler *);                    /* each pattern matches a parameter */
bool lng_pattern_is_used(lng_compiler *, const char *pattern,
                         lng_place); /* some parameter of the training graph matches; else an error */
lng_setting lng_setting_of(const lng_compiler *, const char *parameter); /* of entries that match, the last with a key decides it */
/* An optimizer with its learning rate, its attribute lr, multiplied, as a key asks for; false after an error. */
bool lng_scale_rate(lng_scope *, lng_callable *, lng_place, const char *key, lng_datum factor, const lng_expr *optimizer);
/* Sets attributes of an optimizer as a setting says; false after an error. */
bool lng_setting_apply(lng_scope *, lng_callable *, const lng_setting *, const lng_expr *optimizer);
/* The learning rate of an optimizer, if it changes while training; else NULL. */
lng_value *lng_learning_rate(const lng_callable *);
/* ---- average.c ---- */
bool lng_average_parameters(lng_compiler *, const lng_trained *); /* after the optimizer */
/* ---- keep.c ---- */
bool lng_compile_checkpoint(lng_compiler *, const lng_doc *); /* checkpoint.c; NULL: as by default */
bool lng_compile_keep(lng_compiler *, const lng_doc *train);  /* keep and stop; after the metrics are known */
/* ---- optimize.c ---- */
bool lng_optimize(lng_compiler *,
                  const lng_trained *); /* calls the optimizer once for each parameter, in the graph that has the gradients */
/* ---- model_graphs.c ---- */
bool lng_compile_train_graph(lng_compiler *);
bool lng_compile_eval_graph(lng_compiler *);
bool lng_compile_variables(lng_compiler *);
/* ---- collective.c ---- */
/* Whether a metric of the whole set can be computed of these operands. */
bool lng_scores_fit(lng_scope *, const lng_metric *, const lng_expr *call, lng_value *const operand[]);
/* ---- override.c ---- */
bool lng_override_apply(lng_arena *, lng_doc *root, const lng_library *, const lng_override *, size_t, lng_errors *);
/* ---- expand.c ---- */
const lng_doc *lng_expand(lng_compiler *);                                             /* NULL after an error */
const char *lng_absolute_path(lng_arena *, const char *path, lng_place, lng_errors *); /* NULL after an error */
#endif
