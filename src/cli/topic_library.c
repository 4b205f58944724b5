/* Topics of the standard blocks, data sets and data formats, from the library's own files and tables. */
#include "cli/topic.h"
#include "data/format.h"
#include "data/made.h"
#include "syntax/library.h"
#include <string.h>

#define MAX_WIDTH 66 /* of the lines of a definition, where they can be folded */

/* Folds long lines: plain text in YAML may continue on a line that is indented further. */
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
            out.length -= indent + 1; /* the rest has its own indentation */
            out.at[out.length] = 0;
        } else {
            lng_text_add(&out, "%.*s\n", (int)line, yaml);
            yaml += line + (yaml[line] == '\n');
        }
    }
    return out.at;
}

/* The definition, without `about` and `example`. */
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

static void describe_block(lng_writer *writer, const lng_topic *topic)
{
    const lng_block *block = topic->what;
    const lng_doc *example = lng_doc_get(block->doc, "example");
    writer->paragraph(writer, lng_sentence(writer->arena, topic->about));
    writer->literal(writer, NULL, signature(writer->arena, block));
    if (example)
        writer->literal(writer, "Example:", example->text);
    writer->literal(writer, "Definition:", definition(writer->arena, block));
}

static void put_file_name(lng_text *text, const lng_doc *file)
{
    if (file)
        lng_text_add(text, "%s\n", file->text);
}

/* A part has one file or folder, lists its files, or has a file for each field. */
static void put_file_names(lng_text *text, const lng_doc *part)
{
    const lng_doc *list = lng_doc_get(part, "files");
    put_file_name(text, lng_doc_get(part, "file"));
    put_file_name(text, lng_doc_get(part, "folder"));
    for (size_t i = 0; list && i < list->count; i++)
        put_file_name(text, list->item[i]);
    for (size_t i = 0; part && i < part->count; i++)
        put_file_name(text, lng_doc_get(part->item[i], "file"));
}

static const char *file_names(lng_arena *arena, const lng_doc *set)
{
    lng_text text = lng_text_new(arena);
    put_file_names(&text, lng_doc_get(set, "train"));
    put_file_names(&text, lng_doc_get(set, "test"));
    return text.at;
}

static void describe_data(lng_writer *writer, const lng_topic *topic)
{
    const lng_doc *set = topic->what;
    lng_text fields = lng_text_new(writer->arena);
    const char *files = file_names(writer->arena, set);
    const lng_made *made = lng_made_find(topic->name);
    writer->paragraph(writer, lng_sentence(writer->arena, topic->about));
    if (made)
        writer->paragraph(writer, lng_format(writer->arena, "%s It is made by `lngraph fetch %s`.", made->details, made->name));
    lng_doc_write(&fields, lng_doc_get(set, "fields"));
    writer->literal(writer, "Fields:", fields.at);
    if (*files)
        writer->literal(writer, "Files:", files);
    else
        writer->paragraph(writer, "It has no files.");
    writer->literal(writer, "Example:", lng_format(writer->arena, "data: {source: %s, validation: {last: 0.1}}", topic->name));
}

static void describe_format(lng_writer *writer, const lng_topic *topic)
{
    const lng_data_format *format = topic->what;
    writer->paragraph(writer, lng_sentence(writer->arena, topic->about));
    for (const char *at = format->details, *end; at; at = end ? end + 2 : NULL) {
        end = strstr(at, "\n\n");
        writer->paragraph(writer, lng_copy_n(writer->arena, at, end ? (size_t)(end - at) : strlen(at)));
    }
}

static const char *about_of(const lng_doc *doc)
{
    const lng_doc *about = lng_doc_get(doc, "about");
    return about ? about->text : "";
}

bool lng_topics_library(lng_topics *t, lng_errors *errors)
{
    lng_library *library = lng_library_new(t->arena, errors);
    for (size_t i = 0; i < lng_map_count(library->standard); i++) {
        lng_block *block = lng_map_value(library->standard, i);
        if (!lng_block_read(t->arena, block, &lng_section_block, errors))
            return false;
        const char *group = block->group;
        lng_topics_add(t, (lng_topic){.name = block->name,
                                      .word = lng_format(t->arena, "std.%s", block->name),
                                      .group = group,
                                      .kind = lng_format(t->arena, "a block (%s)", group),
                                      .about = about_of(block->doc),
                                      .class = "blocks",
                                      .manual = "blocks",
                                      .describe = describe_block,
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
                                      .describe = describe_data,
                                      .what = set});
    }
    for (size_t i = 0; i < lng_data_format_count; i++)
        lng_topics_add(t, (lng_topic){.name = lng_data_formats[i].name,
                                      .group = "data formats",
                                      .kind = "a data format",
                                      .about = lng_data_formats[i].about,
                                      .class = "data",
                                      .manual = "data",
                                      .describe = describe_format,
                                      .what = &lng_data_formats[i]});
    return library != NULL;
}
