/* What the machine can do at most, measured on all threads at once, as in a step: multiply-adds, and bytes to and from a core's own cache and
 * the memory. */
#include "base/arena.h"
#include "base/cache.h"
#include "base/clock.h"
#include "tape/engine.h"

#define RACES   40
#define SECONDS 3e-4                /* short, so that some run undisturbed */
#define FAR     ((size_t)128 << 20) /* bytes of all threads: more than caches have */

typedef struct race {
    const lng_level *level;
    double (*run)(const struct race *, int part); /* what it did */
    int64_t rounds;
    float *array;  /* two of each part */
    size_t floats; /* of one */
    double best[]; /* by part: a second */
} race;

static double multiply(const race *r, int part)
{
    float sink;
    (void)part;
    return 2 * (double)r->level->peak(r->rounds, &sink);
}

/* Two arrays are read, one is written. */
static double stream(const race *r, int part)
{
    float *to = r->array + (size_t)part * 2 * r->floats;
    for (int64_t i = 0; i < r->rounds; i++)
        r->level->combine->add(to, to + r->floats, r->floats);
    return 3 * sizeof(float) * (double)r->floats * (double)r->rounds;
}

static void race_part(void *context, int part)
{
    race *r = context;
    const double begin = lng_seconds(), n = r->run(r, part), rate = n / (lng_seconds() - begin);
    r->best[part] = rate > r->best[part] ? rate : r->best[part];
}

/* The mean of the threads' best rates. */
static double best_rate(race *r, lng_team *team, int races)
{
    const int threads = lng_team_size(team);
    double sum = 0;
    for (int i = 0; i < threads; i++)
        r->best[i] = 0;
    r->rounds = 1;
    for (double spent = 0; spent < SECONDS; r->rounds *= 2) {
        const double begin = lng_seconds();
        r->run(r, 0);
        spent = lng_seconds() - begin;
    }
    for (int i = 0; i < races; i++)
        lng_team_run(team, race_part, r);
    for (int i = 0; i < threads; i++)
        sum += r->best[i];
    return sum / threads;
}

static size_t floats_of(size_t bytes)
{
    return bytes / sizeof(float) / 2 / LNG_LANES * LNG_LANES;
}

bool lng_engine_machine(const lng_engine *e, lng_machine *machine)
{
    const size_t threads = (size_t)lng_team_size(e->team), far = floats_of(FAR / threads);
    race *r = lng_block_new(sizeof *r + threads * sizeof *r->best);
    float *array = lng_block_new(threads * 2 * far * sizeof *array);
    const bool ok = r && array;
    if (ok) {
        *r = (race){.level = &lng_levels[e->tape->options.isa], .run = multiply, .array = array};
        machine->flops = best_rate(r, e->team, RACES);
        r->run = stream;
        r->floats = floats_of(lng_core_cache() / 2);
        machine->cache = best_rate(r, e->team, RACES);
        r->floats = far;
        machine->memory = best_rate(r, e->team, RACES / 8);
    }
    lng_block_free(array);
    lng_block_free(r);
    return ok;
}
