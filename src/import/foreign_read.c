/* Reads a file of ONNX (foreign.h): the messages of onnx.proto, by the numbers of their fields. A field of another wire type than the format
 * gives it breaks the file; one that is not known here is passed over. Messages are nested as deep as the functions below, no deeper. */
#include "import/foreign.h"
#include "import/proto.h"
#include <limits.h>
#include <string.h>

#define MOST_NODES 100000 /* and as many tensors, ports, and so on */

typedef struct reader {
    lng_arena *arena;
    lng_errors *errors;
    const lng_source *source;
    bool good;
} reader;

static bool refuse(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(reader *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(r->errors, LNG_E_ONNX, (lng_place){.source = r->source}, format, arguments);
    va_end(arguments);
    return r->good = false;
}

/* The next field of a message; false at its end, and after errors. */
static bool next(reader *r, lng_proto *m, lng_proto_field *f)
{
    const lng_proto_step step = r->good ? lng_proto_next(m, f) : LNG_PROTO_END;
    if (step == LNG_PROTO_BROKEN)
        refuse(r, "byte %zu: this is not a field of a Protocol Buffers message: the file is damaged, or not ONNX",
               (size_t)((const char *)m->at - r->source->text));
    return step == LNG_PROTO_FIELD;
}

static bool is_bytes(reader *r, const lng_proto_field *f)
{
    return f->wire == LNG_WIRE_BYTES || refuse(r, "a field of ONNX has another type than the format gives it");
}

static const char *text(reader *r, const lng_proto_field *f)
{
    return is_bytes(r, f) ? lng_copy_n(r->arena, (const char *)f->part.at, (size_t)(f->part.end - f->part.at)) : "";
}

/* Whether a list has room for one more. */
static bool has_room(reader *r, size_t n)
{
    return n < MOST_NODES || refuse(r, "the file has more than %d nodes, tensors or names of one kind", MOST_NODES);
}

/* ---- numbers ---- */
typedef struct numbers {
    double *at;
    size_t n, capacity;
} numbers;

static void put_number(reader *r, numbers *to, double x)
{
    to->at = lng_grow(r->arena, to->at, to->n, &to->capacity, sizeof *to->at);
    to->at[to->n++] = x;
}

/* What a varint means in a list of a tensor: int32_data has the bits of halves, too. */
static double varint_of(int type, uint64_t value)
{
    const unsigned char bits[2] = {(unsigned char)(value & 255), (unsigned char)(value >> 8 & 255)};
    const lng_foreign_tensor one = {.type = type, .raw = bits};
    return type == LNG_FOREIGN_HALF || type == LNG_FOREIGN_BFLOAT ? lng_foreign_at(&one, 0)
           : type == LNG_FOREIGN_UINT64                           ? (double)value
                                                                  : (double)(int64_t)value;
}

static double fixed_of(int bytes, const unsigned char *at)
{
    const lng_foreign_tensor one = {.type = bytes == 4 ? LNG_FOREIGN_FLOAT : LNG_FOREIGN_DOUBLE, .raw = at};
    return lng_foreign_at(&one, 0);
}

/* A list of numbers, packed or one by one. bytes: 4, 8; 0: varints. */
static void put_numbers(reader *r, lng_proto_field *f, int type, int bytes, numbers *to)
{
    if (f->wire == LNG_WIRE_VARINT && bytes == 0)
        put_number(r, to, varint_of(type, f->value));
    else if ((f->wire == LNG_WIRE_32 && bytes == 4) || (f->wire == LNG_WIRE_64 && bytes == 8))
        put_number(r, to, fixed_of(bytes, f->part.at));
    else if (is_bytes(r, f) && bytes)
        for (; f->part.end - f->part.at >= bytes; f->part.at += bytes)
            put_number(r, to, fixed_of(bytes, f->part.at));
    else
        while (r->good && f->part.at < f->part.end) {
            uint64_t value;
            if (lng_proto_varint(&f->part, &value))
                put_number(r, to, varint_of(type, value));
            else
                refuse(r, "a list of integers is damaged");
        }
}

/* ---- tensors ---- */
static int bytes_of(int type)
{
    switch (type) {
    case LNG_FOREIGN_FLOAT:
    case LNG_FOREIGN_INT32:
    case LNG_FOREIGN_UINT32:
        return 4;
    case LNG_FOREIGN_DOUBLE:
    case LNG_FOREIGN_INT64:
    case LNG_FOREIGN_UINT64:
        return 8;
    case LNG_FOREIGN_HALF:
    case LNG_FOREIGN_BFLOAT:
    case LNG_FOREIGN_INT16:
    case LNG_FOREIGN_UINT16:
        return 2;
    case LNG_FOREIGN_BOOL:
    case LNG_FOREIGN_INT8:
    case LNG_FOREIGN_UINT8:
        return 1;
    default:
        return 0;
    }
}

static bool check_tensor(reader *r, lng_foreign_tensor *t, const numbers *dims, const numbers *list, lng_proto raw)
{
    if (bytes_of(t->type) == 0)
        return refuse(r, "the tensor `%s` has elements of %s, which cannot be imported", t->name, lng_foreign_type_name(t->type));
    if (dims->n > LNG_MAX_RANK)
        return refuse(r, "the tensor `%s` has %zu dimensions; the limit is %d", t->name, dims->n, LNG_MAX_RANK);
    t->shape.rank = (int)dims->n;
    for (size_t i = 0; i < dims->n; i++) {
        if (!(dims->at[i] >= 0 && dims->at[i] <= (double)LNG_MAX_ELEMENTS))
            return refuse(r, "the tensor `%s` has a dimension below 0 or beyond 2^31", t->name);
        t->shape.dim[i] = (int64_t)dims->at[i];
    }
    const int64_t size = lng_shape_size(t->shape);
    if (size < 0)
        return refuse(r, "the tensor `%s` has more than 2^31 elements", t->name);
    if (t->outside)
        return refuse(r, "the elements of the tensor `%s` are in another file, %s: save the model as one file", t->name,
                      t->outside);
    if (raw.at ? raw.end - raw.at != size * bytes_of(t->type) : (int64_t)list->n != size)
        return refuse(r, "the tensor `%s` has %lld elements by its shape, and others by its content", t->name, (long long)size);
    t->raw = raw.at;
    t->number = raw.at ? NULL : list->at;
    return true;
}

/* Where an entry of `external_data` says that the elements are. */
static void read_outside(reader *r, lng_proto m, lng_foreign_tensor *t)
{
    const char *key = "", *value = "";
    for (lng_proto_field f; next(r, &m, &f);)
        if (f.number == 1)
            key = text(r, &f);
        else if (f.number == 2)
            value = text(r, &f);
    if (strcmp(key, "location") == 0 || !t->outside)
        t->outside = value;
}

static void read_tensor(reader *r, lng_proto m, lng_foreign_tensor *t)
{
    numbers dims = {0}, list = {0};
    lng_proto raw = {0};
    *t = (lng_foreign_tensor){.name = ""};
    lng_proto_field f;
    for (lng_proto look = m; next(r, &look, &f);) /* the type says how to read the lists, wherever it stands */
        if (f.number == 2 && f.wire == LNG_WIRE_VARINT)
            t->type = f.value <= LNG_FOREIGN_BFLOAT ? (int)f.value : 0;
    while (next(r, &m, &f))
        switch (f.number) {
        case 1:
            put_numbers(r, &f, LNG_FOREIGN_INT64, 0, &dims);
            break;
        case 4:
            put_numbers(r, &f, t->type, 4, &list);
            break;
        case 5:
        case 7:
        case 11:
            put_numbers(r, &f, t->type, 0, &list);
            break;
        case 10:
            put_numbers(r, &f, t->type, 8, &list);
            break;
        case 8:
            t->name = text(r, &f);
            break;
        case 9:
            raw = is_bytes(r, &f) ? f.part : raw;
            break;
        case 13:
            t->outside = t->outside ? t->outside : "";
            if (is_bytes(r, &f))
                read_outside(r, f.part, t);
            break;
        case 14: /* data_location */
            t->outside = f.value && !t->outside ? "" : t->outside;
            break;
        default:
            break;
        }
    if (r->good)
        check_tensor(r, t, &dims, &list, raw);
}

/* ---- nodes ---- */
static void put_name(reader *r, const lng_proto_field *f, const char ***list, size_t *n, size_t *capacity)
{
    if (!has_room(r, *n))
        return;
    *list = lng_grow(r->arena, *list, *n, capacity, sizeof **list);
    (*list)[(*n)++] = text(r, f);
}

static void read_attribute(reader *r, lng_proto m, lng_foreign_attr *a)
{
    numbers list = {0};
    size_t words = 0;
    *a = (lng_foreign_attr){.name = "", .text = ""};
    for (lng_proto_field f; next(r, &m, &f);)
        if (f.number == 1)
            a->name = text(r, &f);
        else if (f.number == 2 && f.wire == LNG_WIRE_32)
            a->number = (float)fixed_of(4, f.part.at);
        else if (f.number == 3)
            a->integer = (int64_t)f.value;
        else if (f.number == 4)
            a->text = text(r, &f);
        else if (f.number == 5 && is_bytes(r, &f)) {
            lng_foreign_tensor *t = LNG_NEW(r->arena, lng_foreign_tensor);
            read_tensor(r, f.part, t);
            a->tensor = t;
        } else if (f.number == 8)
            put_numbers(r, &f, LNG_FOREIGN_INT64, 0, &list);
        else if (f.number == 9)
            put_name(r, &f, &a->word, &a->words, &words);
    a->integers = LNG_NEW_N(r->arena, list.n + 1, int64_t);
    a->count = list.n;
    for (size_t i = 0; i < list.n; i++)
        a->integers[i] = list.at[i] >= 9e18 ? INT64_MAX : list.at[i] <= -9e18 ? INT64_MIN + 1 : (int64_t)list.at[i];
}

static void read_node(reader *r, lng_proto m, lng_foreign_node *n)
{
    size_t ins = 0, outs = 0, attrs = 0;
    *n = (lng_foreign_node){.name = "", .type = "", .domain = ""};
    for (lng_proto_field f; next(r, &m, &f);)
        if (f.number == 1)
            put_name(r, &f, &n->in, &n->ins, &ins);
        else if (f.number == 2)
            put_name(r, &f, &n->out, &n->outs, &outs);
        else if (f.number == 3)
            n->name = text(r, &f);
        else if (f.number == 4)
            n->type = text(r, &f);
        else if (f.number == 5 && is_bytes(r, &f) && has_room(r, n->attrs)) {
            n->attr = lng_grow(r->arena, n->attr, n->attrs, &attrs, sizeof *n->attr);
            read_attribute(r, f.part, &n->attr[n->attrs++]);
        } else if (f.number == 7)
            n->domain = text(r, &f);
    if (!*n->name)
        n->name = n->outs ? n->out[0] : "";
}

/* ---- ports ---- */
static void read_dimension(reader *r, lng_proto m, lng_foreign_port *p)
{
    int64_t size = -1;
    for (lng_proto_field f; next(r, &m, &f);)
        if (f.number == 1 && f.wire == LNG_WIRE_VARINT)
            size = (int64_t)f.value;
    if (p->shape.rank == LNG_MAX_RANK)
        refuse(r, "`%s` has more than %d dimensions", p->name, LNG_MAX_RANK);
    else if (size > LNG_MAX_ELEMENTS || size < -1)
        refuse(r, "`%s` has a dimension below 0 or beyond 2^31", p->name);
    else
        p->shape.dim[p->shape.rank++] = size;
}

static void read_port(reader *r, lng_proto m, lng_foreign_port *p)
{
    lng_proto_field f, type, tensor, dim;
    *p = (lng_foreign_port){.name = ""};
    for (lng_proto look = m; next(r, &look, &f);)
        if (f.number == 1)
            p->name = text(r, &f);
    while (next(r, &m, &f)) /* ValueInfoProto.type, TypeProto.tensor_type, Tensor.shape, TensorShapeProto.dim */
        for (lng_proto a = f.part; f.number == 2 && is_bytes(r, &f) && next(r, &a, &type);)
            for (lng_proto b = type.part; type.number == 1 && is_bytes(r, &type) && next(r, &b, &tensor);) {
                if (tensor.number == 1)
                    p->type = tensor.value <= LNG_FOREIGN_BFLOAT ? (int)tensor.value : 0;
                if (tensor.number != 2 || !is_bytes(r, &tensor))
                    continue;
                p->shaped = true;
                for (lng_proto c = tensor.part; next(r, &c, &dim);)
                    if (dim.number == 1 && is_bytes(r, &dim))
                        read_dimension(r, dim.part, p);
            }
}

/* ---- the graph ---- */
/* Room for one more element of a list of the graph. */
#define ONE_MORE(r, list, n, capacity) ((list) = lng_grow((r)->arena, list, n, capacity, sizeof *(list)), &(list)[(n)++])

static void read_graph(reader *r, lng_proto m, lng_foreign *g)
{
    size_t nodes = 0, tensors = 0, ins = 0, outs = 0;
    for (lng_proto_field f; next(r, &m, &f);) {
        if ((f.number != 1 && f.number != 2 && f.number != 5 && f.number != 11 && f.number != 12) || !is_bytes(r, &f))
            continue;
        if (!has_room(r, f.number == 1 ? g->nodes : f.number == 5 ? g->tensors : f.number == 11 ? g->ins : g->outs))
            return;
        if (f.number == 1)
            read_node(r, f.part, ONE_MORE(r, g->node, g->nodes, &nodes));
        else if (f.number == 2)
            g->title = text(r, &f);
        else if (f.number == 5)
            read_tensor(r, f.part, ONE_MORE(r, g->tensor, g->tensors, &tensors));
        else if (f.number == 11)
            read_port(r, f.part, ONE_MORE(r, g->in, g->ins, &ins));
        else
            read_port(r, f.part, ONE_MORE(r, g->out, g->outs, &outs));
    }
}

static void read_opset(reader *r, lng_proto m, lng_foreign *g)
{
    const char *domain = "";
    int64_t version = 0;
    for (lng_proto_field f; next(r, &m, &f);)
        if (f.number == 1)
            domain = text(r, &f);
        else if (f.number == 2)
            version = (int64_t)f.value;
    if (!*domain || strcmp(domain, "ai.onnx") == 0)
        g->opset = version;
}

lng_foreign *lng_foreign_read(lng_arena *arena, const lng_source *source, lng_errors *errors)
{
    reader r = {arena, errors, source, true};
    lng_proto m = {(const unsigned char *)source->text, (const unsigned char *)source->text + source->length};
    lng_foreign *g = LNG_NEW(arena, lng_foreign);
    bool found = false;
    *g = (lng_foreign){.title = "", .producer = "", .note = ""};
    for (lng_proto_field f; next(&r, &m, &f);)
        if (f.number == 2)
            g->producer = text(&r, &f);
        else if (f.number == 6)
            g->note = text(&r, &f);
        else if (f.number == 7 && is_bytes(&r, &f)) {
            found = true;
            read_graph(&r, f.part, g);
        } else if (f.number == 8 && is_bytes(&r, &f))
            read_opset(&r, f.part, g);
    if (r.good && (!found || g->opset < 1))
        refuse(&r, "this is not a model of ONNX: it has no graph, or does not say of which operators");
    if (r.good && g->outs == 0)
        refuse(&r, "the graph has no output");
    return r.good ? g : NULL;
}
