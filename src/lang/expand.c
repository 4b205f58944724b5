/* The expanded document: overrides applied, the sections' defaults written out, the data set described, and every standard block that was
 * used listed in `blocks` as std.NAME. It does not depend on a later standard library, and elaborates to the same graphs. */
#include "lang/compile.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static lng_doc *section(lng_compiler *c, lng_doc *root, const char *key)
{
    lng_doc *found = lng_doc_get(root, key);
    if (!found) {
        found = lng_doc_mapping(c->arena, root->place);
        lng_doc_set(c->arena, root, key, found);
    }
    return found;
}

static void describe_data(lng_compiler *c, lng_doc *root)
{
    lng_doc *data = lng_doc_get(root, "data"), *given = lng_doc_get(data, "source");
    if (given->kind == LNG_DOC_MAPPING)
        return;
    const lng_doc *known = c->model->data.source;
    lng_doc *source = lng_doc_mapping(c->arena, given->place); /* its name first */
    lng_doc_set(c->arena, source, "name", lng_doc_scalar(c->arena, given->text, given->place));
    for (size_t i = 0; i < known->count; i++)
        lng_doc_set(c->arena, source, known->key[i]->text, lng_doc_copy(c->arena, known->item[i]));
    lng_doc_set(c->arena, data, "source", source);
}

const char *lng_absolute_path(lng_arena *arena, const char *path, lng_place place, lng_errors *errors)
{
    char here[PATH_MAX];
    if (path[0] == '/')
        return path;
    if (getcwd(here, sizeof here))
        return lng_format(arena, "%s/%s", here, path);
    lng_error(errors, LNG_E_IO, place, "the working folder cannot be found: %s", strerror(errno));
    return NULL;
}

/* The expanded file may stand in another folder, and must find the same data. */
static bool settle_folder(lng_compiler *c, lng_doc *root)
{
    lng_doc *data = lng_doc_get(root, "data"), *dir = lng_doc_get(data, "dir");
    const char *path = dir ? lng_absolute_path(c->arena, c->model->data.dir, dir->place, c->errors) : NULL;
    if (path)
        lng_doc_set(c->arena, data, "dir", lng_doc_scalar(c->arena, path, dir->place));
    return !dir || path;
}

static bool settle_start(lng_compiler *c, lng_doc *root)
{
    lng_doc *start = lng_doc_get(lng_doc_get(root, "train"), "start"), *from = start ? lng_doc_get(start, "from") : NULL;
    const char *path = from ? lng_absolute_path(c->arena, c->model->start.from, from->place, c->errors) : NULL;
    if (path)
        lng_doc_set(c->arena, start, "from", lng_doc_scalar(c->arena, path, from->place));
    return !from || path;
}

static void bring_blocks(lng_compiler *c, lng_doc *root)
{
    const lng_map *standard = c->library->standard;
    for (size_t i = 0; i < lng_map_count(standard); i++) {
        const lng_block *b = lng_map_value(standard, i);
        if (b->used)
            lng_doc_set(c->arena, section(c, root, "blocks"), lng_format(c->arena, "std.%s", b->name),
                        lng_doc_copy(c->arena, b->doc));
    }
}

const lng_doc *lng_expand(lng_compiler *c)
{
    lng_doc *root = lng_doc_copy(c->arena, c->doc);
    describe_data(c, root);
    if (!settle_folder(c, root) || !settle_start(c, root))
        return NULL;
    lng_section_complete(c->arena, &lng_section_model, root);
    bring_blocks(c, root);
    return root;
}
