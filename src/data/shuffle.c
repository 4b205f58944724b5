/* Fisher-Yates: the element drawn for place i does not depend on any state, so an epoch's order is known without its predecessors'.
 */
#include "base/text.h"
#include "data/data.h"

void lng_permute(uint32_t *order, int64_t n, lng_key key, uint32_t step)
{
    for (int64_t i = n - 1; i > 0; i--) {
        uint64_t j = lng_random_below(key, step, LNG_NO_EXAMPLE, (uint64_t)i, (uint64_t)i + 1);
        uint32_t swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
}

void lng_shuffle(uint32_t *order, int64_t n, uint64_t seed, int epoch)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    lng_permute(order, n, lng_random_key(seed, lng_hash("shuffle", 7)), (uint32_t)epoch);
}
