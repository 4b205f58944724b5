/* Protocol Buffers, and ONNX nodes and initializers in them (onnx.h). The numbers of fields are those of onnx.proto. */
#include "export/bytes.h"
#include "export/onnx.h"
#include <string.h>

/* ---- Protocol Buffers ---- */
static void put_varint(lng_text *to, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        lng_put_number(to, (value & 127) | 128, 1);
    lng_put_number(to, value, 1);
}

static void put_tag(lng_text *to, int field, int wire)
{
    put_varint(to, (uint64_t)field << 3 | (uint64_t)wire);
}

void lng_proto_int(lng_text *to, int field, int64_t value)
{
    put_tag(to, field, 0);
    put_varint(to, (uint64_t)value);
}

void lng_proto_bytes(lng_text *to, int field, const void *bytes, size_t n)
{
    put_tag(to, field, 2);
    put_varint(to, n);
    lng_text_put(to, bytes, n);
}

void lng_proto_string(lng_text *to, int field, const char *text)
{
    lng_proto_bytes(to, field, text, strlen(text));
}

void lng_onnx_port(lng_text *to, int field, const char *name, lng_dtype dtype, lng_shape s, bool per_example)
{
    lng_arena *a = to->arena;
    lng_text shape = lng_text_new(a), dim = lng_text_new(a), tensor = lng_text_new(a), type = lng_text_new(a),
             port = lng_text_new(a);
    lng_proto_string(&dim, 2, "N");
    if (per_example)
        lng_proto_bytes(&shape, 1, dim.at, dim.length);
    for (int i = 0; i < s.rank; i++) {
        dim = lng_text_new(a);
        lng_proto_int(&dim, 1, s.dim[i]);
        lng_proto_bytes(&shape, 1, dim.at, dim.length);
    }
    lng_proto_int(&tensor, 1, lng_onnx_type(dtype));
    lng_proto_bytes(&tensor, 2, shape.at, shape.length);
    lng_proto_bytes(&type, 1, tensor.at, tensor.length);
    lng_proto_string(&port, 1, name);
    lng_proto_bytes(&port, 2, type.at, type.length);
    lng_proto_bytes(to, field, port.at, port.length);
}

/* ---- attributes ---- */
enum { ATTRIBUTE_INT = 2, ATTRIBUTE_STRING, ATTRIBUTE_GRAPH = 5, ATTRIBUTE_INTS = 7 };

static void put_attribute(lng_onnx *o, lng_text *value, const char *name, int type)
{
    lng_proto_string(value, 1, name);
    lng_proto_int(value, 20, type);
    lng_proto_bytes(&o->attributes, 5, value->at, value->length);
}

void lng_onnx_int(lng_onnx *o, const char *attribute, int64_t value)
{
    lng_text t = lng_text_new(o->arena);
    lng_proto_int(&t, 3, value);
    put_attribute(o, &t, attribute, ATTRIBUTE_INT);
}

void lng_onnx_ints(lng_onnx *o, const char *attribute, const int64_t *values, int n)
{
    lng_text t = lng_text_new(o->arena);
    for (int i = 0; i < n; i++)
        lng_proto_int(&t, 8, values[i]);
    put_attribute(o, &t, attribute, ATTRIBUTE_INTS);
}

void lng_onnx_word(lng_onnx *o, const char *attribute, const char *word)
{
    lng_text t = lng_text_new(o->arena);
    lng_proto_string(&t, 4, word);
    put_attribute(o, &t, attribute, ATTRIBUTE_STRING);
}

void lng_onnx_graph(lng_onnx *o, const char *attribute, const lng_text *graph)
{
    lng_text t = lng_text_new(o->arena);
    lng_proto_bytes(&t, 6, graph->at, graph->length);
    put_attribute(o, &t, attribute, ATTRIBUTE_GRAPH);
}

/* ---- nodes ---- */
const char *lng_onnx_new_name(lng_onnx *o, const char *wanted)
{
    const char *name = lng_map_new_name(o->names, wanted);
    lng_map_put(o->names, name, o);
    return name;
}

void lng_onnx_put(lng_onnx *o, const char *name, const char *type, const char *const *in, int n_in, const char *const *out,
                  int n_out)
{
    lng_text t = lng_text_new(o->arena);
    for (int i = 0; i < n_in; i++)
        lng_proto_string(&t, 1, in[i]);
    for (int i = 0; i < n_out; i++)
        lng_proto_string(&t, 2, out[i]);
    lng_proto_string(&t, 3, name);
    lng_proto_string(&t, 4, type);
    lng_text_put(&t, o->attributes.at, o->attributes.length);
    o->attributes = lng_text_new(o->arena);
    lng_proto_bytes(&o->body->nodes, 1, t.at, t.length);
}

const char *lng_onnx_node_of(lng_onnx *o, const char *type, const char *const *in, int n_in, int outputs, int which)
{
    const char *name = lng_onnx_new_name(o, lng_format(o->arena, "%s.%s", o->scope, type));
    const char **out = LNG_NEW_N(o->arena, outputs, const char *);
    for (int i = 0; i < outputs; i++)
        out[i] = i == which ? name : lng_onnx_new_name(o, lng_format(o->arena, "%s.%d", name, i));
    lng_onnx_put(o, name, type, in, n_in, out, outputs);
    return name;
}

void lng_onnx_finish(lng_onnx *o, const char *x, const char *name)
{
    lng_onnx_put(o, lng_onnx_new_name(o, lng_format(o->arena, "%s.Identity", name)), "Identity", &x, 1, &name, 1);
}

const char *lng_onnx_unary(lng_onnx *o, const char *type, const char *x)
{
    return lng_onnx_node_of(o, type, &x, 1, 1, 0);
}

const char *lng_onnx_binary(lng_onnx *o, const char *type, const char *a, const char *b)
{
    return lng_onnx_node_of(o, type, (const char *const[]){a, b}, 2, 1, 0);
}

const char *lng_onnx_where(lng_onnx *o, const char *condition, const char *a, const char *b)
{
    return lng_onnx_node_of(o, "Where", (const char *const[]){condition, a, b}, 3, 1, 0);
}

const char *lng_onnx_cast(lng_onnx *o, const char *x, lng_dtype to)
{
    lng_onnx_int(o, "to", lng_onnx_type(to));
    return lng_onnx_unary(o, "Cast", x);
}

/* ---- initializers ---- */
/* content: the elements, little-endian. */
static const char *put_initializer(lng_onnx *o, const char *wanted, int type, const int64_t *dims, int rank,
                                   const lng_text *content)
{
    lng_text t = lng_text_new(o->arena);
    const char *name = lng_onnx_new_name(o, wanted);
    for (int i = 0; i < rank; i++)
        lng_proto_int(&t, 1, dims[i]);
    lng_proto_int(&t, 2, type);
    lng_proto_string(&t, 8, name);
    lng_proto_bytes(&t, 9, content->at, content->length);
    lng_proto_bytes(&o->initializers, 5, t.at, t.length);
    return name;
}

/* A small one, which all that want the same numbers share. */
static const char *small(lng_onnx *o, const char *wanted, int type, const int64_t *dims, int rank, const lng_text *content)
{
    const char *name = lng_map_get(o->constants, wanted);
    if (!name)
        lng_map_put(o->constants, wanted, (void *)(name = put_initializer(o, wanted, type, dims, rank, content)));
    return name;
}

const char *lng_onnx_number(lng_onnx *o, lng_dtype dtype, double value)
{
    lng_text content = lng_text_new(o->arena);
    char digits[LNG_NUMBER_SIZE];
    const float number = (float)value;
    if (dtype == LNG_I32)
        lng_put_number(&content, (uint64_t)(int64_t)value, 4);
    else
        lng_put_floats(&content, &number, 1);
    return small(o, lng_format(o->arena, "%s %s", lng_dtype_name(dtype), lng_number(digits, value)), lng_onnx_type(dtype), NULL, 0,
                 &content);
}

const char *lng_onnx_shape(lng_onnx *o, const int64_t *values, int n)
{
    lng_text content = lng_text_new(o->arena), wanted = lng_text_new(o->arena);
    lng_text_add(&wanted, "i64[");
    for (int i = 0; i < n; i++) {
        lng_put_number(&content, (uint64_t)values[i], 8);
        lng_text_add(&wanted, "%s%lld", i ? ", " : "", (long long)values[i]);
    }
    lng_text_add(&wanted, "]");
    return small(o, wanted.at, LNG_ONNX_INT64, &(int64_t){n}, 1, &content);
}

const char *lng_onnx_floats(lng_onnx *o, const char *wanted, const float *at, lng_shape shape)
{
    lng_text content = lng_text_new(o->arena);
    lng_put_floats(&content, at, (size_t)lng_shape_size(shape));
    return small(o, wanted, LNG_ONNX_FLOAT, shape.dim, shape.rank, &content);
}

const char *lng_onnx_doubles(lng_onnx *o, const char *wanted, const double *at, lng_shape shape)
{
    lng_text content = lng_text_new(o->arena);
    for (int64_t i = 0; i < lng_shape_size(shape); i++) {
        uint64_t bits;
        memcpy(&bits, &at[i], sizeof bits);
        lng_put_number(&content, bits, 8);
    }
    return small(o, wanted, LNG_ONNX_DOUBLE, shape.dim, shape.rank, &content);
}

const char *lng_onnx_range(lng_onnx *o, int64_t n)
{
    lng_text content = lng_text_new(o->arena);
    for (int64_t i = 0; i < n; i++)
        lng_put_number(&content, (uint64_t)i, 4);
    return small(o, lng_format(o->arena, "i32 0..%lld", (long long)n - 1), LNG_ONNX_INT32, &n, 1, &content);
}

/* ---- short forms ---- */
const char *lng_onnx_reshape(lng_onnx *o, const char *x, lng_shape shape)
{
    int64_t to[LNG_MAX_RANK + 1] = {-1};
    memcpy(to + 1, shape.dim, (size_t)shape.rank * sizeof *to);
    return lng_onnx_binary(o, "Reshape", x, lng_onnx_shape(o, to, shape.rank + 1));
}

const char *lng_onnx_slice(lng_onnx *o, const char *x, int axis, int64_t start, int64_t stop, int64_t step)
{
    const char *const in[] = {x, lng_onnx_shape(o, &start, 1), lng_onnx_shape(o, &stop, 1), lng_onnx_shape(o, &(int64_t){axis}, 1),
                              lng_onnx_shape(o, &step, 1)};
    return lng_onnx_node_of(o, "Slice", in, 5, 1, 0);
}

const char *lng_onnx_pad(lng_onnx *o, const char *x, lng_dtype dtype, int rank, int axis, int64_t before, int64_t after)
{
    int64_t pads[2 * (LNG_MAX_RANK + 2)] = {0};
    if (before == 0 && after == 0)
        return x;
    pads[axis] = before;
    pads[rank + axis] = after;
    const char *const in[] = {x, lng_onnx_shape(o, pads, 2 * rank), lng_onnx_number(o, dtype, 0)};
    return lng_onnx_node_of(o, "Pad", in, 3, 1, 0);
}

/* ---- constants of the model ---- */
/* The element of a shared value that is element e of its tensor in another order. */
static int64_t source_of(lng_shape s, lng_onnx_order order, int64_t e)
{
    static const int perm[LNG_ONNX_ORDERS][4] = {[LNG_ONNX_CHANNELS_FIRST] = {2, 0, 1}, [LNG_ONNX_KERNEL] = {3, 2, 0, 1}};
    lng_laid laid = {.view = s};
    for (int i = 0; i < s.rank; i++)
        laid.perm[i] = order == LNG_ONNX_CHANNELS_FIRST || order == LNG_ONNX_KERNEL ? perm[order][i] : i;
    if (order == LNG_ONNX_SWAPPED) {
        laid.perm[s.rank - 2] = s.rank - 1;
        laid.perm[s.rank - 1] = s.rank - 2;
    }
    return order == LNG_ONNX_AS_IS ? e : lng_laid_source(&laid, e);
}

static lng_shape shape_in(lng_shape s, lng_onnx_order order)
{
    const int64_t *d = s.dim;
    if (order == LNG_ONNX_CHANNELS_FIRST)
        return lng_shape_of(3, d[2], d[0], d[1]);
    if (order == LNG_ONNX_KERNEL)
        return lng_shape_of(4, d[3], d[2], d[0], d[1]);
    lng_shape to = s;
    if (order == LNG_ONNX_SWAPPED) {
        to.dim[s.rank - 2] = d[s.rank - 1];
        to.dim[s.rank - 1] = d[s.rank - 2];
    }
    return to;
}

/* What stretches to an image, as one. */
static lng_shape as_image(lng_shape s)
{
    return s.rank >= 3   ? s
           : s.rank == 2 ? lng_shape_of(3, (int64_t)1, s.dim[0], s.dim[1])
                         : lng_shape_of(3, (int64_t)1, (int64_t)1, s.rank ? s.dim[0] : 1);
}

static const char *constant(lng_onnx *o, const lng_value *v, lng_onnx_order order)
{
    lng_text content = lng_text_new(o->arena);
    const lng_shape s = order == LNG_ONNX_CHANNELS_FIRST ? as_image(v->shape) : v->shape, to = shape_in(s, order);
    const int64_t size = lng_shape_size(s);
    const char *name = v->node->name ? v->node->name : v->node->op->name;
    for (int64_t e = 0; e < size; e++) {
        const double x = lng_reference_at(o->shared, v, 0, source_of(s, order, e));
        if (v->dtype == LNG_I32)
            lng_put_number(&content, (uint64_t)(int64_t)x, 4);
        else
            lng_put_floats(&content, &(float){(float)x}, 1);
    }
    return put_initializer(o, name, lng_onnx_type(v->dtype), to.dim, to.rank, &content);
}

/* ---- values ---- */
int lng_onnx_axis(int64_t given, int rank)
{
    return (int)(given < 0 ? given + rank : given) + 1;
}

static bool is_same_memory(lng_shape s)
{
    return s.dim[2] == 1 || s.dim[0] * s.dim[1] == 1;
}

/* A per-example value that is there in another order. */
static const char *transposed(lng_onnx *o, const lng_value *v, lng_onnx_order order)
{
    static const int64_t first[] = {0, 3, 1, 2}, last[] = {0, 2, 3, 1};
    const size_t i = lng_value_index(v);
    const char *first_name = o->name[LNG_ONNX_CHANNELS_FIRST][i], *as_is = o->name[LNG_ONNX_AS_IS][i];
    if (order == LNG_ONNX_SWAPPED) {
        int64_t perm[LNG_MAX_RANK + 1];
        const int n = v->shape.rank + 1;
        const char *from = lng_onnx_read(o, v, LNG_ONNX_AS_IS);
        for (int k = 0; k < n; k++)
            perm[k] = k == n - 1 ? n - 2 : k == n - 2 ? n - 1 : k;
        lng_onnx_ints(o, "perm", perm, n);
        return lng_onnx_unary(o, "Transpose", from);
    }
    const char *from = order == LNG_ONNX_AS_IS ? first_name : as_is;
    if (is_same_memory(v->shape))
        return lng_onnx_reshape(o, from, order == LNG_ONNX_AS_IS ? v->shape : shape_in(v->shape, order));
    lng_onnx_ints(o, "perm", order == LNG_ONNX_AS_IS ? last : first, 4);
    return lng_onnx_unary(o, "Transpose", from);
}

/* The same, where it was computed, so that all can read it who can read the value. */
static const char *reordered(lng_onnx *o, const lng_value *v, lng_onnx_order order)
{
    lng_onnx_body *body = o->body;
    while (o->body->loop != v->node->loop)
        o->body = o->body->outer;
    const char *name = transposed(o, v, order);
    o->body = body;
    return name;
}

const char *lng_onnx_read(lng_onnx *o, const lng_value *v, lng_onnx_order order)
{
    const char **name = &o->name[order][lng_value_index(v)];
    if (!*name)
        *name = v->per_example ? reordered(o, v, order) : constant(o, v, order);
    return *name;
}

const char *lng_onnx_stretched(lng_onnx *o, const lng_value *v, int rank, lng_onnx_order order)
{
    const char *x = lng_onnx_read(o, v, order);
    if (!v->per_example || v->shape.rank >= rank)
        return x;
    lng_shape s = {.rank = rank};
    const lng_shape of = order == LNG_ONNX_SWAPPED ? shape_in(v->shape, order) : v->shape;
    for (int i = 0; i < rank; i++)
        s.dim[i] = i < rank - of.rank ? 1 : of.dim[i - (rank - of.rank)];
    return lng_onnx_reshape(o, x, s);
}

const char *lng_onnx_batched(lng_onnx *o, const lng_value *v)
{
    const char *x = lng_onnx_read(o, v, LNG_ONNX_AS_IS);
    if (v->per_example)
        return x;
    lng_onnx_int(o, "start", 0);
    lng_onnx_int(o, "end", 1);
    const char *n = lng_onnx_unary(o, "Shape", lng_onnx_read(o, o->some, LNG_ONNX_AS_IS));
    if (v->shape.rank) {
        lng_onnx_int(o, "axis", 0);
        n = lng_onnx_binary(o, "Concat", n, lng_onnx_shape(o, v->shape.dim, v->shape.rank));
    }
    return lng_onnx_binary(o, "Expand", x, n);
}

bool lng_onnx_result(lng_onnx *o, const lng_value *v, const char *name, lng_onnx_order order)
{
    o->name[order][lng_value_index(v)] = name;
    return true;
}

bool lng_onnx_done(lng_onnx *o, const lng_node *n, const char *name)
{
    return lng_onnx_result(o, &n->out[0], name, LNG_ONNX_AS_IS);
}

bool lng_onnx_image_first(const lng_onnx *o, const lng_value *v)
{
    return v->per_example && o->name[LNG_ONNX_CHANNELS_FIRST][lng_value_index(v)] && !o->name[LNG_ONNX_AS_IS][lng_value_index(v)];
}
