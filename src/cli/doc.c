/* lngraph doc: explains whatever has a name, from the tables. */
#include "cli/cli.h"
#include "cli/topic.h"
#include <ctype.h>
#include <limits.h>
#include <string.h>

/* ---- the writer for the terminal ---- */
enum { ITEMS = 24 }; /* the column where the texts of a list begin */

static lng_look look_of(const lng_writer *writer)
{
    return *(const lng_look *)writer->style;
}

static void blank_line(lng_writer *writer)
{
    lng_text_add(writer->out, "\n");
    writer->listing = false;
}

static void put_heading(lng_text *out, lng_look look, const char *text, const char *more)
{
    lng_text_add(out, "%s%s%s%s\n", lng_style_on(look, LNG_BOLD), text, lng_style_off(look, LNG_BOLD), more);
}

static void heading(lng_writer *writer, const char *name, const char *kind)
{
    if (writer->out->length)
        lng_text_add(writer->out, "\n\n");
    put_heading(writer->out, look_of(writer), name, lng_format(writer->arena, ", %s", kind));
    writer->listing = false;
}

static void paragraph(lng_writer *writer, const char *text)
{
    blank_line(writer);
    lng_wrap(writer->out, text, "  ", look_of(writer).width);
    lng_text_add(writer->out, "\n");
}

static void literal(lng_writer *writer, const char *label, const char *text)
{
    blank_line(writer);
    if (label)
        lng_text_add(writer->out, "  %s\n", label);
    while (*text) {
        const size_t n = strcspn(text, "\n");
        lng_text_add(writer->out, "      %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void item(lng_writer *writer, const char *term, const char *text)
{
    if (!writer->listing)
        blank_line(writer);
    writer->listing = true;
    lng_help_item(writer->out, look_of(writer), term, text, ITEMS);
}

/* ---- lists ---- */
/* The letters of the first n bytes, in lower case, British z's, without a last s: "data sets" and "Dataset" are "datazet". */
static const char *stem(lng_arena *arena, const char *text, size_t n)
{
    lng_text letters = lng_text_new(arena);
    for (size_t i = 0; i < n; i++)
        if (isalpha((unsigned char)text[i])) {
            const char c = (char)tolower((unsigned char)text[i]);
            lng_text_put(&letters, c == 's' ? "z" : &c, 1);
        }
    return lng_copy_n(arena, letters.at, letters.length - (letters.length > 0 && letters.at[letters.length - 1] == 'z'));
}

/* Whether a group, or its first or last word, is called nearly so: `optimiser`, `datasets`, `formats`. */
static bool is_group(lng_arena *arena, const char *group, const char *name)
{
    const char *last = strrchr(group, ' '), *wanted = stem(arena, name, strlen(name));
    return strcmp(stem(arena, group, strlen(group)), wanted) == 0 || strcmp(stem(arena, group, strcspn(group, " ")), wanted) == 0 ||
           (last && strcmp(stem(arena, last, strlen(last)), wanted) == 0);
}

/* Lists the topics of a class or group, or all (NULL), one per line, under the headings of their groups. Returns the number of groups.
 * Loosely: if the group is nearly called so. */
static size_t list(lng_command *c, const lng_topics *t, const char *which, bool loosely)
{
    lng_map *groups = lng_map_new(c->arena); /* to the words of each */
    for (size_t i = 0; i < t->count; i++) {
        const lng_topic *topic = &t->at[i];
        if (!topic->group || (which && strcmp(topic->group, which) != 0 && strcmp(topic->class, which) != 0 &&
                              !(loosely && is_group(c->arena, topic->group, which))))
            continue;
        lng_map *words = lng_map_get(groups, topic->group);
        if (!words)
            lng_map_put(groups, topic->group, words = lng_map_new(c->arena));
        lng_map_put(words, topic->class[0] == 'k' ? topic->word : topic->name, (void *)topic->about);
    }
    for (size_t i = 0; i < lng_map_count(groups); i++) {
        put_heading(&c->out, c->look, lng_format(c->arena, "%s%s", c->out.length ? "\n" : "", lng_map_key(groups, i)), "");
        lng_help_words(&c->out, c->look, lng_map_value(groups, i));
    }
    return lng_map_count(groups);
}

static void overview(lng_command *c, const lng_topics *t)
{
    list(c, t, NULL, false);
    lng_text_add(&c->out, "\n`lngraph doc NAME` explains one of them; `lngraph doc layers` lists one group.\n");
}

/* ---- one name ---- */
static bool describe(lng_command *c, const lng_topics *t, const char *name)
{
    lng_writer writer = {.arena = c->arena,
                         .out = &c->out,
                         .style = &c->look,
                         .heading = heading,
                         .paragraph = paragraph,
                         .literal = literal,
                         .item = item};
    const char *manual = NULL;
    for (int exactly = 1; exactly >= 0; exactly--)
        for (size_t i = 0; i < t->count; i++)
            if (lng_topic_called(&t->at[i], name, exactly)) {
                lng_topic_describe(&writer, &t->at[i]);
                manual = manual ? manual : t->at[i].manual;
            }
    if (list(c, t, name, !manual) == 0 && !manual)
        return false;
    if (manual)
        paragraph(&writer, lng_format(c->arena, "For more: `lngraph help %s`.", manual));
    return true;
}

bool lng_doc_describe(lng_command *c, const char *name)
{
    const lng_topics *topics = lng_topics_new(c->arena, c->errors);
    c->paged = true;
    return topics && describe(c, topics, name);
}

static const char *kind_of(lng_command *c, const char *name)
{
    const lng_topics *t = lng_topics_new(c->arena, c->errors);
    for (int exactly = 1; t && exactly >= 0; exactly--)
        for (size_t i = 0; i < t->count; i++)
            if (lng_topic_called(&t->at[i], name, exactly))
                return t->at[i].kind;
    return NULL;
}

bool lng_suggest_doc(lng_command *c, const char *name)
{
    const char *kind = kind_of(c, name);
    if (kind)
        lng_error_hint(c->errors, "`%s` is %s: `lngraph doc %s` explains it", name, kind, name);
    return kind != NULL;
}

/* ---- searching the texts ---- */
/* This writer keeps what can be searched: everything but examples and definitions. */
static void keep_heading(lng_writer *writer, const char *name, const char *kind)
{
    lng_text_add(writer->out, "%s %s\n", name, kind);
}

static void keep_paragraph(lng_writer *writer, const char *text)
{
    lng_text_add(writer->out, "%s\n", text);
}

static void keep_literal(lng_writer *writer, const char *label, const char *text)
{
    if (!label)
        lng_text_add(writer->out, "%s\n", text);
}

static void keep_item(lng_writer *writer, const char *term, const char *text)
{
    lng_text_add(writer->out, "%s %s\n", term, text);
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the text has this whole word, in capitals or not, of one or of many. */
static bool has_word(const char *text, const char *word)
{
    const size_t length = strlen(word), n = length - (length > 3 && word[length - 1] == 's');
    for (const char *at = text; *at; at++) {
        size_t same = 0;
        while (same < n && tolower((unsigned char)at[same]) == tolower((unsigned char)word[same]))
            same++;
        if (same == n && (at == text || !is_of_word(at[-1])) && !is_of_word(at[n + (at[n] == 's')]))
            return true;
    }
    return false;
}

/* `learning-rate` is a word, or two. */
static bool has_words(lng_arena *arena, const char *text, const char *joined)
{
    const size_t n = strcspn(joined, "-_");
    if (has_word(text, joined))
        return true;
    return n > 0 && joined[n] && joined[n + 1] && has_word(text, lng_copy_n(arena, joined, n)) &&
           has_words(arena, text, joined + n + 1);
}

static bool mentions(lng_command *c, const lng_topic *topic)
{
    lng_text text = lng_text_new(c->arena);
    lng_writer writer = {.arena = c->arena,
                         .out = &text,
                         .heading = keep_heading,
                         .paragraph = keep_paragraph,
                         .literal = keep_literal,
                         .item = keep_item};
    lng_topic_describe(&writer, topic);
    for (size_t i = 0; i < c->operands; i++)
        if (!*c->operand[i] || !has_words(c->arena, text.at, c->operand[i]))
            return false;
    return true;
}

/* Lists the topics whose texts have all the words; false if none has. */
static bool search(lng_command *c, const lng_topics *t, const char *words)
{
    lng_map *found = lng_map_new(c->arena);
    for (size_t i = 0; i < t->count; i++)
        if (t->at[i].group && !t->at[i].entry && mentions(c, &t->at[i]))
            lng_map_put(found, t->at[i].name, (void *)t->at[i].about);
    if (lng_map_count(found) == 0)
        return false;
    lng_text_add(&c->out, "Nothing is called `%s`; these mention it:\n\n", words);
    lng_help_words(&c->out, c->look, found);
    return true;
}

/* ---- the verb ---- */
/* Names that can be typed as they are; operators have topics, too, but nobody wants them completed. */
static void offer(lng_map *words, const char *name, const char *about)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (name && !name[strspn(name, plain)] && strlen(name) > 1 && !lng_map_get(words, name))
        lng_map_put(words, name, (void *)about);
}

static void words(lng_arena *arena, lng_map *to)
{
    const lng_topics *t = lng_topics_new(arena, lng_errors_unheard(arena));
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].name, t->at[i].about);
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].word, t->at[i].about);
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].group, "the whole group");
}

static const char *joined(const lng_command *c)
{
    lng_text text = lng_text_new(c->arena);
    for (size_t i = 0; i < c->operands; i++)
        lng_text_add(&text, "%s%s", i ? " " : "", c->operand[i]);
    return text.at;
}

static void doc(lng_command *c)
{
    const lng_topics *topics = lng_topics_new(c->arena, c->errors);
    const char *name = joined(c);
    c->paged = true;
    if (!topics)
        return;
    if (c->operands == 0)
        overview(c, topics);
    else if (!describe(c, topics, name) && !search(c, topics, name) && !lng_unknown_word(c, "name", name, words))
        lng_error_hint(c->errors, "`lngraph doc` lists all names");
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
const lng_verb lng_verb_doc = {
    .name = "doc",
    .also = "explain search",
    .operands = "[NAME...]",
    .least = 0,
    .most = INT_MAX,
    .about = "explain a block, op, key, word, data set or error",
    .details =
        "Without NAME, lists everything that has a name. With NAME, shows what it takes, with types, ranges and defaults, what it "
        "computes, and an example to paste into a model file. Everything of that name is shown: use std.NAME for the block alone, "
        "op.NAME for the op. The name of a group, such as layers, losses or ops, lists the group. Any other words are searched "
        "for in the descriptions.\n"
        "\n"
        "On a terminal, a pager shows long texts: $PAGER, or else less or more.",
    .example = "lngraph doc conv2d\n"
               "lngraph doc losses\n"
               "lngraph doc train.batch\n"
               "lngraph doc unknown-key\n"
               "lngraph doc learning rate",
    .option = options,
    .run = doc,
    .words = words,
};
