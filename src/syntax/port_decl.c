/* Ports: `x[..., n], h[u]`, `x[...s], y[...s]`, `p[n], label[] < n`. */
#include "syntax/port_decl.h"
#include "syntax/lexer.h"
#include <string.h>

const char *const lng_expectation_words[LNG_EXPECTATIONS] = {"", "distribution", "probabilities", "logits", "samples"};

static bool dimension(lng_lexer *l, lng_port_decl *port)
{
    lng_token t = l->token;
    lng_dim d = {.kind = LNG_DIM_SIZE};
    if (port->dims == LNG_MAX_RANK)
        return lng_lexer_expected(l, "`]`; a shape has at most 8 sizes");
    if (t.kind == LNG_TOKEN_INT && t.i > 0)
        d.size = t.i;
    else if (t.kind == LNG_TOKEN_NAME)
        d.kind = LNG_DIM_NAME, d.name = t.text;
    else if (lng_lexer_is(l, "...")) {
        d.kind = LNG_DIM_ANY;
        for (int i = 0; i < port->dims; i++)
            if (port->dim[i].kind == LNG_DIM_ANY)
                return lng_lexer_expected(l, "a size, because `...` may appear only once in a shape");
    } else
        return lng_lexer_expected(l, "a size above 0, a name, or `...`");
    lng_lexer_next(l);
    if (d.kind == LNG_DIM_ANY && l->token.kind == LNG_TOKEN_NAME) {
        d.name = l->token.text;
        lng_lexer_next(l);
    }
    port->dim[port->dims++] = d;
    return true;
}

static bool bound(lng_lexer *l, lng_port_decl *p, size_t *end)
{
    if (l->token.kind != LNG_TOKEN_SIGN || l->token.sign != LNG_LT)
        return true;
    lng_lexer_next(l);
    p->bound = lng_lexer_expression(l);
    *end = l->token.offset;
    return p->bound != NULL;
}

static bool port(lng_lexer *l, lng_port_decl *p)
{
    lng_token name = l->token;
    if (name.kind != LNG_TOKEN_NAME)
        return lng_lexer_expected(l, "a port's name");
    p->name = name.text;
    p->place = name.place;
    lng_lexer_next(l);
    size_t end = name.offset + name.length;
    if (lng_lexer_take(l, "[")) {
        p->shaped = true;
        while (!lng_lexer_is(l, "]")) {
            if (!dimension(l, p))
                return false;
            if (!lng_lexer_take(l, ","))
                break;
        }
        end = l->token.offset + 1;
        if (!lng_lexer_is(l, "]"))
            return lng_lexer_expected(l, "`,` or `]`");
        lng_lexer_next(l);
    }
    if (lng_lexer_is(l, "?")) {
        p->optional = true;
        end = l->token.offset + 1;
        lng_lexer_next(l);
    }
    if (!bound(l, p, &end))
        return false;
    p->text = lng_copy_n(l->arena, l->doc->text + name.offset, end - name.offset);
    return true;
}

bool lng_port_decl_parse(lng_arena *arena, const lng_doc *doc, lng_port_decl **ports, size_t *count, lng_errors *errors)
{
    lng_lexer l = lng_lexer_new(arena, doc, errors);
    size_t capacity = 0, n = 0;
    *ports = NULL;
    do {
        lng_port_decl p = {0};
        if (!port(&l, &p))
            return false;
        for (size_t i = 0; i < n; i++)
            if (strcmp((*ports)[i].name, p.name) == 0)
                return lng_error(errors, LNG_E_DUPLICATE, p.place, "two ports are named `%s`", p.name);
        if (n > 0 && (*ports)[n - 1].optional && !p.optional)
            return lng_error(errors, LNG_E_ARGUMENTS, p.place, "`%s` must be optional, too: it follows the optional port `%s`",
                             p.name, (*ports)[n - 1].name);
        *ports = lng_grow(arena, *ports, n, &capacity, sizeof **ports);
        (*ports)[n++] = p;
    } while (lng_lexer_take(&l, ","));
    *count = n;
    return l.token.kind == LNG_TOKEN_END || lng_lexer_expected(&l, "`,` or the end");
}
