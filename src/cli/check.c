/* lngraph check: reports the mistakes in model files. */
#include "cli/cli.h"
#include "train/session.h"
#include <limits.h>

static void check(lng_command *c)
{
    for (size_t i = 0; i < c->operands; i++) {
        lng_workspace w;
        size_t memory;
        if (lng_workspace_open_model(c, &w, c->operand[i]) && lng_session_check(w.model, lng_cores(), &memory, c->errors) &&
            c->most_memory > 0 && (double)memory > c->most_memory)
            lng_error(c->errors, LNG_E_LIMIT, (lng_place){.source = w.model->source},
                      "weights and tapes take %.4g MB while it trains, and --limit allows %.4g MB", (double)memory / 1e6,
                      c->most_memory / 1e6);
        lng_workspace_close(&w);
    }
}

static const lng_option options[] = {LNG_MODEL_OPTIONS, {NULL, 0, NULL, NULL}};
const lng_verb lng_verb_check = {
    .name = "check",
    .also = "validate verify lint",
    .operands = "MODEL...",
    .least = 1,
    .most = INT_MAX,
    .about = "check model files and print nothing but mistakes",
    .details =
        "Checks everything that can be known without the data: syntax, names, types, shapes, gradients, memory. Probable mistakes are warnings, which do not change the exit status. MODEL is a file, - for standard input, or the folder of a run.",
    .example = "lngraph check my.yaml\n"
               "lngraph check models/*.yaml",
    .option = options,
    .run = check,
};
