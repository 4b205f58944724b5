/* Topics of the ops, from their tables. */
#include "cli/topic.h"
#include "graph/level.h"
#include "syntax/library.h"
#include <math.h>
#include <string.h>

static const char *value_text(lng_arena *arena, const lng_attr_spec *spec)
{
    char shape[LNG_SHAPE_TEXT], number[LNG_NUMBER_SIZE];
    const lng_attr value = spec->fallback;
    switch (spec->type) {
    case LNG_ATTR_INT:
        return lng_format(arena, "%lld", (long long)value.i);
    case LNG_ATTR_FLOAT:
        return lng_copy(arena, lng_number(number, value.f));
    case LNG_ATTR_BOOL:
        return value.i ? "true" : "false";
    case LNG_ATTR_NAME:
    case LNG_ATTR_PADDING:
        return value.s ? value.s : "none";
    case LNG_ATTR_INTS:
        return value.v.rank ? lng_copy(arena, lng_shape_text(shape, value.v)) : "[]";
    }
    return "";
}

/* As in a block's `with`: "stride: shape = [1, 1]" */
static const char *declaration(lng_arena *arena, const lng_attr_spec *spec)
{
    static const char *const type[] = {"int", "float", "bool", "string", "shape", "string"};
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "%s: %s", spec->name, type[spec->type]);
    for (const char *word = spec->choices; word && *word; word += strcspn(word, " "), word += strspn(word, " "))
        lng_text_add(&text, "%s%.*s", word == spec->choices ? " in {" : ", ", (int)strcspn(word, " "), word);
    if (spec->choices && *spec->choices)
        lng_text_add(&text, spec->type == LNG_ATTR_PADDING ? "} or int[%d, 2]" : "}", spec->max_count / 2);
    if (!spec->required)
        lng_text_add(&text, " = %s", value_text(arena, spec));
    return text.at;
}

static const char *result_names(lng_arena *arena, const lng_op *op)
{
    lng_text text = lng_text_new(arena);
    for (int i = 0; i < op->n_out; i++)
        lng_text_add(&text, "%s%s", i ? ", " : "", op->out[i].name);
    return text.at;
}

static const char *signature(lng_arena *arena, const lng_op *op)
{
    const char *argument[LNG_MAX_IN + LNG_MAX_ATTR];
    size_t n = 0;
    for (int i = 0; i < op->n_in; i++)
        argument[n++] = op->in[i].name;
    for (int i = 0; i < op->n_attr; i++)
        argument[n++] = declaration(arena, &op->attr[i]);
    return lng_format(arena, "%s -> %s", lng_signature(arena, op->name, argument, n), result_names(arena, op));
}

static void describe_port(lng_writer *writer, const lng_port *port, bool optional)
{
    const char *dtype = port->dtype == LNG_INT_ONLY ? " Integers." : port->dtype == LNG_ANY_DTYPE ? " Floats or integers." : "";
    writer->item(
        writer, port->name,
        lng_format(writer->arena, "%s%s%s", lng_sentence(writer->arena, port->about), dtype, optional ? " Optional." : ""));
}

static void describe_attribute(lng_writer *writer, const lng_attr_spec *spec)
{
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    lng_text text = lng_text_new(writer->arena);
    lng_text_add(&text, "%s", lng_sentence(writer->arena, spec->about));
    if (spec->low < spec->high)
        lng_text_add(&text, "%s from %s to %s.", spec->max_count ? " Each number is" : " It is", lng_number(low, spec->low),
                     lng_number(high, spec->high));
    if (spec->type == LNG_ATTR_INTS && spec->max_count && spec->min_count == spec->max_count)
        lng_text_add(&text, " It has %d elements.", spec->max_count);
    writer->item(writer, declaration(writer->arena, spec), text.at);
}

static void describe_properties(lng_writer *writer, const lng_op *op)
{
    static const struct {
        unsigned flag;
        const char *text;
    } property[] = {{LNG_OP_POINTWISE, "Works element by element. "},
                    {LNG_OP_BATCH, "Turns a per-example value into a shared one. "},
                    {LNG_OP_ACROSS, "Takes values from other examples of the batch. "},
                    {LNG_OP_VIEW, "Costs nothing: the result shares the memory of the operand. "},
                    {LNG_OP_RANDOM, "Each call draws its own random numbers. "}};
    lng_text text = lng_text_new(writer->arena);
    for (size_t i = 0; i < sizeof property / sizeof *property; i++)
        if (op->flags & property[i].flag)
            lng_text_add(&text, "%s", property[i].text);
    if (op->n_in > 1 && op->flags & LNG_OP_POINTWISE)
        lng_text_add(&text, "Shapes broadcast. ");
    if (op->n_in > 0 && op->vjp)
        lng_text_add(&text, "Gradients flow through it.");
    else if (op->n_in > 0)
        lng_text_add(&text, "No gradient flows through it: %s.", op->no_vjp);
    if (text.length)
        writer->paragraph(writer, text.at);
}

/* ---- special values, as the op's definition gives them ---- */
static const char *special_text(lng_arena *arena, double x)
{
    if (x != x)
        return "NaN";
    return x == 0 ? signbit(x) ? "-0" : "0" : isinf(x) ? x < 0 ? "-inf" : "inf" : lng_format(arena, "%.6g", x);
}

/* Of a pointwise op on floats. */
static double apply(const lng_op *op, const double x[3])
{
    lng_value operand = {.dtype = LNG_F32}, out = {0};
    lng_value *operands[] = {&operand, &operand, &operand};
    const lng_node node = {.op = op, .n_in = op->n_in, .n_out = 1, .in = operands, .out = &out};
    float in[3], y = 0;
    lng_naive_call call = {.node = &node, .live = 1, .example = LNG_NO_EXAMPLE, .out = {{&y, 1}}};
    for (int k = 0; k < op->n_in; k++) {
        in[k] = (float)x[k];
        call.in[k] = (lng_view){&in[k], 1};
    }
    lng_op_kernels(LNG_ISA_BASELINE, op)->naive(&call);
    return (double)y;
}

static const char *of_one_special(lng_arena *arena, const lng_op *op)
{
    const double special[] = {(double)NAN, -(double)INFINITY, -0.0, 0, (double)INFINITY};
    lng_text text = lng_text_new(arena);
    lng_text_add(&text, "Special values:");
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        lng_text_add(&text, "%s %s gives %s", i ? "," : "", special_text(arena, special[i]),
                     special_text(arena, apply(op, (double[3]){special[i]})));
    lng_text_add(&text, ".");
    return text.at;
}

/* What a NaN in one of several operands gives: NaN, whatever the others are, or the first other result and what gave it. */
static const char *of_nan(lng_arena *arena, const lng_op *op, int operand)
{
    const double other[] = {1, 0, -1, (double)INFINITY, -(double)INFINITY};
    const int others = sizeof other / sizeof *other;
    for (int i = 0; i < others * others; i++) {
        double x[3] = {other[i % others], other[(i + 1) % others], other[i / others]};
        x[operand] = (double)NAN;
        const double y = apply(op, x);
        if (y != y)
            continue;
        lng_text text = lng_text_new(arena);
        lng_text_add(&text, "%s(", op->name);
        for (int k = 0; k < op->n_in; k++)
            lng_text_add(&text, "%s%s", k ? ", " : "", special_text(arena, x[k]));
        lng_text_add(&text, ") is %s", special_text(arena, y));
        return text.at;
    }
    return NULL;
}

static void describe_specials(lng_writer *writer, const lng_op *op)
{
    if (!lng_op_number(op) || op->n_in == 0 || op->out[0].dtype == LNG_INT_ONLY)
        return;
    if (op->n_in == 1) {
        writer->paragraph(writer, of_one_special(writer->arena, op));
        return;
    }
    lng_text text = lng_text_new(writer->arena);
    for (int i = 0; i < op->n_in; i++) {
        const char *but = of_nan(writer->arena, op, i);
        if (but)
            lng_text_add(&text, "%s%s", text.length ? ", " : "NaN in an operand does not always give NaN: ", but);
    }
    writer->paragraph(writer, text.length ? lng_format(writer->arena, "%s.", text.at) : "NaN in any operand gives NaN.");
}

static void describe(lng_writer *writer, const lng_topic *topic)
{
    const lng_op *op = topic->what;
    writer->paragraph(writer, lng_sentence(writer->arena, op->about));
    writer->literal(writer, NULL, signature(writer->arena, op));
    writer->paragraph(writer, op->math);
    for (int i = 0; i < op->n_in; i++)
        describe_port(writer, &op->in[i], i >= op->n_in - op->n_optional);
    for (int i = 0; i < op->n_attr; i++)
        describe_attribute(writer, &op->attr[i]);
    for (int i = 0; i < op->n_out; i++)
        describe_port(writer, &op->out[i], false);
    describe_specials(writer, op);
    describe_properties(writer, op);
    writer->literal(writer, "Example:", op->example);
}

/* Among the activations an op is only listed. */
static void describe_listed(lng_writer *writer, const lng_topic *topic)
{
    writer->paragraph(writer,
                      lng_format(writer->arena, "%s An op: see lngraph-ops(7).", lng_sentence(writer->arena, topic->about)));
}

void lng_topics_ops(lng_topics *t)
{
    for (size_t i = 0; i < lng_op_count; i++) {
        const lng_op *op = lng_ops[i];
        if (!(op->flags & LNG_OP_HIDDEN))
            lng_topics_add(t, (lng_topic){.name = op->name,
                                          .word = lng_format(t->arena, "op.%s", op->name),
                                          .group = "ops",
                                          .kind = "an op",
                                          .about = op->about,
                                          .class = "ops",
                                          .manual = "ops",
                                          .describe = describe,
                                          .what = op});
        if (op->flags & LNG_OP_ACTIVATION)
            lng_topics_add(t, (lng_topic){.name = op->name,
                                          .group = LNG_ACTIVATIONS,
                                          .kind = "an op",
                                          .entry = true,
                                          .about = op->about,
                                          .class = "ops",
                                          .describe = describe_listed});
    }
}
