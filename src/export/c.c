/* A model as one C file and a header. */
#include "export/c.h"
#include "config.h"
#include "lang/model.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

#define CALL_BYTES 1024 /* of stack, for the registers that a compiler saves and the few numbers that functions keep */

/* ---- compiling ---- */
static const char *lacks(const lng_c *c, const lng_node *n)
{
    if (c->steps)
        return lng_c_is_computed(c, &n->out[0]) ? lng_c_step_lacks(n->op) : NULL;
    if (c->learner && n->op->flags & LNG_OP_RANDOM)
        return NULL;
    const bool across = n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS), stored = n->op->flags & LNG_OP_STORED;
    return (lng_c_is_computed(c, &n->out[0]) && !stored) || across ? lng_c_lacks(n->op) : NULL;
}

static bool check_ops(lng_c *c)
{
    const lng_graph *g = c->graph;
    bool good = true;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        const char *why = c->live[i] ? lacks(c, n) : NULL;
        if (why)
            good = lng_error(c->errors, LNG_E_NOT_YET, n->place, "`%s` cannot be exported to C: %s (%s)", n->op->name, why,
                             n->name ? n->name : n->op->name);
    }
    return good;
}

static bool emit_node(lng_c *c, const lng_node *n)
{
    if (!c->live[n->id] || !c->computed[n->id] || n->op->flags & LNG_OP_STORED)
        return true;
    const bool good = lng_c_row_of(n->op)->emit(c, n);
    if (n->op->flags & LNG_OP_BATCH)
        lng_c_part_end(c, n);
    lng_c_leave(c, n);
    *(c->steps ? &c->program->step_multiply_adds : &c->program->multiply_adds) += lng_node_cost(n);
    return good;
}

static bool emit(lng_c *c)
{
    bool good = true;
    for (size_t i = 0; i < c->entries && good; i++) {
        const lng_entry *e = &c->order[i];
        const bool begins = e->what == LNG_ENTRY_BEGIN;
        c->now = (int)i + 1;
        if (e->what == LNG_ENTRY_NODE)
            good = emit_node(c, e->node);
        else if (!e->loop)
            (begins ? lng_c_examples_begin : lng_c_examples_end)(c);
        else
            (begins ? lng_c_loop_begin : lng_c_loop_end)(c, e->loop);
    }
    return good;
}

/* Numbers that every machine makes alike, for the self-test. */
static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

void lng_c_make_example(const lng_c_field *f, const lng_value *v, int64_t example, uint32_t *state)
{
    const int64_t size = lng_shape_size(v->shape);
    const float span = f->most - f->least;
    for (int64_t k = example * size; k < (example + 1) * size; k++) {
        const uint32_t number = next(state);
        const float part = (float)number * 0x1p-24f, moved = span * part;
        if (v->dtype == LNG_I32)
            ((int32_t *)f->example)[k] = (int32_t)(number % (uint32_t)(f->classes > 0 ? f->classes : 2));
        else
            ((float *)f->example)[k] = f->least + moved;
    }
}

static void make_examples(const lng_c *c)
{
    const lng_value **reads = lng_c_reads(c);
    uint32_t state = 1;
    for (size_t i = 0; i < c->program->fields; i++) {
        lng_c_field *f = &c->program->field[i];
        f->name = reads[i] ? f->name : NULL;
        if (reads[i])
            f->example = LNG_NEW_N(c->arena, (size_t)lng_shape_size(reads[i]->shape) * LNG_C_EXAMPLES, float);
    }
    for (int e = 0; e < LNG_C_EXAMPLES; e++)
        for (size_t i = 0; i < c->program->fields; i++)
            if (reads[i])
                lng_c_make_example(&c->program->field[i], reads[i], e, &state);
}

static bool *learned(const lng_graph *g, lng_arena *arena)
{
    bool *from = LNG_NEW_N(arena, g->nodes + 1, bool);
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        from[i] = n->op->flags & LNG_OP_STORED || n->op == &lng_op_loop_carry;
        for (int k = 0; k < n->n_in; k++)
            from[i] = from[i] || from[n->in[k]->node->id];
    }
    return from;
}

/* What the program computes: all that belongs to the example; if it trains, also what the variables lead to, and in a step what the run's state does. */
static bool *find_computed(const lng_c *c)
{
    bool *computed = LNG_NEW_N(c->arena, c->graph->nodes + 1, bool);
    for (size_t i = 0; i < c->graph->nodes; i++) {
        const lng_node *n = c->graph->node[i];
        computed[i] = n->out[0].per_example || (c->learner && n->op->flags & LNG_OP_STORED) ||
                      (c->steps && (n->op == &lng_op_clock || n->op->flags & (LNG_OP_RANDOM | LNG_OP_BATCH)));
        for (int k = 0; k < n->n_in && c->learner; k++)
            computed[i] = computed[i] || computed[n->in[k]->node->id];
    }
    return computed;
}

/* What the output, or in a step the loss and the updates, depend on. */
static bool *find_live(const lng_c *c)
{
    bool *live = LNG_NEW_N(c->arena, c->graph->nodes + 1, bool);
    live[c->out->node->id] = true;
    for (size_t i = 0; i < c->graph->updates; i++)
        live[c->graph->update[i].value->node->id] = true;
    lng_graph_mark_needed(c->graph, live);
    return live;
}

const lng_value **lng_c_reads(const lng_c *c)
{
    const lng_value **reads = LNG_NEW_N(c->arena, c->program->fields + 1, const lng_value *);
    for (size_t i = 0; i < c->graph->nodes; i++)
        if (c->live[i] && c->graph->node[i]->op == &lng_op_input)
            reads[c->graph->node[i]->attr[LNG_INPUT_INDEX].i] = &c->graph->node[i]->out[0];
    return reads;
}

bool lng_c_compile_graph(lng_c *c, const lng_graph *graph)
{
    const lng_c_program *p = c->program;
    c->graph = graph;
    c->steps = graph == p->step;
    c->draws = false;
    c->example = "e";
    c->calls = lng_text_new(c->arena);
    c->out = lng_graph_find_output(graph, c->steps ? "loss" : "out");
    c->live = find_live(c);
    c->computed = find_computed(c);
    c->learned = learned(graph, c->arena);
    const bool classes = p->meaning->kind == LNG_MEANS_CLASSES && p->meaning->classes == lng_shape_size(c->out->shape);
    c->out_name = c->steps ? NULL : classes ? "probability" : "out";
    lng_c_memory_begin(c);
    if (!check_ops(c))
        return false;
    c->shared = lng_reference_run(c->arena, graph, LNG_IN_FLOAT, NULL, 0, p->context, lng_export_variable, (void *)p->store);
    if (!emit(c))
        return false;
    if (c->steps)
        lng_c_update(c);
    return true;
}

bool lng_c_compile(lng_c_program *p, lng_arena *arena, lng_errors *errors)
{
    static const char *const taken[] = {"context",   "predict", "name",  "state",  "next",   "expected",  "flush",   "flush_begin",
                                        "flush_end", "weights", "open",  "read",   "begin",  "train",     "save",    "restore",
                                        "word",      "put",     "check", "losses", "states", "generator", "between", "digest"};
    lng_c *c = p->made = LNG_NEW(arena, lng_c);
    *c = (lng_c){.arena = arena, .errors = errors, .program = p, .functions = lng_map_new(arena), .names = lng_map_new(arena)};
    c->code = lng_text_new(arena);
    lng_c_math_names(c->names);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        lng_map_put(c->names, taken[i], c);
    for (size_t i = 0; i < p->fields; i++)
        p->field[i].name = lng_c_parameter(arena, p->field[i].name);
    if (p->step)
        return lng_c_compile_learner(c);
    if (!lng_c_compile_graph(c, p->graph))
        return false;
    make_examples(c);
    p->weight_bytes = lng_c_constant_bytes(c);
    if (p->apart && p->weight_bytes > UINT32_MAX)
        return lng_error(errors, LNG_E_LIMIT, (lng_place){0}, "a file of weights has at most 4 GB, not %lld bytes",
                         (long long)p->weight_bytes);
    p->context_bytes = 4 * (lng_c_floats(c) + lng_c_integers(c)) + lng_c_bytes(c);
    p->stack_bytes = CALL_BYTES;
    p->code_bytes = (int64_t)(c->code.length + c->calls.length) / 2;
    return true;
}

/* ---- text ---- */
/* `$` and `@` become names; see c.h. */
void lng_c_put(const lng_c *c, lng_text *to, const char *text)
{
    const char *name = c->program->name;
    for (const char *at = text; *at;) {
        const size_t n = strcspn(at, "$@");
        lng_text_put(to, at, n);
        at += n;
        if (!*at)
            return;
        for (const char *k = name; *k; k++) {
            const char letter = *at == '@' ? (char)toupper((unsigned char)*k) : *k;
            lng_text_put(to, &letter, 1);
        }
        lng_text_put(to, "_", 1);
        at++;
    }
}

const char *lng_c_safe(lng_arena *arena, const char *text) /* in a comment */
{
    char *copy = lng_copy(arena, text);
    for (char *at = copy; *at; at++)
        if (*at == '*' || *at == '$' || *at == '@' || (unsigned char)*at < ' ')
            *at = '.';
    return copy;
}

/* The parameters of the program's function, with their sizes. */
const char *lng_c_parameters(const lng_c *c)
{
    const lng_value **reads = lng_c_reads(c);
    const lng_c_program *p = c->program;
    lng_text t = lng_text_new(c->arena);
    lng_text_add(&t, p->apart ? "$context *c, const $weights *w" : c->draws ? "$context *c, uint32_t number" : "$context *c");
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            lng_text_add(&t, ", const %s %s[%lld]", lng_c_type(reads[i]), p->field[i].name,
                         (long long)lng_shape_size(reads[i]->shape));
    lng_text_add(&t, ", %s %s[%lld]", lng_c_type(c->out), c->out_name, (long long)lng_shape_size(c->out->shape));
    return t.at;
}

static int64_t names_of(const lng_c *c)
{
    const lng_meaning *m = c->program->meaning;
    return m->name ? m->names : 0;
}

void lng_c_declare_names(const lng_c *c, lng_text *to)
{
    if (names_of(c))
        lng_text_add(to, "/* What the outputs are called. */\nextern const char *const $name[%lld];\n\n", (long long)names_of(c));
}

static void write_header(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    lng_arena *a = c->arena;
    const lng_value **reads = lng_c_reads(c);
    char shape[LNG_SHAPE_TEXT];
    lng_text t = lng_text_new(a);
    lng_text_add(&t,
                 "/* %s, as lngraph " PACKAGE_VERSION " exported it.\n *\n"
                 " *     RAM             %lld bytes of context, and about %lld of stack\n"
                 " *     flash           %lld bytes of weights%s, and about %lld of code\n"
                 " *     multiply-adds   %lld\n *\n"
                 " * A context is memory for one prediction at a time; it need not be cleared. */\n"
                 "#ifndef @H\n#define @H\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
                 lng_c_safe(a, p->title), (long long)p->context_bytes, (long long)p->stack_bytes, (long long)p->weight_bytes,
                 p->apart ? " in a file of their own" : "", (long long)p->code_bytes, (long long)p->multiply_adds);
    lng_text_add(&t, "#define @CONTEXT_BYTES %lld\n#define @OUTPUTS %lld\n", (long long)p->context_bytes,
                 (long long)lng_shape_size(c->out->shape));
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            lng_text_add(&t, "#define @INPUTS_%s %lld /* %s */\n", p->field[i].name, (long long)lng_shape_size(reads[i]->shape),
                         lng_shape_text(shape, reads[i]->shape));
    lng_text_add(&t, "\ntypedef struct $context {\n    float f[%lld];\n    int32_t i[%lld];\n", (long long)lng_c_floats(c),
                 (long long)lng_c_integers(c));
    if (lng_c_bytes(c))
        lng_text_add(&t, "    int8_t q[%lld];\n", (long long)lng_c_bytes(c));
    lng_text_add(&t, "} $context;\n\n");
    if (p->apart)
        lng_c_file_declare(c, &t);
    lng_c_declare_names(c, &t);
    lng_c_prepare_declare(c, reads, &t);
    lng_text_add(&t, "/* Computes one example: %s is %s. */\nvoid $predict(%s);\n",
                 strcmp(c->out_name, "out") == 0 ? "out" : "the probability of each class", lng_shape_text(shape, c->out->shape),
                 lng_c_parameters(c));
    lng_text_add(&t, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    lng_c_put(c, to, t.at);
}

void lng_c_write_predict(const lng_c *c, lng_text *to)
{
    lng_text_add(to, "void $predict(%s)\n{\n    const uint32_t mode = $flush_begin();\n", lng_c_parameters(c));
    if (c->calls.length == 0 || !strstr(c->calls.at, "c->"))
        lng_text_add(to, "    (void)c;\n");
    if (c->program->apart && (c->calls.length == 0 || !strstr(c->calls.at, "w->")))
        lng_text_add(to, "    (void)w;\n");
    lng_text_put(to, c->calls.at, c->calls.length);
    if (!lng_c_is_computed(c, lng_c_behind(c->out)) || !lng_c_home_of(c, c->out)->out)
        lng_text_add(to, "    memcpy(%s, %s, sizeof *%s * %lld);\n", c->out_name, lng_c_at((lng_c *)c, c->out), c->out_name,
                     (long long)lng_shape_size(c->out->shape));
    lng_text_add(to, "    $flush_end(mode);\n}\n");
}

void lng_c_write_names(const lng_c *c, lng_text *to)
{
    const int64_t n = names_of(c);
    if (!n)
        return;
    lng_text_add(to, "const char *const $name[%lld] = {", (long long)n);
    for (int64_t i = 0; i < n; i++)
        lng_text_add(to, "%s\"%s\"", i ? ", " : "", lng_c_quoted(c->arena, c->program->meaning->name[i]));
    lng_text_add(to, "};\n\n");
}

/* ---- the self-test ---- */
static void write_expected(const lng_c *c, lng_text *to)
{
    const int64_t size = lng_shape_size(c->out->shape);
    lng_text_add(to, "static const uint32_t $expected[%d][%lld] = {\n", LNG_C_EXAMPLES, (long long)size);
    for (int e = 0; e < LNG_C_EXAMPLES; e++) {
        lng_text_add(to, "    {");
        for (int64_t i = 0; i < size; i++)
            lng_text_add(to, "%s0x%08xu",
                         i == 0  ? ""
                         : i % 8 ? ", "
                                 : ",\n     ",
                         ((const uint32_t *)c->program->expects)[e * size + i]);
        lng_text_add(to, "},\n");
    }
    lng_text_add(to, "};\n\n");
}

static void write_test(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    const lng_value **reads = lng_c_reads(c);
    const long long size = (long long)lng_shape_size(c->out->shape);
    lng_text arguments = lng_text_new(c->arena);
    lng_text_add(
        to,
        "\n#ifdef @TEST\n"
        "/* Examples from a generator of numbers, and the bits that lngraph computes for them. The status is the number of wrong ones. */\n"
        "#include <stdio.h>\n\n");
    write_expected(c, to);
    lng_text_add(to, "static uint32_t $state = 1u;\n"
                     "static uint32_t $next(void)\n"
                     "{\n"
                     "    $state = $state * 1664525u + 1013904223u;\n"
                     "    return $state >> 8;\n"
                     "}\n\n");
    if (p->apart)
        lng_c_file_read(c, to);
    lng_text_add(to, p->apart ? "int main(int $arguments, char **$argument)\n{\n    static $context c;\n" LNG_C_OPEN_FILE
                              : "int main(void)\n{\n    static $context c;\n");
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            lng_text_add(to, "    static %s %s[%lld];\n", lng_c_type(reads[i]), p->field[i].name,
                         (long long)lng_shape_size(reads[i]->shape));
    lng_text_add(to,
                 "    static %s out[%lld];\n"
                 "    int wrong = 0;\n"
                 "    double largest = 0.0;\n"
                 "    for (int32_t e = 0; e < %d; e++) {\n",
                 lng_c_type(c->out), size, LNG_C_EXAMPLES);
    for (size_t i = 0; i < p->fields; i++) {
        if (!reads[i])
            continue;
        const lng_c_field *f = &p->field[i];
        lng_text_add(&arguments, ", %s", f->name);
        lng_text_add(to, "        for (int32_t i = 0; i < %lld; i++)", (long long)lng_shape_size(reads[i]->shape));
        if (reads[i]->dtype == LNG_I32)
            lng_text_add(to, "\n            %s[i] = (int32_t)($next() %% %lldu);\n", f->name,
                         (long long)(f->classes > 0 ? f->classes : 2));
        else
            lng_text_add(to,
                         " {\n            const float part = (float)$next() * 5.9604644775390625e-8f, moved = %s * part;\n"
                         "            %s[i] = %s + moved;\n        }\n",
                         lng_c_float(c->arena, f->most - f->least), f->name, lng_c_float(c->arena, f->least));
    }
    lng_text_add(to,
                 "        $predict(&c%s%s, out);\n"
                 "        int same = 1;\n"
                 "        for (int32_t i = 0; i < %lld; i++) {\n"
                 "            %s expected;\n"
                 "            memcpy(&expected, &$expected[e][i], sizeof expected);\n"
                 "            const double difference = (double)out[i] - (double)expected;\n"
                 "            largest = difference > largest ? difference : -difference > largest ? -difference : largest;\n"
                 "            if (memcmp(&out[i], &expected, sizeof expected) != 0)\n"
                 "                same = 0;\n"
                 "        }\n"
                 "        if (same == 0)\n"
                 "            wrong++;\n"
                 "    }\n"
                 "    printf(\"%s: %%d of %d examples differ; the largest difference is %%g\\n\", wrong, largest);\n"
                 "#if defined @FAST\n"
                 "    return 0;\n"
                 "#else\n"
                 "    return wrong;\n"
                 "#endif\n"
                 "}\n"
                 "#endif\n",
                 p->apart ? ", w" : "", arguments.at, size, lng_c_type(c->out), p->name, LNG_C_EXAMPLES);
}

void lng_c_support(const lng_c *c, const lng_text *functions, lng_text *to)
{
    lng_text_add(to, "%s", lng_c_machine);
    if (strstr(functions->at, "@V ") || strstr(functions->at, "@S "))
        lng_text_add(to, "%s", lng_c_vectors);
    if (strstr(functions->at, "@S "))
        lng_text_add(to, "%s", lng_c_whole_numbers);
    lng_c_math(c->arena, functions, to);
}

void lng_c_write(const lng_c_program *p, const char *header_file, lng_text *header, lng_text *source, lng_text *weights)
{
    lng_c *c = p->made;
    if (p->step) {
        lng_c_write_learner(c, header_file, header, source);
        return;
    }
    lng_text functions = lng_text_new(c->arena), t = lng_text_new(c->arena);
    lng_text_put(&functions, c->code.at, c->code.length);
    lng_c_prepare_define(c, &functions);
    lng_c_write_predict(c, &functions);
    if (p->apart) {
        c->form = (uint32_t)lng_hash(functions.at, functions.length);
        lng_c_file_write(c, weights);
        lng_c_file_open(c, &functions);
    }
    write_header(c, header);
    lng_text_add(&t,
                 "/* %s, as lngraph " PACKAGE_VERSION
                 " exported it. $predict computes one example, with the bits of `lngraph predict`.\n"
                 " * -D@TEST makes a program that checks itself%s. %s without fused multiply-adds;\n"
                 " * the largest difference in the outputs of its examples is then %g.",
                 lng_c_safe(c->arena, p->title), p->apart ? ", with the file of weights that its argument names" : "",
                 p->fast ? "It computes" : "-D@FAST lets it compute", p->fast_difference);
    if (p->tested.examples)
        lng_text_add(&t, " Of %lld examples that were measured, it is %g.", (long long)p->tested.examples, p->tested.most);
    lng_text_add(&t, " */\n");
    if (header_file)
        lng_text_add(&t, "#include \"%s\"\n#include <string.h>\n\n", header_file);
    if (p->fast)
        lng_text_add(&t, "#define @FAST /* no fused multiply-adds */\n\n");
    lng_c_support(c, &functions, &t);
    if (!p->apart)
        lng_c_constants(c, &t);
    lng_c_write_names(c, &t);
    lng_text_put(&t, functions.at, functions.length);
    write_test(c, &t);
    lng_c_put(c, source, t.at);
}
