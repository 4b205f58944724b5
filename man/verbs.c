/* A page for each verb, and the lists of lngraph(1), from the tables of the command line. */
#include "cli/cli.h"
#include "mdoc.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* "auto|DIR": words in lower case are literal, the others are names. */
static void put_alternatives(const char *before, const char *argument)
{
    for (const char *at = argument; *at; at += *at == '|') {
        const int n = (int)strcspn(at, "|");
        printf("%s%s %.*s", before, islower((unsigned char)*at) ? "Cm" : "Ar", n, at);
        before = " Ns | Ns ";
        at += n;
    }
}

static void put_options(lng_arena *arena, const lng_option *o)
{
    puts(".Bl -tag -width Ds");
    for (; o->name; o++) {
        fputs(".It ", stdout);
        if (o->letter)
            printf("Fl %c", o->letter);
        if (o->letter && o->argument)
            put_alternatives(" ", o->argument);
        printf("%sFl -%s", o->letter ? " , " : "", o->name);
        if (o->argument)
            put_alternatives(" Ns = Ns ", o->argument);
        putchar('\n');
        put_sentence(arena, o->about);
    }
    puts(".El");
}

static void put_operands(const char *operands)
{
    for (const char *p = operands; *p; p += strspn(p, " ")) {
        const size_t n = strcspn(p, " ");
        if (p[0] == '[')
            printf(".Op Ar %.*s\n", (int)(strcspn(p, "]") - 1), p + 1);
        else
            printf(".Ar %.*s\n", (int)n, p);
        p += n;
    }
}

/* The verb after `name` in alphabetical order; NULL if it is the last. */
static const lng_verb *next_verb(const char *name)
{
    const lng_verb *next = NULL;
    for (size_t i = 0; lng_verbs[i]; i++)
        if (strcmp(lng_verbs[i]->name, name) > 0 && (!next || strcmp(lng_verbs[i]->name, next->name) < 0))
            next = lng_verbs[i];
    return next;
}

void put_verb_pages(void)
{
    for (const lng_verb *verb = next_verb(""); verb; verb = next_verb(verb->name))
        printf(".Xr lngraph-%s 1 ,\n", verb->name);
}

void put_verbs(lng_arena *arena)
{
    puts(".Bl -tag -width complete");
    for (size_t i = 0; lng_verbs[i]; i++) {
        printf(".It Ic %s\n", lng_verbs[i]->name);
        put_sentence(arena, lng_verbs[i]->about);
        printf("See\n.Xr lngraph-%s 1 .\n", lng_verbs[i]->name);
    }
    puts(".El");
}

void put_common_options(lng_arena *arena)
{
    put_options(arena, lng_common_options);
}

static void put_list(lng_arena *arena, const lng_verb *verb)
{
    lng_map *words = lng_map_new(arena);
    verb->words(arena, words);
    printf(".Pp\n%s\n.Bl -tag -width architecture\n", verb->list);
    for (size_t i = 0; i < lng_map_count(words); i++) {
        printf(".It Cm %s\n", lng_map_key(words, i));
        put_sentence(arena, lng_map_value(words, i));
    }
    puts(".El");
}

bool write_verb(const lng_topics *t, const char *name, const char *beginning)
{
    char page[64];
    lng_arena *arena = t->arena;
    const lng_verb *verb = lng_verb_find(name);
    if (!verb)
        return fprintf(stderr, "pages: unknown page `%s`\n", name), false;
    snprintf(page, sizeof page, "lngraph-%s", name);
    page_begin(page, 1, verb->about);
    printf(".Sh SYNOPSIS\n.Nm lngraph %s\n.Op Ar option ...\n", name);
    put_operands(verb->operands);
    puts(".Sh DESCRIPTION");
    if (!write_template(t, beginning))
        return false;
    puts(".Pp");
    put_paragraphs(verb->details);
    if (verb->list)
        put_list(arena, verb);
    if (verb->option->name) {
        puts(".Pp\nThe options are:");
        put_options(arena, verb->option);
    }
    puts(".Pp\nSee\n.Xr lngraph 1\nfor the options of every verb, the environment, and the exit status.");
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-data 5 ,\n.Xr lngraph-files 5 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-errors 7");
    return true;
}
