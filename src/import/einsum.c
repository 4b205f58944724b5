/* Einsum of ONNX (build.h): the same text here, without the letter of the examples. */
#include "import/build.h"
#include <ctype.h>
#include <string.h>

typedef struct einsum {
    const char *term[LNG_MAX_IN], *result; /* letters */
    int terms;
    int64_t size[128]; /* by letter */
} einsum;

/* The letters up to a comma or the arrow. */
static const char *letters(lng_importer *m, const char **at)
{
    lng_text t = lng_text_new(m->arena);
    for (; **at && **at != ',' && **at != '-'; ++*at)
        if (**at != ' ')
            lng_text_put(&t, *at, 1);
    return t.at;
}

static bool read_equation(lng_importer *m, einsum *e)
{
    const char *at = lng_foreign_text(m->node, "equation", "");
    for (bool more = true; more && e->terms < LNG_MAX_IN; at += more) {
        e->term[e->terms++] = letters(m, &at);
        more = *at == ',';
    }
    if (strncmp(at, "->", 2) != 0 || e->terms != (int)m->node->ins)
        return lng_import_refuse(
            m, "only an equation such as `bij,bjk->bik`, with letters for all operands and the result, can be imported");
    at += 2;
    e->result = letters(m, &at);
    for (int i = 0; i <= e->terms; i++)
        for (const char *c = i < e->terms ? e->term[i] : e->result; *c; c++)
            if (!isalpha((unsigned char)*c))
                return lng_import_refuse(m, "`%c` in its equation has no form here", *c);
            else if (strchr(c + 1, *c))
                return lng_import_refuse(m, "`%c` is twice among the axes of one value", *c);
    return true;
}

/* The letter of the examples stands first in all that have examples, and nowhere else. */
static bool drop_examples(lng_importer *m, einsum *e)
{
    char letter = 0;
    for (int i = 0; i < e->terms; i++) {
        if (!lng_import_in(m, i)->per_example)
            continue;
        if (!e->term[i][0] || (letter && e->term[i][0] != letter))
            return lng_import_mixes(m);
        letter = *e->term[i]++;
    }
    if (!letter || *e->result != letter)
        return lng_import_mixes(m);
    e->result++;
    for (int i = 0; i <= e->terms; i++)
        if (strchr(i < e->terms ? e->term[i] : e->result, letter))
            return lng_import_mixes(m);
    return true;
}

static bool find_sizes(lng_importer *m, einsum *e)
{
    for (int i = 0; i < e->terms; i++) {
        const lng_shape s = lng_import_in(m, i)->shape;
        if (strlen(e->term[i]) != (size_t)s.rank)
            return lng_import_refuse(m, "its equation has another number of letters than operand %d dimensions", i + 1);
        for (int k = 0; k < s.rank; k++) {
            int64_t *size = &e->size[(int)e->term[i][k]];
            if (*size && *size != s.dim[k])
                return lng_import_refuse(m, "`%c` is %lld and %lld elements", e->term[i][k], (long long)*size, (long long)s.dim[k]);
            *size = s.dim[k];
        }
    }
    for (const char *c = e->result; *c; c++)
        if (!e->size[(int)*c])
            return lng_import_refuse(m, "`%c` is in no operand", *c);
    return true;
}

bool lng_import_einsum(lng_importer *m)
{
    einsum e = {.terms = 0};
    lng_import_value *in[LNG_MAX_IN];
    lng_text form = lng_text_new(m->arena), values = lng_text_new(m->arena);
    if (!read_equation(m, &e) || !drop_examples(m, &e) || !find_sizes(m, &e))
        return false;
    lng_shape to = {.rank = (int)strlen(e.result)};
    if (to.rank > LNG_MAX_RANK)
        return lng_import_refuse(m, "its result has %d dimensions; the limit is %d", to.rank, LNG_MAX_RANK);
    for (int i = 0; i < to.rank; i++)
        to.dim[i] = e.size[(int)e.result[i]];
    lng_text_add(&form, "einsum('");
    for (int i = 0; i < e.terms; i++) {
        in[i] = lng_import_arranged(m, lng_import_in(m, i), LNG_IMPORT_PLAIN);
        lng_text_add(&form, "%s%s", i ? "," : "", e.term[i]);
        lng_text_add(&values, ", $%d", i);
    }
    lng_text_add(&form, "->%s'%s)", e.result, values.at);
    lng_import_express(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, false), form.at, false, in, e.terms);
    return true;
}
