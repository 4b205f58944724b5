/* Descriptions of data sets: from a checked document to a specification. */
#include "config.h"
#include "base/assert.h"
#include "data/format.h"
#include "data/image.h"
#include "doc/number.h"
#include "std/std.h"
#include <string.h>

const char *const lng_part_names[LNG_PARTS] = {"train", "test", "validation"};

typedef struct describing {
    lng_arena *arena;
    lng_errors *errors;
    lng_data_spec *spec;
    bool good;
} describing;

static void refuse(describing *d, lng_code code, lng_place place, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void refuse(describing *d, lng_code code, lng_place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    d->good = lng_verror(d->errors, code, place, format, arguments);
    va_end(arguments);
}

static bool is_mapping(const lng_doc *doc)
{
    return doc && doc->kind == LNG_DOC_MAPPING;
}

static const char *text_of(const lng_doc *mapping, const char *key)
{
    const lng_doc *item = lng_doc_get(mapping, key);
    return item && item->kind == LNG_DOC_SCALAR ? item->text : NULL;
}

/* ---- fields ---- */
bool lng_shape_describe(const lng_doc *list, lng_shape *shape, lng_errors *errors)
{
    *shape = (lng_shape){0};
    if (list->count > LNG_MAX_RANK)
        return lng_error(errors, LNG_E_RANGE, list->item[LNG_MAX_RANK]->place, "a shape has at most %d sizes", LNG_MAX_RANK);
    for (size_t i = 0; i < list->count; i++) {
        int64_t size;
        if (!lng_scalar_int(list->item[i], &size, errors))
            return false;
        if (size < 1 || size > LNG_MAX_ELEMENTS)
            return lng_error(errors, LNG_E_RANGE, list->item[i]->place, "a size is from 1 to 2^31");
        shape->dim[shape->rank++] = size;
    }
    return lng_shape_size(*shape) > 0 || lng_error(errors, LNG_E_LIMIT, list->place, "a field has at most 2^31 elements");
}

static bool read_shape(describing *d, const lng_doc *doc, lng_shape *shape)
{
    int64_t number;
    if (doc->kind != LNG_DOC_SEQUENCE) {
        lng_error(d->errors, LNG_E_TYPE, doc->place,
                  "a field is a shape, such as [28, 28, 1], or one of the words `class` and `int`");
        if (doc->kind == LNG_DOC_SCALAR && lng_parse_int(doc->text, doc->length, &number) && number > 0)
            lng_error_hint(d->errors, "write [%lld]", (long long)number);
        return false;
    }
    return lng_shape_describe(doc, shape, d->errors);
}

/* Whether an earlier field has other classes. */
static bool is_mixed(const lng_data_spec *spec, int64_t classes)
{
    for (size_t i = 0; i + 1 < spec->fields; i++)
        if (spec->field[i].columns && spec->field[i].columns->class && spec->field[i].classes != classes)
            return true;
    return false;
}

/* Integers of a shape, in a file of arrays. */
static bool is_int_and_shape(const lng_doc *doc)
{
    return lng_doc_get(doc, "int") && lng_doc_get(doc, "shape") && doc->count == 2;
}

/* Columns are those of tables; images have a size. */
static void check_format(describing *d, const lng_doc *doc, bool is_image)
{
    static const char *const of_folders[] = {"shape", "fit", "class", "names", "count"};
    const lng_data_format *format = d->spec->format;
    const lng_doc *fit = lng_doc_get(doc, "fit");
    if (!format)
        return;
    if (!format->is_folder && !format->line && !is_int_and_shape(doc)) {
        refuse(d, LNG_E_ARGUMENTS, doc->place, "only tables, `format: csv`, have columns");
        lng_error_hint(d->errors,
                       "here a field is its shape, such as [28, 28, 1], `class` for a label, or {int: true, shape: [28]}");
    }
    if (!format->is_folder && fit && !is_image)
        refuse(d, LNG_E_ARGUMENTS, fit->place, "`fit` goes with images: `image: true`, or `format: folder`");
    for (size_t i = 0; format->is_folder && i < doc->count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof of_folders / sizeof *of_folders; k++)
            known = known || strcmp(doc->key[i]->text, of_folders[k]) == 0;
        if (!known)
            refuse(d, LNG_E_ARGUMENTS, doc->item[i]->place, "`%.60s` goes with tables, `format: csv`", doc->key[i]->text);
    }
}

static void check_image(describing *d, const lng_doc *doc, lng_shape shape)
{
    const int64_t channels = shape.rank == 3 ? shape.dim[2] : 1;
    if (shape.rank < 2 || shape.rank > 3 || (channels != 1 && channels != 3 && channels != 4) || shape.dim[0] > LNG_IMAGE_SIDE ||
        shape.dim[1] > LNG_IMAGE_SIDE)
        refuse(d, LNG_E_SHAPE, doc->place,
               "an image is [height, width], or [height, width, channels] of 1, 3 or 4 channels; a side has at most %d pixels",
               LNG_IMAGE_SIDE);
}

/* The number of its classes is that of the data set, unless fields differ. */
static void read_columns(describing *d, const lng_doc *key, const lng_doc *doc, lng_data_field *f)
{
    *f = (lng_data_field){.name = key->text, .place = doc->place};
    d->good = lng_columns_describe(d->arena, doc, f, d->errors) && d->good;
    const bool image = f->columns && f->columns->image;
    check_format(d, doc, image);
    if ((image && d->good) || (f->columns && d->spec->format && d->spec->format->is_folder && !f->columns->class))
        check_image(d, doc, f->shape);
    if (!f->columns || !f->columns->class)
        return;
    const bool given = lng_doc_get(d->spec->source, "classes");
    if (given && d->spec->classes && f->classes && d->spec->classes != f->classes)
        refuse(d, LNG_E_RANGE, doc->place, "`%.60s` has %lld classes, but `classes` is %lld", key->text, (long long)f->classes,
               (long long)d->spec->classes);
    if (!given)
        d->spec->classes = is_mixed(d->spec, f->classes) ? 0 : f->classes;
}

/* Classes that are called as their folders. */
static const lng_column_spec *folder_names(const describing *d)
{
    lng_column_spec *c = LNG_NEW(d->arena, lng_column_spec);
    c->class = true;
    c->words = d->spec->classes;
    return c;
}

/* Formats that make their fields themselves have no integers of other sizes. */
static void check_whole(describing *d, const lng_doc *doc, const lng_data_field *f)
{
    const lng_data_format *format = d->spec->format;
    if (f->whole && format && (format->is_folder || format->files == LNG_NO_FILES || format->describe))
        refuse(d, LNG_E_ARGUMENTS, doc->place, "`int` does not go with format %s", format->name);
}

static void read_field(describing *d, const lng_doc *key, const lng_doc *doc)
{
    lng_data_field *f = &d->spec->field[d->spec->fields++];
    if (doc->kind == LNG_DOC_MAPPING) {
        read_columns(d, key, doc, f);
        check_whole(d, doc, f);
        return;
    }
    const bool class = doc->kind == LNG_DOC_SCALAR && strcmp(doc->text, "class") == 0,
               whole = doc->kind == LNG_DOC_SCALAR && strcmp(doc->text, "int") == 0;
    *f = (lng_data_field){.name = key->text, .dtype = class || whole ? LNG_I32 : LNG_F32, .whole = whole, .place = doc->place};
    f->classes = class ? d->spec->classes : 0;
    if (class && !lng_doc_get(d->spec->source, "classes"))
        refuse(d, LNG_E_MISSING_KEY, doc->place, "`%.60s` holds classes, but the description has no `classes`", key->text);
    else if (!class && !whole && !read_shape(d, doc, &f->shape))
        d->good = false;
    check_whole(d, doc, f);
    if (!d->good || !d->spec->format || !d->spec->format->is_folder)
        return;
    if (class)
        f->columns = folder_names(d);
    else
        check_image(d, doc, f->shape);
}

static void read_fields(describing *d, const lng_doc *source)
{
    const lng_doc *fields = lng_doc_get(source, "fields");
    d->good = d->good && is_mapping(fields);
    if (!is_mapping(fields))
        return;
    d->spec->field = LNG_NEW_N(d->arena, fields->count + 1, lng_data_field);
    for (size_t i = 0; i < fields->count; i++)
        read_field(d, fields->key[i], fields->item[i]);
}

const lng_data_field *lng_data_spec_field(const lng_data_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->fields; i++)
        if (strcmp(spec->field[i].name, name) == 0)
            return &spec->field[i];
    return NULL;
}

/* ---- files ---- */
/* Whether the name can be that of a file in a folder. */
static bool is_file_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void read_file(describing *d, const char *field, const lng_doc *doc, lng_part_spec *part)
{
    const bool folder = d->spec->format->is_folder;
    const char *key = folder ? "folder" : "file";
    const lng_doc *file = lng_doc_get(doc, key), *other = lng_doc_get(doc, folder ? "file" : "folder"),
                  *sha = lng_doc_get(doc, "sha256");
    if (!lng_section_check(&lng_section_source, &lng_section_file, doc, d->errors)) {
        d->good = false;
        return;
    }
    if (lng_doc_get(doc, "files"))
        refuse(d, LNG_E_ARGUMENTS, lng_doc_get(doc, "files")->place, "format %s reads one `%s`", d->spec->format->name, key);
    if (other)
        refuse(d, LNG_E_ARGUMENTS, other->place, folder ? "format folder reads a `folder`" : "format %s reads a `file`",
               d->spec->format->name);
    if (!file) {
        refuse(d, LNG_E_MISSING_KEY, doc->place, "`%s` is missing", key);
        return;
    }
    if (folder && (sha || lng_doc_get(doc, "bytes")))
        refuse(d, LNG_E_ARGUMENTS, doc->place, "a folder has no digest and no size");
    if (!is_file_name(file->text))
        refuse(d, LNG_E_RANGE, file->place, "a %s is named without the folder that it is in; `dir` and `urls` name folders", key);
    if (sha && (sha->length != 64 || strspn(sha->text, "0123456789abcdef") != 64))
        refuse(d, LNG_E_RANGE, sha->place, "a SHA-256 digest has 64 digits, 0-9 and a-f");
    lng_data_file *f = &part->file[part->files++];
    *f = (lng_data_file){.field = field, .name = file->text, .sha256 = sha ? sha->text : NULL};
    lng_section_int(&lng_section_file, doc, "bytes", &f->bytes);
}

static void check_field(describing *d, const lng_doc *key)
{
    if (d->spec->field && !lng_field_named(d->spec, key, d->errors))
        d->good = false;
}

static void read_file_per_field(describing *d, const lng_doc *doc, lng_part_spec *part)
{
    for (size_t i = 0; i < doc->count; i++) {
        check_field(d, doc->key[i]);
        read_file(d, doc->key[i]->text, doc->item[i], part);
    }
}

/* Of a format that makes them. */
static void read_count(describing *d, const lng_doc *doc, lng_part_spec *part)
{
    d->good = lng_section_check(&lng_section_source, &lng_section_made, doc, d->errors) &&
              lng_section_int(&lng_section_made, doc, "examples", &part->examples) && d->good;
}

/* Of a format whose parts have several. */
static void read_files(describing *d, const lng_doc *doc, lng_part_spec *part)
{
    const lng_doc *list = lng_doc_get(doc, "files");
    if (!lng_section_check(&lng_section_source, &lng_section_file, doc, d->errors) || !list || list->count == 0) {
        if (!list || list->count == 0)
            refuse(d, LNG_E_MISSING_KEY, (list ? list : doc)->place, "`files` is missing: the names of the files, in a list");
        d->good = false;
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i]->kind == LNG_DOC_SCALAR && is_file_name(list->item[i]->text))
            part->file[part->files++] = (lng_data_file){.name = list->item[i]->text};
        else
            refuse(d, LNG_E_RANGE, list->item[i]->place,
                   "a file is named without the folder that it is in; `dir` and `urls` name folders");
    for (size_t i = 0; i < doc->count; i++)
        if (doc->item[i] != list)
            refuse(d, LNG_E_ARGUMENTS, doc->item[i]->place, "`%.30s` goes with one file, not with `files`", doc->key[i]->text);
}

static void read_part(describing *d, const lng_doc *source, int number)
{
    const char *name = lng_part_names[number];
    const lng_data_format *format = d->spec->format;
    const lng_doc *doc = lng_doc_get(source, name);
    lng_part_spec *part = &d->spec->part[number];
    if (!doc) {
        if ((format->files != LNG_NO_FILES || format->counted) && number == LNG_PART_TRAIN)
            refuse(d, LNG_E_MISSING_KEY, source->place, "the description lacks `%s`: format %s %s", name, format->name,
                   format->counted ? "makes as many examples as it says" : "is read from files");
        return;
    }
    d->good = d->good && is_mapping(doc);
    if (!is_mapping(doc))
        return;
    const lng_doc *list = lng_doc_get(doc, "files");
    const size_t most = doc->count + 1 + (list && list->kind == LNG_DOC_SEQUENCE ? list->count : 0);
    part->file = LNG_NEW_N(d->arena, most, lng_data_file);
    if (format->counted)
        read_count(d, doc, part);
    else if (format->files == LNG_NO_FILES)
        refuse(d, LNG_E_ARGUMENTS, doc->place, "format %s has no files", format->name);
    else if (format->files == LNG_FILE_PER_FIELD)
        read_file_per_field(d, doc, part);
    else if (format->has_several)
        read_files(d, doc, part);
    else
        read_file(d, NULL, doc, part);
}

size_t lng_data_files(const lng_data_spec *spec)
{
    size_t n = 0;
    for (int i = 0; i < LNG_PARTS; i++)
        n += spec->part[i].files;
    return n;
}

const lng_data_file *lng_data_file_at(const lng_data_spec *spec, size_t i)
{
    int part = 0;
    LNG_ASSERT(i < lng_data_files(spec));
    for (; i >= spec->part[part].files; part++)
        i -= spec->part[part].files;
    return &spec->part[part].file[i];
}

static void read_urls(describing *d, const lng_doc *source)
{
    const lng_doc *urls = lng_doc_get(source, "urls");
    if (!urls || urls->kind != LNG_DOC_SEQUENCE)
        return;
    d->spec->url = LNG_NEW_N(d->arena, urls->count + 1, const char *);
    for (size_t i = 0; i < urls->count; i++)
        if (urls->item[i]->kind != LNG_DOC_SCALAR)
            refuse(d, LNG_E_TYPE, urls->item[i]->place, "a URL is text");
        else if (strncmp(urls->item[i]->text, "http://", 7) != 0 && strncmp(urls->item[i]->text, "https://", 8) != 0)
            refuse(d, LNG_E_RANGE, urls->item[i]->place, "a URL begins with http:// or https://");
        else
            d->spec->url[d->spec->urls++] = urls->item[i]->text;
}

/* ---- the description ---- */
static void read_source(describing *d, const lng_doc *source, const char *name)
{
    lng_data_spec *spec = d->spec;
    unsigned separator;
    const char *given = text_of(source, "name"), *format = text_of(source, "format");
    spec->source = source;
    spec->standard = name != NULL;
    spec->named = name || given;
    spec->name = name ? name : given ? given : "data";
    spec->about = text_of(source, "about");
    spec->format = format ? lng_data_format_find(format) : NULL;
    lng_section_int(&lng_section_source, source, "classes", &spec->classes);
    lng_section_int(&lng_section_source, source, "first", &spec->first);
    if (spec->first && spec->format && (spec->format->is_folder || spec->format->files == LNG_NO_FILES))
        refuse(d, LNG_E_ARGUMENTS, lng_doc_get(source, "first")->place, "format %s has no labels in numbers", format);
    if (given && !is_file_name(given))
        refuse(d, LNG_E_RANGE, lng_doc_get(source, "name")->place,
               "a data set's name is that of its folder, so it cannot contain `/`");
    if (lng_section_word(&lng_section_source, source, "separator", &separator))
        spec->style.separator = lng_separators[separator];
    if (text_of(source, "skip")) {
        spec->skips_broken = strcmp(text_of(source, "skip"), "broken") == 0;
        if (spec->format && !spec->format->is_folder)
            refuse(d, LNG_E_ARGUMENTS, lng_doc_get(source, "skip")->place, "`skip` goes with `format: folder`");
    }
    spec->style.comma = text_of(source, "decimal") && strcmp(text_of(source, "decimal"), "comma") == 0;
    spec->style.anonymous = text_of(source, "header") && strcmp(text_of(source, "header"), "false") == 0;
    read_fields(d, source);
    if (d->good && spec->format && spec->format->describe)
        d->good = spec->format->describe(spec, d->errors);
    if (d->good && spec->format && lng_doc_get(source, "window"))
        d->good = lng_window_describe(d->arena, lng_doc_get(source, "window"), spec, d->errors);
    for (int i = 0; spec->format && i < LNG_PARTS; i++)
        read_part(d, source, i);
    read_urls(d, source);
    d->good = d->good && spec->format;
}

const lng_map *lng_data_sets(lng_arena *arena, lng_errors *errors)
{
    lng_map *sets = lng_map_new(arena);
    for (size_t i = 0; i < lng_std_count; i++) {
        if (strcmp(lng_std_files[i].name, LNG_DATASETS_FILE) != 0)
            continue;
        lng_source *source = LNG_NEW(arena, lng_source);
        *source = (lng_source){"std/" LNG_DATASETS_FILE, lng_std_files[i].text, lng_std_files[i].length};
        const lng_doc *doc = lng_doc_parse(arena, source, errors);
        for (size_t k = 0; doc && k < doc->count; k++)
            lng_map_put(sets, doc->key[k]->text, doc->item[k]);
    }
    return sets;
}

static const lng_doc *find_set(describing *d, const char *name)
{
    const lng_map *sets = lng_data_sets(d->arena, d->errors);
    const lng_doc *known = lng_map_get(sets, name);
    lng_nearest near = {.wrong = name};
    if (known)
        return known;
    for (size_t i = 0; i < lng_map_count(sets); i++)
        lng_nearest_offer(&near, lng_map_key(sets, i));
    refuse(d, LNG_E_UNKNOWN_NAME, d->spec->place, "there is no data set `%.60s`", name);
    if (near.best)
        lng_error_hint(d->errors, "did you mean `%s`?", near.best);
    return NULL;
}

static void read_named(describing *d, const char *name)
{
    const lng_doc *source = find_set(d, name);
    if (source)
        read_source(d, source, name);
}

bool lng_data_describe_standard(lng_arena *arena, const char *name, lng_data_spec *spec, lng_errors *errors)
{
    describing d = {arena, errors, spec, true};
    *spec = (lng_data_spec){.standard = true};
    read_named(&d, name);
    return d.good;
}

bool lng_data_is_built_in(lng_arena *arena, const char *name, lng_errors *errors)
{
    lng_data_spec spec;
    return lng_map_get(lng_data_sets(arena, errors), name) && lng_data_describe_standard(arena, name, &spec, errors) &&
           spec.format->files == LNG_NO_FILES;
}

/* ---- the section ---- */
/* Examples of a part come from files or from the training set, not from both. */
static void read_split(describing *d, const lng_doc *data, int part, lng_split_spec *split)
{
    const lng_doc *doc = lng_doc_get(data, lng_part_names[part]);
    *split = (lng_split_spec){.place = d->spec->place, .seed = -1};
    if (!doc || !d->spec->format)
        return;
    if (d->spec->part[part].files)
        refuse(d, LNG_E_ARGUMENTS, doc->place, "the data set has files for `%s`, so nothing is taken out of the training set",
               lng_part_names[part]);
    d->good = lng_split_describe(d->arena, d->spec, doc, split, d->errors) && d->good;
}

bool lng_data_describe(lng_arena *arena, const lng_doc *data, const char *file, lng_data_spec *spec, lng_errors *errors)
{
    const lng_doc *source = lng_doc_get(data, "source");
    const char *dir = text_of(data, "dir");
    describing d = {arena, errors, spec, true};
    *spec = (lng_data_spec){.place = source ? source->place : (lng_place){0}};
    if (!source || source->kind == LNG_DOC_SEQUENCE)
        return false;
    spec->dir = dir ? lng_beside(arena, file, dir) : NULL;
    if (source->kind == LNG_DOC_SCALAR)
        read_named(&d, source->text);
    else
        read_source(&d, source, NULL);
    read_split(&d, data, LNG_PART_VALIDATION, &spec->validation);
    read_split(&d, data, LNG_PART_TEST, &spec->test);
    return d.good && lng_partners_describe(arena, lng_doc_get(data, "partners"), spec, errors);
}
