/* The store: parameters and state in one block, in the order of the model's variables, each on 64 bytes. */
#include "tape/inside.h"
#include <string.h>

size_t lng_store_layout(const lng_variable *v, size_t count, size_t *offset)
{
    size_t floats = 0;
    for (size_t i = 0; i < count; i++) {
        offset[i] = floats;
        floats += ((size_t)lng_shape_size(v[i].shape) + 15) & ~(size_t)15;
    }
    return floats;
}

lng_store *lng_store_new(const lng_variable *variable, size_t count, lng_errors *errors)
{
    lng_store *s = lng_block_new(sizeof *s);
    size_t *offset = lng_block_new((count + 1) * sizeof *offset);
    if (s && offset) {
        *s = (lng_store){
            .variable = variable, .count = count, .offset = offset, .floats = lng_store_layout(variable, count, offset)};
        s->at = lng_block_new((s->floats + LNG_LANES) * sizeof *s->at);
        if (s->at)
            return s;
    }
    lng_block_free(s);
    lng_block_free(offset);
    lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory: the variables of the model");
    return NULL;
}

void lng_store_free(lng_store *s)
{
    if (!s)
        return;
    lng_block_free(s->at);
    lng_block_free(s->offset);
    lng_block_free(s);
}

float *lng_store_find(const lng_store *s, const char *name, size_t *index)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->variable[i].name, name) == 0) {
            if (index)
                *index = i;
            return s->at + s->offset[i];
        }
    return NULL;
}
