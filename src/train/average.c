/* Averages of the parameters (`average` of a model file): they change places with the parameters to be evaluated and kept. */
#include "train/inside.h"

void lng_average_swap(const lng_session *session)
{
    const lng_store *s = session->store;
    for (size_t i = 0; i < s->count; i++) {
        const lng_variable *v = &s->variable[i];
        float *a = s->at + s->offset[i], *b = v->average_of ? lng_store_find(s, v->average_of, NULL) : NULL;
        for (int64_t k = 0; b && k < lng_shape_size(v->shape); k++) {
            const float x = a[k];
            a[k] = b[k];
            b[k] = x;
        }
    }
}
