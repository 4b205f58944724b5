/* The run's state in C: the program of a clock (op/clock.c) is text that is nearly C already. A name before a parenthesis is an op, which has a function on
 * doubles; another one is a part of the state. */
#include "export/c.h"
#include <string.h>

static const struct {
    const char *name, *text;
} states[] = {{"step", "(double)c->step"},
              {"epoch", "(double)c->epoch"},
              {"progress", "$progress(c->step, c->steps)"},
              {"total_steps", "(double)c->steps"},
              {"batch_size", "(double)count"}};

static const char *state(const char *at, size_t n)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strlen(states[i].name) == n && memcmp(states[i].name, at, n) == 0)
            return states[i].text;
    return NULL;
}

static void put_atom(const char *at, size_t n, bool called, lng_text *to)
{
    const char *text = state(at, n);
    if (called)
        lng_text_add(to, "$d_%.*s", (int)n, at);
    else if (text)
        lng_text_add(to, "%s", text);
    else /* a number */
        lng_text_add(to, "(%.*s%s)", (int)n, at, memchr(at, '.', n) || memchr(at, 'e', n) ? "" : ".0");
}

bool lng_c_clock(lng_c *c, const lng_node *n)
{
    lng_text t = lng_text_new(c->arena);
    for (const char *at = n->attr[LNG_CLOCK_PROGRAM].s; *at;) {
        const size_t length = strcspn(at, "(,) ");
        if (length > 0)
            put_atom(at, length, at[length] == '(', &t);
        at += length;
        if (*at)
            lng_text_put(&t, at++, 1);
    }
    lng_c_place(c, n, NULL);
    lng_c_statement(c, "*(%s) = @FLUSH((float)(%s));", lng_c_at(c, &n->out[0]), t.at);
    return true;
}
