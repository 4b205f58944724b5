/* The combinations of a sweep: a grid, or draws.
 *
 * A draw depends on the model's seed, the key and the draw's number alone, so a sweep that goes on draws the same. */
#include "base/random.h"
#include "cli/sweep.h"
#include <math.h>
#include <string.h>

#define GRID         5 /* points of a range that names no number */
#define MOST_POINTS  1000
#define MOST_TRIALS  100000
#define LONGEST_NAME 120
#define TRIES        20 /* draws for each combination wanted: few combinations repeat */

/* ---- what a value says ---- */
/* The end of the next part: commas inside of brackets and quotes divide nothing. */
static const char *part_end(const char *p)
{
    int depth = 0;
    char quote = 0;
    for (; *p && (depth > 0 || quote || *p != ','); p++) {
        if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '"' || *p == '\'')
            quote = *p;
        else
            depth += (strchr("([{", *p) != NULL) - (strchr(")]}", *p) != NULL);
    }
    return p;
}

/* A..B or A..B:N with numbers A < B. */
static bool read_range(const char *text, lng_sweep_key *k, int64_t *points)
{
    const char *dots = strstr(text, ".."), *colon = dots ? strchr(dots, ':') : NULL;
    const char *end = colon ? colon : text + strlen(text);
    int64_t whole;
    if (!dots || !lng_parse_double(text, (size_t)(dots - text), &k->low) ||
        !lng_parse_double(dots + 2, (size_t)(end - dots - 2), &k->high))
        return false;
    k->whole = lng_parse_int(text, (size_t)(dots - text), &whole) && lng_parse_int(dots + 2, (size_t)(end - dots - 2), &whole);
    k->by_ratio = k->low > 0 && k->high >= 10 * k->low;
    *points = GRID;
    return (!colon || lng_parse_int(colon + 1, strlen(colon + 1), points)) && k->low < k->high;
}

bool lng_sweep_is_list(const char *value)
{
    lng_sweep_key k;
    int64_t points;
    return *part_end(value) == ',' || read_range(value, &k, &points);
}

/* The number at a part from 0 to 1 of a range. */
static const char *point(lng_arena *a, const lng_sweep_key *k, double part)
{
    const double x = k->by_ratio ? k->low * pow(k->high / k->low, part) : k->low + (k->high - k->low) * part;
    char number[LNG_NUMBER_SIZE];
    if (k->whole)
        return lng_format(a, "%.0f", floor(x + 0.5));
    return part == 0 || part == 1 ? lng_copy(a, lng_number(number, part == 0 ? k->low : k->high)) : lng_format(a, "%.4g", x);
}

static void add_value(lng_sweep_key *k, const char *value)
{
    for (size_t i = 0; i < k->values; i++)
        if (strcmp(k->value[i], value) == 0)
            return;
    k->value[k->values++] = value;
}

static bool read_key(lng_sweep *s, const char *text)
{
    lng_command *c = s->command;
    lng_arena *a = c->arena;
    const char *equals = strchr(text, '=');
    int64_t points = 0;
    if (!equals || equals == text || !equals[1])
        return lng_usage_error(c, "--set takes PATH=VALUES, such as width=8,16,32 or train.optimizer.lr=1e-3..1e-1, not `%s`",
                               text);
    lng_sweep_key *k = &s->key[s->keys++];
    *k = (lng_sweep_key){.path = lng_copy_n(a, text, (size_t)(equals - text))};
    for (size_t i = 0; i + 1 < s->keys; i++)
        if (strcmp(s->key[i].path, k->path) == 0 && equals[-1] != '+')
            return lng_usage_error(c, "--set gives `%s` twice; write all its values in one list", k->path);
    k->range = read_range(equals + 1, k, &points);
    if (k->range && (points < 2 || points > MOST_POINTS))
        return lng_usage_error(c, "the range `%s` must have from 2 to %d points", equals + 1, MOST_POINTS);
    k->value = LNG_NEW_N(a, k->range ? (size_t)points : strlen(text), const char *);
    for (int64_t i = 0; i < points && k->range; i++)
        add_value(k, point(a, k, (double)i / (double)(points - 1)));
    for (const char *p = equals + 1; !k->range;) {
        const char *end = part_end(p);
        if (end == p)
            return lng_usage_error(c, "a value in `%s` is empty", text);
        add_value(k, lng_copy_n(a, p, (size_t)(end - p)));
        if (!*end)
            break;
        p = end + 1;
    }
    return true;
}

/* ---- the name of a folder ---- */
static const char *safe_name(lng_arena *a, const char *whole)
{
    char *name = lng_copy(a, whole);
    bool changed = false;
    for (char *p = name; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') && !(*p >= '0' && *p <= '9') && !strchr("._-=,+", *p)) {
            *p = '-';
            changed = true;
        }
    changed = changed || strlen(name) > LONGEST_NAME || *name == '.';
    if (*name == '.')
        *name = '-';
    if (changed)
        return lng_format(a, "%.*s-%08x", LONGEST_NAME, name, (unsigned)lng_hash(whole, strlen(whole)));
    return name;
}

static const char *name_of(const lng_sweep *s, const lng_trial *t)
{
    lng_text name = lng_text_new(s->command->arena);
    for (size_t k = 0; k < s->keys; k++)
        lng_text_add(&name, "%s%s=%s", name.length ? "," : "", s->key[k].path, t->value[k]);
    if (t->seed >= 0)
        lng_text_add(&name, "%sseed=%lld", name.length ? "," : "", (long long)t->seed);
    if (t->fold >= 0)
        lng_text_add(&name, "%sfolds=%lld,fold=%lld", name.length ? "," : "", (long long)s->folds, (long long)t->fold);
    return safe_name(s->command->arena, name.at);
}

/* ---- the trials ---- */
static bool add_trial(lng_sweep *s, const char **value, int64_t seed, int64_t fold)
{
    if (s->trials == MOST_TRIALS)
        return lng_usage_error(s->command, "the sweep has more than %d runs", MOST_TRIALS);
    s->trial = lng_grow(s->command->arena, s->trial, s->trials, &s->capacity, sizeof *s->trial);
    lng_trial *t = &s->trial[s->trials++];
    *t = (lng_trial){.value = value, .setting = s->settings, .seed = seed, .fold = fold};
    t->name = name_of(s, t);
    return true;
}

static bool add_setting(lng_sweep *s, const char **value, int64_t seeds)
{
    const int64_t folds = s->folds ? s->folds : 1;
    for (int64_t i = 0; i < (seeds ? seeds : 1); i++)
        for (int64_t f = 0; f < folds; f++)
            if (!add_trial(s, value, seeds ? (int64_t)s->base->seed + i : -1, s->folds ? f : -1))
                return false;
    s->settings++;
    return true;
}

static bool add_grid(lng_sweep *s, int64_t seeds)
{
    size_t *at = LNG_NEW_N(s->command->arena, s->keys + 1, size_t);
    for (size_t k = 0; k < s->keys;) { /* the last key changes fastest */
        const char **value = LNG_NEW_N(s->command->arena, s->keys, const char *);
        for (size_t i = 0; i < s->keys; i++)
            value[i] = s->key[i].value[at[i]];
        if (!add_setting(s, value, seeds))
            return false;
        for (k = 0; k < s->keys && ++at[s->keys - 1 - k] == s->key[s->keys - 1 - k].values; k++)
            at[s->keys - 1 - k] = 0;
    }
    return true;
}

static const char *draw(const lng_sweep *s, const lng_sweep_key *k, uint32_t number)
{
    const lng_key key = lng_random_key(s->base->seed, lng_hash(k->path, strlen(k->path)));
    const double part = (double)lng_random_word(key, number, LNG_NO_EXAMPLE, 0) / 4294967296.0;
    if (!k->range)
        return k->value[(size_t)(part * (double)k->values)];
    return part == 0 ? k->value[0] : point(s->command->arena, k, part);
}

static bool add_draws(lng_sweep *s, int64_t draws, int64_t seeds)
{
    lng_arena *a = s->command->arena;
    lng_map *seen = lng_map_new(a);
    for (int64_t i = 0; i < draws * TRIES && lng_map_count(seen) < (size_t)draws; i++) {
        const char **value = LNG_NEW_N(a, s->keys, const char *);
        for (size_t k = 0; k < s->keys; k++)
            value[k] = draw(s, &s->key[k], (uint32_t)i);
        if (!lng_map_put(seen, name_of(s, &(lng_trial){.value = value, .seed = -1, .fold = -1}), seen) &&
            !add_setting(s, value, seeds))
            return false;
    }
    return true;
}

bool lng_sweep_plan(lng_sweep *s)
{
    lng_command *c = s->command;
    int64_t seeds = 0, draws = 0;
    bool varies = false;
    if (!lng_command_int(c, "seeds", 1, 1000000, &seeds) || !lng_command_int(c, "folds", 2, 1000, &s->folds) ||
        !lng_command_int(c, "random", 1, MOST_TRIALS, &draws))
        return false;
    s->key = LNG_NEW_N(c->arena, c->givens, lng_sweep_key);
    for (size_t i = 0; i < c->givens; i++)
        if (strcmp(c->given[i].option->name, "set") == 0 && !read_key(s, c->given[i].value))
            return false;
    lng_override *fixed = LNG_NEW_N(c->arena, s->keys + 1, lng_override);
    size_t n = 0;
    for (size_t k = 0; k < s->keys; k++) {
        varies = varies || s->key[k].values > 1;
        if (s->key[k].values == 1)
            fixed[n++] = (lng_override){s->key[k].path, s->key[k].value[0]};
    }
    if (!varies && !seeds && !s->folds)
        return lng_usage_error(c, "nothing varies: give several values, such as -s width=8,16,32, or --seeds or --folds");
    if (!varies && draws)
        return lng_usage_error(c, "--random draws from lists and ranges, but --set gives none");
    lng_model *base = lng_model_read(s->model, fixed, n, c->errors);
    if (!base)
        return lng_suggest_model(c, s->model), false;
    lng_arena_defer(c->arena, lng_close_model, base);
    s->base = base;
    return draws ? add_draws(s, draws, seeds) : s->keys ? add_grid(s, seeds) : add_setting(s, NULL, seeds);
}
