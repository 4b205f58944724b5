/* lngraph-model(5) and lngraph-data(5): written by hand, with the tables of the file's sections put in where a line says
 *     .\" section NAME...
 * (a section's name as the table has it; `model` is the file itself). */
#include "base/text.h"
#include "lang/section.h"
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static void put_key(const lng_section_key *key)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    printf(".It Ic %s\n", key->name);
    put_sentence(key->about);
    printf("It is %s", lng_key_type_text(key->type));
    if (key->low != key->high)
        printf(" from %s to %s", lng_number(low, key->low), lng_number(high, key->high));
    fputs(key->required ? ", and required.\n" : ".\n", stdout);
    if (key->fallback)
        printf("Default:\n.Li %s .\n", key->fallback);
    if (key->not_yet)
        puts("This version does not have it yet.");
}

static bool put_section(const char *name)
{
    for (size_t i = 0; i < lng_section_count; i++) {
        const lng_section *s = lng_sections[i];
        if (strcmp(s->name[0] ? s->name : "model", name) != 0)
            continue;
        put_sentence(s->about);
        puts(".Bl -tag -width validation");
        for (size_t k = 0; k < s->keys; k++)
            put_key(&s->key[k]);
        puts(".El");
        if (s->example) {
            puts(".Pp\nExample:");
            put_literal(s->example);
        }
        return true;
    }
    return fprintf(stderr, "pages: there is no section `%s`\n", name), false;
}

bool write_language(const char *template)
{
    static const char mark[] = ".\\\" section ";
    char line[1024];
    bool good = true;
    FILE *in = fopen(template, "r");
    if (!in)
        return perror(template), false;
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, mark, sizeof mark - 1) == 0)
            good = put_section(line + sizeof mark - 1) && good;
        else
            puts(line);
    }
    good = !ferror(in) && good;
    fclose(in);
    return good;
}
