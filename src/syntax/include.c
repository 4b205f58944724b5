/* Reads the files that `include` names. They stay below the folder of the model file, by their names and behind symbolic links, so that a
 * model and its blocks are one folder, and a file from a stranger cannot quote another. */
#include "config.h"
#include "syntax/include.h"
#include "syntax/sections.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct including {
    lng_arena *arena;
    lng_errors *errors;
    const char *root; /* the folder of the model file, without links */
    lng_doc *blocks;
    lng_map *state; /* by file, without links */
    size_t files, bytes;
} including;
static const char opened[] = "open", done[] = "done";

static bool files(including *, const lng_doc *list, const char *from);

/* NULL, with errno: there is no such file. */
static const char *without_links(lng_arena *arena, const char *path)
{
    char real[PATH_MAX];
    return realpath(path, real) ? lng_copy(arena, real) : NULL;
}

static bool is_below(const char *root, const char *path)
{
    const size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
    return strncmp(root, path, n) == 0 && path[n] == '/';
}

static bool leads_up(const char *path)
{
    for (const char *at = path; *at; at += strspn(at, "/")) {
        const size_t n = strcspn(at, "/");
        if (n == 2 && strncmp(at, "..", 2) == 0)
            return true;
        at += n;
    }
    return false;
}

static bool is_inside(const including *in, const lng_doc *name)
{
    if (name->kind != LNG_DOC_SCALAR || lng_doc_is_null(name) || name->text[0] == '\0')
        return lng_error(in->errors, LNG_E_TYPE, name->place, "`include` lists the names of files");
    if (name->text[0] == '/' || leads_up(name->text)) {
        lng_error(in->errors, LNG_E_RANGE, name->place, "an included file stands in the folder of the model file, or below it");
        return lng_error_hint(in->errors, "write its path from there, without `..`"), false;
    }
    return true;
}

/* ---- one file ---- */
static bool merge(including *in, const lng_doc *blocks)
{
    bool good = true;
    for (size_t i = 0; blocks && blocks->kind == LNG_DOC_MAPPING && i < blocks->count; i++) {
        const lng_doc *before = lng_doc_key(in->blocks, blocks->key[i]->text);
        if (!before) {
            lng_doc_push(in->arena, in->blocks, blocks->key[i], blocks->item[i]);
            continue;
        }
        good = lng_error(in->errors, LNG_E_DUPLICATE, blocks->key[i]->place, "the block `%.60s` is defined twice", before->text);
        lng_error_related(in->errors, before->place, "first defined here");
    }
    return good;
}

static lng_doc *read_file(including *in, const lng_doc *name, const char *path)
{
    const lng_source *source;
    if (in->files++ == LNG_MAX_INCLUDED)
        return lng_error(in->errors, LNG_E_LIMIT, name->place, "a model includes at most %d files", LNG_MAX_INCLUDED), NULL;
    lng_doc *doc = lng_doc_read(in->arena, path, &source, in->errors);
    if (!doc)
        return lng_error_related(in->errors, name->place, "included here"), NULL;
    in->bytes += source->length;
    if (in->bytes > LNG_DOC_MAX_BYTES)
        return lng_error(in->errors, LNG_E_LIMIT, name->place, "the included files have more than %u MiB together",
                         LNG_DOC_MAX_BYTES >> 20),
               NULL;
    return doc;
}

/* from: the file that includes it */
static bool file(including *in, const lng_doc *name, const char *from)
{
    if (!is_inside(in, name))
        return false;
    const char *path = lng_beside(in->arena, from, name->text);
    const char *real = without_links(in->arena, path);
    if (!real)
        return lng_error(in->errors, errno == ENOENT ? LNG_E_UNKNOWN_NAME : LNG_E_IO, name->place, "cannot include `%.200s`: %s",
                         path, strerror(errno));
    if (strcmp(in->root, real) == 0)
        return lng_error(in->errors, LNG_E_NOT_A_FILE, name->place, "`%.200s` is the folder of the model file, not a file",
                         name->text);
    if (!is_below(in->root, real))
        return lng_error(in->errors, LNG_E_RANGE, name->place, "`%.200s` is a link out of the folder of the model file", path);
    const char *state = lng_map_get(in->state, real);
    if (state == opened)
        return lng_error(in->errors, LNG_E_CYCLE, name->place, "`%.200s` includes itself", path);
    if (state == done)
        return true;
    lng_map_put(in->state, real, (void *)opened);
    const lng_doc *doc = read_file(in, name, path);
    if (!doc)
        return false;
    bool good = lng_section_check(&lng_section_model, &lng_section_include, doc, in->errors);
    good = files(in, lng_doc_get(doc, "include"), path) && good;
    good = merge(in, lng_doc_get(doc, "blocks")) && good;
    lng_map_put(in->state, real, (void *)done);
    return good;
}

static bool files(including *in, const lng_doc *list, const char *from)
{
    bool good = true;
    for (size_t i = 0; list && list->kind == LNG_DOC_SEQUENCE && i < list->count && in->files <= LNG_MAX_INCLUDED; i++)
        good = file(in, list->item[i], from) && good;
    return good;
}

bool lng_include(lng_arena *arena, lng_doc *model, const char *path, lng_errors *errors)
{
    const lng_doc *list = lng_doc_get(model, "include");
    if (!list || list->kind != LNG_DOC_SEQUENCE) /* the section's check complains about any other */
        return true;
    if (!path || strcmp(path, "-") == 0)
        return lng_error(errors, LNG_E_NOT_A_FILE, list->place, "only a model that is read from a file can include others");
    lng_doc_remove(model, "include");
    lng_doc *blocks = lng_doc_get(model, "blocks");
    if (!blocks)
        lng_doc_set(arena, model, "blocks", blocks = lng_doc_mapping(arena, list->place));
    if (blocks->kind != LNG_DOC_MAPPING) /* here, too */
        return true;
    const char *root = without_links(arena, lng_beside(arena, path, ".")), *self = without_links(arena, path);
    if (!root || !self)
        return lng_error(errors, LNG_E_IO, list->place, "the folder of this file cannot be found: %s", strerror(errno));
    including in = {.arena = arena, .errors = errors, .root = root, .blocks = blocks, .state = lng_map_new(arena)};
    lng_map_put(in.state, self, (void *)opened);
    return files(&in, list, path);
}
