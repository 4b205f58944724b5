/* Trials of ops: from the text in the table to a graph, and to the checks of its gradients. */
#include "train/opcheck.h"
#include "graph/ops.h"
#include <string.h>

#define STEPS  10
#define SPREAD 0.05 /* between the examples of a per-example operand */

typedef struct trial {
    const lng_op *op;
    lng_shape in[LNG_MAX_IN];
    int64_t below[LNG_MAX_IN]; /* of whole numbers; 0: of others */
    int n_in;
    lng_attr attr[LNG_MAX_ATTR];
    double low, high;
} trial;

typedef enum { SHARED, FIRST_PER_EXAMPLE, PER_EXAMPLE, KINDS } kinds;

/* ---- reading ---- */
/* [3, 4] */
static bool read_list(const char *at, size_t n, lng_shape *to)
{
    *to = (lng_shape){0};
    if (n < 2 || at[0] != '[' || at[n - 1] != ']')
        return false;
    for (const char *end = at + n - 1, *item = at + 1; item < end; item += strspn(item, ", ")) {
        const size_t length = strcspn(item, ",]");
        if (to->rank == LNG_MAX_RANK || !lng_parse_int(item, length, &to->dim[to->rank++]))
            return false;
        item += length;
    }
    return true;
}

static bool read_operand(trial *t, int64_t below, const char *at, size_t n)
{
    if (t->n_in == t->op->n_in || !read_list(at, n, &t->in[t->n_in]))
        return false;
    t->below[t->n_in++] = below;
    return true;
}

static bool read_attribute(lng_arena *arena, trial *t, const char *at, size_t name, size_t n)
{
    const int k = lng_op_attr_index(t->op, lng_copy_n(arena, at, name));
    const char *value = at + name + 1;
    const size_t length = n - name - 1;
    if (k < 0)
        return false;
    lng_attr *attr = &t->attr[k];
    *attr = (lng_attr){0};
    if (value[0] == '[')
        return read_list(value, length, &attr->v);
    switch (t->op->attr[k].type) {
    case LNG_ATTR_INT:
    case LNG_ATTR_BOOL:
        return lng_parse_int(value, length, &attr->i);
    case LNG_ATTR_FLOAT:
        return lng_parse_double(value, length, &attr->f);
    default:
        attr->s = lng_copy_n(arena, value, length);
        return true;
    }
}

static bool read_item(lng_arena *arena, trial *t, const char *at, size_t n)
{
    const char *equals = memchr(at, '=', n), *colon = memchr(at, ':', n), *dots = strstr(at, "..");
    int64_t below;
    if (at[0] == '[')
        return read_operand(t, 0, at, n);
    if (equals)
        return read_attribute(arena, t, at, (size_t)(equals - at), n);
    if (colon)
        return lng_parse_int(at, (size_t)(colon - at), &below) && read_operand(t, below, colon + 1, (size_t)(at + n - colon - 1));
    return dots && dots < at + n && lng_parse_double(at, (size_t)(dots - at), &t->low) &&
           lng_parse_double(dots + 2, (size_t)(at + n - dots - 2), &t->high);
}

/* An item ends at a space that is in no list. */
static size_t item_length(const char *at)
{
    size_t n = strcspn(at, " [");
    if (at[n] == '[')
        n += strcspn(at + n, "]");
    return at[n] == ']' ? n + 1 : n;
}

/* Reads one trial, and leaves *at behind it. */
static bool read_trial(lng_arena *arena, trial *t, const char **at)
{
    for (int k = 0; k < t->op->n_attr; k++)
        t->attr[k] = t->op->attr[k].fallback;
    for (*at += strspn(*at, " |"); **at && **at != '|'; *at += strspn(*at, " ")) {
        const size_t n = item_length(*at);
        if (!read_item(arena, t, *at, n))
            return false;
        *at += n;
    }
    return true;
}

static const char *trials_of(const lng_op *op)
{
    static const char *const pointwise[] = {"", "[3, 4]", "[3, 4] [4]", "[3, 4] [4] [3, 1]"};
    if (op->trial)
        return op->trial;
    return op->flags & LNG_OP_POINTWISE && op->n_in <= 3 ? pointwise[op->n_in] : "";
}

/* ---- the graph ---- */
static lng_value *draw(lng_graph *g, lng_shape shape, bool per_example)
{
    const lng_attr attr[] = {[LNG_RANDOM_SHAPE] = {.v = shape}, [LNG_RANDOM_PER_EXAMPLE] = {.i = per_example}};
    return lng_emit(g, &lng_op_random_uniform, NULL, 0, attr, "draw");
}

static lng_value *operand(lng_graph *g, const trial *t, int k, bool per_example)
{
    if (t->below[k] > 0) {
        lng_value *v = lng_mul(g, draw(g, t->in[k], per_example), lng_scalar(g, (double)t->below[k]));
        return lng_unary(g, t->op->in[k].dtype == LNG_INT_ONLY ? &lng_op_to_int : &lng_op_floor, v);
    }
    lng_value *v = lng_read_variable(g, t->op->in[k].name, t->in[k]);
    return per_example ? lng_add(g, v, lng_mul(g, draw(g, t->in[k], true), lng_scalar(g, SPREAD))) : v;
}

/* sum + the sum of v, each element times a weight */
static lng_value *weighted(lng_graph *g, lng_value *sum, lng_value *v)
{
    lng_value *terms = lng_mul(g, v, lng_add(g, draw(g, v->shape, false), lng_scalar(g, 0.5)));
    lng_value *all = lng_unary(g, &lng_op_sum, terms);
    all = all && all->per_example ? lng_batch_sum(g, all) : all;
    return sum ? lng_add(g, sum, all) : all;
}

/* The ops at the border of a loop, all of them: a carry that starts as the first row of x, and goes on with the rows. */
static lng_value *loop_of(lng_graph *g, lng_value *x)
{
    lng_value *start = lng_reshape(g, lng_slice(g, x, 0, 0, 1, 1), lng_shape_row(x->shape));
    lng_loop *loop = lng_loop_open(g, x->shape.dim[0]);
    lng_value *carry = lng_loop_carry(g, start);
    lng_value *next = lng_unary(g, &lng_op_tanh, lng_mul(g, carry, lng_loop_step(g, x, false)));
    if (!next || !lng_loop_next(g, carry, next))
        return NULL;
    lng_loop_close(g);
    lng_value *last = lng_loop_last(g, carry), *stack = lng_loop_stack(g, loop, next, true);
    return last && stack ? weighted(g, weighted(g, NULL, last), stack) : NULL;
}

/* NULL: the op does not take operands of these kinds. */
static lng_value *objective(lng_graph *g, const trial *t, kinds of)
{
    lng_value *in[LNG_MAX_IN], *sum = NULL;
    for (int k = 0; k < t->n_in; k++)
        in[k] = operand(g, t, k, of == PER_EXAMPLE || (of == FIRST_PER_EXAMPLE && k == 0));
    if (t->op->flags & (LNG_OP_ENTERS | LNG_OP_LEAVES))
        return loop_of(g, in[0]);
    lng_value *y = lng_emit(g, t->op, in, t->n_in, t->attr, NULL);
    for (int i = 0; y && i < t->op->n_out; i++)
        if (y->node->out[i].dtype == LNG_F32)
            sum = weighted(g, sum, &y->node->out[i]);
    return sum;
}

/* ---- checking ---- */
typedef struct attempt {
    lng_graph *graph;
    lng_value *x[LNG_MAX_IN];
    lng_variable variable[LNG_MAX_IN];
    size_t n;
    lng_output gradient[2 * LNG_MAX_IN];
    lng_value *objective[2 * LNG_MAX_IN];
    size_t gradients;
} attempt;

/* Adds the gradient of y by all operands; false if there is none. */
static bool differentiate(attempt *a, lng_value *y)
{
    lng_value *g[LNG_MAX_IN];
    if (!lng_gradient(a->graph, y, a->x, a->n, g))
        return false;
    for (size_t k = 0; k < a->n; k++) {
        a->objective[a->gradients] = y;
        a->gradient[a->gradients++] = (lng_output){a->variable[k].name, g[k]};
    }
    return true;
}

static lng_store store_of(lng_arena *arena, const trial *t, const attempt *a, uint64_t seed)
{
    lng_store s = {.variable = a->variable, .count = a->n, .offset = LNG_NEW_N(arena, a->n + 1, size_t)};
    for (size_t k = 0; k < a->n; k++)
        s.offset[k + 1] = s.offset[k] + (size_t)lng_shape_size(a->variable[k].shape);
    s.floats = s.offset[a->n];
    s.at = LNG_NEW_N(arena, s.floats, float);
    for (size_t i = 0; i < s.floats; i++) {
        const double unit = (double)lng_random_word(lng_random_key(seed, 0), 0, LNG_NO_EXAMPLE, i) * 0x1p-32;
        s.at[i] = (float)(t->low + (t->high - t->low) * unit);
    }
    return s;
}

static void note(lng_opcheck *result, const attempt *a, const lng_gradcheck *found)
{
    result->checks++;
    result->second += a->gradients > a->n;
    for (size_t i = 0; i < found->rows; i++) {
        const lng_gradcheck_row *row = &found->row[i];
        result->kinks += row->kinks;
        if (row->error < result->error && !row->wrong)
            continue;
        if (result->wrong && !(row->wrong && row->error > result->error))
            continue;
        result->error = row->error;
        result->rule = row->rule;
        result->difference = row->difference;
        result->wrong = row->wrong ? row->name : NULL;
    }
}

static bool check(lng_arena *arena, const trial *t, kinds of, const lng_opcheck_options *options, lng_opcheck *result,
                  lng_errors *errors)
{
    attempt a = {.graph = lng_graph_new(arena, NULL)};
    lng_value *y = objective(a.graph, t, of), *sum = NULL;
    if (!y)
        return true;
    for (int k = 0; k < t->n_in; k++)
        if (t->below[k] == 0) {
            a.variable[a.n] = (lng_variable){.name = t->op->in[k].name, .shape = t->in[k], .parameter = true};
            a.x[a.n++] = lng_graph_find_variable(a.graph, t->op->in[k].name);
        }
    if (!differentiate(&a, y))
        return true;
    for (size_t k = 0; k < a.n; k++)
        sum = weighted(a.graph, sum, a.gradient[k].value);
    differentiate(&a, sum);
    const lng_store store = store_of(arena, t, &a, options->seed);
    uint32_t *rows = LNG_NEW_N(arena, (size_t)options->examples, uint32_t);
    for (int i = 0; i < options->examples; i++)
        rows[i] = (uint32_t)i;
    const lng_context context = {.seed = options->seed, .total_steps = STEPS, .batch = options->examples};
    const lng_gradcheck_subject subject = {.graph = a.graph,
                                           .gradient = a.gradient,
                                           .objective = a.objective,
                                           .gradients = a.gradients,
                                           .store = &store,
                                           .rows = rows,
                                           .examples = options->examples,
                                           .context = &context,
                                           .elements = options->elements};
    lng_gradcheck found;
    if (!lng_gradcheck_run(arena, &subject, &found, errors))
        return false;
    note(result, &a, &found);
    return true;
}

bool lng_opcheck_run(lng_arena *arena, const lng_op *op, const lng_opcheck_options *options, lng_opcheck *result,
                     lng_errors *errors)
{
    *result = (lng_opcheck){0};
    if (!op->vjp || op->n_in == 0)
        return true;
    for (const char *at = trials_of(op); *at;) {
        trial t = {.op = op, .low = -2, .high = 2};
        const int before = result->checks;
        if (!read_trial(arena, &t, &at))
            return lng_error(errors, LNG_E_DEFECT, (lng_place){0}, "the trial of `%s` cannot be read at `%s`", op->name, at);
        for (kinds of = SHARED; of < KINDS; of++)
            if (!check(arena, &t, of, options, result, errors))
                return false;
        if (result->checks == before)
            return lng_error(errors, LNG_E_DEFECT, (lng_place){0}, "`%s` does not take the operands of its trial", op->name);
    }
    return result->checks > 0 ||
           lng_error(errors, LNG_E_DEFECT, (lng_place){0}, "`%s` has a gradient, but no trial of it", op->name);
}
