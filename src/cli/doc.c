/* lngraph doc: explains what has a name, from the tables. */
#include "cli/cli.h"
#include "cli/topic.h"
#include <string.h>

/* ---- the pen for the terminal ---- */
enum { INDENT = 2, ITEMS = 24 };

static lng_look look_of(const lng_pen *pen)
{
    return *(const lng_look *)pen->style;
}

static void apart(lng_pen *pen)
{
    lng_text_add(pen->out, "\n");
    pen->listing = false;
}

static void put_heading(lng_text *out, lng_look look, const char *text, const char *more)
{
    lng_text_add(out, "%s%s%s%s\n", lng_style_on(look, LNG_BOLD), text, lng_style_off(look, LNG_BOLD), more);
}

static void title(lng_pen *pen, const char *name, const char *kind)
{
    if (pen->out->length)
        lng_text_add(pen->out, "\n\n");
    put_heading(pen->out, look_of(pen), name, lng_format(pen->arena, ", %s", kind));
    pen->listing = false;
}

static void say(lng_pen *pen, const char *text)
{
    apart(pen);
    lng_wrap(pen->out, text, "  ", look_of(pen).width);
    lng_text_add(pen->out, "\n");
}

static void quote(lng_pen *pen, const char *label, const char *text)
{
    apart(pen);
    if (label)
        lng_text_add(pen->out, "  %s\n", label);
    while (*text) {
        const size_t n = strcspn(text, "\n");
        lng_text_add(pen->out, "      %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void item(lng_pen *pen, const char *term, const char *text)
{
    if (!pen->listing)
        apart(pen);
    pen->listing = true;
    lng_help_item(pen->out, look_of(pen), term, text, ITEMS);
}

/* ---- lists ---- */
/* Topics of a class or group, or all (NULL), a line each, under the headings of their groups. */
static size_t list(lng_command *c, const lng_topics *t, const char *which)
{
    size_t listed = 0;
    const char *group = "";
    lng_map *words = lng_map_new(c->arena);
    for (size_t i = 0; i <= t->count; i++) {
        const lng_topic *topic = i < t->count ? &t->at[i] : NULL;
        if (topic && (!topic->group || (which && strcmp(topic->group, which) != 0 && strcmp(topic->class, which) != 0)))
            continue;
        if (!topic || strcmp(topic->group, group) != 0) {
            lng_help_words(&c->out, c->look, words);
            if (!topic)
                break;
            words = lng_map_new(c->arena);
            group = topic->group;
            put_heading(&c->out, c->look, lng_format(c->arena, "%s%s", c->out.length ? "\n" : "", group), "");
        }
        lng_map_put(words, topic->class[0] == 'k' ? topic->word : topic->name, (void *)topic->about);
        listed++;
    }
    return listed;
}

static void overview(lng_command *c, const lng_topics *t)
{
    list(c, t, NULL);
    lng_text_add(&c->out, "\n`lngraph doc NAME` tells about one; of one kind: `lngraph doc layers`.\n");
}

/* ---- one name ---- */
static bool told(lng_command *c, const lng_topics *t, const char *name)
{
    lng_pen pen = {.arena = c->arena, .out = &c->out, .style = &c->look, .title = title, .say = say, .quote = quote, .item = item};
    const char *manual = NULL;
    for (int exactly = 1; exactly >= 0; exactly--)
        for (size_t i = 0; i < t->count; i++)
            if (lng_topic_called(&t->at[i], name, exactly)) {
                lng_topic_tell(&pen, &t->at[i]);
                manual = manual ? manual : t->at[i].manual;
            }
    if (list(c, t, name) == 0 && !manual)
        return false;
    if (manual)
        say(&pen, lng_format(c->arena, "`lngraph help %s` tells more.", manual));
    return true;
}

bool lng_doc_tell(lng_command *c, const char *name)
{
    const lng_topics *topics = lng_topics_new(c->arena, c->errors);
    c->paged = true;
    return topics && told(c, topics, name);
}

/* ---- the verb ---- */
/* Names that can be typed as they are; operators are words, too, but nobody wants them completed. */
static void offer(lng_map *words, const char *name, const char *about)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (name && !name[strspn(name, plain)] && strlen(name) > 1 && !lng_map_get(words, name))
        lng_map_put(words, name, (void *)about);
}

static void words(lng_arena *arena, lng_map *to)
{
    lng_errors *errors = lng_errors_new();
    const lng_topics *t = errors ? lng_topics_new(arena, errors) : NULL;
    lng_errors_free(errors);
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].name, t->at[i].about);
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].word, t->at[i].about);
    for (size_t i = 0; t && i < t->count; i++)
        offer(to, t->at[i].group, "all of them");
}

static void doc(lng_command *c)
{
    const lng_topics *topics = c->operands ? NULL : lng_topics_new(c->arena, c->errors);
    c->paged = true;
    if (topics)
        overview(c, topics);
    else if (c->operands && !lng_doc_tell(c, c->operand[0]) && lng_errors_count(c->errors) == 0 &&
             !lng_unknown_word(c, "name", c->operand[0], words))
        lng_error_hint(c->errors, "`lngraph doc` lists the names");
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
const lng_verb lng_verb_doc = {
    .name = "doc",
    .operands = "[NAME]",
    .least = 0,
    .most = 1,
    .about = "explains a block, op, key, word, data set or error",
    .details =
        "Without NAME: everything that has a name, a line each. With NAME: what it takes, with types, ranges and defaults, what "
        "it computes, and an example to paste into a model file. What has the same name is shown together; std.NAME is the "
        "block alone, op.NAME the op. The name of a group, such as layers, losses or ops, lists the group.\n"
        "\n"
        "On a terminal a long text is shown by $PAGER, or else by less or more.",
    .example = "lngraph doc conv2d\n"
               "lngraph doc losses\n"
               "lngraph doc train.batch\n"
               "lngraph doc unknown-key",
    .option = options,
    .run = doc,
    .words = words,
};
