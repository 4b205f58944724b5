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

void lng_c_measure_fast(lng_c_program *p, lng_arena *arena)
{
    static const uint32_t rows[LNG_C_EXAMPLES] = {0, 1, 2, 3};
    const lng_context context = with_examples(p, arena);
    const lng_value *out = lng_graph_find_output(p->graph, "out");
    const int64_t size = lng_shape_size(out->shape);
    const lng_reference *unfused = lng_reference_run(arena, p->graph, LNG_UNFUSED_FLOAT, rows, LNG_C_EXAMPLES, &context,
                                                     lng_export_variable, (void *)p->store);
    for (int64_t i = 0; i < LNG_C_EXAMPLES * size && out->dtype == LNG_F32; i++) {
        const double x = fabs(lng_reference_at(unfused, out, (int)(i / size), i % size) - (double)((const float *)p->expects)[i]);
        p->fast_difference = x > p->fast_difference ? x : p->fast_difference;
    }
}
