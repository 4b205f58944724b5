/* How a batch is divided: the slices of each thread, those that it takes together, and the blocks of partials that this leaves.
 *
 * A slice reads all weights. Where they are larger than a core's own cache, that is what it waits for, and one read should serve several
 * slices. But each of them needs values of its own, which also go through the cache: no more of them than of the weights. The results
 * are the same for any number. */
#include "base/cache.h"
#include "tape/inside.h"

/* Bytes that the slices of one thread would read or write once together instead of once each. */
static size_t shared_bytes(const lng_tape *t)
{
    size_t bytes = 0;
    for (int i = 0; i < t->stages; i++)
        for (int k = 0; k < t->stage[i].slice.count; k++)
            bytes += t->stage[i].slice.at[k].once;
    return bytes;
}

static size_t slice_bytes(const lng_value *v)
{
    return (size_t)lng_shape_size(v->shape) * LNG_LANES * sizeof(float);
}

/* A partial of each group goes through memory twice, at least; the operands do if they are kept. */
bool lng_sums_at_once(const lng_tape *t, const lng_node *n)
{
    if (!(n->op->flags & LNG_OP_ROWWISE) || t->options.naive || n->out[0].shape.rank != 2 || !n->in[0]->per_example ||
        !n->in[1]->per_example || t->slices > LNG_MAX_ROWWISE)
        return false;
    const size_t result = (size_t)lng_shape_size(n->out[0].shape) * sizeof(float);
    return t->options.at_once || LNG_MAX_GROUP * (slice_bytes(n->in[0]) + slice_bytes(n->in[1])) < result;
}

int lng_plan_group(const lng_tape *t)
{
    if (t->options.group)
        return t->options.group;
    const size_t shared = shared_bytes(t), own = t->thread_bytes + t->kept_bytes;
    int n = shared + own > lng_core_cache() ? LNG_MAX_GROUP : 1;
    while (n > 1 && (size_t)n * own > shared)
        n /= 2;
    return n;
}

int lng_tape_group(const lng_tape *t, int threads)
{
    int n = t->group;
    while (n > 1 && n > (t->slices + threads - 1) / threads)
        n /= 2;
    return n;
}

/* ---- the slices of a thread ---- */
/* Where the slices of thread k end, those before it ending at `from`: no thread has more than its share, and as few subtrees of the fixed tree
 * as possible are cut in two. */
static int end_of(int slices, int threads, int k, int from)
{
    const int share = (slices + threads - 1) / threads, left = slices - (threads - k - 1) * share,
              most = slices - from < share ? slices : from + share;
    const int least = left > from ? left : from;
    int end = most;
    while (end > 0 && (end & (end - 1)) >= least && (end & (end - 1)) > 0)
        end &= end - 1;
    return end;
}

/* If slices are fewer than threads, the first threads have one each. */
static int takers(int slices, int threads)
{
    return slices < threads ? slices : threads;
}

void lng_slices_of(int slices, int threads, int thread, int *first, int *end)
{
    const int some = takers(slices, threads);
    *first = *end = thread < some ? 0 : slices;
    for (int k = 0; k <= thread && thread < some; k++) {
        *first = *end;
        *end = end_of(slices, some, k, *first);
    }
}

int lng_tape_takers(const lng_tape *t, int threads)
{
    return takers(t->slices, threads);
}

int lng_group_at(int slice, int end, int most)
{
    int n = most;
    while (slice % n || slice + n > end)
        n /= 2;
    return n;
}

/* ---- blocks of partials ---- */
/* The most subtrees that a thread has at any time. A complete one of 2^m slices begins as one group, and leaves one subtree behind. */
static int most_subtrees(int first, int end, int group)
{
    int most = 0;
    for (int before = 0, n; first < end; first += n, before++) {
        int here = 1;
        n = lng_group_at(first, end, 1 << 30);
        for (int size = group; 2 * size < n; size *= 2)
            here++;
        most = before + here > most ? before + here : most;
    }
    return most;
}

int lng_tape_partial_blocks(const lng_tape *t, int threads)
{
    const int group = lng_tape_group(t, threads);
    int most = 0, spare = 0;
    for (int slices = 1; slices <= t->slices; slices++)
        for (int k = 0, first = 0, end; k < takers(slices, threads); k++, first = end) {
            end = end_of(slices, takers(slices, threads), k, first);
            const int here = most_subtrees(first, end, group);
            most = here > most ? here : most;
        }
    for (int i = 0; i < t->stages; i++)
        for (int k = 0; k < t->stage[i].slice.count; k++) {
            const instr *in = &t->stage[i].slice.at[k];
            int here = in->kernel ? 0 : 1; /* what is to be added */
            for (int n = 1; !in->once && n < group; n *= 2)
                here++; /* the tree within a group */
            spare = in->batch && here > spare ? here : spare;
        }
    return most + spare;
}
