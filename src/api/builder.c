/* Builders: the graph room's builder for callers from outside. Whatever they pass is checked: names, shapes, values of another graph,
 * a NULL that no error explains. What a call makes is left in the arena when it fails; the builder is then good for nothing else. */
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

static void *out_of_memory(lng_builder *b)
{
    return lng_builder_fail(b, LNG_E_MEMORY, lng_nowhere, "memory ran out while a graph was built");
}

/* The entry of every function that makes something. */
#define MAKING(b, call)                                                                                                            \
    if (!(b))                                                                                                                      \
        return NULL;                                                                                                               \
    if (LNG_GUARD((b)->arena))                                                                                                     \
        return out_of_memory(b);                                                                                                   \
    lng_value *made = (call);                                                                                                      \
    lng_arena_unguard((b)->arena);                                                                                                 \
    (b)->failed |= !made;                                                                                                          \
    return made

/* ---- making and freeing ---- */
lng_builder *lng_builder_new(lng_errors *errors)
{
    lng_errors *own = errors ? NULL : lng_errors_new();
    lng_arena *arena = errors || own ? lng_arena_new() : NULL;
    if (!arena || LNG_GUARD(arena)) {
        lng_arena_free(arena);
        lng_errors_free(own);
        return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "memory ran out"), NULL;
    }
    lng_builder *b = LNG_NEW(arena, lng_builder);
    *b = (lng_builder){.arena = arena, .errors = errors ? errors : own, .own = own};
    b->graph = lng_graph_new(arena, b->errors);
    b->graph->scope = "graph";
    lng_arena_unguard(arena);
    return b;
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
            return lng_builder_fail(b, LNG_E_SHAPE, lng_nowhere, "`%s`: dimension %d is %lld; the least is 1", name, i,
                                    (long long)dims[i]);
    }
    return lng_shape_size(*shape) >= 0 || lng_builder_fail(b, LNG_E_LIMIT, lng_nowhere, "`%s` has more than 2^31 elements", name);
}

/* A value of this graph. NULL is fine when its own making has failed. */
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

/* ---- leaves ---- */
static lng_attr *attr_of(lng_attr *attr, const lng_op *op, const char *name)
{
    return &attr[lng_op_attr_index(op, name)];
}

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

static lng_value *make_input(lng_builder *b, const char *name, lng_dtype dtype, int rank, const int64_t *dims)
{
    const lng_op *op = lng_op_find("input");
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_shape shape;
    if (!check_name(b, "input", name) || !check_shape(b, name, rank, dims, &shape))
        return NULL;
    if (name_is_taken(b, name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "input `%s`: the name is taken", name);
    attr_of(attr, op, "index")->i = (int64_t)b->inputs;
    attr_of(attr, op, "shape")->v = shape;
    attr_of(attr, op, "integer")->i = dtype == LNG_I32;
    lng_value *v = lng_emit(b->graph, op, NULL, 0, attr, name);
    if (v) {
        b->input = lng_grow(b->arena, b->input, b->inputs, &b->input_capacity, sizeof *b->input);
        b->input[b->inputs++] = (lng_public_input){lng_copy(b->arena, name), shape, dtype};
    }
    return v;
}

lng_value *lng_builder_input(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    MAKING(b, make_input(b, name, LNG_F32, rank, dims));
}

lng_value *lng_builder_input_i32(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    MAKING(b, make_input(b, name, LNG_I32, rank, dims));
}

static lng_variable *find_variable(const lng_builder *b, const char *name)
{
    for (size_t i = 0; i < b->variables; i++)
        if (strcmp(b->variable[i].name, name) == 0)
            return &b->variable[i];
    return NULL;
}

static lng_value *make_variable(lng_builder *b, const char *name, bool parameter, int rank, const int64_t *dims)
{
    const lng_op *op = lng_op_find("variable");
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_shape shape;
    if (!check_name(b, "variable", name) || !check_shape(b, name, rank, dims, &shape))
        return NULL;
    const lng_variable *known = find_variable(b, name);
    if (known ? known->parameter != parameter || !lng_shape_equal(known->shape, shape) : name_is_taken(b, name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "variable `%s`: the name is taken by another", name);
    attr_of(attr, op, "shape")->v = shape;
    lng_value *v = lng_emit(b->graph, op, NULL, 0, attr, name);
    if (v && !known) {
        b->variable = lng_grow(b->arena, b->variable, b->variables, &b->variable_capacity, sizeof *b->variable);
        b->variable[b->variables++] = (lng_variable){.name = lng_copy(b->arena, name), .shape = shape, .parameter = parameter};
    }
    return v;
}

lng_value *lng_builder_parameter(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    MAKING(b, make_variable(b, name, true, rank, dims));
}

lng_value *lng_builder_state(lng_builder *b, const char *name, int rank, const int64_t *dims)
{
    MAKING(b, make_variable(b, name, false, rank, dims));
}

static lng_value *make_filled(lng_builder *b, double x, int rank, const int64_t *dims)
{
    lng_shape shape;
    return check_shape(b, "constant", rank, dims, &shape) ? lng_constant(b->graph, x, shape) : NULL;
}

lng_value *lng_builder_filled(lng_builder *b, double x, int rank, const int64_t *dims)
{
    MAKING(b, make_filled(b, x, rank, dims));
}

lng_value *lng_builder_number(lng_builder *b, double x)
{
    MAKING(b, lng_scalar(b->graph, x));
}

static lng_value *make_clock(lng_builder *b, const char *what)
{
    const lng_op *op = lng_op_find("clock");
    lng_attr attr[LNG_MAX_ATTR] = {0};
    attr_of(attr, op, "what")->s = what ? what : "";
    return lng_emit(b->graph, op, NULL, 0, attr, NULL);
}

lng_value *lng_builder_clock(lng_builder *b, const char *what)
{
    MAKING(b, make_clock(b, what));
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
    lng_builder_fail(b, LNG_E_UNKNOWN_NAME, lng_nowhere, "there is no op `%s`", near.wrong);
    if (near.best)
        lng_error_hint(b->errors, "did you mean `%s`?", near.best);
    return NULL;
}

static lng_value *make_op(lng_builder *b, const char *name, lng_value *const *in, int n, const char *attributes)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_place place[LNG_MAX_ATTR] = {0};
    const lng_op *op = find_op(b, name);
    if (!op)
        return NULL;
    if (n < 0 || n > LNG_MAX_IN || (n > 0 && !in))
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "%s takes %d operand%s, got %d", name, op->n_in,
                                op->n_in == 1 ? "" : "s", n);
    if (!check_values(b, name, in, n) || !lng_attributes_read(b, op, attributes, attr, place))
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
    MAKING(b, make_op(b, op, in, n, attributes ? text : NULL));
}

lng_value *lng_builder_op1(lng_builder *b, const char *op, lng_value *x)
{
    MAKING(b, make_op(b, op, &x, 1, NULL));
}

lng_value *lng_builder_op2(lng_builder *b, const char *op, lng_value *x, lng_value *y)
{
    lng_value *in[] = {x, y};
    MAKING(b, make_op(b, op, in, 2, NULL));
}

lng_value *lng_builder_op3(lng_builder *b, const char *op, lng_value *x, lng_value *y, lng_value *z)
{
    lng_value *in[] = {x, y, z};
    MAKING(b, make_op(b, op, in, 3, NULL));
}

/* What reduces the batch takes floats of examples: anything else would have been a mistake. */
static lng_value *reduce(lng_builder *b, const char *what, lng_value *x, lng_value *(*make)(lng_graph *, lng_value *))
{
    if (!check_values(b, what, &x, 1))
        return NULL;
    if (x->dtype != LNG_F32)
        return lng_builder_fail(b, LNG_E_DTYPE, lng_nowhere, "%s expects floats, got integers", what);
    return make(b->graph, x);
}

lng_value *lng_builder_batch_sum(lng_builder *b, lng_value *x)
{
    MAKING(b, reduce(b, "batch_sum", x, lng_batch_sum));
}

lng_value *lng_builder_batch_mean(lng_builder *b, lng_value *x)
{
    MAKING(b, reduce(b, "batch_mean", x, lng_batch_mean));
}

/* ---- gradients, outputs, updates ---- */
static bool make_gradient(lng_builder *b, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient)
{
    if (n > 0 && (!x || !gradient))
        return lng_builder_fail(b, LNG_E_ARGUMENTS, lng_nowhere, "gradient: the array of %s is NULL", x ? "gradients" : "values");
    if (!check_values(b, "gradient", &y, 1))
        return false;
    for (size_t i = 0; i < n; i++) {
        gradient[i] = NULL;
        if (!check_values(b, "gradient", &x[i], 1))
            return false;
        if (x[i]->dtype != LNG_F32)
            return lng_builder_fail(b, LNG_E_GRADIENT, lng_nowhere, "gradient: value %zu is of integers, which have none", i);
    }
    if (y->dtype != LNG_F32)
        return lng_builder_fail(b, LNG_E_GRADIENT, lng_nowhere, "only floats have a gradient");
    return lng_gradient(b->graph, y, x, n, gradient);
}

/* As MAKING, for what is true or false. */
#define DOING(b, call)                                                                                                             \
    if (!(b))                                                                                                                      \
        return false;                                                                                                              \
    if (LNG_GUARD((b)->arena))                                                                                                     \
        return out_of_memory(b);                                                                                                   \
    const bool done = (call);                                                                                                      \
    lng_arena_unguard((b)->arena);                                                                                                 \
    (b)->failed |= !done;                                                                                                          \
    return done

bool lng_builder_gradient(lng_builder *b, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient)
{
    DOING(b, make_gradient(b, y, x, n, gradient));
}

static bool make_output(lng_builder *b, const char *name, lng_value *v)
{
    if (!check_name(b, "output", name) || !check_values(b, name, &v, 1))
        return false;
    if (lng_graph_find_output(b->graph, name))
        return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "there is an output `%s` already", name);
    lng_graph_output(b->graph, name, v);
    return true;
}

bool lng_builder_output(lng_builder *b, const char *name, lng_value *v)
{
    DOING(b, make_output(b, name, v));
}

static bool unknown_variable(lng_builder *b, const char *name)
{
    lng_nearest near = {.wrong = name};
    for (size_t i = 0; i < b->variables; i++)
        lng_nearest_offer(&near, b->variable[i].name);
    lng_builder_fail(b, LNG_E_UNKNOWN_NAME, lng_nowhere, "there is no variable `%s` to update", name);
    if (near.best)
        lng_error_hint(b->errors, "did you mean `%s`?", near.best);
    return false;
}

static bool make_update(lng_builder *b, const char *name, lng_value *v)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    if (!check_name(b, "update", name) || !check_values(b, name, &v, 1))
        return false;
    const lng_variable *variable = find_variable(b, name);
    if (!variable)
        return unknown_variable(b, name);
    for (size_t i = 0; i < b->graph->updates; i++)
        if (strcmp(b->graph->update[i].name, name) == 0)
            return lng_builder_fail(b, LNG_E_DUPLICATE, lng_nowhere, "`%s` is updated already", name);
    if (v->per_example)
        return lng_builder_fail(b, LNG_E_KIND, lng_nowhere,
                                "the update of `%s` differs from example to example: reduce it over the batch", name);
    if (v->dtype != LNG_F32 || !lng_shape_equal(v->shape, variable->shape))
        return lng_builder_fail(b, LNG_E_SHAPE, lng_nowhere, "`%s` is f32 %s; its update is %s %s", name,
                                lng_shape_text(should, variable->shape), lng_dtype_name(v->dtype), lng_shape_text(is, v->shape));
    lng_graph_update(b->graph, name, v);
    return true;
}

bool lng_builder_update(lng_builder *b, const char *variable, lng_value *v)
{
    DOING(b, make_update(b, variable, v));
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
