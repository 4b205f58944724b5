/* Writes a manual page from the program's own tables. Built and run by make, not installed.
 *
 * usage: pages ops|blocks|lngraph|VERB, or pages TEMPLATE.in */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static bool write_page(const lng_topics *t, const char *name)
{
    const size_t n = strlen(name);
    if (n > 3 && !strcmp(name + n - 3, ".in"))
        return write_template(t, name);
    if (!strcmp(name, "ops"))
        return write_ops(t);
    if (!strcmp(name, "blocks"))
        return write_blocks(t);
    return !strcmp(name, "lngraph") ? write_program(t->arena) : write_verb(t->arena, name);
}

static bool write_from_tables(lng_arena *arena, lng_errors *errors, const char *name)
{
    if (LNG_GUARD(arena))
        return fputs("pages: out of memory\n", stderr), false;
    const lng_topics *t = lng_topics_new(arena, errors);
    const bool good = t && write_page(t, name);
    lng_arena_unguard(arena);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: pages ops|blocks|lngraph|VERB, or pages TEMPLATE.in\n", stderr);
        return 2;
    }
    lng_arena *arena = lng_arena_new();
    lng_errors *errors = lng_errors_new();
    const bool good = arena && errors && write_from_tables(arena, errors, argv[1]) && fflush(stdout) == 0 && !ferror(stdout);
    if (errors)
        lng_errors_render(errors, stderr, false);
    lng_errors_free(errors);
    lng_arena_free(arena);
    return good ? 0 : 1;
}
