/* Rows to columns. The label is known before the first row, so that each cell is compared with the label of its row. */
#include "config.h"
#include "data/survey.h"
#include "base/guard.h"
#include "data/cell.h"
#include "data/csv.h"
#include "data/rows.h"
#include "data/table.h"
#include "data/window.h"
#include "data/zip.h"
#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MOST_VALUES  2048              /* of a column, and numbers for its median */
#define ALL_VALUES   ((size_t)1 << 20) /* of all columns together */
#define LEAST_VALUES 64
#define MOST_ROWS    ((size_t)1 << 19)  /* slots for rows */
#define MOST_SINGLE  16                 /* numbers of an array that are columns of their own */
#define AT_A_TIME    ((int64_t)1 << 20) /* bytes of arrays */

/* ---- the columns ---- */
static size_t values_of(size_t columns)
{
    const size_t share = ALL_VALUES / columns;
    return share > MOST_VALUES ? MOST_VALUES : share < LEAST_VALUES ? LEAST_VALUES : share;
}

static bool find_label(lng_survey *s, const char *label, lng_errors *errors)
{
    static const char *const usual[] = {"label", "labels", "target", "class", "y"};
    lng_nearest near = {.wrong = label ? label : ""};
    s->label = s->columns > 1 ? s->columns - 1 : LNG_NO_LABEL;
    for (size_t i = 0; i < s->columns; i++) {
        bool found = label && strcmp(s->column[i].name, label) == 0;
        for (size_t k = 0; !label && k < sizeof usual / sizeof *usual; k++)
            found = found || strcasecmp(s->column[i].name, usual[k]) == 0;
        if (found) {
            s->label = i;
            s->label_is_named = true;
        }
        lng_nearest_offer(&near, s->column[i].name);
    }
    if (!label || s->label_is_named)
        return true;
    lng_error(errors, LNG_E_ARGUMENTS, (lng_place){0}, "--label: there is no column `%.60s`", label);
    if (near.best)
        lng_error_hint(errors, "did you mean `%.60s`?", near.best);
    else
        lng_error_hint(errors, "the columns are listed without --label");
    return false;
}

static lng_survey *new_survey(lng_arena *arena, const char *format, size_t columns)
{
    lng_survey *s = LNG_NEW(arena, lng_survey);
    *s = (lng_survey){.arena = arena, .format = format, .columns = columns, .label = LNG_NO_LABEL};
    s->column = LNG_NEW_N(arena, columns + 1, lng_census);
    s->row = lng_sieve_new(arena, MOST_ROWS);
    return s;
}

static void begin_column(lng_survey *s, size_t i, const char *name)
{
    lng_census_begin(&s->column[i], s->arena, name, values_of(s->columns));
}

static void end_row(lng_survey *s, uint64_t hash, const lng_row_label *label)
{
    s->rows++;
    s->label_runs += s->rows == 1 || label->hash != s->last_label;
    s->last_label = label->hash;
    lng_sieve_add(&s->row, hash, label->hash);
}

static lng_survey *end(lng_survey *s)
{
    for (size_t i = 0; i < s->columns; i++)
        lng_census_end(&s->column[i]);
    return s;
}

const lng_census *lng_survey_label(const lng_survey *s)
{
    return s->label == LNG_NO_LABEL ? NULL : &s->column[s->label];
}

bool lng_survey_classifies(const lng_survey *s)
{
    const lng_census *t = lng_survey_label(s);
    return t && t->value &&
           (t->kind == LNG_COLUMN_WORD ||
            (t->kind == LNG_COLUMN_INTEGER && t->value_count <= 20 && (int64_t)t->value_count * 2 <= t->rows));
}

/* The label's cell comes first, whichever column it is. */
static uint64_t add_label(lng_survey *s, const char *at, size_t n, int64_t line, lng_row_label *label)
{
    lng_census *t = &s->column[s->label];
    const lng_row_label none = {0, -1, NAN};
    *label = none;
    label->hash = lng_census_cell(t, at, n, line, &none);
    label->class = label->hash && t->values ? lng_vocabulary_find(t->values, at, n) : -1;
    if (!label->hash || !(lng_cell_number(at, n, false, &label->number) || lng_cell_number(at, n, true, &label->number)))
        label->number = NAN;
    return label->hash;
}

/* ---- tables in text ---- */
static bool has_number(const lng_csv *c)
{
    double x;
    for (size_t i = 0; i < c->cells; i++)
        if (lng_cell_number(c->cell[i].at, c->cell[i].length, false, &x))
            return true;
    return false;
}

static lng_survey *head(lng_arena *arena, const lng_csv *c, const char *label, lng_errors *errors)
{
    lng_survey *s = new_survey(arena, "csv", c->cells);
    s->style = (lng_table_style){.separator = c->separator, .anonymous = has_number(c)};
    for (size_t i = 0; i < c->cells; i++)
        begin_column(s, i,
                     s->style.anonymous ? lng_format(arena, "%zu", i + 1) : lng_copy_n(arena, c->cell[i].at, c->cell[i].length));
    return find_label(s, label, errors) ? s : NULL;
}

static bool add_row(lng_survey *s, const lng_csv *c, lng_failure *failure)
{
    lng_row_label label = {0, -1, NAN};
    uint64_t hash = 0;
    if (c->cells != s->columns)
        return lng_fail(failure, LNG_E_DATA, "line %lld: %zu cells, expected %zu, as in the first line", (long long)c->line,
                        c->cells, s->columns);
    if (s->label != LNG_NO_LABEL)
        add_label(s, c->cell[s->label].at, c->cell[s->label].length, c->line, &label);
    for (size_t i = 0; i < c->cells; i++)
        if (i != s->label)
            hash = lng_sieve_mix(hash, lng_census_cell(&s->column[i], c->cell[i].at, c->cell[i].length, c->line, &label));
    end_row(s, hash, &label);
    return true;
}

/* An empty line at the end of a table of several columns is none of its rows. */
static bool is_blank_row(const lng_survey *s, const lng_csv *c)
{
    return s->columns > 1 && c->cells == 1 && c->cell[0].length == 0;
}

static lng_survey *survey_text(lng_arena *arena, lng_csv *c, const char *label, lng_failure *failure, lng_errors *errors)
{
    if (!lng_csv_row(c, failure))
        return lng_fail(failure, LNG_E_DATA, "line 1: the table is empty"), NULL;
    lng_survey *s = head(arena, c, label, errors);
    if (s && s->style.anonymous && !add_row(s, c, failure))
        return NULL;
    while (s && lng_csv_row(c, failure))
        if (!is_blank_row(s, c) && !add_row(s, c, failure))
            return NULL;
    return s && failure->code == LNG_E_NONE ? s : NULL;
}

static void end_table(void *csv)
{
    lng_csv_end(csv);
}

static lng_survey *survey_table(lng_arena *arena, lng_stream *stream, const char *label, lng_failure *failure, lng_errors *errors)
{
    const lng_table_style any = {0};
    lng_csv csv;
    lng_survey *s = NULL;
    lng_guard guard;
    const bool good = lng_csv_begin(&csv, stream, &any, failure);
    lng_guard_begin(&guard, arena, end_table, &csv);
    if (good)
        s = survey_text(arena, &csv, label, failure, errors);
    lng_guard_end(&guard);
    return s;
}

/* ---- arrays, side by side ---- */
typedef struct arrays {
    size_t n;
    const char **name;
    const char ***word; /* of a class; NULL: it is a number */
    size_t *column;     /* where each array's columns begin */
    bool *single;       /* its numbers are columns of their own */
    int64_t *rows;      /* of an example, of which the last alone counts */
    const char ***part; /* names of an example's numbers; NULL: 0, 1, ... */
} arrays;

static arrays new_arrays(lng_arena *arena, size_t n)
{
    arrays a = {n,
                LNG_NEW_N(arena, n + 1, const char *),
                LNG_NEW_N(arena, n + 1, const char **),
                LNG_NEW_N(arena, n + 1, size_t),
                LNG_NEW_N(arena, n + 1, bool),
                LNG_NEW_N(arena, n + 1, int64_t),
                LNG_NEW_N(arena, n + 1, const char **)};
    for (size_t i = 0; i < n; i++)
        a.rows[i] = 1;
    return a;
}

static lng_survey *begin_arrays(lng_arena *arena, const char *format, arrays *a, const lng_shape *shape)
{
    size_t columns = 0;
    for (size_t i = 0; i < a->n; i++) {
        const int64_t size = lng_shape_size(shape[i]);
        a->column[i] = columns;
        a->single[i] = size <= MOST_SINGLE;
        columns += a->single[i] ? (size_t)size : 1;
    }
    lng_survey *s = new_survey(arena, format, columns);
    s->array = a->name;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = a->column[i]; k < (i + 1 < a->n ? a->column[i + 1] : columns); k++) {
            begin_column(s, k,
                         lng_shape_size(shape[i]) == 1 || !a->single[i] ? a->name[i]
                         : a->part[i] ? lng_format(arena, "%s.%s", a->name[i], a->part[i][k - a->column[i]])
                                      : lng_format(arena, "%s.%zu", a->name[i], k - a->column[i]));
            s->column[k].shape = shape[i];
        }
    return s;
}

/* The cell of a number: as text, or the name of its class. */
static const char *cell_of(const arrays *a, size_t i, const lng_array *array, int64_t element, char buffer[LNG_NUMBER_SIZE])
{
    const double x = lng_array_at(array, element);
    if (a->word[i])
        return a->word[i][(int64_t)x];
    return array->type == LNG_ARRAY_F32 ? lng_number_float(buffer, (float)x) : lng_number(buffer, x);
}

static uint64_t add_array(lng_survey *s, const arrays *a, size_t i, const lng_array *array, int64_t example,
                          const lng_row_label *label)
{
    char buffer[LNG_NUMBER_SIZE];
    const int64_t all = lng_shape_size(array->shape), size = all / a->rows[i];
    uint64_t hash = 0;
    if (!a->single[i])
        return lng_census_array(&s->column[a->column[i]], array, example, label);
    for (int64_t k = 0; k < size; k++) {
        const char *cell = cell_of(a, i, array, (example + 1) * all - size + k, buffer);
        if (a->column[i] + (size_t)k != s->label)
            hash = lng_sieve_mix(hash, lng_census_cell(&s->column[a->column[i] + (size_t)k], cell, strlen(cell), 0, label));
    }
    return hash;
}

/* The label is a number of its own, or there is none. */
static void add_examples(lng_survey *s, const arrays *a, const lng_array *array, int64_t first, int64_t count)
{
    char buffer[LNG_NUMBER_SIZE];
    size_t labels = SIZE_MAX;
    for (size_t i = 0; i < a->n; i++)
        if (s->label != LNG_NO_LABEL && a->single[i] && a->column[i] <= s->label)
            labels = i;
    for (int64_t e = first; e < first + count; e++) {
        lng_row_label label = {0, -1, NAN};
        uint64_t hash = 0;
        if (labels != SIZE_MAX) {
            const int64_t all = lng_shape_size(array[labels].shape), size = all / a->rows[labels];
            const char *cell =
                cell_of(a, labels, &array[labels], (e + 1) * all - size + (int64_t)(s->label - a->column[labels]), buffer);
            add_label(s, cell, strlen(cell), 0, &label);
        }
        for (size_t i = 0; i < a->n; i++)
            hash = lng_sieve_mix(hash, add_array(s, a, i, &array[i], e, &label));
        end_row(s, hash, &label);
    }
}

static bool label_arrays(lng_survey *s, const char *label, lng_errors *errors)
{
    if (!find_label(s, label, errors))
        return false;
    if (s->label == LNG_NO_LABEL || lng_shape_size(s->column[s->label].shape) <= MOST_SINGLE)
        return true;
    if (label)
        return lng_error(errors, LNG_E_ARGUMENTS, (lng_place){0}, "--label: `%.60s` is an array of more than %d numbers", label,
                         MOST_SINGLE);
    s->label = LNG_NO_LABEL;
    return true;
}

/* ---- array files ---- */
typedef struct files {
    size_t n;
    lng_rows *rows;
    lng_array *part;
} files;

static bool check_counts(const files *f, const arrays *a, lng_failure *failure)
{
    for (size_t i = 1; i < f->n; i++)
        if (f->rows[i].head.count != f->rows[0].head.count)
            return lng_fail(failure, LNG_E_DATA, "%lld examples of `%.60s`, but %lld of `%.60s`", (long long)f->rows[i].head.count,
                            a->name[i], (long long)f->rows[0].head.count, a->name[0]);
    return true;
}

static int64_t fit(const files *f)
{
    int64_t n = f->rows[0].head.count - f->rows[0].done, bytes = 1;
    for (size_t i = 0; i < f->n; i++)
        bytes += lng_shape_size(f->rows[i].head.shape) * 4;
    const int64_t most = AT_A_TIME / bytes > 1 ? AT_A_TIME / bytes : 1;
    return n < most ? n : most;
}

static void free_parts(void *read)
{
    files *f = read;
    for (size_t i = 0; i < f->n; i++)
        lng_array_free(&f->part[i]);
}

static bool read_all(lng_survey *s, const arrays *a, files *f, lng_failure *failure)
{
    for (int64_t n; (n = fit(f)) > 0;) {
        bool good = true;
        lng_guard guard;
        lng_guard_begin(&guard, s->arena, free_parts, f);
        for (size_t i = 0; i < f->n; i++)
            good = good && lng_rows_read(&f->rows[i], n, &f->part[i], failure);
        if (good)
            add_examples(s, a, f->part, 0, n);
        lng_guard_end(&guard);
        if (!good)
            return false;
    }
    return true;
}

static lng_survey *survey_rows(lng_arena *arena, const char *format, arrays *a, files *f, const char *label, lng_failure *failure,
                               lng_errors *errors)
{
    lng_shape *shape = LNG_NEW_N(arena, a->n, lng_shape);
    if (!check_counts(f, a, failure))
        return NULL;
    for (size_t i = 0; i < f->n; i++)
        shape[i] = f->rows[i].head.shape;
    f->part = LNG_NEW_N(arena, f->n, lng_array);
    lng_survey *s = begin_arrays(arena, format, a, shape);
    for (size_t i = 0, k = 0; i < f->n; i++)
        for (; k < (i + 1 < f->n ? a->column[i + 1] : s->columns); k++)
            s->column[k].floats = f->rows[i].head.type == LNG_ARRAY_F32;
    return label_arrays(s, label, errors) && read_all(s, a, f, failure) ? s : NULL;
}

static void close_file(void *what)
{
    close(*(int *)what);
}

static void free_zip(void *what)
{
    lng_zip_free(what);
}

static void free_stream(void *what)
{
    lng_stream_free(what);
}

static lng_survey *survey_archive(lng_arena *arena, lng_stream *stream, const char *label, lng_failure *failure, lng_errors *errors)
{
    int *fd = LNG_NEW(arena, int);
    lng_zip *zip = LNG_NEW(arena, lng_zip);
    uint64_t size;
    if ((*fd = lng_stream_file(stream, UINT64_MAX, &size, failure)) < 0)
        return NULL;
    lng_arena_defer(arena, close_file, fd);
    if (!lng_zip_open(zip, *fd, size, failure))
        return NULL;
    lng_arena_defer(arena, free_zip, zip);
    const size_t most = zip->left;
    arrays a = new_arrays(arena, most);
    files f = {0, LNG_NEW_N(arena, most + 1, lng_rows), NULL};
    lng_zip_entry *entry = LNG_NEW_N(arena, most + 1, lng_zip_entry); /* they outlive their streams */
    for (lng_zip_entry *e = entry; lng_zip_next(zip, e, failure);) {
        if (e->name_length < 5 || memcmp(e->name + e->name_length - 4, ".npy", 4) != 0)
            continue;
        a.name[f.n] = lng_copy_n(arena, e->name, e->name_length - 4);
        lng_stream *s = lng_zip_locate(zip, e, failure) ? lng_stream_member(*fd, &e->member, failure) : NULL;
        e++;
        if (!s)
            return NULL;
        lng_arena_defer(arena, free_stream, s);
        f.rows[f.n].stream = s;
        if (!lng_npy_open(&f.rows[f.n], s, NULL, failure))
            return NULL;
        f.n++;
    }
    a.n = f.n;
    if (failure->code != LNG_E_NONE || f.n == 0)
        return lng_fail(failure, LNG_E_DATA, "there is no array in the archive"), NULL;
    return survey_rows(arena, "npz", &a, &f, label, failure, errors);
}

/* ---- any file ---- */
static bool is_npy(const unsigned char *at, size_t n)
{
    return n >= 6 && memcmp(at, "\x93NUMPY", 6) == 0;
}

/* The name of a field after its file: letters, digits and underscores, without folder and extension, and without what files like those of
 * MNIST have around it. */
static const char *field_name(lng_arena *arena, const char *path)
{
    static const char *const part[] = {"train-", "train_", "test-", "test_", "t10k-"};
    const char *base = lng_base_name(path);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        base += strncmp(base, part[i], strlen(part[i])) == 0 ? strlen(part[i]) : 0;
    char *name = lng_copy_n(arena, base, strcspn(base, ".")), *kind = strstr(name, "-idx");
    if (kind && kind > name)
        *kind = 0;
    for (char *at = name; *at; at++)
        if (!((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') && !(*at >= '0' && *at <= '9'))
            *at = '_';
    return *name && (*name < '0' || *name > '9') ? name : lng_format(arena, "x%s", name);
}

static lng_survey *unknown_content(const unsigned char *at, size_t n, lng_failure *failure)
{
    const char *what = n ? lng_content_name(at, n) : "empty";
    lng_fail(failure, LNG_E_DATA, "byte 0: the file is %s: expected a table in text, NPZ, NPY or IDX",
             what ? what : "of no known kind");
    return NULL;
}

typedef struct opened {
    lng_arena *arena;
    const char *const *path;
    size_t files;
    const char *label;
    lng_errors *errors;
    lng_failure failure;
    size_t at; /* the file that failed */
} opened;

static lng_stream *open_stream(opened *o, size_t i)
{
    lng_stream *s = strcmp(o->path[i], "-") == 0 ? lng_stream_input(&o->failure) : lng_stream_open(o->path[i], NULL, &o->failure);
    o->at = i;
    if (s)
        lng_arena_defer(o->arena, free_stream, s);
    return s;
}

static lng_survey *survey_arrays(opened *o, lng_stream *first)
{
    arrays a = new_arrays(o->arena, o->files);
    files f = {o->files, LNG_NEW_N(o->arena, o->files, lng_rows), NULL};
    bool npy = false;
    for (size_t i = 0; i < o->files; i++) {
        size_t n;
        lng_stream *s = i ? open_stream(o, i) : first;
        const unsigned char *at = s ? lng_stream_head(s, &n) : NULL;
        if (!s)
            return NULL;
        npy = is_npy(at, n);
        a.name[i] = field_name(o->arena, o->path[i]);
        f.rows[i].stream = s;
        if (!npy && !lng_idx_recognise(at, n))
            return lng_table_format(at, n)
                   ? lng_fail(&o->failure, LNG_E_ARGUMENTS, "of several files, each holds one array: NPY or IDX"),
                   NULL : unknown_content(at, n, &o->failure);
        if (!(npy ? lng_npy_open(&f.rows[i], s, NULL, &o->failure) : lng_idx_open(&f.rows[i], s, &o->failure)))
            return NULL;
    }
    return survey_rows(o->arena, npy ? "npy" : "idx", &a, &f, o->label, &o->failure, o->errors);
}

static lng_survey *survey_any(opened *o)
{
    size_t n;
    lng_stream *s = open_stream(o, 0);
    const unsigned char *at = s ? lng_stream_head(s, &n) : NULL;
    if (!s)
        return NULL;
    if (o->files > 1 || is_npy(at, n) || lng_idx_recognise(at, n))
        return survey_arrays(o, s);
    if (lng_zip_recognise(at, n))
        return survey_archive(o->arena, s, o->label, &o->failure, o->errors);
    return lng_csv_recognise(at, n) ? survey_table(o->arena, s, o->label, &o->failure, o->errors)
                                    : unknown_content(at, n, &o->failure);
}

lng_survey *lng_survey_files(lng_arena *arena, const char *const *path, size_t files, const char *label, lng_errors *errors)
{
    opened o = {arena, path, files, label, errors, {0}, 0};
    lng_survey *s = survey_any(&o);
    if (o.failure.code != LNG_E_NONE) {
        const lng_source source = {.name = strcmp(path[o.at], "-") == 0 ? "<stdin>" : path[o.at]};
        return lng_fail_report(&o.failure, (lng_place){.source = &source}, errors), NULL;
    }
    return s ? end(s) : NULL;
}

/* ---- a part in memory ---- */
lng_survey *lng_survey_part(lng_arena *arena, const lng_data *data, const lng_part *part, int64_t first, int64_t count,
                            const lng_data_field *field, size_t fields, const char *label, lng_errors *errors)
{
    arrays a = new_arrays(arena, fields);
    lng_shape *shape = LNG_NEW_N(arena, fields + 1, lng_shape);
    int64_t window = 0;
    a.n = fields;
    for (size_t i = 0; i < fields; i++) {
        const lng_column_spec *columns = data->learned[i];
        a.name[i] = field[i].name;
        shape[i] = part->array[i].shape;
        if (field[i].rows && lng_field_row(&field[i]) <= MOST_SINGLE) { /* of a window, the last row */
            shape[i] = lng_field_of_row(&field[i]).shape;
            a.rows[i] = window = field[i].rows;
        }
        if (columns && !columns->words && columns->columns == (size_t)lng_shape_size(shape[i]) && !columns->patterns)
            a.part[i] = columns->column;
        a.word[i] = columns && columns->words && !columns->other ? columns->word : NULL;
    }
    lng_survey *s = begin_arrays(arena, data->name, &a, shape);
    if (!label_arrays(s, label, errors))
        return NULL;
    s->window = window;
    add_examples(s, &a, part->array, first, count);
    return end(s);
}
