/* lngraph check: says what is wrong with model files, and nothing else. */
#include "cli/cli.h"
#include "train/session.h"
#include <limits.h>

static void check(lng_command *c)
{
    for (size_t i = 0; i < c->operands; i++) {
        lng_model *model = lng_open_model(c, c->operand[i]);
        if (model)
            lng_session_check(model, c->errors);
        lng_model_free(model);
    }
}

static const lng_option options[] = {LNG_MODEL_OPTIONS, {NULL, 0, NULL, NULL}};
const lng_verb lng_verb_check = {
    .name = "check",
    .operands = "MODEL...",
    .least = 1,
    .most = INT_MAX,
    .about = "checks model files; prints nothing but problems",
    .details = "Everything that can be known without data is checked: the text, names, types, shapes, gradients, memory.",
    .example = "lngraph check my.yaml\n"
               "lngraph check models/*.yaml",
    .option = options,
    .run = check,
};
