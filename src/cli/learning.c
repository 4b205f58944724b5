/* lngraph export --training: the session that makes the steps of the program's self-test, from the weights of the run. */
#include "cli/learning.h"
#include <string.h>

bool lng_learning_fits(lng_command *c)
{
    const char *weights = lng_command_get(c, "weights");
    if (!lng_command_get(c, "training"))
        return !lng_command_get(c, "batch") ||
               lng_usage_error(c, "--batch is for --training; a program that predicts takes one example at a time");
    if (weights && strncmp(weights, "int8", 4) == 0)
        return lng_usage_error(c, "--weights=%s is not for --training: a step changes weights by less than 8 bits can tell apart",
                               weights);
    return !weights || strcmp(weights, "inside") == 0 ||
           lng_usage_error(
               c, "--weights=%s is not for --training: its weights are in the context, which NAME_save and NAME_restore keep",
               weights);
}

bool lng_learning_begin(lng_command *c, lng_learning *l)
{
    const lng_model *m = l->workspace->model;
    const lng_subject subject = lng_subject_of_model(m);
    int64_t batch = m->batch;
    if (!lng_command_int(c, "batch", 1, 65536, &batch))
        return false;
    if (m->weighs.label >= 0)
        return lng_error(c->errors, LNG_E_NOT_YET, (lng_place){0},
                         "a program that trains cannot have `class_weights` yet: a run finds them in its data");
    l->session = lng_session_new(&subject, LNG_STEP | LNG_PREDICT, (int)batch, l->workspace->team, c->errors);
    if (!l->session)
        return false;
    memcpy(l->session->store->at, l->workspace->session->store->at, l->session->store->floats * sizeof(float));
    l->program->step = lng_session_runner(l->session, LNG_STEP)->graph;
    l->program->batch = (int)batch;
    return true;
}

void lng_learning_end(lng_learning *l)
{
    lng_session_free(l->session);
}
