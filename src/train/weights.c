/* Writing weights and checkpoints (safetensors.h). */
#include "train/weights.h"
#include "base/json.h"
#include "base/text.h"
#include "train/safetensors.h"
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

void lng_copy_floats(void *to, const void *from, size_t n)
{
    const uint16_t probe = 1;
    memcpy(to, from, n * 4);
    if (*(const unsigned char *)&probe == 1)
        return;
    for (unsigned char *p = to; n > 0; n--, p += 4) {
        const unsigned char a = p[0], b = p[1];
        p[0] = p[3], p[1] = p[2], p[2] = b, p[3] = a;
    }
}

/* ---- digest ---- */
static void digest_text(lng_sha256 *h, const char *text)
{
    lng_sha256_add(h, text, strlen(text) + 1);
}

void lng_weights_digest_begin(lng_sha256 *h, const char *content, const char *graph)
{
    lng_sha256_begin(h);
    digest_text(h, "lngraph");
    digest_text(h, LNG_WEIGHTS_VERSION);
    digest_text(h, content);
    digest_text(h, graph);
}

void lng_weights_digest_tensor(lng_sha256 *h, const char *name, lng_shape shape)
{
    char text[LNG_SHAPE_TEXT];
    digest_text(h, name);
    digest_text(h, lng_shape_text(text, shape));
}

/* ---- the file ---- */
typedef struct writing {
    const lng_weights *weights;
    lng_weights_content content;
    lng_arena *arena;
    lng_file *file; /* NULL: only the size is counted */
    size_t size;
    const lng_variable **tensor; /* by name: the store's order is that in which the graph was built */
    size_t count;
} writing;

static int by_name(const void *a, const void *b)
{
    const lng_variable *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void choose_tensors(writing *w)
{
    const lng_store *store = w->weights->store;
    w->tensor = LNG_NEW_N(w->arena, store->count, const lng_variable *);
    for (size_t i = 0; i < store->count; i++)
        if (lng_weights_holds(w->weights, w->content, i))
            w->tensor[w->count++] = &store->variable[i];
    qsort(w->tensor, w->count, sizeof *w->tensor, by_name);
}

static void put_u64(unsigned char to[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static void put_tensor(lng_json *json, const lng_variable *v, int64_t *at)
{
    lng_json_object(json, v->name);
    lng_json_string(json, "dtype", "F32");
    lng_json_array(json, "shape");
    for (int k = 0; k < v->shape.rank; k++)
        lng_json_int(json, NULL, v->shape.dim[k]);
    lng_json_end_array(json);
    lng_json_array(json, "data_offsets");
    lng_json_int(json, NULL, *at);
    lng_json_int(json, NULL, *at += 4 * lng_shape_size(v->shape));
    lng_json_end_array(json);
    lng_json_end(json);
}

/* The header as in the file; *data becomes the number of bytes of the tensors after it. */
static lng_text header(const writing *w, const char *sha256, int64_t *data)
{
    char graph[LNG_DIGEST_TEXT];
    lng_json json = lng_json_new(w->arena, 0);
    *data = 0;
    lng_json_object(&json, NULL);
    lng_json_object(&json, "__metadata__");
    lng_json_string(&json, "format", "lngraph");
    lng_json_string(&json, "format_version", LNG_WEIGHTS_VERSION);
    lng_json_string(&json, "content", lng_weights_content_name(w->content));
    lng_json_string(&json, "graph", lng_digest_text(graph, w->weights->digest));
    lng_json_string(&json, "sha256", sha256);
    lng_json_end(&json);
    for (size_t i = 0; i < w->count; i++)
        put_tensor(&json, w->tensor[i], data);
    lng_json_end(&json);
    while (json.text.length % 8)
        lng_text_put(&json.text, " ", 1);
    return json.text;
}

static bool measure(void *context)
{
    writing *w = context;
    char sha256[65];
    int64_t data;
    choose_tensors(w);
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

/* The tensor's bytes as in the file. */
static void *tensor_bytes(const writing *w, const lng_variable *v, size_t *bytes)
{
    const lng_store *store = w->weights->store;
    const size_t n = (size_t)lng_shape_size(v->shape);
    void *to = lng_alloc_n(w->arena, n, sizeof(float));
    lng_copy_floats(to, store->at + store->offset[v - store->variable], n);
    *bytes = n * sizeof(float);
    return to;
}

static bool write_all(void *context)
{
    writing *w = context;
    choose_tensors(w);
    void **tensor = LNG_NEW_N(w->arena, w->count, void *);
    size_t *bytes = LNG_NEW_N(w->arena, w->count, size_t);
    char graph[LNG_DIGEST_TEXT], sha256[65];
    unsigned char length[8];
    int64_t data;
    lng_sha256 h;
    lng_weights_digest_begin(&h, lng_weights_content_name(w->content), lng_digest_text(graph, w->weights->digest));
    for (size_t i = 0; i < w->count; i++) {
        tensor[i] = tensor_bytes(w, w->tensor[i], &bytes[i]);
        lng_weights_digest_tensor(&h, w->tensor[i]->name, w->tensor[i]->shape);
        lng_sha256_add(&h, tensor[i], bytes[i]);
    }
    lng_sha256_end(&h, sha256);
    const lng_text head = header(w, sha256, &data);
    put_u64(length, head.length);
    bool ok = lng_file_put(w->file, length, sizeof length) && lng_file_put(w->file, head.at, head.length);
    for (size_t i = 0; ok && i < w->count; i++)
        ok = lng_file_put(w->file, tensor[i], bytes[i]);
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
