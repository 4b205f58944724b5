/* What templates ask for of the language: the tables of a file's sections, the standard data sets. */
#include "base/text.h"
#include "lang/section.h"
#include "mdoc.h"
#include "std/std.h"
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

bool put_section(const char *name)
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

static void put_dataset(lng_arena *arena, const char *name, const lng_doc *set)
{
    const lng_doc *about = lng_doc_get(set, "about");
    const lng_doc *part[] = {lng_doc_get(set, "train"), lng_doc_get(set, "test")};
    lng_text fields = lng_text_new(arena);
    printf(".It Ic %s\n", name);
    if (about)
        put_sentence(about->text);
    puts("Its fields:");
    lng_doc_write(&fields, lng_doc_get(set, "fields"));
    put_literal(fields.at);
    puts(part[0] ? "Its files:\n.Bl -item -compact -offset indent" : "It has no files.");
    for (int p = 0; p < 2; p++)
        for (size_t i = 0; part[p] && i < part[p]->count; i++)
            printf(".It\n.Pa %s\n", lng_doc_get(part[p]->item[i], "file")->text);
    if (part[0])
        puts(".El");
}

bool put_datasets(void)
{
    lng_arena *arena = lng_arena_new();
    lng_errors *errors = lng_errors_new();
    bool any = false;
    if (!arena || LNG_GUARD(arena))
        return fputs("out of memory\n", stderr), false;
    puts(".Bl -tag -width Ds");
    for (size_t f = 0; f < lng_std_count; f++) {
        const lng_source source = {.name = lng_std_files[f].name, .text = lng_std_files[f].text, .length = lng_std_files[f].length};
        const lng_doc *tree = lng_doc_parse(arena, &source, errors);
        for (size_t i = 0; tree && i < tree->count; i++)
            if (lng_doc_get(tree->item[i], "format")) {
                put_dataset(arena, tree->key[i]->text, tree->item[i]);
                any = true;
            }
    }
    puts(".El");
    lng_errors_free(errors);
    lng_arena_unguard(arena);
    lng_arena_free(arena);
    return any;
}
