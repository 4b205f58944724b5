/* Where a run comes from: the command, the machine, and the digest of the file with the weights. */
#include "cli/cli.h"
#include "graph/level.h"
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=+,@%-"

/* In quotes where a shell would read it otherwise. */
static void put_word(lng_text *out, const char *word)
{
    if (*word && word[strspn(word, PLAIN)] == 0) {
        lng_text_add(out, " %s", word);
        return;
    }
    lng_text_add(out, " '");
    for (; *word; word++)
        if (*word == '\'')
            lng_text_add(out, "'\\''");
        else
            lng_text_put(out, word, 1);
    lng_text_add(out, "'");
}

static const char *command_of(lng_command *c)
{
    lng_text out = lng_text_new(c->arena);
    lng_text_add(&out, "lngraph %s", c->verb->name);
    for (size_t i = 0; i < c->operands; i++)
        put_word(&out, c->operand[i]);
    for (size_t i = 0; i < c->givens; i++) {
        const lng_option *o = c->given[i].option;
        put_word(&out, lng_format(c->arena, o->argument ? "--%s=%s" : "--%s", o->name, c->given[i].value));
    }
    return out.at;
}

static const char *machine_of(lng_command *c)
{
    struct utsname u;
    const int cores = lng_cores();
    if (uname(&u) != 0)
        return NULL;
    return lng_format(c->arena, "%s, %s %s, %d core%s, kernels for %s", u.machine, u.sysname, u.release, cores,
                      cores == 1 ? "" : "s", lng_levels[lng_isa_best()].name);
}

static const char *digest_of(lng_command *c, const char *path)
{
    char block[1 << 14], *hex = lng_alloc(c->arena, 65);
    FILE *f = fopen(path, "rb");
    lng_sha256 h;
    if (!f)
        return NULL;
    lng_sha256_begin(&h);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        lng_sha256_add(&h, block, n);
    const bool good = !ferror(f);
    fclose(f);
    lng_sha256_end(&h, hex);
    return good ? hex : NULL;
}

void lng_report_origin(lng_command *c, const char *weights, lng_report *r)
{
    r->command = command_of(c);
    r->machine = machine_of(c);
    r->weights = digest_of(c, weights);
}
