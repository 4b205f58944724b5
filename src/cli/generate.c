/* lngraph predict --generate: continues a text, a byte at a time. Each byte is drawn from what the model says of the bytes up to it, as many as
 * its window holds: p(b) ~ exp(logit(b) / temperature), or at temperature 0 the most probable byte. The draws depend on the seed alone.
 *
 * A text that is shorter than the window stands at its beginning. What follows it there does not matter, as a language model looks back only. */
#include "cli/generate.h"
#include "base/random.h"
#include "kernel/dmath.h"
#include <math.h>
#include <string.h>

enum { BYTES = LNG_GENERATED_BYTES };
#define MOST_BYTES (1 << 24)
#define PRINTED    (1 << 16) /* bytes after which they are printed */

bool lng_generation_read(lng_generation *g, lng_command *c)
{
    static const char *const others[] = {"prompt", "temperature"}, *const not [] = {"json", "draws", "index"};
    const char *temperature = lng_command_get(c, "temperature"), *prompt = lng_command_get(c, "prompt");
    *g = (lng_generation){.command = c, .temperature = 1, .prompt = prompt ? prompt : ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (lng_command_get(c, others[i]) && !lng_command_get(c, "generate"))
            return lng_usage_error(c, "--%s goes with --generate, which says how many bytes are to follow", others[i]);
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        if (lng_command_get(c, not [i]) && lng_command_get(c, "generate"))
            return lng_usage_error(c, "--%s has no effect with --generate, which prints bytes as they are", not [i]);
    if (temperature &&
        (!lng_parse_double(temperature, strlen(temperature), &g->temperature) || !(g->temperature >= 0 && g->temperature <= 1000)))
        return lng_usage_error(c, "--temperature takes a number from 0 to 1000, not `%s`", temperature);
    return lng_command_int(c, "generate", 1, MOST_BYTES, &g->bytes);
}

/* The last bytes of the text, as many as the window holds; without a text, the end of a line. How many there are. */
static int64_t fill(const lng_generation *g, const lng_text *text)
{
    const int64_t all = (int64_t)text->length, n = all < g->length ? all : g->length;
    memset(g->window, 0, (size_t)g->length * sizeof *g->window);
    for (int64_t i = 0; i < n; i++)
        g->window[i] = (unsigned char)text->at[all - n + i];
    if (n == 0)
        g->window[0] = '\n';
    return n > 0 ? n : 1;
}

/* Logits, or the logarithms of what is a distribution already; false if they are not finite. */
static bool read_logits(const float *out, double logit[BYTES])
{
    double sum = 0, least = 0;
    for (int b = 0; b < BYTES; b++) {
        logit[b] = (double)out[b];
        sum += logit[b];
        least = logit[b] < least ? logit[b] : least;
    }
    const bool distribution = least == 0 && fabs(sum - 1) < 1e-4;
    for (int b = 0; b < BYTES && distribution; b++)
        logit[b] = d_log(logit[b] + 0x1p-126);
    return isfinite(sum);
}

/* Of equals the first. */
static int most_probable(const double logit[BYTES])
{
    int best = 0;
    for (int b = 1; b < BYTES; b++)
        best = logit[b] > logit[best] ? b : best;
    return best;
}

static int draw(const lng_generation *g, const double logit[BYTES], int64_t number)
{
    const int best = most_probable(logit);
    const lng_key key = lng_random_key(g->seed, lng_hash("generate", 8));
    double weight[BYTES], sum = 0;
    if (g->temperature == 0)
        return best;
    for (int b = 0; b < BYTES; b++)
        sum += weight[b] = d_exp((logit[b] - logit[best]) / g->temperature);
    double left = sum * 0x1p-32 * lng_random_word(key, 0, (uint32_t)number, 0);
    for (int b = 0; b < BYTES; b++) {
        if (left < weight[b])
            return b;
        left -= weight[b];
    }
    return best; /* rounding has left a little */
}

/* On a terminal, what it would take for a command is shown as another character. */
static void put(const lng_generation *g, char c, lng_text *out)
{
    const char shown = g->terminal && c != '\n' && c != '\t' ? lng_tame_byte(c) : c;
    lng_text_put(out, &shown, 1);
}

/* Whether what the model says of the bytes of the first half of the window changes with those of the second. */
static bool looks_ahead(const lng_generation *g)
{
    const int64_t half = g->length / 2;
    const size_t bytes = (size_t)half * BYTES * sizeof(float);
    void *before = lng_alloc(g->command->arena, bytes);
    const float *out = NULL;
    for (int turn = 0; turn < 2; turn++) {
        for (int64_t i = 0; i < g->length; i++)
            g->window[i] = i < half || turn == 0 ? 'a' + (int32_t)(i % 26) : 'z' - (int32_t)(i % 26);
        if (!(out = g->run(g->context)))
            return false;
        if (turn == 0)
            memcpy(before, out, bytes);
    }
    return memcmp(before, out, bytes) != 0;
}

void lng_generate(const lng_generation *g)
{
    lng_command *c = g->command;
    lng_text text = lng_text_new(c->arena);
    double logit[BYTES];
    if (looks_ahead(g)) {
        lng_warn(
            c->errors, (lng_place){0},
            "the model looks ahead: it has learned to say of each byte what is next by reading it, so it cannot continue a text");
        lng_error_hint(c->errors,
                       "attention needs `causal: true`, a convolution `padding: causal`, and a recurrent layer one direction");
    }
    lng_text_put(&text, g->prompt, strlen(g->prompt));
    for (int64_t i = 0; i < g->bytes; i++) {
        const int64_t n = fill(g, &text);
        const float *out = g->run(g->context);
        if (!out)
            return;
        if (!read_logits(out + (n - 1) * BYTES, logit)) {
            lng_error(c->errors, LNG_E_NONFINITE, (lng_place){0}, "the output for byte %lld is not finite", (long long)i);
            return;
        }
        const char byte = (char)draw(g, logit, i);
        lng_text_put(&text, &byte, 1);
        put(g, byte, &c->out);
        if ((g->terminal || c->out.length > PRINTED) && !g->print(g->context))
            return;
    }
    if (g->terminal)
        lng_text_put(&c->out, "\n", 1);
}
