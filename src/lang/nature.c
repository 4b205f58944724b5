/* What is known about the numbers of a value. A table says for each op how the nature of its operands becomes that of its result; of the
 * results of other ops nothing is known. What is found must be certain, because warnings depend on it. */
#include "lang/nature.h"
#include "graph/ops.h"
#include "lang/variable.h"

#define MAX_SEEN 400 /* values looked at, each time that it is reached */

typedef enum way {
    UNKNOWN,
    MOVES,      /* the operand's numbers, in another place, shape or type */
    KEEPS,      /* some of them, or means */
    SUMS,       /* a sum of probabilities is not one */
    ADDS,       /* anything added to linear numbers is linear */
    MULTIPLIES, /* by a constant, or two linear ones */
    DIVIDES,    /* by a constant */
    CONTRACTS,  /* sums of products */
    CHOOSES,    /* one operand or another */
    ACTIVATES,  /* leaves probabilities alone */
    LOGS,
    EXPONENT,
    STORED,
    GIVES_PROBABILITIES,
    GIVES_DISTRIBUTION,
    GIVES_LOGS
} way;

static way way_of(const lng_op *op)
{
    static const struct {
        const lng_op *op;
        way way;
    } table[] = {
        {&lng_op_to_float, MOVES},
        {&lng_op_max_pool, KEEPS},
        {&lng_op_avg_pool, KEEPS},
        {&lng_op_max, KEEPS},
        {&lng_op_mean, KEEPS},
        {&lng_op_sum, SUMS},
        {&lng_op_neg, SUMS},
        {&lng_op_add, ADDS},
        {&lng_op_sub, ADDS},
        {&lng_op_mul, MULTIPLIES},
        {&lng_op_div, DIVIDES},
        {&lng_op_matmul, CONTRACTS},
        {&lng_op_conv2d, CONTRACTS},
        {&lng_op_select, CHOOSES},
        {&lng_op_concat, CHOOSES},
        {&lng_op_relu, ACTIVATES},
        {&lng_op_tanh, ACTIVATES},
        {&lng_op_abs, ACTIVATES},
        {&lng_op_softplus, ACTIVATES},
        {&lng_op_log, LOGS},
        {&lng_op_exp, EXPONENT},
        {&lng_op_variable, STORED},
        {&lng_op_log_softmax, GIVES_LOGS},
        {&lng_op_sigmoid, GIVES_PROBABILITIES},
        {&lng_op_softmax, GIVES_DISTRIBUTION},
        {&lng_op_one_hot, GIVES_DISTRIBUTION},
    };
    if (op->flags & LNG_OP_MOVES)
        return MOVES;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == op)
            return table[i].way;
    return UNKNOWN;
}

typedef struct looking {
    const lng_elab *e;
    int seen;
} looking;

static lng_nature look(looking *l, const lng_value *v);

static lng_nature scaled(looking *l, const lng_node *n)
{
    const lng_nature a = look(l, n->in[0]), b = look(l, n->in[1]);
    if (n->op == &lng_op_mul && a == LNG_LINEAR && b == LNG_LINEAR)
        return LNG_LINEAR;
    if (lng_is_score(a) && lng_value_is_constant(n->in[1], NULL))
        return a;
    return lng_is_score(b) && n->op == &lng_op_mul && lng_value_is_constant(n->in[0], NULL) ? b : LNG_UNKNOWN_NUMBERS;
}

static lng_nature any_linear(looking *l, const lng_node *n)
{
    for (int i = 0; i < n->n_in; i++)
        if (look(l, n->in[i]) == LNG_LINEAR)
            return LNG_LINEAR;
    return LNG_UNKNOWN_NUMBERS;
}

/* What all operands have in common; the first operand of select, its condition, does not count. */
static lng_nature common(looking *l, const lng_node *n)
{
    int i = n->op == &lng_op_select;
    lng_nature all = look(l, n->in[i]);
    while (++i < n->n_in) {
        const lng_nature one = look(l, n->in[i]);
        if (lng_is_score(one) && lng_is_score(all))
            all = one == all ? all : LNG_ACTIVATED;
        else if (one != all)
            return LNG_UNKNOWN_NUMBERS;
    }
    return all;
}

static lng_nature stored(const lng_elab *e, const lng_node *n)
{
    const lng_stored *s = lng_map_get(e->stored, n->name);
    return s && s->variable.parameter ? LNG_LINEAR : LNG_UNKNOWN_NUMBERS;
}

static lng_nature look(looking *l, const lng_value *v)
{
    const lng_node *n = v->node;
    if (l->seen++ >= MAX_SEEN || v->port > 0)
        return LNG_UNKNOWN_NUMBERS;
    const way way = way_of(n->op);
    switch (way) {
    case UNKNOWN:
        break;
    case ADDS:
    case CONTRACTS:
        return any_linear(l, n);
    case MULTIPLIES:
    case DIVIDES:
        return scaled(l, n);
    case CHOOSES:
        return common(l, n);
    case STORED:
        return stored(l->e, n);
    case EXPONENT:
        return way_of(n->in[0]->node->op) == GIVES_LOGS ? LNG_DISTRIBUTION : LNG_UNKNOWN_NUMBERS;
    case GIVES_PROBABILITIES:
        return LNG_PROBABILITY;
    case GIVES_DISTRIBUTION:
        return LNG_DISTRIBUTION;
    case GIVES_LOGS:
        return LNG_ACTIVATED;
    default: {
        const lng_nature x = look(l, n->in[0]);
        if (way == MOVES || way == KEEPS || (way == SUMS && lng_is_score(x)))
            return x;
        if (way == LOGS)
            return x == LNG_PROBABILITY || x == LNG_DISTRIBUTION ? LNG_ACTIVATED : LNG_UNKNOWN_NUMBERS;
        return way == ACTIVATES && lng_is_score(x) ? LNG_ACTIVATED : LNG_UNKNOWN_NUMBERS;
    }
    }
    return LNG_UNKNOWN_NUMBERS;
}

lng_nature lng_nature_of(const lng_elab *e, const lng_value *v)
{
    looking l = {.e = e};
    return look(&l, v);
}

const lng_value *lng_origin(const lng_value *v)
{
    while (way_of(v->node->op) == MOVES)
        v = v->node->in[0];
    return v;
}

bool lng_is_squashed_twice(const lng_elab *e, const lng_value *v)
{
    const lng_node *n = lng_origin(v)->node;
    const lng_nature x = n->op == &lng_op_softmax || n->op == &lng_op_sigmoid ? lng_nature_of(e, n->in[0]) : LNG_UNKNOWN_NUMBERS;
    return x == LNG_PROBABILITY || x == LNG_DISTRIBUTION;
}

/* The size of the axis that argmax removes. */
static int64_t choices(const lng_node *n)
{
    return lng_shape_size(n->in[0]->shape) / lng_shape_size(n->out[0].shape);
}

/* Each field has its own: a label its classes, a category its names. */
static int64_t classes_of_field(const lng_elab *e, int64_t index)
{
    return index < (int64_t)e->fields ? e->field[index].classes : 0;
}

int64_t lng_classes_of(const lng_elab *e, const lng_value *v)
{
    static const lng_op *const binary[] = {&lng_op_equal, &lng_op_not_equal, &lng_op_less, &lng_op_less_equal, &lng_op_one_hot};
    const lng_node *n = lng_origin(v)->node;
    if (n->op == &lng_op_input)
        return classes_of_field(e, n->attr[LNG_INPUT_INDEX].i);
    if (n->op == &lng_op_argmax)
        return choices(n);
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
        if (binary[i] == n->op)
            return 2;
    return 0;
}
