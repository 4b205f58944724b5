/* From the gradients to the new parameters: the optimizer, a block with two ports, is called once for each parameter. */
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/variable.h"
#include <string.h>

static lng_args two(lng_compiler *c, const lng_expr *optimizer, lng_value *a, lng_value *b)
{
    lng_args args = {.arg = LNG_NEW_N(c->arena, 2, lng_arg), .count = 2, .values = 2};
    lng_place place = lng_expr_place(optimizer);
    args.arg[0].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = a, .graph = c->elab.graph};
    args.arg[1].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = b, .graph = c->elab.graph};
    args.arg[0].place = args.arg[1].place = place;
    return args;
}

/* An optimizer acts by its update alone. */
static bool acts(lng_scope *scope, const lng_expr *e, const lng_block *b)
{
    const char *param = b->port[0].name;
    const bool changes = lng_block_updates(b, param), result = b->out || b->has_graph;
    if (changes && !result)
        return true;
    if (changes)
        lng_complain_at(scope, e, LNG_E_TYPE, "nothing takes the result of the optimizer `%s`, which acts by its `update` alone",
                        b->name);
    else
        lng_complain_at(scope, e, LNG_E_TYPE, "`%s` is not an optimizer: it has no `update` that says what `%s` becomes", b->name,
                        param);
    if (!b->standard) {
        lng_related(scope, b->place, "the block is declared here");
        if (changes)
            lng_hint(scope, "remove its `%s`", b->out ? "out" : "graph");
        else
            lng_hint(scope, "write `update: {%s: ...}`%s", param, b->out ? " in place of `out`" : "");
    }
    return false;
}

/* The optimizer that an expression stands for; NULL after an error. */
static const lng_callable *find_optimizer(lng_compiler *c, lng_scope *scope, const lng_expr *e)
{
    const lng_datum of = lng_eval_block(scope, e);
    if (of.kind != LNG_DATUM_BLOCK)
        return NULL;
    if (of.block->block && lng_block_read(c->arena, of.block->block, &lng_section_block, c->errors) && of.block->block->ports == 2)
        return acts(scope, e, of.block->block) ? of.block : NULL;
    lng_complain_at(scope, e, LNG_E_TYPE, "`%s` is not an optimizer, which is a block with two ports, param and grad",
                    of.block->name);
    return NULL;
}

/* The factor of the learning rates that the run makes smaller: a state that no step changes. NULL: the name is taken. */
static lng_value *plateau_rate(lng_compiler *c)
{
    const lng_place place = c->recipe.plateau->place;
    const lng_stored *taken = lng_map_get(c->elab.stored, LNG_PLATEAU);
    if (taken) {
        lng_error(c->errors, LNG_E_DUPLICATE, taken->place,
                  "`plateau` keeps the factor of the learning rates in `%s`, which is taken", LNG_PLATEAU);
        return NULL;
    }
    lng_stored *s = LNG_NEW(c->arena, lng_stored);
    *s = (lng_stored){.variable = {.name = LNG_PLATEAU, .place = place}, .place = place};
    lng_map_put(c->elab.stored, LNG_PLATEAU, s);
    lng_graph_output(c->elab.init, LNG_PLATEAU, lng_scalar(c->elab.init, 1));
    return lng_read_variable(c->elab.graph, LNG_PLATEAU, (lng_shape){.rank = 0});
}

/* Makes an optimizer's rate follow `plateau`; false after an error. */
static bool slow_down(lng_compiler *c, lng_scope *scope, lng_callable *of, const lng_expr *optimizer)
{
    const lng_doc *plateau = c->recipe.plateau;
    if (!plateau)
        return true;
    const lng_datum factor = {.kind = LNG_DATUM_VALUE,
                              .place = plateau->place,
                              .value = lng_graph_find_variable(c->elab.graph, LNG_PLATEAU),
                              .graph = c->elab.graph};
    return lng_scale_rate(scope, of, plateau->place, "plateau", factor, optimizer);
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
    if (lng_setting_apply(scope, &one, &setting, e) && slow_down(c, scope, &one, e))
        lng_apply(scope, &one, two(c, e, parameter, gradient), e);
}

/* For the learning curves; of the optimizer that the parameters have which no setting gives another. */
static void watch_rate(lng_compiler *c, lng_scope *scope)
{
    const lng_callable *found = find_optimizer(c, scope, c->optimizer);
    lng_callable one = found ? *found : (lng_callable){0};
    lng_value *rate = found && slow_down(c, scope, &one, c->optimizer) ? lng_learning_rate(&one) : NULL;
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
    if (c->recipe.plateau && !plateau_rate(c))
        return false;
    for (size_t i = 0; i < n && lng_errors_count(c->errors) == before; i++)
        optimize(c, scope, t->parameter[i], t->gradient[i]);
    if (lng_errors_count(c->errors) == before)
        watch_rate(c, scope);
    return lng_errors_count(c->errors) == before;
}
