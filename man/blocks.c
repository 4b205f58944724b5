/* lngraph-blocks(7), from the standard library's own files. */
#include "doc/doc.h"
#include "mdoc.h"
#include "std/std.h"
#include <stdio.h>
#include <string.h>

/* name(x[..., n], units: int, bias: bool = true) */
static const char *signature(lng_arena *arena, const char *name, const lng_doc *block)
{
    const lng_doc *in = lng_doc_get(block, "in"), *with = lng_doc_get(block, "with");
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "%s(%s", name, in ? in->text : "");
    for (size_t i = 0; with && i < with->count; i++)
        lng_text_add(&text, "%s%s: %s", i || in ? ", " : "", with->key[i]->text, with->item[i]->text);
    lng_text_add(&text, ")");
    return text.at;
}

/* The definition, without what has been said already. */
static const char *definition(lng_arena *arena, const char *name, const lng_doc *block)
{
    lng_doc *outer = lng_doc_mapping(arena, block->place), *inner = lng_doc_mapping(arena, block->place);
    lng_text text = lng_text_new(arena);
    for (size_t i = 0; i < block->count; i++)
        if (strcmp(block->key[i]->text, "about") && strcmp(block->key[i]->text, "example"))
            lng_doc_set(arena, inner, block->key[i]->text, block->item[i]);
    lng_doc_set(arena, outer, name, inner);
    lng_doc_write(&text, outer);
    return text.at;
}

static void put_block(lng_arena *arena, const char *name, const lng_doc *block)
{
    const lng_doc *about = lng_doc_get(block, "about"), *example = lng_doc_get(block, "example");
    put_macro("Ss", name);
    if (about)
        put_sentence(about->text);
    put_literal(signature(arena, name, block));
    if (example) {
        puts(".Pp\nExample:");
        put_literal(example->text);
    }
    puts(".Pp\nDefinition:");
    put_literal(definition(arena, name, block));
}

/* A standard file is a mapping from names to blocks, or to data sets, which have a format. */
static bool write_file(lng_arena *arena, const lng_std_file *file)
{
    lng_errors *errors = lng_errors_new();
    const lng_source source = {.name = file->name, .text = file->text, .length = file->length};
    const lng_doc *tree = lng_doc_parse(arena, &source, errors);
    const bool data = tree && tree->count && lng_doc_get(tree->item[0], "format");
    lng_errors_render(errors, stderr, false);
    lng_errors_free(errors);
    if (tree && !data) {
        char title[64];
        put_macro("Sh", upper(lng_copy_n(arena, file->name, strcspn(file->name, ".")), title));
        for (size_t i = 0; i < tree->count; i++)
            put_block(arena, tree->key[i]->text, tree->item[i]);
    }
    return tree != NULL;
}

bool write_blocks(void)
{
    lng_arena *arena = lng_arena_new();
    bool good = true;
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return fputs("out of memory\n", stderr), false;
    }
    page_begin("lngraph-blocks", 7, "the standard blocks of lngraph");
    puts(
        ".Sh DESCRIPTION\n"
        "Layers, activations, losses, optimizers, schedules, initial values and metrics are blocks, written in the language of\n"
        ".Xr lngraph-model 5 .\n"
        "Each stands here with its signature (ports, then attributes with types, ranges and defaults), an example, and its whole\n"
        "definition.\nA block of your own can do whatever these do: copy one into a model file under another name, and change it.");
    for (size_t i = 0; i < lng_std_count; i++)
        good = write_file(arena, &lng_std_files[i]) && good;
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-ops 7");
    lng_arena_unguard(arena);
    lng_arena_free(arena);
    return good;
}
