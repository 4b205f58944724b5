/* Pages written by hand. A line of this form is replaced by what a table knows:
 *     .\" section NAME      the keys of a section of the model file; `model` is the file itself
 *     .\" topics GROUP      topics, each as a subsection
 *     .\" items GROUP       topics, each as an item of a list
 *     .\" groups CLASS      all groups of topics, each as a section
 *     .\" code NAME         an error, as an item of a list
 *     .\" exit-statuses, suspicions, verbs, verb-pages, common-options, report */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static const char *after(const char *line, const char *mark)
{
    const size_t n = strlen(mark);
    return strncmp(line, mark, n) == 0 ? line + n : NULL;
}

static bool put_directive(const lng_topics *t, const char *line, const char *directive)
{
    const char *name;
    if ((name = after(directive, "section ")))
        return put_topic(t, "keys", name);
    if ((name = after(directive, "topics ")))
        return put_topics(t, name, true);
    if ((name = after(directive, "items ")))
        return put_topics(t, name, false);
    if ((name = after(directive, "groups ")))
        return put_groups(t, name);
    if ((name = after(directive, "code ")))
        return put_macro("It", name), put_topic(t, "errors", name);
    if (!strcmp(directive, "exit-statuses"))
        put_exit_statuses(t->arena);
    else if (!strcmp(directive, "suspicions"))
        put_suspicions(t->arena);
    else if (!strcmp(directive, "verbs"))
        put_verbs(t->arena);
    else if (!strcmp(directive, "verb-pages"))
        put_verb_pages();
    else if (!strcmp(directive, "report"))
        put_report(t->arena);
    else if (!strcmp(directive, "common-options"))
        put_common_options(t->arena);
    else
        puts(line); /* for tests/manual_examples.sh */
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
        const char *directive = after(line, ".\\\" ");
        if (directive)
            good = put_directive(t, line, directive) && good;
        else
            puts(line);
    }
    good = !ferror(in) && good;
    fclose(in);
    return good;
}
