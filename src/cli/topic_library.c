/* What is said of the standard blocks, data sets and data formats, from the library's own files and tables. */
#include "cli/topic.h"
#include "data/format.h"
#include "syntax/library.h"
#include <string.h>

#define MAX_WIDTH 66 /* of a definition's lines, where they can be folded */

/* Long lines of YAML go on in the next one, further in: a plain text may. */
static const char *folded(lng_arena *arena, const char *yaml)
{
    lng_text out = lng_text_new(arena);
    while (*yaml) {
        const size_t line = strcspn(yaml, "\n"), indent = strspn(yaml, " ");
        size_t n = line;
        if (n > MAX_WIDTH)
            for (n = MAX_WIDTH; n > indent && yaml[n] != ' ';)
                n--;
        if (n > indent && n < line) {
            lng_text_add(&out, "%.*s\n%*s", (int)n, yaml, (int)indent + 1, "");
            yaml = lng_format(arena, "%*s%s", (int)indent + 2, "", yaml + n + 1);
            out.length -= indent + 1; /* the rest brings its own */
            out.at[out.length] = 0;
        } else {
            lng_text_add(&out, "%.*s\n", (int)line, yaml);
            yaml += line + (yaml[line] == '\n');
        }
    }
    return out.at;
}

/* The definition, without what has been said already. */
static const char *definition(lng_arena *arena, const lng_block *block)
{
    lng_doc *outer = lng_doc_mapping(arena, block->place), *inner = lng_doc_mapping(arena, block->place);
    lng_text text = lng_text_new(arena);
    for (size_t i = 0; i < block->doc->count; i++)
        if (strcmp(block->doc->key[i]->text, "about") != 0 && strcmp(block->doc->key[i]->text, "example") != 0)
            lng_doc_set(arena, inner, block->doc->key[i]->text, block->doc->item[i]);
    lng_doc_set(arena, outer, block->name, inner);
    lng_doc_write(&text, outer);
    return folded(arena, text.at);
}

/* name(x[..., n], units: int, bias: bool = true) */
static const char *signature(lng_arena *arena, const lng_block *b)
{
    const char **argument = LNG_NEW_N(arena, b->ports + b->attrs + 1, const char *);
    size_t n = 0;
    for (size_t i = 0; i < b->ports; i++)
        argument[n++] = b->port[i].text;
    for (size_t i = 0; i < b->attrs; i++)
        argument[n++] = lng_format(arena, "%s: %s", b->attr[i].name, b->attr[i].text);
    return lng_signature(arena, b->name, argument, n);
}

static void tell_block(lng_pen *pen, const lng_topic *topic)
{
    const lng_block *block = topic->what;
    const lng_doc *example = lng_doc_get(block->doc, "example");
    pen->say(pen, lng_sentence(pen->arena, topic->about));
    pen->quote(pen, NULL, signature(pen->arena, block));
    if (example)
        pen->quote(pen, "Example:", example->text);
    pen->quote(pen, "Definition:", definition(pen->arena, block));
}

static const char *file_names(lng_arena *arena, const lng_doc *set)
{
    const lng_doc *part[] = {lng_doc_get(set, "train"), lng_doc_get(set, "test")};
    lng_text text = lng_text_new(arena);
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; part[p] && i < part[p]->count; i++)
            lng_text_add(&text, "%s\n", lng_doc_get(part[p]->item[i], "file")->text);
    return text.at;
}

static void tell_data(lng_pen *pen, const lng_topic *topic)
{
    const lng_doc *set = topic->what;
    lng_text fields = lng_text_new(pen->arena);
    const char *files = file_names(pen->arena, set);
    pen->say(pen, lng_sentence(pen->arena, topic->about));
    lng_doc_write(&fields, lng_doc_get(set, "fields"));
    pen->quote(pen, "Its fields:", fields.at);
    if (*files)
        pen->quote(pen, "Its files:", files);
    else
        pen->say(pen, "It has no files.");
    pen->quote(pen, "Example:", lng_format(pen->arena, "data: {source: %s, validation: {last: 0.1}}", topic->name));
}

static void tell_format(lng_pen *pen, const lng_topic *topic)
{
    const lng_data_format *format = topic->what;
    pen->say(pen, lng_sentence(pen->arena, topic->about));
    for (const char *at = format->details, *end; at; at = end ? end + 2 : NULL) {
        end = strstr(at, "\n\n");
        pen->say(pen, lng_copy_n(pen->arena, at, end ? (size_t)(end - at) : strlen(at)));
    }
}

static const char *about_of(const lng_doc *doc)
{
    const lng_doc *about = lng_doc_get(doc, "about");
    return about ? about->text : "";
}

/* "layers", of std/layers.yaml */
static const char *group_of(lng_arena *arena, const lng_block *block)
{
    const char *slash = strrchr(block->place.source->name, '/');
    return lng_copy_n(arena, slash + 1, strcspn(slash + 1, "."));
}

bool lng_topics_library(lng_topics *t, lng_errors *errors)
{
    lng_library *library = lng_library_new(t->arena, errors);
    for (size_t i = 0; library && i < lng_map_count(library->standard); i++) {
        lng_block *block = lng_map_value(library->standard, i);
        if (!lng_block_read(t->arena, block, &lng_section_block, errors))
            return false;
        const char *group = group_of(t->arena, block);
        lng_topics_add(t, (lng_topic){.name = block->name,
                                      .word = lng_format(t->arena, "std.%s", block->name),
                                      .group = group,
                                      .kind = lng_format(t->arena, "a block, of the %s", group),
                                      .about = about_of(block->doc),
                                      .class = "blocks",
                                      .manual = "blocks",
                                      .tell = tell_block,
                                      .what = block});
    }
    const lng_map *sets = lng_data_sets(t->arena, errors);
    for (size_t i = 0; i < lng_map_count(sets); i++) {
        const lng_doc *set = lng_map_value(sets, i);
        lng_topics_add(t, (lng_topic){.name = lng_map_key(sets, i),
                                      .group = "data sets",
                                      .kind = "a data set",
                                      .about = about_of(set),
                                      .class = "data",
                                      .manual = "data",
                                      .tell = tell_data,
                                      .what = set});
    }
    for (size_t i = 0; i < lng_data_format_count; i++)
        lng_topics_add(t, (lng_topic){.name = lng_data_formats[i].name,
                                      .group = "data formats",
                                      .kind = "a data format",
                                      .about = lng_data_formats[i].about,
                                      .class = "data",
                                      .manual = "data",
                                      .tell = tell_format,
                                      .what = &lng_data_formats[i]});
    return library != NULL;
}
