/* Writes a manual page with the help of the program's own tables. Built and run by make, not installed.
 *
 * usage: pages VERB BEGINNING.in, or pages TEMPLATE.in */
#include "mdoc.h"
#include <stdio.h>

typedef struct page {
    lng_arena *arena;
    lng_errors *errors;
    char **name; /* ends with NULL */
} page;

static bool write_page(void *context)
{
    const page *p = context;
    const lng_topics *t = lng_topics_new(p->arena, p->errors);
    const bool good = t && (p->name[1] ? write_verb(t, p->name[0], p->name[1]) : write_template(t, p->name[0]));
    return good && fflush(stdout) == 0 && !ferror(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fputs("usage: pages VERB BEGINNING.in, or pages TEMPLATE.in\n", stderr);
        return 2;
    }
    page p = {lng_arena_new(), lng_errors_new(), argv + 1};
    const bool good = p.errors && lng_attempt(p.arena, write_page, &p, p.errors, "writing a manual page");
    if (p.errors)
        lng_errors_render(p.errors, stderr, false);
    lng_errors_free(p.errors);
    lng_arena_free(p.arena);
    return good ? 0 : 1;
}
