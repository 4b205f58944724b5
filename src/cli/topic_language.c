/* Topics of the language: sections and keys of a model file, names and operators of expressions, metrics; and error codes. */
#include "cli/topic.h"
#include "syntax/sections.h"
#include "syntax/builtin_names.h"
#include "metric/metric.h"
#include <string.h>

/* ---- sections and keys ---- */
/* "Examples per training step. An integer from 1 to 1,048,576 (default: 32)." */
static const char *key_text(lng_arena *arena, const lng_section_key *key)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    lng_text type = lng_text_new(arena);
    lng_text_add(&type, "%s", lng_key_type_text(key->type));
    if (lng_section_key_range(key, low, high))
        lng_text_add(&type, " from %s to %s", low, high);
    const char *about, *word;
    for (size_t i = 0; key->choice && (word = key->choice(i, &about)); i++)
        lng_text_add(&type, "%s %s (%s)", i ? "," : ":", word, about);
    if (key->required)
        lng_text_add(&type, ", required");
    if (key->fallback)
        lng_text_add(&type, " (default: %s)", key->fallback);
    return lng_format(arena, "%s %s", lng_sentence(arena, key->about), lng_sentence(arena, type.at));
}

static void describe_example(lng_writer *writer, const char *example)
{
    if (example)
        writer->literal(writer, "Example:", example);
}

/* The section data and those in it have a page of their own. */
static const char *manual_of(const lng_section *s)
{
    return strncmp(s->name, "data", 4) == 0 ? "data" : "model";
}

static void describe_section(lng_writer *writer, const lng_topic *topic)
{
    const lng_section *s = topic->what;
    writer->paragraph(writer, s->about);
    for (size_t i = 0; i < s->keys; i++)
        writer->item(writer, s->key[i].name, key_text(writer->arena, &s->key[i]));
    describe_example(writer, s->example);
}

static void describe_key(lng_writer *writer, const lng_topic *topic)
{
    const lng_section_key *key = topic->what;
    const lng_section *s = topic->of;
    writer->paragraph(writer, key_text(writer->arena, key));
    describe_example(writer, key->example ? key->example : s->example);
}

static const char *dotted(lng_arena *arena, const lng_section *s, const char *key)
{
    return s->name[0] ? lng_format(arena, "%s.%s", s->name, key) : key;
}

/* A key with a section of its own is only listed here: the section describes it. */
static void add_key(lng_topics *t, const lng_section *s, const lng_section_key *key, const char *group)
{
    const char *name = dotted(t->arena, s, key->name);
    lng_topics_add(t, (lng_topic){.name = name,
                                  .word = key->name,
                                  .group = group,
                                  .entry = key->section && strcmp(key->section->name, name) == 0,
                                  .kind = s->name[0] ? lng_format(t->arena, "a key of %s", s->name) : "a key of a model file",
                                  .about = key->about,
                                  .class = "keys",
                                  .manual = manual_of(s),
                                  .describe = describe_key,
                                  .what = key,
                                  .of = s});
}

static void add_section(lng_topics *t, const lng_section *s)
{
    const char *name = s->name[0] ? s->name : "model", *last = strrchr(name, '.');
    const char *group = lng_format(t->arena, "keys of %s", s->name[0] ? s->name : "a model file");
    lng_topics_add(t, (lng_topic){.name = name,
                                  .word = last ? last + 1 : NULL,
                                  .kind = "a section of the model file",
                                  .about = s->about,
                                  .class = "keys",
                                  .manual = manual_of(s),
                                  .describe = describe_section,
                                  .what = s});
    for (size_t i = 0; i < s->keys; i++)
        add_key(t, s, &s->key[i], group);
}

/* ---- expressions ---- */
static void describe_word(lng_writer *writer, const lng_topic *topic)
{
    const lng_builtin_name *word = topic->what;
    writer->item(writer, word->form, lng_sentence(writer->arena, word->about));
}

static void describe_operators(lng_writer *writer, const lng_topic *topic)
{
    const lng_operators *row = topic->what;
    writer->item(writer, row->form, lng_sentence(writer->arena, row->about));
}

static void add_word(lng_topics *t, const lng_builtin_name *word)
{
    lng_topics_add(t, (lng_topic){.name = word->name,
                                  .word = word->form,
                                  .group = word->function ? "functions in expressions" : "names in expressions",
                                  .kind = word->function ? "a function" : "a name known everywhere",
                                  .about = word->about,
                                  .class = "expressions",
                                  .manual = "model",
                                  .describe = describe_word,
                                  .what = word});
}

/* A topic for the row, and one for each operator in it. */
static void add_operators(lng_topics *t, const lng_operators *row)
{
    lng_topic topic = {.name = row->form,
                       .group = "operators",
                       .kind = "an operator",
                       .about = row->about,
                       .class = "expressions",
                       .manual = "model",
                       .describe = describe_operators,
                       .what = row};
    lng_topics_add(t, topic);
    topic.group = NULL;
    for (const char *sign = row->signs; *sign; sign += strspn(sign, " ")) {
        const size_t n = strcspn(sign, " ");
        topic.name = lng_copy_n(t->arena, sign, n);
        lng_topics_add(t, topic);
        sign += n;
    }
}

/* ---- metrics ---- */
static void describe_metric(lng_writer *writer, const lng_topic *topic)
{
    const lng_metric *metric = topic->what;
    writer->paragraph(writer, lng_sentence(writer->arena, metric->about));
    writer->paragraph(writer, metric->math);
    writer->literal(writer, "Example:", lng_format(writer->arena, "report: {metrics: ['%s']}", metric->example));
}

void lng_topics_language(lng_topics *t)
{
    for (size_t i = 0; i < lng_section_count; i++)
        add_section(t, lng_sections[i]);
    for (size_t i = 0; i < lng_builtin_name_count; i++)
        add_word(t, &lng_builtin_names[i]);
    for (size_t i = 0; i < lng_operator_row_count; i++)
        add_operators(t, &lng_operator_rows[i]);
    for (size_t i = 0; i < lng_metric_count; i++)
        lng_topics_add(t, (lng_topic){.name = lng_metrics[i]->name,
                                      .group = "metrics over a whole set",
                                      .kind = "a metric",
                                      .about = lng_metrics[i]->about,
                                      .class = "blocks",
                                      .manual = "blocks",
                                      .describe = describe_metric,
                                      .what = lng_metrics[i]});
}

/* ---- errors ---- */
static void describe_code(lng_writer *writer, const lng_topic *topic)
{
    const int status = lng_code_status((lng_code)(size_t)topic->what);
    writer->paragraph(writer, lng_format(writer->arena, "%s Exit status %d.", lng_sentence(writer->arena, topic->about), status));
}

void lng_topics_codes(lng_topics *t)
{
    for (int code = LNG_E_NONE + 1; code < LNG_E_COUNT; code++)
        lng_topics_add(t, (lng_topic){.name = lng_code_name((lng_code)code),
                                      .group = "errors",
                                      .kind = "an error",
                                      .about = lng_code_about((lng_code)code),
                                      .class = "errors",
                                      .manual = "errors",
                                      .describe = describe_code,
                                      .what = (const void *)(size_t)code});
}
