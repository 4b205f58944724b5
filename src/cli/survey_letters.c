/* A text: how long it is, what it is made of, and what a byte of it takes without any memory, which a language model has to beat; and a model
 * file to start from, which trains as it is. */
#include "config.h"
#include "base/json.h"
#include "cli/survey.h"
#include "data/stream.h"
#include "kernel/dmath.h"
#include <limits.h>
#include <string.h>

#define BLOCK       65536
#define MOST_SHOWN  12
#define CHARACTERS  0x110000
#define LONGEST     4 /* bytes of a character */
#define LEAST_BYTES 200

typedef struct letters {
    lng_command *c;
    lng_arena *arena;
    const char *path;
    int64_t bytes, lines, longest, line; /* line: bytes of the present one */
    int64_t count[256];
    int64_t characters, alphabet; /* of UTF-8 */
    bool broken;                  /* it is not UTF-8 */
    uint8_t *seen;                /* a bit for each character */
} letters;

static void count_bytes(letters *t, const char *at, size_t n)
{
    t->bytes += (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        t->count[(unsigned char)at[i]]++;
        t->line = at[i] == '\n' ? 0 : t->line + 1;
        t->longest = t->line > t->longest ? t->line : t->longest;
    }
}

/* Whole characters, and the bytes of one that goes on in the next block, whose number it returns. */
static size_t count_characters(letters *t, const char *at, size_t n, bool last)
{
    while (!t->broken && n > 0) {
        uint32_t code;
        const int length = lng_utf8(at, n, &code);
        if (length == 0 && n < LONGEST && !last)
            return n;
        t->broken = length == 0;
        if (t->broken)
            break;
        t->characters++;
        t->alphabet += !(t->seen[code / 8] >> code % 8 & 1);
        t->seen[code / 8] |= (uint8_t)(1u << code % 8);
        at += length, n -= (size_t)length;
    }
    return 0;
}

static bool read_all(letters *t, lng_stream *s, lng_failure *failure)
{
    char *block = lng_alloc(t->arena, LONGEST + BLOCK);
    size_t left = 0, got = BLOCK;
    while (got == BLOCK) {
        if (!lng_stream_some(s, block + left, BLOCK, &got, failure))
            return false;
        count_bytes(t, block + left, got);
        const size_t n = left + got;
        left = count_characters(t, block, n, got < BLOCK);
        memmove(block, block + n - left, left);
    }
    t->lines = t->count['\n'] + (t->line > 0);
    return lng_stream_finish(s, failure) && (t->bytes > 0 || lng_fail(failure, LNG_E_DATA, "the file is empty"));
}

static void free_stream(void *stream)
{
    lng_stream_free(stream);
}

static bool read_text(letters *t)
{
    const bool input = strcmp(t->path, "-") == 0;
    lng_failure failure = {0};
    lng_stream *s = input ? lng_stream_input(&failure) : lng_stream_open(t->path, NULL, &failure);
    if (s)
        lng_arena_defer(t->arena, free_stream, s);
    if (s && read_all(t, s, &failure))
        return true;
    const lng_source source = {.name = input ? "<stdin>" : t->path};
    return lng_fail_report(&failure, (lng_place){.source = &source}, t->c->errors);
}

/* Of a byte, if it is drawn as often as it stands here. */
static double entropy(const letters *t)
{
    double sum = 0;
    for (int i = 0; i < 256; i++)
        if (t->count[i])
            sum -= (double)t->count[i] / (double)t->bytes * d_log((double)t->count[i] / (double)t->bytes);
    return sum / 0.69314718055994531;
}

static int different(const letters *t)
{
    int n = 0;
    for (int i = 0; i < 256; i++)
        n += t->count[i] > 0;
    return n;
}

/* The byte of which there are most after those that are taken; -1: none is left. */
static int next_byte(const letters *t, const bool *taken)
{
    int best = -1;
    for (int i = 0; i < 256; i++)
        if (!taken[i] && t->count[i] > 0 && (best < 0 || t->count[i] > t->count[best]))
            best = i;
    return best;
}

static const char *byte_text(lng_arena *a, int byte)
{
    return byte == ' '                 ? "space"
           : byte == '\n'              ? "line end"
           : byte > ' ' && byte < 0x7f ? lng_format(a, "%c", byte)
                                       : lng_format(a, "byte %d", byte);
}

static void write_text(const letters *t, lng_text *out, lng_look look)
{
    lng_arena *a = t->arena;
    bool taken[256] = {false};
    int byte;
    lng_text_add(out, "%s: text, %s bytes, %s line%s, the longest of %s bytes\n\n", lng_shown(a, t->path, 60),
                 lng_count(a, t->bytes), lng_count(a, t->lines), t->lines == 1 ? "" : "s", lng_count(a, t->longest));
    if (t->broken)
        lng_text_add(out, "not UTF-8\n");
    else
        lng_text_add(out, "%s characters in UTF-8, of which %s differ\n", lng_count(a, t->characters), lng_count(a, t->alphabet));
    lng_text_add(out, "%d different bytes; one takes %s bits if nothing but their shares is known\n", different(t),
                 lng_fixed(a, entropy(t), 3));
    lng_text_add(out, "\n%sthe most frequent bytes%s\n", lng_style_on(look, LNG_BOLD), lng_style_off(look, LNG_BOLD));
    lng_table *table = lng_table_new(a, "lrR", 2, 2);
    for (int i = 0; i < MOST_SHOWN && (byte = next_byte(t, taken)) >= 0; i++) {
        taken[byte] = true;
        lng_table_cell(table, LNG_PLAIN, byte_text(a, byte));
        lng_table_cell(table, LNG_PLAIN, lng_count(a, t->count[byte]));
        lng_table_cell(table, LNG_PLAIN, lng_format(a, "%s %%", lng_fixed(a, 100 * (double)t->count[byte] / (double)t->bytes, 1)));
    }
    lng_table_write(table, out, look);
}

static void write_json(const letters *t, lng_text *out)
{
    lng_json j = lng_json_new(t->arena, 2);
    lng_json_array(&j, NULL);
    lng_json_object(&j, NULL);
    lng_json_string(&j, "data", t->path);
    lng_json_string(&j, "format", "text");
    lng_json_int(&j, "bytes", t->bytes);
    lng_json_int(&j, "lines", t->lines);
    lng_json_int(&j, "longest_line", t->longest);
    lng_json_bool(&j, "utf8", !t->broken);
    if (!t->broken) {
        lng_json_int(&j, "characters", t->characters);
        lng_json_int(&j, "different_characters", t->alphabet);
    }
    lng_json_number(&j, "bits_per_byte", entropy(t));
    lng_json_array(&j, "byte_counts");
    for (int i = 0; i < 256; i++)
        lng_json_int(&j, NULL, t->count[i]);
    lng_json_end_array(&j);
    lng_json_end(&j);
    lng_json_end_array(&j);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_add(out, "\n");
}

static bool write_model(const letters *t, lng_text *out)
{
    lng_arena *a = t->arena;
    const lng_source source = {.name = t->path};
    const char *base = lng_base_name(t->path);
    const int64_t window = t->bytes / 100 < 8 ? 8 : t->bytes / 100 > 128 ? 128 : t->bytes / 100;
    int64_t epochs = 800 * 16 * window / t->bytes;
    epochs = epochs < 1 ? 1 : epochs > 50 ? 50 : epochs;
    if (strcmp(t->path, "-") == 0)
        return lng_usage_error(t->c, "--model needs a file that the model can read");
    if (t->bytes < LEAST_BYTES)
        return lng_error(t->c->errors, LNG_E_DATA, (lng_place){.source = &source},
                         "%lld bytes are too few to learn from: at least %d", (long long)t->bytes, LEAST_BYTES);
    lng_text_add(out, "# Made by `lngraph describe` from %s.\nlngraph: 1\nname: text\n", lng_shown(a, base, 60));
    lng_text_add(out,
                 "data:\n  source:\n    format: text\n    fields: {text: [%lld], next: [%lld]}\n    train: {file: %s}\n  dir: %s\n"
                 "  validation: {last: 0.1}\nin: text[%lld], next[%lld]\n",
                 (long long)window, (long long)window, lng_yaml_scalar(a, base), lng_yaml_scalar(a, lng_parent_name(a, t->path)),
                 (long long)window, (long long)window);
    lng_text_add(out,
                 "graph:\n  - text\n  - embedding: {count: 256, units: 32}\n  - lstm: {units: 128}\n  - dense: {units: 256}\n"
                 "train:\n  loss: sequence_cross_entropy(out, next)\n  optimizer: adam(lr=cosine(peak=5e-3))\n  clip: {norm: 1.0}\n"
                 "  batch: 16\n  epochs: %lld\n  keep: best(validation.loss)\n  seed: 1\n"
                 "report:\n  metrics:\n    - bits_per_byte(out, next)\n",
                 (long long)epochs);
    return true;
}

void lng_describe_letters(lng_command *c, const char *path)
{
    letters t = {.c = c, .arena = c->arena, .path = path, .seen = LNG_NEW_N(c->arena, CHARACTERS / 8, uint8_t)};
    if (!read_text(&t))
        return;
    if (lng_command_get(c, "model"))
        write_model(&t, &c->out);
    else if (lng_command_get(c, "json"))
        write_json(&t, &c->out);
    else
        write_text(&t, &c->out, c->look);
}
