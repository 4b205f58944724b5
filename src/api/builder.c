/* Builders: the graph room's builder, for outside callers. All that they pass is checked: names, shapes, values of another graph, a NULL
 * that no error explains. A call that fails leaves what it made in the arena; then the builder is of no further use. */
#include "api/api.h"
#include <string.h>

void *lng_builder_fail(lng_builder *b, lng_code code, lng_place place, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    lng_verror(b->errors, code, place, format, list);
    va_end(list);
    b->failed = true;
    return NULL;
}

/* A call from outside: its arguments, and what it makes. */
typedef struct call call;
typedef lng_value *maker(lng_builder *, const call *); /* NULL after recording an error */
struct call {
    lng_builder *builder;
    maker *make;
    const char *name; /* of the input, variable, output, op or clock */
    lng_dtype dtype;
    bool parameter;
    int rank;
    const int64_t *dims;
    double number;
    lng_value *const *in; /* operands */
    int n_in;
    const char *attributes;
    lng_value *(*reduce)(lng_graph *, lng_value *);
    lng_value *const *x; /* the values to differentiate by */
    size_t n_x;
    lng_value **gradient;
    lng_value *made;
};

static bool answer(void *context)
{
    call *c = context;
    c->made = c->make(c->builder, c);
    return c->made;
}

/* Every function that makes something goes through here. */
static lng_value *make(lng_builder *b, maker *make, call c)
{
    if (!b)
        return NULL;
    c.builder = b;
    c.make = make;
    if (lng_attempt(b->arena, answer, &c, b->errors, "building a graph"))
        return c.made;
    b->failed = true;
    return NULL;
}

/* ---- making and freeing ---- */
typedef struct opening {
    lng_builder what, *made;
} opening;

static bool open_builder(void *context)
{
    opening *o = context;
    lng_builder *b = o->made = LNG_NEW(o->what.arena, lng_builder);
    *b = o->what;
    b->graph = lng_graph_new(b->arena, b->errors);
    b->graph->scope = "graph";
    return true;
}

lng_builder *lng_builder_new(lng_errors *errors)
{
    lng_errors *own = errors ? NULL : lng_errors_new();
    if (!errors && !own)
        return NULL;
    opening o = {.what = {.arena = lng_arena_new(), .errors = errors ? errors : own, .own = own}};
    if (lng_attempt(o.what.arena, open_builder, &o, errors, "opening a builder"))
        return o.made;
    lng_arena_free(o.what.arena);
    lng_errors_free(own);
    return NULL;
}

void lng_builder_free(lng_builder *b)
{
    if (!b)
        return;
    lng_errors_free(b->own);
    lng_arena_free(b->arena);
}

/* ---- what callers pass ---- */
#define MAX_NAME 200

static bool name_fits(const char *name)
{
    const size_t n = name ? strlen(name) : 0;
    return n > 0 && n <= MAX_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == n;
}

static bool check_name(lng_builder *b, const char *what, const char *name)
{
    return name_fits(name) ||
           lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "%s `%s`: a name is 1 to %d letters, digits, `_` and `.`", what,
                            name ? name : "NULL", MAX_NAME);
}

static bool check_shape(lng_builder *b, const char *name, int rank, const int64_t *dims, lng_shape *shape)
{
    *shape = (lng_shape){.rank = rank};
    if (rank < 0 || rank > LNG_MAX_RANK || (rank > 0 && !dims))
        return lng_builder_fail(b, LNG_E_SHAPE, lng_nowhere, "`%s`: a shape has 0 to %d dimensions, got %d", name, LNG_MAX_RANK,
                                rank);
    for (int i = 0; i < rank; i++) {
        shape->dim[i] = dims[i];
        if (dims[i] < 1)
            return lng_builder_fail(b, LNG_E_SHAPE, lng_nowhere, "`%s`: dimension %d is %lld; it must be at least 1", name, i,
                                    (long long)dims[i]);
    }
    return lng_shape_size(*shape) >= 0 || lng_builder_fail(b, LNG_E_LIMIT, lng_nowhere, "`%s` has more than 2^31 elements", name);
}

/* Checks that a value is of this graph. NULL is accepted after a failure, which explains it. */
static bool check_value(lng_builder *b, const char *what, int i, const lng_value *v)
{
    if (!v)
        return b->failed || lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "%s: value %d is NULL", what, i);
    const lng_graph *g = b->graph;
    const size_t id = (size_t)v->node->id;
    return (id < g->nodes && g->node[id] == v->node) ||
           lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "%s: value %d belongs to another builder", what, i);
}

static bool check_values(lng_builder *b, const char *what, lng_value *const *v, int n)
{
    bool ok = true, all = true;
    for (int i = 0; i < n; i++) {
        ok = check_value(b, what, i, v[i]) && ok;
        all = all && v[i];
    }
    return ok && all;
}

/* ---- inputs, variables, constants ---- */
static bool name_is_taken(const lng_builder *b, const char *name)
{
    for (size_t i = 0; i < b->inputs; i++)
        if (strcmp(b->input[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < b->variables; i++)
        if (strcmp(b->variable[i].name, name) == 0)
            return true;
    return false;
}

static lng_value *make_input(lng_builder *b, const call *c)
{
    const char *name = c->name;
    lng_shape shape;
    if (!check_name(b, "input", name) || !check_shape(b, name, c->rank, c->dims, &shape))
        return NULL;
    if (name_is_taken(b, name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "input `%s`: the name is already in use", name);
    lng_value *v = lng_read_input(b->graph, (int)b->inputs, name, shape, c->dtype);
    if (v) {
        b->input = lng_grow(b->arena, b->input, b->inputs, &b->input_capacity, sizeof *b->input);
        b->input[b->inputs++] = (lng_data_field){.name = lng_copy(b->arena, name), .shape = shape, .dtype = c->dtype};
    }
    return v;
}

lng_value *lng_builder_input(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    return make(b, make_input, (call){.name = name, .dtype = LNG_F32, .rank = rank, .dims = dims});
}

lng_value *lng_builder_input_i32(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    return make(b, make_input, (call){.name = name, .dtype = LNG_I32, .rank = rank, .dims = dims});
}

static lng_variable *find_variable(const lng_builder *b, const char *name)
{
    for (size_t i = 0; i < b->variables; i++)
        if (strcmp(b->variable[i].name, name) == 0)
            return &b->variable[i];
    return NULL;
}

static lng_value *make_variable(lng_builder *b, const call *c)
{
    const char *name = c->name;
    lng_shape shape;
    if (!check_name(b, "variable", name) || !check_shape(b, name, c->rank, c->dims, &shape))
        return NULL;
    const lng_variable *known = find_variable(b, name);
    if (known ? known->parameter != c->parameter || !lng_shape_equal(known->shape, shape) : name_is_taken(b, name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "variable `%s`: the name is already used for something else",
                                name);
    lng_value *v = lng_read_variable(b->graph, name, shape);
    if (v && !known) {
        b->variable = lng_grow(b->arena, b->variable, b->variables, &b->variable_capacity, sizeof *b->variable);
        b->variable[b->variables++] = (lng_variable){.name = lng_copy(b->arena, name), .shape = shape, .parameter = c->parameter};
    }
    return v;
}

lng_value *lng_builder_parameter(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    return make(b, make_variable, (call){.name = name, .parameter = true, .rank = rank, .dims = dims});
}

lng_value *lng_builder_state(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    return make(b, make_variable, (call){.name = name, .rank = rank, .dims = dims});
}

static lng_value *make_filled(lng_builder *b, const call *c)
{
    lng_shape shape;
    return check_shape(b, "constant", c->rank, c->dims, &shape) ? lng_constant(b->graph, c->number, shape) : NULL;
}

lng_value *lng_builder_filled(lng_builder *b, double x, int rank, const int64_t *dims)
{
    return make(b, make_filled, (call){.number = x, .rank = rank, .dims = dims});
}

lng_value *lng_builder_number(lng_builder *b, double x)
{
    return make(b, make_filled, (call){.number = x});
}

static lng_value *make_clock(lng_builder *b, const call *c)
{
    return lng_read_clock(b->graph, c->name ? c->name : "");
}

lng_value *lng_builder_clock(lng_builder *b, const char *what)
{
    return make(b, make_clock, (call){.name = what});
}

/* ---- ops ---- */
static const lng_op *find_op(lng_builder *b, const char *name)
{
    const lng_op *op = name ? lng_op_find(name) : NULL;
    if (op && !(op->flags & LNG_OP_HIDDEN))
        return op;
    lng_nearest near = {.wrong = name ? name : ""};
    for (size_t i = 0; i < lng_op_count; i++)
        if (!(lng_ops[i]->flags & LNG_OP_HIDDEN))
            lng_nearest_offer(&near, lng_ops[i]->name);
    lng_builder_fail(b, LNG_E_UNKNOWN_NAME, lng_nowhere, "unknown op `%s`", near.wrong);
    if (near.best)
        lng_error_hint(b->errors, "did you mean `%s`?", near.best);
    return NULL;
}

static lng_value *make_op(lng_builder *b, const call *c)
{
    lng_value *const *in = c->in;
    const int n = c->n_in;
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_place place[LNG_MAX_ATTR] = {0};
    const lng_op *op = find_op(b, c->name);
    if (!op)
        return NULL;
    if (n < 0 || n > LNG_MAX_IN || (n > 0 && !in))
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "%s takes %d operand%s, got %d", op->name, op->n_in,
                                op->n_in == 1 ? "" : "s", n);
    if (!check_values(b, op->name, in, n) || !lng_attributes_read(b, op, c->attributes, attr, place))
        return NULL;
    b->graph->attr_place = place;
    lng_value *v = lng_emit(b->graph, op, in, n, attr, NULL);
    b->graph->attr_place = NULL;
    return v;
}

lng_value *lng_builder_op(lng_builder *b, const char *op, lng_value *const *in, int n, const char *attributes, ...)
{
    char text[1024];
    int length = 0;
    if (attributes) {
        va_list list;
        va_start(list, attributes);
        length = lng_vprint(text, sizeof text, attributes, list);
        va_end(list);
    }
    if (b && (length < 0 || length >= (int)sizeof text))
        return lng_builder_fail(b, LNG_E_LIMIT, lng_nowhere, "%s: more than %zu bytes of attributes", op ? op : "NULL",
                                sizeof text - 1);
    return make(b, make_op, (call){.name = op, .in = in, .n_in = n, .attributes = attributes ? text : NULL});
}

lng_value *lng_builder_op1(lng_builder *b, const char *op, lng_value *x)
{
    return make(b, make_op, (call){.name = op, .in = &x, .n_in = 1});
}

lng_value *lng_builder_op2(lng_builder *b, const char *op, lng_value *x, lng_value *y)
{
    lng_value *in[] = {x, y};
    return make(b, make_op, (call){.name = op, .in = in, .n_in = 2});
}

lng_value *lng_builder_op3(lng_builder *b, const char *op, lng_value *x, lng_value *y, lng_value *z)
{
    lng_value *in[] = {x, y, z};
    return make(b, make_op, (call){.name = op, .in = in, .n_in = 3});
}

/* Only floats can be reduced over the batch. */
static lng_value *reduce(lng_builder *b, const call *c)
{
    if (!check_values(b, c->name, c->in, 1))
        return NULL;
    if (c->in[0]->dtype != LNG_F32)
        return lng_builder_fail(b, LNG_E_DTYPE, lng_nowhere, "%s expects floats, got integers", c->name);
    return c->reduce(b->graph, c->in[0]);
}

lng_value *lng_builder_batch_sum(lng_builder *b, lng_value *x)
{
    return make(b, reduce, (call){.name = "batch_sum", .in = &x, .reduce = lng_batch_sum});
}

lng_value *lng_builder_batch_mean(lng_builder *b, lng_value *x)
{
    return make(b, reduce, (call){.name = "batch_mean", .in = &x, .reduce = lng_batch_mean});
}

/* ---- gradients, outputs, updates ---- */
static lng_value *make_gradient(lng_builder *b, const call *c)
{
    lng_value *y = c->in[0], *const *x = c->x;
    if (c->n_x > 0 && (!x || !c->gradient))
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "gradient: the array of %s is NULL", x ? "gradients" : "values");
    if (!check_values(b, "gradient", &y, 1))
        return NULL;
    for (size_t i = 0; i < c->n_x; i++) {
        c->gradient[i] = NULL;
        if (!check_values(b, "gradient", &x[i], 1))
            return NULL;
        if (x[i]->dtype != LNG_F32)
            return lng_builder_fail(b, LNG_E_GRADIENT, lng_nowhere, "gradient: value %zu holds integers, which have no gradient",
                                    i);
    }
    if (y->dtype != LNG_F32)
        return lng_builder_fail(b, LNG_E_GRADIENT, lng_nowhere, "only floats have a gradient");
    return lng_gradient(b->graph, y, x, c->n_x, c->gradient) ? y : NULL;
}

bool lng_builder_gradient(lng_builder *b, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient)
{
    return make(b, make_gradient, (call){.in = &y, .x = x, .n_x = n, .gradient = gradient}) != NULL;
}

static lng_value *make_output(lng_builder *b, const call *c)
{
    lng_value *v = c->in[0];
    if (!check_name(b, "output", c->name) || !check_values(b, c->name, &v, 1))
        return NULL;
    if (lng_graph_find_output(b->graph, c->name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "output `%s` already exists", c->name);
    lng_graph_output(b->graph, c->name, v);
    return v;
}

bool lng_builder_output(lng_builder *b, const char *name, lng_value *v)
{
    return make(b, make_output, (call){.name = name, .in = &v}) != NULL;
}

static void *unknown_variable(lng_builder *b, const char *name)
{
    lng_nearest near = {.wrong = name};
    for (size_t i = 0; i < b->variables; i++)
        lng_nearest_offer(&near, b->variable[i].name);
    lng_builder_fail(b, LNG_E_UNKNOWN_NAME, lng_nowhere, "unknown variable `%s`", name);
    if (near.best)
        lng_error_hint(b->errors, "did you mean `%s`?", near.best);
    return NULL;
}

static lng_value *make_update(lng_builder *b, const call *c)
{
    const char *name = c->name;
    lng_value *v = c->in[0];
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    if (!check_name(b, "update", name) || !check_values(b, name, &v, 1))
        return NULL;
    const lng_variable *variable = find_variable(b, name);
    if (!variable)
        return unknown_variable(b, name);
    for (size_t i = 0; i < b->graph->updates; i++)
        if (strcmp(b->graph->update[i].name, name) == 0)
            return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "`%s` already has an update", name);
    if (v->per_example)
        return lng_builder_fail(b, LNG_E_KIND, lng_nowhere, "the update of `%s` is per-example: reduce it over the batch", name);
    if (v->dtype != LNG_F32 || !lng_shape_equal(v->shape, variable->shape))
        return lng_builder_fail(b, LNG_E_SHAPE, lng_nowhere, "`%s` is f32 %s, but its update is %s %s", name,
                                lng_shape_text(should, variable->shape), lng_dtype_name(v->dtype), lng_shape_text(is, v->shape));
    lng_graph_update(b->graph, name, v);
    return v;
}

bool lng_builder_update(lng_builder *b, const char *variable, lng_value *v)
{
    return make(b, make_update, (call){.name = variable, .in = &v}) != NULL;
}

/* ---- values ---- */
int lng_value_shape(const lng_value *v, int64_t dims[LNG_MAX_DIMS])
{
    return v ? lng_copy_shape(v->shape, dims) : 0;
}

bool lng_value_is_shared(const lng_value *v)
{
    return v && !v->per_example;
}

bool lng_value_is_integer(const lng_value *v)
{
    return v && v->dtype == LNG_I32;
}

lng_value *lng_value_result(lng_value *v, int i)
{
    return v && i >= 0 && i < v->node->n_out ? &v->node->out[i] : NULL;
}
