/* Help, from the tables; and the verb `help`. */
#include "cli/cli.h"
#include <stdio.h>
#include <string.h>

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
        lng_help_item(out, look, lng_map_key(words, i), lng_map_value(words, i), (int)widest + 4);
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
    lng_text_add(out, "usage: lngraph VERB [OPTION]... [OPERAND]...\n\n");
    write_verbs(out, look);
    paragraph(out, look, "`lngraph run models/lenet5.yaml` trains a model; `lngraph --help` tells more.");
}

void lng_help_all(lng_text *out, lng_look look)
{
    lng_text_add(out, "usage: lngraph VERB [OPTION]... [OPERAND]...\n");
    paragraph(out, look, "A YAML file is the whole program: lngraph compiles it and trains it.");
    heading(out, look, "verbs");
    write_verbs(out, look);
    heading(out, look, "options of every verb");
    write_options(lng_common_options, out, look);
    heading(out, look, "exit status");
    lng_text_add(out,
                 "  0  done\n  1  a defect in lngraph\n  2  the command line\n  3  bad input: model file, data, weights\n"
                 "  4  the system refused: I/O, memory\n  5  non-finite numbers\n  6  a requirement of the file was not met\n");
    paragraph(out, look, "`lngraph VERB --help` tells about a verb.");
}

void lng_help_verb(const lng_verb *verb, lng_text *out, lng_look look)
{
    lng_text_add(out, "usage: lngraph %s [OPTION]...%s%s\n", verb->name, *verb->operands ? " " : "", verb->operands);
    paragraph(out, look, verb->about);
    if (verb->details)
        paragraph(out, look, verb->details);
    heading(out, look, "options");
    write_options(verb->option, out, look);
    write_options(lng_common_options, out, look);
}

static void help(lng_command *c)
{
    const lng_verb *verb = c->operands ? lng_verb_find(c->operand[0]) : NULL;
    if (verb)
        lng_help_verb(verb, &c->out, c->look);
    else if (c->operands)
        lng_unknown_word(c, "verb", c->operand[0], lng_verb_words);
    else
        lng_help_all(&c->out, c->look);
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
const lng_verb lng_verb_help = {.name = "help",
                                .operands = "[VERB]",
                                .least = 0,
                                .most = 1,
                                .about = "tells about a verb",
                                .option = options,
                                .run = help,
                                .words = lng_verb_words};
