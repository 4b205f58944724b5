/* Writes a manual page from the program's own tables. Built and run by make, not installed.
 *
 * usage: pages NAME [TEMPLATE]: ops, blocks, errors, model TEMPLATE, lngraph, or a verb */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*write)(void);
    } page[] = {{"ops", write_ops}, {"blocks", write_blocks}, {"errors", write_errors}, {"lngraph", write_program}};
    if (argc != 2 && argc != 3) {
        fputs("usage: pages NAME [TEMPLATE]\n", stderr);
        return 2;
    }
    bool done = false, good = false;
    for (size_t i = 0; i < sizeof page / sizeof *page && !done; i++)
        if ((done = !strcmp(argv[1], page[i].name)))
            good = page[i].write();
    if (!done)
        good = argc == 3 ? write_language(argv[2]) : write_verb(argv[1]);
    return good && fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
