/* Opens a data set: from its files (or generator) to arrays, and from the arrays to the fields that the model reads.
 *
 * Only fields that the model names are read. The files are compared with the description, and both with the model: parts must have equal
 * lengths and shapes equal sizes, integers must be integers, and labels must be below the number of classes. */
#include "config.h"
#include "data/opening.h"
#include "base/assert.h"
#include "base/guard.h"
#include "data/find.h"
#include "data/partners.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

lng_part *lng_part_of(lng_data *data, int number)
{
    return number == LNG_PART_TEST ? &data->test : number == LNG_PART_VALIDATION ? &data->validation : &data->train;
}

/* ---- what is to be loaded ---- */

static bool no_field(const lng_opening *o, const lng_data_field *field, int number)
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
static void prepare_words(lng_opening *o, lng_load *load)
{
    load->words = LNG_NEW_N(o->arena, load->fields, lng_vocabulary *);
    for (size_t i = 0; i < load->fields; i++) {
        const lng_column_spec *c = load->field[i].columns;
        if (!c || !c->words || c->word)
            continue;
        if (!(load->words[i] = lng_vocabulary_new()))
            lng_out_of_memory(o->arena);
        lng_arena_defer(o->arena, free_words, load->words[i]);
    }
}

/* What is needed for each row of a part beside its numbers: its places in the order of training and of the split, what the split is found by,
 * and windows of it. */
static int64_t bytes_beside(const lng_opening *o, int number)
{
    const lng_window_spec *w = &o->spec->window;
    int64_t bytes = 8;
    if (number == LNG_PART_TRAIN)
        bytes += lng_split_bytes(&o->spec->test) + lng_split_bytes(&o->spec->validation);
    for (size_t i = 0; w->length && i < o->fields; i++)
        bytes += 4 * lng_shape_size(o->example[i].shape) / w->step + 4;
    return w->length ? bytes + 24 : bytes;
}

static void add_job(lng_opening *o, int number, const lng_data_file *file, size_t first, size_t fields)
{
    lng_job *j = &o->job[o->jobs++];
    *j = (lng_job){.load = {.format = o->spec->format,
                            .part = number,
                            .field = o->field + first,
                            .array = lng_part_of(o->data, number)->array + first,
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

static bool add_job_per_field(lng_opening *o, int number, size_t fields)
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

static void add_files(const lng_opening *o, lng_job *j, const lng_part_spec *part)
{
    j->load.mores = part->files - 1;
    j->load.more = LNG_NEW_N(o->arena, part->files, const char *);
    j->more = part->file + 1;
}

static bool add_jobs(lng_opening *o, int number)
{
    const lng_data_layout layout = o->spec->format->files;
    if (o->file ? number != LNG_PART_TEST : !has_part(o->spec, number))
        return true;
    lng_part *part = lng_part_of(o->data, number);
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

static bool find_files(lng_opening *o)
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
    lng_opening *o = context;
    (void)thread;
    for (size_t i; (i = atomic_fetch_add(&o->next, 1)) < o->jobs;)
        o->spec->format->load(&o->job[i].load, &o->job[i].failure);
}

static bool load_all(lng_opening *o)
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

/* ---- the whole ---- */

/* A file with all fields of a part can stand for the test part. */
static bool take_file(lng_opening *o)
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

static bool may_have_folder(const lng_opening *o)
{
    if (!o->folder || o->spec->format->files != LNG_NO_FILES)
        return true;
    lng_error(o->errors, LNG_E_ARGUMENTS, (lng_place){0}, "--data %s: the data set `%s` is built in and reads no files", o->folder,
              o->spec->name);
    lng_error_hint(o->errors, "-s data.source=NAME takes another data set");
    return false;
}

static bool open_all(lng_opening *o)
{
    if (!may_have_folder(o))
        return false;
    bool good = take_file(o);
    lng_opening_rows(o);
    o->job = LNG_NEW_N(o->arena, LNG_PARTS * (o->fields + o->keys + 1), lng_job);
    for (int i = 0; i < LNG_PARTS; i++)
        good = add_jobs(o, i) && good;
    if (!good || !load_all(o))
        return false;
    for (size_t i = 0; i < o->jobs; i++)
        good = lng_opening_settle(o, &o->job[i]) && good;
    if (!good)
        return false;
    lng_opening_follow(o);
    if (!lng_opening_split(o) || !lng_opening_learn(o) || !lng_opening_window(o))
        return false;
    lng_data_check_classes(o->arena, o->data, o->spec, o->example, o->fields, o->errors);
    return true;
}

static void free_arrays(void *what)
{
    lng_data *data = what;
    for (int part = 0; part < LNG_PARTS; part++)
        for (size_t i = 0; i < lng_part_of(data, part)->fields + lng_part_of(data, part)->keys; i++)
            lng_array_free(&lng_part_of(data, part)->array[i]);
}

/* The arrays are freed with the arena, which holds the list of them. */
static bool open_in(void *context)
{
    lng_opening *o = context;
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
    lng_opening o = {.arena = lng_arena_new(),
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
