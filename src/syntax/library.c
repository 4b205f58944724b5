/* The library of blocks. */
#include "base/assert.h"
#include "syntax/library.h"
#include "std/std.h"
#include <string.h>

#define STD "std/" /* before the names of its files, in places */

static void add_file(lng_library *l, const lng_std_file *file)
{
    lng_source *source = LNG_NEW(l->arena, lng_source);
    *source = (lng_source){.name = lng_format(l->arena, STD "%s", file->name), .text = file->text, .length = file->length};
    const lng_doc *doc = lng_doc_parse(l->arena, source, l->errors);
    for (size_t i = 0; doc && i < doc->count; i++) {
        const char *name = doc->key[i]->text;
        lng_map_put(l->standard, name, lng_block_new_named(l->arena, name, doc->key[i]->place, doc->item[i], true));
    }
}

lng_library *lng_library_new(lng_arena *arena, lng_errors *errors)
{
    lng_library *l = LNG_NEW(arena, lng_library);
    *l = (lng_library){arena, errors, lng_map_new(arena), lng_map_new(arena)};
    size_t before = lng_errors_count(errors);
    for (size_t i = 0; i < lng_std_count; i++)
        if (strcmp(lng_std_files[i].name, LNG_DATASETS_FILE) != 0)
            add_file(l, &lng_std_files[i]);
    return lng_errors_count(errors) == before ? l : NULL;
}

bool lng_library_add(lng_library *l, const lng_doc *blocks)
{
    bool good = true;
    for (size_t i = 0; blocks && i < blocks->count; i++) {
        const char *key = blocks->key[i]->text;
        bool standard = strncmp(key, "std.", 4) == 0;
        const char *name = standard ? key + 4 : key;
        if (!lng_is_name(name, strlen(name))) {
            good = lng_error(l->errors, LNG_E_EXPRESSION, blocks->key[i]->place, "`%.60s` is not a valid name for a block", key);
            continue;
        }
        lng_map_put(standard ? l->standard : l->own, name,
                    lng_block_new_named(l->arena, name, blocks->key[i]->place, blocks->item[i], standard));
    }
    return good;
}

bool lng_library_find(const lng_library *l, const lng_block *from, const char *name, lng_block **block, const lng_op **op)
{
    LNG_ASSERT(l && name && (!from || from->name));
    bool own = from && strcmp(from->name, name) == 0; /* inside a block, its own name means what it hides */
    bool inside = from && from->standard;
    *op = NULL;
    *block = NULL;
    if (strncmp(name, "op.", 3) == 0)
        name += 3;
    else if (strncmp(name, "std.", 4) == 0)
        return (*block = lng_map_get(l->standard, name + 4)) != NULL;
    else {
        if (!inside && !own)
            *block = lng_map_get(l->own, name);
        if (!*block && !(inside && own))
            *block = lng_map_get(l->standard, name);
    }
    if (*block)
        return true;
    const lng_op *found = lng_op_find(name);
    if (found && !(found->flags & LNG_OP_HIDDEN))
        *op = found;
    return *op != NULL;
}

const char *lng_block_group(lng_arena *arena, const lng_block *b)
{
    const char *file = b->place.source ? b->place.source->name : "";
    if (!b->standard || strncmp(file, STD, strlen(STD)) != 0)
        return NULL;
    return lng_copy_n(arena, file + strlen(STD), strcspn(file + strlen(STD), "."));
}

lng_map *lng_group_names(const lng_library *l, const char *group)
{
    lng_map *names = lng_map_new(l->arena);
    for (size_t i = 0; i < lng_map_count(l->standard); i++) {
        lng_block *b = lng_map_value(l->standard, i);
        const char *of = lng_block_group(l->arena, b);
        if (of && strcmp(of, group) == 0)
            lng_map_put(names, b->name, b);
    }
    for (size_t i = 0; i < lng_op_count && strcmp(group, LNG_ACTIVATIONS) == 0; i++)
        if (lng_ops[i]->flags & LNG_OP_ACTIVATION)
            lng_map_put(names, lng_ops[i]->name, names);
    return names;
}
