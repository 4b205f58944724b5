/* Loops in ONNX (onnx.h): a Scan, whose body is a graph. Its states are the carries, its operands what the turns step through, along the axis behind
 * the examples; its results are what the carries have at the end, and the stacks. A turn may read whatever is outside, as in our graph. */
#include "export/onnx.h"

bool lng_onnx_carry(lng_onnx *o, const lng_node *n)
{
    o->carried[n->id] = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    return lng_onnx_done(o, n, lng_onnx_new_name(o, lng_format(o->arena, "%s.carry", o->scope)));
}

bool lng_onnx_last(lng_onnx *o, const lng_node *n)
{
    return lng_onnx_done(o, n, o->carried[n->in[0]->node->id]);
}

static void cross(lng_onnx *o, lng_onnx_crossing **list, size_t *n, size_t *capacity, lng_onnx_crossing c)
{
    *list = lng_grow(o->arena, *list, *n, capacity, sizeof **list);
    (*list)[(*n)++] = c;
}

bool lng_onnx_step(lng_onnx *o, const lng_node *n)
{
    lng_onnx_body *b = o->body;
    const char *inside = lng_onnx_new_name(o, lng_format(o->arena, "%s.step", o->scope));
    cross(o, &b->step, &b->steps, &b->step_capacity, (lng_onnx_crossing){n, lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS), inside});
    return lng_onnx_done(o, n, inside);
}

bool lng_onnx_stack(lng_onnx *o, const lng_node *n)
{
    lng_onnx_body *b = o->body;
    const char *outside = lng_onnx_new_name(o, lng_format(o->arena, "%s.stack", o->scope));
    cross(o, &b->stack, &b->stacks, &b->stack_capacity,
          (lng_onnx_crossing){n, outside, lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS)});
    return lng_onnx_done(o, n, outside);
}

void lng_onnx_loop_begin(lng_onnx *o, const lng_loop *loop)
{
    lng_onnx_body *body = LNG_NEW(o->arena, lng_onnx_body);
    *body = (lng_onnx_body){.outer = o->body, .loop = loop, .nodes = lng_text_new(o->arena)};
    o->body = body;
}

/* ---- the end ---- */
typedef struct scan {
    lng_text ports; /* of the body */
    const char **in, **out;
    int ins, outs;
} scan;

/* A result of the body must be computed there, and be no other one. */
static void put_result(lng_onnx *o, scan *s, const lng_value *v, const char *inside)
{
    const char *name = lng_onnx_new_name(o, lng_format(o->arena, "%s.next", o->scope));
    lng_onnx_finish(o, inside, name);
    lng_onnx_port(&s->ports, 12, name, v->dtype, v->shape, true);
}

static void put_carries(lng_onnx *o, scan *s)
{
    const lng_loop *loop = o->body->loop;
    for (size_t i = 0; i < loop->carries; i++) {
        const lng_node *n = loop->carry[i].node;
        if (!o->carried[n->id])
            continue;
        s->in[s->ins++] = o->carried[n->id];
        lng_onnx_port(&s->ports, 11, lng_onnx_read(o, &n->out[0], LNG_ONNX_AS_IS), n->out[0].dtype, n->out[0].shape, true);
        put_result(o, s, loop->carry[i].next, lng_onnx_read(o, loop->carry[i].next, LNG_ONNX_AS_IS));
        s->out[s->outs++] = o->carried[n->id] = lng_onnx_new_name(o, lng_format(o->arena, "%s.last", o->scope));
    }
}

/* A loop that steps through nothing counts its turns. */
static void put_steps(lng_onnx *o, scan *s)
{
    const lng_onnx_body *b = o->body;
    for (size_t i = 0; i < b->steps; i++) {
        const lng_value *v = &b->step[i].node->out[0];
        s->in[s->ins++] = b->step[i].outside;
        lng_onnx_port(&s->ports, 11, b->step[i].inside, v->dtype, v->shape, true);
    }
    if (b->steps > 0)
        return;
    s->in[s->ins++] = lng_onnx_range(o, b->loop->count);
    lng_onnx_port(&s->ports, 11, lng_onnx_new_name(o, lng_format(o->arena, "%s.turn", o->scope)), LNG_I32, (lng_shape){0}, false);
}

static void put_stacks(lng_onnx *o, scan *s)
{
    const lng_onnx_body *b = o->body;
    for (size_t i = 0; i < b->stacks; i++) {
        put_result(o, s, b->stack[i].node->in[0], b->stack[i].inside);
        s->out[s->outs++] = b->stack[i].outside;
    }
}

/* `axes` and `directions` of what crosses: behind the examples, and those in reverse the last turn first. */
static void set_crossings(lng_onnx *o, const char *axes, const char *directions, const lng_onnx_crossing *list, size_t n)
{
    int64_t *axis = LNG_NEW_N(o->arena, n + 1, int64_t), *direction = LNG_NEW_N(o->arena, n + 1, int64_t);
    for (size_t i = 0; i < n; i++) {
        axis[i] = 1;
        direction[i] = list[i].node->attr[LNG_LOOP_REVERSE].i;
    }
    lng_onnx_ints(o, axes, axis, (int)n);
    lng_onnx_ints(o, directions, direction, (int)n);
}

void lng_onnx_loop_end(lng_onnx *o)
{
    lng_onnx_body *b = o->body;
    const size_t most = b->loop->carries + b->steps + b->stacks + 1;
    scan s = {lng_text_new(o->arena), LNG_NEW_N(o->arena, most, const char *), LNG_NEW_N(o->arena, most, const char *), 0, 0};
    const char *name = lng_onnx_new_name(o, lng_format(o->arena, "%s.Scan", o->scope));
    put_carries(o, &s);
    put_steps(o, &s);
    put_stacks(o, &s);
    lng_text graph = lng_text_new(o->arena);
    lng_text_put(&graph, b->nodes.at, b->nodes.length);
    lng_proto_string(&graph, 2, name);
    lng_text_put(&graph, s.ports.at, s.ports.length);
    o->body = b->outer;
    lng_onnx_graph(o, "body", &graph);
    lng_onnx_int(o, "num_scan_inputs", b->steps > 0 ? (int64_t)b->steps : 1);
    if (b->steps > 0)
        set_crossings(o, "scan_input_axes", "scan_input_directions", b->step, b->steps);
    if (b->stacks > 0)
        set_crossings(o, "scan_output_axes", "scan_output_directions", b->stack, b->stacks);
    lng_onnx_put(o, name, "Scan", s.in, s.ins, s.out, s.outs);
}

/* ---- linear recurrences ---- */
/* y = a y + x in each turn, whose body has no value of the graph. */
static lng_text body_of_recurrence(lng_onnx *o, const char *name, lng_shape row)
{
    static const char *const port[] = {"y", "x", "a"};
    const char *in[3], *next = lng_onnx_new_name(o, lng_format(o->arena, "%s.next", name));
    lng_onnx_body body = {.outer = o->body, .nodes = lng_text_new(o->arena)};
    lng_text graph = lng_text_new(o->arena);
    lng_proto_string(&graph, 2, name);
    for (int i = 0; i < 3; i++) {
        in[i] = lng_onnx_new_name(o, lng_format(o->arena, "%s.%s", name, port[i]));
        lng_onnx_port(&graph, 11, in[i], LNG_F32, row, true);
    }
    o->body = &body;
    const char *y = lng_onnx_binary(o, "Add", lng_onnx_binary(o, "Mul", in[2], in[0]), in[1]);
    lng_onnx_finish(o, y, next);
    const char *kept = lng_onnx_new_name(o, lng_format(o->arena, "%s.kept", name));
    lng_onnx_finish(o, y, kept);
    o->body = body.outer;
    lng_onnx_port(&graph, 12, next, LNG_F32, row, true);
    lng_onnx_port(&graph, 12, kept, LNG_F32, row, true);
    lng_text_put(&graph, body.nodes.at, body.nodes.length);
    return graph;
}

const char *lng_onnx_recurred(lng_onnx *o, const lng_node *n, int axis)
{
    const lng_shape s = n->out[0].shape;
    const int64_t axes[] = {axis, axis}, reverse = n->attr[LNG_RECURRENCE_REVERSE].i, directions[] = {reverse, reverse};
    lng_shape row = {.rank = s.rank - 1};
    for (int i = 0; i < row.rank; i++)
        row.dim[i] = s.dim[i < axis - 1 ? i : i + 1];
    const char *in[] = {NULL, lng_onnx_expanded(o, n->in[0], s), lng_onnx_expanded(o, n->in[1], s)};
    const char *largest = n->in[0]->per_example ? in[1] : in[2];
    lng_onnx_int(o, "axis", axis);
    const char *first = lng_onnx_binary(o, "Gather", largest, lng_onnx_number(o, LNG_I32, 0));
    in[0] = lng_onnx_binary(o, "Expand", lng_onnx_number(o, LNG_F32, n->attr[LNG_RECURRENCE_START].f),
                            lng_onnx_unary(o, "Shape", first));
    const char *name = lng_onnx_new_name(o, lng_format(o->arena, "%s.Scan", o->scope)),
               *const out[] = {lng_onnx_new_name(o, lng_format(o->arena, "%s.last", name)), name};
    const lng_text body = body_of_recurrence(o, name, row);
    lng_onnx_graph(o, "body", &body);
    lng_onnx_int(o, "num_scan_inputs", 2);
    lng_onnx_ints(o, "scan_input_axes", axes, 2);
    lng_onnx_ints(o, "scan_input_directions", directions, 2);
    lng_onnx_ints(o, "scan_output_axes", axes, 1);
    lng_onnx_ints(o, "scan_output_directions", directions, 1);
    lng_onnx_put(o, name, "Scan", in, 3, out, 2);
    return name;
}
