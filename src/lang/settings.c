/* Settings of single parameters: what `parameters` of the section train says of each, and the optimizer that follows from it. */
#include "doc/number.h"
#include "lang/call.h"
#include "lang/compile.h"
#include "lang/diagnose.h"
#include "lang/eval.h"
#include "lang/variable.h"
#include <math.h>
#include <string.h>

/* ---- reading ---- */
static bool read_entry(lng_compiler *c, const lng_doc *d, lng_setting *s)
{
    const lng_section *section = lng_section_find(&lng_section_train, "parameters")->section;
    const lng_doc *match = lng_doc_get(d, "match"), *frozen = lng_doc_get(d, "frozen"), *optimizer = lng_doc_get(d, "optimizer");
    if (d->kind != LNG_DOC_MAPPING || !match || match->kind != LNG_DOC_SCALAR)
        return false; /* recorded by the section's check, like wrong numbers and words */
    if (d->count == 1)
        return lng_error(c->errors, LNG_E_UNUSED, d->place, "this entry says nothing of the parameters that match");
    *s = (lng_setting){.match = match->text, .place = match->place, .decay = NAN, .rate = NAN};
    lng_section_number(section, d, "decay", &s->decay);
    lng_section_number(section, d, "rate", &s->rate);
    s->freezes = frozen != NULL;
    s->frozen = frozen && frozen->kind == LNG_DOC_SCALAR && strcmp(frozen->text, "true") == 0;
    s->optimizer = optimizer ? lng_expr_read(c->arena, optimizer, c->errors) : NULL;
    return !optimizer || s->optimizer;
}

bool lng_compile_settings(lng_compiler *c, const lng_doc *d)
{
    bool good = true;
    if (!d || d->kind != LNG_DOC_SEQUENCE)
        return !d;
    c->recipe.setting = LNG_NEW_N(c->arena, d->count + 1, lng_setting);
    for (size_t i = 0; i < d->count; i++)
        if (read_entry(c, d->item[i], &c->recipe.setting[c->recipe.settings]))
            c->recipe.settings++;
        else
            good = false;
    return good;
}

/* ---- matching ---- */
/* What may be meant: a name, or all names of a layer or with an ending. */
static void offer(const lng_compiler *c, lng_nearest *near, const char *name)
{
    const char *dot = strrchr(name, '.');
    lng_nearest_offer(near, name);
    if (!dot)
        return;
    lng_nearest_offer(near, lng_format(c->arena, "%.*s.*", (int)(dot - name), name));
    lng_nearest_offer(near, lng_format(c->arena, "*%s", dot));
}

static bool matches_nothing(lng_compiler *c, const char *pattern, lng_place place)
{
    lng_nearest near = {.wrong = pattern};
    lng_text names = lng_text_new(c->arena);
    size_t listed = 0;
    for (size_t i = 0; i < lng_map_count(c->elab.stored); i++) {
        const lng_stored *s = lng_parameter_matching(&c->elab, i, "*");
        if (!s)
            continue;
        offer(c, &near, s->variable.name);
        if (++listed <= 8)
            lng_text_add(&names, "%s%s", listed > 1 ? ", " : "", s->variable.name);
    }
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, place, "no parameter matches `%.60s`", pattern);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    if (listed)
        lng_error_hint(c->errors, "the parameters are %s%s", names.at, listed > 8 ? ", ..." : "");
    return false;
}

static bool matches_some(const lng_compiler *c, const char *pattern)
{
    for (size_t i = 0; i < lng_map_count(c->elab.stored); i++)
        if (lng_parameter_matching(&c->elab, i, pattern))
            return true;
    return false;
}

bool lng_pattern_is_used(lng_compiler *c, const char *pattern, lng_place place)
{
    return matches_some(c, pattern) || matches_nothing(c, pattern, place);
}

bool lng_settings_match(lng_compiler *c)
{
    bool good = true;
    for (size_t i = 0; i < c->recipe.settings; i++) {
        const lng_setting *s = &c->recipe.setting[i];
        good = lng_pattern_is_used(c, s->match, s->place) && good;
    }
    return good;
}

lng_setting lng_setting_of(const lng_compiler *c, const char *parameter)
{
    lng_setting all = {.decay = NAN, .rate = NAN};
    for (size_t i = 0; i < c->recipe.settings; i++) {
        const lng_setting *s = &c->recipe.setting[i];
        if (!lng_matches(s->match, parameter))
            continue;
        all.place = s->place;
        all.decay = isnan(s->decay) ? all.decay : s->decay;
        all.rate = isnan(s->rate) ? all.rate : s->rate;
        all.frozen = s->freezes ? s->frozen : all.frozen;
        all.optimizer = s->optimizer ? s->optimizer : all.optimizer;
    }
    return all;
}

/* ---- the optimizer with its attributes changed ---- */
static const lng_datum *bound(const lng_callable *c, const char *label)
{
    for (size_t i = 0; i < c->bounds; i++)
        if (strcmp(c->label[i], label) == 0)
            return &c->bound[i];
    return NULL;
}

static void bind(lng_arena *arena, lng_callable *c, const char *label, lng_datum t)
{
    const char **labels = LNG_NEW_N(arena, c->bounds + 1, const char *);
    lng_datum *data = LNG_NEW_N(arena, c->bounds + 1, lng_datum);
    size_t n = 0;
    for (size_t i = 0; i < c->bounds; i++)
        if (strcmp(c->label[i], label) != 0)
            labels[n] = c->label[i], data[n++] = c->bound[i];
    labels[n] = label, data[n++] = t;
    c->label = labels, c->bound = data, c->bounds = n;
}

static bool lacks(lng_scope *scope, const lng_callable *of, lng_place place, const char *key, const char *attribute)
{
    lng_complain(scope, place, LNG_E_UNKNOWN_KEY, "`%s` sets the attribute `%s`, which the optimizer `%s` does not have", key,
                 attribute, of->name);
    if (strcmp(attribute, "decay") == 0)
        lng_hint(scope, "optimizers with weight decay have it, such as adamw");
    return false;
}

/* An optimizer with weight decay has the attribute decay; decay_vectors, if there is one, says whether vectors are spared. */
static bool set_decay(lng_scope *scope, lng_callable *of, const lng_setting *s)
{
    const lng_attr_decl *decay = lng_block_attr(of->block, "decay"), *vectors = lng_block_attr(of->block, "decay_vectors");
    if (!decay || decay->type != LNG_TYPE_FLOAT)
        return lacks(scope, of, s->place, "decay", "decay");
    bind(scope->e->arena, of, "decay",
         lng_convert(scope, (lng_datum){.kind = LNG_DATUM_FLOAT, .place = s->place, .f = s->decay}, decay));
    if (vectors && vectors->type == LNG_TYPE_BOOL)
        bind(scope->e->arena, of, "decay_vectors", (lng_datum){.kind = LNG_DATUM_BOOL, .place = s->place, .i = true});
    return true;
}

/* An optimizer's learning rate is its attribute lr: a number, or a value that follows a schedule. */
static lng_datum rate_of(lng_scope *scope, const lng_callable *of)
{
    const lng_attr_decl *lr = lng_block_attr(of->block, "lr");
    const lng_datum *given = bound(of, "lr");
    if (!lr || lr->type != LNG_TYPE_FLOAT || (!given && !lr->fallback))
        return (lng_datum){.kind = LNG_DATUM_NONE};
    return given ? *given : lng_eval_as(scope, lr->fallback, lr);
}

bool lng_scale_rate(lng_scope *scope, lng_callable *of, lng_place place, const char *key, lng_datum factor,
                    const lng_expr *optimizer)
{
    const lng_attr_decl *lr = lng_block_attr(of->block, "lr");
    if (!lr || lr->type != LNG_TYPE_FLOAT)
        return lacks(scope, of, place, key, "lr");
    if (!bound(of, "lr") && !lr->fallback)
        return true; /* the call will miss it */
    lng_expr times = *optimizer;
    times.kind = LNG_EXPR_BINARY;
    times.sign = LNG_MUL;
    const lng_datum rate = lng_convert(scope, lng_operate(scope, &times, rate_of(scope, of), factor), lr);
    if (rate.kind == LNG_DATUM_NONE)
        return false;
    bind(scope->e->arena, of, "lr", rate);
    return true;
}

bool lng_setting_apply(lng_scope *scope, lng_callable *of, const lng_setting *s, const lng_expr *optimizer)
{
    const lng_datum factor = {.kind = LNG_DATUM_FLOAT, .place = s->place, .f = s->rate};
    return (isnan(s->decay) || set_decay(scope, of, s)) &&
           (isnan(s->rate) || lng_scale_rate(scope, of, s->place, "rate", factor, optimizer));
}

lng_value *lng_learning_rate(const lng_callable *of)
{
    const lng_attr_decl *lr = lng_block_attr(of->block, "lr");
    const lng_datum *given = bound(of, "lr");
    const bool is_value = lr && lr->type == LNG_TYPE_FLOAT && given && given->kind == LNG_DATUM_VALUE;
    return is_value && !given->value->per_example && !lng_value_is_constant(given->value, NULL) ? given->value : NULL;
}
