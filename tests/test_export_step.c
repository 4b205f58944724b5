/* The export of programs that train: those of all shipped models, whose self-tests make steps and compare the bits with the engine's. */
#include "base/file.h"
#include "export/export.h"
#include "std/std.h"
#include "suite.h"
#include "graph/op.h"
#include "train/epoch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static lng_c_field *fields_of(const lng_model *m)
{
    lng_c_field *f = LNG_NEW_N(arena, m->fields + 1, lng_c_field);
    for (size_t i = 0; i < m->fields; i++) {
        const bool image = m->field[i].shape.rank == 3;
        f[i] = (lng_c_field){
            .name = m->field[i].name, .least = image ? 0 : -1, .most = image ? 255 : 1, .classes = m->field[i].classes};
    }
    return f;
}

/* Compiles the files, runs the program, and gives its exit status. */
static int compiled(const char *options, const char *files)
{
    const char *cc = getenv("CC") ? getenv("CC") : "cc";
    const char *command =
        lng_format(arena, "cd '%s' && { %s -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror %s -o m %s && ./m; } >log 2>&1",
                   folder(), cc, options, files);
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* The instructions of this machine, where the compiler knows them: fused multiply-adds that are computed take long. */
static const char *optimized(void)
{
    const char *cc = getenv("CC") ? getenv("CC") : "cc";
    const bool native = system(lng_format(arena, "%s -march=native -E -x c /dev/null >/dev/null 2>&1", cc)) == 0;
    return native ? "-O1 -march=native" : "-O1";
}

static const char *the_log(void)
{
    size_t n;
    return lng_file_read(arena, in_folder("log"), (size_t)1 << 20, &n, errors);
}

typedef struct trained {
    lng_team *team;
    lng_session *session;
    lng_context context;
    lng_meaning meaning;
    lng_c_program program;
} trained;

static void open_session(trained *t, lng_model *m, int batch)
{
    const lng_subject subject = lng_subject_of_model(m);
    m->start.from = NULL; /* weights that no test has */
    t->team = lng_team_new(1);
    t->session = lng_session_new(&subject, LNG_STEP | LNG_PREDICT, batch, t->team, errors);
    must(t->session && lng_session_initialize(t->session, errors));
    t->context = lng_session_context(t->session, NULL);
    t->meaning = lng_meaning_of(arena, m, NULL);
    lng_store *begin = lng_store_new(m->variable, m->variables, errors);
    memcpy(begin->at, t->session->store->at, begin->floats * sizeof(float));
    t->program = (lng_c_program){.name = "m",
                                 .title = m->name,
                                 .graph = lng_session_runner(t->session, LNG_PREDICT)->graph,
                                 .step = lng_session_runner(t->session, LNG_STEP)->graph,
                                 .batch = batch,
                                 .store = begin,
                                 .context = &t->context,
                                 .meaning = &t->meaning,
                                 .field = fields_of(m),
                                 .fields = m->fields};
}

static void write_program(trained *t)
{
    lng_text header = lng_text_new(arena), source = lng_text_new(arena);
    lng_c_write(&t->program, "m.h", &header, &source, NULL);
    must(lng_file_write(in_folder("m.h"), header.at, header.length, errors));
    must(lng_file_write(in_folder("m.c"), source.at, source.length, errors));
}

static void close_session(trained *t)
{
    lng_store_free((lng_store *)t->program.store);
    lng_session_free(t->session);
    lng_team_free(t->team);
}

/* ---- the shipped models ---- */
/* In a batch of less than half a slice, of more than that, or of two. */
START_TEST(shipped_models_have_the_engines_bits)
{
    static const int batches[] = {6, 9, 19};
    const lng_std_file *file = &lng_shipped_files[_i];
    lng_model *m = lng_model_parse(file->name, file->text, strlen(file->text), NULL, 0, errors);
    trained t;
    ck_assert_msg(m != NULL, "%s: %s", file->name, lng_errors_text(errors, 0));
    open_session(&t, m, batches[_i % 3]);
    must(lng_c_compile(&t.program, arena, errors));
    must(lng_c_try_steps(&t.program, t.session, errors));
    write_program(&t);
    ck_assert_msg(compiled(lng_format(arena, "%s -DM_TEST", optimized()), "m.c") == 0, "%s: the program fails\n%.1500s", file->name,
                  the_log());
    close_session(&t);
    lng_model_free(m);
}
END_TEST

/* ---- as a run does it ---- */
enum { ROWS = 130, STEPS = 5, PIXELS = 64 };

static const char drawing[] =
    "lngraph: 1\nname: m\n"
    "data: {source: {format: memory, classes: 3, fields: {x: [8, 8, 1], y: class}}}\n"
    "in: x[8, 8, 1], y\n"
    "graph:\n"
    "  - x\n"
    "  - conv2d: {filters: 4, kernel: 3, activation: relu}\n"
    "  - maxpool2d: {size: 2}\n"
    "  - flatten\n"
    "  - batchnorm\n"
    "  - dropout: {rate: 0.3}\n"
    "  - dense: {units: 3, activation: softmax}\n"
    "train: {loss: 'cross_entropy(out, y)', optimizer: 'adamw(lr=cosine(peak=0.01))', clip: {norm: 1}, batch: 50, epochs: 2, seed: 3}\n";

/* Reads the examples in the order of the run, and their numbers; the status is 0 if the weights are those of the run. */
static const char user[] =
    "#include \"m.h\"\n#include <stdio.h>\n#include <string.h>\n"
    "int main(void)\n{\n"
    "    static m_context c;\n    static float x[50 * 64], state[M_STATE];\n"
    "    static int32_t y[50];\n    static uint32_t number[50];\n    uint32_t count;\n"
    "    FILE *f = fopen(\"steps\", \"rb\");\n    m_begin(&c, 6u);\n"
    "    for (int s = 0; s < 5; s++) {\n"
    "        if (!f || fread(&c.epoch, 4, 1, f) != 1 || fread(&count, 4, 1, f) != 1)\n            return 2;\n"
    "        if (fread(number, 4, count, f) != count || fread(x, 256, count, f) != count ||\n"
    "            fread(y, 4, count, f) != count || m_train(&c, (int32_t)count, number, x, y) != 1)\n"
    "            return 3;\n    }\n"
    "    if (fread(state, 4, M_STATE, f) != M_STATE || fclose(f) != 0)\n        return 4;\n"
    "    return memcmp(state, c.f, sizeof state) != 0;\n}\n";

static void put_step(lng_text *to, const lng_trainer *run, const float *x, const int32_t *y, const lng_cursor *before)
{
    const uint32_t epoch = (uint32_t)before->epoch, count = (uint32_t)(run->cursor.row - before->row);
    const uint32_t *order = run->order + before->row;
    lng_text_put(to, (const char *)&epoch, 4);
    lng_text_put(to, (const char *)&count, 4);
    lng_text_put(to, (const char *)order, 4 * (size_t)count);
    for (uint32_t i = 0; i < count; i++)
        lng_text_put(to, (const char *)(x + (size_t)order[i] * PIXELS), 4 * PIXELS);
    for (uint32_t i = 0; i < count; i++)
        lng_text_put(to, (const char *)(y + order[i]), 4);
}

static void put_store(lng_text *to, const lng_store *s)
{
    for (size_t i = 0; i < s->count; i++)
        lng_text_put(to, (const char *)(s->at + s->offset[i]), 4 * (size_t)lng_shape_size(s->variable[i].shape));
}

/* Batches of four slices, the last of an epoch with fewer; all that lasts, in the order in which the program has it. */
START_TEST(steps_are_those_of_a_run)
{
    static float x[ROWS * PIXELS];
    static int32_t y[ROWS];
    const lng_field field[] = {{x, LNG_FIELD_F32, PIXELS}, {y, LNG_FIELD_I32, 1}};
    lng_model *m = lng_model_parse("m.yaml", drawing, strlen(drawing), NULL, 0, errors);
    lng_text file = lng_text_new(arena);
    lng_trainer run;
    trained t;
    must(m != NULL);
    for (int i = 0; i < ROWS * PIXELS; i++)
        x[i] = (float)(i * 7919 % 1009) / 1009;
    for (int i = 0; i < ROWS; i++)
        y[i] = i * 31 % 7 % 3;
    open_session(&t, m, 50);
    must(lng_c_compile(&t.program, arena, errors));
    write_program(&t);
    lng_trainer_open(&run, t.session, arena);
    must(lng_trainer_bind(&run, field, ROWS, errors));
    for (int s = 0; s < STEPS; s++) {
        const lng_cursor before = run.cursor;
        must(lng_trainer_step(&run, errors));
        put_step(&file, &run, x, y, &before);
        if (run.cursor.row == ROWS)
            lng_trainer_next_epoch(&run);
    }
    put_store(&file, t.session->store);
    must(lng_file_write(in_folder("steps"), file.at, file.length, errors));
    must(lng_file_write(in_folder("user.c"), user, strlen(user), errors));
    ck_assert_msg(compiled(optimized(), "m.c user.c") == 0, "with the machine's instructions\n%.1500s", the_log());
    ck_assert_msg(compiled("-O2", "m.c user.c") == 0, "without them\n%.1500s", the_log());
    lng_trainer_close(&run);
    close_session(&t);
    lng_model_free(m);
}
END_TEST

/* An op that is not listed here has a form in the C of a step; these are known while exporting, or are of no step. */
START_TEST(the_others_are_known)
{
    static const char *const unexported[] = {"arange", "constant", "input_first", "orthonormal"};
    for (size_t i = 0; i < lng_op_count; i++) {
        bool listed = false;
        for (int k = 0; k < LENGTH(unexported); k++)
            listed = listed || strcmp(unexported[k], lng_ops[i]->name) == 0;
        ck_assert_msg(!lng_c_step_lacks(lng_ops[i]) == !listed, "%s", lng_ops[i]->name);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(shipped_models_have_the_engines_bits, (int)lng_shipped_count),
                                TEST(steps_are_those_of_a_run),
                                TEST(the_others_are_known),
                                {0}};
    return suite_run("export of programs that train", tests, NULL, NULL);
}
