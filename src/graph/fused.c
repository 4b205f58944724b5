/* Programs of fused ops: from text to steps and back. */
#include "base/assert.h"
#include "graph/fused.h"
#include <string.h>

static const char *parse_step(const char *at, int done, lng_fused_step *s)
{
    char name[32];
    size_t n = strcspn(at, " ;");
    if (n >= sizeof name)
        return NULL;
    memcpy(name, at, n);
    name[n] = '\0';
    *s = (lng_fused_step){.op = lng_op_find(name)};
    if (!s->op || !(s->op->flags & LNG_OP_POINTWISE))
        return NULL;
    for (at += n; *at == ' ' && s->n_in < LNG_FUSED_OPERANDS;) {
        int value = 0;
        if (*++at >= 'a' && *at < 'a' + LNG_MAX_IN) {
            value = *at++ - 'a';
        } else {
            const char *digits = at;
            for (; *at >= '0' && *at <= '9' && value < LNG_FUSED_STEPS; at++)
                value = 10 * value + (*at - '0');
            if (at == digits || value >= done)
                return NULL;
            value = ~value;
        }
        s->in[s->n_in++] = value;
    }
    return s->n_in == s->op->n_in ? at : NULL;
}

bool lng_fused_parse(const char *program, lng_fused *f)
{
    f->steps = 0;
    for (const char *at = program; at && f->steps < LNG_FUSED_STEPS;) {
        at = parse_step(at, f->steps, &f->step[f->steps]);
        if (!at)
            return false;
        f->steps++;
        if (*at == '\0')
            return true;
        if (*at++ != ';')
            return false;
    }
    return false;
}

static void put(lng_text *t, const char *text)
{
    lng_text_put(t, text, strlen(text));
}

const char *lng_fused_text(lng_arena *arena, const lng_fused *f)
{
    LNG_ASSERT(f->steps > 0 && f->steps <= LNG_FUSED_STEPS);
    lng_text t = lng_text_new(arena);
    for (int i = 0; i < f->steps; i++) {
        put(&t, i ? ";" : "");
        put(&t, f->step[i].op->name);
        for (int k = 0; k < f->step[i].n_in; k++) {
            const int in = f->step[i].in[k];
            char operand[24] = " ";
            const size_t n = in < 0 ? lng_digits(operand + 1, (uint64_t)~in) : 1;
            if (in >= 0)
                operand[1] = (char)('a' + in);
            lng_text_put(&t, operand, 1 + n);
        }
    }
    return t.at;
}
