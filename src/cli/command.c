/* Parses command lines. The first operand is the verb; operands, the verb's options and the common ones follow in any order; `--` ends
 * the options. Only common options may precede the verb. */
#include "base/assert.h"
#include "cli/cli.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const lng_option lng_common_options[] = {
    {"color", 0, "auto|always|never", "when to use colors (default: auto, which obeys NO_COLOR)"},
    {"help", 'h', NULL, "print this help"},
    {"version", 0, NULL, "print the version"},
    {NULL, 0, NULL, NULL},
};

const lng_verb *lng_verb_find(const char *name)
{
    for (size_t i = 0; lng_verbs[i]; i++)
        if (strcmp(lng_verbs[i]->name, name) == 0)
            return lng_verbs[i];
    return NULL;
}

bool lng_usage_error(lng_command *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(c->errors, LNG_E_USAGE, (lng_place){0}, format, arguments);
    va_end(arguments);
    return false;
}

void lng_verb_words(lng_arena *arena, lng_map *words)
{
    (void)arena;
    for (size_t i = 0; lng_verbs[i]; i++)
        lng_map_put(words, lng_verbs[i]->name, (void *)lng_verbs[i]->about);
}

bool lng_unknown_word(lng_command *c, const char *what, const char *name, lng_words *offer)
{
    lng_map *words = lng_map_new(c->arena);
    lng_nearest nearest = {.wrong = name};
    offer(c->arena, words);
    for (size_t i = 0; i < lng_map_count(words); i++)
        lng_nearest_offer(&nearest, lng_map_key(words, i));
    lng_usage_error(c, "unknown %s `%s`", what, name);
    if (nearest.best)
        lng_error_hint(c->errors, "did you mean `%s`?", nearest.best);
    return nearest.best != NULL;
}

static void advise(lng_command *c)
{
    if (c->verb)
        lng_error_hint(c->errors, "see `lngraph %s --help`", c->verb->name);
    else
        lng_error_hint(c->errors, "see `lngraph --help`");
}

/* The two tables of options: the verb's and the common one. */
static const lng_option *tables(const lng_command *c, int which)
{
    return which == 0 ? (c->verb ? c->verb->option : lng_common_options) : lng_common_options;
}

static const lng_option *find_long(const lng_command *c, const char *name, size_t n)
{
    for (int t = 0; t < 2; t++)
        for (const lng_option *o = tables(c, t); o->name; o++)
            if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
                return o;
    return NULL;
}

static const lng_option *find_letter(const lng_command *c, char letter)
{
    for (int t = 0; t < 2; t++)
        for (const lng_option *o = tables(c, t); o->name; o++)
            if (o->letter == letter)
                return o;
    return NULL;
}

lng_map *lng_alternatives(lng_arena *arena, const char *argument)
{
    lng_map *parts = lng_map_new(arena);
    for (const char *at = argument; *at; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        lng_map_put(parts, lng_copy_n(arena, at, n), "");
        at += n;
    }
    return parts;
}

/* If the option takes one of several words, the value must be one of them. */
static bool check_value(lng_command *c, const lng_option *option, const char *value)
{
    const lng_map *words = lng_alternatives(c->arena, option->argument);
    const size_t n = lng_map_count(words);
    lng_nearest nearest = {.wrong = value};
    lng_text list = lng_text_new(c->arena);
    for (size_t i = 0; i < n; i++) {
        const char *word = lng_map_key(words, i);
        if (!islower((unsigned char)*word) || strcmp(word, value) == 0)
            return true;
        lng_nearest_offer(&nearest, word);
        lng_text_add(&list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", word);
    }
    lng_usage_error(c, "--%s takes %s, not `%s`", option->name, list.at, value);
    if (nearest.best)
        lng_error_hint(c->errors, "did you mean `%s`?", nearest.best);
    return false;
}

static bool give(lng_command *c, const lng_option *option, const char *value)
{
    c->given = lng_grow(c->arena, c->given, c->givens, &c->given_capacity, sizeof *c->given);
    c->given[c->givens++] = (lng_given){option, value};
    return !option->argument || check_value(c, option, value);
}

static bool unknown_option(lng_command *c, const char *name)
{
    lng_nearest nearest = {.wrong = name};
    for (int t = 0; t < 2; t++)
        for (const lng_option *o = tables(c, t); o->name; o++)
            lng_nearest_offer(&nearest, o->name);
    lng_usage_error(c, "unknown option `--%s`", name);
    if (nearest.best)
        lng_error_hint(c->errors, "did you mean `--%s`?", nearest.best);
    else if (c->verb && find_long(c, "set", 3))
        lng_error_hint(c->errors, "to change a value of the model file: `-s PATH=VALUE`, such as `-s train.epochs=5`");
    if (!nearest.best)
        advise(c);
    return false;
}

/* --name, --name=value, --name value. */
static bool parse_long(lng_command *c, const char *text, char **rest, int left, int *used)
{
    const char *equals = strchr(text, '=');
    const size_t n = equals ? (size_t)(equals - text) : strlen(text);
    const lng_option *o = find_long(c, text, n);
    if (!o)
        return unknown_option(c, lng_copy_n(c->arena, text, n));
    if (!o->argument && equals)
        return lng_usage_error(c, "`--%s` takes no value", o->name);
    if (!o->argument || equals)
        return give(c, o, o->argument ? equals + 1 : "");
    if (left == 0)
        return lng_usage_error(c, "`--%s` needs a value: --%s %s", o->name, o->name, o->argument);
    *used = 1;
    return give(c, o, rest[0]);
}

/* -q, -t4, -t 4, -qt4. */
static bool parse_short(lng_command *c, const char *letters, char **rest, int left, int *used)
{
    for (; *letters; letters++) {
        const lng_option *o = find_letter(c, *letters);
        if (!o) {
            lng_usage_error(c, "unknown option `-%c`", *letters);
            return advise(c), false;
        }
        if (!o->argument) {
            give(c, o, "");
            continue;
        }
        if (letters[1])
            return give(c, o, letters + 1);
        if (left == 0)
            return lng_usage_error(c, "`-%c` needs a value: -%c %s", o->letter, o->letter, o->argument);
        *used = 1;
        return give(c, o, rest[0]);
    }
    return true;
}

/* The verb for what other programs call by this name; NULL if there is none. */
static const lng_verb *verb_for(const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; lng_verbs[i]; i++)
        for (const char *word = lng_verbs[i]->also; word && *word; word += strcspn(word, " "), word += strspn(word, " "))
            if (strcspn(word, " ") == n && memcmp(word, name, n) == 0)
                return lng_verbs[i];
    return NULL;
}

/* Another program's verb, a mistyped one, or a model where the verb should be. */
static bool no_verb(lng_command *c, const char *name)
{
    const lng_verb *meant = verb_for(name);
    if (meant) {
        lng_usage_error(c, "unknown verb `%s`", name);
        lng_error_hint(c->errors, "did you mean `%s` (%s)?", meant->name, meant->about);
    } else if (!lng_unknown_word(c, "verb", name, lng_verb_words) && access(name, F_OK) == 0)
        lng_error_hint(c->errors, "to train a model: `lngraph run %s`", name);
    return false;
}

/* An empty text is nearly always a mistake, such as an unset shell variable. */
static bool check_empty(lng_command *c)
{
    for (size_t i = 0; i < c->givens; i++)
        if (c->given[i].option->argument && !*c->given[i].value)
            return lng_usage_error(c, "the value of `--%s` is empty", c->given[i].option->name);
    for (size_t i = 0; i < c->operands; i++)
        if (!*c->operand[i] && !c->verb->takes_empty)
            return lng_usage_error(c, "an operand is empty; usage: lngraph %s %s", c->verb->name, c->verb->operands);
    return true;
}

static bool check_operands(lng_command *c)
{
    const int n = (int)c->operands;
    if (lng_command_get(c, "help") || lng_command_get(c, "version") || !c->verb)
        return true;
    if (n >= c->verb->least && n <= c->verb->most)
        return true;
    if (n < c->verb->least)
        lng_usage_error(c, "`lngraph %s` needs %s", c->verb->name, c->verb->operands);
    else
        lng_usage_error(c, "too many operands: `%s`; usage: lngraph %s %s", c->operand[c->verb->most], c->verb->name,
                        c->verb->operands);
    if (n <= c->verb->most || !lng_suggest_doc(c, c->operand[c->verb->most]))
        advise(c);
    return false;
}

static bool parse_operand(lng_command *c, const char *text)
{
    if (!c->verb)
        return (c->verb = lng_verb_find(text)) || no_verb(c, text);
    c->operand = lng_grow(c->arena, c->operand, c->operands, &c->operand_capacity, sizeof *c->operand);
    c->operand[c->operands++] = text;
    return true;
}

/* After a mistake the rest is ignored, except --color, which says how to show the mistake. */
static bool leave(lng_command *c, int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strncmp(argv[i], "--color=", 8) == 0)
            parse_long(c, argv[i] + 2, NULL, 0, NULL);
    return false;
}

bool lng_command_parse(lng_command *c, int argc, char **argv)
{
    bool options = true, good = true;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        int used = 0;
        if (options && strcmp(text, "--") == 0)
            options = false;
        else if (options && text[0] == '-' && text[1] == '-')
            good = parse_long(c, text + 2, argv + i + 1, argc - i - 1, &used);
        else if (options && text[0] == '-' && text[1])
            good = parse_short(c, text + 1, argv + i + 1, argc - i - 1, &used);
        else
            good = parse_operand(c, text);
        if (!good)
            return leave(c, argc - i - 1, argv + i + 1);
        i += used;
    }
    return check_empty(c) && check_operands(c);
}

/* Whether an option of this name exists, if not of this verb. */
static bool is_option(const char *name)
{
    bool found = false;
    for (size_t i = 0; lng_verbs[i]; i++)
        found |= find_long(&(lng_command){.verb = lng_verbs[i]}, name, strlen(name)) != NULL;
    return found;
}

const char *lng_command_get(const lng_command *c, const char *option)
{
    LNG_ASSERT(is_option(option)); /* otherwise it could never be given */
    for (size_t i = c->givens; i-- > 0;)
        if (strcmp(c->given[i].option->name, option) == 0)
            return c->given[i].value;
    return NULL;
}

bool lng_command_int(lng_command *c, const char *option, int64_t low, int64_t high, int64_t *value)
{
    const char *text = lng_command_get(c, option);
    if (!text)
        return true;
    int64_t n;
    if (!lng_parse_int(text, strlen(text), &n) || n < low || n > high)
        return lng_usage_error(c, "--%s takes an integer from %lld to %lld, not `%s`", option, (long long)low, (long long)high,
                               text);
    *value = n;
    return true;
}
