/* lngraph(1) and a page for each verb, from the tables of the command line. */
#include "cli/cli.h"
#include "mdoc.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* "auto|always": words are literal, names in upper case are not. */
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

/* The verb after `name` in the order of the alphabet; "" when there is none. */
static const char *next_verb(const char *name)
{
    const char *next = "";
    for (size_t i = 0; lng_verbs[i]; i++)
        if (strcmp(lng_verbs[i]->name, name) > 0 && (!*next || strcmp(lng_verbs[i]->name, next) < 0))
            next = lng_verbs[i]->name;
    return next;
}

bool write_verb(lng_arena *arena, const char *name)
{
    char page[64];
    const lng_verb *verb = lng_verb_find(name);
    if (!verb)
        return fprintf(stderr, "pages: there is no page `%s`\n", name), false;
    snprintf(page, sizeof page, "lngraph-%s", name);
    page_begin(page, 1, verb->about);
    printf(".Sh SYNOPSIS\n.Nm lngraph %s\n.Op Ar option ...\n", name);
    put_operands(verb->operands);
    puts(".Sh DESCRIPTION");
    if (verb->details)
        put_paragraphs(verb->details);
    else
        put_sentence(arena, verb->about);
    if (verb->option->name) {
        puts(".Pp\nThe options of the verb are:");
        put_options(arena, verb->option);
    }
    puts(".Pp\nThe options of every verb are:");
    put_options(arena, lng_common_options);
    puts(".Sh EXIT STATUS");
    put_exit_statuses(arena);
    if (verb->example) {
        puts(".Sh EXAMPLES");
        put_literal(verb->example);
    }
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,");
    for (const char *other = next_verb(""); *other; other = next_verb(other))
        if (strcmp(other, name) != 0)
            printf(".Xr lngraph-%s 1 ,\n", other);
    puts(".Xr lngraph-data 5 ,\n.Xr lngraph-files 5 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-errors 7");
    return true;
}

static void put_environment(void)
{
    static const char *const variable[][2] = {
        {"COLUMNS", "The width of lines where no terminal tells it."},
        {"HOME", "Where the cache of data sets is, under\n.Pa .cache ,\nunless\n.Ev XDG_CACHE_HOME\nis set."},
        {"LC_ALL , LC_CTYPE , LANG", "Whether a terminal is sent UTF-8.\nNothing else depends on the locale."},
        {"LNGRAPH_DATA", "A folder to look for data sets in; see\n.Xr lngraph-data 5 ."},
        {"LNGRAPH_ISA",
         "The instruction-set level to use:\n.Li baseline , avx2\nor\n.Li avx512 .\nThe best that the machine has is taken "
         "otherwise; results do not depend on it.\nA level that it has not is an error."},
        {"NO_COLOR", "If set and not empty, there are no colours unless\n.Fl -color Ns = Ns Cm always\nasks for them."},
        {"PAGER",
         "What shows a text that is longer than the screen, as a command of\n.Xr sh 1 .\nWithout it,\n.Xr less 1\nor\n.Xr more "
         "1\ndoes; if it is empty, none."},
        {"TERM", "On a terminal that is\n.Li dumb ,\nor of no kind, there are no colours, no live line and no pager."},
        {"XDG_CACHE_HOME", "Where the cache of data sets is, instead of\n.Pa ~/.cache ."},
    };
    puts(".Sh ENVIRONMENT\n.Bl -tag -width LNGRAPH_DATA");
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
        printf(".It Ev %s\n%s\n", variable[i][0], variable[i][1]);
    puts(".El");
}

static void put_files(void)
{
    puts(".Sh FILES\n.Bl -tag -width Ds\n"
         ".It Pa runs/NAME\nThe folder of a run, under the working directory; see\n.Xr lngraph-files 5 .\n"
         ".It Pa ~/.cache/lngraph/NAME\nThe files of the data set\n.Ar NAME ,\nput there by\n.Xr lngraph-fetch 1 .\n.El");
}

bool write_program(lng_arena *arena)
{
    page_begin("lngraph", 1, "trains neural networks that are described in YAML");
    puts(".Sh SYNOPSIS\n.Nm lngraph\n.Ar verb\n.Op Ar option ...\n.Op Ar operand ...\n"
         ".Sh DESCRIPTION\n"
         "A YAML file is the whole program: architecture, loss, optimizer, schedule, data, report.\n.Nm\n"
         "compiles it to one flat tape of tensor operations with their gradients, trains it, and gives the same bits every time.\n"
         ".Pp\nThe verbs are:\n.Bl -tag -width Ds");
    for (size_t i = 0; lng_verbs[i]; i++) {
        printf(".It Ic %s\n", lng_verbs[i]->name);
        put_sentence(arena, lng_verbs[i]->about);
        printf("See\n.Xr lngraph-%s 1 .\n", lng_verbs[i]->name);
    }
    puts(".El\n.Pp\nOptions may follow operands;\n.Fl -\nends them.\nThe options of every verb are:");
    put_options(arena, lng_common_options);
    puts(".Pp\nResults are written to standard output, progress and errors to standard error.\n"
         ".Ss Where to begin");
    puts(".Dl lngraph new mlp\n.Dl lngraph run mlp.yaml --data=digits\n.Pp\n"
         "writes a first model, and trains it on digits that need no files.\n"
         "Then\n.Xr lngraph-tutorial 7\nleads from there to blocks of one's own;\n.Xr lngraph-model 5\nis the whole language, and\n"
         ".Xr lngraph-doc 1\nexplains every name in it.");
    put_environment();
    put_files();
    puts(".Sh EXIT STATUS");
    put_exit_statuses(arena);
    puts(".Sh EXAMPLES\nTrain the reference model, with its data in\n.Pa ~/mnist :\n.Pp\n"
         ".Dl LNGRAPH_DATA=~/mnist lngraph run models/lenet5.yaml\n.Pp\n"
         "Look at the layers of a model, then train it for two epochs with another batch size:\n"
         ".Bd -literal -offset indent\nlngraph show my.yaml\nlngraph run my.yaml -s train.epochs=2 -s train.batch=64\n.Ed\n"
         ".Sh SEE ALSO");
    for (const char *name = next_verb(""); *name; name = next_verb(name))
        printf(".Xr lngraph-%s 1 ,\n", name);
    puts(
        ".Xr liblngraph 3 ,\n.Xr lngraph-data 5 ,\n.Xr lngraph-files 5 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-blocks 7 ,\n.Xr lngraph-errors 7 ,\n"
        ".Xr lngraph-ops 7 ,\n.Xr lngraph-tutorial 7");
    return true;
}
