/* A model as one C file and a header. */
#include "export/c.h"
#include "config.h"
#include "lang/model.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

#define CALL_BYTES 1024 /* of stack, for the registers that a compiler saves and the few numbers that functions keep */

/* ---- compiling ---- */
static bool check_ops(lng_c *c)
{
    const lng_graph *g = c->program->graph;
    bool good = true;
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        const bool across = n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS);
        const char *lacks = n->op == &lng_op_max_pool && c->home[lng_value_index(&n->out[1])].last
                                ? "the index of the largest is read"
                            : n->out[0].per_example || across ? lng_c_lacks(n->op)
                                                              : NULL;
        if (c->live[i] && lacks)
            good = lng_error(c->errors, LNG_E_NOT_YET, n->place, "`%s` cannot be exported to C: %s (%s)", n->op->name, lacks,
                             n->name ? n->name : n->op->name);
    }
    return good;
}

static bool emit_node(lng_c *c, const lng_node *n)
{
    if (!c->live[n->id] || !n->out[0].per_example)
        return true;
    const bool good = lng_c_row_of(n->op)->emit(c, n);
    lng_c_leave(c, n);
    c->program->multiply_adds += lng_node_cost(n);
    return good;
}

static bool emit(lng_c *c)
{
    bool good = true;
    for (size_t i = 0; i < c->entries && good; i++) {
        const lng_entry *e = &c->order[i];
        c->now = (int)i + 1;
        if (e->what == LNG_ENTRY_NODE)
            good = emit_node(c, e->node);
        else if (e->what == LNG_ENTRY_BEGIN)
            lng_c_loop_begin(c, e->loop);
        else
            lng_c_loop_end(c, e->loop);
    }
    return good;
}

/* Numbers that every machine makes alike, for the self-test. */
static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void make_examples(const lng_c *c)
{
    const lng_value **reads = LNG_NEW_N(c->arena, c->program->fields + 1, const lng_value *);
    uint32_t state = 1;
    lng_graph_reads(c->program->graph, c->arena, reads);
    for (size_t i = 0; i < c->program->fields; i++) {
        lng_c_field *f = &c->program->field[i];
        f->name = reads[i] ? f->name : NULL;
        if (reads[i])
            f->example = LNG_NEW_N(c->arena, (size_t)lng_shape_size(reads[i]->shape) * LNG_C_EXAMPLES, float);
    }
    for (int e = 0; e < LNG_C_EXAMPLES; e++)
        for (size_t i = 0; i < c->program->fields; i++) {
            const lng_c_field *f = &c->program->field[i];
            const int64_t size = f->name ? lng_shape_size(reads[i]->shape) : 0;
            const float span = f->most - f->least;
            for (int64_t k = 0; k < size; k++) {
                const uint32_t number = next(&state);
                const float part = (float)number * 0x1p-24f, moved = span * part;
                if (reads[i]->dtype == LNG_I32)
                    ((int32_t *)f->example)[e * size + k] = (int32_t)(number % (uint32_t)(f->classes > 0 ? f->classes : 2));
                else
                    ((float *)f->example)[e * size + k] = f->least + moved;
            }
        }
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

bool lng_c_compile(lng_c_program *p, lng_arena *arena, lng_errors *errors)
{
    lng_c *c = p->made = LNG_NEW(arena, lng_c);
    *c = (lng_c){.arena = arena, .errors = errors, .program = p, .functions = lng_map_new(arena), .names = lng_map_new(arena)};
    c->code = lng_text_new(arena);
    c->calls = lng_text_new(arena);
    c->live = lng_graph_live(p->graph, arena);
    c->learned = learned(p->graph, arena);
    c->out = lng_graph_find_output(p->graph, "out");
    const bool classes = p->meaning->kind == LNG_MEANS_CLASSES && p->meaning->classes == lng_shape_size(c->out->shape);
    c->out_name = classes ? "probability" : "out";
    make_examples(c);
    lng_c_memory_begin(c);
    if (!check_ops(c))
        return false;
    c->shared = lng_reference_run(arena, p->graph, false, NULL, 0, p->context, lng_export_variable, (void *)p->store);
    static const char *const taken[] = {"context", "predict",     "name",      "state",   "next", "expected",
                                        "flush",   "flush_begin", "flush_end", "weights", "open", "read"};
    lng_c_math_names(c->names);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        lng_map_put(c->names, taken[i], c);
    for (size_t i = 0; i < p->fields; i++)
        p->field[i].name = p->field[i].name ? lng_c_parameter(arena, p->field[i].name) : NULL;
    if (!emit(c))
        return false;
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
static void put(const lng_c *c, lng_text *to, const char *text)
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

static const char *safe(lng_arena *arena, const char *text) /* in a comment */
{
    char *copy = lng_copy(arena, text);
    for (char *at = copy; *at; at++)
        if (*at == '*' || *at == '$' || *at == '@' || (unsigned char)*at < ' ')
            *at = '.';
    return copy;
}

/* The parameters of the program's function, with their sizes. */
static const char *parameters(const lng_c *c)
{
    const lng_value **reads = LNG_NEW_N(c->arena, c->program->fields + 1, const lng_value *);
    const lng_c_program *p = c->program;
    lng_text t = lng_text_new(c->arena);
    lng_graph_reads(p->graph, c->arena, reads);
    lng_text_add(&t, p->apart ? "$context *c, const $weights *w" : "$context *c");
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

static void write_header(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    lng_arena *a = c->arena;
    const lng_value **reads = LNG_NEW_N(a, p->fields + 1, const lng_value *);
    char shape[LNG_SHAPE_TEXT];
    lng_text t = lng_text_new(a);
    lng_graph_reads(p->graph, a, reads);
    lng_text_add(&t,
                 "/* %s, as lngraph " PACKAGE_VERSION " exported it.\n *\n"
                 " *     RAM             %lld bytes of context, and about %lld of stack\n"
                 " *     flash           %lld bytes of weights%s, and about %lld of code\n"
                 " *     multiply-adds   %lld\n *\n"
                 " * A context is memory for one prediction at a time; it need not be cleared. */\n"
                 "#ifndef @H\n#define @H\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
                 safe(a, p->title), (long long)p->context_bytes, (long long)p->stack_bytes, (long long)p->weight_bytes,
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
    if (names_of(c))
        lng_text_add(&t, "/* What the outputs are called. */\nextern const char *const $name[%lld];\n\n", (long long)names_of(c));
    lng_c_prepare_declare(c, reads, &t);
    lng_text_add(&t, "/* Computes one example: %s is %s. */\nvoid $predict(%s);\n",
                 strcmp(c->out_name, "out") == 0 ? "out" : "the probability of each class", lng_shape_text(shape, c->out->shape),
                 parameters(c));
    lng_text_add(&t, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    put(c, to, t.at);
}

/* The machine: fused multiply-adds, vectors, and whether it flushes subnormal numbers by itself. */
static const char machine[] =
    "#if defined __FAST_MATH__\n"
    "#error \"-ffast-math and the like change the results\"\n"
    "#endif\n"
    "#if defined __FLT_EVAL_METHOD__ && __FLT_EVAL_METHOD__ != 0 && __FLT_EVAL_METHOD__ != 16\n"
    "#error \"floats must be computed as floats: use -std=gnu99, and on 32-bit x86 -msse2 -mfpmath=sse\"\n"
    "#endif\n"
    "#if defined __clang__\n"
    "#pragma STDC FP_CONTRACT OFF\n"
    "#elif defined __GNUC__\n"
    "#pragma GCC optimize(\"fp-contract=off\")\n"
    "#endif\n\n"
    "#if defined __GNUC__ || defined _MSC_VER\n"
    "#define @RESTRICT __restrict\n"
    "#else\n"
    "#define @RESTRICT\n"
    "#endif\n\n"
    "/* Functions that are not worth a copy wherever they are called. */\n"
    "#if defined __GNUC__\n"
    "#define @SHARED __attribute__((noinline))\n"
    "#else\n"
    "#define @SHARED\n"
    "#endif\n\n"
    "/* Whether the machine has fused multiply-adds; if not, they are computed. */\n"
    "#if defined __GNUC__ && (defined __FP_FAST_FMAF || defined __FMA__ || defined __ARM_FEATURE_FMA || defined __aarch64__ || \\\n"
    "                         defined __riscv_flen || defined __s390x__)\n"
    "#define @FUSED 1\n"
    "#else\n"
    "#define @FUSED 0\n"
    "#endif\n\n"
    "/* Subnormal numbers count as 0: the machine sees to it, or each result is looked at. */\n"
    "#if defined __GNUC__ && defined __SSE2_MATH__\n"
    "#define @FLUSH(x) (x)\n"
    "static inline uint32_t $flush_begin(void)\n"
    "{\n"
    "    uint32_t old, now;\n"
    "    __asm__ volatile(\"stmxcsr %0\" : \"=m\"(old) : : \"memory\");\n"
    "    now = old | 0x8040u;\n"
    "    __asm__ volatile(\"ldmxcsr %0\" : : \"m\"(now) : \"memory\");\n"
    "    return old;\n"
    "}\n"
    "static inline void $flush_end(uint32_t old)\n"
    "{\n"
    "    __asm__ volatile(\"ldmxcsr %0\" : : \"m\"(old) : \"memory\");\n"
    "}\n"
    "#elif defined __GNUC__ && defined __aarch64__\n"
    "#define @FLUSH(x) (x)\n"
    "static inline uint32_t $flush_begin(void)\n"
    "{\n"
    "    uint64_t old;\n"
    "    __asm__ volatile(\"mrs %0, fpcr\" : \"=r\"(old) : : \"memory\");\n"
    "    __asm__ volatile(\"msr fpcr, %0\" : : \"r\"(old | 0x1000000u) : \"memory\");\n"
    "    return (uint32_t)old;\n"
    "}\n"
    "static inline void $flush_end(uint32_t old)\n"
    "{\n"
    "    __asm__ volatile(\"msr fpcr, %0\" : : \"r\"((uint64_t)old) : \"memory\");\n"
    "}\n"
    "#elif defined __GNUC__ && defined __arm__ && defined __ARM_FP && !defined __SOFTFP__\n"
    "#define @FLUSH(x) (x)\n"
    "static inline uint32_t $flush_begin(void)\n"
    "{\n"
    "    uint32_t old;\n"
    "    __asm__ volatile(\"vmrs %0, fpscr\" : \"=r\"(old) : : \"memory\");\n"
    "    __asm__ volatile(\"vmsr fpscr, %0\" : : \"r\"(old | 0x1000000u) : \"memory\");\n"
    "    return old;\n"
    "}\n"
    "static inline void $flush_end(uint32_t old)\n"
    "{\n"
    "    __asm__ volatile(\"vmsr fpscr, %0\" : : \"r\"(old) : \"memory\");\n"
    "}\n"
    "#else\n"
    "static inline float $flush(float x)\n"
    "{\n"
    "    uint32_t bits;\n"
    "    memcpy(&bits, &x, sizeof bits);\n"
    "    bits = (bits << 1) < 0x1000000u ? bits & 0x80000000u : bits;\n"
    "    memcpy(&x, &bits, sizeof x);\n"
    "    return x;\n"
    "}\n"
    "#define @FLUSH(x) $flush(x)\n"
    "static inline uint32_t $flush_begin(void)\n"
    "{\n"
    "    return 0u;\n"
    "}\n"
    "static inline void $flush_end(uint32_t old)\n"
    "{\n"
    "    (void)old;\n"
    "}\n"
    "#endif\n\n";

static const char vectors[] =
    "/* Vectors of as many floats as the machine has for one instruction. */\n"
    "#if @FUSED && defined __AVX512F__\n"
    "#define @LANES 16\n"
    "#define @ALL                                                                                             \\\n"
    "    {@LANE(0), @LANE(1), @LANE(2), @LANE(3), @LANE(4), @LANE(5), @LANE(6), @LANE(7), @LANE(8), @LANE(9), \\\n"
    "     @LANE(10), @LANE(11), @LANE(12), @LANE(13), @LANE(14), @LANE(15)}\n"
    "#elif @FUSED && defined __AVX__\n"
    "#define @LANES 8\n"
    "#define @ALL {@LANE(0), @LANE(1), @LANE(2), @LANE(3), @LANE(4), @LANE(5), @LANE(6), @LANE(7)}\n"
    "#elif (@FUSED && defined __aarch64__) || (defined @FAST && defined __GNUC__ && defined __SSE2__)\n"
    "#define @LANES 4\n"
    "#define @ALL {@LANE(0), @LANE(1), @LANE(2), @LANE(3)}\n"
    "#else\n"
    "#define @LANES 1\n"
    "#endif\n"
    "#if @LANES == 1\n"
    "typedef struct @V {\n"
    "    float at;\n"
    "} @V;\n"
    "#else\n"
    "typedef float @V __attribute__((vector_size(4 * @LANES)));\n"
    "#endif\n\n";

static const char whole_numbers[] =
    "/* Products of whole numbers of 8 bits, whose sums are exact: @N is what they read, @S are sums side by side. Vectors hold them as\n"
    " * floats; without vectors, they are integers, and a function has memory for those that it reads. */\n"
    "#if @LANES == 1\n"
    "typedef int8_t @N;\n"
    "typedef struct @S {\n"
    "    int32_t at;\n"
    "} @S;\n"
    "#define @MEMORY(floats, bytes) ((void)(floats), (bytes))\n"
    "#else\n"
    "typedef float @N;\n"
    "typedef @V @S;\n"
    "#define @MEMORY(floats, bytes) (floats)\n"
    "#endif\n\n";

static void write_predict(const lng_c *c, lng_text *to)
{
    const lng_value *behind = lng_c_behind(c->out);
    lng_text_add(to, "void $predict(%s)\n{\n    const uint32_t mode = $flush_begin();\n", parameters(c));
    if (c->calls.length == 0 || !strstr(c->calls.at, "c->"))
        lng_text_add(to, "    (void)c;\n");
    if (c->program->apart && (c->calls.length == 0 || !strstr(c->calls.at, "w->")))
        lng_text_add(to, "    (void)w;\n");
    lng_text_put(to, c->calls.at, c->calls.length);
    if (!behind->per_example || behind->node->op == &lng_op_input)
        lng_text_add(to, "    memcpy(%s, %s, sizeof *%s * %lld);\n", c->out_name, lng_c_at((lng_c *)c, c->out), c->out_name,
                     (long long)lng_shape_size(c->out->shape));
    lng_text_add(to, "    $flush_end(mode);\n}\n");
}

static void write_names(const lng_c *c, lng_text *to)
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
    const lng_value **reads = LNG_NEW_N(c->arena, p->fields + 1, const lng_value *);
    const long long size = (long long)lng_shape_size(c->out->shape);
    lng_text arguments = lng_text_new(c->arena);
    lng_graph_reads(p->graph, c->arena, reads);
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

void lng_c_write(const lng_c_program *p, const char *header_file, lng_text *header, lng_text *source, lng_text *weights)
{
    lng_c *c = p->made;
    lng_text functions = lng_text_new(c->arena), t = lng_text_new(c->arena), math = lng_text_new(c->arena);
    lng_text_put(&functions, c->code.at, c->code.length);
    lng_c_prepare_define(c, &functions);
    write_predict(c, &functions);
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
                 safe(c->arena, p->title), p->apart ? ", with the file of weights that its argument names" : "",
                 p->fast ? "It computes" : "-D@FAST lets it compute", p->fast_difference);
    if (p->tested.examples)
        lng_text_add(&t, " Of %lld examples that were measured, it is %g.", (long long)p->tested.examples, p->tested.most);
    lng_text_add(&t, " */\n");
    if (header_file)
        lng_text_add(&t, "#include \"%s\"\n#include <string.h>\n\n", header_file);
    if (p->fast)
        lng_text_add(&t, "#define @FAST /* no fused multiply-adds */\n\n");
    lng_text_add(&t, "%s", machine);
    lng_c_math(&functions, &math);
    if (strstr(functions.at, "@V ") || strstr(functions.at, "@S "))
        lng_text_add(&t, "%s", vectors);
    if (strstr(functions.at, "@S "))
        lng_text_add(&t, "%s", whole_numbers);
    lng_text_put(&t, math.at, math.length);
    if (!p->apart)
        lng_c_constants(c, &t);
    write_names(c, &t);
    lng_text_put(&t, functions.at, functions.length);
    write_test(c, &t);
    put(c, source, t.at);
}
