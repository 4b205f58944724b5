/* lngraph-ops(7), from the op table. */
#include "graph/op.h"
#include "mdoc.h"
#include <stdio.h>

static void put_value(const lng_attr_spec *spec, lng_attr value)
{
    char shape[LNG_SHAPE_TEXT], number[LNG_NUMBER_SIZE];
    switch (spec->type) {
    case LNG_ATTR_INT:
        printf("%lld", (long long)value.i);
        break;
    case LNG_ATTR_FLOAT:
        fputs(lng_number(number, value.f), stdout);
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

static void put_attribute(const lng_attr_spec *spec)
{
    static const char *const type[] = {"int", "float", "bool", "name", "list of int"};
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    printf(".It %s : %s", spec->name, type[spec->type]);
    if (!spec->required) {
        fputs(" = ", stdout);
        put_value(spec, spec->fallback);
    }
    putchar('\n');
    if (spec->about && *spec->about)
        put_sentence(spec->about);
    if (spec->choices && *spec->choices)
        printf("One of: %s.\n", spec->choices);
    if (spec->low < spec->high)
        printf("From %s to %s.\n", lng_number(low, spec->low), lng_number(high, spec->high));
}

static void put_operand(const lng_port *port, bool optional)
{
    printf(".It %s\n", port->name);
    put_sentence(port->about && *port->about ? port->about : "an operand");
    if (port->dtype == LNG_INT_ONLY)
        puts("Integers.");
    if (optional)
        puts("May be missing.");
}

static void put_op(const lng_op *op)
{
    put_macro("Ss", op->name);
    put_sentence(op->about);
    if (op->math && *op->math)
        put_display(op->math);
    if (op->n_in + op->n_attr > 0) {
        puts(".Bl -tag -width \"attribute : int\" -compact");
        for (int i = 0; i < op->n_in; i++)
            put_operand(&op->in[i], i >= op->n_in - op->n_optional);
        for (int i = 0; i < op->n_attr; i++)
            put_attribute(&op->attr[i]);
        puts(".El");
    }
    if (!op->vjp && op->n_in > 0)
        puts(".Pp\nNo gradient flows through it.");
    if (op->flags & LNG_OP_RANDOM)
        puts(".Pp\nIt draws: two calls are two different values.");
    if (op->example && *op->example) {
        puts(".Pp\nExample:");
        put_literal(op->example);
    }
}

bool write_ops(void)
{
    page_begin("lngraph-ops", 7, "the operations of lngraph");
    puts(".Sh DESCRIPTION\n"
         "Everything that a model computes is made of these operations.\n"
         "The blocks of\n.Xr lngraph-blocks 7\nare written with them, and a model file may call them like blocks:\n"
         "operands by position, attributes by name.\n.Pp\n"
         "The formula of an operation defines its value to the bit, with the order of summation where there is one;\n"
         "a contraction starts at +0 and takes one fused multiply-add for each term.\n"
         "Shapes are those of one example.\nElement-wise operations broadcast: shapes are aligned at their last\n"
         "dimension, and a dimension of 1 is repeated.\n.Sh OPERATIONS");
    for (size_t i = 0; i < lng_op_count; i++)
        if (!(lng_ops[i]->flags & LNG_OP_HIDDEN))
            put_op(lng_ops[i]);
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-blocks 7");
    return true;
}
