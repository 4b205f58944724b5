/* The import of ONNX, node by node: what the format's specification says that an operator computes, worked out by hand, in files that are made here; what
 * cannot be imported is named; and no file that is damaged is read. */
#include "export/bytes.h"
#include "export/onnx.h"
#include "imported.h"
#include "suite.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A graph as text. Tensors are `name:1,2,3= numbers`, separated by semicolons, and integers if the name is followed by `#`; nodes
 * `y=Type(a,b) attribute=1,2`, where a number with a point is a float, and a word a string. The last node computes the output. */
typedef struct graph_case {
    const char *in, *constants, *nodes, *out; /* out: numbers, in the order of the file */
} graph_case;

/* ---- writing a file ---- */
static const char *skip(const char *at)
{
    return at + strspn(at, " ;");
}

static const char *word(const char **at, const char *end)
{
    const size_t n = strcspn(*at, end);
    const char *w = lng_copy_n(arena, *at, n);
    *at += n;
    return w;
}

typedef struct tensor {
    const char *name;
    bool whole;
    int64_t dim[8];
    int rank;
    float *at;
    size_t n;
} tensor;

/* false: there is none left. */
static bool next_tensor(const char **at, tensor *t)
{
    *at = skip(*at);
    if (!**at)
        return false;
    *t = (tensor){.name = word(at, ":#")};
    t->whole = **at == '#';
    *at += t->whole + 1;
    while (**at != '=') {
        char *end;
        t->dim[t->rank++] = strtol(*at, &end, 10);
        *at = end + (*end == ',');
    }
    ++*at;
    t->at = LNG_NEW_N(arena, 4096, float);
    for (*at += strspn(*at, " "); **at && **at != ';'; *at += strspn(*at, " ")) {
        char *end;
        t->at[t->n++] = strtof(*at, &end);
        must(end > *at);
        *at = end;
    }
    return true;
}

static void put_initializer(lng_text *graph, const tensor *t)
{
    lng_text m = lng_text_new(arena), raw = lng_text_new(arena);
    for (int i = 0; i < t->rank; i++)
        lng_proto_int(&m, 1, t->dim[i]);
    lng_proto_int(&m, 2, t->whole ? LNG_ONNX_INT64 : LNG_ONNX_FLOAT);
    lng_proto_string(&m, 8, t->name);
    for (size_t i = 0; i < t->n && t->whole; i++)
        lng_put_number(&raw, (uint64_t)(int64_t)t->at[i], 8);
    if (!t->whole)
        lng_put_floats(&raw, t->at, t->n);
    lng_proto_bytes(&m, 9, raw.at, raw.length);
    lng_proto_bytes(graph, 5, m.at, m.length);
}

static void put_port(lng_text *graph, int field, const tensor *t)
{
    lng_text shape = lng_text_new(arena), of = lng_text_new(arena), type = lng_text_new(arena), port = lng_text_new(arena);
    for (int i = 0; i < t->rank; i++) {
        lng_text dim = lng_text_new(arena);
        if (i == 0)
            lng_proto_string(&dim, 2, "N");
        else
            lng_proto_int(&dim, 1, t->dim[i]);
        lng_proto_bytes(&shape, 1, dim.at, dim.length);
    }
    lng_proto_int(&of, 1, t->whole ? LNG_ONNX_INT64 : LNG_ONNX_FLOAT);
    lng_proto_bytes(&of, 2, shape.at, shape.length);
    lng_proto_bytes(&type, 1, of.at, of.length);
    lng_proto_string(&port, 1, t->name);
    lng_proto_bytes(&port, 2, type.at, type.length);
    lng_proto_bytes(graph, field, port.at, port.length);
}

static void put_attribute(lng_text *node, const char *name, const char *value)
{
    enum { FLOAT = 1, INT, STRING, INTS = 7, STRINGS };
    lng_text m = lng_text_new(arena);
    const bool letters = isalpha((unsigned char)*value),
               list = letters ? value[strlen(value) - 1] == ',' : strchr(value, ',') != NULL;
    lng_proto_string(&m, 1, name);
    lng_proto_int(&m, 20, letters ? (list ? STRINGS : STRING) : strchr(value, '.') ? FLOAT : list ? INTS : INT);
    if (strchr(value, '.')) {
        lng_text_put(&m, "\x15", 1); /* field 2, of 4 bytes */
        lng_put_floats(&m, &(float){strtof(value, NULL)}, 1);
    } else if (letters && list)
        for (const char *at = value; *at; at += *at == ',')
            lng_proto_string(&m, 9, word(&at, ","));
    else if (letters)
        lng_proto_string(&m, 4, value);
    else if (list)
        for (const char *at = value; *at; at += strcspn(at, ","), at += *at == ',')
            lng_proto_int(&m, 8, strtol(at, NULL, 10));
    else
        lng_proto_int(&m, 3, strtol(value, NULL, 10));
    lng_proto_bytes(node, 5, m.at, m.length);
}

/* Returns the name of the last node's first output. */
static const char *put_nodes(lng_text *graph, const char *at)
{
    const char *out = "";
    for (int i = 0; *(at = skip(at)); i++) {
        lng_text m = lng_text_new(arena);
        out = NULL;
        while (at[-(out != NULL)] != '=' || !out) {
            const char *name = word(&at, ",=");
            lng_proto_string(&m, 2, name);
            out = out ? out : name;
            at++;
        }
        const char *type = word(&at, "(");
        for (at++; *at != ')'; at += *at == ',')
            lng_proto_string(&m, 1, word(&at, ",)"));
        lng_proto_string(&m, 3, lng_format(arena, "node%d", i));
        lng_proto_string(&m, 4, type);
        for (at += 1 + strspn(at + 1, " "); *at && *at != ';'; at += strspn(at, " ")) {
            const char *name = word(&at, "=");
            at++;
            put_attribute(&m, name, word(&at, " ;"));
        }
        lng_proto_bytes(graph, 1, m.at, m.length);
    }
    return out;
}

static lng_text file_of(const graph_case *c, imported_input *in, size_t *inputs)
{
    lng_text graph = lng_text_new(arena), opset = lng_text_new(arena), file = lng_text_new(arena);
    tensor t;
    *inputs = 0;
    for (const char *at = c->in; next_tensor(&at, &t);) {
        put_port(&graph, 11, &t);
        in[(*inputs)++] = (imported_input){t.name, t.at};
    }
    for (const char *at = c->constants; next_tensor(&at, &t);)
        put_initializer(&graph, &t);
    t = (tensor){.name = put_nodes(&graph, c->nodes)};
    put_port(&graph, 12, &t);
    lng_proto_int(&opset, 2, 17);
    lng_proto_int(&file, 1, 8);
    lng_proto_bytes(&file, 7, graph.at, graph.length);
    lng_proto_bytes(&file, 8, opset.at, opset.length);
    return file;
}

/* ---- what nodes compute ---- */
#define IMAGE "x:1,1,4,4= 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"
static const graph_case cases[] = {
    /* pointwise, and how shapes are stretched */
    {"x:1,4= -2 -0.5 0.5 2", "", "y=Abs(x)", "2 0.5 0.5 2"},
    {"x:1,2,3= 1 2 3 4 5 6", "b:3= 10 20 30", "y=Add(x,b)", "11 22 33 14 25 36"},
    {"x:1,2,2,1= 1 2 3 4", "b:2,1,1= 10 20", "y=Add(x,b)", "11 12 23 24"},
    {"x:1,3= -1 0 2; z:1,3= 4 5 6", "", "y=Sub(z,x)", "5 5 4"},
    {"x:1,3= -1 0 2", "two:1= 2", "y=Pow(two,x)", "0.5 1 4"},
    {"x:1,4= -2 -1 1 2", "", "y=LeakyRelu(x) alpha=0.5", "-1 -0.5 1 2"},
    {"x:1,3= -3 0 3", "", "y=HardSigmoid(x) alpha=0.25 beta=0.5", "0 0.5 1"},
    {"x:1,3= -3 0 9", "low:= -1; high:= 4", "y=Clip(x,low,high)", "-1 0 4"},
    {"x:1,3= -3 0 9", "", "y=Clip(x) min=0.0 max=6.0", "0 0 6"},
    {"x:1,2,2,1= -1 2 -3 4", "s:2,1,1= 0.5 0.25", "y=PRelu(x,s)", "-0.5 2 -0.75 4"},
    {"x:1,3= 1 2 3; z:1,3= 3 2 1", "", "g=Greater(x,z); y=Where(g,x,z)", "3 2 3"},
    {"x:1,3= 1 2 3; z:1,3= 3 2 1", "", "e=Equal(x,z); n=Not(e); y=Cast(n) to=1", "1 0 1"},
    {"x:1,3= 1 5 3; z:1,3= 3 2 1", "", "y=Max(x,z)", "3 5 3"},
    {"x:1,2= 1 5; z:1,2= 3 2", "", "y=Mean(x,z)", "2 3.5"},
    {"x#:1,4= -7 7 -7 7", "d#:= 2", "q=Div(x,d); y=Cast(q) to=1", "-3 3 -3 3"},
    {"x:1,4= -7 7 -7 7", "d:4= 3 3 -3 -3", "y=Mod(x,d) fmod=1", "-1 1 -1 1"},
    {"x:1,4= -2.5 -0.5 0.5 1.5", "", "y=Round(x)", "-2 0 0 2"},
    /* tensors that are called as words of the language, its functions and blocks are */
    {"if:1,3= 1 2 3; in:1,3= 4 5 6", "not:3= 1 2 3; true:3= 0 0 1",
     "for=Add(if,in); else=Mul(for,not); or=Neg(else); and=Sub(or,true)", "-5 -14 -28"},
    {"sum:1,3= -1 2 3; it:1,3= 4 5 6", "mean:3= 1 2 3; out:3= 0 0 1",
     "relu=Relu(sum); concat=Mul(relu,it); len=Add(concat,mean); out2=Sub(len,out)", "1 12 20"},
    /* layers of images */
    {IMAGE, "w:1,1,3,3= 1 1 1 1 1 1 1 1 1", "y=Conv(x,w) pads=1,1,1,1 strides=2,2", "14 30 57 99"},
    {IMAGE, "w:1,1,2,2= 1 0 0 -1; b:1= 2", "c=Conv(x,w,b); y=Relu(c)", "0 0 0 0 0 0 0 0 0"},
    {"x:1,2,1,2= 1 2 3 4", "w:2,2,1,1= 1 10 100 1000", "y=Conv(x,w)", "31 42 3100 4200"},
    {"x:1,2,1,2= 1 2 3 4", "w:2,1,1,2= 1 10 100 1000", "y=Conv(x,w) group=2", "21 4300"},
    {"x:1,1,4= 1 2 3 4", "w:1,1,2= 1 10", "y=Conv(x,w)", "21 32 43"},
    {"x:1,1,2,2= 1 2 3 4", "w:1,1,2,2= 1 2 3 4", "y=ConvTranspose(x,w) strides=2,2", "1 2 2 4 3 4 6 8 3 6 4 8 9 12 12 16"},
    {IMAGE, "", "y=MaxPool(x) kernel_shape=2,2 strides=2,2", "6 8 14 16"},
    {IMAGE, "", "y=AveragePool(x) kernel_shape=2,2 strides=2,2", "3.5 5.5 11.5 13.5"},
    {"x:1,1,2,2= 1 2 3 4", "", "y=AveragePool(x) kernel_shape=2,2 strides=2,2 pads=1,1,1,1 count_include_pad=1", "0.25 0.5 0.75 1"},
    {"x:1,1,2,2= 1 2 3 4", "", "y=AveragePool(x) kernel_shape=2,2 strides=2,2 pads=1,1,1,1", "1 2 3 4"},
    {"x:1,2,2,2= 1 2 3 4 10 20 30 40", "", "y=GlobalAveragePool(x)", "2.5 25"},
    {"x:1,2,1,2= 1 2 3 4", "s:2= 2 3; b:2= 1 0; m:2= 1 3; v:2= 4 1", "y=BatchNormalization(x,s,b,m,v)", "1 2 0 3"},
    {"x:1,1,1,2= 1 2", "r:0=; s:4= 1 1 2 2",
     "y=Resize(x,r,s) mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor", "1 1 2 2 1 1 2 2"},
    {"x:1,4,1,1= 1 2 3 4", "", "y=DepthToSpace(x) blocksize=2", "1 2 3 4"},
    {"x:1,1,2,2= 1 2 3 4", "", "y=SpaceToDepth(x) blocksize=2", "1 2 3 4"},
    /* a flattened image: the weights of what reads it are turned */
    {"x:1,2,1,2= 1 2 3 4", "w:4,1= 1 10 100 1000", "p=MaxPool(x) kernel_shape=1,1; f=Flatten(p); y=MatMul(f,w)", "4321"},
    {"x:1,2,1,2= 1 2 3 4", "w:1,4= 1 10 100 1000; b:1= 5", "p=MaxPool(x) kernel_shape=1,1; f=Flatten(p); y=Gemm(f,w,b) transB=1",
     "4326"},
    {"x:1,2,1,2= 1 2 3 4", "k:4= 1 10 100 1000", "p=MaxPool(x) kernel_shape=1,1; f=Flatten(p); y=Mul(f,k)", "1 20 300 4000"},
    {"x:1,2,1,2= 1 2 3 4", "s#:2= 0 -1", "p=MaxPool(x) kernel_shape=1,1; y=Reshape(p,s)", "1 2 3 4"},
    {"x:1,2,1,2= 1 2 3 4", "i#:= 0; l#:1= -1; a#:1= 0",
     "p=MaxPool(x) kernel_shape=1,1; s=Shape(p); n=Gather(s,i); u=Unsqueeze(n,a); t=Concat(u,l) axis=0; y=Reshape(p,t)", "1 2 3 4"},
    {"x:1,2,2= 1 2 3 4", "c:2,1= 7 9", "t=Transpose(x) perm=0,2,1; m=MatMul(t,t); y=Add(m,c)", "14 22 19 31"},
    /* sums, searches, moves */
    {"x:1,2,3= 1 2 3 4 5 6", "a#:1= 2", "y=ReduceSum(x,a) keepdims=0", "6 15"},
    {"x:1,2,3= 1 2 3 4 5 6", "", "y=ReduceMean(x) axes=1,2 keepdims=1", "3.5"},
    {"x:1,2,1,2= 1 2 3 4", "", "p=MaxPool(x) kernel_shape=1,1; y=ReduceMax(p) axes=1,3 keepdims=0", "4"},
    {"x:1,2= 3 4", "", "y=ReduceL2(x) axes=1,-1 keepdims=0", "5"},
    {"x:1,2= 0 0", "", "y=Softmax(x)", "0.5 0.5"},
    {"x:1,2,1,2= 0 5 0 5", "", "p=MaxPool(x) kernel_shape=1,1; y=Softmax(p) axis=1", "0.5 0.5 0.5 0.5"},
    {"x:1,2,1,2= 0 5 1 5", "a#:1= 3", "p=MaxPool(x) kernel_shape=1,1; s=Softmax(p) axis=3; t=ReduceSum(s,a); y=Identity(t)", "1 1"},
    {"x:1,4= 3 9 9 1", "", "a=ArgMax(x) axis=1; y=Cast(a) to=1", "1"},
    {"x:1,4= 3 9 8 1", "k#:1= 2", "y,i=TopK(x,k)", "9 8"},
    {"x:1,3= 1 2 3", "a#:= 1", "y=CumSum(x,a) reverse=1", "6 5 3"},
    {"x#:1,2= 2 0", "d#:= 3; v:2= 0 1", "y=OneHot(x,d,v)", "0 0 1 1 0 0"},
    {"x:1,2= 1 2; z:1,1= 3", "", "y=Concat(x,z) axis=1", "1 2 3"},
    {"x:1,2,1,1= 1 2; z:1,1,1,1= 3", "", "p=MaxPool(x) kernel_shape=1,1; q=MaxPool(z) kernel_shape=1,1; y=Concat(p,q) axis=1",
     "1 2 3"},
    {"x:1,5= 1 2 3 4 5", "s#:1= 1; e#:1= 5; a#:1= 1; t#:1= 2", "y=Slice(x,s,e,a,t)", "2 4"},
    {"x:1,2= 1 2", "p#:4= 0 1 0 2", "y=Pad(x,p)", "0 1 2 0 0"},
    {"x:1,4= 1 2 3 4", "s#:2= 1 3", "a,y=Split(x,s) axis=1; z=Neg(y)", "-2 -3 -4"},
    {"x:1,1,2= 1 2", "s#:3= 1 2 2", "y=Expand(x,s)", "1 2 1 2"},
    {"x:1,2= 1 2", "r#:2= 1 2", "y=Tile(x,r)", "1 2 1 2"},
    {"x#:1,2= 2 0", "t:3,2= 1 2 3 4 5 6", "y=Gather(t,x)", "5 6 1 2"},
    {"x:1,2,3= 1 2 3 4 5 6", "i#:= -1", "y=Gather(x,i) axis=2", "3 6"},
    {"x:1,2,2= 1 3 2 6", "s:2= 1 2; b:2= 0 1", "y=LayerNormalization(x,s,b) epsilon=0.0", "-1 3 -1 3"},
    {"x:1,3= -1 0.5 0.9999", "", "y=Acos(x)", "3.1415927 1.0471976 0.0141423"},
    {"x:1,3= -1 0.001 0.5", "", "y=Asin(x)", "-1.5707963 0.00100000017 0.52359878"},
    {"x:1,3= -20 0.001 0.5", "", "y=Asinh(x)", "-3.6895037 0.00099999983 0.48121183"},
    {"x:1,2= 1 20", "", "y=Acosh(x)", "0 3.6882539"},
    {"x:1,3= -0.5 0.001 0.9", "", "y=Atanh(x)", "-0.54930614 0.00100000033 1.4722195"},
    {"x:1,3= -2 0.001 3", "", "y=Sinh(x)", "-3.6268604 0.00100000017 10.017875"},
    {"x:1,2= -2 0", "", "y=Cosh(x)", "3.7621957 1"},
    {"x:1,2= 1 1.7182818", "", "y=ReduceLogSum(x) axes=1,-1 keepdims=0", "1"},
    {"x:1,2,3= 1 2 3 4 5 6", "", "y=Trilu(x)", "1 2 3 0 5 6"},
    {"x:1,2,3= 1 2 3 4 5 6", "k#:= 1", "y=Trilu(x,k)", "0 2 3 0 0 6"},
    {"x:1,2,3= 1 2 3 4 5 6", "k#:= -1", "y=Trilu(x,k) upper=0", "0 0 0 4 0 0"},
    {"x:1,2,2= 1 2 3 4", "w:2,2= 1 0 0 2", "y=Einsum(x,w) equation=bij,jk->bik", "1 4 3 8"},
    {"x:1,2,2= 1 2 3 4", "", "y=Einsum(x,x) equation=bij,bkj->bik", "5 11 11 25"},
    {"x:1,2,2= 1 2 3 4", "", "y=Einsum(x) equation=bij->bj", "4 6"},
    {"x:1,2= 1 2", "n:2= 5 0", "q=Div(x,n); d=Sub(q,q); i=IsNaN(d); y=Where(i,x,d)", "0 2"},
    {"x:1,1,2,1= 1 3", "s:1= 2; b:1= 1", "y=InstanceNormalization(x,s,b) epsilon=0.0", "-1 3"},
};

/* ---- recurrent layers, against numbers of the specification's formulas ---- */
#define TURNS "x:1,3,2= 1 -1 0.5 2 -2 0"
#define LSTM                                                                                                                       \
    "w:1,8,2= 0.2 -0.2 0.5 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2 0.5 0.1 -0.3; "                                              \
    "r:1,8,2= 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2 0.5 0.1 -0.3 0.4 0 -0.4; "                                                \
    "b:1,16= -0.3 0.2 -0.2 0.3 -0.1 0.4 0 -0.4 0.1 -0.3 0.2 -0.2 0.3 -0.1 0.4 0"
#define BOTH                                                                                                                       \
    "w:2,8,2= 0.2 -0.2 0.5 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2 0.5 0.1 -0.3 0.5 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 "     \
    "-0.2 0.5 0.1 -0.3 0.4 0; r:2,8,2= 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2 0.5 0.1 -0.3 0.4 0 -0.4 0.4 0 -0.4 0.3 -0.1 "    \
    "-0.5 0.2 -0.2 0.5 0.1 -0.3 0.4 0 -0.4 0.3 -0.1; b:2,16= -0.3 0.2 -0.2 0.3 -0.1 0.4 0 -0.4 0.1 -0.3 0.2 -0.2 0.3 -0.1 0.4 0 "  \
    "0.3 -0.1 0.4 0 -0.4 0.1 -0.3 0.2 -0.2 0.3 -0.1 0.4 0 -0.4 0.1 -0.3"
#define GRU                                                                                                                        \
    "w:1,6,2= -0.2 0.5 0.1 -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2; r:1,6,2= -0.3 0.4 0 -0.4 0.3 -0.1 -0.5 0.2 -0.2 0.5 0.1 -0.3; " \
    "b:1,12= 0.2 -0.2 0.3 -0.1 0.4 0 -0.4 0.1 -0.3 0.2 -0.2 0.3"
#define FIRST "t=Transpose(x) perm=1,0,2; "
static const graph_case recurrent[] = {
    {"x:1,2,1= 1 -1", "w:1,1,1= 1; r:1,1,1= 2; b:1,2= 0.5 0; a#:1= 1",
     FIRST "n=RNN(t,w,r,b) activations=Relu, hidden_size=1; s=Squeeze(n,a); y=Transpose(s) perm=1,0,2", "1.5 2.5"},
    {"x:1,2,1= 1 -1", "w:1,1,1= 1; r:1,1,1= 2; b:1,2= 0.5 0; a#:1= 1",
     FIRST "n=RNN(t,w,r,b) activations=Relu, hidden_size=1 direction=reverse; s=Squeeze(n,a); y=Transpose(s) perm=1,0,2", "1.5 0"},
    {TURNS, LSTM, "y=LSTM(x,w,r,b) hidden_size=2 layout=1", "-0.05269766 0 0.1559116 -0.1350151 0.1933052 -0.2369188"},
    {TURNS, LSTM "; l#:1= 3; z:1,1,2= 0 0; a#:1= 1; i#:= -1",
     FIRST "n=LSTM(t,w,r,b,l,z,z) hidden_size=2; s=Squeeze(n,a); y=Gather(s,i) axis=0", "0.1933052 -0.2369188"},
    {TURNS, LSTM "; a#:1= 0; k:2= 10 100", FIRST "n,h=LSTM(t,w,r,b) hidden_size=2; s=Squeeze(h,a); y=Mul(s,k)",
     "1.933052 -23.69188"},
    {TURNS, BOTH "; d#:3= 0 0 -1",
     FIRST
     "n=LSTM(t,w,r,b) hidden_size=2 direction=bidirectional; u=Transpose(n) perm=0,2,1,3; v=Reshape(u,d); y=Transpose(v) perm=1,0,2",
     "-0.05269766 0 0.03856732 0.02418417 0.1559116 -0.1350151 -0.1578694 -0.140674 0.1933052 -0.2369188 -0.0628354 -0.2059803"},
    {TURNS, BOTH, FIRST "n,h=LSTM(t,w,r,b) hidden_size=2 direction=bidirectional; y=Transpose(h) perm=1,0,2",
     "0.1933052 -0.2369188 0.03856732 0.02418417"},
    {TURNS, GRU, "y=GRU(x,w,r,b) layout=1 linear_before_reset=1",
     "0.4206617 0.1987608 0.05801139 -0.02635997 0.2531299 -0.1126773"},
    {TURNS, GRU, "y=GRU(x,w,r,b) layout=1 linear_before_reset=1 direction=reverse",
     "0.3861682 0.1412211 -0.09798595 -0.09602108 0.2212425 -0.1060278"},
    {TURNS, GRU "; m:2,1= 10 100",
     FIRST "n,h=GRU(t,w,r,b) hidden_size=2 linear_before_reset=1 direction=reverse; s=Transpose(h) perm=1,0,2; y=MatMul(s,m)",
     "17.983792"},
};

static void check_case(const graph_case *c)
{
    imported_input in[8];
    size_t inputs;
    int64_t size;
    char *end;
    const lng_text file = file_of(c, in, &inputs);
    const float *got = imported_run(&file, in, inputs, 1, &size);
    ck_assert_msg(got != NULL, "%s: %s", c->nodes, rendered(false));
    const char *at = c->out;
    for (int64_t i = 0; i < size; i++, at = end) {
        const float want = strtof(at, &end);
        ck_assert_msg(end > at && fabsf(got[i] - want) <= 1e-5f * fmaxf(1, fabsf(want)), "%s: number %lld is %g, not %g\n%s",
                      c->nodes, (long long)i, (double)got[i], (double)want, imported_text(&file));
    }
    ck_assert_msg(*skip(at) == 0, "%s: more numbers are expected than the %lld there are", c->nodes, (long long)size);
}

START_TEST(nodes_compute)
{
    check_case(&cases[_i]);
}
END_TEST

START_TEST(recurrent_layers_compute)
{
    check_case(&recurrent[_i]);
}
END_TEST

/* ---- what cannot be imported ---- */
static const struct {
    graph_case of;
    const char *says;
} mistakes[] = {
    {{"x:1,2= 1 2", "", "y=Foo(x); z=Bar(y); u=Foo(z)", ""}, "the operator Foo has no form here: `node0`, `node2`"},
    {{"x:1,2= 1 2", "", "y=Foo(x); z=Bar(y); u=Foo(z)", ""}, "the operator Bar has no form here: `node1`"},
    {{"x:1,2= 1 2", "", "y=ReduceSum(x)", ""}, "ReduceSum `node0`: it mixes the examples of a batch"},
    {{"x:1,2= 1 2", "n#:2= 1 1000000000", "t=Tile(x,n); y=Concat(t,t) axis=1", ""},
     "Concat `node1`: its result `y` would have more than 2^31 elements"},
    {{"x:1,2= 1 2", "", "y=Transpose(x)", ""}, "the output `y` has the examples as dimension 2"},
    {{"x:1,2= 1 2", "", "t=Transpose(x); y=Softmax(t)", ""}, "Softmax `node1`: it mixes the examples"},
    {{"x:1,2= 1 2", "", "t=Transpose(x); y=Add(t,x)", ""}, "Add `node1`: it mixes the examples"},
    {{TURNS, LSTM, "y=LSTM(x,w,r,b)", ""}, "LSTM `node0`: it mixes the examples"},
    {{TURNS, LSTM, "y=LSTM(x,w,r,b) layout=1 clip=3.0", ""}, "`clip` has no form here"},
    {{TURNS, LSTM, "y=LSTM(x,w,r,b) layout=1 activations=Relu,Tanh,Tanh,", ""},
     "its activation `Relu` has no form here; `Sigmoid` has"},
    {{TURNS, LSTM "; l#:1= 2", "y=LSTM(x,w,r,b,l) layout=1", ""}, "examples of different lengths have no form here"},
    {{TURNS, LSTM "; z:1,1,2= 0 1", "y=LSTM(x,w,r,b,,z) layout=1", ""}, "only zeros can be the states at the start"},
    {{TURNS, LSTM "; p:1,6= 1 1 1 1 1 1", "y=LSTM(x,w,r,b,,,,p) layout=1", ""}, "peepholes have no form here"},
    {{TURNS, LSTM, "n,h,c=LSTM(x,w,r,b) layout=1; y=Neg(c)", ""}, "its last cell state, `c`, is read"},
    {{TURNS, GRU, "y=GRU(x,w,r,b) layout=1", ""}, "only `linear_before_reset=1` has a form here"},
    {{TURNS, GRU, "y=LSTM(x,w,r,b) layout=1", ""}, "its weights are not those of 2 numbers in each turn"},
    {{"x:1,2,2= 1 2 3 4", "", "y=Einsum(x,x) equation=aij,bjk->aik", ""}, "it mixes the examples"},
    {{"x:1,2,2= 1 2 3 4", "", "y=Einsum(x,x) equation=aij,ajk", ""}, "only an equation such as"},
    {{"x:1,2= 1 2", "w:3,1= 1 2 3", "y=MatMul(x,w)", ""}, "its weights read 3 numbers"},
    {{IMAGE, "w:1,1,9,9= 1", "y=Conv(x,w)", ""}, "by its shape, and others by its content"},
    {{IMAGE, "w:1,1,5,5= 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25", "y=Conv(x,w)", ""},
     "its window of 5 does not fit into 4"},
    {{IMAGE, "w:1,2,1,1= 1 2", "y=Conv(x,w)", ""}, "its weights read 2 channels in 1 groups, and there are 1"},
    {{IMAGE, "", "y=Conv(x,x)", ""}, "its weights must be constants"},
    {{IMAGE, "", "y=MaxPool(x)", ""}, "`kernel_shape`"},
    {{"x:1,2= 1 2", "", "y=Relu(z)", ""}, "it reads `z`, which nothing before it computes"},
    {{"x:1,2= 1 2", "", "y=Relu(x,x)", ""}, "it has 2 operands"},
    {{"x:1,2= 1 2", "s#:1= 7", "y=Reshape(x,s)", ""}, "it mixes the examples"},
    {{"x:1,0=", "", "y=Relu(x)", ""}, "the input `x` has a dimension of a size that is not known"},
    {{"x:1,2= 1 2", "c:= 1", "y=Neg(c)", ""}, "the output `y` depends on no input"},
    {{"x:1,2= 1 2", "c:-1= 1", "y=Add(x,c)", ""}, "the tensor `c` has a dimension below 0 or beyond 2^31"},
    {{"x:1,2= 1 2", "c:65536,65536= 1", "y=Add(x,c)", ""}, "the tensor `c` has more than 2^31 elements"},
    {{"x:1,-3= 1", "", "y=Relu(x)", ""}, "`x` has a dimension below 0 or beyond 2^31"},
    {{"x:1,65536,65536= 1", "", "y=Relu(x)", ""}, "the input `x` has more than 2^31 elements"},
    /* equations */
    {{"x:1,2,2= 1 2 3 4", "", "y=Einsum(x) equation=bi->bi", ""},
     "its equation has another number of letters than operand 1 dimensions"},
    {{"x:1,2= 1 2; z:1,3= 1 2 3", "", "y=Einsum(x,z) equation=bi,bi->b", ""}, "`i` is 2 and 3 elements"},
    {{"x:1,2,2= 1 2 3 4", "", "y=Einsum(x) equation=bii->bi", ""}, "`i` is twice among the axes of one value"},
    {{"x:1,2= 1 2", "", "y=Einsum(x) equation=bi->bj", ""}, "`j` is in no operand"},
    {{"x:1,1,1,1,1= 1; z:1,1,1,1,1,1= 1", "", "y=Einsum(x,z) equation=bcdef,bghijk->bcdefghijk", ""},
     "its result has 9 dimensions; the limit is 8"},
    {{"x:1,2= 1 2", "", "y=Einsum(x) equation=bi->bii", ""}, "`i` is twice among the axes of one value"},
    /* images */
    {{IMAGE, "", "y=AveragePool(x) kernel_shape=2,2,2", ""}, "`kernel_shape` has 3 numbers; an image of 2 axes needs 2"},
    {{IMAGE, "", "y=MaxPool(x) kernel_shape=a,b,", ""}, "`kernel_shape`"},
    {{IMAGE, "", "y=MaxPool(x) kernel_shape=2,2 auto_pad=FOO", ""}, "auto_pad=FOO has no form here"},
    {{IMAGE, "w:1,1,2,2= 1 2 3 4", "y=Conv(x,w) kernel_shape=3,3", ""}, "`kernel_shape` is not that of its weights"},
    {{IMAGE, "w:1,1,2,2= 1 2 3 4", "y=Conv(x,w) kernel_shape=a,b,", ""}, "`kernel_shape`"},
    {{IMAGE, "w:1,1,1,1= 1; b:2= 1 2", "y=Conv(x,w,b)", ""}, "its bias does not have a number for each of 1 channels"},
    {{IMAGE, "w:1,1,2,2= 1 2 3 4", "y=ConvTranspose(x,w) auto_pad=SAME_UPPER", ""}, "auto_pad and output_shape have no form here"},
    {{IMAGE, "w:2,1,1,1= 1 2", "y=ConvTranspose(x,w)", ""}, "its weights read 2 channels, and there are 1"},
    {{IMAGE, "w:1,1,1,1= 1", "y=ConvTranspose(x,w) pads=2,2,2,2", ""}, "its result has no rows or columns"},
    {{IMAGE, "", "y=MaxPool(x) kernel_shape=2,2 dilations=2,2", ""}, "dilations have no form here"},
    {{IMAGE, "", "m,i=MaxPool(x) kernel_shape=2,2; y=Cast(i) to=1", ""}, "the indices of the largest have no form here"},
    {{IMAGE, "", "y=AveragePool(x) kernel_shape=2,2 pads=1,1,1,1 count_include_pad=1 ceil_mode=1", ""},
     "count_include_pad together with ceil_mode"},
    {{IMAGE, "", "y=MaxPool(x) kernel_shape=1,1 pads=1,1,1,1", ""}, "its padding of 1 is not below its window"},
    {{IMAGE, "", "y=Resize(x)", ""}, "only images, by a constant scale or size, can be imported"},
    {{IMAGE, "r:0=; s:4= 1 1 1.5 1.5", "y=Resize(x,r,s) mode=nearest", ""},
     "its scale is 1.5; only whole factors have a form here"},
    {{IMAGE, "r:0=; s:4= 1 1 2 2", "y=Resize(x,r,s) mode=cubic", ""}, "mode=cubic with half_pixel has no form here"},
    {{IMAGE, "", "y=SpaceToDepth(x) blocksize=3", ""}, "its blocks of 3 do not divide the image"},
    {{"x:1,4,1,1= 1 2 3 4", "", "y=DepthToSpace(x) blocksize=2 mode=CRD", ""}, "mode=CRD has no form here"},
    /* moves */
    {{"x:1,2= 1 2", "s#:2= 1 -2", "y=Reshape(x,s)", ""}, "its shape has a dimension of -2"},
    {{"x:1,2= 1 2", "a#:1= 5", "y=Squeeze(x,a)", ""}, "it has no axis 5"},
    {{"x:1,2= 1 2", "a#:1= 1", "y=Squeeze(x,a)", ""}, "the axis that it drops has 2 elements"},
    {{"x:1,2= 1 2", "a#:8= 1 2 3 4 5 6 7 8", "y=Unsqueeze(x,a)", ""}, "its result has 10 dimensions; the limit is 8"},
    {{"x:1,2= 1 2", "a#:2= 1 1", "y=Unsqueeze(x,a)", ""}, "it names an axis twice"},
    {{"x:1,2= 1 2", "", "y=Flatten(x) axis=7", ""}, "it has no axis 7"},
    {{"x:1,2= 1 2", "", "y=Transpose(x) perm=0,1,2", ""}, "its permutation has 3 dimensions of 2"},
    {{"x:1,2= 1 2", "", "y=Transpose(x) perm=0,0", ""}, "its permutation is none"},
    {{"x:1,2= 1 2", "", "y=Transpose(x) perm=a,b,", ""}, "its permutation"},
    {{"x:1,2= 1 2", "s#:2= 1 3", "y=Expand(x,s)", ""}, "2 elements cannot be stretched to 3"},
    {{"x:1,2= 1 2", "r#:2= 1 0", "y=Tile(x,r)", ""}, "it repeats an axis 0 times"},
    {{"x:1,2,2= 1 2 3 4", "", "y=Trilu(x,x)", ""}, "its diagonal must be a constant"},
    /* operands and attributes */
    {{"x:1,2= 1 2; z:1,3= 1 2 3", "", "y=Add(x,z)", ""}, "its operands have shapes that do not fit together"},
    {{"x:1,2= 1 2", "c:3,2= 1 2 3 4 5 6", "y=Add(x,c)", ""}, "its operand `c` has a number for each example"},
    {{"x:1,2= 1 2", "", "y=Selu(x) alpha=1.0", ""}, "its alpha and gamma are not those of the paper"},
    {{"x:1,2= 1 2", "", "y=Clip(x,x)", ""}, "its limits must be constants"},
    {{"x:1,2= 1 2", "r:= 1.5", "y=Dropout(x,r)", ""}, "its ratio is not from 0 to 1"},
    {{"x:1,2= 1 2", "", "y=Dropout(x,x)", ""}, "its ratio must be a constant"},
    {{"x:1,2= 1 2", "", "y=Cast(x) to=8", ""}, "it makes numbers of"},
    {{"x:1,2= 1 2", "", "y=PRelu(x,x)", ""}, "its slopes must be constants"},
    {{"x:1,2= 1 2", "s:3= 1 2 3", "y=PRelu(x,s)", ""}, "it has 3 slopes for 2 channels"},
    {{"x#:1,2= 7 8", "d#:= 2", "q=Mod(x,d) fmod=1; y=Cast(q) to=1", ""}, "fmod of integers has no form here"},
    {{"x:1,2,1= 1 -1", "w:2,1,1= 1 1; r:2,1,1= 2 2", "y=RNN(x,w,r) layout=1 direction=bidirectional activations=Relu,Tanh,", ""},
     "its directions have different activations"},
};

START_TEST(mistakes_are_named)
{
    imported_input in[8];
    size_t inputs;
    const lng_text file = file_of(&mistakes[_i].of, in, &inputs);
    ck_assert_ptr_null(imported_text(&file));
    ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
    ck_assert_msg(strstr(rendered(false), mistakes[_i].says) != NULL, "%s, not: %s", rendered(false), mistakes[_i].says);
}
END_TEST

/* The operators of opset 17: those that have a form here, of constants alone if need be, and those that have none. */
static const char formed[] =
    "Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Celu Clip "
    "Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh CumSum DepthToSpace Div Dropout Einsum Elu Equal Erf "
    "Exp Expand Flatten Floor GRU Gather GatherND Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual "
    "HardSigmoid HardSwish Identity InstanceNormalization IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual "
    "Log LogSoftmax MatMul Max MaxPool Mean Min Mod Mul Neg Not OneHot Or PRelu Pad Pow RNN Range Reciprocal ReduceL1 "
    "ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu "
    "Reshape Resize Round Selu Shape Sigmoid Sign Sin Sinh Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt "
    "Squeeze Sub Sum Tan Tanh Tile TopK Transpose Trilu Unsqueeze Where Xor";
static const char unformed[] =
    "Bernoulli BitShift BlackmanWindow CastLike Compress ConcatFromSequence ConvInteger DFT DequantizeLinear Det "
    "DynamicQuantizeLinear EyeLike GatherElements GlobalLpPool GridSample HammingWindow HannWindow Hardmax If IsInf Loop "
    "LpNormalization LpPool MatMulInteger MaxRoiPool MaxUnpool MeanVarianceNormalization MelWeightMatrix Multinomial "
    "NegativeLogLikelihoodLoss NonMaxSuppression NonZero Optional OptionalGetElement OptionalHasElement QLinearConv "
    "QLinearMatMul QuantizeLinear RandomNormal RandomNormalLike RandomUniform RandomUniformLike ReverseSequence RoiAlign "
    "STFT Scan ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert "
    "SequenceLength SequenceMap Shrink Size SoftmaxCrossEntropyLoss SplitToSequence StringNormalizer TfIdfVectorizer "
    "ThresholdedRelu Unique";

static bool has_form(const char *type)
{
    const graph_case c = {"x:1,2= 1 2", "", lng_format(arena, "y=%s(x)", type), ""};
    imported_input in[8];
    size_t inputs;
    const lng_text file = file_of(&c, in, &inputs);
    (void)imported_text(&file);
    const bool has = !strstr(rendered(false), lng_format(arena, "the operator %s has no form here: `node0`", type));
    lng_errors_clear(errors);
    return has;
}

START_TEST(operators_have_a_form_or_are_named)
{
    for (const char *at = skip(formed); *at; at = skip(at)) {
        const char *type = word(&at, " ");
        ck_assert_msg(has_form(type), "%s has no form any more", type);
    }
    for (const char *at = skip(unformed); *at; at = skip(at)) {
        const char *type = word(&at, " ");
        ck_assert_msg(!has_form(type), "%s has a form now: it belongs to the other list", type);
    }
}
END_TEST

/* Cut at any byte, or with any byte changed, it is read or refused. */
START_TEST(damage_is_noticed)
{
    static const graph_case c = {IMAGE, "w:1,1,3,3= 1 1 1 1 1 1 1 1 1; b:1= 2; v:4,2= 1 2 3 4 5 6 7 8; s#:2= 0 -1",
                                 "c=Conv(x,w,b); r=Relu(c); f=Reshape(r,s); y=MatMul(f,v); z=Softmax(y)", ""};
    imported_input in[8];
    size_t inputs;
    const lng_text file = file_of(&c, in, &inputs);
    must(imported_text(&file) != NULL);
    for (size_t n = 0; n < file.length; n++) {
        lng_text cut = lng_text_new(arena), changed = lng_text_new(arena);
        lng_text_put(&cut, file.at, n);
        if (!imported_text(&cut))
            ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
        lng_errors_clear(errors);
        lng_text_put(&changed, file.at, file.length);
        changed.at[n] = (char)(changed.at[n] ^ (1 << n % 8));
        if (!imported_text(&changed))
            ck_assert_int_eq(lng_errors_status(errors), LNG_BAD_INPUT);
        lng_errors_clear(errors);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {LOOP(nodes_compute, LENGTH(cases)),
                                LOOP(recurrent_layers_compute, LENGTH(recurrent)),
                                LOOP(mistakes_are_named, LENGTH(mistakes)),
                                TEST(operators_have_a_form_or_are_named),
                                TEST(damage_is_noticed),
                                {0}};
    return suite_run("import of ONNX", tests, NULL, NULL);
}
