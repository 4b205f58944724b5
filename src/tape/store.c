/* The store: parameters and state in one block, in the order of the model's variables, each aligned to 64 bytes. */
#include "tape/inside.h"

size_t lng_store_layout(const lng_variable *v, size_t count, size_t *offset)
{
    size_t floats = 0;
    for (size_t i = 0; i < count; i++) {
        offset[i] = floats;
        floats += ((size_t)lng_shape_size(v[i].shape) + 15) & ~(size_t)15;
    }
    return floats;
}

static void index_variables(void *context)
{
    lng_store *s = context;
    s->offset = LNG_NEW_N(s->arena, s->count + 1, size_t);
    s->floats = lng_store_layout(s->variable, s->count, s->offset);
    s->named = lng_map_new(s->arena);
    for (size_t i = 0; i < s->count; i++)
        lng_map_put(s->named, s->variable[i].name, (void *)&s->variable[i]);
}

lng_store *lng_store_new(const lng_variable *variable, size_t count, lng_errors *errors)
{
    lng_store *s = lng_block_new(sizeof *s);
    if (s) {
        *s = (lng_store){.variable = variable, .count = count, .arena = lng_arena_new()};
        if (lng_protect(s->arena, index_variables, s) && (s->at = lng_block_new((s->floats + LNG_LANES) * sizeof *s->at)))
            return s;
    }
    lng_store_free(s);
    lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory: the variables of the model");
    return NULL;
}

void lng_store_free(lng_store *s)
{
    if (!s)
        return;
    lng_block_free(s->at);
    lng_arena_free(s->arena);
    lng_block_free(s);
}

float *lng_store_find(const lng_store *s, const char *name, size_t *index)
{
    const lng_variable *v = lng_map_get(s->named, name);
    if (!v)
        return NULL;
    const size_t i = (size_t)(v - s->variable);
    if (index)
        *index = i;
    return s->at + s->offset[i];
}
