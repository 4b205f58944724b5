/* Writes the manual pages that say what tables say, from these tables: the ops, the standard blocks, the errors.
 * Built and run by make, not installed. usage: pages ops|blocks|errors */
#include "config.h"
#include "doc/doc.h"
#include "graph/op.h"
#include "std/std.h"
#include <stdio.h>
#include <string.h>

#define DATE "November 22, 2026"

/* ---- mdoc ---- */
/* Text: `code` becomes bold, everything else stands for itself. */
static void put(const char *text, size_t n)
{
    bool code = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '`') {
            code = !code;
            fputs(code ? "\\fB" : "\\fR", stdout);
        } else if (text[i] == '\\') {
            fputs("\\e", stdout);
        } else if (text[i] == '-') {
            fputs("\\-", stdout);
        } else {
            if ((i == 0 || text[i - 1] == '\n') && (text[i] == '.' || text[i] == '\''))
                fputs("\\&", stdout);
            putchar(text[i]);
        }
    }
}

static void line(const char *text)
{
    put(text, strlen(text));
    putchar('\n');
}

static void sentence(const char *text)
{
    put(text, strlen(text));
    puts(*text && strchr(".:!?", text[strlen(text) - 1]) ? "" : ".");
}

/* A macro with one argument, whatever is in it. */
static void macro(const char *name, const char *argument)
{
    printf(".%s \"", name);
    for (const char *p = argument; *p; p++)
        fputs(*p == '"' ? "\"\"" : *p == '\\' ? "\\e" : (char[]){*p, 0}, stdout);
    puts("\"");
}

static void literal(const char *text)
{
    puts(".Bd -literal -offset indent");
    line(text);
    puts(".Ed");
}

static void page(const char *name, const char *about, const char *intro)
{
    char upper[64] = "";
    for (size_t i = 0; name[i] && i + 1 < sizeof upper; i++)
        upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
    printf(".Dd " DATE "\n.Dt %s 7\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n.Sh DESCRIPTION\n%s", upper, name, about, intro);
}

/* ---- ops ---- */
static void attribute_value(const lng_attr_spec *spec, lng_attr value)
{
    char shape[LNG_SHAPE_TEXT];
    switch (spec->type) {
    case LNG_ATTR_INT:
        printf("%lld", (long long)value.i);
        break;
    case LNG_ATTR_FLOAT:
        printf("%.9g", value.f);
        break;
    case LNG_ATTR_BOOL:
        fputs(value.i ? "true" : "false", stdout);
        break;
    case LNG_ATTR_NAME:
        fputs(value.s ? value.s : "none", stdout);
        break;
    case LNG_ATTR_INTS:
        fputs(value.v.rank ? lng_shape_text(shape, value.v) : "[]", stdout);
        break;
    }
}

static void attribute(const lng_attr_spec *spec)
{
    static const char *const type[] = {"int", "float", "bool", "name", "list of int"};
    printf(".It %s : %s", spec->name, type[spec->type]);
    if (!spec->required) {
        fputs(" = ", stdout);
        attribute_value(spec, spec->fallback);
    }
    putchar('\n');
    if (spec->about && *spec->about)
        sentence(spec->about);
    if (spec->choices && *spec->choices)
        printf("One of: %s.\n", spec->choices);
    if (spec->low < spec->high)
        printf("From %.9g to %.9g.\n", spec->low, spec->high);
}

static void ports(const lng_op *op, const lng_port *port, int n, int optional)
{
    static const char *const dtype[] = {"", ", f32", ", i32"};
    for (int i = 0; i < n; i++) {
        printf(".It %s\n", port[i].name && *port[i].name ? port[i].name : "(unnamed)");
        sentence(port[i].about && *port[i].about ? port[i].about : port == op->in ? "operand" : "result");
        if (*dtype[port[i].dtype] || i >= n - optional)
            printf("(%s%s)\n", i >= n - optional ? "may be missing" : "always there", dtype[port[i].dtype]);
    }
}

static void op(const lng_op *op)
{
    macro("Ss", op->name);
    sentence(op->about);
    if (op->math && *op->math)
        literal(op->math);
    if (op->n_in + op->n_attr > 0) {
        puts(".Bl -tag -width \"attribute : int\" -compact");
        ports(op, op->in, op->n_in, op->n_optional);
        for (int i = 0; i < op->n_attr; i++)
            attribute(&op->attr[i]);
        puts(".El");
    }
    if (!op->vjp && op->n_in > 0)
        puts(".Pp\nNo gradient flows through it.");
    if (op->flags & LNG_OP_RANDOM)
        puts(".Pp\nIt draws: two calls are two different values.");
    if (op->example && *op->example) {
        puts(".Pp\nExample:");
        literal(op->example);
    }
}

static bool ops(void)
{
    page("lngraph-ops", "the operations of lngraph",
         "Everything that a model computes is made of these operations.\n"
         "Blocks (see\n.Xr lngraph-blocks 7 )\nare written with them, and a model file calls them like blocks:\n"
         "operands by position, attributes by name.\n.Pp\n"
         "The formula of each operation defines its value to the bit, with the order of summation where there is one;\n"
         "a sum starts at +0 and takes one fused multiply\\-add for each term.\n"
         "Shapes are those of one example; element\\-wise operations broadcast: shapes are aligned at their last\n"
         "dimension, and a dimension of 1 is repeated.\n.Sh OPERATIONS\n");
    for (size_t i = 0; i < lng_op_count; i++)
        if (!(lng_ops[i]->flags & LNG_OP_HIDDEN))
            op(lng_ops[i]);
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-blocks 7");
    return true;
}

/* ---- blocks ---- */
/* name(x[..., n], units: int, bias: bool = true) */
static const char *signature(lng_arena *arena, const char *name, const lng_doc *block)
{
    const lng_doc *in = lng_doc_get(block, "in"), *with = lng_doc_get(block, "with");
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "%s(%s", name, in && in->text ? in->text : "");
    for (size_t i = 0; with && i < with->count; i++)
        lng_text_add(&text, "%s%s: %s", i || (in && in->text) ? ", " : "", with->key[i]->text, with->item[i]->text);
    lng_text_add(&text, ")");
    return text.at;
}

static void block(lng_arena *arena, const char *name, const lng_doc *tree)
{
    const lng_doc *about = lng_doc_get(tree, "about");
    lng_text text = lng_text_new(arena);
    macro("Ss", name);
    literal(signature(arena, name, tree));
    if (about && about->text)
        sentence(about->text);
    puts(".Pp\nIts definition:");
    lng_doc_write(&text, tree);
    literal(text.at);
}

static bool blocks_of(lng_arena *arena, const lng_std_file *file)
{
    lng_errors *errors = lng_errors_new();
    const lng_source source = {.name = file->name, .text = file->text, .length = file->length};
    const lng_doc *tree = lng_doc_parse(arena, &source, errors);
    const lng_doc *blocks = lng_doc_get(tree, "blocks"), *about = lng_doc_get(tree, "about");
    if (!tree)
        lng_errors_render(errors, stderr, false);
    if (blocks) {
        macro("Sh", lng_format(arena, "STANDARD FILE %s", file->name));
        if (about && about->text)
            sentence(about->text);
        for (size_t i = 0; i < blocks->count; i++)
            block(arena, blocks->key[i]->text, blocks->item[i]);
    }
    lng_errors_free(errors);
    return tree != NULL;
}

static bool blocks(void)
{
    lng_arena *arena = lng_arena_new();
    bool good = true;
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        return false;
    }
    page("lngraph-blocks", "the standard blocks of lngraph",
         "Layers, activations, losses, optimisers, schedules, initialisers and metrics are blocks of the standard library, written "
         "in the\n"
         "language of\n.Xr lngraph-model 5 .\n"
         "Each stands here with its signature (ports, then arguments with their types and defaults) and its definition, to be "
         "used, or to be\n"
         "copied into a model file under another name and changed.\n");
    for (size_t i = 0; i < lng_std_count; i++)
        good = blocks_of(arena, &lng_std_files[i]) && good;
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-ops 7");
    lng_arena_unguard(arena);
    lng_arena_free(arena);
    return good;
}

/* ---- errors ---- */
static bool errors(void)
{
    page("lngraph-errors", "the errors of lngraph",
         "An error is one line on standard error, followed by the source line, a caret, and lines of advice:\n"
         ".Bd -literal -offset indent\nFILE:LINE:COLUMN: error[CODE]: what is wrong, and what was expected\n.Ed\n.Pp\n"
         "All mistakes that can be found are reported in one go; the process ends with the status that belongs to the first.\n"
         ".Sh CODES\n.Bl -tag -width Ds\n");
    for (int code = LNG_E_NONE + 1; code < LNG_E_COUNT; code++) {
        printf(".It %s\n", lng_code_name((lng_code)code));
        sentence(lng_code_about((lng_code)code));
        printf("Exit status %d.\n", lng_code_status((lng_code)code));
    }
    puts(".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n"
         ".It 0\nEverything asked for was done.\n"
         ".It 1\nA defect in lngraph.\n"
         ".It 2\nThe command line is not understood.\n"
         ".It 3\nBad input: model file, data or weights.\n"
         ".It 4\nThe system refused: files, memory, threads.\n"
         ".It 5\nA loss or gradient stopped being a number.\n"
         ".It 6\nA requirement of the model file was not met.\n"
         ".El\n.Pp\nA run that is ended by a signal dies by that signal, once what was trained is safe.\n"
         ".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5");
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*write)(void);
    } page_of[] = {{"ops", ops}, {"blocks", blocks}, {"errors", errors}};
    for (size_t i = 0; argc == 2 && i < sizeof page_of / sizeof *page_of; i++)
        if (!strcmp(argv[1], page_of[i].name))
            return page_of[i].write() && fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
    fputs("usage: pages ops|blocks|errors\n", stderr);
    return 2;
}
