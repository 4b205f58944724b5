/* report.json, and its JSON Schema, from the form (form.h). */
#include "base/json.h"
#include "report/factors.h"
#include "report/form.h"

/* ---- the file ---- */
static void write_form(lng_json *, const char *name, const lng_form *, lng_form_place *);

static void write_object(lng_json *j, const char *name, const lng_form *f, lng_form_place *p)
{
    lng_json_object(j, name);
    for (const lng_form *field = f->of; field->name; field++)
        write_form(j, field->name, field, p);
    lng_json_end(j);
}

static void write_items(lng_json *j, const char *name, const lng_form *f, lng_form_place *p, size_t count)
{
    size_t *at = &p->at[p->depth++];
    (f->kind == LNG_FORM_MAP ? lng_json_object : lng_json_array)(j, name);
    for (*at = 0; *at < count; ++*at) {
        const char *key = f->kind == LNG_FORM_MAP ? f->key(p) : NULL;
        if (key || f->kind == LNG_FORM_LIST)
            write_form(j, key, f->of, p);
    }
    (f->kind == LNG_FORM_MAP ? lng_json_end : lng_json_end_array)(j);
    p->depth--;
}

static void write_form(lng_json *j, const char *name, const lng_form *f, lng_form_place *p)
{
    const lng_form_value v = f->value ? f->value(p) : (lng_form_value){0};
    if (v.absent)
        return;
    switch (f->kind) {
    case LNG_FORM_INTEGER:
        lng_json_int(j, name, v.integer);
        break;
    case LNG_FORM_NUMBER:
        lng_json_number(j, name, v.number);
        break;
    case LNG_FORM_TEXT:
        lng_json_string(j, name, v.text);
        break;
    case LNG_FORM_BOOLEAN:
        lng_json_bool(j, name, v.integer != 0);
        break;
    case LNG_FORM_OBJECT:
        write_object(j, name, f, p);
        break;
    case LNG_FORM_LIST:
    case LNG_FORM_MAP:
        write_items(j, name, f, p, (size_t)v.integer);
        break;
    }
}

static void gather_answers(lng_facts *f)
{
    f->mistakes = lng_answers_find(&f->drawn, true, f->mistake, LNG_ANSWERS);
    if (!lng_answers_are_numbers(&f->drawn)) /* which are not sure or unsure */
        f->unsures = lng_answers_find(&f->drawn, false, f->unsure, LNG_ANSWERS);
}

static lng_facts facts_of(const lng_report *r, lng_arena *a)
{
    lng_facts f = {.report = r, .arena = a, .drawn = lng_report_drawn(r, a), .quantities = lng_quantities_of(a, r->model)};
    f.scored = f.drawn.scores ? lng_drawn_scored(&f.drawn) : NULL;
    f.answers = f.drawn.scores && !lng_lacks_answers(&f.drawn);
    if (f.answers)
        gather_answers(&f);
    f.found = lng_found_of(a, r);
    f.drawn.corners = f.found->corners;
    f.factor = lng_factors_of(a, &f.drawn, &f.factors);
    for (int s = 0; s < LNG_SPLITS; s++)
        f.count[s] = lng_class_counts(a, r, (lng_split)s);
    if (f.scored)
        f.ranks = lng_ranks_of(a, &f.drawn, &f.rankings);
    if (f.scored && lng_are_probabilities(f.scored))
        lng_calibration(f.scored, f.bin);
    return f;
}

void lng_report_json(const lng_report *r, lng_text *out)
{
    lng_json j = lng_json_new(out->arena, 2);
    const lng_facts facts = facts_of(r, out->arena);
    lng_form_place place = {.facts = &facts};
    write_form(&j, NULL, &lng_report_form, &place);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_put(out, "\n", 1);
}

/* ---- its schema ---- */
static const char *const types[] = {
    [LNG_FORM_INTEGER] = "integer", [LNG_FORM_NUMBER] = "number", [LNG_FORM_TEXT] = "string", [LNG_FORM_BOOLEAN] = "boolean",
    [LNG_FORM_OBJECT] = "object",   [LNG_FORM_LIST] = "array",    [LNG_FORM_MAP] = "object",
};

static void describe(lng_json *j, const char *name, const lng_form *f);

static void describe_fields(lng_json *j, const lng_form *f)
{
    lng_json_object(j, "properties");
    for (const lng_form *field = f->of; field->name; field++)
        describe(j, field->name, field);
    lng_json_end(j);
    lng_json_array(j, "required");
    for (const lng_form *field = f->of; field->name; field++)
        if (!field->optional)
            lng_json_string(j, NULL, field->name);
    lng_json_end_array(j);
}

static void describe_type(lng_json *j, const lng_form *f)
{
    if (f->nullable)
        lng_json_array(j, "type");
    lng_json_string(j, f->nullable ? NULL : "type", types[f->kind]);
    if (f->nullable) {
        lng_json_string(j, NULL, "null");
        lng_json_end_array(j);
    }
}

static void describe(lng_json *j, const char *name, const lng_form *f)
{
    lng_json_object(j, name);
    if (f->about)
        lng_json_string(j, "description", f->about);
    describe_type(j, f);
    if (f->kind == LNG_FORM_OBJECT)
        describe_fields(j, f);
    else if (f->of)
        describe(j, f->kind == LNG_FORM_LIST ? "items" : "additionalProperties", f->of);
    if (f == &lng_report_form.of[0])
        lng_json_int(j, "const", LNG_REPORT_FORMAT);
    lng_json_end(j);
}

void lng_report_schema(lng_text *out)
{
    lng_json j = lng_json_new(out->arena, 2);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    lng_json_string(&j, "title", "lngraph report.json");
    lng_json_string(&j, "description", lng_report_form.about);
    describe_type(&j, &lng_report_form);
    describe_fields(&j, &lng_report_form);
    lng_json_end(&j);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_put(out, "\n", 1);
}
