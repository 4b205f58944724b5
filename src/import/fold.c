/* What a graph computes from constants alone, such as the shape for a Reshape: computed while it is imported. An integer that is the number of
 * examples is carried along with a mark, as it is not known. */
#include "import/build.h"
#include <math.h>
#include <string.h>

#define MOST 4096 /* numbers that are worth it */

lng_foreign_tensor *lng_import_made(lng_importer *m, int type, lng_shape shape)
{
    lng_foreign_tensor *t = LNG_NEW(m->arena, lng_foreign_tensor);
    const size_t n = (size_t)lng_shape_size(shape) + 1;
    *t = (lng_foreign_tensor){.name = m->node->outs ? m->node->out[0] : "", .type = type, .shape = shape};
    t->number = LNG_NEW_N(m->arena, n, double);
    return t;
}

bool lng_import_set_constant(lng_importer *m, const lng_foreign_tensor *t)
{
    lng_import_value *v = lng_import_result(m, 0, t->shape, LNG_IMPORT_PLAIN, false, lng_foreign_is_whole(t->type));
    v->constant = t;
    return true;
}

static const lng_foreign_tensor *constant(lng_importer *m, int i)
{
    const lng_import_value *v = lng_import_in(m, i);
    return v ? v->constant : NULL;
}

static bool is_batch(const lng_foreign_tensor *t, int64_t i)
{
    return t->batch && t->batch[i];
}

/* Takes elements of t, with their marks. */
static lng_foreign_tensor *picked(lng_importer *m, const lng_foreign_tensor *t, lng_shape shape, const int64_t *from)
{
    lng_foreign_tensor *to = lng_import_made(m, t->type, shape);
    const int64_t n = lng_shape_size(shape);
    bool *batch = t->batch ? LNG_NEW_N(m->arena, (size_t)n + 1, bool) : NULL;
    for (int64_t i = 0; i < n; i++) {
        to->number[i] = lng_foreign_at(t, from ? from[i] : i);
        if (batch)
            batch[i] = is_batch(t, from ? from[i] : i);
    }
    to->batch = batch;
    return to;
}

/* ---- lists ---- */
static bool gather(lng_importer *m, bool *folded)
{
    const lng_foreign_tensor *t = constant(m, 0), *index = constant(m, 1);
    const int64_t n = lng_shape_size(index->shape);
    int64_t from[MOST];
    if (t->shape.rank != 1 || index->shape.rank > 1 || index->batch)
        return true;
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = lng_import_to_int(lng_foreign_at(index, i));
        from[i] = at < 0 ? at + t->shape.dim[0] : at;
        if (from[i] < 0 || from[i] >= t->shape.dim[0])
            return lng_import_refuse(m, "it reads element %lld of %lld", (long long)at, (long long)t->shape.dim[0]);
    }
    return *folded = lng_import_set_constant(m, picked(m, t, index->shape, from));
}

static bool slice(lng_importer *m, bool *folded)
{
    const lng_foreign_tensor *t = constant(m, 0);
    const int64_t *starts, *ends, *steps;
    int n, ends_n, steps_n;
    int64_t from[MOST], count = 0;
    if (t->shape.rank != 1)
        return true;
    if (!lng_import_ints(m, "starts", 1, &starts, &n) || !lng_import_ints(m, "ends", 2, &ends, &ends_n) ||
        !lng_import_ints(m, "steps", 4, &steps, &steps_n))
        return false;
    const int64_t size = t->shape.dim[0];
    if (n != 1 || ends_n != 1 || (steps_n == 1 && steps[0] != 1))
        return true;
    int64_t start = starts[0] < 0 ? starts[0] + size : starts[0], end = ends[0] < 0 ? ends[0] + size : ends[0];
    start = start < 0 ? 0 : start;
    end = end > size ? size : end;
    for (int64_t i = start; i < end; i++)
        from[count++] = i;
    return *folded = lng_import_set_constant(m, picked(m, t, lng_shape_of(1, count), from));
}

static bool concat(lng_importer *m, bool *folded)
{
    int64_t n = 0;
    bool marked = false;
    for (size_t i = 0; i < m->node->ins; i++) {
        if (constant(m, (int)i)->shape.rank != 1)
            return true;
        n += constant(m, (int)i)->shape.dim[0];
        marked = marked || constant(m, (int)i)->batch;
    }
    if (n > MOST)
        return true;
    lng_foreign_tensor *t = lng_import_made(m, constant(m, 0)->type, lng_shape_of(1, n));
    bool *batch = marked ? LNG_NEW_N(m->arena, (size_t)n + 1, bool) : NULL;
    int64_t at = 0;
    for (size_t i = 0; i < m->node->ins; i++)
        for (int64_t k = 0; k < constant(m, (int)i)->shape.dim[0]; k++, at++) {
            t->number[at] = lng_foreign_at(constant(m, (int)i), k);
            if (batch)
                batch[at] = is_batch(constant(m, (int)i), k);
        }
    t->batch = batch;
    return *folded = lng_import_set_constant(m, t);
}

/* ---- arithmetic of integers ---- */
static double computed(char op, double a, double b)
{
    return op == 'A' ? a + b : op == 'S' ? a - b : op == 'M' ? a * b : b != 0 ? trunc(a / b) : 0;
}

static bool arithmetic(lng_importer *m, bool *folded)
{
    const lng_foreign_tensor *a = constant(m, 0), *b = constant(m, 1);
    const int64_t n = lng_shape_size(a->shape), k = lng_shape_size(b->shape);
    if (a->shape.rank > 1 || b->shape.rank > 1 || lng_foreign_is_real(a->type) || (n != k && n != 1 && k != 1))
        return true;
    if (a->batch || b->batch)
        return lng_import_refuse(m, "it computes with the number of examples");
    lng_foreign_tensor *t = lng_import_made(m, a->type, n >= k && a->shape.rank >= b->shape.rank ? a->shape : b->shape);
    for (int64_t i = 0; i < lng_shape_size(t->shape); i++)
        t->number[i] = computed(m->node->type[0], lng_foreign_at(a, n == 1 ? 0 : i), lng_foreign_at(b, k == 1 ? 0 : i));
    return *folded = lng_import_set_constant(m, t);
}

static bool compared(const char *type, double a, double b)
{
    return strcmp(type, "Equal") == 0            ? a == b
           : strcmp(type, "Less") == 0           ? a < b
           : strcmp(type, "LessOrEqual") == 0    ? a <= b
           : strcmp(type, "Greater") == 0        ? a > b
           : strcmp(type, "GreaterOrEqual") == 0 ? a >= b
           : strcmp(type, "And") == 0            ? a != 0 && b != 0
           : strcmp(type, "Or") == 0             ? a != 0 || b != 0
           : strcmp(type, "Xor") == 0            ? (a != 0) != (b != 0)
                                                 : a == 0;
}

/* Of single numbers. */
static bool compare(lng_importer *m, bool *folded)
{
    double a, b = 0;
    if (!lng_import_is_number(lng_import_in(m, 0), &a) || (m->node->ins > 1 && !lng_import_is_number(lng_import_in(m, 1), &b)))
        return true;
    lng_foreign_tensor *t = lng_import_made(m, LNG_FOREIGN_BOOL, constant(m, 0)->shape);
    t->number[0] = compared(m->node->type, a, b);
    return *folded = lng_import_set_constant(m, t);
}

static bool cast(lng_importer *m, bool *folded)
{
    const lng_foreign_tensor *t = constant(m, 0);
    const int64_t type = lng_foreign_int(m->node, "to", LNG_FOREIGN_FLOAT);
    lng_foreign_tensor *to = picked(m, t, t->shape, NULL);
    to->type = (int)type;
    for (int64_t i = 0; i < lng_shape_size(t->shape); i++)
        to->number[i] = type == LNG_FOREIGN_BOOL         ? to->number[i] != 0
                        : lng_foreign_is_real((int)type) ? to->number[i]
                                                         : trunc(to->number[i]);
    return *folded = lng_import_set_constant(m, to);
}

/* The examples are 1, which stretches to them. */
static bool fill(lng_importer *m, bool *folded)
{
    const lng_foreign_tensor *t = constant(m, 0);
    const lng_foreign_attr *value = lng_foreign_attribute(m->node, "value");
    lng_shape shape = {.rank = (int)lng_shape_size(t->shape)};
    if (t->shape.rank != 1 || shape.rank > LNG_MAX_RANK)
        return true;
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = lng_import_to_int(lng_foreign_at(t, i));
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] < 0 || shape.dim[i] > MOST)
            return true;
    if (lng_shape_size(shape) < 0 || lng_shape_size(shape) > MOST)
        return true;
    const bool given = value && value->tensor && lng_shape_size(value->tensor->shape) > 0;
    lng_foreign_tensor *to = lng_import_made(m, given ? value->tensor->type : LNG_FOREIGN_FLOAT, shape);
    for (int64_t i = 0; given && i < lng_shape_size(shape); i++)
        to->number[i] = lng_foreign_at(value->tensor, 0);
    return *folded = lng_import_set_constant(m, to);
}

static bool range(lng_importer *m, bool *folded)
{
    double start, limit, step;
    if (!lng_import_is_number(lng_import_in(m, 0), &start) || !lng_import_is_number(lng_import_in(m, 1), &limit) ||
        !lng_import_is_number(lng_import_in(m, 2), &step))
        return true;
    const double n = step != 0 ? ceil((limit - start) / step) : 0;
    if (!(n >= 0 && n <= MOST))
        return true;
    lng_foreign_tensor *t = lng_import_made(m, constant(m, 0)->type, lng_shape_of(1, (int64_t)n));
    for (int64_t i = 0; i < (int64_t)n; i++)
        t->number[i] = start + (double)i * step;
    return *folded = lng_import_set_constant(m, t);
}

bool lng_import_fold(lng_importer *m, bool *folded)
{
    static const struct {
        const char *type;
        bool (*fold)(lng_importer *, bool *);
        size_t least; /* operands */
    } row[] = {{"Gather", gather, 2},       {"Slice", slice, 1},     {"Concat", concat, 1},
               {"Add", arithmetic, 2},      {"Sub", arithmetic, 2},  {"Mul", arithmetic, 2},
               {"Div", arithmetic, 2},      {"Cast", cast, 1},       {"ConstantOfShape", fill, 1},
               {"Range", range, 3},         {"Equal", compare, 2},   {"Less", compare, 2},
               {"LessOrEqual", compare, 2}, {"Greater", compare, 2}, {"GreaterOrEqual", compare, 2},
               {"And", compare, 2},         {"Or", compare, 2},      {"Xor", compare, 2},
               {"Not", compare, 1}};
    *folded = false;
    for (size_t i = 0; i < m->node->ins; i++)
        if (*m->node->in[i] && (!constant(m, (int)i) || lng_shape_size(constant(m, (int)i)->shape) > MOST))
            return true;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (strcmp(row[i].type, m->node->type) == 0 && m->node->ins >= row[i].least && constant(m, (int)row[i].least - 1))
            return row[i].fold(m, folded);
    return true;
}
