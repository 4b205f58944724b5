/* The parts of pages that come from tables. */
#include "data/survey.h"
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

bool put_topic(const lng_topics *t, const char *class, const char *name)
{
    const lng_topic *topic = lng_topics_find(t, class, name);
    lng_writer writer = writer_new(t->arena);
    if (!topic)
        return fprintf(stderr, "pages: the %s have no `%s`\n", class, name), false;
    topic->describe(&writer, topic);
    writer_end(&writer);
    return true;
}

bool put_topics(const lng_topics *t, const char *group, bool headings)
{
    lng_writer writer = writer_new(t->arena);
    size_t written = 0;
    for (size_t i = 0; i < t->count; i++) {
        const lng_topic *topic = &t->at[i];
        if (!topic->group || strcmp(topic->group, group) != 0)
            continue;
        if (headings)
            lng_topic_describe(&writer, topic);
        else
            topic->describe(&writer, topic);
        written++;
    }
    writer_end(&writer);
    return written > 0 || (fprintf(stderr, "pages: unknown group `%s`\n", group), false);
}

bool put_groups(const lng_topics *t, const char *class)
{
    char heading[64];
    const char *before = "";
    bool good = true;
    for (size_t i = 0; i < t->count; i++) {
        const char *group = t->at[i].group;
        if (strcmp(t->at[i].class, class) == 0 && strcmp(group, before) != 0) {
            put_macro("Sh", upper(group, heading));
            good = put_topics(t, group, true) && good;
            before = group;
        }
    }
    return good;
}

void put_suspicions(lng_arena *arena)
{
    puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < lng_suspicion_count; i++) {
        put_macro("It", lng_suspicions[i].name);
        put_sentence(arena, lng_suspicions[i].about);
    }
    puts(".El");
}

void put_exit_statuses(lng_arena *arena)
{
    puts(".Bl -tag -width Ds -compact");
    for (int i = 0; i < LNG_STATUSES; i++) {
        printf(".It %d\n", i);
        put_sentence(arena, lng_status_about(i));
    }
    puts(".El");
}
