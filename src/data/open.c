/* Opens a data set: from its files (or generator) to arrays, and from the arrays to the fields that the model reads.
 *
 * Only fields that the model names are read. The files are compared with the description, and both with the model: parts must have equal
 * lengths and shapes equal sizes, integers must be integers, and labels must be below the number of classes. */
#include "config.h"
#include "data/data.h"
#include "base/assert.h"
#include "data/find.h"
#include "data/format.h"
#include "data/learn.h"
#include "data/partners.h"
#include "data/split.h"
#include "data/window.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct job { /* one load */
    lng_load load;
    const char *name;          /* of its file; NULL: it has none */
    const lng_data_file *more; /* those after it, which load.mores counts */
    lng_failure failure;
} job;

typedef struct opening {
    lng_arena *arena;
    const lng_data_spec *spec;
    const lng_data_field *example; /* the fields that the model reads */
    const lng_data_field
        *field; /* what a row of the files has of them; then what tells series apart, in all parts; then the keys of the
                                      splits, which the training part alone has */
    size_t fields, series, keys;    /* keys: of series and splits */
    size_t key[3];                  /* of the validation and of the test split, and of series, in `field`; SIZE_MAX: it has none */
    lng_series followed[LNG_PARTS]; /* by the rows of the files, before they are divided */
    uint32_t
        *origin; /* of each training example, and then of the test examples taken out of them; NULL: they are as in the files */
    const char *folder; /* --data */
    const char *file;   /* --data, if it is a file: the test part; NULL: the description's files */
    lng_team *team;
    lng_errors *errors;
    lng_data *data;
    job *job;
    size_t jobs;
    atomic_size_t next;
} opening;

static lng_part *part_of(lng_data *data, int number)
{
    return number == LNG_PART_TEST ? &data->test : number == LNG_PART_VALIDATION ? &data->validation : &data->train;
}

/* ---- what is to be loaded ---- */

static bool no_field(const opening *o, const lng_data_field *field, int number)
{
    const lng_part_spec *part = &o->spec->part[number];
    lng_nearest near = {.wrong = field->name};
    lng_text names = lng_text_new(o->arena);
    for (size_t i = 0; i < part->files; i++) {
        lng_nearest_offer(&near, part->file[i].field);
        lng_text_add(&names, "%s%s", i ? ", " : "", part->file[i].field);
    }
    lng_error(o->errors, LNG_E_UNKNOWN_NAME, field->place, "the data set `%s` has no field `%s` in `%s`; it has %s", o->spec->name,
              field->name, lng_part_names[number], names.at);
    if (near.best)
        lng_error_hint(o->errors, "did you mean `%s`?", near.best);
    return false;
}

static void free_words(void *what)
{
    lng_vocabulary_free(what);
}

/* Room for the names that are to be learned. */
static void prepare_words(opening *o, lng_load *load)
{
    load->words = LNG_NEW_N(o->arena, load->fields, lng_vocabulary *);
    for (size_t i = 0; i < load->fields; i++) {
        const lng_column_spec *c = load->field[i].columns;
        if (c && c->words && !c->word && (load->words[i] = lng_vocabulary_new()))
            lng_arena_defer(o->arena, free_words, load->words[i]);
    }
}

/* What is needed for each row of a part beside its numbers: its places in the order of training and of the split, what the split is found by,
 * and windows of it. */
static int64_t bytes_beside(const opening *o, int number)
{
    const lng_window_spec *w = &o->spec->window;
    int64_t bytes = 8;
    if (number == LNG_PART_TRAIN)
        bytes += lng_split_bytes(&o->spec->test) + lng_split_bytes(&o->spec->validation);
    for (size_t i = 0; w->length && i < o->fields; i++)
        bytes += 4 * lng_shape_size(o->example[i].shape) / w->step + 4;
    return w->length ? bytes + 24 : bytes;
}

static void add_job(opening *o, int number, const lng_data_file *file, size_t first, size_t fields)
{
    job *j = &o->job[o->jobs++];
    *j = (job){.load = {.format = o->spec->format,
                        .part = number,
                        .field = o->field + first,
                        .array = part_of(o->data, number)->array + first,
                        .fields = fields,
                        .examples = o->spec->part[number].examples,
                        .style = o->spec->style,
                        .skips_broken = o->spec->skips_broken,
                        .arena = o->arena,
                        .watch = o->spec->watch,
                        .is_divided = number == LNG_PART_TRAIN && (o->spec->validation.how || o->spec->test.how),
                        .beside = bytes_beside(o, number),
                        .sha256 = file ? file->sha256 : NULL},
               .name = file ? file->name : NULL};
    prepare_words(o, &j->load);
}

static bool add_job_per_field(opening *o, int number, size_t fields)
{
    const lng_part_spec *part = &o->spec->part[number];
    bool good = true;
    for (size_t i = 0; i < fields; i++) {
        const lng_data_file *file = NULL;
        for (size_t k = 0; k < part->files && !file; k++)
            file = strcmp(part->file[k].field, o->field[i].name) == 0 ? &part->file[k] : NULL;
        if (file)
            add_job(o, number, file, i, 1);
        else
            good = no_field(o, &o->field[i], number);
    }
    return good;
}

static bool has_part(const lng_data_spec *spec, int number)
{
    const lng_part_spec *part = &spec->part[number];
    if (spec->format->counted)
        return part->examples > 0;
    return spec->format->files == LNG_NO_FILES ? number != LNG_PART_VALIDATION : part->files > 0;
}

static void add_files(const opening *o, job *j, const lng_part_spec *part)
{
    j->load.mores = part->files - 1;
    j->load.more = LNG_NEW_N(o->arena, part->files, const char *);
    j->more = part->file + 1;
}

static bool add_jobs(opening *o, int number)
{
    const lng_data_layout layout = o->spec->format->files;
    if (o->file ? number != LNG_PART_TEST : !has_part(o->spec, number))
        return true;
    lng_part *part = part_of(o->data, number);
    const size_t keys = number == LNG_PART_TRAIN ? o->keys : o->series, fields = o->fields + keys;
    part->array = LNG_NEW_N(o->arena, fields, lng_array);
    part->field = LNG_NEW_N(o->arena, fields, lng_field);
    part->fields = o->fields;
    part->keys = keys;
    if (layout == LNG_FILE_PER_FIELD)
        return add_job_per_field(o, number, fields);
    add_job(o, number, o->file ? NULL : o->spec->part[number].file, 0, fields);
    if (o->spec->format->has_several && !o->file)
        add_files(o, &o->job[o->jobs - 1], &o->spec->part[number]);
    o->job[o->jobs - 1].load.path = o->file;
    return true;
}

/* ---- loading ---- */

static bool find_files(opening *o)
{
    lng_arena *arena = o->arena;
    size_t n = 0;
    for (size_t i = 0; i < o->jobs; i++)
        n += 1 + o->job[i].load.mores;
    const char **name = LNG_NEW_N(arena, n, const char *), **path = LNG_NEW_N(arena, n, const char *);
    for (size_t i = n = 0; i < o->jobs; i++) {
        name[n++] = o->job[i].name;
        for (size_t k = 0; k < o->job[i].load.mores; k++)
            name[n++] = o->job[i].more[k].name;
    }
    if (!lng_data_find(arena, o->spec, o->folder, name, n, path, &o->data->folder, o->errors))
        return false;
    for (size_t i = n = 0; i < o->jobs; i++) {
        o->job[i].load.path = path[n++];
        for (size_t k = 0; k < o->job[i].load.mores; k++)
            o->job[i].load.more[k] = path[n++];
    }
    return true;
}

static void load_next(void *context, int thread)
{
    opening *o = context;
    (void)thread;
    for (size_t i; (i = atomic_fetch_add(&o->next, 1)) < o->jobs;)
        o->spec->format->load(&o->job[i].load, &o->job[i].failure);
}

static bool load_all(opening *o)
{
    const lng_data_format *format = o->spec->format;
    if (!format->load) {
        lng_error(o->errors, LNG_E_DATA_NOT_FOUND, o->spec->place, "this model gets its data from the memory of a program");
        lng_error_hint(o->errors, "to use it here, describe its files: see lngraph-data(5)");
        return false;
    }
    if (format->files != LNG_NO_FILES && !o->file && !find_files(o))
        return false;
    for (size_t i = 0; format->uses_team && i < o->jobs; i++)
        o->job[i].load.team = o->team;
    if (o->team && !format->uses_team)
        lng_team_run(o->team, load_next, o);
    else
        load_next(o, 0);
    return true;
}

/* ---- what the arrays must be ---- */

/* An array of a job, under inspection. */
typedef struct loaded {
    const opening *o;
    const job *job;
    const lng_data_field *field;
    lng_array *array;
} loaded;

static lng_source file_of(const job *j)
{
    return (lng_source){.name = j->load.path};
}

static bool blame(const loaded *l, lng_code, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool blame(const loaded *l, lng_code code, const char *format, ...)
{
    const lng_source file = file_of(l->job);
    va_list arguments;
    va_start(arguments, format);
    lng_verror(l->o->errors, code, file.name ? (lng_place){.source = &file} : l->o->spec->place, format, arguments);
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

/* Whether they are equal but for dimensions of 1, or one of them is flat. */
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

static bool check_shape(const loaded *l)
{
    char ours[LNG_SHAPE_TEXT], theirs[LNG_SHAPE_TEXT];
    const lng_source file = file_of(l->job);
    if (same_layout(l->field->shape, l->array->shape))
        return true;
    lng_error(l->o->errors, LNG_E_SHAPE, l->field->place, "`%s` is %s here, but %s in the data set `%s`", l->field->name,
              lng_shape_text(ours, l->field->shape), lng_shape_text(theirs, l->array->shape), l->o->spec->name);
    if (file.name)
        lng_error_related(l->o->errors, (lng_place){.source = &file}, "the file's header says so");
    return false;
}

static bool check_type(const loaded *l)
{
    const bool class = l->field->dtype == LNG_I32;
    if (class && l->array->type == LNG_ARRAY_F32)
        return blame(l, LNG_E_DTYPE,
                     "`%s` is a class, but the file holds 32-bit floats; classes are read from bytes or 32-bit integers",
                     l->field->name);
    if (!class && l->array->type == LNG_ARRAY_I32)
        return blame(l, LNG_E_DTYPE,
                     "`%s` holds 32-bit integers, which can only be classes; numbers are read from bytes or 32-bit floats",
                     l->field->name);
    return true;
}

/* "byte 13: " or "line 7: ", if the format knows. example: as it was read. */
static const char *place_of(const loaded *l, int64_t example, char buffer[40])
{
    const lng_data_format *format = l->o->spec->format;
    const int64_t line = format->line ? format->line(&l->job->load, example) : 0;
    buffer[0] = 0;
    if (line > 0)
        snprintf(buffer, 40, "line %lld: ", (long long)line);
    else if (format->offset)
        snprintf(buffer, 40, "byte %lld: ", (long long)format->offset(l->array, example));
    return buffer;
}

/* Whether labels run from 1 to `classes`. */
static bool counts_from_one(const lng_array *array, int64_t classes)
{
    for (int64_t i = 0; i < array->count; i++)
        if (lng_array_at(array, i) < 1 || lng_array_at(array, i) > (double)classes)
            return false;
    return true;
}

static bool check_labels(const loaded *l)
{
    const int64_t classes = l->field->classes, first = l->o->spec->first;
    char place[40];
    if (!lng_field_is_class(l->field) || classes == 0 || l->field->columns)
        return true;
    for (int64_t i = 0; i < l->array->count; i++) {
        const int label = (int)lng_array_at(l->array, i);
        if (label >= first && label < classes + first)
            continue;
        blame(l, LNG_E_DATA, "%sthe label of example %lld is %d, expected %lld to %lld", place_of(l, i, place), (long long)i, label,
              (long long)first, (long long)(classes + first) - 1);
        if (first == 0 && counts_from_one(l->array, classes))
            lng_error_hint(l->o->errors, "labels seem to count from 1: write `first: 1` in the description");
        return false;
    }
    return true;
}

/* Labels in files that count from another number. */
static void count_from_zero(const loaded *l)
{
    int32_t *label = l->array->at;
    for (int64_t i = 0; l->field->classes && !l->field->columns && i < l->array->count; i++)
        label[i] -= (int32_t)l->o->spec->first;
}

/* Compares it with the part's first field that could be loaded. */
static bool check_count(const loaded *l)
{
    const lng_part *part = part_of(l->o->data, l->job->load.part);
    size_t first = 0;
    while (!part->array[first].at)
        first++;
    return l->array->count == part->array[first].count ||
           blame(l, LNG_E_DATA, "%lld examples of `%s`, but %lld of `%s`", (long long)l->array->count, l->field->name,
                 (long long)part->array[first].count, l->o->field[first].name);
}

static bool adapt(const loaded *l)
{
    lng_failure failure = {0};
    if (!check_shape(l) || !check_type(l) || !check_labels(l))
        return false;
    if (!lng_field_is_class(l->field)) /* bytes of a text stay bytes */
        return true;
    if (!lng_array_widen(l->array, &failure))
        return blame(l, failure.code, "%s", failure.text);
    if (l->o->spec->first)
        count_from_zero(l);
    return true;
}

lng_field lng_array_view(const lng_array *array)
{
    LNG_ASSERT(array->at && array->count > 0);
    lng_field field = {.at = array->at, .size = lng_shape_size(array->shape)};
    field.type = array->type == LNG_ARRAY_U8 ? LNG_FIELD_U8 : array->type == LNG_ARRAY_F32 ? LNG_FIELD_F32 : LNG_FIELD_I32;
    return field;
}

/* Files among many that cannot be read. */
static bool report_broken(const opening *o, const job *j)
{
    const lng_broken *b = &j->load.broken;
    const lng_source folder = file_of(j);
    for (size_t i = 0; i < b->n && b->left == 0; i++)
        lng_fail_report(&b->why[i], (lng_place){.source = &(lng_source){.name = b->path[i]}}, o->errors);
    if (b->left)
        lng_warn(o->errors, (lng_place){.source = &folder}, "%lld image%s cannot be read, and %s left out; the first is %s: %s",
                 (long long)b->left, b->left == 1 ? "" : "s", b->left == 1 ? "is" : "are", b->path[0], b->why[0].text);
    if (b->n && b->left == 0)
        lng_error_hint(o->errors, "`skip: broken` leaves out images that cannot be read");
    return b->n == 0 || b->left > 0;
}

/* Checks what a job has loaded, and makes the engine's view of it. */
static bool settle(opening *o, const job *j)
{
    lng_part *part = part_of(o->data, j->load.part);
    const lng_source file = file_of(j);
    bool good = true;
    if (j->failure.code != LNG_E_NONE)
        return lng_fail_report(&j->failure, file.name ? (lng_place){.source = &file} : o->spec->place, o->errors);
    if (!report_broken(o, j))
        return false;
    for (size_t i = 0; i < j->load.fields; i++) {
        const loaded l = {o, j, &j->load.field[i], &j->load.array[i]};
        good = adapt(&l) && check_count(&l) && good;
        part->field[l.array - part->array] = lng_array_view(l.array); /* until what is learned has been applied */
        part->count = l.array->count;
    }
    return good;
}

/* ---- the splits ---- */
static const job *job_of(const opening *o, int part)
{
    for (size_t i = 0; i < o->jobs; i++)
        if (o->job[i].load.part == part)
            return &o->job[i];
    return NULL;
}

/* Whether the part's examples were taken out of the training files. */
static bool is_taken(const opening *o, int part)
{
    return part == LNG_PART_TEST && o->data->test.fields && !job_of(o, part);
}

/* The load that the part has the field from; NULL: there is none. */
static const job *job_of_field(const opening *o, int part, size_t field)
{
    const int from = is_taken(o, part) ? LNG_PART_TRAIN : part;
    for (size_t i = 0; i < o->jobs; i++) {
        const lng_load *l = &o->job[i].load;
        if (l->part == from && o->field + field >= l->field && o->field + field < l->field + l->fields)
            return &o->job[i];
    }
    return NULL;
}

/* The number that an example of a part had in its file. */
static int64_t original(const opening *o, int part, int64_t example)
{
    if (!o->origin || !(part == LNG_PART_TRAIN || is_taken(o, part)))
        return example;
    return o->origin[example + (part == LNG_PART_TRAIN ? 0 : o->data->train.count)];
}

/* A key is a field of the model, or one more. */
static void add_key(opening *o, lng_data_field *all, int which, const lng_data_field *key)
{
    o->key[which] = SIZE_MAX;
    for (size_t k = 0; key && !key->columns && k < o->fields; k++)
        if (strcmp(all[k].name, key->name) == 0)
            o->key[which] = k;
    if (key && o->key[which] == SIZE_MAX) {
        o->key[which] = o->fields + o->keys++;
        all[o->key[which]] = lng_field_of_row(key);
    }
}

/* What is read of each row. */
static void describe_rows(opening *o)
{
    lng_data_field *all = LNG_NEW_N(o->arena, o->fields + 3, lng_data_field);
    for (size_t i = 0; i < o->fields; i++)
        all[i] = lng_field_of_row(&o->example[i]);
    add_key(o, all, 2, o->spec->window.group);
    o->series = o->keys;
    add_key(o, all, 0, o->spec->validation.key);
    add_key(o, all, 1, o->spec->test.key);
    o->field = all;
}

static lng_split_key key_of(const opening *o, int split)
{
    const size_t i = o->key[split];
    const job *j = i == SIZE_MAX ? NULL : job_of_field(o, LNG_PART_TRAIN, i);
    if (!j)
        return (lng_split_key){NULL, NULL};
    return (lng_split_key){&o->data->train.array[i], j->load.words[i - (size_t)(j->load.field - o->field)]};
}

static bool select_rows(const opening *o, size_t i, const uint32_t *row, int64_t n, lng_array *to)
{
    lng_failure failure = {0};
    return lng_array_select(&o->data->train.array[i], row, n, to, &failure) ||
           lng_fail_report(&failure, o->spec->validation.place, o->errors);
}

/* Arrays in the order of the division. */
static bool rearrange(opening *o, const lng_division *d)
{
    lng_data *data = o->data;
    const int64_t kept = d->train + d->validation;
    if (d->test && !data->test.fields) {
        lng_array *array = LNG_NEW_N(o->arena, o->fields, lng_array); /* first: if there is no memory, the part is freed */
        lng_field *field = LNG_NEW_N(o->arena, o->fields, lng_field);
        data->test = (lng_part){.count = d->test, .array = array, .field = field, .fields = o->fields};
    }
    for (size_t i = 0; i < o->fields; i++) {
        lng_array all;
        if (d->test) {
            if (!select_rows(o, i, d->row + kept, d->test, &data->test.array[i]))
                return false;
            data->test.field[i] = lng_array_view(&data->test.array[i]);
        }
        if (!select_rows(o, i, d->row, kept, &all))
            return false;
        lng_array_free(&data->train.array[i]);
        data->train.array[i] = all;
        data->train.field[i] = lng_array_view(&all);
    }
    data->train.count = kept;
    o->origin = d->row;
    return true;
}

static bool is_in_order(const lng_division *d)
{
    for (int64_t i = 0; i < d->train + d->validation + d->test; i++)
        if (d->row[i] != i)
            return false;
    return d->test == 0;
}

static bool blame_split(const opening *o, const lng_division *d, const lng_failure *failure)
{
    const job *j = job_of(o, LNG_PART_TRAIN);
    const loaded l = {o, j, j->load.field, j->load.array};
    char place[40];
    if (d->example < 0)
        return lng_fail_report(failure, d->place, o->errors);
    return blame(&l, failure->code, "%s%s", place_of(&l, d->example, place), failure->text);
}

static bool divide(opening *o, int64_t n)
{
    const lng_split_key key[] = {key_of(o, 0), key_of(o, 1)};
    lng_division d = {.row = LNG_NEW_N(o->arena, (size_t)n, uint32_t), .place = o->spec->place};
    lng_failure failure = {0};
    if (!lng_divide(o->arena, o->spec, key, n, &d, &failure))
        return blame_split(o, &d, &failure);
    if (d.test && o->data->test.fields)
        return lng_error(o->errors, LNG_E_ARGUMENTS, o->spec->validation.place,
                         "`%.60s` has test examples, but the data set has files for `test`, too", o->spec->validation.key->name);
    o->data->train_count = d.train;
    o->data->validation_count = d.validation;
    return is_in_order(&d) || rearrange(o, &d);
}

static bool split(opening *o)
{
    lng_data *data = o->data;
    const int64_t n = data->train.count;
    bool good = true;
    data->train_count = n;
    data->validation_count = data->validation.count;
    if (n > UINT32_MAX)
        return lng_error(o->errors, LNG_E_LIMIT, o->spec->place, "more than 2^32 examples");
    if (n > 0 && (o->spec->validation.how || o->spec->test.how))
        good = divide(o, n);
    for (int part = 0; part < LNG_PARTS; part++)
        for (lng_part *p = part_of(data, part); p->keys > 0; p->keys--)
            lng_array_free(&p->array[p->fields + p->keys - 1]);
    return good;
}

/* ---- windows ---- */
static void follow_series(opening *o)
{
    for (int part = 0; part < LNG_PARTS && o->spec->window.length; part++) {
        const lng_part *p = part_of(o->data, part);
        if (p->fields)
            o->followed[part] = lng_series_of(o->arena, o->key[2] == SIZE_MAX ? NULL : &p->array[o->key[2]], p->count);
    }
}

/* Rows [first, first + n) of a part, which are one of the three parts of the data set, called `name`. */
typedef struct piece {
    const char *name;
    int64_t first, rows;
    lng_windows windows;
} piece;

static bool find_windows(const opening *o, int part, piece *p)
{
    const lng_window_spec *w = &o->spec->window;
    const bool taken = is_taken(o, part), divided = o->origin && (taken || part == LNG_PART_TRAIN);
    const uint32_t *row = divided ? o->origin + p->first + (taken ? o->data->train.count : 0) : NULL;
    const lng_series *series = &o->followed[taken ? LNG_PART_TRAIN : part];
    uint32_t *number = NULL;
    const int64_t span = lng_window_span(w, o->example, o->fields);
    if (!row && p->first > 0) { /* the rest of the file, in its order */
        number = LNG_NEW_N(o->arena, (size_t)p->rows + 1, uint32_t);
        for (int64_t i = 0; i < p->rows; i++)
            number[i] = (uint32_t)(p->first + i);
    }
    lng_windows_find(o->arena, w, series, row ? row : number, p->rows, span, &p->windows);
    if (p->windows.count > 0 || p->rows == 0)
        return true;
    return lng_error(o->errors, LNG_E_RANGE, w->place, "the longest series of %s rows has %lld, fewer than the %lld of a window%s",
                     p->name, (long long)p->windows.longest, (long long)span, span > w->length ? " and its targets" : "");
}

/* Rows of a part become the examples of one or two pieces. */
static bool make_windows(opening *o, int part, piece *p, size_t pieces)
{
    lng_part *to = part_of(o->data, part);
    int64_t count = 0;
    for (size_t k = 0; k < pieces; count += p[k++].windows.count)
        if (!find_windows(o, part, &p[k]))
            return false;
    for (size_t i = 0; i < o->fields; i++) {
        const lng_data_field *f = &o->example[i];
        lng_failure failure = {0};
        lng_array all = {.type = to->array[i].type, .shape = f->shape};
        const int64_t bytes = lng_shape_size(f->shape) * lng_array_width(&all);
        if (count > LNG_ARRAY_BYTES / bytes)
            lng_fail(&failure, LNG_E_LIMIT,
                     "%lld windows of `%s`, each of %lld bytes, past the limit of 4 GiB; a longer `step` makes fewer",
                     (long long)count, f->name, (long long)bytes);
        if (failure.code != LNG_E_NONE || !lng_array_new(&all, count, &failure))
            return lng_fail_report(&failure, o->spec->window.place, o->errors);
        for (size_t k = 0; k < pieces; k++)
            lng_windows_gather(&p[k].windows, &o->spec->window, f, &to->array[i], p[k].first, &all, k ? p[k - 1].windows.count : 0);
        lng_array_free(&to->array[i]);
        to->array[i] = all;
        to->field[i] = lng_array_view(&to->array[i]);
    }
    to->count = count;
    return true;
}

/* After the rows were divided, and what is learned from rows has been applied. */
static bool make_all_windows(opening *o)
{
    lng_data *d = o->data;
    piece train[] = {{.name = "training", .rows = d->train_count},
                     {.name = "validation", .first = d->train_count, .rows = d->train.count - d->train_count}},
          test = {.name = "test", .rows = d->test.count}, validation = {.name = "validation", .rows = d->validation.count};
    if (!o->spec->window.length)
        return true;
    if ((d->test.fields && !make_windows(o, LNG_PART_TEST, &test, 1)) ||
        (d->validation.fields && !make_windows(o, LNG_PART_VALIDATION, &validation, 1)) ||
        (d->train.fields && !make_windows(o, LNG_PART_TRAIN, train, 2)))
        return false;
    d->train_count = train[0].windows.count;
    d->validation_count = d->validation.fields ? d->validation.count : train[1].windows.count;
    return true;
}

/* ---- what is learned ---- */
/* Of one field in one part. */
static bool prepare_field(const opening *o, int part, size_t i)
{
    const lng_column_spec *c = o->data->learned[i];
    const job *j = job_of_field(o, part, i);
    const lng_vocabulary *words = j ? j->load.words[i] : NULL;
    lng_failure failure = {0};
    int64_t example = 0;
    char place[40];
    if (!j)
        return true;
    const loaded l = {o, j, &o->field[i], &part_of(o->data, part)->array[i]};
    if (words ? lng_columns_translate(c, &o->field[i], words, l.array, &example, &failure)
              : lng_columns_apply(c, l.array, 0, &failure)) {
        part_of(o->data, part)->field[i] = lng_array_view(l.array);
        return true;
    }
    return blame(&l, failure.code, "%s%s", words ? place_of(&l, original(o, part, example), place) : "", failure.text);
}

/* Numbers that a loss takes for labels. */
static bool check_fractions(const opening *o, int part, size_t i)
{
    const job *j = job_of_field(o, part, i);
    char place[40], number[LNG_NUMBER_SIZE];
    if (!o->field[i].fraction || !j)
        return true;
    const loaded l = {o, j, &o->field[i], &part_of(o->data, part)->array[i]};
    const int64_t size = lng_shape_size(l.array->shape);
    for (int64_t k = 0; k < l.array->count * size; k++)
        if (!(lng_array_at(l.array, k) >= 0 && lng_array_at(l.array, k) <= 1)) {
            const int64_t example = original(o, part, k / size);
            blame(&l, LNG_E_DATA, "%s`%s` of example %lld holds %s, but the model takes it for a label or probability, from 0 to 1",
                  place_of(&l, example, place), l.field->name, (long long)example, lng_number(number, lng_array_at(l.array, k)));
            if (l.field->columns && l.field->columns->scale != LNG_SCALE_NONE)
                lng_error_hint(o->errors, "labels are not scaled: leave out `scale`");
            return false;
        }
    return true;
}

static bool nothing_learned(const opening *o, const lng_data_field *field)
{
    lng_error(o->errors, LNG_E_ARGUMENTS, field->place,
              "what `%s` needs is learned from training examples, but there are none without the files of the description",
              field->name);
    lng_error_hint(o->errors, "a run has learned it: name the run's folder instead of the model file");
    return false;
}

/* Tables alone have such fields, and one file has all fields of a part. */
static bool learn(opening *o)
{
    const job *j = job_of(o, LNG_PART_TRAIN);
    lng_failure failure = {0};
    bool good = true;
    o->data->learned = LNG_NEW_N(o->arena, o->fields, const lng_column_spec *);
    for (size_t i = 0; good && i < o->fields; i++) {
        if (!o->field[i].columns)
            continue;
        if (!j && !lng_columns_are_complete(o->field[i].columns))
            return nothing_learned(o, &o->field[i]);
        o->data->learned[i] =
            j ? lng_columns_learn(o->arena, &o->field[i], j->load.words[i], &j->load.array[i], o->data->train_count, &failure)
              : o->field[i].columns;
        if (!o->data->learned[i]) {
            const loaded l = {o, j, &o->field[i], &j->load.array[i]};
            good = blame(&l, failure.code, "%s", failure.text);
        }
        for (int part = 0; good && part < LNG_PARTS; part++)
            good = prepare_field(o, part, i);
    }
    for (size_t i = 0; good && i < o->fields; i++)
        for (int part = 0; good && part < LNG_PARTS; part++)
            good = check_fractions(o, part, i);
    return good;
}

/* ---- the whole ---- */

/* A file with all fields of a part can stand for the test part. */
static bool take_file(opening *o)
{
    struct stat status;
    if (!o->folder || stat(o->folder, &status) || !S_ISREG(status.st_mode))
        return true;
    o->file = o->folder;
    if (o->spec->format->files == LNG_FILE_PER_PART)
        return true;
    lng_error(o->errors, LNG_E_ARGUMENTS, (lng_place){0}, "--data names a file, but format %s has several for each part",
              o->spec->format->name);
    lng_error_hint(o->errors, "name their folder");
    return false;
}

static bool open_all(opening *o)
{
    bool good = take_file(o);
    describe_rows(o);
    o->job = LNG_NEW_N(o->arena, LNG_PARTS * (o->fields + o->keys + 1), job);
    for (int i = 0; i < LNG_PARTS; i++)
        good = add_jobs(o, i) && good;
    if (!good || !load_all(o))
        return false;
    for (size_t i = 0; i < o->jobs; i++)
        good = settle(o, &o->job[i]) && good;
    if (!good)
        return false;
    follow_series(o);
    if (!split(o) || !learn(o) || !make_all_windows(o))
        return false;
    lng_data_check_classes(o->arena, o->data, o->spec, o->example, o->fields, o->errors);
    return true;
}

static void free_arrays(void *what)
{
    lng_data *data = what;
    for (int part = 0; part < LNG_PARTS; part++)
        for (size_t i = 0; i < part_of(data, part)->fields + part_of(data, part)->keys; i++)
            lng_array_free(&part_of(data, part)->array[i]);
}

/* The arrays are freed with the arena, which holds the list of them. */
static bool open_in(void *context)
{
    opening *o = context;
    lng_arena *arena = o->arena;
    o->data = LNG_NEW(arena, lng_data);
    *o->data = (lng_data){.arena = arena, .name = lng_copy(arena, o->spec->name)};
    lng_arena_defer(arena, free_arrays, o->data);
    const lng_data_field *field = o->example;
    const size_t fields = o->fields;
    o->example = lng_partners_need(arena, o->spec, field, fields, &o->fields);
    return open_all(o) && (o->spec->partners == 0 || lng_partners_join(o->data, o->example, o->fields, field, fields, o->errors));
}

lng_data *lng_data_open(const lng_data_spec *spec, const lng_data_field *field, size_t fields, const char *folder, lng_team *team,
                        lng_errors *errors)
{
    LNG_ASSERT(spec->format && fields > 0);
    opening o = {.arena = lng_arena_new(),
                 .spec = spec,
                 .example = field,
                 .fields = fields,
                 .folder = folder,
                 .team = team,
                 .errors = errors};
    if (lng_attempt(o.arena, open_in, &o, errors, "opening the data"))
        return o.data;
    lng_arena_free(o.arena);
    return NULL;
}

void lng_data_free(lng_data *data)
{
    if (data)
        lng_arena_free(data->arena);
}
