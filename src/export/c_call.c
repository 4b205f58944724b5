/* Calls in the program: a function for each kind and shape of node, with its parameters and its loops. */
#include "export/c.h"
#include <ctype.h>
#include <string.h>

const char *lng_c_identifier(lng_arena *arena, const char *text)
{
    char *name = lng_copy(arena, text);
    for (char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at))
            *at = '_';
    return isdigit((unsigned char)*name) || !*name ? lng_format(arena, "_%s", name) : name;
}

const char *lng_c_parameter(lng_arena *arena, const char *field)
{
    static const char *const taken[] = {
        "c",        "out",     "probability", "mode",     "auto",     "break",    "case",    "char",   "const",  "continue",
        "default",  "do",      "double",      "else",     "enum",     "extern",   "float",   "for",    "goto",   "if",
        "inline",   "int",     "long",        "register", "return",   "short",    "signed",  "sizeof", "static", "struct",
        "switch",   "typedef", "union",       "unsigned", "void",     "volatile", "while",   "class",  "new",    "this",
        "template", "private", "public",      "e",        "i",        "wrong",    "largest", "same",   "main",   "column",
        "word",     "x",       "y",           "fill",     "subtract", "divide",   "part",    "moved",  "w",      "head"};
    const char *name = lng_c_identifier(arena, field);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(name, taken[i]) == 0)
            return lng_format(arena, "%s_", name);
    return strncmp(name, "turn", 4) == 0 ? lng_format(arena, "%s_", name) : name;
}

const char *lng_c_quoted(lng_arena *arena, const char *text)
{
    lng_text t = lng_text_new(arena);
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr(" _-.,:;+=<>()/&%#", *text))
            lng_text_put(&t, text, 1);
        else
            lng_text_add(&t, "\\%03o", (unsigned)(unsigned char)*text);
    return t.at;
}

const char *lng_c_float(lng_arena *arena, float x)
{
    char text[LNG_NUMBER_SIZE];
    uint32_t bits;
    memcpy(&bits, &x, 4);
    if ((bits & 0x7f800000) == 0x7f800000)
        return lng_format(arena, "$float(0x%08x)", bits);
    lng_number_float(text, x);
    const char *plain = strpbrk(text, ".e") ? lng_format(arena, "%sf", text) : lng_format(arena, "%s.0f", text);
    return bits >> 31 ? lng_format(arena, "(%s)", plain) : plain;
}

const char *lng_c_type(const lng_value *v)
{
    return v->dtype == LNG_I32 ? "int32_t" : "float";
}

lng_c_call lng_c_call_begin(lng_c *c, const lng_node *n)
{
    return (lng_c_call){c, n, n->op->name, lng_text_new(c->arena), lng_text_new(c->arena), lng_text_new(c->arena)};
}

void lng_c_pass(lng_c_call *to, const char *type, const char *name, const char *argument)
{
    const char *comma = to->parameters.length ? ", " : "";
    lng_text_add(&to->parameters, "%s%s*@RESTRICT %s", comma, type, name);
    lng_text_add(&to->arguments, "%s%s", comma, argument);
}

void lng_c_pass_word(lng_c_call *to, const char *type, const char *name, const char *argument)
{
    const char *comma = to->parameters.length ? ", " : "";
    lng_text_add(&to->parameters, "%s%s %s", comma, type, name);
    lng_text_add(&to->arguments, "%s%s", comma, argument);
}

void lng_c_pass_operand(lng_c_call *to, int k, const char *name)
{
    const lng_value *v = to->node->in[k];
    lng_c_pass(to, lng_format(to->c->arena, "const %s ", lng_c_type(v)), name, lng_c_at(to->c, v));
}

void lng_c_pass_result(lng_c_call *to)
{
    const lng_value *v = &to->node->out[0];
    const char *at = to->node->op->flags & LNG_OP_BATCH ? lng_c_part_at(to->c, to->node) : lng_c_at(to->c, v);
    lng_c_pass(to, lng_format(to->c->arena, "%s ", lng_c_type(v)), "y", at);
}

void lng_c_pass_winner(lng_c_call *to)
{
    lng_c_pass(to, "int32_t ", "winner", lng_c_at(to->c, &to->node->out[1]));
}

lng_c_call lng_c_call_of(lng_c *c, const lng_node *n, int operands, const char *const *name)
{
    lng_c_call call = lng_c_call_begin(c, n);
    for (int k = 0; k < operands; k++)
        lng_c_pass_operand(&call, k, name[k]);
    lng_c_place(c, n, NULL);
    lng_c_pass_result(&call);
    return call;
}

static void add_line(lng_text *to, int depth, const char *format, va_list arguments)
{
    lng_text_add(to, "%*s%s\n", 4 * depth + 4, "", lng_vformat(to->arena, format, arguments));
}

void lng_c_line(lng_c_call *to, int depth, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_line(&to->body, depth, format, arguments);
    va_end(arguments);
}

void lng_c_statement(lng_c *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_line(&c->calls, c->depth, format, arguments);
    va_end(arguments);
}

static void describe(lng_c_call *call)
{
    const lng_node *n = call->node;
    char shape[LNG_SHAPE_TEXT];
    lng_text *to = &call->c->calls;
    lng_text_add(to, "%*s/* %s", 4 * call->c->depth + 4, "", n->name ? n->name : n->op->name);
    const char *before = ": ";
    for (int k = 0; k < n->n_in; k++)
        if (lng_c_is_computed(call->c, n->in[k])) {
            lng_text_add(to, "%s%s", before, lng_shape_text(shape, n->in[k]->shape));
            before = ", ";
        }
    lng_text_add(to, " to %s */\n", lng_shape_text(shape, n->out[0].shape));
}

bool lng_c_call_end(lng_c_call *call)
{
    lng_c *c = call->c;
    const char *key = lng_format(c->arena, "%s(%s)\n%s", call->kind, call->parameters.at, call->body.at);
    const char *name = lng_map_get(c->functions, key);
    if (!name) {
        name = lng_map_new_name(c->names, lng_format(c->arena, "run_%s", call->kind));
        lng_map_put(c->names, name, c);
        lng_map_put(c->functions, key, (void *)name);
        lng_text_add(&c->code, "static void $%s(%s)\n{\n", name, call->parameters.at);
        lng_text_put(&c->code, call->body.at, call->body.length);
        lng_text_add(&c->code, "}\n\n");
    }
    describe(call);
    lng_c_statement(c, "$%s(%s);", name, call->arguments.at);
    return true;
}

/* ---- nests ---- */
void lng_c_nest_broadcast(lng_c_nest *w, int array, lng_shape to, lng_shape from)
{
    int64_t step = 1;
    w->rank = to.rank;
    for (int i = to.rank - 1, k = from.rank - 1; i >= 0; i--, k--) {
        const int64_t n = k >= 0 ? from.dim[k] : 1;
        w->extent[i] = to.dim[i];
        w->step[array][i] = n == 1 ? 0 : step;
        step *= n;
    }
}

static bool joins(const lng_c_nest *w, int arrays, int i)
{
    for (int k = 0; k < arrays; k++)
        if (w->step[k][i - 1] != w->step[k][i] * w->extent[i])
            return false;
    return true;
}

static void drop(lng_c_nest *w, int arrays, int i)
{
    for (int j = i; j + 1 < w->rank; j++) {
        w->extent[j] = w->extent[j + 1];
        for (int k = 0; k < arrays; k++)
            w->step[k][j] = w->step[k][j + 1];
    }
    w->rank--;
}

void lng_c_nest_merge(lng_c_nest *w, int arrays)
{
    for (int i = w->rank - 1; i >= 0; i--)
        if (w->extent[i] == 1)
            drop(w, arrays, i);
    for (int i = w->rank - 1; i > 0; i--)
        if (joins(w, arrays, i)) {
            w->extent[i] *= w->extent[i - 1];
            drop(w, arrays, i - 1);
        }
}

int lng_c_nest_open(lng_c_call *to, const lng_c_nest *w, const char *letter, int depth)
{
    for (int i = 0; i < w->rank; i++)
        lng_c_line(to, depth + i, "for (int32_t %s%d = 0; %s%d < %lld; %s%d++)", letter, i, letter, i, (long long)w->extent[i],
                   letter, i);
    return depth + w->rank;
}

const char *lng_c_nest_at(lng_arena *arena, const lng_c_nest *w, int array, const char *letter)
{
    lng_text t = lng_text_new(arena);
    if (w->start[array])
        lng_text_add(&t, "%lld", (long long)w->start[array]);
    for (int i = 0; i < w->rank; i++) {
        const int64_t step = w->step[array][i];
        const char *sign = step < 0 ? (t.length ? " - " : "-") : t.length ? " + " : "";
        if (step == 1 || step == -1)
            lng_text_add(&t, "%s%s%d", sign, letter, i);
        else if (step)
            lng_text_add(&t, "%s%s%d * %lld", sign, letter, i, (long long)(step < 0 ? -step : step));
    }
    return t.length ? t.at : "0";
}
