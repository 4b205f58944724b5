/* lngraph gradcheck --ops: checks the gradient rules of all ops, without a model. */
#include "base/json.h"
#include "cli/gradcheck.h"
#include "train/opcheck.h"

#define SEED 309

static const char *operands_text(lng_arena *arena, const lng_op *op)
{
    lng_text text = lng_text_new(arena);
    for (int i = 0; i < op->n_in; i++)
        lng_text_add(&text, "%s%s", i ? ", " : "", op->in[i].name);
    return text.at;
}

static const char *reason(const lng_op *op)
{
    return op->n_in == 0 ? "it has no operands" : op->no_vjp;
}

static const char *verdict_of(lng_arena *arena, const lng_op *op, const lng_opcheck *found)
{
    if (found->checks == 0)
        return lng_format(arena, "none: %s", reason(op));
    if (found->wrong)
        return lng_format(arena, "wrong by `%s`: %.6g, not %.6g", found->wrong, found->rule, found->difference);
    const char *second = found->second == found->checks ? "" : found->second ? ", the second in part" : ", no second";
    const char *kinks = found->kinks ? lng_format(arena, ", %d kink%s", found->kinks, found->kinks == 1 ? "" : "s") : "";
    return lng_format(arena, "right%s%s", second, kinks);
}

static void print_text(lng_command *c, const lng_opcheck *found)
{
    lng_table *t = lng_table_new(c->arena, "llrrl", 0, 2);
    const char *const head[] = {"op", "operands", "checks", "error", "gradient"};
    for (int i = 0; i < 5; i++)
        lng_table_cell(t, LNG_DIM, head[i]);
    lng_table_rule(t);
    for (size_t i = 0; i < lng_op_count; i++) {
        const bool checked = found[i].checks > 0;
        lng_table_cell(t, LNG_BOLD, lng_ops[i]->name);
        lng_table_cell(t, LNG_PLAIN, operands_text(c->arena, lng_ops[i]));
        lng_table_cell(t, LNG_PLAIN, checked ? lng_count(c->arena, found[i].checks) : "");
        lng_table_cell(t, LNG_PLAIN, checked ? lng_format(c->arena, "%.0e", found[i].error) : "");
        lng_table_cell(t, found[i].wrong ? LNG_BOLD : LNG_PLAIN, verdict_of(c->arena, lng_ops[i], &found[i]));
    }
    lng_table_write(t, &c->out, c->look);
}

static void put_op(lng_json *j, const lng_op *op, const lng_opcheck *found)
{
    lng_json_object(j, NULL);
    lng_json_string(j, "name", op->name);
    lng_json_array(j, "operands");
    for (int i = 0; i < op->n_in; i++)
        lng_json_string(j, NULL, op->in[i].name);
    lng_json_end_array(j);
    if (found->checks == 0)
        lng_json_string(j, "none", reason(op));
    else {
        lng_json_int(j, "checks", found->checks);
        lng_json_int(j, "second", found->second);
        lng_json_int(j, "kinks", found->kinks);
        lng_json_number(j, "error", found->error);
        lng_json_number(j, "gradient", found->rule);
        lng_json_number(j, "difference", found->difference);
        lng_json_bool(j, "wrong", found->wrong != NULL);
    }
    lng_json_end(j);
}

static void print_json(lng_command *c, const lng_opcheck *found)
{
    lng_json j = lng_json_new(c->arena, 0);
    lng_json_object(&j, NULL);
    lng_json_array(&j, "ops");
    for (size_t i = 0; i < lng_op_count; i++)
        put_op(&j, lng_ops[i], &found[i]);
    lng_json_end_array(&j);
    lng_json_end(&j);
    lng_text_put(&c->out, j.text.at, j.text.length);
    lng_text_put(&c->out, "\n", 1);
}

void lng_gradcheck_ops(lng_command *c, int64_t elements, int64_t examples)
{
    const char *const of_models[] = {"set", "data"};
    int64_t seed = SEED;
    for (size_t i = 0; i < sizeof of_models / sizeof *of_models; i++)
        if (lng_command_get(c, of_models[i])) {
            lng_usage_error(c, "--%s changes a model, and --ops reads none", of_models[i]);
            return;
        }
    if (!lng_command_int(c, "seed", 0, INT64_MAX, &seed))
        return;
    const lng_opcheck_options options = {.seed = (uint64_t)seed, .examples = (int)examples, .elements = elements};
    lng_opcheck *found = LNG_NEW_N(c->arena, lng_op_count, lng_opcheck);
    for (size_t i = 0; i < lng_op_count; i++)
        if (!lng_opcheck_run(c->arena, lng_ops[i], &options, &found[i], c->errors))
            return;
    (lng_command_get(c, "json") ? print_json : print_text)(c, found);
    for (size_t i = 0; i < lng_op_count; i++)
        if (found[i].wrong)
            lng_error(c->errors, LNG_E_DEFECT, (lng_place){0}, "the gradient of `%s` by `%s` is %.6g where differences say %.6g",
                      lng_ops[i]->name, found[i].wrong, found[i].rule, found[i].difference);
}
