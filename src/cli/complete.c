/* lngraph complete: lists what can complete a command line, for the completions of shells in completion/.
 *
 * The parser decides: it parses the words, the last one cut after its `=`, and whatever it takes the last word for is offered. The tables
 * of the model file, and the file if the line names one, tell what can be set. */
#include "cli/cli.h"
#include "syntax/include.h"
#include <ctype.h>
#include <limits.h>
#include <string.h>

/* Paths to complete; each kind includes the one before it. */
typedef enum { NO_PATH, FOLDERS, MODELS, FILES } paths;
static const char *const paths_name[] = {"none", "dir", "model", "file"};

typedef struct offer {
    lng_arena *arena;
    const char *stem; /* precedes every word */
    lng_text words;
    paths paths;
} offer;

static void add(offer *o, const char *word, const char *about)
{
    lng_text_add(&o->words, "%s%s\t%s\n", o->stem, word, about);
}

static void add_words(offer *o, lng_words *words)
{
    lng_map *map = lng_map_new(o->arena);
    words(o->arena, map);
    for (size_t i = 0; i < lng_map_count(map); i++)
        add(o, lng_map_key(map, i), lng_map_value(map, i));
}

/* The document of the MODEL operand, as far as it can be read; NULL: there is none. */
static const lng_doc *model_document(const lng_command *line)
{
    const lng_source *source;
    lng_command quiet = {.arena = line->arena};
    const char *model = line->operands && strstr(line->verb->operands, "MODEL") ? lng_model_path(&quiet, line->operand[0]) : NULL;
    lng_doc *doc = model && strcmp(model, "-") != 0 ? lng_doc_read(line->arena, model, &source, NULL) : NULL;
    if (doc)
        lng_include(line->arena, doc, model, NULL);
    return doc;
}

static void add_overrides(offer *o, const lng_command *line, const char *typed)
{
    lng_map *words = lng_map_new(o->arena);
    lng_override_offer(o->arena, model_document(line), typed, words);
    for (size_t i = 0; i < lng_map_count(words); i++)
        add(o, lng_map_key(words, i), lng_map_value(words, i));
}

/* Offers the alternatives of an argument: words and kinds of paths. `other` is for names that are neither. */
static void add_argument(offer *o, const char *argument, paths other)
{
    static const struct {
        const char *name;
        paths paths;
    } kind[] = {{"DIR", FOLDERS}, {"RUN", FOLDERS}, {"MODEL", MODELS}, {"FILE", FILES}};
    const lng_map *parts = lng_alternatives(o->arena, argument);
    for (size_t i = 0; i < lng_map_count(parts); i++) {
        const char *part = lng_map_key(parts, i);
        paths found = other;
        for (size_t k = 0; k < sizeof kind / sizeof *kind; k++)
            if (strcmp(part, kind[k].name) == 0)
                found = kind[k].paths;
        if (islower((unsigned char)*part))
            add(o, part, "");
        else if (found > o->paths)
            o->paths = found;
    }
}

static void add_options(offer *o, const lng_option *option)
{
    for (; option->name; option++) {
        add(o, lng_format(o->arena, "--%s", option->name), option->about);
        if (option->letter)
            add(o, lng_format(o->arena, "-%c", option->letter), option->about);
    }
}

/* Operand number `index` of "RUN [IMAGE...]", without brackets and dots; the last one may be repeated. */
static const char *operand_name(lng_arena *arena, const char *operands, size_t index)
{
    const char *at = operands;
    for (; index > 0 && strchr(at, ' '); index--)
        at = strchr(at, ' ') + 1;
    at += strspn(at, "[");
    return lng_copy_n(arena, at, strcspn(at, " ].["));
}

static void add_operand(offer *o, const lng_verb *verb, size_t index)
{
    if (index >= (size_t)verb->most)
        return;
    const char *name = operand_name(o->arena, verb->operands, index);
    if (verb->words && strcmp(name, "RUN") != 0)
        add_words(o, verb->words);
    else
        add_argument(o, name, FILES);
}

static bool options_have_ended(const lng_command *c)
{
    for (size_t i = 0; i + 1 < c->operands; i++)
        if (strcmp(c->operand[i], "--") == 0)
            return true;
    return false;
}

static void complete(lng_command *c)
{
    const char *word = c->operand[c->operands - 1];
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const char *stem = lng_copy_n(c->arena, word, equals ? (size_t)(equals + 1 - word) : 0), *end = stem + strlen(stem);
    offer o = {.arena = c->arena, .stem = stem, .words = lng_text_new(c->arena)};
    lng_command before = {.arena = c->arena}, line = before; /* without errors: half a line is full of mistakes */
    const bool starts = lng_command_parse(&before, (int)c->operands - 1, (char **)c->operand) && !before.verb;
    c->operand[c->operands - 1] = stem;
    lng_command_parse(&line, (int)c->operands, (char **)c->operand);
    const lng_given *last = line.givens ? &line.given[line.givens - 1] : NULL;
    if (last && last->value == end && strcmp(last->option->name, "set") == 0)
        add_overrides(&o, &line, word + strlen(stem));
    else if (last && last->value == end)
        add_argument(&o, last->option->argument, NO_PATH);
    else if (word[0] == '-' && !equals && !options_have_ended(c)) {
        if (line.verb)
            add_options(&o, line.verb->option);
        add_options(&o, lng_common_options);
    } else if (line.operands && line.operand[line.operands - 1] == stem)
        add_operand(&o, line.verb, line.operands - 1);
    else if (starts && !equals)
        add_words(&o, lng_verb_words);
    lng_text_add(&c->out, "%s\n%s", paths_name[o.paths], o.words.at);
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
const lng_verb lng_verb_complete = {
    .name = "complete",
    .operands = "WORD...",
    .least = 1,
    .takes_empty = true,
    .most = INT_MAX,
    .about = "list what can complete a command line, for a shell",
    .details =
        "After --, give the words of the command line without the program's name, up to the word to complete, which may be empty. "
        "The first line of the output says which paths to complete: none, dir, model (folders and YAML files) or file. Each "
        "further line is a word, a tab, and a description.\n"
        "\n"
        "The completions for bash, zsh and fish use this verb, so they offer whatever the program accepts. If your shell does not "
        "search the installation prefix, load them yourself: source share/bash-completion/completions/lngraph or "
        "share/fish/vendor_completions.d/lngraph.fish, or add share/zsh/site-functions to fpath.",
    .example = "lngraph complete -- ru\nlngraph complete -- doc conv",
    .option = options,
    .run = complete,
};
