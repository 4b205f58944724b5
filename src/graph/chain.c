/* Programs of chains: text to steps and back. */
#include "graph/chain.h"
#include <string.h>

static const char *parse_step(const char *at, int done, lng_chain_step *s)
{
    char name[32];
    size_t n = strcspn(at, " ;");
    if (n >= sizeof name)
        return NULL;
    memcpy(name, at, n);
    name[n] = '\0';
    *s = (lng_chain_step){.op = lng_op_find(name)};
    if (!s->op || !(s->op->flags & LNG_OP_POINTWISE))
        return NULL;
    for (at += n; *at == ' ' && s->n_in < LNG_CHAIN_OPERANDS;) {
        int value = 0;
        if (*++at >= 'a' && *at < 'a' + LNG_MAX_IN) {
            value = *at++ - 'a';
        } else {
            const char *digits = at;
            for (; *at >= '0' && *at <= '9' && value < LNG_CHAIN_STEPS; at++)
                value = 10 * value + (*at - '0');
            if (at == digits || value >= done)
                return NULL;
            value = ~value;
        }
        s->in[s->n_in++] = value;
    }
    return s->n_in == s->op->n_in ? at : NULL;
}

bool lng_chain_parse(const char *program, lng_chain *c)
{
    c->steps = 0;
    for (const char *at = program; at && c->steps < LNG_CHAIN_STEPS;) {
        at = parse_step(at, c->steps, &c->step[c->steps]);
        if (!at)
            return false;
        c->steps++;
        if (*at == '\0')
            return true;
        if (*at++ != ';')
            return false;
    }
    return false;
}

const char *lng_chain_text(lng_arena *arena, const lng_chain *c)
{
    lng_text t = lng_text_new(arena);
    for (int i = 0; i < c->steps; i++) {
        lng_text_add(&t, "%s%s", i ? ";" : "", c->step[i].op->name);
        for (int k = 0; k < c->step[i].n_in; k++) {
            int in = c->step[i].in[k];
            if (in >= 0)
                lng_text_add(&t, " %c", 'a' + in);
            else
                lng_text_add(&t, " %d", ~in);
        }
    }
    return t.at;
}
