/* The program that trains: a context that holds the weights, what the optimizer keeps and the memory of a step; functions that begin, train, predict, and
 * save and load what lasts. */
#include "export/c.h"
#include "config.h"
#include <math.h>
#include <string.h>

#define CALL_BYTES  1024
#define CLOCK_WORDS 6           /* of the context, after its arrays */
#define SAVED_WORDS 8           /* of what is saved, beside the numbers: a mark, a digest of the program, the clock, and a check */
#define MARK        0x73676e6cu /* "lngs" */

/* ---- compiling ---- */
static bool is_live(const lng_graph *g, const bool *live, const char *variable)
{
    const lng_value *v = lng_graph_find_variable(g, variable);
    bool found = v && live[v->node->id];
    for (size_t i = 0; i < g->updates; i++)
        found |= strcmp(g->update[i].name, variable) == 0;
    return found;
}

static void find_variables(const lng_c *c)
{
    const lng_store *store = c->program->store;
    const lng_graph *step = c->program->step, *prediction = c->program->graph;
    const bool *in_step = lng_graph_live(step, c->arena), *in_prediction = lng_graph_live(prediction, c->arena);
    lng_c_learner *l = c->learner;
    l->variable = LNG_NEW_N(c->arena, store->count + 1, const lng_variable *);
    l->at = LNG_NEW_N(c->arena, store->count + 1, int64_t);
    for (size_t i = 0; i < store->count; i++) {
        const lng_variable *v = &store->variable[i];
        if (!is_live(step, in_step, v->name) && !is_live(prediction, in_prediction, v->name))
            continue;
        l->variable[l->variables] = v;
        l->at[l->variables++] = l->state;
        l->state += lng_shape_size(v->shape);
    }
}

static const float *numbers_of(const lng_c_program *p, const lng_store *store, size_t i)
{
    return lng_store_find(store, p->made->learner->variable[i]->name, NULL);
}

static int64_t size_of(const lng_c *c, size_t i)
{
    return lng_shape_size(c->learner->variable[i]->shape);
}

/* Whether a variable begins with one number everywhere. */
static bool is_even(const lng_c *c, size_t i)
{
    const float *at = numbers_of(c->program, c->program->store, i);
    for (int64_t k = 1, n = size_of(c, i); k < n; k++)
        if (memcmp(at, at + k, sizeof *at) != 0)
            return false;
    return true;
}

static void take_size(lng_c *c)
{
    lng_c_learner *l = c->learner;
    l->floats = lng_c_floats(c) > l->floats ? lng_c_floats(c) : l->floats;
    l->integers = lng_c_integers(c) > l->integers ? lng_c_integers(c) : l->integers;
}

int lng_c_examples(const lng_c_program *p, int step)
{
    const int most = p->batch < 19 ? p->batch : 19; /* two slices */
    return step < LNG_C_STEPS - 1 ? most : (most + 1) / 2;
}

static int64_t all_examples(const lng_c_program *p)
{
    int64_t n = 0;
    for (int s = 0; s < LNG_C_STEPS; s++)
        n += lng_c_examples(p, s);
    return n;
}

/* Of the fields that the step reads and, for the prediction in the end, the others that that reads. */
static void make_examples(lng_c *c, const lng_value *const *predicts)
{
    lng_c_program *p = c->program;
    const lng_value **reads = c->learner->reads;
    uint32_t state = 1;
    for (size_t i = 0; i < p->fields; i++) {
        reads[i] = reads[i] ? reads[i] : predicts[i];
        if (reads[i])
            p->field[i].example = lng_alloc_n(c->arena, (size_t)(lng_shape_size(reads[i]->shape) * all_examples(p)), sizeof(float));
    }
    for (int64_t e = 0; e < all_examples(p); e++)
        for (size_t i = 0; i < p->fields; i++)
            if (reads[i])
                lng_c_make_example(&p->field[i], reads[i], e, &state);
}

bool lng_c_compile_learner(lng_c *c)
{
    lng_c_program *p = c->program;
    lng_c_learner *l = c->learner = LNG_NEW(c->arena, lng_c_learner);
    find_variables(c);
    if (!lng_c_compile_graph(c, p->step))
        return false;
    take_size(c);
    l->step = c->calls;
    l->draws = c->draws;
    l->reads = lng_c_reads(c);
    l->trained = LNG_NEW_N(c->arena, p->fields + 1, bool);
    for (size_t i = 0; i < p->fields; i++)
        l->trained[i] = l->reads[i] != NULL;
    if (!lng_c_compile_graph(c, p->graph))
        return false;
    take_size(c);
    make_examples(c, lng_c_reads(c));
    p->weight_bytes = lng_c_constant_bytes(c);
    for (size_t i = 0; i < l->variables; i++)
        p->weight_bytes += is_even(c, i) ? 0 : 4 * size_of(c, i);
    p->context_bytes = 4 * (l->floats + l->integers + CLOCK_WORDS);
    p->stack_bytes = CALL_BYTES;
    p->code_bytes = (int64_t)(c->code.length + c->calls.length + l->step.length) / 2;
    return true;
}

/* ---- digests ---- */
uint32_t lng_c_digest(uint32_t before, const void *words, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, (const char *)words + 4 * i, sizeof word);
        before = (before ^ word) * 16777619u;
        before ^= before >> 16;
    }
    return before;
}

uint32_t lng_c_state(const lng_c_program *p, const lng_store *store)
{
    uint32_t digest = LNG_C_DIGEST;
    for (size_t i = 0; i < p->made->learner->variables; i++)
        digest = lng_c_digest(digest, numbers_of(p, store, i), size_of(p->made, i));
    return digest;
}

/* ---- the header ---- */
static const char *parameters_of_step(const lng_c *c)
{
    lng_text t = lng_text_new(c->arena);
    lng_text_add(&t, "$context *c, int32_t count");
    if (c->learner->draws)
        lng_text_add(&t, ", const uint32_t *number");
    for (size_t i = 0; i < c->program->fields; i++)
        if (c->learner->trained[i])
            lng_text_add(&t, ", const %s *%s", lng_c_type(c->learner->reads[i]), c->program->field[i].name);
    return t.at;
}

static void declare_variables(const lng_c *c, lng_text *to)
{
    const lng_c_learner *l = c->learner;
    char shape[LNG_SHAPE_TEXT];
    lng_map *names = lng_map_new(c->arena);
    lng_text_add(to,
                 "/* What lasts from step to step: the first numbers of a context, the weights and what the optimizer keeps. */\n"
                 "#define @STATE %lld\n",
                 (long long)l->state);
    for (size_t i = 0; i < l->variables; i++) {
        const char *name = lng_map_new_name(names, lng_c_identifier(c->arena, l->variable[i]->name));
        lng_map_put(names, name, names);
        lng_text_add(to, "#define @AT_%s %lld /* %s */\n", name, (long long)l->at[i], lng_shape_text(shape, l->variable[i]->shape));
    }
}

static void declare_functions(const lng_c *c, lng_text *to)
{
    char shape[LNG_SHAPE_TEXT];
    lng_text_add(
        to,
        "/* The weights as they were exported, the optimizer as it begins. steps: of the whole training, if it is known; else 0. A learning rate\n"
        " * may follow it. */\nvoid $begin($context *c, uint32_t steps);\n\n"
        "/* A step: forward, backward, update, with so many examples, 1 to @BATCH, whose numbers follow one another%s.\n"
        " * 1: c->loss is their mean loss before the step. 0: a sum over the batch was not finite, or there were too many; nothing has changed. */\n"
        "int32_t $train(%s);\n\n",
        c->learner->draws ? ";\n * number: of each in the data set, by which it draws" : "", parameters_of_step(c));
    lng_text_add(to, "/* Computes one example with the weights of the context: %s is %s%s. */\nvoid $predict(%s);\n\n",
                 strcmp(c->out_name, "out") == 0 ? "out" : "the probability of each class", lng_shape_text(shape, c->out->shape),
                 c->draws ? "; number: by which it draws" : "", lng_c_parameters(c));
    lng_text_add(to,
                 "/* What lasts, as bytes that any machine reads. 0: they were damaged, or belong to another program. */\n"
                 "#define @SAVED_BYTES %lld\n"
                 "void $save(const $context *c, unsigned char to[@SAVED_BYTES]);\n"
                 "int32_t $restore($context *c, const unsigned char from[@SAVED_BYTES]);\n",
                 (long long)(4 * (c->learner->state + SAVED_WORDS)));
}

static void write_header(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    const lng_c_learner *l = c->learner;
    char shape[LNG_SHAPE_TEXT];
    lng_text t = lng_text_new(c->arena);
    lng_text_add(&t,
                 "/* %s, as lngraph " PACKAGE_VERSION " exported it, to learn.\n *\n"
                 " *     RAM             %lld bytes of context, and about %lld of stack\n"
                 " *     flash           %lld bytes of weights, and about %lld of code\n"
                 " *     multiply-adds   %lld of a prediction, %lld of each example of a step\n *\n"
                 " * A context is memory for one thing at a time; $begin or $restore comes first. */\n"
                 "#ifndef @H\n#define @H\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
                 "#define @CONTEXT_BYTES %lld\n#define @BATCH %d\n#define @OUTPUTS %lld\n",
                 lng_c_safe(c->arena, p->title), (long long)p->context_bytes, (long long)p->stack_bytes, (long long)p->weight_bytes,
                 (long long)p->code_bytes, (long long)p->multiply_adds, (long long)p->step_multiply_adds,
                 (long long)p->context_bytes, p->batch, (long long)lng_shape_size(c->out->shape));
    for (size_t i = 0; i < p->fields; i++)
        if (l->reads[i])
            lng_text_add(&t, "#define @INPUTS_%s %lld /* %s */\n", p->field[i].name, (long long)lng_shape_size(l->reads[i]->shape),
                         lng_shape_text(shape, l->reads[i]->shape));
    declare_variables(c, &t);
    lng_text_add(&t,
                 "\ntypedef struct $context {\n    float f[%lld];\n    int32_t i[%lld];\n"
                 "    uint32_t seed[2]; /* low and high; of what is drawn */\n"
                 "    uint32_t step, steps, epoch; /* steps that were made, and are to be; epochs are counted by the caller */\n"
                 "    float loss;\n} $context;\n\n",
                 (long long)l->floats, (long long)l->integers);
    lng_c_declare_names(c, &t);
    lng_c_prepare_declare(c, l->reads, &t);
    declare_functions(c, &t);
    lng_text_add(&t, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    lng_c_put(c, to, t.at);
}

/* ---- the source ---- */
static const char *initial_of(const lng_c *c, size_t i)
{
    return lng_format(c->arena, "initial_%s", lng_c_identifier(c->arena, c->learner->variable[i]->name));
}

static void write_initial(const lng_c *c, lng_text *to)
{
    const lng_c_learner *l = c->learner;
    char shape[LNG_SHAPE_TEXT];
    for (size_t i = 0; i < l->variables; i++) {
        const float *at = numbers_of(c->program, c->program->store, i);
        if (is_even(c, i))
            continue;
        lng_text_add(to, "/* %s */\nstatic const float $%s_%zu[%lld] = {", lng_shape_text(shape, l->variable[i]->shape),
                     initial_of(c, i), i, (long long)size_of(c, i));
        for (int64_t k = 0; k < size_of(c, i); k++)
            lng_text_add(to, "%s%s,", k % 6 ? " " : "\n    ", lng_c_exact(c->arena, at[k]));
        lng_text_add(to, "\n};\n\n");
    }
}

static void write_begin(const lng_c *c, lng_text *to)
{
    const lng_c_learner *l = c->learner;
    const uint64_t seed = c->program->context->seed;
    lng_text_add(to, "void $begin($context *c, uint32_t steps)\n{\n");
    for (size_t i = 0; i < l->variables; i++) {
        const long long at = (long long)l->at[i], size = (long long)size_of(c, i);
        if (is_even(c, i))
            lng_text_add(to, "    for (int32_t i = %lld; i < %lld; i++)\n        c->f[i] = %s;\n", at, at + size,
                         lng_c_exact(c->arena, *numbers_of(c->program, c->program->store, i)));
        else
            lng_text_add(to, "    memcpy(c->f + %lld, $%s_%zu, sizeof(float) * %lld);\n", at, initial_of(c, i), i, size);
    }
    lng_text_add(to,
                 "    c->seed[0] = 0x%08xu;\n    c->seed[1] = 0x%08xu;\n    c->step = c->epoch = 0u;\n    c->steps = steps;\n"
                 "    c->loss = 0.0f;\n}\n\n",
                 (unsigned)(uint32_t)seed, (unsigned)(seed >> 32));
}

static void write_train(const lng_c *c, lng_text *to)
{
    lng_text_add(to,
                 "int32_t $train(%s)\n{\n    if (count < 1 || count > @BATCH)\n        return 0;\n"
                 "    const uint32_t mode = $flush_begin();\n    double loss = 0.0;\n",
                 parameters_of_step(c));
    lng_text_put(to, c->learner->step.at, c->learner->step.length);
    lng_text_add(to, "    c->loss = (float)(loss / (double)count);\n    c->step++;\n    $flush_end(mode);\n    return 1;\n}\n\n");
}

static void write_saving(uint32_t form, lng_text *to)
{
    lng_c_put_check(to);
    lng_text_add(
        to,
        "\nstatic uint32_t $word(const unsigned char *at)\n{\n"
        "    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;\n}\n\n"
        "static void $put(unsigned char *at, uint32_t word)\n{\n"
        "    for (int32_t i = 0; i < 4; i++)\n        at[i] = (unsigned char)(word >> 8 * i & 255u);\n}\n\n"
        "void $save(const $context *c, unsigned char to[@SAVED_BYTES])\n{\n"
        "    const uint32_t head[7] = {0x%08xu, 0x%08xu, c->seed[0], c->seed[1], c->step, c->steps, c->epoch};\n"
        "    for (int32_t i = 0; i < 7; i++)\n        $put(to + 4 * i, head[i]);\n"
        "    for (int32_t i = 0; i < @STATE; i++) {\n        uint32_t word;\n"
        "        memcpy(&word, c->f + i, sizeof word);\n        $put(to + 28 + 4 * i, word);\n    }\n"
        "    $put(to + (@SAVED_BYTES - 4), $check(to, (uint32_t)@SAVED_BYTES - 4u));\n}\n\n"
        "int32_t $restore($context *c, const unsigned char from[@SAVED_BYTES])\n{\n"
        "    if ($word(from) != 0x%08xu || $word(from + 4) != 0x%08xu || $word(from + (@SAVED_BYTES - 4)) != $check(from, (uint32_t)@SAVED_BYTES - 4u))\n"
        "        return 0;\n"
        "    c->seed[0] = $word(from + 8);\n    c->seed[1] = $word(from + 12);\n    c->step = $word(from + 16);\n"
        "    c->steps = $word(from + 20);\n    c->epoch = $word(from + 24);\n    c->loss = 0.0f;\n"
        "    for (int32_t i = 0; i < @STATE; i++) {\n        const uint32_t word = $word(from + 28 + 4 * i);\n"
        "        memcpy(c->f + i, &word, sizeof word);\n    }\n    return 1;\n}\n",
        MARK, form, MARK, form);
}

/* ---- the self-test ---- */
static void write_words(const char *name, const void *words, lng_text *to)
{
    lng_text_add(to, "static const uint32_t $%s[%d] = {", name, LNG_C_STEPS);
    for (int s = 0; s < LNG_C_STEPS; s++)
        lng_text_add(to, "%s0x%08xu", s ? ", " : "", (unsigned)((const uint32_t *)words)[s]);
    lng_text_add(to, "};\n");
}

static void write_fill(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    for (size_t i = 0; i < p->fields; i++) {
        const lng_value *v = c->learner->reads[i];
        if (!v)
            continue;
        lng_text_add(to, "            for (int32_t i = 0; i < @INPUTS_%s; i++)\n", p->field[i].name);
        if (v->dtype == LNG_I32)
            lng_text_add(to, "                %s[e * @INPUTS_%s + i] = (int32_t)($next() %% %lldu);\n", p->field[i].name,
                         p->field[i].name, (long long)(p->field[i].classes > 0 ? p->field[i].classes : 2));
        else
            lng_text_add(to, "                %s[e * @INPUTS_%s + i] = $between(%s, %s);\n", p->field[i].name, p->field[i].name,
                         lng_c_float(c->arena, p->field[i].least), lng_c_float(c->arena, p->field[i].most - p->field[i].least));
    }
}

/* A step for all machines: the examples are made one by one, so they need not be in the program. */
static void write_test(const lng_c *c, lng_text *to)
{
    const lng_c_program *p = c->program;
    lng_text step = lng_text_new(c->arena), predict = lng_text_new(c->arena);
    lng_text_add(
        to,
        "\n#ifdef @TEST\n/* Steps with examples from a generator of numbers, and the bits that lngraph computes. The status is the number of wrong ones. */\n"
        "#include <stdio.h>\n\n");
    write_words("losses", p->losses, to);
    write_words("states", p->states, to);
    lng_text_add(
        to,
        "static uint32_t $generator = 1u;\n"
        "static uint32_t $next(void)\n{\n    $generator = $generator * 1664525u + 1013904223u;\n    return $generator >> 8;\n}\n"
        "float $between(float least, float span);\n"
        "float $between(float least, float span)\n{\n"
        "    const float part = (float)$next() * 5.9604644775390625e-8f, moved = span * part;\n    return least + moved;\n}\n"
        "static uint32_t $digest(const void *words, int32_t n)\n{\n"
        "    uint32_t digest = 2166136261u;\n"
        "    for (int32_t i = 0; i < n; i++) {\n        uint32_t word;\n        memcpy(&word, (const char *)words + 4 * i, sizeof word);\n"
        "        digest = (digest ^ word) * 16777619u;\n        digest ^= digest >> 16;\n    }\n    return digest;\n}\n\n"
        "int main(void)\n{\n    static $context c;\n    static unsigned char saved[@SAVED_BYTES];\n"
        "    static const int32_t counts[%d] = {",
        LNG_C_STEPS);
    for (int s = 0; s < LNG_C_STEPS; s++)
        lng_text_add(to, "%s%d", s ? ", " : "", lng_c_examples(p, s));
    lng_text_add(to, "};\n");
    if (c->learner->draws)
        lng_text_add(to, "    static uint32_t number[%d];\n", lng_c_examples(p, 0));
    for (size_t i = 0; i < p->fields; i++) {
        if (!c->learner->reads[i])
            continue;
        lng_text_add(to, "    static %s %s[%d * @INPUTS_%s];\n", lng_c_type(c->learner->reads[i]), p->field[i].name,
                     lng_c_examples(p, 0), p->field[i].name);
        if (c->learner->trained[i])
            lng_text_add(&step, ", %s", p->field[i].name);
    }
    const lng_value **predicts = lng_c_reads(c);
    if (c->draws)
        lng_text_add(&predict, ", %du", 2 * lng_c_examples(p, 0)); /* the first of the last step */
    for (size_t i = 0; i < p->fields; i++)
        if (predicts[i])
            lng_text_add(&predict, ", %s", p->field[i].name);
    lng_text_add(to,
                 "    static %s out[@OUTPUTS];\n    int wrong = 0%s;\n    $begin(&c, %du);\n"
                 "    for (int32_t s = 0; s < %d; s++) {\n        for (int32_t e = 0; e < counts[s]; e++) {\n",
                 lng_c_type(c->out), c->learner->draws ? ", row = 0" : "", LNG_C_STEPS, LNG_C_STEPS);
    if (c->learner->draws)
        lng_text_add(to, "            number[e] = (uint32_t)row++;\n");
    write_fill(c, to);
    lng_text_add(to,
                 "        }\n"
                 "        const int32_t made = $train(&c, counts[s]%s%s);\n"
                 "        $save(&c, saved);\n"
                 "        if (made == 0 || memcmp(&c.loss, &$losses[s], sizeof c.loss) != 0 || $restore(&c, saved) == 0 ||\n"
                 "            $digest(c.f, @STATE) != $states[s])\n"
                 "            wrong++;\n    }\n"
                 "    $predict(&c%s, out);\n"
                 "    if ($digest(out, @OUTPUTS) != 0x%08xu)\n        wrong++;\n"
                 "    printf(\"%s: %%d of %d results differ\\n\", wrong);\n"
                 "#if defined @FAST\n    return 0;\n#else\n    return wrong;\n#endif\n}\n#endif\n",
                 c->learner->draws ? ", number" : "", step.at, predict.at, (unsigned)p->out, p->name, LNG_C_STEPS + 1);
}

void lng_c_write_learner(lng_c *c, const char *header_file, lng_text *header, lng_text *source)
{
    const lng_c_program *p = c->program;
    lng_text functions = lng_text_new(c->arena), t = lng_text_new(c->arena);
    lng_text_put(&functions, c->code.at, c->code.length);
    lng_c_prepare_define(c, &functions);
    write_begin(c, &functions);
    write_train(c, &functions);
    lng_c_write_predict(c, &functions);
    write_saving((uint32_t)lng_hash(functions.at, functions.length), &functions);
    write_header(c, header);
    lng_text_add(&t,
                 "/* %s, as lngraph " PACKAGE_VERSION
                 " exported it. $train makes a step with the bits of `lngraph run`; -D@TEST makes a program that checks itself.\n"
                 " * %s without fused multiply-adds, which changes the last bits. */\n",
                 lng_c_safe(c->arena, p->title), p->fast ? "It computes" : "-D@FAST lets it compute");
    lng_text_add(&t, "#include \"%s\"\n#include <string.h>\n\n", header_file);
    if (p->fast)
        lng_text_add(&t, "#define @FAST /* no fused multiply-adds */\n\n");
    lng_c_support(c, &functions, &t);
    lng_c_constants(c, &t);
    write_initial(c, &t);
    lng_c_write_names(c, &t);
    lng_text_put(&t, functions.at, functions.length);
    write_test(c, &t);
    lng_c_put(c, source, t.at);
}
