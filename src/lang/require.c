/* Requirements of the report: which figure of which split must pass which limit. */
#include "doc/number.h"
#include "lang/compile.h"
#include <string.h>

static const char *const splits[] = {"train", "validation", "test"};
#define SPLITS (sizeof splits / sizeof *splits)

/* Whether it is a figure of the model; offers all that there are. */
static bool is_quantity(lng_arena *a, const lng_model *m, const char *name, lng_nearest *near)
{
    bool found = strcmp(name, "loss") == 0;
    lng_nearest_offer(near, "loss");
    for (size_t k = 0; k < m->metrics; k++)
        for (int f = 0; f < lng_model_figures(&m->metric[k]); f++) {
            const char *whole = lng_model_figure(a, &m->metric[k], f);
            found = found || strcmp(name, whole) == 0;
            lng_nearest_offer(near, whole);
        }
    return found;
}

/* "test.auc.macro" */
static bool read_key(lng_compiler *c, const lng_doc *key, lng_requirement *r)
{
    for (size_t i = 0; i < SPLITS; i++) {
        const size_t n = strlen(splits[i]);
        if (strncmp(key->text, splits[i], n) == 0 && key->text[n] == '.') {
            r->split = splits[i];
            r->quantity = key->text + n + 1;
        }
    }
    if (!r->split) {
        lng_error(c->errors, LNG_E_UNKNOWN_NAME, key->place, "`%.60s` does not begin with a split: train, validation or test",
                  key->text);
        lng_error_hint(c->errors, "write SPLIT.METRIC, such as test.accuracy or test.auc.macro");
        return false;
    }
    lng_nearest near = {.wrong = r->quantity};
    if (is_quantity(c->arena, c->model, r->quantity, &near))
        return true;
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, key->place, "the report has no figure `%.60s`", r->quantity);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s.%s`?", r->split, near.best);
    else
        lng_error_hint(c->errors, "it has those of `metrics`, and loss");
    return false;
}

/* "> 0.998" */
static bool read_limit(lng_compiler *c, const lng_doc *value, lng_requirement *r)
{
    const char *p = value->kind == LNG_DOC_SCALAR ? value->text : "";
    r->text = p;
    r->above = *p == '>';
    if (*p == '>' || *p == '<') {
        r->equal = p[1] == '=';
        p += 1 + r->equal;
        p += strspn(p, " ");
        if (lng_parse_double(p, strlen(p), &r->limit))
            return true;
    }
    lng_error(c->errors, LNG_E_TYPE, value->place, "a requirement is a comparison with a number, such as '> 0.998' or '<= 0.1'");
    return false;
}

bool lng_compile_requirements(lng_compiler *c)
{
    const lng_doc *d = lng_doc_get(lng_doc_get(c->doc, "report"), "require");
    lng_model *m = c->model;
    bool good = true;
    if (!d || d->kind != LNG_DOC_MAPPING)
        return true; /* absent, or recorded */
    m->requirement = LNG_NEW_N(c->arena, d->count, lng_requirement);
    for (size_t i = 0; i < d->count; i++) {
        lng_requirement *r = &m->requirement[m->requirements++];
        *r = (lng_requirement){.place = d->key[i]->place};
        good = read_key(c, d->key[i], r) && good;
        good = read_limit(c, d->item[i], r) && good;
    }
    return good;
}
