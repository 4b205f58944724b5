/* The expanded document: overrides applied, the sections' defaults written, the data set described, and every standard block that was
 * used under `blocks` as std.NAME. It depends on no later standard library, and elaborates to the same graphs. */
#include "lang/compile.h"
#include <string.h>

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
    lng_section_complete(c->arena, &lng_section_model, root);
    bring_blocks(c, root);
    return root;
}
