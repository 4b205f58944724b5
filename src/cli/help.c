/* Help, from the tables of the verbs; and the verb `help`. */
#include "cli/cli.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Manual pages other than those of the verbs. */
typedef struct topic {
    const char *name;
    int section;
    bool doc; /* `lngraph doc` covers the subject, too */
    const char *about;
} topic;
static const topic topics[] = {{"tutorial", 7, false, "from a softmax regression to sequences, blocks of your own, and a device"},
                               {"model", 5, true, "the language of model files"},
                               {"data", 5, true, "data sets: finding, fetching and describing them"},
                               {"files", 5, false, "what a run leaves, and the formats of its files"},
                               {"blocks", 7, true, "every layer, loss, optimizer, schedule, initializer and metric"},
                               {"ops", 7, true, "every op: its formula, operands and attributes"},
                               {"errors", 7, true, "every error, with a wrong and a right example"}};
#define MAX_TERM 26 /* columns; a longer term has its own line */
#define TOPICS   (sizeof topics / sizeof *topics)

void lng_help_item(lng_text *out, lng_look look, const char *term, const char *about, int left)
{
    lng_text folded = lng_text_new(out->arena);
    const int width = (int)strlen(term), room = look.width > 0 && look.width < left + 20 ? left / 2 : left; /* a narrow terminal */
    lng_wrap(&folded, about, lng_format(out->arena, "%*s", room, ""), look.width);
    lng_text_add(out, "  %s%s%s", lng_style_on(look, LNG_BOLD), term, lng_style_off(look, LNG_BOLD));
    if (width + 3 > room)
        lng_text_add(out, "\n%s\n", folded.at);
    else
        lng_text_add(out, "%*s%s\n", room - width - 2, "", folded.at + strspn(folded.at, " "));
}

void lng_help_words(lng_text *out, lng_look look, const lng_map *words)
{
    size_t widest = 0;
    for (size_t i = 0; i < lng_map_count(words); i++)
        widest = strlen(lng_map_key(words, i)) > widest ? strlen(lng_map_key(words, i)) : widest;
    for (size_t i = 0; i < lng_map_count(words); i++)
        lng_help_item(out, look, lng_map_key(words, i), lng_map_value(words, i), widest < MAX_TERM ? (int)widest + 4 : MAX_TERM);
}

static void write_options(const lng_option *o, lng_text *out, lng_look look)
{
    for (; o->name; o++) {
        const char *letter = o->letter ? lng_format(out->arena, "-%c, ", o->letter) : "    ";
        const char *value = o->argument ? lng_format(out->arena, "=%s", o->argument) : "";
        lng_help_item(out, look, lng_format(out->arena, "%s--%s%s", letter, o->name, value), o->about, 28);
    }
}

static void heading(lng_text *out, lng_look look, const char *text)
{
    lng_text_add(out, "\n%s%s%s\n", lng_style_on(look, LNG_BOLD), text, lng_style_off(look, LNG_BOLD));
}

static void write_verbs(lng_text *out, lng_look look)
{
    lng_map *words = lng_map_new(out->arena);
    lng_verb_words(out->arena, words);
    lng_help_words(out, look, words);
}

static void paragraph(lng_text *out, lng_look look, const char *text)
{
    lng_text_add(out, "\n");
    lng_wrap(out, text, "", look.width);
    lng_text_add(out, "\n");
}

void lng_help_short(lng_text *out, lng_look look)
{
    lng_text_add(out, "usage: lngraph VERB [OPTION]... [OPERAND]...\n");
    write_verbs(out, look);
    paragraph(out, look, "`lngraph new` lists models to start from. For more: `lngraph --help`.");
}

void lng_help_all(lng_text *out, lng_look look)
{
    lng_text_add(out, "usage: lngraph VERB [OPTION]... [OPERAND]...\n");
    paragraph(out, look, "A YAML file is the whole program: lngraph compiles it to a tape of tensor operations and trains it.");
    heading(out, look, "verbs");
    write_verbs(out, look);
    heading(out, look, "options of every verb");
    write_options(lng_common_options, out, look);
    heading(out, look, "exit status");
    for (int i = 0; i < LNG_STATUSES; i++)
        lng_help_item(out, look, (char[]){(char)('0' + i), 0}, lng_status_about(i), 5);
    heading(out, look, "manual pages");
    for (size_t i = 0; i < TOPICS; i++)
        lng_help_item(out, look, topics[i].name, topics[i].about, 12);
    paragraph(
        out, look,
        "`lngraph help NAME` opens one of these, or the page of a verb; `lngraph doc NAME` explains a block, op, key or error.");
}

static void write_list(const lng_verb *verb, lng_text *out, lng_look look)
{
    lng_map *words = lng_map_new(out->arena);
    verb->words(out->arena, words);
    paragraph(out, look, verb->list);
    lng_help_words(out, look, words);
}

void lng_help_verb(const lng_verb *verb, lng_text *out, lng_look look)
{
    lng_text_add(out, "usage: lngraph %s [OPTION]...%s%s\n", verb->name, *verb->operands ? " " : "", verb->operands);
    paragraph(out, look, verb->about);
    if (verb->details)
        paragraph(out, look, verb->details);
    if (verb->list)
        write_list(verb, out, look);
    heading(out, look, "options");
    write_options(verb->option, out, look);
    write_options(lng_common_options, out, look);
    if (!verb->example)
        return;
    heading(out, look, "examples");
    for (const char *line = verb->example; *line; line += strcspn(line, "\n"), line += *line == '\n')
        lng_text_add(out, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

/* ---- the verb ---- */
static void offer(lng_arena *arena, lng_map *words)
{
    lng_verb_words(arena, words);
    for (size_t i = 0; i < TOPICS; i++)
        lng_map_put(words, topics[i].name, (void *)topics[i].about);
}

/* Opens a verb's manual page on a terminal; false elsewhere, or if man cannot show it. */
static bool show_verb(lng_command *c, const char *name)
{
    return lng_screen_rows(STDOUT_FILENO) > 0 && lng_man_show(c->arena, lng_format(c->arena, "lngraph-%s", name), 1);
}

static const topic *find(const char *name)
{
    for (size_t i = 0; i < TOPICS; i++)
        if (strcmp(topics[i].name, name) == 0)
            return &topics[i];
    return NULL;
}

/* The page's own name, as in lngraph-data(5), is a name, too. */
static const char *short_name(lng_arena *arena, const char *name)
{
    static const char prefix[] = "lngraph-";
    const size_t n = strlen(prefix);
    name += strncmp(name, prefix, n) == 0 ? n : 0;
    return lng_copy_n(arena, name, strcspn(name, "("));
}

/* Without man, prints what the tables say about the subject; pages that are not made from tables need it. */
static void help_topic(lng_command *c, const topic *t)
{
    const char *name = lng_format(c->arena, "lngraph-%s", t->name);
    if (lng_man_show(c->arena, name, t->section) || (t->doc && lng_doc_describe(c, t->name)))
        return;
    lng_text_add(&c->out, "%s(%d): %s\n\nThis manual page cannot be shown: the page or man is not installed.\n", name, t->section,
                 t->about);
}

static void help(lng_command *c)
{
    const char *name = c->operands ? short_name(c->arena, c->operand[0]) : NULL;
    const lng_verb *verb = name ? lng_verb_find(name) : NULL;
    const topic *t = name ? find(name) : NULL;
    c->paged = true;
    if (!name)
        lng_help_all(&c->out, c->look);
    else if (verb && !show_verb(c, name))
        lng_help_verb(verb, &c->out, c->look);
    else if (t)
        help_topic(c, t);
    else if (!verb && !lng_unknown_word(c, "verb or topic", name, offer))
        lng_error_hint(c->errors, "`lngraph help` lists them; `lngraph doc %.60s` searches the blocks, ops, keys and errors", name);
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
const lng_verb lng_verb_help = {
    .name = "help",
    .also = "man manual",
    .operands = "[VERB|TOPIC]",
    .least = 0,
    .most = 1,
    .about = "open the manual page of a verb or topic",
    .details =
        "On a terminal, man shows the page lngraph-VERB(1), or that of a topic: model, data, files, blocks, ops, errors or tutorial. "
        "Elsewhere, prints the same as VERB --help, or the page of the topic as text. The page's own name, lngraph-data(5), is taken, too. Without VERB, prints the same as --help.",
    .example = "lngraph help run\n"
               "lngraph help tutorial",
    .option = options,
    .run = help,
    .words = offer,
};
