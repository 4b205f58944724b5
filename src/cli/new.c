/* lngraph new: lists the models that come with lngraph, or copies one to start from. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include "doc/doc.h"
#include "std/std.h"
#include <string.h>
#include <sys/stat.h>

static const char *stem(lng_arena *arena, const char *file)
{
    return lng_copy_n(arena, file, strcspn(file, "."));
}

/* The key `about` of a model. */
static const char *about(lng_arena *arena, const lng_std_file *file)
{
    const lng_source source = {.name = file->name, .text = file->text, .length = file->length};
    const lng_doc *tree = lng_doc_parse(arena, &source, lng_errors_unheard(arena));
    const lng_doc *line = tree ? lng_doc_get(tree, "about") : NULL;
    return line ? line->text : "";
}

static void words(lng_arena *arena, lng_map *to)
{
    for (size_t i = 0; i < lng_shipped_count; i++)
        lng_map_put(to, stem(arena, lng_shipped_files[i].name), (void *)about(arena, &lng_shipped_files[i]));
}

/* A model by its name, with or without .yaml; NULL if there is none. */
static const lng_std_file *find(lng_arena *arena, const char *name)
{
    for (size_t i = 0; i < lng_shipped_count; i++) {
        const lng_std_file *file = &lng_shipped_files[i];
        if (strcmp(name, file->name) == 0 || strcmp(name, stem(arena, file->name)) == 0)
            return file;
    }
    return NULL;
}

const char *lng_shipped_near(lng_arena *arena, const char *path, bool *exactly)
{
    const char *name = lng_base_name(path);
    const lng_std_file *file = find(arena, name);
    lng_nearest nearest = {.wrong = stem(arena, name)};
    for (size_t i = 0; !file && i < lng_shipped_count; i++)
        lng_nearest_offer(&nearest, stem(arena, lng_shipped_files[i].name));
    *exactly = file != NULL;
    return file ? stem(arena, file->name) : nearest.best;
}

static void list(lng_command *c)
{
    lng_map *models = lng_map_new(c->arena);
    words(c->arena, models);
    lng_wrap(&c->out, "Models to start from; `lngraph new NAME` copies one to NAME.yaml.", "", c->look.width);
    lng_text_add(&c->out, "\n\n");
    lng_help_words(&c->out, c->look, models);
}

static void write_model(lng_command *c, const lng_std_file *file)
{
    const char *to = lng_command_get(c, "out") ? lng_command_get(c, "out") : file->name;
    if (strcmp(to, "-") == 0) {
        lng_text_put(&c->out, file->text, file->length);
        return;
    }
    struct stat status;
    if (lstat(to, &status) == 0) { /* a dangling link exists, too */
        lng_usage_error(c, "%s already exists", to);
        lng_error_hint(c->errors, "-o FILE writes another file, -o - writes to standard output");
        return;
    }
    if (!lng_file_write(to, file->text, file->length, c->errors))
        return;
    lng_wrap(&c->out,
             lng_format(c->arena, "wrote %s; train it with `lngraph run %s`, see its layers with `lngraph show %s`", to, to, to),
             "", c->look.width);
    lng_text_add(&c->out, "\n");
}

static void new (lng_command *c)
{
    const lng_std_file *file = c->operands ? find(c->arena, c->operand[0]) : NULL;
    if (file)
        write_model(c, file);
    else if (!c->operands)
        list(c);
    else if (!lng_unknown_word(c, "model", c->operand[0], words))
        lng_error_hint(c->errors, "`lngraph new` lists the models");
}

static const lng_option options[] = {
    {"out", 'o', "FILE", "file to write (default: NAME.yaml), or - for standard output"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_new = {
    .name = "new",
    .also = "init create models",
    .operands = "[NAME]",
    .least = 0,
    .most = 1,
    .about = "list the models that come with lngraph, or copy one to start from",
    .details =
        "Without NAME, lists the models. With NAME, writes that model to NAME.yaml in the current folder, but never over an existing "
        "file.",
    .example = "lngraph new\n"
               "lngraph new mlp -o my.yaml",
    .option = options,
    .run = new,
    .words = words,
};
