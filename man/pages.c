/* Writes a manual page with the help of the program's own tables. Built and run by make, not installed.
 *
 * usage: pages VERB, or pages TEMPLATE.in */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

typedef struct page {
    lng_arena *arena;
    lng_errors *errors;
    const char *name;
} page;

static bool write_named(const lng_topics *t, const char *name)
{
    const size_t n = strlen(name);
    return n > 3 && !strcmp(name + n - 3, ".in") ? write_template(t, name) : write_verb(t->arena, name);
}

static bool write_page(void *context)
{
    const page *p = context;
    const lng_topics *t = lng_topics_new(p->arena, p->errors);
    return t && write_named(t, p->name) && fflush(stdout) == 0 && !ferror(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: pages VERB, or pages TEMPLATE.in\n", stderr);
        return 2;
    }
    page p = {lng_arena_new(), lng_errors_new(), argv[1]};
    const bool good = p.errors && lng_attempt(p.arena, write_page, &p, p.errors, "writing a manual page");
    if (p.errors)
        lng_errors_render(p.errors, stderr, false);
    lng_errors_free(p.errors);
    lng_arena_free(p.arena);
    return good ? 0 : 1;
}
