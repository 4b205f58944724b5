/* lngraph eval: computes the report of stored weights. */
#include "cli/cli.h"
#include "train/weights.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A run folder holds the model and its weights; for a model file, --weights names them. */
static bool find_files(lng_command *c, const char **model, const char **weights)
{
    const char *operand = c->operand[0];
    struct stat st;
    *model = operand;
    *weights = lng_command_get(c, "weights");
    if (strcmp(operand, "-") != 0 && stat(operand, &st) != 0)
        return lng_error(c->errors, LNG_E_IO, (lng_place){0}, "cannot open %s: %s", operand, strerror(errno));
    if (strcmp(operand, "-") != 0 && S_ISDIR(st.st_mode)) {
        const char *stored;
        if (!lng_run_find(c, operand, model, &stored))
            return false;
        *weights = *weights ? *weights : stored;
        return true;
    }
    return *weights || lng_usage_error(c, "%s is a model file: name its weights with --weights FILE", operand);
}

static void eval(lng_command *c)
{
    const char *model, *weights;
    lng_workspace w;
    size_t count;
    if (lng_command_get(c, "activations") && !lng_command_get(c, "quantized")) {
        lng_usage_error(c, "--activations needs --quantized");
        return;
    }
    if (!find_files(c, &model, &weights))
        return;
    if (lng_workspace_open(c, &w, model, false) && lng_workspace_compile(c, &w, LNG_EVALUATE, 0) &&
        lng_load_weights(c, w.session, weights) &&
        (!lng_command_get(c, "quantized") || lng_quantize_workspace(c, &w, LNG_EVALUATE, &count))) {
        lng_report r = {.model = w.model, .data = w.data, .threads = lng_team_size(w.team)};
        if (lng_evaluate_splits(c, &w, &r)) {
            if (lng_command_get(c, "json"))
                lng_report_json(&r, &c->out);
            else
                lng_report_text(&r, &c->out, c->look);
            lng_report_judge(c->arena, &r, c->errors);
        }
    }
    lng_workspace_close(&w);
}

static const lng_option options[] = {
    {"weights", 'w', "FILE", "file with the weights for MODEL"},
    {"quantized", 0, NULL, "with the weights in 8 bits that `lngraph export --weights=int8` gives a program"},
    LNG_ACTIVATIONS_OPTION,
    {"json", 0, NULL, "print the contents of report.json"},
    LNG_WORKSPACE_OPTIONS,
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_eval = {
    .name = "eval",
    .also = "test evaluate score",
    .operands = "RUN|MODEL",
    .least = 1,
    .most = 1,
    .about = "evaluate stored weights",
    .details =
        "RUN is the folder of a run; its figures are the same as in the run's report. A MODEL file needs --weights.\n"
        "\n"
        "With --data FILE, a table in CSV or an archive in NPZ with the labels, only its examples are evaluated, as the test set.",
    .example = "lngraph eval runs/my\n"
               "lngraph eval runs/churn --data new.csv\n"
               "lngraph eval my.yaml -w runs/my/model.safetensors",
    .option = options,
    .run = eval,
};
