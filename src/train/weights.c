/* Writing weights and checkpoints (safetensors.h). */
#include "train/weights.h"
#include "base/json.h"
#include "base/text.h"
#include "train/safetensors.h"
#include "train/tensor_header.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lng_weights_content_name(lng_weights_content content)
{
    return content == LNG_WEIGHTS_USED ? "weights" : "checkpoint";
}

const char *lng_digest_text(char text[LNG_DIGEST_TEXT], uint64_t digest)
{
    snprintf(text, LNG_DIGEST_TEXT, "%016" PRIx64, digest);
    return text;
}

bool lng_weights_holds(const lng_weights *w, lng_weights_content content, size_t i)
{
    return content == LNG_WEIGHTS_ALL || w->used[i];
}

bool lng_weights_keeps(const lng_weights *w, size_t i)
{
    return w->used[i] || w->store->variable[i].average_of;
}

void lng_copy_numbers(void *to, const void *from, size_t n, size_t width)
{
    const uint16_t probe = 1;
    memcpy(to, from, n * width);
    if (*(const unsigned char *)&probe == 1)
        return;
    for (unsigned char *p = to; n > 0; n--, p += width)
        for (size_t i = 0; i < width / 2; i++) {
            const unsigned char a = p[i];
            p[i] = p[width - 1 - i];
            p[width - 1 - i] = a;
        }
}

const char *const lng_stays_key[LNG_STAYS] = {
    [LNG_STAYS_SEED] = "seed", [LNG_STAYS_DATA] = "data",       [LNG_STAYS_HELD_OUT] = "held_out",
    [LNG_STAYS_LOSS] = "loss", [LNG_STAYS_UPDATES] = "updates", [LNG_STAYS_KEEP] = "keep"};

/* ---- digest ---- */
static void digest_text(lng_sha256 *h, const char *text)
{
    lng_sha256_add(h, text, strlen(text) + 1);
}

void lng_weights_digest_begin(lng_sha256 *h, const char *content, const char *graph, const char *const stays[LNG_STAYS])
{
    lng_sha256_begin(h);
    digest_text(h, "lngraph");
    digest_text(h, LNG_WEIGHTS_VERSION);
    digest_text(h, content);
    digest_text(h, graph);
    for (int i = 0; i < LNG_STAYS; i++)
        if (stays[i])
            digest_text(h, stays[i]);
}

void lng_weights_digest_tensor(lng_sha256 *h, const char *name, lng_shape shape)
{
    char text[LNG_SHAPE_TEXT];
    digest_text(h, name);
    digest_text(h, lng_shape_text(text, shape));
}

/* ---- the file ---- */
/* A tensor to be written. */
typedef struct tensor {
    const char *name;
    lng_shape shape;
    bool wide; /* F64; else F32 */
    const void *at;
} tensor;

typedef struct writing {
    const lng_weights *weights;
    lng_weights_content content;
    lng_arena *arena;
    lng_file *file; /* NULL: only the size is counted */
    size_t size;
    const char *graph, *stays[LNG_STAYS]; /* metadata; NULL: the file has none */
    tensor *tensor;
    size_t count;
} writing;

static size_t tensor_bytes(const tensor *t)
{
    return (t->wide ? sizeof(double) : sizeof(float)) * (size_t)lng_shape_size(t->shape);
}

/* Doubles first, where they are aligned. The store's order is that in which the graph was built. */
static int by_name(const void *a, const void *b)
{
    const tensor *left = a, *right = b;
    return left->wide != right->wide ? right->wide - left->wide : strcmp(left->name, right->name);
}

static const lng_rest *rest_of(const writing *w)
{
    return w->content == LNG_WEIGHTS_ALL ? w->weights->rest : NULL;
}

static void choose_tensors(writing *w)
{
    const lng_store *store = w->weights->store;
    const lng_rest *rest = rest_of(w);
    w->tensor = LNG_NEW_N(w->arena, 2 * store->count + (rest ? rest->count : 0), tensor);
    for (size_t i = 0; rest && i < rest->count; i++)
        w->tensor[w->count++] = (tensor){rest->numbers[i].name, rest->numbers[i].shape, true, rest->numbers[i].at};
    for (size_t i = 0; i < store->count; i++) {
        const lng_variable *v = &store->variable[i];
        if (lng_weights_holds(w->weights, w->content, i))
            w->tensor[w->count++] = (tensor){v->name, v->shape, false, store->at + store->offset[i]};
        if (rest && rest->best && lng_weights_keeps(w->weights, i))
            w->tensor[w->count++] =
                (tensor){lng_format(w->arena, LNG_BEST_PREFIX "%s", v->name), v->shape, false, rest->best + store->offset[i]};
    }
    qsort(w->tensor, w->count, sizeof *w->tensor, by_name);
}

static void choose_metadata(writing *w)
{
    char graph[LNG_DIGEST_TEXT];
    const lng_rest *rest = rest_of(w);
    w->graph = lng_copy(w->arena, lng_digest_text(graph, w->weights->digest));
    for (int i = 0; rest && i < LNG_STAYS; i++)
        w->stays[i] = rest->stays[i];
}

static void put_u64(unsigned char to[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

/* The header as in the file; *data becomes the number of bytes of the tensors after it. */
static lng_text header(const writing *w, const char *sha256, int64_t *data)
{
    lng_json json = lng_json_new(w->arena, 0);
    *data = 0;
    lng_json_object(&json, NULL);
    lng_json_object(&json, "__metadata__");
    lng_json_string(&json, "format", "lngraph");
    lng_json_string(&json, "format_version", LNG_WEIGHTS_VERSION);
    lng_json_string(&json, "content", lng_weights_content_name(w->content));
    lng_json_string(&json, "graph", w->graph);
    for (int i = 0; i < LNG_STAYS; i++)
        if (w->stays[i])
            lng_json_string(&json, lng_stays_key[i], w->stays[i]);
    lng_json_string(&json, "sha256", sha256);
    lng_json_end(&json);
    for (size_t i = 0; i < w->count; i++)
        lng_tensor_header_put(&json, w->tensor[i].name, w->tensor[i].shape, w->tensor[i].wide, data);
    return lng_tensor_header_end(&json);
}

static bool measure(void *context)
{
    writing *w = context;
    char sha256[65];
    int64_t data;
    choose_tensors(w);
    choose_metadata(w);
    memset(sha256, '0', 64);
    sha256[64] = 0;
    w->size = 8 + header(w, sha256, &data).length + (size_t)data;
    return true;
}

size_t lng_weights_size(const lng_weights *weights, lng_weights_content content)
{
    writing w = {.weights = weights, .content = content, .arena = lng_arena_new()};
    lng_attempt(w.arena, measure, &w, NULL, "");
    lng_arena_free(w.arena);
    return w.size;
}

/* The tensor as in the file. */
static void *bytes_of(const writing *w, const tensor *t)
{
    void *to = lng_alloc_n(w->arena, tensor_bytes(t), 1);
    lng_copy_numbers(to, t->at, (size_t)lng_shape_size(t->shape), t->wide ? sizeof(double) : sizeof(float));
    return to;
}

static bool write_all(void *context)
{
    writing *w = context;
    choose_tensors(w);
    choose_metadata(w);
    void **bytes = LNG_NEW_N(w->arena, w->count, void *);
    char sha256[65];
    unsigned char length[8];
    int64_t data;
    lng_sha256 h;
    lng_weights_digest_begin(&h, lng_weights_content_name(w->content), w->graph, w->stays);
    for (size_t i = 0; i < w->count; i++) {
        bytes[i] = bytes_of(w, &w->tensor[i]);
        lng_weights_digest_tensor(&h, w->tensor[i].name, w->tensor[i].shape);
        lng_sha256_add(&h, bytes[i], tensor_bytes(&w->tensor[i]));
    }
    lng_sha256_end(&h, sha256);
    const lng_text head = header(w, sha256, &data);
    put_u64(length, head.length);
    bool ok = lng_file_put(w->file, length, sizeof length) && lng_file_put(w->file, head.at, head.length);
    for (size_t i = 0; ok && i < w->count; i++)
        ok = lng_file_put(w->file, bytes[i], tensor_bytes(&w->tensor[i]));
    return ok;
}

bool lng_weights_write(const lng_weights *weights, lng_weights_content content, lng_file *file, lng_errors *errors)
{
    writing w = {.weights = weights, .content = content, .arena = lng_arena_new(), .file = file};
    const bool ok = lng_attempt(w.arena, write_all, &w, errors, "writing the weights");
    lng_arena_free(w.arena);
    return ok;
}

bool lng_weights_save(const lng_weights *weights, lng_weights_content content, const char *path, lng_errors *errors)
{
    lng_file *file = lng_file_begin(path, errors);
    if (!file)
        return false;
    if (lng_weights_write(weights, content, file, errors))
        return lng_file_commit(file);
    lng_file_abandon(file);
    return false;
}
