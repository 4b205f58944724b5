/* From a graph of ONNX to a model: which nodes are needed, what their operands are, and what is wrong with them (import.h). */
#include "import/build.h"
#include <string.h>

/* ---- what is needed ---- */
static void count_read(lng_importer *m, const char *tensor)
{
    int *n = lng_map_get(m->reads, tensor);
    if (!n)
        lng_map_put(m->reads, tensor, n = LNG_NEW(m->arena, int));
    ++*n;
}

/* Of the first output. A node stands behind those that it reads. */
static bool *needed_nodes(lng_importer *m)
{
    const lng_foreign *g = m->net;
    bool *needed = LNG_NEW_N(m->arena, g->nodes + 1, bool);
    count_read(m, g->out[0].name);
    for (size_t i = g->nodes; i-- > 0;) {
        for (size_t k = 0; k < g->node[i].outs; k++)
            needed[i] = needed[i] || lng_map_get(m->reads, g->node[i].out[k]);
        for (size_t k = 0; needed[i] && k < g->node[i].ins; k++)
            if (*g->node[i].in[k])
                count_read(m, g->node[i].in[k]);
    }
    return needed;
}

/* All operators without a form, each with the names of its nodes. */
static bool check_operators(lng_importer *m, const bool *needed)
{
    enum { SHOWN = 8 };
    lng_map *missing = lng_map_new(m->arena);
    for (size_t i = 0; i < m->net->nodes; i++) {
        const lng_foreign_node *n = &m->net->node[i];
        if (!needed[i] || lng_import_row_of(n))
            continue;
        const char *type = *n->domain ? lng_format(m->arena, "%s of %s", n->type, n->domain) : n->type;
        lng_text *names = lng_map_get(missing, type);
        if (!names) {
            lng_map_put(missing, type, names = LNG_NEW(m->arena, lng_text));
            *names = lng_text_new(m->arena);
        }
        if (names->capacity < 400) /* a few lines */
            lng_text_add(names, "%s`%s`", names->length ? ", " : "", n->name);
        else if (strcmp(names->at + names->length - 3, "...") != 0)
            lng_text_add(names, ", ...");
    }
    for (size_t i = 0; i < lng_map_count(missing); i++)
        lng_error(m->errors, LNG_E_ONNX, (lng_place){.source = m->source}, "the operator %s has no form here: %s",
                  lng_map_key(missing, i), ((lng_text *)lng_map_value(missing, i))->at);
    return lng_map_count(missing) == 0;
}

/* ---- inputs ---- */
static bool is_of_images(const char *type)
{
    static const char *const all[] = {
        "AveragePool",   "BatchNormalization",    "Conv", "ConvTranspose", "DepthToSpace", "GlobalAveragePool",
        "GlobalMaxPool", "InstanceNormalization", "LRN",  "MaxPool",       "Resize",       "SpaceToDepth"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i], type) == 0)
            return true;
    return false;
}

/* The tensors that a layer of images reads, if need be after a change of each number. */
static lng_map *images_of(lng_importer *m, const bool *needed)
{
    lng_map *images = lng_map_new(m->arena);
    for (size_t i = m->net->nodes; i-- > 0;) {
        const lng_foreign_node *n = &m->net->node[i];
        const lng_import_row *row = lng_import_row_of(n);
        const bool passes = row && (row->node == lng_import_pointwise || row->node == lng_import_activation ||
                                    row->node == lng_import_add || row->node == lng_import_div || row->node == lng_import_cast ||
                                    row->node == lng_import_same || row->node == lng_import_clip || row->node == lng_import_pad);
        if (needed[i] && n->ins && (is_of_images(n->type) || (passes && n->outs && lng_map_get(images, n->out[0]))))
            for (size_t k = 0; k < n->ins; k++)
                lng_map_put(images, n->in[k], m);
    }
    return images;
}

static bool refuse_input(lng_importer *m, const char *name, const char *why)
{
    return lng_error(m->errors, LNG_E_ONNX, (lng_place){.source = m->source}, "the input `%s` %s", name, why);
}

static bool take_input(lng_importer *m, const lng_foreign_port *p, const lng_map *images)
{
    const bool integer = lng_foreign_is_whole(p->type);
    if (!p->shaped || p->shape.rank < 1)
        return refuse_input(m, p->name, "has no shape whose first dimension is the examples");
    if (p->type < 1 || p->type == LNG_FOREIGN_STRING)
        return refuse_input(m, p->name, "has elements that are no numbers");
    const lng_shape s = lng_shape_row(p->shape);
    for (int i = 0; i < s.rank; i++)
        if (s.dim[i] < 1)
            return refuse_input(m, p->name, "has a dimension of a size that is not known, beside the examples");
    if (lng_shape_size(s) < 0)
        return refuse_input(m, p->name, "has more than 2^31 elements");
    lng_import_value *v = LNG_NEW(m->arena, lng_import_value);
    *v = (lng_import_value){.tensor = p->name, .shape = s, .per_example = true, .name = lng_import_identifier(m, p->name)};
    const bool picture = s.rank == 3 && s.dim[0] <= 4 && s.dim[1] > 4 && s.dim[2] > 4;
    if (s.rank > 1 && !integer && (lng_map_get(images, p->name) || picture))
        v->order = LNG_IMPORT_LAST;
    m->field[m->fields++] = v;
    const char *form = s.rank ? "$0" : "reshape($0, shape=[])";
    lng_import_value *is = v;
    if (s.rank == 0) /* a field of numbers has a dimension */
        v->shape = lng_shape_of(1, (int64_t)1);
    if (integer) /* and floats */
        form = lng_format(m->arena, "to_int(%s)", form);
    if (integer || s.rank == 0) {
        is = LNG_NEW(m->arena, lng_import_value);
        *is = (lng_import_value){.tensor = p->name, .shape = s, .per_example = true, .integer = integer};
        lng_import_unary(m, is, form, v);
    }
    lng_map_put(m->values, p->name, is);
    return true;
}

static void take_constants(lng_importer *m)
{
    for (size_t i = 0; i < m->net->tensors; i++) {
        const lng_foreign_tensor *t = &m->net->tensor[i];
        lng_import_value *v = LNG_NEW(m->arena, lng_import_value);
        *v = (lng_import_value){.tensor = t->name, .shape = t->shape, .integer = lng_foreign_is_whole(t->type), .constant = t};
        lng_map_put(m->values, t->name, v);
    }
}

static bool take_inputs(lng_importer *m, const bool *needed)
{
    const lng_map *images = images_of(m, needed);
    bool good = true;
    m->field = LNG_NEW_N(m->arena, m->net->ins + 1, lng_import_value *);
    for (size_t i = 0; i < m->net->ins; i++)
        if (lng_map_get(m->reads, m->net->in[i].name) && !lng_map_get(m->values, m->net->in[i].name))
            good = take_input(m, &m->net->in[i], images) && good;
    return good;
}

/* ---- nodes ---- */
static bool check_operands(lng_importer *m, const lng_import_row *row, bool *broken)
{
    const lng_foreign_node *n = m->node;
    if ((int)n->ins < row->least || (int)n->ins > row->most || n->outs == 0)
        return lng_import_refuse(m, "it has %zu operands", n->ins);
    for (int i = 0; i < (int)n->ins; i++) {
        const lng_import_value *v = lng_import_in(m, i);
        if (!*n->in[i] && i < row->least)
            return lng_import_refuse(m, "operand %d is missing", i + 1);
        if (*n->in[i] && !v)
            return lng_import_refuse(m, "it reads `%s`, which nothing before it computes", n->in[i]);
        *broken = *broken || (v && v->broken);
    }
    return true;
}

/* Whether a node can have operands whose examples are not their first dimension. */
static bool takes_turns_first(const lng_import_row *row)
{
    static lng_import_node *const all[] = {lng_import_pointwise, lng_import_activation, lng_import_add,       lng_import_same,
                                           lng_import_cast,      lng_import_matmul,     lng_import_transpose, lng_import_squeeze,
                                           lng_import_gather,    lng_import_reshape,    lng_import_unsqueeze, lng_import_recurrent};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] == row->node)
            return true;
    return false;
}

/* All operands that are of examples have them in one place, and so do the results, if the node does not move them. */
static bool find_examples(lng_importer *m, const lng_import_row *row)
{
    bool any = false;
    m->examples = 0;
    for (int i = 0; i < (int)m->node->ins; i++) {
        const lng_import_value *v = lng_import_in(m, i);
        if (!v || !v->per_example)
            continue;
        if ((any && v->examples != m->examples) || (v->examples && !takes_turns_first(row)))
            return lng_import_mixes(m);
        any = true;
        m->examples = v->examples;
    }
    return true;
}

static bool take_node(lng_importer *m)
{
    const lng_import_row *row = lng_import_row_of(m->node);
    bool broken = false, folded = false;
    if (!check_operands(m, row, &broken) || broken)
        return false;
    if (!lng_import_fold(m, &folded) || folded)
        return folded;
    if (!find_examples(m, row))
        return false;
    return row->node ? row->node(m) : lng_import_refuse(m, "only constants can be its operands");
}

/* A node that cannot be imported breaks what reads it, which is not reported again. */
static bool take_nodes(lng_importer *m, const bool *needed)
{
    bool good = true;
    for (size_t i = 0; i < m->net->nodes; i++) {
        m->node = &m->net->node[i];
        if (!needed[i] || take_node(m))
            continue;
        good = false;
        for (size_t k = 0; k < m->node->outs; k++)
            lng_import_result(m, (int)k, (lng_shape){0}, LNG_IMPORT_PLAIN, true, false)->broken = true;
    }
    return good;
}

/* ---- the whole ---- */
static const char *other_outputs(lng_importer *m)
{
    lng_text names = lng_text_new(m->arena);
    for (size_t i = 1; i < m->net->outs; i++)
        lng_text_add(&names, "%s%s", i > 1 ? ", " : "", m->net->out[i].name);
    return names.length ? names.at : NULL;
}

bool lng_import_onnx(lng_arena *arena, const lng_source *source, const lng_foreign *net, const lng_import_frame *frame,
                     lng_imported *to, lng_errors *errors)
{
    static const lng_foreign_node nothing = {.name = "", .type = "value", .domain = ""};
    lng_importer m = {.arena = arena,
                      .errors = errors,
                      .source = source,
                      .net = net,
                      .node = &nothing,
                      .values = lng_map_new(arena),
                      .reads = lng_map_new(arena),
                      .taken = lng_map_new(arena)};
    lng_map_put(m.taken, "label", &m);
    lng_map_put(m.taken, "target", &m);
    const bool *needed = needed_nodes(&m);
    take_constants(&m);
    if (!check_operators(&m, needed) || !take_inputs(&m, needed) || !take_nodes(&m, needed) || lng_errors_count(errors))
        return false;
    lng_import_value *out = lng_map_get(m.values, net->out[0].name);
    if (!out || out->constant || m.fields == 0)
        return lng_error(errors, LNG_E_ONNX, (lng_place){.source = source}, "the output `%s` depends on no input",
                         net->out[0].name);
    if (out->examples)
        return lng_error(errors, LNG_E_ONNX, (lng_place){.source = source},
                         "the output `%s` has the examples as dimension %d, not as the first", net->out[0].name, out->examples + 1);
    m.node = &nothing;
    m.examples = 0;
    out = out->order == LNG_IMPORT_FLAT ? lng_import_arranged(&m, out, LNG_IMPORT_PLAIN) : out;
    *to = (lng_imported){.left = other_outputs(&m)};
    lng_import_write(&m, out, frame, to);
    return !lng_errors_count(errors);
}
