/* What the self-test of a program that trains is to compute: the engine's steps with its examples. */
#include "export/c.h"
#include "train/session.h"

/* The fields in memory: the rows of all steps. */
static lng_field *fields_of(const lng_c_program *p)
{
    const lng_c *c = p->made;
    lng_field *at = LNG_NEW_N(c->arena, p->fields + 1, lng_field);
    for (size_t i = 0; i < p->fields; i++) {
        const lng_value *v = c->learner->reads[i];
        if (v)
            at[i] = (lng_field){p->field[i].example, v->dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32, lng_shape_size(v->shape)};
    }
    return at;
}

static bool make_step(lng_c_program *p, lng_session *s, const lng_context *context, int step, uint32_t *rows, lng_errors *errors)
{
    const int count = lng_c_examples(p, step);
    if (!lng_session_run(s, LNG_STEP, rows, count, context, errors))
        return false;
    const lng_column loss = lng_runner_column(lng_session_runner(s, LNG_STEP), "loss");
    p->losses[step] = (float)(lng_column_add(&loss, count, 0) / count);
    p->states[step] = lng_c_state(p, s->store);
    return true;
}

bool lng_c_try_steps(lng_c_program *p, lng_session *s, lng_errors *errors)
{
    lng_context context = {.seed = p->context->seed, .total_steps = LNG_C_STEPS, .field = fields_of(p)};
    uint32_t *rows = LNG_NEW_N(p->made->arena, lng_c_examples(p, 0), uint32_t);
    for (int step = 0, row = 0; step < LNG_C_STEPS; step++) {
        for (int i = 0; i < lng_c_examples(p, step); i++)
            rows[i] = (uint32_t)row++;
        context.step = (uint32_t)step;
        context.progress = (double)step / LNG_C_STEPS;
        if (!make_step(p, s, &context, step, rows, errors))
            return false;
    }
    const lng_context after = lng_session_context(s, context.field);
    if (!lng_session_run(s, LNG_PREDICT, rows, 1, &after, errors))
        return false;
    const lng_column out = lng_runner_column(lng_session_runner(s, LNG_PREDICT), "out");
    p->out = lng_c_digest(LNG_C_DIGEST, out.at, out.size);
    return true;
}
