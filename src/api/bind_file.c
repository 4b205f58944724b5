/* Binds the examples of files to all inputs at once, in the form that the model reads. */
#include "api/api.h"
#include "data/examples.h"
#include "data/image_list.h"
#include "data/learn.h"
#include <string.h>
#include <sys/stat.h>

typedef struct gathering {
    lng_program *program;
    lng_errors *errors;
    const char *path;
    lng_arena *arena;
    const lng_data_field *field; /* those to bind */
    size_t *input, fields;       /* their numbers */
    char **at;                   /* what was read of each, in elements of four bytes: blocks */
    int64_t rows, room;
} gathering;

static bool refuse(const gathering *g, const lng_failure *failure)
{
    const lng_source source = {.name = g->path};
    return lng_fail_report(failure, (lng_place){.source = &source}, g->errors);
}

/* ---- which inputs ---- */
/* Those that some use of the program reads: to predict, what the output depends on. */
static bool choose_inputs(gathering *g)
{
    static const lng_use uses[] = {LNG_STEP, LNG_DIFFERENTIATE, LNG_EVALUATE, LNG_PREDICT};
    lng_session *s = g->program->session;
    const lng_subject *subject = &s->subject;
    lng_data_field *field = LNG_NEW_N(g->arena, subject->inputs, lng_data_field);
    g->input = LNG_NEW_N(g->arena, subject->inputs, size_t);
    for (size_t i = 0; i < subject->inputs; i++) {
        bool reads = false;
        for (size_t k = 0; k < sizeof uses / sizeof *uses; k++)
            reads = reads || (lng_session_runner(s, uses[k]) && lng_session_runner(s, uses[k])->reads[i]);
        if (!reads)
            continue;
        const lng_column_spec *c = subject->input[i].columns;
        if (c && !lng_columns_are_complete(c)) {
            lng_error(g->errors, LNG_E_ARGUMENTS, lng_nowhere, "what `%s` needs is learned from training examples",
                      subject->input[i].name);
            lng_error_hint(g->errors, "a run has learned it: load the model.yaml of its folder");
            return false;
        }
        field[g->fields] = subject->input[i];
        g->input[g->fields++] = i;
    }
    g->field = field;
    g->at = LNG_NEW_N(g->arena, subject->inputs, char *);
    return g->fields > 0 || lng_error(g->errors, LNG_E_ARGUMENTS, lng_nowhere, "the program reads no input");
}

/* ---- rows ---- */
static bool make_room(gathering *g, int64_t rows)
{
    if (rows <= g->room)
        return true;
    const int64_t room = g->room ? 2 * rows : rows;
    for (size_t i = 0; i < g->fields; i++) {
        const size_t row = (size_t)lng_shape_size(g->field[i].shape) * 4;
        char *more = lng_block_grow(g->at[i], (size_t)g->rows * row, (size_t)room * row);
        if (!more)
            return lng_error(g->errors, LNG_E_MEMORY, lng_nowhere, "out of memory");
        g->at[i] = more;
    }
    g->room = room;
    return true;
}

/* Numbers as floats, classes as integers. */
static void put(const gathering *g, size_t i, const lng_array *array)
{
    const int64_t size = lng_shape_size(g->field[i].shape);
    char *to = g->at[i] + g->rows * size * 4;
    for (int64_t k = 0; k < array->count * size; k++) {
        const double x = lng_array_at(array, k);
        if (g->field[i].dtype == LNG_I32)
            ((int32_t *)(void *)to)[k] = (int32_t)x;
        else
            ((float *)(void *)to)[k] = (float)x;
    }
}

static bool check_class(const gathering *g, size_t i, const lng_array *array)
{
    const lng_data_field *f = &g->field[i];
    lng_failure failure = {0};
    const int64_t size = lng_shape_size(array->shape);
    for (int64_t k = 0; f->dtype == LNG_I32 && k < array->count * size; k++) {
        const double x = lng_array_at(array, k);
        if (array->type == LNG_ARRAY_F32)
            return lng_fail(&failure, LNG_E_DTYPE, "`%s` is an integer, but the file holds floats", f->name) || refuse(g, &failure);
        if (!f->whole && (x < 0 || (f->classes && x >= (double)f->classes)))
            return lng_fail(&failure, LNG_E_RANGE, "example %lld is class %.0f of `%s`, expected 0 to %lld",
                            (long long)(g->rows + k / size), x, f->name, (long long)f->classes - 1) ||
                   refuse(g, &failure);
    }
    return true;
}

static bool check_shape(const gathering *g, size_t i, const lng_array *head)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    lng_failure failure = {0};
    if (lng_shape_size(head->shape) == lng_shape_size(g->field[i].shape))
        return true;
    lng_fail(&failure, LNG_E_SHAPE, "an example is %s, but the model's `%s` is %s", lng_shape_text(is, head->shape),
             g->field[i].name, lng_shape_text(should, g->field[i].shape));
    return refuse(g, &failure);
}

static bool take(gathering *g, lng_array *array, int64_t n)
{
    bool good = n + g->rows < LNG_NO_EXAMPLE ? make_room(g, g->rows + n)
                                             : lng_error(g->errors, LNG_E_LIMIT, lng_nowhere, "more than 2^32 examples");
    for (size_t i = 0; good && i < g->fields; i++) {
        good = check_class(g, i, &array[i]);
        if (good)
            put(g, i, &array[i]);
    }
    for (size_t i = 0; i < g->fields; i++)
        lng_array_free(&array[i]);
    g->rows += good ? n : 0;
    return good;
}

static bool read_file(gathering *g)
{
    const lng_data_field *first = &g->field[0];
    const lng_fit fit = first->columns ? first->columns->fit : LNG_FIT_NONE;
    const lng_model *m = g->program->session->subject.model;
    const lng_wish wish = {.shape = first->shape,
                           .size = fit ? LNG_FITTED : LNG_AS_THEY_ARE,
                           .integers = first->dtype == LNG_I32,
                           .text = true, /* of tables, so that no row is left out */
                           .style = m->data.style,
                           .fit = fit,
                           .window = m->data.window.length ? &m->data.window : NULL,
                           .first = m->data.first};
    lng_array *array = LNG_NEW_N(g->arena, g->fields, lng_array);
    lng_examples *x = lng_examples_open(g->path, &wish, g->field, g->fields, g->errors);
    bool good = x;
    for (size_t i = 0; good && i < g->fields; i++)
        good = check_shape(g, i, lng_examples_head(x, i));
    for (int64_t n = 1; good && n > 0;) {
        n = lng_examples_next(x, lng_examples_most(x), array, g->errors);
        good = n == 0 || (n > 0 && take(g, array, n));
    }
    lng_examples_free(x);
    return good;
}

static bool read_folder(gathering *g)
{
    const char *folder = g->path;
    lng_failure failure = {0};
    lng_image_list list;
    if (!lng_image_list_read(g->arena, folder, &list, &failure))
        return refuse(g, &failure);
    bool good = list.n > 0 || lng_fail(&failure, LNG_E_DATA, "there is no image in this folder") || refuse(g, &failure);
    for (size_t i = 0; good && i < list.n; i++) {
        g->path = lng_format(g->arena, "%s/%s", folder, list.at[i].path);
        good = read_file(g);
    }
    g->path = folder;
    return good;
}

/* ---- the whole ---- */
static void bind_all(gathering *g)
{
    lng_program *p = g->program;
    for (size_t i = 0; i < g->fields; i++) {
        const size_t k = g->input[i];
        lng_block_free(p->bound[k].copy);
        p->bound[k] = (lng_bound){.rows = g->rows, .copy = g->at[i]};
        p->field[k] = (lng_field){.at = g->at[i], .size = lng_shape_size(g->field[i].shape)};
        p->field[k].type = g->field[i].dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32;
        g->at[i] = NULL;
    }
}

static bool read_and_bind(void *context)
{
    gathering *g = context;
    struct stat st;
    if (!choose_inputs(g))
        return false;
    if (!(stat(g->path, &st) == 0 && S_ISDIR(st.st_mode) ? read_folder : read_file)(g))
        return false;
    bind_all(g);
    return true;
}

bool lng_program_bind_file(lng_program *p, const char *path, size_t *rows, lng_errors *errors)
{
    if (!lng_is_given(p, "program", errors) || !lng_is_given(path, "path", errors))
        return false;
    if (!p->session->subject.model)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "the graph of a builder has no description of data: bind arrays");
    gathering g = {.program = p, .errors = errors, .path = path, .arena = lng_arena_new()};
    const bool good = lng_attempt(g.arena, read_and_bind, &g, errors, "reading examples");
    for (size_t i = 0; i < g.fields && g.at; i++)
        lng_block_free(g.at[i]);
    lng_arena_free(g.arena);
    if (good && rows)
        *rows = (size_t)g.rows;
    return good;
}
