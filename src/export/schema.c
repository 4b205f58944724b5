/* A JSON Schema (draft 2020-12) of model files, from the tables of sections, standard blocks and ops, for editors and other validators.
 *
 * It is for the file as YAML 1.2 reads it: an integer is an integer or, as an expression, a string. It refuses no file that lngraph accepts,
 * so what it cannot know may be anything: the attributes of the file's own blocks, and, if one of these hides a standard block or op, those
 * of all blocks. */
#include "base/json.h"
#include "export/export.h"
#include "syntax/library.h"
#include <math.h>
#include <string.h>

typedef struct schema {
    lng_json *json;
    lng_arena *arena;
    const lng_library *library;
} schema;

/* ---- pieces ---- */
static void put_types(lng_json *j, const char *types)
{
    lng_json_array(j, "type");
    for (const char *at = types; *at; at += strspn(at, " ")) {
        const size_t n = strcspn(at, " ");
        lng_json_string(j, NULL, lng_copy_n(j->text.arena, at, n));
        at += n;
    }
    lng_json_end_array(j);
}

#define TEXT       "string number boolean"
#define EXPRESSION "string number boolean array object"

static void put_reference(const schema *s, const char *key, const char *definition)
{
    lng_json_object(s->json, key);
    lng_json_string(s->json, "$ref", lng_format(s->arena, "#/$defs/%s", definition));
    lng_json_end(s->json);
}

static const char *section_name(const lng_section *section)
{
    return section->name[0] ? section->name : "model";
}

/* ---- keys of sections ---- */
static void put_limits(lng_json *j, const lng_section_key *key)
{
    if (key->type == LNG_KEY_INT && key->least != key->most) {
        lng_json_int(j, "minimum", key->least);
        lng_json_int(j, "maximum", key->most);
    } else if (key->type == LNG_KEY_NUMBER && key->low != key->high) {
        lng_json_number(j, "minimum", key->low);
        lng_json_number(j, "maximum", key->high);
    }
}

static void put_names(const schema *s, const char *group)
{
    const lng_map *names = lng_group_names(s->library, group);
    lng_json_array(s->json, "examples");
    for (size_t i = 0; i < lng_map_count(names); i++)
        lng_json_string(s->json, NULL, lng_map_key(names, i));
    lng_json_end_array(s->json);
}

static void put_choices(lng_json *j, const lng_section_key *key)
{
    const char *about, *word;
    lng_json_array(j, "enum");
    for (size_t i = 0; (word = key->choice(i, &about)); i++)
        lng_json_string(j, NULL, word);
    lng_json_end_array(j);
}

static void put_items(const schema *s, const lng_section_key *key)
{
    if (key->section || key->steps) {
        put_reference(s, "items", section_name(key->steps ? &lng_section_step : key->section));
        return;
    }
    lng_json_object(s->json, "items");
    put_types(s->json, EXPRESSION);
    lng_json_end(s->json);
}

static void put_value(const schema *s, const lng_section_key *key)
{
    lng_json *j = s->json;
    static const char *const types[] = {
        [LNG_KEY_TEXT] = TEXT,       [LNG_KEY_BOOL] = "boolean",   [LNG_KEY_INT] = "integer",
        [LNG_KEY_NUMBER] = "number", [LNG_KEY_EXPRESSIONS] = TEXT, [LNG_KEY_EXPRESSION] = EXPRESSION,
        [LNG_KEY_NAMES] = "object",  [LNG_KEY_SEQUENCE] = "array", [LNG_KEY_NAMED] = "string object"};
    if (key->type == LNG_KEY_WORD)
        put_choices(j, key);
    else if (key->type == LNG_KEY_SECTION)
        lng_json_string(j, "$ref", lng_format(s->arena, "#/$defs/%s", section_name(key->section)));
    else
        put_types(j, key->type == LNG_KEY_SEQUENCE && key->terms ? "array object" : types[key->type]);
    put_limits(j, key);
    if (key->type == LNG_KEY_SEQUENCE)
        put_items(s, key);
    else if (key->type == LNG_KEY_NAMES && key->section)
        put_reference(s, "additionalProperties", section_name(key->section));
    if (key->type == LNG_KEY_NAMED) {
        lng_json_object(j, "if");
        put_types(j, "object");
        lng_json_end(j);
        put_reference(s, "then", section_name(key->section));
    }
    if (key->type == LNG_KEY_EXPRESSION && !key->terms) { /* a mapping is a call of one block */
        lng_json_int(j, "minProperties", 1);
        lng_json_int(j, "maxProperties", 1);
    }
    if (key->group && key->type == LNG_KEY_EXPRESSION)
        put_names(s, key->group);
}

static void put_keys(const schema *s, const lng_section *section)
{
    for (size_t i = 0; i < section->keys; i++) {
        const lng_section_key *key = &section->key[i];
        lng_json_object(s->json, key->name);
        lng_json_string(s->json, "description", key->about);
        put_value(s, key);
        lng_json_end(s->json);
    }
}

static void put_required(lng_json *j, const lng_section *section)
{
    lng_json_array(j, "required");
    for (size_t i = 0; i < section->keys; i++)
        if (section->key[i].required)
            lng_json_string(j, NULL, section->key[i].name);
    lng_json_end_array(j);
}

static void put_section(const schema *s, const lng_section *section)
{
    lng_json *j = s->json;
    const bool step = section == &lng_section_step; /* a scalar, too; and has a block's name for a key */
    lng_json_object(j, section_name(section));
    lng_json_string(j, "description", section->about);
    put_types(j, step ? TEXT " object" : "object");
    lng_json_object(j, "properties");
    put_keys(s, section);
    lng_json_end(j);
    put_required(j, section);
    if (!step)
        lng_json_bool(j, "additionalProperties", false);
    lng_json_end(j);
}

/* ---- attributes of blocks and ops ---- */
static void put_bound(const lng_attr_decl *w, lng_json *j, const char *key, double limit, int64_t exact)
{
    if (isfinite(limit) && (w->type == LNG_TYPE_INT || w->type == LNG_TYPE_INTS))
        lng_json_int(j, key, exact);
    else if (isfinite(limit))
        lng_json_number(j, key, limit);
}

static const char *const attribute_types[] = {[LNG_TYPE_INT] = "integer string object", [LNG_TYPE_FLOAT] = "number string object",
                                              [LNG_TYPE_BOOL] = "boolean string",       [LNG_TYPE_STRING] = "string",
                                              [LNG_TYPE_SHAPE] = "array string",        [LNG_TYPE_BLOCK] = "string object",
                                              [LNG_TYPE_INTS] = "integer array string"};

static void put_declared(lng_json *j, const lng_attr_decl *w)
{
    lng_json_object(j, w->name);
    lng_json_string(j, "description", w->text);
    put_types(j, attribute_types[w->other ? w->other->type : w->type]); /* a word is a string, which they all may be */
    put_bound(w, j, w->low_open ? "exclusiveMinimum" : "minimum", w->low, w->low_int);
    put_bound(w, j, w->high_open ? "exclusiveMaximum" : "maximum", w->high, w->high_int);
    if (w->choices > 0) {
        lng_json_array(j, "examples");
        for (size_t i = 0; i < w->choices; i++)
            lng_json_string(j, NULL, w->choice[i]);
        lng_json_end_array(j);
    }
    lng_json_end(j);
}

static void put_specified(lng_json *j, const lng_attr_spec *w)
{
    static const lng_type types[] = {
        [LNG_ATTR_INT] = LNG_TYPE_INT,     [LNG_ATTR_FLOAT] = LNG_TYPE_FLOAT, [LNG_ATTR_BOOL] = LNG_TYPE_BOOL,
        [LNG_ATTR_NAME] = LNG_TYPE_STRING, [LNG_ATTR_INTS] = LNG_TYPE_SHAPE,  [LNG_ATTR_PADDING] = LNG_TYPE_INTS};
    lng_json_object(j, w->name);
    lng_json_string(j, "description", w->about);
    put_types(j, attribute_types[types[w->type]]);
    if (w->low < w->high && (w->type == LNG_ATTR_INT || w->type == LNG_ATTR_FLOAT)) {
        lng_json_number(j, "minimum", w->low);
        lng_json_number(j, "maximum", w->high);
    }
    lng_json_end(j);
}

/* A key of a step: what stands behind the name of a block or op. needed: names of the attributes without a default. */
static void begin_call(lng_json *j, const char *name, const char *about, const lng_map *needed)
{
    lng_json_object(j, name);
    lng_json_string(j, "description", about ? about : "");
    put_types(j, lng_map_count(needed) ? "object" : "object null");
    lng_json_array(j, "required");
    for (size_t i = 0; i < lng_map_count(needed); i++)
        lng_json_string(j, NULL, lng_map_key(needed, i));
    lng_json_end_array(j);
    lng_json_bool(j, "additionalProperties", false);
    lng_json_object(j, "properties");
}

static void end_call(lng_json *j)
{
    lng_json_end(j);
    lng_json_end(j);
}

static void put_optional_port(lng_json *j, const lng_port_decl *port)
{
    lng_json_object(j, port->name);
    lng_json_string(j, "description", port->text);
    put_types(j, EXPRESSION);
    lng_json_end(j);
}

static void put_block(const schema *s, const lng_block *b)
{
    lng_map *needed = lng_map_new(s->arena);
    for (size_t i = 0; i < b->attrs; i++)
        if (!b->attr[i].fallback)
            lng_map_put(needed, b->attr[i].name, needed);
    begin_call(s->json, b->name, b->about, needed);
    for (size_t i = 0; i < b->ports; i++)
        if (b->port[i].optional)
            put_optional_port(s->json, &b->port[i]);
    for (size_t i = 0; i < b->attrs; i++)
        put_declared(s->json, &b->attr[i]);
    end_call(s->json);
}

static void put_op(const schema *s, const lng_op *op)
{
    lng_map *needed = lng_map_new(s->arena);
    for (int i = 0; i < op->n_attr; i++)
        if (op->attr[i].required)
            lng_map_put(needed, op->attr[i].name, needed);
    begin_call(s->json, op->name, op->about, needed);
    for (int i = 0; i < op->n_attr; i++)
        put_specified(s->json, &op->attr[i]);
    end_call(s->json);
}

/* Whether a step can call the op by its name alone. */
static bool is_called(const schema *s, const lng_op *op)
{
    return !(op->flags & LNG_OP_HIDDEN) && !lng_map_get(s->library->standard, op->name);
}

/* ---- steps that call what the library has ---- */
static const char calls[] = "calls";

static void put_calls(const schema *s)
{
    lng_json *j = s->json;
    lng_json_object(j, calls);
    lng_json_string(j, "description", "The steps of a file whose own blocks hide none of the library.");
    lng_json_object(j, "items");
    lng_json_object(j, "properties");
    put_reference(s, "do", calls);
    for (size_t i = 0; i < lng_map_count(s->library->standard); i++)
        put_block(s, lng_map_value(s->library->standard, i));
    for (size_t i = 0; i < lng_op_count; i++)
        if (is_called(s, lng_ops[i]))
            put_op(s, lng_ops[i]);
    lng_json_end(j);
    lng_json_end(j);
    lng_json_end(j);
}

/* Holds if none of the file's blocks has the name of a standard block or op. */
static void put_nothing_hidden(const schema *s)
{
    lng_json *j = s->json;
    lng_json_object(j, "if");
    lng_json_object(j, "properties");
    lng_json_object(j, "blocks");
    lng_json_object(j, "propertyNames");
    lng_json_object(j, "not");
    lng_json_array(j, "enum");
    for (size_t i = 0; i < lng_map_count(s->library->standard); i++)
        lng_json_string(j, NULL, lng_map_key(s->library->standard, i));
    for (size_t i = 0; i < lng_op_count; i++)
        if (is_called(s, lng_ops[i]))
            lng_json_string(j, NULL, lng_ops[i]->name);
    lng_json_end_array(j);
    for (int i = 0; i < 5; i++)
        lng_json_end(j);
}

static void put_strict_graphs(const schema *s)
{
    lng_json *j = s->json;
    lng_json_object(j, "then");
    lng_json_object(j, "properties");
    put_reference(s, "graph", calls);
    lng_json_object(j, "blocks");
    lng_json_object(j, "additionalProperties");
    lng_json_object(j, "properties");
    put_reference(s, "graph", calls);
    for (int i = 0; i < 5; i++)
        lng_json_end(j);
}

static bool read_blocks(const schema *s, lng_errors *errors)
{
    for (size_t i = 0; i < lng_map_count(s->library->standard); i++)
        if (!lng_block_read(s->arena, lng_map_value(s->library->standard, i), &lng_section_block, errors))
            return false;
    return true;
}

bool lng_schema_write(lng_text *out, lng_errors *errors)
{
    lng_json json = lng_json_new(out->arena, 2), *j = &json;
    const schema s = {j, out->arena, lng_library_new(out->arena, errors)};
    if (!read_blocks(&s, errors))
        return false;
    lng_json_object(j, NULL);
    lng_json_string(j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    lng_json_string(j, "title", "lngraph model file");
    lng_json_string(j, "$ref", "#/$defs/model");
    put_nothing_hidden(&s);
    put_strict_graphs(&s);
    lng_json_object(j, "$defs");
    for (size_t i = 0; i < lng_section_count; i++)
        put_section(&s, lng_sections[i]);
    put_calls(&s);
    lng_json_end(j);
    lng_json_end(j);
    lng_text_put(out, j->text.at, j->text.length);
    lng_text_add(out, "\n");
    return true;
}
