/* From the gradients to the new parameters: the optimizer, a block with two ports, is called once for each parameter. */
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/eval.h"

static lng_args two(lng_compiler *c, lng_value *a, lng_value *b)
{
    lng_args args = {.arg = LNG_NEW_N(c->arena, 2, lng_arg), .count = 2, .values = 2};
    lng_place place = lng_expr_place(c->optimizer);
    args.arg[0].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = a, .graph = c->elab.graph};
    args.arg[1].datum = (lng_datum){.kind = LNG_DATUM_VALUE, .place = place, .value = b, .graph = c->elab.graph};
    args.arg[0].place = args.arg[1].place = place;
    return args;
}

bool lng_optimize(lng_compiler *c, const lng_trained *t)
{
    const size_t n = t->count;
    size_t before = lng_errors_count(c->errors);
    c->elab.work = 0;
    c->elab.most_work = LNG_MAX_WORK + (int64_t)n * LNG_MAX_UPDATE_WORK;
    c->elab.most_nodes = c->elab.graph->nodes + LNG_MAX_NODES + n * LNG_MAX_UPDATE_NODES;
    lng_scope *scope = lng_scope_new(&c->elab, NULL, c->block, "", "", c->block->place);
    lng_datum of = lng_eval_block(scope, c->optimizer);
    if (of.kind != LNG_DATUM_BLOCK)
        return false;
    if (!of.block->block || !lng_block_read(c->arena, of.block->block, &lng_section_block, c->errors) ||
        of.block->block->ports != 2)
        return lng_complain_at(scope, c->optimizer, LNG_E_TYPE,
                               "`%s` is not an optimizer, which is a block with two ports, param and grad", of.block->name);
    for (size_t i = 0; i < n && lng_errors_count(c->errors) == before; i++) {
        lng_callable one = *of.block;
        one.only = lng_format(c->arena, "optimizer.%s", t->parameter[i]->node->name);
        lng_apply(scope, &one, two(c, t->parameter[i], t->gradient[i]), c->optimizer);
    }
    return lng_errors_count(c->errors) == before;
}
