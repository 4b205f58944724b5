/* The builder: makes nodes, and checks, folds and merges them as it goes.
 *
 * An equal node (same op, operands and attributes; for variables, the same name) is found in an open hash table and returned instead. A
 * pointwise op of filled constants folds into a filled constant by running the op's own naive kernel on one element, so folding never
 * changes a bit. A pointwise op of only the run's state and numbers becomes one node of the clock. */
#include "base/assert.h"
#include "graph/level.h"
#include "graph/ops.h"
#include <string.h>

typedef struct slot {
    lng_node *node; /* NULL: free */
    uint64_t hash;
} slot;

struct lng_intern {
    slot *slot;
    size_t size, used; /* size is a power of two */
    lng_map *name;     /* of variables and random nodes */
};

static struct lng_intern *new_intern(lng_arena *arena, size_t size)
{
    struct lng_intern *t = LNG_NEW(arena, struct lng_intern);
    *t = (struct lng_intern){.slot = LNG_NEW_N(arena, size, slot), .size = size, .name = lng_map_new(arena)};
    return t;
}

lng_graph *lng_graph_new(lng_arena *arena, lng_errors *errors)
{
    lng_graph *g = LNG_NEW(arena, lng_graph);
    *g = (lng_graph){
        .arena = arena, .errors = errors, .scope = "", .output_named = lng_map_new(arena), .intern = new_intern(arena, 256)};
    return g;
}

static bool attr_equal(const lng_attr *a, const lng_attr *b)
{
    bool same_text = a->s == b->s || (a->s && b->s && strcmp(a->s, b->s) == 0);
    return a->i == b->i && memcmp(&a->f, &b->f, sizeof a->f) == 0 && same_text && lng_shape_equal(a->v, b->v);
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const char *text)
{
    return mix(h, text ? lng_hash(text, strlen(text)) : 0);
}

static uint64_t mix_attr(uint64_t h, const lng_attr *a)
{
    uint64_t f;
    memcpy(&f, &a->f, sizeof f);
    h = mix_text(mix(mix(h, (uint64_t)a->i), f), a->s);
    for (int i = 0; i < a->v.rank; i++)
        h = mix(h, (uint64_t)a->v.dim[i]);
    return h;
}

static uint64_t node_hash(const lng_node *n)
{
    uint64_t h = mix(0, (uintptr_t)n->op);
    for (int i = 0; i < n->n_in; i++)
        h = mix(h, (uintptr_t)n->in[i]);
    for (int i = 0; i < n->op->n_attr; i++)
        h = mix_attr(h, &n->attr[i]);
    return n->op->flags & LNG_OP_STORED ? mix_text(h, n->name) : h;
}

static bool node_equal(const lng_node *a, const lng_node *b)
{
    if (a->op != b->op || a->n_in != b->n_in || memcmp(a->in, b->in, (size_t)a->n_in * sizeof *a->in) != 0)
        return false;
    for (int i = 0; i < a->op->n_attr; i++)
        if (!attr_equal(&a->attr[i], &b->attr[i]))
            return false;
    return !(a->op->flags & LNG_OP_STORED) || strcmp(a->name, b->name) == 0;
}

static slot *find_slot(const struct lng_intern *t, const lng_node *n, uint64_t hash)
{
    size_t i = hash & (t->size - 1);
    while (t->slot[i].node && (t->slot[i].hash != hash || !node_equal(t->slot[i].node, n)))
        i = (i + 1) & (t->size - 1);
    return &t->slot[i];
}

static slot *find_free(const struct lng_intern *t, uint64_t hash)
{
    size_t i = hash & (t->size - 1);
    while (t->slot[i].node)
        i = (i + 1) & (t->size - 1);
    return &t->slot[i];
}

/* A node without an equal in the graph. */
static void intern(lng_graph *g, lng_node *n, uint64_t hash)
{
    struct lng_intern *t = g->intern;
    if (2 * ++t->used > t->size) {
        const slot *old = t->slot;
        const size_t size = t->size;
        t->slot = LNG_NEW_N(g->arena, 2 * size, slot);
        t->size *= 2;
        for (size_t i = 0; i < size; i++)
            if (old[i].node)
                *find_free(t, old[i].hash) = old[i];
    }
    *find_free(t, hash) = (slot){n, hash};
}

/* ---- errors ---- */
static void report(lng_graph *g, const lng_infer *r)
{
    lng_place place = g->place;
    if (r->bad_in >= 0 && g->in_place && g->in_place[r->bad_in].line)
        place = g->in_place[r->bad_in];
    if (r->bad_attr >= 0 && g->attr_place && g->attr_place[r->bad_attr].line)
        place = g->attr_place[r->bad_attr];
    if (g->errors)
        lng_error(g->errors, r->code, place, "%s", r->why);
}

/* ---- folding ---- */
bool lng_value_is_constant(const lng_value *v, double *fill)
{
    bool yes = v->node->op == &lng_op_constant && v->dtype == LNG_F32;
    if (yes && fill)
        *fill = v->node->attr[LNG_CONSTANT_VALUE].f;
    return yes;
}

bool lng_value_is(const lng_value *v, double x)
{
    double fill;
    return lng_value_is_constant(v, &fill) && fill == x;
}

/* The only value of a pointwise node whose operands are all filled, by its own naive kernel. */
static lng_value *fold_pointwise(lng_graph *g, const lng_node *n)
{
    float in[LNG_MAX_IN], out = 0;
    lng_naive_call call = {.node = n, .live = 1, .example = LNG_NO_EXAMPLE};
    for (int i = 0; i < n->n_in; i++) {
        double fill;
        if (!lng_value_is_constant(n->in[i], &fill))
            return NULL;
        in[i] = (float)fill;
        call.in[i] = (lng_view){&in[i], 0};
    }
    if (n->n_in == 0 || n->out[0].dtype != LNG_F32)
        return NULL;
    lng_node one = *n; /* the same node on scalars */
    lng_value result = n->out[0], operand[LNG_MAX_IN], *operands[LNG_MAX_IN];
    result.shape = (lng_shape){0};
    for (int i = 0; i < n->n_in; i++) {
        operand[i] = *n->in[i];
        operand[i].shape = (lng_shape){0};
        operands[i] = &operand[i];
    }
    one.in = operands;
    one.out = &result;
    call.node = &one;
    call.out[0] = (lng_view){&out, 0};
    lng_op_kernels(LNG_ISA_BASELINE, n->op)->naive(&call);
    return lng_constant(g, (double)out, n->out[0].shape);
}

static bool is_clock(const lng_value *v)
{
    return v->node->op == &lng_op_clock;
}

static bool is_finite_number(const lng_value *v)
{
    double fill;
    return lng_value_is_constant(v, &fill) && fill - fill == 0;
}

/* A pointwise op of only the run's state and numbers: a program of the clock, computed in double. */
static lng_value *fold_clock(lng_graph *g, const lng_node *n)
{
    bool reads = false;
    for (int i = 0; i < n->n_in; i++) {
        if (!is_clock(n->in[i]) && !is_finite_number(n->in[i]))
            return NULL;
        reads |= is_clock(n->in[i]);
    }
    if (!reads || n->out[0].shape.rank != 0 || n->out[0].dtype != LNG_F32 || !lng_op_number(n->op))
        return NULL;
    lng_text program = lng_text_new(g->arena);
    for (int i = 0; i < n->n_in; i++) {
        const lng_attr *attr = n->in[i]->node->attr;
        char number[LNG_NUMBER_SIZE];
        lng_text_add(&program, "%s%s", i ? ", " : "(",
                     is_clock(n->in[i]) ? attr[LNG_CLOCK_PROGRAM].s : lng_number(number, attr[LNG_CONSTANT_VALUE].f));
    }
    const char *text = lng_format(g->arena, "%s%s)", n->op->name, program.at);
    return strlen(text) <= LNG_CLOCK_TEXT ? lng_read_clock(g, text) : NULL;
}

/* The value that a new node equals without computing anything, or NULL. Only identities that hold bit for bit: x * 1, x / 1, a choice
 * that is known, broadcasts and reshapes that change nothing, and those of constants. */
static lng_value *simplify(lng_graph *g, const lng_node *n)
{
    const lng_op *op = n->op;
    const lng_value *out = &n->out[0];
    double fill;
    if (op->flags & LNG_OP_POINTWISE) {
        lng_value *folded = fold_pointwise(g, n);
        if (folded)
            return folded;
    }
    if (op == &lng_op_mul || op == &lng_op_div)
        for (int i = op == &lng_op_mul ? 0 : 1; i < 2; i++) {
            lng_value *other = n->in[1 - i];
            if (lng_value_is(n->in[i], 1) && lng_shape_equal(other->shape, out->shape) && other->per_example == out->per_example)
                return other;
        }
    if (op == &lng_op_select && lng_value_is_constant(n->in[0], &fill)) {
        lng_value *taken = n->in[fill != 0 ? 1 : 2];
        if (lng_shape_equal(taken->shape, out->shape) && taken->per_example == out->per_example && taken->dtype == out->dtype)
            return taken;
    }
    if (op == &lng_op_reshape || op == &lng_op_broadcast) {
        if (lng_shape_equal(n->in[0]->shape, out->shape))
            return n->in[0];
        if (lng_value_is_constant(n->in[0], &fill))
            return lng_constant(g, fill, out->shape);
        if (op == &lng_op_reshape && n->in[0]->node->op == &lng_op_reshape)
            return lng_reshape(g, n->in[0]->node->in[0], out->shape);
    }
    return op->flags & LNG_OP_POINTWISE ? fold_clock(g, n) : NULL;
}

/* ---- making nodes ---- */
/* An op's attributes, with zeros after a list's last number. */
static void set_attr(lng_attr *to, const lng_op *op, const lng_attr *attr)
{
    for (int i = 0; i < op->n_attr; i++) {
        to[i] = attr ? attr[i] : op->attr[i].fallback;
        for (int k = to[i].v.rank; k < LNG_MAX_RANK; k++)
            to[i].v.dim[k] = 0;
    }
}

/* Consecutive nodes mostly come from the same part of the model. */
static const char *kept_name(const lng_graph *g, const char *name)
{
    const char *last = g->nodes > 0 ? g->node[g->nodes - 1]->name : "";
    return strcmp(last, name) == 0 ? last : lng_copy(g->arena, name);
}

/* The name of a random node, which is unique. */
static const char *random_name(const lng_graph *g, const lng_op *op, const char *name)
{
    if (!name)
        name = lng_path(g->arena, g->scope, op->name);
    return lng_map_new_name(g->intern->name, name);
}

static void add_carry(lng_graph *g, lng_node *n)
{
    lng_loop *loop = n->loop;
    if (!loop)
        return;
    loop->carry = lng_grow(g->arena, loop->carry, loop->carries, &loop->carry_capacity, sizeof *loop->carry);
    loop->carry[loop->carries++] = (lng_carry){n, NULL};
}

/* Copies a draft into one piece of the graph's memory, with its results, operands and attributes after it. */
static lng_node *keep(lng_graph *g, const lng_node *draft)
{
    const size_t out = (size_t)draft->n_out * sizeof *draft->out, in = (size_t)draft->n_in * sizeof(lng_value *),
                 attr = (size_t)draft->op->n_attr * sizeof *draft->attr;
    lng_node *n = lng_alloc(g->arena, sizeof *n + out + in + attr);
    void *behind = n + 1;
    *n = *draft;
    n->id = (int)g->nodes;
    n->name = kept_name(g, draft->name);
    n->out = memcpy(behind, draft->out, out);
    for (int i = 0; i < n->n_out; i++)
        n->out[i].node = n;
    n->in = memcpy((char *)behind + out, draft->in, in);
    lng_attr *own = memcpy((char *)behind + out + in, draft->attr, attr);
    for (int i = 0; i < n->op->n_attr; i++)
        own[i].s = own[i].s ? lng_copy(g->arena, own[i].s) : NULL;
    n->attr = own;
    if (n->op->flags & (LNG_OP_RANDOM | LNG_OP_STORED))
        lng_map_put(g->intern->name, n->name, n);
    g->node = lng_grow(g->arena, g->node, g->nodes, &g->node_capacity, sizeof *g->node);
    g->node[g->nodes++] = n;
    if (n->op == &lng_op_loop_carry)
        add_carry(g, n);
    return n;
}

/* Whether a value belongs to this graph. */
static inline bool is_of(const lng_graph *g, const lng_value *v)
{
    return v && (size_t)v->node->id < g->nodes && g->node[v->node->id] == v->node && v == &v->node->out[v->port];
}

/* The loop that a node's results belong to. */
static lng_loop *loop_of(const lng_graph *g, const lng_node *n)
{
    lng_loop *inner = NULL;
    if (n->op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES)) {
        const int64_t number = n->attr[LNG_LOOP_NUMBER].i;
        inner = number < 0 ? NULL : g->loop[number];
        return inner && n->op->flags & LNG_OP_LEAVES ? inner->outer : inner;
    }
    for (int i = 0; i < n->n_in; i++) {
        lng_loop *loop = n->in[i]->node->loop;
        if (loop && !lng_loop_has(loop, inner))
            inner = loop;
    }
    return inner;
}

/* What a rule emits in an open loop may read values of the loop that this one goes back over. */
static bool reach_all(lng_graph *g, lng_value **operand, int n)
{
    for (int i = 0; i < n && g->inside; i++)
        if (!(operand[i] = lng_loop_reach(g, g->inside, operand[i])))
            return false;
    return true;
}

/* Whether a node is at the border of a loop that does not exist. */
static bool is_lost(lng_graph *g, const lng_op *op, const lng_attr *attr)
{
    if (!(op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES)) || attr[LNG_LOOP_NUMBER].i < (int64_t)g->loops)
        return false;
    if (g->errors)
        lng_error(g->errors, LNG_E_RANGE, g->place, "%s names a loop that does not exist", op->name);
    return true;
}

static bool crosses_examples(lng_graph *g, const lng_node *n)
{
    if (!n->loop || !(n->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS)))
        return false;
    if (g->errors)
        lng_error(g->errors, LNG_E_KIND, g->place, "%s %s the examples of a batch, which a turn of a scan cannot", n->op->name,
                  n->op->flags & LNG_OP_BATCH ? "sums over" : "moves values between");
    return true;
}

lng_value *lng_emit(lng_graph *g, const lng_op *op, lng_value *const *in, int n_in, const lng_attr *attr, const char *name)
{
    LNG_ASSERT(n_in >= 0 && n_in <= LNG_MAX_IN);
    for (int i = 0; i < n_in; i++)
        LNG_ASSERT(is_of(g, in[i]));
    LNG_ASSERT(name || !(op->flags & LNG_OP_STORED)); /* it identifies a variable */
    const bool random = op->flags & LNG_OP_RANDOM;
    lng_attr own_attr[LNG_MAX_ATTR];
    set_attr(own_attr, op, attr);
    lng_infer r = {.op = op, .in = in, .n_in = n_in, .attr = own_attr};
    if (!lng_infer_node(&r)) {
        report(g, &r);
        return NULL;
    }
    lng_value *operand[LNG_MAX_IN], out[LNG_MAX_OUT];
    for (int i = 0; i < n_in; i++)
        operand[i] = in[i];
    if (is_lost(g, op, own_attr) || !reach_all(g, operand, n_in))
        return NULL;
    if ((op->flags & LNG_OP_COMMUTES) && n_in == 2 && operand[0]->node->id > operand[1]->node->id) {
        lng_value *first = operand[0];
        operand[0] = operand[1];
        operand[1] = first;
    }
    for (int i = 0; i < op->n_out; i++)
        out[i] = (lng_value){.port = i, .dtype = r.dtype[i], .per_example = r.per_example, .shape = r.shape[i]};
    lng_node draft = {.op = op,
                      .n_in = n_in,
                      .n_out = op->n_out,
                      .in = operand,
                      .out = out,
                      .attr = own_attr,
                      .name = name ? name : g->scope,
                      .place = g->place};
    draft.loop = loop_of(g, &draft);
    lng_value *known = simplify(g, &draft);
    if (known)
        return known;
    if (crosses_examples(g, &draft))
        return NULL;
    if (random) {
        draft.name = random_name(g, op, name);
        return keep(g, &draft)->out;
    }
    const uint64_t hash = node_hash(&draft);
    lng_node *node = find_slot(g->intern, &draft, hash)->node;
    if (!node)
        intern(g, node = keep(g, &draft), hash);
    return node->out;
}

void lng_graph_output(lng_graph *g, const char *name, lng_value *v)
{
    LNG_ASSERT(is_of(g, v) && !lng_graph_find_output(g, name));
    g->output = lng_grow(g->arena, g->output, g->outputs, &g->output_capacity, sizeof *g->output);
    g->output[g->outputs++] = (lng_output){lng_copy(g->arena, name), v};
    lng_map_put(g->output_named, name, v);
}

void lng_graph_change_output(lng_graph *g, const char *name, lng_value *v)
{
    LNG_ASSERT(is_of(g, v) && lng_graph_find_output(g, name));
    for (size_t i = 0; i < g->outputs; i++)
        if (strcmp(g->output[i].name, name) == 0)
            g->output[i].value = v;
    lng_map_put(g->output_named, name, v);
}

void lng_graph_update(lng_graph *g, const char *variable, lng_value *v)
{
    LNG_ASSERT(is_of(g, v));
    g->update = lng_grow(g->arena, g->update, g->updates, &g->update_capacity, sizeof *g->update);
    g->update[g->updates++] = (lng_output){lng_copy(g->arena, variable), v};
}

void lng_graph_change_update(lng_graph *g, const char *variable, lng_value *v)
{
    LNG_ASSERT(is_of(g, v));
    for (size_t i = 0; i < g->updates; i++)
        if (strcmp(g->update[i].name, variable) == 0)
            g->update[i].value = v;
}

lng_value *lng_graph_find_output(const lng_graph *g, const char *name)
{
    return lng_map_get(g->output_named, name);
}

lng_value *lng_graph_find_variable(const lng_graph *g, const char *name)
{
    const lng_node *n = lng_map_get(g->intern->name, name);
    return n && n->op->flags & LNG_OP_STORED ? n->out : NULL;
}

void lng_graph_forget_outputs(lng_graph *g)
{
    g->output = NULL;
    g->outputs = g->output_capacity = 0;
    g->output_named = lng_map_new(g->arena);
}

bool lng_graph_reduces_batch(const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++)
        if (g->node[i]->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS))
            return true;
    return false;
}

/* Makes the tables from the nodes. */
static void index_nodes(lng_graph *g)
{
    struct lng_intern *t = g->intern;
    memset(t->slot, 0, t->size * sizeof *t->slot);
    t->used = 0;
    t->name = lng_map_new(g->arena);
    for (size_t i = 0; i < g->nodes; i++) {
        lng_node *n = g->node[i];
        if (n->op->flags & (LNG_OP_RANDOM | LNG_OP_STORED))
            lng_map_put(t->name, n->name, n);
        if (!(n->op->flags & LNG_OP_RANDOM))
            intern(g, n, node_hash(n));
    }
}

/* number[id]: how many live nodes come before it. */
static void sweep_loop(lng_loop *loop, const bool *live, const int *number)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->carries; i++)
        if (live[loop->carry[i].node->id])
            loop->carry[kept++] = loop->carry[i];
    loop->carries = kept;
    loop->begin = number[loop->begin];
    loop->end = number[loop->end];
}

void lng_graph_sweep(lng_graph *g)
{
    const bool *live = lng_graph_live(g, g->arena);
    const size_t before = g->nodes;
    int *number = LNG_NEW_N(g->arena, before + 1, int);
    for (size_t i = 0; i < before; i++)
        number[i + 1] = number[i] + live[i];
    for (size_t k = 0; k < g->loops; k++)
        sweep_loop(g->loop[k], live, number);
    g->nodes = 0;
    for (size_t i = 0; i < before; i++)
        if (live[i]) {
            g->node[i]->id = (int)g->nodes;
            g->node[g->nodes++] = g->node[i];
        }
    if (g->nodes < before)
        index_nodes(g);
}

void lng_graph_reads(const lng_graph *g, lng_arena *arena, const lng_value **field)
{
    const bool *live = lng_graph_live(g, arena);
    for (size_t i = 0; i < g->nodes; i++)
        if (live[i] && g->node[i]->op == &lng_op_input)
            field[g->node[i]->attr[LNG_INPUT_INDEX].i] = &g->node[i]->out[0];
}
