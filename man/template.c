/* Pages written by hand, with what a table knows put in where a line says
 *     .\" section NAME      the table of a section of the model file; `model` is the file itself
 *     .\" datasets          the standard data sets
 *     .\" code NAME         an error's code, as an item of a list
 *     .\" codes-left        those that have not stood yet
 *     .\" exit-statuses */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static const char *after(const char *line, const char *mark)
{
    const size_t n = strlen(mark);
    return strncmp(line, mark, n) == 0 ? line + n : NULL;
}

static bool put_template_line(const char *line, bool shown[])
{
    const char *name;
    if ((name = after(line, ".\\\" section ")))
        return put_section(name);
    if ((name = after(line, ".\\\" code ")))
        return put_code(name, shown);
    if (!strcmp(line, ".\\\" datasets"))
        return put_datasets();
    if (!strcmp(line, ".\\\" codes-left"))
        return put_codes_left(shown), true;
    if (!strcmp(line, ".\\\" exit-statuses"))
        return put_exit_statuses(), true;
    puts(line);
    return true;
}

bool write_template(const char *path)
{
    char line[1024];
    bool good = true, shown[MAX_CODES] = {false};
    FILE *in = fopen(path, "r");
    if (!in)
        return perror(path), false;
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        good = put_template_line(line, shown) && good;
    }
    good = !ferror(in) && good;
    fclose(in);
    return good;
}
