/* The files of lngraph predict: they are read by blocks, one for each input side by side, or one with the fields of all. */
#include "cli/predictor.h"
#include "data/image_list.h"
#include <string.h>

/* One file for each input, or one with the fields of all. */
static void assign_files(lng_predictor *p)
{
    const size_t each = p->together ? p->inputs : 1;
    p->intakes = p->together ? 1 : p->inputs;
    for (size_t i = 0; i < p->intakes; i++)
        p->intake[i] = (lng_intake){.in = p->preprocess + i, .n = each, .path = p->input[i].file};
}

/* Every field of a set has as many examples as the first. */
static bool check_count(const lng_predictor *p, size_t i, int64_t count, int64_t first)
{
    const lng_source source = {.name = p->intake[i].path};
    return count == first ||
           lng_error(p->command->errors, LNG_E_DATA, (lng_place){.source = &source}, "%lld examples of `%s`, but %lld of `%s`",
                     (long long)count, p->input[i].preprocess.field, (long long)first, p->input[0].preprocess.field);
}

static bool is_same_head(const lng_prediction_table *a, const char *head, size_t length, const lng_table_form *form)
{
    return a->form.separator == form->separator && a->form.headed == form->headed && a->form.columns == form->columns &&
           a->head_length == length && memcmp(a->head, head, length) == 0;
}

/* Columns that a prediction would add are there, such as in a table that was predicted before. */
static bool has_predictions(const lng_predictor *p, const lng_table_form *form, const lng_source *source)
{
    const int64_t size = p->meaning.pair ? 2 : lng_shape_size(p->output->shape);
    lng_errors *errors = p->command->errors;
    for (size_t i = 0; form->headed && i < form->columns; i++)
        if (lng_is_prediction(form->name[i], &p->meaning, size)) {
            lng_error(errors, LNG_E_DUPLICATE, (lng_place){.source = source},
                      "line 1, column %zu: there is a column `%.60s` already, as predictions are called", i + 1, form->name[i]);
            lng_error_hint(errors, "rename or remove it; --json adds no columns");
            return true;
        }
    return false;
}

/* Whether results become columns of the file, if it is a table and the only one with the inputs. Tables with the same head are one. */
static bool choose_form(lng_predictor *p)
{
    const lng_examples *x = p->intake[0].file;
    const char *path = p->intake[0].path;
    const lng_source source = {.name = strcmp(path, "-") ? path : "<stdin>"};
    lng_table_form form = {.separator = 0};
    const bool csv = p->intakes == 1 && !lng_command_get(p->command, "json") && lng_examples_are_text(x, &form), first = !p->formed;
    size_t length = 0;
    const char *head = csv ? lng_examples_text(x, -1, &length) : NULL;
    p->formed = true;
    if (csv && has_predictions(p, &form, &source))
        return false;
    if (first) {
        p->csv = csv;
        p->table = (lng_prediction_table){.form = form, .comma = p->model->data.style.comma, .head_length = length};
        p->table.head = csv ? lng_copy_n(p->command->arena, head, length) : NULL;
        return true;
    }
    if (p->csv == csv && (!csv || is_same_head(&p->table, head, length, &form)))
        return true;
    lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){.source = &source},
              csv && p->csv ? "its columns are not those of the first table"
                            : "tables and other files have no common form of results");
    lng_error_hint(p->command->errors, "predict it alone, or with --json");
    return false;
}

/* Reads from the first example on. */
static bool open_files(lng_predictor *p)
{
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++) {
        lng_intake_close(&p->intake[i]);
        good = lng_intake_open(&p->intake[i]) && good;
    }
    for (size_t i = 1; good && i < p->intakes; i++)
        if (p->intake[i].held >= 0 && p->intake[0].held >= 0)
            good = check_count(p, i, p->intake[i].held, p->intake[0].held);
    return good && choose_form(p);
}

/* The next examples of all files: how many; 0 at the end, -1 after an error. */
static int64_t read_block(lng_predictor *p)
{
    int64_t most = INT64_MAX, count = 0;
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++) {
        const int64_t these = lng_examples_most(p->intake[i].file);
        most = these < most ? these : most;
    }
    for (size_t i = 0; good && i < p->intakes; i++) {
        lng_intake *from = &p->intake[i];
        const int64_t n = lng_intake_next(from, most);
        count = i == 0 ? n : count;
        good = n >= 0 && check_count(p, i, from->at + n, p->intake[0].at + count);
    }
    return good ? count : -1;
}

/* Where --index is. */
typedef struct choice {
    size_t range;
    int64_t next; /* within the range */
} choice;

/* The examples that --index names next, as long as they are in the block; all of it without --index. */
static int64_t choose(const lng_predictor *p, choice *c)
{
    const lng_preprocess *in = p->preprocess[0];
    const lng_intake *from = &p->intake[0];
    int64_t n = 0;
    for (; !in->ranges && n < from->got; n++)
        p->number[n] = from->at + n;
    while (c->range < in->ranges && n < LNG_MOST_CHOSEN) {
        const int64_t *range = in->range[c->range], number = range[0] + c->next;
        if (number < from->at || number >= from->at + from->got)
            break;
        p->number[n++] = number;
        c->next = number < range[1] ? c->next + 1 : 0;
        c->range += number == range[1];
    }
    return n;
}

static void fill_row(const lng_predictor_input *in, const lng_array *x, int64_t example, int place)
{
    for (int64_t e = 0; e < in->size; e++) {
        const double v = lng_array_at(x, example * in->size + e);
        if (in->preprocess.integers)
            ((int32_t *)in->row)[place * in->size + e] = (int32_t)v;
        else
            ((float *)in->row)[place * in->size + e] = (float)v;
    }
}

static const lng_array *chosen(const lng_predictor *p, size_t i)
{
    return p->together ? &p->intake[0].chosen[i] : &p->intake[i].chosen[0];
}

/* The examples that were chosen. They are named after the first file. */
static bool push(lng_predictor *p, int64_t n)
{
    const lng_intake *first = &p->intake[0];
    bool good = true;
    for (size_t i = 0; i < p->intakes; i++)
        good = lng_intake_choose(&p->intake[i], p->number, n) && good;
    for (int64_t i = 0; good && i < n && !p->unread; i++) {
        lng_prediction *a = &p->waiting[p->count];
        *a = (lng_prediction){.file = first->path, .index = first->held == 1 ? -1 : p->number[i]};
        if (p->csv)
            a->row = lng_examples_text(first->file, p->number[i] - first->at, &a->row_length);
        if (p->pictures > 0) {
            a->picture = p->csv ? NULL : lng_picture(p->command->arena, p->look, chosen(p, 0), i);
            p->pictures--;
        }
        for (size_t k = 0; k < p->inputs; k++)
            fill_row(&p->input[k], chosen(p, k), i, p->count);
        if (++p->count == p->capacity)
            lng_predictor_flush(p);
    }
    if (p->csv) /* the text of the rows is there until the next block */
        lng_predictor_flush(p);
    return good;
}

/* --index may go back; a file can be read again, standard input cannot. */
static bool go_back(lng_predictor *p)
{
    for (size_t i = 0; i < p->intakes; i++)
        if (strcmp(p->intake[i].path, "-") == 0)
            return lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){0},
                             "--index goes back by more than %d examples, but standard input can be read only once",
                             LNG_MOST_CHOSEN);
    return open_files(p);
}

/* The examples of a file with all inputs, or of several files in parallel, one for each; without those before an error. */
static void feed(lng_predictor *p)
{
    const lng_preprocess *in = p->preprocess[0];
    choice c = {0};
    assign_files(p);
    bool more = open_files(p);
    while (more && !p->unread && read_block(p) > 0) {
        for (int64_t n; more && !p->unread && (n = choose(p, &c)) > 0;) {
            more = push(p, n);
            if (!in->ranges)
                break;
        }
        if (in->ranges && c.range == in->ranges)
            break;
        if (more && in->ranges && in->range[c.range][0] + c.next < p->intake[0].at)
            more = go_back(p);
    }
    for (size_t i = 0; i < p->intakes; i++)
        lng_intake_close(&p->intake[i]);
    for (size_t k = 0; k < p->inputs; k++)
        p->input[k].file = NULL;
    p->together = false;
}

/* FIELD=FILE; or FILE, for the only input. NULL: a file for all inputs. */
static lng_predictor_input *input_of(lng_predictor *p, const char **file)
{
    const char *equals = strchr(*file, '=');
    for (size_t i = 0; equals && i < p->inputs; i++) {
        const char *name = p->input[i].preprocess.field;
        if (strlen(name) == (size_t)(equals - *file) && strncmp(name, *file, strlen(name)) == 0) {
            *file = equals + 1;
            return &p->input[i];
        }
    }
    return p->inputs == 1 ? p->input : NULL;
}

static void hint_files(lng_predictor *p)
{
    lng_text files = lng_text_new(p->command->arena);
    for (size_t i = 0; i < p->inputs; i++)
        lng_text_add(&files, " %s=FILE", p->input[i].preprocess.field);
    lng_error_hint(p->command->errors, "give each of them a file:%s", files.at);
}

static bool refuse_file(lng_predictor *p, const char *what)
{
    lng_text fields = lng_text_new(p->command->arena);
    for (size_t i = 0; i < p->inputs; i++)
        lng_text_add(&fields, "%s`%s`", i ? ", " : "", p->input[i].preprocess.field);
    lng_error(p->command->errors, LNG_E_ARGUMENTS, (lng_place){0}, "the output depends on %s: %s", fields.at, what);
    hint_files(p);
    return false;
}

static void take_file_of_all(lng_predictor *p, const char *file)
{
    const size_t before = lng_errors_count(p->command->errors);
    for (size_t i = 0; i < p->inputs; i++)
        p->input[i].file = file;
    p->together = true;
    feed(p);
    if (lng_errors_count(p->command->errors) > before && lng_errors_code(p->command->errors, before) == LNG_E_ARGUMENTS)
        hint_files(p);
}

static bool take_operand(lng_predictor *p, const char *file)
{
    lng_predictor_input *in = input_of(p, &file);
    bool begun = false, full = true;
    for (size_t i = 0; i < p->inputs; i++)
        begun = begun || p->input[i].file;
    if (!in && (begun || (strchr(file, '=') && !lng_file_exists(file))))
        return refuse_file(p, lng_format(p->command->arena, "whose file is %s?", file));
    if (!in) {
        take_file_of_all(p, file);
        return true;
    }
    if (in->file)
        return refuse_file(p,
                           lng_format(p->command->arena, "`%s` has a second file before each input has one", in->preprocess.field));
    in->file = file;
    for (size_t i = 0; i < p->inputs; i++)
        full = full && p->input[i].file;
    if (full)
        feed(p);
    return true;
}

/* A folder stands for the images in it. An error with it, as with a file, leaves the others alone. */
static bool take_folder(lng_predictor *p, const char *folder)
{
    lng_arena *arena = p->command->arena;
    const lng_source source = {.name = folder};
    lng_failure failure = {0};
    lng_image_list list;
    if (!lng_image_list_read(arena, folder, &list, &failure))
        lng_fail_report(&failure, (lng_place){.source = &source}, p->command->errors);
    else if (list.n == 0)
        lng_error(p->command->errors, LNG_E_DATA, (lng_place){.source = &source}, "there is no image in this folder");
    for (size_t i = 0; i < list.n && !p->unread; i++)
        if (!take_operand(p, lng_format(arena, "%s/%s", folder, list.at[i].path)))
            return false;
    return true;
}

void lng_feed(lng_predictor *p)
{
    const lng_command *c = p->command;
    for (size_t i = 1; i < c->operands && !p->unread; i++)
        if (!(lng_folder_exists(c->operand[i]) ? take_folder : take_operand)(p, c->operand[i]))
            return;
    for (size_t i = 0; i < p->inputs && !p->unread; i++)
        if (p->input[i].file) {
            refuse_file(p, "not all of them have a file");
            break;
        }
    lng_predictor_flush(p);
}
