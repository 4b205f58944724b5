/* The option --limit: how much memory and time a command may take, for models whose authors nobody knows.
 *
 * The system keeps the limit of memory: an allocation beyond it fails, as any may. It counts what the process has allocated, touched or not,
 * with the stacks of its threads, and not the files that it has mapped. A timer keeps the limit of time (stop.c). */
#include "base/text.h"
#include "cli/cli.h"
#include <string.h>

#ifdef __linux__
#define MEMORY RLIMIT_DATA
#else
#define MEMORY RLIMIT_AS
#endif

typedef struct unit {
    const char *name;
    double size;
} unit;
static const unit sizes[] = {{"K", 0x1p10}, {"M", 0x1p20}, {"G", 0x1p30}, {"T", 0x1p40}, {NULL, 0}};
static const unit times[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {NULL, 0}};

enum { LIMIT_MEMORY, LIMIT_TIME, LIMITS = LNG_MOST_LIMITS };
static const struct limit {
    const char *name, *takes;
    const unit *unit;
    double least, most;
    const char *range;
} limits[LIMITS] = {{"memory", "a size, such as 512M or 4G", sizes, 0x1p25, 0x1p50, "from 32M to 1024T"},
                    {"time", "a time, such as 30s, 10m or 2h", times, 0.001, 1e9, "from 1ms to 270000h"}};

static bool read_amount(const char *text, const unit *unit, double *to)
{
    const size_t digits = strspn(text, "0123456789.");
    double x;
    while (unit->name && strcmp(text + digits, unit->name) != 0)
        unit++;
    if (!unit->name || !lng_parse_double(text, digits, &x))
        return false;
    *to = x * unit->size;
    return true;
}

static bool wrong_name(lng_command *c, const char *name)
{
    lng_nearest nearest = {.wrong = name};
    for (int i = 0; i < LIMITS; i++)
        lng_nearest_offer(&nearest, limits[i].name);
    lng_usage_error(c, "--limit takes memory=SIZE and time=TIME, such as memory=4G,time=10m, not `%s`", name);
    if (nearest.best)
        lng_error_hint(c->errors, "did you mean `%s`?", nearest.best);
    return false;
}

static bool read_one(lng_command *c, char *text, double to[LIMITS])
{
    char *equals = strchr(text, '=');
    int i = 0;
    if (equals)
        *equals = '\0';
    while (i < LIMITS && strcmp(limits[i].name, text) != 0)
        i++;
    if (i == LIMITS || !equals)
        return wrong_name(c, text);
    if (to[i] > 0)
        return lng_usage_error(c, "--limit gives `%s` twice", text);
    if (!read_amount(equals + 1, limits[i].unit, &to[i]))
        return lng_usage_error(c, "`%s` of --limit takes %s, not `%s`", text, limits[i].takes, equals + 1);
    return (to[i] >= limits[i].least && to[i] <= limits[i].most) ||
           lng_usage_error(c, "`%s` of --limit must be %s, not %s", text, limits[i].range, equals + 1);
}

static bool is_limit(const lng_given *given)
{
    return strcmp(given->option->name, "limit") == 0;
}

static bool read_all(lng_command *c, double to[LIMITS])
{
    for (size_t i = 0; i < c->givens; i++)
        if (is_limit(&c->given[i]))
            for (char *at = lng_copy(c->arena, c->given[i].value), *next; at; at = next) {
                next = strchr(at, ',');
                if (next)
                    *next++ = '\0';
                if (!read_one(c, at, to))
                    return false;
            }
    return true;
}

/* Lowers the system's limit, unless it is lower; *before: what it was. */
static bool limit_memory(double most, struct rlimit *before)
{
    if (getrlimit(MEMORY, before) != 0)
        return false;
    struct rlimit now = *before;
    now.rlim_cur = (rlim_t)most;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_cur > now.rlim_max)
        now.rlim_cur = now.rlim_max;
    return setrlimit(MEMORY, &now) == 0;
}

bool lng_limits_begin(lng_command *c, struct rlimit *before)
{
    double most[LIMITS] = {0};
    if (!read_all(c, most))
        return false;
    if (most[LIMIT_MEMORY] > 0 && !limit_memory(most[LIMIT_MEMORY], before))
        return lng_error(c->errors, LNG_E_SYSTEM, (lng_place){0}, "the system cannot limit the memory of this process");
    c->most_memory = most[LIMIT_MEMORY];
    c->most_time = c->verb->starts_runs ? 0 : most[LIMIT_TIME];
    if (c->most_time > 0)
        lng_stop_after(c->most_time);
    return true;
}

void lng_limits_end(lng_command *c, const struct rlimit *before)
{
    const size_t n = lng_errors_count(c->errors);
    if (c->most_time > 0)
        lng_stop_after(0);
    if (c->most_memory <= 0)
        return;
    setrlimit(MEMORY, before);
    if (n > 0 && lng_errors_code(c->errors, n - 1) == LNG_E_MEMORY)
        lng_error_hint(c->errors, "--limit allows %.4g MB", c->most_memory / 1e6);
}

int lng_limits_pass_on(const lng_command *c, char **argv)
{
    int n = 0;
    for (size_t i = 0; i < c->givens; i++)
        if (is_limit(&c->given[i]))
            argv[n++] = lng_format(c->arena, "--limit=%s", c->given[i].value);
    return n;
}
