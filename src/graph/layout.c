/* Layouts of weights (layout.h). */
#include "graph/layout.h"
#include "graph/ops.h"
#include <string.h>

#define LNG_LAYOUT(name, about) [LNG_LAYOUT_##name] = #name,
const char *const lng_layout_names[LNG_LAYOUTS] = {
#include "graph/layouts.def"
};
#undef LNG_LAYOUT
/* ---- names: the last part ---- */
static const struct {
    const char *own, *theirs[LNG_LAYOUTS];
} endings[] = {{"W", {"W", "weight", "kernel"}},
               {"b", {"b", "bias", "bias"}},
               {"scale", {"scale", "weight", "gamma"}},
               {"shift", {"shift", "bias", "beta"}},
               {"mean", {"mean", "running_mean", "moving_mean"}},
               {"variance", {"variance", "running_var", "moving_variance"}},
               {"table", {"table", "weight", "embeddings"}}};

static const char *name_in(lng_arena *arena, lng_layout layout, const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcmp(dot + 1, endings[i].own) == 0)
            return lng_format(arena, "%.*s.%s", (int)(dot - name), name, endings[i].theirs[layout]);
    return name;
}

/* Where two variables would get one name, both keep their own. */
static void name_all(lng_arena *arena, lng_layout layout, const lng_variable *variable, lng_laid *laid, size_t n)
{
    lng_map *first = lng_map_new(arena);
    for (size_t i = 0; i < n; i++) {
        if (!laid[i].name)
            laid[i].name = name_in(arena, layout, variable[i].name);
        lng_laid *other = lng_map_get(first, laid[i].name);
        if (!other) {
            lng_map_put(first, laid[i].name, &laid[i]);
            continue;
        }
        other->name = variable[other - laid].name;
        laid[i].name = variable[i].name;
    }
}

/* ---- dimensions ---- */
typedef struct layouter {
    lng_layout layout;
    bool *image; /* by node: its result is an image [h, w, c], whose channels PyTorch has first */
    const lng_variable *variable;
    lng_laid *laid;
    bool *read, *mixed; /* by variable */
    bool *state;        /* by variable: a matrix that a state is multiplied by, in each turn of a loop */
} layouter;

static bool is_window(const lng_op *op)
{
    return op == &lng_op_conv2d || op == &lng_op_conv2d_transpose || op == &lng_op_max_pool || op == &lng_op_avg_pool;
}

static void find_images(layouter *l, const lng_graph *g)
{
    for (size_t i = 0; i < g->nodes; i++) {
        const lng_node *n = g->node[i];
        bool image = is_window(n->op) || n->op == &lng_op_input;
        for (int k = 0; k < n->n_in && n->op != &lng_op_reshape && n->op != &lng_op_transpose && n->op != &lng_op_matmul; k++)
            image = image || l->image[n->in[k]->node->id];
        l->image[i] = image && n->out[0].shape.rank == 3;
    }
}

/* The image of which a row of numbers is the flattened form; NULL: it is none. */
static const lng_value *image_behind(const layouter *l, const lng_value *x)
{
    while (x->shape.rank == 1 && x->node->op->flags & LNG_OP_POINTWISE) {
        const lng_value *before = NULL;
        for (int k = 0; k < x->node->n_in; k++)
            if (x->node->in[k]->per_example && lng_shape_equal(x->node->in[k]->shape, x->shape))
                before = x->node->in[k];
        if (!before)
            return NULL;
        x = before;
    }
    if (x->shape.rank != 1 || x->node->op != &lng_op_reshape)
        return NULL;
    return l->image[x->node->in[0]->node->id] ? x->node->in[0] : NULL;
}

/* An operand that has a variable's elements, perhaps in another order. */
typedef struct reading {
    const lng_node *from;
    int rank, dim[LNG_MAX_RANK]; /* of the operand: each is this one of the variable; -1: none, of size 1 */
} reading;

/* Without a permutation, the dimensions are reversed. */
static void pass_transpose(const lng_node *n, reading *r)
{
    const lng_shape *perm = &n->attr[LNG_TRANSPOSE_PERM].v;
    const int last = n->out[0].shape.rank - 1;
    for (int i = 0; i < r->rank; i++)
        if (r->dim[i] >= 0)
            r->dim[i] = perm->rank ? (int)perm->dim[r->dim[i]] : last - r->dim[i];
}

/* A first dimension of 1 that was added, as a sequence becomes an image of one row. */
static bool pass_reshape(const lng_node *n, reading *r)
{
    const lng_shape to = n->out[0].shape;
    if (to.rank == 0 || to.dim[0] != 1 || !lng_shape_equal(lng_shape_row(to), n->in[0]->shape))
        return false;
    for (int i = 0; i < r->rank; i++)
        r->dim[i] = r->dim[i] <= 0 ? -1 : r->dim[i] - 1;
    return true;
}

static reading reading_of(const lng_value *v)
{
    reading r = {.rank = v->shape.rank};
    for (int i = 0; i < r.rank; i++)
        r.dim[i] = i;
    for (r.from = v->node; r.from->op != &lng_op_variable; r.from = r.from->in[0]->node)
        if (r.from->op == &lng_op_transpose)
            pass_transpose(r.from, &r);
        else if (r.from->op != &lng_op_stop_gradient && !(r.from->op == &lng_op_reshape && pass_reshape(r.from, &r)))
            break;
    return r;
}

static lng_laid as_it_is(const lng_variable *v)
{
    lng_laid laid = {.shape = v->shape, .view = v->shape};
    for (int i = 0; i < LNG_MAX_RANK; i++)
        laid.perm[i] = i;
    return laid;
}

/* A convolution's weights, which it reads as [kh, kw, c, o]. */
static lng_laid lay_kernel(const layouter *l, const reading *r, const lng_variable *v)
{
    static const int order[LNG_LAYOUTS][4] = {[LNG_LAYOUT_pytorch] = {3, 2, 0, 1}, [LNG_LAYOUT_keras] = {0, 1, 2, 3}};
    lng_laid laid = as_it_is(v);
    int n = 0;
    for (int i = 0; i < 4; i++)
        if (r->dim[order[l->layout][i]] >= 0)
            laid.perm[n++] = r->dim[order[l->layout][i]];
    for (int i = 0; i < n; i++)
        laid.shape.dim[i] = v->shape.dim[laid.perm[i]];
    return laid;
}

/* A matrix, whose dimension `in` goes with the other operand's. image: which that is, flattened; NULL: it is none. */
static lng_laid lay_matrix(const layouter *l, int in, const lng_value *image, const lng_variable *v)
{
    const bool inner_first = l->layout == LNG_LAYOUT_keras;
    lng_laid laid = as_it_is(v);
    laid.perm[0] = inner_first ? in : 1 - in;
    laid.perm[1] = inner_first ? 1 - in : in;
    for (int i = 0; i < 2; i++)
        laid.shape.dim[i] = v->shape.dim[laid.perm[i]];
    if (!image || inner_first)
        return laid;
    const lng_shape s = image->shape;
    laid.view = in == 0 ? lng_shape_of(4, s.dim[0], s.dim[1], s.dim[2], v->shape.dim[1])
                        : lng_shape_of(4, v->shape.dim[0], s.dim[0], s.dim[1], s.dim[2]);
    const int h = in == 0 ? 0 : 1, perm[] = {in == 0 ? 3 : 0, h + 2, h, h + 1};
    memcpy(laid.perm, perm, sizeof perm);
    return laid;
}

static lng_laid lay(const layouter *l, const lng_node *n, int k, const reading *r, const lng_variable *v)
{
    if (l->layout == LNG_LAYOUT_lngraph)
        return as_it_is(v);
    if (k == 1 && (n->op == &lng_op_conv2d || n->op == &lng_op_conv2d_transpose))
        return lay_kernel(l, r, v);
    if (n->op != &lng_op_matmul || r->rank != 2 || v->shape.rank != 2 || !n->in[1 - k]->per_example)
        return as_it_is(v);
    const bool turned = k == 0 ? !n->attr[LNG_MATMUL_TRANSPOSE_A].i : n->attr[LNG_MATMUL_TRANSPOSE_B].i;
    return lay_matrix(l, r->dim[turned ? 1 : 0], k == 1 ? image_behind(l, n->in[0]) : NULL, v);
}

static bool same(const lng_laid *a, const lng_laid *b)
{
    return lng_shape_equal(a->view, b->view) && memcmp(a->perm, b->perm, sizeof a->perm) == 0;
}

static bool moves(const lng_op *op)
{
    return op == &lng_op_reshape || op == &lng_op_stop_gradient || op == &lng_op_transpose;
}

static void look_at(layouter *l, const lng_map *index, const lng_node *n)
{
    for (int k = 0; k < n->n_in && !moves(n->op); k++) {
        const reading r = reading_of(n->in[k]);
        const lng_laid *at = r.from->op == &lng_op_variable ? lng_map_get(index, r.from->name) : NULL;
        if (!at)
            continue;
        const size_t i = (size_t)(at - l->laid);
        const lng_laid now = lay(l, n, k, &r, &l->variable[i]);
        l->state[i] = l->state[i] || (n->op == &lng_op_matmul && k == 1 && n->in[0]->node->op == &lng_op_loop_carry);
        l->mixed[i] = l->mixed[i] || (l->read[i] && !same(&now, at));
        l->read[i] = true;
        l->laid[i] = now;
    }
}

/* ---- recurrent layers ---- */
static lng_laid *find(lng_arena *arena, const lng_map *index, const char *block, const char *name)
{
    return lng_map_get(index, lng_path(arena, block, name));
}

static void name_recurrent(lng_arena *arena, const layouter *l, const lng_map *index, size_t n)
{
    static const char *const names[][2] = {{"W", "weight_ih_l0"}, {"U", "weight_hh_l0"}, {"b", "bias_ih_l0"}, {"d", "bias_hh_l0"}};
    for (size_t i = 0; i < n && l->layout == LNG_LAYOUT_pytorch; i++) {
        const char *name = l->variable[i].name, *dot = strrchr(name, '.');
        if (!l->state[i] || !dot || strcmp(dot, ".U") != 0)
            continue;
        const char *block = lng_copy_n(arena, name, (size_t)(dot - name));
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            lng_laid *laid = find(arena, index, block, names[k][0]);
            if (laid)
                laid->name = lng_path(arena, block, names[k][1]);
        }
        lng_laid *bias = find(arena, index, block, "b");
        if (bias && !find(arena, index, block, "d"))
            bias->more = lng_path(arena, block, "bias_hh_l0");
    }
}

lng_laid *lng_lay_out(lng_arena *arena, lng_layout layout, const lng_graph *g, const lng_variable *variable, size_t n)
{
    layouter l = {.layout = layout, .variable = variable};
    bool *needed = LNG_NEW_N(arena, g->nodes + 1, bool);
    lng_map *index = lng_map_new(arena);
    l.image = LNG_NEW_N(arena, g->nodes + 1, bool);
    l.laid = LNG_NEW_N(arena, n + 1, lng_laid);
    l.read = LNG_NEW_N(arena, n + 1, bool);
    l.mixed = LNG_NEW_N(arena, n + 1, bool);
    l.state = LNG_NEW_N(arena, n + 1, bool);
    for (size_t i = 0; i < n; i++) {
        l.laid[i] = as_it_is(&variable[i]);
        lng_map_put(index, variable[i].name, &l.laid[i]);
    }
    needed[lng_graph_find_output(g, "out")->node->id] = true;
    lng_graph_mark_needed(g, needed);
    find_images(&l, g);
    for (size_t i = 0; i < g->nodes; i++)
        if (needed[i])
            look_at(&l, index, g->node[i]);
    for (size_t i = 0; i < n; i++)
        if (l.mixed[i])
            l.laid[i] = as_it_is(&variable[i]);
    name_recurrent(arena, &l, index, n);
    name_all(arena, layout, variable, l.laid, n);
    return l.laid;
}

int64_t lng_laid_source(const lng_laid *laid, int64_t e)
{
    int64_t step[LNG_MAX_RANK], source = 0, next = 1;
    for (int k = laid->view.rank; k-- > 0;) {
        step[k] = next;
        next *= laid->view.dim[k];
    }
    for (int k = laid->view.rank; k-- > 0;) {
        const int64_t n = laid->view.dim[laid->perm[k]];
        source += e % n * step[laid->perm[k]];
        e /= n;
    }
    return source;
}
