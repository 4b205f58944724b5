/* Opens a data set: its files (or its generator) to arrays, the arrays to the fields that the model reads.
 *
 * Only fields that the model names are read. What the description promises is compared with what the files hold, and both with the
 * model: parts of equal length, shapes of equal size, integers where the model has integers, labels below the number of classes. */
#include "config.h"
#include "data/find.h"
#include "data/format.h"
#include <stdatomic.h>
#include <string.h>

typedef struct job { /* one array to make */
    const lng_data_file *file;
    const char *path; /* NULL when it is generated */
    int part;         /* 0: train, 1: test */
    size_t field;     /* of the model */
    lng_array array;
    lng_failure failure;
} job;

typedef struct opening {
    lng_arena *arena;
    const lng_model *model;
    const lng_data_spec *spec;
    const char *folder;
    lng_team *team;
    lng_errors *errors;
    lng_data *data;
    job *job; /* [part][field]; a part that does not exist has none */
    size_t jobs;
    atomic_size_t next;
} opening;

typedef struct format {
    const char *name;
    bool (*load)(opening *);
    const lng_data_file *field; /* of a generated set; else the description lists files */
    size_t fields;
} format;

/* ---- formats ---- */

static void load_next(void *context, int thread)
{
    opening *o = context;
    (void)thread;
    for (size_t i; (i = atomic_fetch_add(&o->next, 1)) < o->jobs;)
        lng_idx_load(o->job[i].path, 0, o->job[i].file->sha256, &o->job[i].array, &o->job[i].failure);
}

static bool load_idx(opening *o)
{
    lng_arena *arena = o->data->arena;
    const char **file = LNG_NEW_N(arena, o->jobs, const char *), **path = LNG_NEW_N(arena, o->jobs, const char *);
    for (size_t i = 0; i < o->jobs; i++)
        file[i] = o->job[i].file->file;
    if (!lng_data_find(arena, o->spec, o->folder, file, o->jobs, path, &o->data->folder, o->errors))
        return false;
    for (size_t i = 0; i < o->jobs; i++)
        o->job[i].path = path[i];
    if (o->team)
        lng_team_run(o->team, load_next, o);
    else
        load_next(o, 0);
    return true;
}

static const lng_data_file digits_field[] = {{.field = "image"}, {.field = "label"}};

static bool load_digits(opening *o)
{
    for (int part = 0; part < 2; part++) {
        lng_failure failure = {0};
        lng_array made[2];
        lng_digits_make(part, o->team, &made[0], &made[1], &failure);
        for (size_t i = 0; i < o->jobs; i++) {
            job *j = &o->job[i];
            if (j->part != part)
                continue;
            lng_array *from = &made[j->file - digits_field];
            j->failure = failure;
            j->array = *from;
            *from = (lng_array){0};
        }
        lng_array_free(&made[0]);
        lng_array_free(&made[1]);
    }
    return true;
}

static const format formats[] = {
    {"idx", load_idx, NULL, 0},
    {"digits", load_digits, digits_field, 2},
};
enum { FORMATS = sizeof formats / sizeof *formats };

bool lng_data_is_built_in(const char *name)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].field && !strcmp(formats[i].name, name))
            return true;
    return false;
}

static const format *find_format(const opening *o)
{
    lng_nearest near = {.wrong = o->spec->format};
    if (!strcmp(near.wrong, "memory")) { /* known, but nothing that can be opened */
        lng_error(o->errors, LNG_E_DATA_NOT_FOUND, o->spec->place, "the data of this model are in the memory of a program");
        lng_error_hint(o->errors, "to use it here, describe files: see lngraph-model(5), `data`");
        return NULL;
    }
    for (int i = 0; i < FORMATS; i++) {
        if (!strcmp(formats[i].name, o->spec->format))
            return &formats[i];
        lng_nearest_offer(&near, formats[i].name);
    }
    lng_error(o->errors, LNG_E_UNKNOWN_NAME, o->spec->place, "there is no data format `%s`", o->spec->format);
    if (near.best)
        lng_error_hint(o->errors, "did you mean `%s`?", near.best);
    return NULL;
}

/* ---- which fields ---- */

static bool no_field(const opening *o, const lng_model_field *field, const lng_data_file *file, size_t n, const char *part)
{
    lng_nearest near = {.wrong = field->name};
    lng_text names = lng_text_new(o->data->arena);
    for (size_t i = 0; i < n; i++) {
        lng_nearest_offer(&near, file[i].field);
        lng_text_add(&names, "%s%s", i ? ", " : "", file[i].field);
    }
    lng_error(o->errors, LNG_E_UNKNOWN_NAME, field->place, "the data set `%s` has no field `%s` for %s; it has %s", o->spec->name,
              field->name, part, names.at);
    if (near.best)
        lng_error_hint(o->errors, "did you mean `%s`?", near.best);
    return false;
}

static bool plan_part(opening *o, int part, const lng_data_file *file, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < o->model->fields; i++) {
        const lng_data_file *match = NULL;
        for (size_t k = 0; k < n && !match; k++)
            if (!strcmp(file[k].field, o->model->field[i].name))
                match = &file[k];
        if (match)
            o->job[o->jobs++] = (job){.file = match, .part = part, .field = i};
        else
            good = no_field(o, &o->model->field[i], file, n, part ? "testing" : "training");
    }
    return good;
}

static bool plan(opening *o, const format *f)
{
    const lng_data_spec *spec = o->spec;
    o->job = LNG_NEW_N(o->data->arena, 2 * o->model->fields, job);
    if (f->field)
        return plan_part(o, 0, f->field, f->fields) && plan_part(o, 1, f->field, f->fields);
    return plan_part(o, 0, spec->train, spec->n_train) && (spec->n_test == 0 || plan_part(o, 1, spec->test, spec->n_test));
}

/* ---- what the arrays must be ---- */

static bool blame(const opening *, const job *, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
static bool blame(const opening *o, const job *j, lng_code code, const char *format, ...)
{
    lng_source file = {.name = j->path};
    va_list arguments;
    va_start(arguments, format);
    lng_verror(o->errors, code, j->path ? (lng_place){.source = &file} : o->spec->place, format, arguments);
    va_end(arguments);
    return false;
}

/* The next dimension that is not 1, from *i on; 1 at the end. */
static int64_t next_dim(lng_shape shape, int *i)
{
    while (*i < shape.rank && shape.dim[*i] == 1)
        ++*i;
    return *i < shape.rank ? shape.dim[(*i)++] : 1;
}

/* Equal but for dimensions of 1, or one of them flat. */
static bool same_layout(lng_shape a, lng_shape b)
{
    int i = 0, j = 0;
    if (lng_shape_size(a) != lng_shape_size(b))
        return false;
    while (i < a.rank || j < b.rank)
        if (next_dim(a, &i) != next_dim(b, &j))
            return a.rank == 1 || b.rank == 1;
    return true;
}

static bool check_shape(const opening *o, const job *j)
{
    const lng_model_field *field = &o->model->field[j->field];
    char ours[LNG_SHAPE_TEXT], theirs[LNG_SHAPE_TEXT];
    if (same_layout(field->shape, j->array.shape))
        return true;
    lng_error(o->errors, LNG_E_SHAPE, field->place, "`%s` is %s here, but %s in the data set `%s`", field->name,
              lng_shape_text(ours, field->shape), lng_shape_text(theirs, j->array.shape), o->spec->name);
    if (j->path)
        lng_error_related(o->errors, (lng_place){.source = &(lng_source){.name = j->path}}, "the file's header says so");
    return false;
}

static bool check_type(const opening *o, const job *j)
{
    const lng_model_field *field = &o->model->field[j->field];
    bool integral = j->array.type == LNG_ARRAY_I32, real = j->array.type == LNG_ARRAY_F32;
    if (!(field->dtype == LNG_F32 ? integral : real))
        return true;
    return lng_error(o->errors, LNG_E_DTYPE, field->place, "`%s` is %s here, but %s in the data set `%s`", field->name,
                     lng_dtype_name(field->dtype), integral ? "i32" : "f32", o->spec->name);
}

/* Labels: the integer fields of one number. */
static bool check_labels(const opening *o, const job *j)
{
    const uint8_t *byte = j->array.at;
    const int32_t *word = j->array.at;
    int64_t classes = o->spec->classes;
    if (o->model->field[j->field].dtype != LNG_I32 || lng_shape_size(j->array.shape) != 1 || classes <= 0)
        return true;
    for (int64_t i = 0; i < j->array.count; i++) {
        int label = j->array.type == LNG_ARRAY_U8 ? byte[i] : word[i];
        if (label < 0 || label >= classes)
            return blame(o, j, LNG_E_DATA, "byte %lld: the label of example %lld is %d, expected 0 to %lld",
                         (long long)lng_idx_offset(&j->array, i), (long long)i, label, (long long)classes - 1);
    }
    return true;
}

static bool check_count(const opening *o, const job *j, const job *first)
{
    return j->array.count == first->array.count ||
           blame(o, j, LNG_E_DATA, "byte 4: %lld examples of `%s`, but %lld of `%s` in %s", (long long)j->array.count,
                 j->file->field, (long long)first->array.count, first->file->field, first->path ? first->path : o->spec->name);
}

static bool adapt(opening *o, job *j)
{
    if (j->failure.code != LNG_E_NONE)
        return blame(o, j, j->failure.code, "%s", j->failure.text);
    if (!check_shape(o, j) || !check_type(o, j) || !check_labels(o, j))
        return false;
    return o->model->field[j->field].dtype != LNG_I32 || lng_array_widen(&j->array, &j->failure) ||
           blame(o, j, j->failure.code, "%s", j->failure.text);
}

static lng_field view(const lng_array *array)
{
    lng_field field = {.at = array->at, .size = lng_shape_size(array->shape)};
    field.type = array->type == LNG_ARRAY_U8 ? LNG_FIELD_U8 : array->type == LNG_ARRAY_F32 ? LNG_FIELD_F32 : LNG_FIELD_I32;
    return field;
}

/* Moves the arrays of a part into it. */
static bool settle(opening *o, int number, lng_part *part)
{
    const job *first = NULL;
    bool good = true;
    part->array = LNG_NEW_N(o->data->arena, o->model->fields, lng_array);
    part->field = LNG_NEW_N(o->data->arena, o->model->fields, lng_field);
    part->fields = o->model->fields;
    for (size_t i = 0; i < o->jobs; i++) {
        job *j = &o->job[i];
        if (j->part != number)
            continue;
        bool fits = adapt(o, j);
        if (fits && first)
            fits = check_count(o, j, first);
        else if (fits)
            first = j;
        good = good && fits;
        part->array[j->field] = j->array;
        part->field[j->field] = view(&j->array);
        part->count = j->array.count;
        j->array.at = NULL; /* the part owns it now */
    }
    return good;
}

/* ---- the whole ---- */

static bool split(opening *o)
{
    lng_data *data = o->data;
    const lng_data_spec *spec = o->spec;
    int64_t n = data->train.count;
    int64_t last = spec->validation_count >= 0 ? spec->validation_count : (int64_t)((double)n * spec->validation_last + 0.5);
    if (last >= n)
        return lng_error(o->errors, LNG_E_RANGE, spec->place, "a validation set of %lld examples leaves none of %lld to train with",
                         (long long)last, (long long)n);
    data->validation_count = last;
    data->train_count = n - last;
    return true;
}

static bool load(opening *o)
{
    const format *f = find_format(o);
    if (!f || !plan(o, f) || !f->load(o))
        return false;
    bool train = settle(o, 0, &o->data->train), test = settle(o, 1, &o->data->test);
    return train && test && split(o);
}

static void free_arrays(void *what)
{
    opening *o = what;
    for (size_t i = 0; i < o->jobs; i++)
        lng_array_free(&o->job[i].array);
    for (size_t i = 0; i < o->data->train.fields; i++)
        lng_array_free(&o->data->train.array[i]);
    for (size_t i = 0; i < o->data->test.fields; i++)
        lng_array_free(&o->data->test.array[i]);
}

/* The arrays are freed with the arena: what knows them is in it. */
static bool open_in(void *context)
{
    opening *request = context;
    lng_arena *arena = request->arena;
    opening *o = LNG_NEW(arena, opening);
    *o = *request;
    o->data = request->data = LNG_NEW(arena, lng_data);
    *o->data = (lng_data){.arena = arena, .name = lng_copy(arena, o->model->data.name)};
    lng_arena_defer(arena, free_arrays, o);
    return load(o);
}

lng_data *lng_data_open(const lng_model *model, const char *folder, lng_team *team, lng_errors *errors)
{
    opening request = {
        .arena = lng_arena_new(), .model = model, .spec = &model->data, .folder = folder, .team = team, .errors = errors};
    if (lng_attempt(request.arena, open_in, &request, errors, "opening the data"))
        return request.data;
    lng_arena_free(request.arena);
    return NULL;
}

void lng_data_free(lng_data *data)
{
    if (data)
        lng_arena_free(data->arena);
}
