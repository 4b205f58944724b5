/* Writes a manual page from the program's own tables. Built and run by make, not installed.
 *
 * usage: pages ops|blocks|lngraph|VERB, or pages TEMPLATE.in */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static bool write_page(const char *name)
{
    static const struct {
        const char *name;
        bool (*write)(void);
    } page[] = {{"ops", write_ops}, {"blocks", write_blocks}, {"lngraph", write_program}};
    const size_t n = strlen(name);
    if (n > 3 && !strcmp(name + n - 3, ".in"))
        return write_template(name);
    for (size_t i = 0; i < sizeof page / sizeof *page; i++)
        if (!strcmp(name, page[i].name))
            return page[i].write();
    return write_verb(name);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: pages ops|blocks|lngraph|VERB, or pages TEMPLATE.in\n", stderr);
        return 2;
    }
    return write_page(argv[1]) && fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
