/* What a program without fused multiply-adds computes for the examples of its self-test: it has the same operations in the same order, but rounds a
 * product before it adds it. */
#include "export/c.h"
#include <math.h>

static lng_context with_examples(const lng_c_program *p, lng_arena *arena)
{
    const lng_value **reads = LNG_NEW_N(arena, p->fields + 1, const lng_value *);
    lng_field *at = LNG_NEW_N(arena, p->fields + 1, lng_field);
    lng_context context = *p->context;
    lng_graph_reads(p->graph, arena, reads);
    for (size_t i = 0; i < p->fields; i++)
        if (reads[i])
            at[i] = (lng_field){p->field[i].example, reads[i]->dtype == LNG_I32 ? LNG_FIELD_I32 : LNG_FIELD_F32,
                                lng_shape_size(reads[i]->shape)};
    context.field = at;
    return context;
}

static int64_t largest(const lng_reference *of, const lng_value *out, int example, const float *at, int64_t size)
{
    int64_t best = 0;
    for (int64_t i = 1; i < size; i++)
        if (at ? at[i] > at[best] : lng_reference_at(of, out, example, i) > lng_reference_at(of, out, example, best))
            best = i;
    return best;
}

void lng_c_compare_fast(const lng_c_program *p, const lng_context *context, const uint32_t *rows, int n, const float *expects,
                        lng_arena *arena, lng_c_difference *d)
{
    const lng_value *out = lng_graph_find_output(p->graph, "out");
    const int64_t size = lng_shape_size(out->shape);
    const bool classes = p->meaning->kind == LNG_MEANS_CLASSES && p->meaning->classes == size;
    d->examples += n;
    if (out->dtype != LNG_F32)
        return;
    const lng_reference *unfused =
        lng_reference_run(arena, p->graph, LNG_UNFUSED_FLOAT, rows, n, context, lng_export_variable, (void *)p->store);
    for (int e = 0; e < n; e++) {
        const float *at = expects + (out->per_example ? e * size : 0);
        for (int64_t i = 0; i < size; i++) {
            const double x = fabs(lng_reference_at(unfused, out, e, i) - (double)at[i]);
            d->most = x > d->most ? x : d->most;
        }
        d->changed += classes && largest(NULL, out, e, at, size) != largest(unfused, out, e, NULL, size);
    }
}

void lng_c_measure_fast(lng_c_program *p, lng_arena *arena)
{
    static const uint32_t rows[LNG_C_EXAMPLES] = {0, 1, 2, 3};
    const lng_context context = with_examples(p, arena);
    lng_c_difference d = {0};
    lng_c_compare_fast(p, &context, rows, LNG_C_EXAMPLES, p->expects, arena, &d);
    p->fast_difference = d.most;
}
