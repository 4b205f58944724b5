/* The library of blocks. A standard block is parsed when it is read for the first time (syntax/block.c). */
#include "base/assert.h"
#include "syntax/library.h"
#include "std/std.h"
#include <string.h>

/* A block begins with its name, a line of its own, and ends where another name begins. */
static bool is_name_line(const char *line)
{
    return *line >= 'a' && *line <= 'z';
}

static lng_block *add_block(lng_library *l, const lng_source *source, const char *group, const char *line, int number)
{
    const size_t length = strcspn(line, ":");
    const char *name = lng_copy_n(l->arena, line, length);
    lng_block *b = lng_block_new_named(l->arena, name, (lng_place){source, number, 1, (int)length}, NULL, true);
    b->group = group;
    b->at = (size_t)(line - source->text);
    lng_map_put(l->standard, name, b);
    return b;
}

/* A file has a hundred blocks, of which a model uses a few: only their names are read here. */
static void add_file(lng_library *l, const lng_std_file *file)
{
    lng_source *source = LNG_NEW(l->arena, lng_source);
    *source = (lng_source){.name = lng_format(l->arena, "std/%s", file->name), .text = file->text, .length = file->length};
    const char *end = file->text + file->length, *group = lng_copy_n(l->arena, file->name, strcspn(file->name, "."));
    lng_block *last = NULL;
    int number = 1;
    for (const char *line = file->text; line < end; line = strchr(line, '\n') + 1, number++)
        if (is_name_line(line)) {
            if (last)
                last->end = (size_t)(line - file->text);
            last = add_block(l, source, group, line, number);
        }
    if (last)
        last->end = file->length;
}

lng_library *lng_library_new(lng_arena *arena, lng_errors *errors)
{
    lng_library *l = LNG_NEW(arena, lng_library);
    *l = (lng_library){arena, errors, lng_map_new(arena), lng_map_new(arena)};
    for (size_t i = 0; i < lng_std_count; i++)
        if (strcmp(lng_std_files[i].name, LNG_DATASETS_FILE) != 0)
            add_file(l, &lng_std_files[i]);
    return l;
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
        lng_map *names = standard ? l->standard : l->own;
        lng_block *b = lng_block_new_named(l->arena, name, blocks->key[i]->place, blocks->item[i], standard);
        const lng_block *replaced = lng_map_get(names, name);
        b->group = replaced ? replaced->group : NULL;
        lng_map_put(names, name, b);
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

lng_map *lng_group_names(const lng_library *l, const char *group)
{
    lng_map *names = lng_map_new(l->arena);
    for (size_t i = 0; i < lng_map_count(l->standard); i++) {
        lng_block *b = lng_map_value(l->standard, i);
        if (b->group && strcmp(b->group, group) == 0)
            lng_map_put(names, b->name, b);
    }
    for (size_t i = 0; i < lng_op_count && strcmp(group, LNG_ACTIVATIONS) == 0; i++)
        if (lng_ops[i]->flags & LNG_OP_ACTIVATION)
            lng_map_put(names, lng_ops[i]->name, names);
    return names;
}
