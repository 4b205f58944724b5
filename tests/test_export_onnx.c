/* The export to ONNX: files that the format's own rules allow, for every op that has a form there and for every shipped model; the other ops have a
 * reason. What the files compute is compared by tests/peer/onnx, for which this program leaves them, with inputs and outputs, in $LNG_ONNX_DIR. */
#include "base/file.h"
#include "data/learn.h"
#include "export/bytes.h"
#include "export/export.h"
#include "imported.h"
#include "op/cases.h"
#include "std/std.h"
#include "suite.h"
#include "tape/reference.h"
#include "train/session.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading Protocol Buffers ---- */
typedef struct message {
    const unsigned char *at, *end;
} message;
typedef struct entry {
    int field;
    uint64_t number; /* of wire type 0 */
    message part;    /* of wire type 2 */
} entry;

static uint64_t varint(message *m)
{
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        must(m->at < m->end && shift < 64);
        value |= (uint64_t)(*m->at & 127) << shift;
        if (*m->at++ < 128)
            return value;
    }
}

static bool next(message *m, entry *e)
{
    if (m->at == m->end)
        return false;
    const uint64_t tag = varint(m);
    *e = (entry){.field = (int)(tag >> 3)};
    must((tag & 7) == 0 || (tag & 7) == 2);
    e->number = varint(m);
    if ((tag & 7) == 2) {
        must(e->number <= (uint64_t)(m->end - m->at));
        e->part = (message){m->at, m->at + e->number};
        m->at += e->number;
    }
    return true;
}

static const char *text(message m)
{
    return lng_copy_n(arena, (const char *)m.at, (size_t)(m.end - m.at));
}

/* The first entry of a field; must exist. */
static entry find(message m, int field)
{
    entry e;
    while (next(&m, &e))
        if (e.field == field)
            return e;
    ck_abort_msg("field %d is missing", field);
    return e;
}

/* ---- the rules of a graph ---- */
static void check_initializer(message tensor, lng_map *known)
{
    static const size_t bytes[] = {[1] = 4, [6] = 4, [7] = 8, [11] = 8};
    const char *name = text(find(tensor, 8).part);
    const uint64_t type = find(tensor, 2).number;
    const message raw = find(tensor, 9).part;
    size_t size = 1;
    must(type == 1 || type == 6 || type == 7 || type == 11);
    for (entry e; next(&tensor, &e);)
        size *= e.field == 1 ? e.number : 1;
    ck_assert_msg((size_t)(raw.end - raw.at) == size * bytes[type], "%s: %zu bytes for %zu elements", name,
                  (size_t)(raw.end - raw.at), size);
    ck_assert_msg(!lng_map_put(known, name, known), "two tensors are called %s", name);
}

static void check_body(message graph, const lng_map *outside, lng_map *nodes);

static void check_node(message node, lng_map *known, lng_map *nodes)
{
    const char *name = text(find(node, 3).part), *type = text(find(node, 4).part);
    int outputs = 0;
    ck_assert_msg(!lng_map_put(nodes, name, nodes), "two nodes are called %s", name);
    must(*type >= 'A' && *type <= 'Z');
    for (entry e; next(&node, &e);) {
        const char *is = e.field <= 2 ? text(e.part) : "";
        if (e.field == 1)
            ck_assert_msg(lng_map_get(known, is) != NULL, "%s reads %s, which is not there before", name, is);
        if (e.field == 2 && ++outputs)
            ck_assert_msg(!lng_map_put(known, is, known), "two tensors are called %s", is);
        if (e.field == 5) {
            const uint64_t of = find(e.part, 20).number;
            must(of == 2 || of == 3 || of == 5 || of == 7);
            if (of == 5)
                check_body(find(e.part, 6).part, known, nodes);
        }
    }
    ck_assert_int_ge(outputs, 1);
}

static void check_port(message port, lng_map *known)
{
    const message tensor = find(find(port, 2).part, 1).part, first = find(find(tensor, 2).part, 1).part;
    ck_assert_str_eq(text(find(first, 2).part), "N");
    must(find(tensor, 1).number == 1 || find(tensor, 1).number == 6);
    must(!lng_map_put(known, text(find(port, 1).part), known));
}

/* The body of a loop reads what is known outside, too; its own names are in no other graph. */
static void check_body(message graph, const lng_map *outside, lng_map *nodes)
{
    lng_map *known = lng_map_new(arena), *own = lng_map_new(arena);
    for (size_t i = 0; i < lng_map_count(outside); i++)
        lng_map_put(known, lng_map_key(outside, i), known);
    for (message m = graph; m.at < m.end;) {
        entry e;
        must(next(&m, &e));
        must(e.field == 1 || e.field == 2 || e.field == 11 || e.field == 12);
        if (e.field == 11)
            must(!lng_map_put(known, text(find(e.part, 1).part), known));
    }
    for (message m = graph; m.at < m.end;) {
        entry e;
        must(next(&m, &e));
        if (e.field == 1)
            check_node(e.part, known, nodes);
    }
    for (message m = graph; m.at < m.end;) {
        entry e;
        must(next(&m, &e));
        if (e.field != 12)
            continue;
        const char *name = text(find(e.part, 1).part);
        must(lng_map_get(known, name) != NULL && !lng_map_get(outside, name) && !lng_map_put(own, name, own));
    }
}

static void check_file(const lng_text *file)
{
    const message model = {(const unsigned char *)file->at, (const unsigned char *)file->at + file->length};
    message graph = find(model, 7).part, rest = graph;
    lng_map *known = lng_map_new(arena), *nodes = lng_map_new(arena);
    ck_assert_int_eq((int)find(model, 1).number, 8);
    ck_assert_str_eq(text(find(model, 2).part), "lngraph");
    ck_assert_int_eq((int)find(find(model, 8).part, 2).number, LNG_ONNX_OPSET);
    for (entry e; next(&graph, &e);)
        if (e.field == 5)
            check_initializer(e.part, known);
        else if (e.field == 11)
            check_port(e.part, known);
    graph = rest;
    for (entry e; next(&graph, &e);)
        if (e.field == 1)
            check_node(e.part, known, nodes);
    const message out = find(rest, 12).part;
    ck_assert_str_eq(text(find(out, 1).part), "out");
    must(lng_map_get(known, "out") != NULL);
}

/* ---- examples, and the files for the peer ---- */
enum { OF_OPS = 32, OF_MODELS = 1000 };

typedef struct field {
    const char *name;
    float least, most;
    int64_t classes;
    const lng_column_spec *spec;
    int64_t row;
    const lng_value *is; /* NULL: nothing reads it */
    void *at;            /* as the file is to read it */
    lng_field data;      /* as the engine does */
} field;

static double part(uint32_t *state) /* from 0, below 1 */
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) * 0x1p-24;
}

static const uint32_t *rows(uint32_t n)
{
    uint32_t *row = LNG_NEW_N(arena, n, uint32_t);
    for (uint32_t i = 0; i < n; i++)
        row[i] = i;
    return row;
}

static void make_examples(field *f, size_t n, const lng_graph *g, int examples)
{
    const lng_value **reads = LNG_NEW_N(arena, n + 1, const lng_value *);
    uint32_t state = 1;
    lng_graph_reads(g, arena, reads);
    for (size_t i = 0; i < n; i++) {
        const int64_t size = reads[i] ? lng_shape_size(reads[i]->shape) : 0;
        f[i].is = reads[i];
        f[i].at = LNG_NEW_N(arena, (size_t)size * (size_t)examples + 1, float);
        if (!reads[i])
            continue;
        const bool whole = reads[i]->dtype == LNG_I32;
        f[i].data = (lng_field){f[i].at, whole ? LNG_FIELD_I32 : LNG_FIELD_F32, size};
        for (int64_t k = 0; k < size * examples; k++)
            if (whole)
                ((int32_t *)f[i].at)[k] = (int32_t)(part(&state) * (double)(f[i].classes > 0 ? f[i].classes : 2));
            else
                ((float *)f[i].at)[k] = (float)(f[i].least + (f[i].most - f[i].least) * part(&state));
    }
}

static bool is_scaled(const field *f)
{
    return f->is && f->is->dtype == LNG_F32 && f->spec && !f->spec->text && !f->spec->image;
}

/* Numbers of a table as its columns have them: some are missing, and all are far from what the model reads. */
static void make_columns(field *f, int examples)
{
    const int64_t n = f->data.size * examples;
    float *raw = f->at, *ready = LNG_NEW_N(arena, (size_t)n + 1, float);
    lng_column_spec *spec = LNG_NEW(arena, lng_column_spec);
    double *fill = LNG_NEW_N(arena, (size_t)f->row, double), *subtract = LNG_NEW_N(arena, (size_t)f->row, double),
           *divide = LNG_NEW_N(arena, (size_t)f->row, double);
    *spec = *f->spec;
    for (int64_t i = 0; i < f->row; i++) {
        fill[i] = 1900.1 + (double)i;
        subtract[i] = 2000.3 - (double)i;
        divide[i] = 7.7 + (double)i;
    }
    spec->fill = fill;
    if (spec->scale != LNG_SCALE_LOG1P && spec->scale != LNG_SCALE_NONE) {
        spec->subtract = subtract;
        spec->divide = divide;
    }
    for (int64_t i = 0; i < n; i++)
        ready[i] = raw[i] = i % 5 == 3 ? NAN : 2000 + 30 * raw[i];
    lng_array array = {.type = LNG_ARRAY_F32, .shape = lng_shape_of(1, f->row), .count = n / f->row, .at = ready};
    lng_failure failure = {0};
    must(lng_columns_apply(spec, &array, 0, &failure));
    f->spec = spec;
    f->data.at = ready;
}

/* What the model draws, as further inputs of the file. */
static size_t take_draws(field *f, const lng_graph *g, const lng_context *c, int examples)
{
    const bool *live = lng_graph_live(g, arena);
    size_t n = 0;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *from = g->node[i];
        if (!live[i] || !(from->op->flags & LNG_OP_RANDOM) || !from->out[0].per_example)
            continue;
        lng_graph *alone = lng_graph_new(arena, errors);
        const lng_value *v = lng_emit(alone, from->op, NULL, 0, from->attr, from->name);
        const lng_reference *r = lng_reference_run(arena, alone, LNG_IN_FLOAT, rows((uint32_t)examples), examples, c, NULL, NULL);
        const int64_t size = lng_shape_size(v->shape);
        float *at = LNG_NEW_N(arena, (size_t)(size * examples), float);
        for (int64_t e = 0; e < size * examples; e++)
            at[e] = (float)lng_reference_at(r, v, (int)(e / size), e % size);
        f[n++] = (field){.name = from->name, .is = v, .at = at, .data = {at, LNG_FIELD_F32, size}};
    }
    return n;
}

static void put_array(lng_text *to, const char *name, const lng_value *v, int examples, const char *end)
{
    lng_text_add(to, "{\"name\": \"%s\", \"type\": \"%s\", \"dims\": [%d", name, v->dtype == LNG_I32 ? "int32" : "float32",
                 examples);
    for (int i = 0; i < v->shape.rank; i++)
        lng_text_add(to, ", %lld", (long long)v->shape.dim[i]);
    lng_text_add(to, "]}%s", end);
}

static void put_words(lng_text *to, const void *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, (const char *)at + 4 * i, sizeof word);
        lng_put_number(to, word, 4);
    }
}

/* NAME.onnx; NAME.json, which lists the arrays; NAME.bin, which has them in this order: the inputs, and what the engine computes. */
static void leave(const char *name, const lng_text *file, const lng_graph *g, const field *f, size_t n, const void *outputs,
                  int examples)
{
    const char *to = getenv("LNG_ONNX_DIR");
    if (!to)
        return;
    lng_text list = lng_text_new(arena), arrays = lng_text_new(arena);
    const lng_value *out = lng_graph_find_output(g, "out");
    lng_text_add(&list, "[");
    for (size_t i = 0; i < n; i++)
        if (f[i].is) {
            put_array(&list, f[i].name, f[i].is, examples, ", ");
            put_words(&arrays, f[i].at, (size_t)(f[i].data.size * examples));
        }
    put_array(&list, "out", out, examples, "]\n");
    put_words(&arrays, outputs, (size_t)(lng_shape_size(out->shape) * examples));
    must(lng_file_write(lng_format(arena, "%s/%s.onnx", to, name), file->at, file->length, errors));
    must(lng_file_write(lng_format(arena, "%s/%s.json", to, name), list.at, list.length, errors));
    must(lng_file_write(lng_format(arena, "%s/%s.bin", to, name), arrays.at, arrays.length, errors));
}

static const char *const one_way[] = {"the operator Scan has no form here", "the operator GridSample has no form here"};

/* What the import makes of the file computes the same bits; of two ops that ONNX does not have, and of columns that are scaled, nearly the same. */
static void check_return(const char *name, const lng_text *file, const field *f, size_t n, const float *outputs, int examples)
{
    imported_input *in = LNG_NEW_N(arena, n + 1, imported_input);
    int64_t size;
    for (size_t i = 0; i < n; i++) {
        const int64_t all = f[i].data.size * examples;
        float *at = LNG_NEW_N(arena, (size_t)all + 1, float);
        for (int64_t k = 0; k < all; k++)
            at[k] = f[i].data.type == LNG_FIELD_I32 ? (float)((const int32_t *)f[i].at)[k] : ((const float *)f[i].at)[k];
        in[i] = (imported_input){f[i].name, at};
    }
    const float *got = imported_run(file, in, n, examples, &size);
    for (int i = 0; i < LENGTH(one_way) && !got; i++)
        if (strstr(lng_errors_text(errors, 0), one_way[i])) {
            lng_errors_clear(errors);
            return;
        }
    ck_assert_msg(got != NULL, "%s: %s", name, rendered(false));
    bool near = strncmp(name, "expm1-", 6) == 0 || strncmp(name, "log1p-", 6) == 0;
    for (size_t i = 0; i < n; i++)
        near = near || is_scaled(&f[i]);
    for (int64_t k = 0; k < size * examples; k++)
        ck_assert_msg(memcmp(&got[k], &outputs[k], sizeof *got) == 0 || (isnan(got[k]) && isnan(outputs[k])) ||
                          (near && fabsf(got[k] - outputs[k]) <= 1e-5f * fabsf(outputs[k])),
                      "%s: number %lld is %a, not %a\n%s", name, (long long)k, (double)got[k], (double)outputs[k],
                      imported_text(file));
}

/* ---- ops ---- */
#define MOST_CASES 200
/* Where operands come from: inputs; what was computed; what was computed with the channels first; constants, but for the first. */
enum { GIVEN, COMPUTED, IMAGES, CONSTANT, SOURCES };

typedef struct build {
    lng_graph *graph;
    field field[8 * MOST_CASES];
    size_t inputs;
} build;

static lng_value *operand(build *b, const lng_case *k, const lng_op *op, int i, int source)
{
    const bool whole = op->in[i].dtype == LNG_INT_ONLY || (op->in[i].dtype == LNG_ANY_DTYPE && k->integers);
    const bool free = k->low == 0 && k->high == 0;
    const double low = free ? -2 : k->low, high = free ? 2 : k->high;
    const lng_shape s = k->in[i];
    const bool weights =
        i == 1 && (op == &lng_op_conv2d || op == &lng_op_conv2d_transpose); /* shared, or they have no form in ONNX */
    if ((source == CONSTANT || weights) && i > 0 && !whole) {
        const lng_attr attr[] = {{.i = lng_shape_size(s)}, {.f = low}, {.f = (high - low) / (double)lng_shape_size(s)}};
        return lng_reshape(b->graph, lng_emit(b->graph, &lng_op_arange, NULL, 0, attr, NULL), s);
    }
    field *f = &b->field[b->inputs];
    *f = (field){.name = lng_format(arena, "x%zu", b->inputs),
                 .least = (float)low,
                 .most = (float)high,
                 .classes = whole ? (high > 1 ? (int64_t)high + 1 : 2) : 0};
    lng_value *x = lng_read_input(b->graph, (int)b->inputs++, f->name, s, whole ? LNG_I32 : LNG_F32);
    if (source == COMPUTED && !whole && low == -high)
        return lng_unary(b->graph, &lng_op_neg, x);
    if (source == IMAGES && !whole && s.rank == 3) {
        const lng_attr attr[] = {[LNG_POOL_SIZE] = {.v = lng_shape_of(2, (int64_t)1, (int64_t)1)},
                                 [LNG_POOL_PADDING] = {.s = "valid"},
                                 [LNG_POOL_CEIL] = {0}};
        return lng_emit(b->graph, &lng_op_max_pool, &x, 1, attr, NULL);
    }
    return x;
}

/* The result as a row of floats; NULL: it is shared. */
static lng_value *result(build *b, const lng_op *op, const lng_case *k, int source)
{
    lng_value *in[LNG_MAX_IN];
    int n = k->n_in;
    for (; k->n_in == 0 && n < op->n_in && (n < op->n_in - op->n_optional || k->in[n].rank > 0); n++)
        ;
    for (int i = 0; i < n; i++)
        in[i] = operand(b, k, op, i, source);
    lng_value *y = lng_emit(b->graph, op, in, n, k->default_attr ? NULL : k->attr, NULL);
    must(y != NULL);
    if (!y->per_example)
        return NULL;
    y = y->dtype == LNG_I32 ? lng_unary(b->graph, &lng_op_to_float, y) : y;
    return lng_reshape(b->graph, y, lng_shape_of(1, lng_shape_size(y->shape)));
}

static const void *compute(build *b, lng_tape *tape, lng_store *store)
{
    lng_team *team = lng_team_new(1);
    lng_engine *e = team ? lng_engine_new(tape, store, team, errors) : NULL;
    lng_field *data = LNG_NEW_N(arena, b->inputs + 1, lng_field);
    must(e != NULL);
    for (size_t i = 0; i < b->inputs; i++)
        data[i] = b->field[i].data;
    const lng_context context = {.field = data, .total_steps = 1};
    lng_engine_run(e, rows(OF_OPS), OF_OPS, &context);
    const size_t bytes = (size_t)lng_shape_size(lng_graph_find_output(b->graph, "out")->shape) * 4 * OF_OPS;
    void *copy = lng_alloc(arena, bytes);
    memcpy(copy, lng_engine_output(e, "out"), bytes);
    lng_engine_free(e);
    lng_team_free(team);
    return copy;
}

static void export_graph(build *b, const char *name)
{
    static const lng_meaning numbers = {.kind = LNG_MEANS_NUMBERS};
    const lng_context context = {.total_steps = 1};
    const lng_tape_options options = {.max_batch = OF_OPS, .isa = LNG_ISA_BASELINE};
    lng_onnx_field *of = LNG_NEW_N(arena, b->inputs + 1, lng_onnx_field);
    lng_store *store = lng_store_new(NULL, 0, errors);
    lng_tape *tape = lng_tape_compile(b->graph, NULL, 0, &options, errors);
    lng_text file = lng_text_new(arena);
    must(store && tape);
    for (size_t i = 0; i < b->inputs; i++)
        of[i].name = b->field[i].name;
    const lng_onnx_program p = {.title = name,
                                .graph = b->graph,
                                .store = store,
                                .context = &context,
                                .meaning = &numbers,
                                .field = of,
                                .fields = b->inputs};
    make_examples(b->field, b->inputs, b->graph, OF_OPS);
    if (!lng_onnx_write(&p, &file, errors))
        ck_abort_msg("%s: %s", name, lng_errors_text(errors, 0));
    check_file(&file);
    const void *outputs = compute(b, tape, store);
    leave(name, &file, b->graph, b->field, b->inputs, outputs, OF_OPS);
    check_return(name, &file, b->field, b->inputs, outputs, 2);
    lng_tape_free(tape);
    lng_store_free(store);
}

static bool is_exported(const lng_op *op)
{
    return !lng_onnx_lacks(op) && !(op->flags & LNG_OP_RANDOM) && !(op->flags & LNG_OP_HIDDEN) && op != &lng_op_input;
}

START_TEST(ops_make_valid_files)
{
    const lng_op *op = lng_ops[_i];
    const lng_op_cases *cases = lng_op_cases_of(op);
    for (int k = 0; is_exported(op) && cases && k < cases->n_cases; k++)
        for (int source = 0; source < SOURCES; source++) {
            build *b = LNG_NEW(arena, build);
            b->graph = lng_graph_new(arena, errors);
            lng_value *y = result(b, op, &cases->cases[k], source);
            if (!y)
                continue;
            lng_graph_output(b->graph, "out", y);
            export_graph(b, lng_format(arena, "%s-%d-%d", op->name, k, source));
        }
}
END_TEST

/* An op that is not listed here has a form in ONNX, or says why it has none. */
START_TEST(the_others_are_known)
{
    static const char *const shared[] = {"arange", "clock", "constant", "input", "orthonormal", "variable"};
    static const char *const unexported[] = {
        "conv2d_pool", "conv2d_pool_index",  "conv2d_pool_weights",    "conv2d_weight_grad", "fused",      "input_first",
        "max_mask",    "sample_affine_grad", "sample_affine_map_grad", "scatter_add",        "sum_product"};
    for (size_t i = 0; i < lng_op_count; i++) {
        const char *lacks = lng_onnx_lacks(lng_ops[i]);
        bool listed = false;
        for (int k = 0; k < LENGTH(shared); k++)
            listed = listed || strcmp(shared[k], lng_ops[i]->name) == 0;
        for (int k = 0; k < LENGTH(unexported); k++)
            listed = listed || strcmp(unexported[k], lng_ops[i]->name) == 0;
        const bool unknown = lacks && strcmp(lacks, "it has no form there yet") == 0;
        ck_assert_msg(unknown == listed, "%s: %s", lng_ops[i]->name,
                      unknown ? "add it to the table of the export" : "it has a row: take it from this list");
    }
}
END_TEST

/* ---- models ---- */
/* All variables move away from where they begin, so that none of them can be left out unnoticed. */
static void disturb(lng_store *s)
{
    uint32_t state = 7;
    for (size_t i = 0; i < s->floats; i++)
        s->at[i] += (float)(0.04 * part(&state) - 0.02);
}

/* A field of the model, and its examples. */
static field field_of(const lng_data_field *d)
{
    const bool image = d->shape.rank == 3;
    return (field){.name = d->name,
                   .least = image ? 0 : -1,
                   .most = image ? 255 : 1,
                   .classes = d->classes,
                   .spec = d->columns,
                   .row = lng_field_row(d)};
}

static void export_model(const lng_model *m, const char *name)
{
    lng_team *team = lng_team_new(1);
    const lng_subject subject = lng_subject_of_model(m);
    const int examples = getenv("LNG_ONNX_DIR") ? OF_MODELS : 4;
    lng_session *s = lng_session_new(&subject, LNG_PREDICT, examples, team, errors);
    field *f = LNG_NEW_N(arena, m->fields + 64, field);
    lng_field *data = LNG_NEW_N(arena, m->fields + 1, lng_field);
    lng_onnx_field *of = LNG_NEW_N(arena, m->fields + 1, lng_onnx_field);
    ck_assert_msg(s && lng_session_initialize(s, errors), "%s: %s", name, lng_errors_text(errors, 0));
    const lng_runner *runner = lng_session_runner(s, LNG_PREDICT);
    disturb(s->store);
    for (size_t i = 0; i < m->fields; i++)
        f[i] = field_of(&m->field[i]);
    make_examples(f, m->fields, runner->plain, examples);
    for (size_t i = 0; i < m->fields; i++) {
        if (is_scaled(&f[i]))
            make_columns(&f[i], examples);
        data[i] = f[i].data;
        of[i] = (lng_onnx_field){f[i].name, f[i].spec, f[i].row};
    }
    const lng_context context = lng_session_context(s, data);
    const lng_meaning meaning = lng_meaning_of(arena, m, NULL);
    const size_t inputs = m->fields + take_draws(f + m->fields, runner->plain, &context, examples);
    const lng_onnx_program p = {.title = m->name,
                                .note = m->note,
                                .graph = runner->plain,
                                .store = s->store,
                                .context = &context,
                                .meaning = &meaning,
                                .field = of,
                                .fields = m->fields};
    lng_text file = lng_text_new(arena);
    if (lng_onnx_write(&p, &file, errors)) {
        check_file(&file);
        must(lng_session_run(s, LNG_PREDICT, rows((uint32_t)examples), examples, &context, errors));
        const void *outputs = lng_runner_column(runner, "out").at;
        leave(name, &file, runner->plain, f, inputs, outputs, examples);
        check_return(name, &file, f, inputs, outputs, 4);
    }
    lng_session_free(s);
    lng_team_free(team);
}

START_TEST(shipped_models_make_valid_files)
{
    const lng_std_file *file = &lng_shipped_files[_i];
    lng_model *m = lng_model_parse(file->name, file->text, strlen(file->text), NULL, 0, errors);
    ck_assert_msg(m != NULL, "%s: %s", file->name, lng_errors_text(errors, 0));
    export_model(m, lng_format(arena, "model-%s", file->name));
    ck_assert_msg(lng_errors_count(errors) == 0, "%s: %s", file->name, lng_errors_text(errors, 0));
    lng_model_free(m);
}
END_TEST

/* Loops: in reverse, within each other, counted, with a mask, with several values, of images, and what they read of each other and of outside. */
static const char *const scans[] = {
    "graph:\n  - image[:, :, 0] / 255\n  - bidirectional: {layer: gru(units=5)}\n  - it[0]\n",
    "graph:\n  - image[:, :, 0] / 255\n  - rnn(it, it[:, 9] > 0.5, units=5, reverse=true)\n  - lstm: {units: 4}\n  - it[-1]\n",
    "let:\n  h, k:\n    start: zeros([3]), ones([2])\n    scan: 4\n    as: i\n    do: concat(k, ones([1])) + to_float(i) * mean(image), k * 0.5\n"
    "    stack: {all: h * 2, twos: k}\ngraph:\n  - concat(h, all[1], twos[2], flatten(twos))\n",
    "let:\n  k:\n    start: image[0, :3, 0]\n    scan: 5\n    do: 1 - k / 300\ngraph:\n  - k\n",
    "blocks:\n  inner:\n    in: row[n], of[n]\n    let:\n      s:\n        start: zeros([3])\n        scan: row, of\n        as: a, b\n        do: s * 0.5 + "
    "tanh(a * b + dense(reshape(a, shape=[1]), units=3))\n        stack: {all: s}\n        reverse: true\n    out: s + all[0] * mean(of)\n"
    "let:\n  h:\n    start: zeros([3])\n    scan: image[:6, :, 0] / 255\n    as: row\n    do: 0.5 * h + inner(row, image[7, :, 0])\n    stack: {states: "
    "h}\n    reverse: true\ngraph:\n  - flatten(states) - tile(h, count=6)\n",
    "let:\n  h:\n    start: zeros([28, 28, 2])\n    scan: 3\n    do: conv2d(concat(image / 255, h), filters=2, kernel=3, padding=same, activation=relu)\n"
    "    stack: {maps: h}\ngraph:\n  - conv2d(h, filters=1, kernel=5) \n  - flatten(it) + mean(maps)\n",
};

START_TEST(scans_make_valid_files)
{
    const char *text = lng_format(
        arena, "lngraph: 1\nname: scan\ndata: {source: mnist}\nin: image[28, 28, 1], label\n%s  - dense: {units: 10}\n%s",
        scans[_i], "train:\n  loss: softmax_cross_entropy(out, label)\n  optimizer: sgd(lr=0.1)\n");
    lng_model *m = lng_model_parse("scan.yaml", text, strlen(text), NULL, 0, errors);
    ck_assert_msg(m != NULL, "%s", lng_errors_text(errors, 0));
    export_model(m, lng_format(arena, "scan-%d", _i));
    ck_assert_msg(lng_errors_count(errors) == 0, "%s", lng_errors_text(errors, 0));
    lng_model_free(m);
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(ops_make_valid_files, (int)lng_op_count),
                                LOOP(scans_make_valid_files, LENGTH(scans)),
                                TEST(the_others_are_known),
                                LOOP(shipped_models_make_valid_files, (int)lng_shipped_count),
                                {0}};
    return suite_run("export to ONNX", tests, NULL, NULL);
}
