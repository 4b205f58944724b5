/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_TRAIN_INSIDE_H
#define LNG_TRAIN_INSIDE_H
#include "train/evaluate.h"

/* The graph for use i, not fused; in the session's arena. NULL after an error. (uses.c) */
const lng_graph *lng_use_graph(lng_session *, int i, lng_errors *);
/* What a step runs: the training graph. The gradients of a model, which its updates need in any case, are outputs, too, by these names; so they
 * outlast the step. (uses.c) */
lng_graph *lng_step_graph(const lng_subject *, lng_arena *, lng_errors *);
const char *lng_gradient_name(lng_arena *, const char *parameter); /* "gradient.dense.W" */
/* A graph's nodes and outputs, without its updates; in the session's arena. */
lng_graph *lng_without_updates(const lng_session *, const lng_graph *, lng_errors *);
/* The parameters and their averages change places, if the model keeps averages. (average.c) */
void lng_average_swap(const lng_session *);
/* Compiles runner->graph as it is, for runner->batch examples, over the store. false after an error. */
bool lng_runner_open(lng_runner *, const lng_session *, lng_store *, lng_errors *);
void lng_runner_close(lng_runner *);
/* These record that a run was not finite, with the first such node and its example. Always false. (trace.c) */
bool lng_trace_step(const lng_session *, const lng_runner *, const uint32_t *rows, int count, const lng_context *, lng_errors *);
bool lng_trace_evaluation(const lng_session *, const lng_runner *, const lng_range *, const uint32_t *rows, int count,
                          const lng_context *, lng_errors *);

static const lng_place lng_nowhere = {0};

#endif
