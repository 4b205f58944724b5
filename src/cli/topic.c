/* The list of topics, and how their texts are composed. */
#include "cli/topic.h"
#include <ctype.h>
#include <string.h>

void lng_topics_add(lng_topics *t, lng_topic topic)
{
    t->at = lng_grow(t->arena, t->at, t->count, &t->capacity, sizeof *t->at);
    t->at[t->count++] = topic;
}

lng_topics *lng_topics_new(lng_arena *arena, lng_errors *errors)
{
    lng_topics *t = LNG_NEW(arena, lng_topics);
    t->arena = arena;
    lng_topics_language(t);
    if (!lng_topics_library(t, errors))
        return NULL;
    lng_topics_ops(t);
    lng_topics_codes(t);
    return t;
}

bool lng_topic_called(const lng_topic *t, const char *name, bool exactly)
{
    const bool same = strcmp(t->name, name) == 0;
    return !t->entry && (exactly ? same : !same && t->word && strcmp(t->word, name) == 0);
}

const lng_topic *lng_topics_find(const lng_topics *t, const char *class, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->at[i].class, class) == 0 && lng_topic_called(&t->at[i], name, true))
            return &t->at[i];
    return NULL;
}

void lng_topic_describe(lng_writer *writer, const lng_topic *t)
{
    writer->heading(writer, t->name, t->kind);
    t->describe(writer, t);
}

const char *lng_sentence(lng_arena *arena, const char *text)
{
    const size_t n = strlen(text), word = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    if (n == 0)
        return "";
    const bool stop = strchr(".:!?", text[n - 1]) != NULL, formula = text[word] && !strchr(" ,.-'", text[word]);
    char *sentence = lng_format(arena, "%s%s", text, stop ? "" : ".");
    if (word > 1 && !formula)
        sentence[0] = (char)toupper((unsigned char)text[0]);
    else if (word == 1 && text[0] == 'a' && text[1] == ' ') /* the article */
        sentence[0] = 'A';
    return sentence;
}

const char *lng_signature(lng_arena *arena, const char *name, const char *const *argument, size_t n)
{
    size_t length = strlen(name), longest = 0;
    for (size_t i = 0; i < n; i++) {
        length += strlen(argument[i]) + 2;
        longest = strlen(argument[i]) > longest ? strlen(argument[i]) : longest;
    }
    const bool hangs = strlen(name) + 1 + longest > 64; /* too wide beside the name: below it */
    const char *gap = length <= 64 ? " " : lng_format(arena, "\n%*s", hangs ? 4 : (int)strlen(name) + 1, "");
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "%s(%s", name, hangs ? gap : "");
    for (size_t i = 0; i < n; i++)
        lng_text_add(&text, "%s%s%s", argument[i], i + 1 < n ? "," : "", i + 1 < n ? gap : "");
    lng_text_add(&text, ")");
    return text.at;
}
