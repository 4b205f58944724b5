/* From the gradients to the new parameters: the optimizer, a block with two ports, is called once for each parameter. */
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/eval.h"

static lng_args two(lng_compiler *c, const lng_expr *optimizer, lng_value *a, lng_value *b)
{
    lng_args args = {.arg = LNG_NEW_N(c->arena, 2, lng_arg), .count = 2, .values = 2};
    lng_place place = lng_expr_place(optimizer);
    args.arg[0].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = a, .graph = c->elab.graph};
    args.arg[1].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = b, .graph = c->elab.graph};
    args.arg[0].place = args.arg[1].place = place;
    return args;
}

/* The optimizer that an expression stands for; NULL after an error. */
static const lng_callable *find_optimizer(lng_compiler *c, lng_scope *scope, const lng_expr *e)
{
    const lng_datum of = lng_eval_block(scope, e);
    if (of.kind != LNG_DATUM_BLOCK)
        return NULL;
    if (of.block->block && lng_block_read(c->arena, of.block->block, &lng_section_block, c->errors) && of.block->block->ports == 2)
        return of.block;
    lng_complain_at(scope, e, LNG_E_TYPE, "`%s` is not an optimizer, which is a block with two ports, param and grad",
                    of.block->name);
    return NULL;
}

static void optimize(lng_compiler *c, lng_scope *scope, lng_value *parameter, lng_value *gradient)
{
    const char *name = parameter->node->name;
    const lng_setting setting = lng_setting_of(c, name);
    const lng_expr *e = setting.optimizer ? setting.optimizer : c->optimizer;
    const lng_callable *found = find_optimizer(c, scope, e);
    if (!found)
        return;
    lng_callable one = *found;
    one.only = lng_format(c->arena, "optimizer.%s", name);
    if (lng_setting_apply(scope, &one, &setting, e))
        lng_apply(scope, &one, two(c, e, parameter, gradient), e);
}

/* For the learning curves; of the optimizer that the parameters have which no setting gives another. */
static void watch_rate(lng_compiler *c, lng_scope *scope)
{
    const lng_callable *found = find_optimizer(c, scope, c->optimizer);
    lng_value *rate = found ? lng_learning_rate(found) : NULL;
    if (rate)
        lng_graph_output(c->elab.graph, LNG_LEARNING_RATE, rate);
}

bool lng_optimize(lng_compiler *c, const lng_trained *t)
{
    const size_t n = t->count;
    size_t before = lng_errors_count(c->errors);
    c->elab.work = 0;
    c->elab.most_work = LNG_MAX_WORK + (int64_t)n * LNG_MAX_UPDATE_WORK;
    c->elab.most_nodes = c->elab.graph->nodes + LNG_MAX_NODES + n * LNG_MAX_UPDATE_NODES;
    lng_scope *scope = lng_scope_new(&c->elab, NULL, c->block, "", "", c->block->place);
    for (size_t i = 0; i < n && lng_errors_count(c->errors) == before; i++)
        optimize(c, scope, t->parameter[i], t->gradient[i]);
    if (lng_errors_count(c->errors) == before)
        watch_rate(c, scope);
    return lng_errors_count(c->errors) == before;
}
