/* Pages written by hand, with what a table knows put in where a line says
 *     .\" section NAME      the table of a section of the model file; `model` is the file itself
 *     .\" topics GROUP      topics, a subsection each
 *     .\" items GROUP       the same as items of a list
 *     .\" code NAME         an error's code, as an item of a list
 *     .\" exit-statuses */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static const char *after(const char *line, const char *mark)
{
    const size_t n = strlen(mark);
    return strncmp(line, mark, n) == 0 ? line + n : NULL;
}

static bool put_template_line(const lng_topics *t, const char *line)
{
    const char *name;
    if ((name = after(line, ".\\\" section ")))
        return put_topic(t, "keys", name);
    if ((name = after(line, ".\\\" topics ")))
        return put_topics(t, name, true);
    if ((name = after(line, ".\\\" items ")))
        return put_topics(t, name, false);
    if ((name = after(line, ".\\\" code ")))
        return put_macro("It", name), put_topic(t, "errors", name);
    if (!strcmp(line, ".\\\" exit-statuses"))
        return put_exit_statuses(t->arena), true;
    puts(line);
    return true;
}

bool write_template(const lng_topics *t, const char *path)
{
    char line[1024];
    bool good = true;
    FILE *in = fopen(path, "r");
    if (!in)
        return perror(path), false;
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        good = put_template_line(t, line) && good;
    }
    good = !ferror(in) && good;
    fclose(in);
    return good;
}
