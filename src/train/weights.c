/* Weights as safetensors: 8 bytes with the length of a JSON header, the header, the tensors; all little-endian.
 *
 * Writing. Tensors in the store's order, F32, in logical shapes, the header padded with spaces to a multiple of 8. Its metadata:
 *   format, format_version   "lngraph", "1"
 *   graph                    SHA-256 of the variables' names and shapes
 *   sha256                   SHA-256 of the other metadata and of each tensor's name, shape and bytes, in the order of the header
 * Nothing depends on the machine, the threads or the time.
 *
 * Reading. Nothing is believed before it is checked, only files of exactly this kind are read, and the store does not change until
 * everything fits. */
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "train/weights.h"
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION "1"
#define MAX_HEADER     ((size_t)16 << 20)

static lng_place place_of(const lng_source *source)
{
    return (lng_place){.source = source};
}

/* ---- bytes ---- */
static void put_u64(unsigned char to[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get_u64(const unsigned char *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}

/* Copies floats from little-endian to the machine's order, or back. */
static void copy_floats(void *to, const void *from, size_t n)
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

/* ---- digests ---- */
static void digest_text(lng_sha256 *h, const char *text)
{
    lng_sha256_add(h, text, strlen(text) + 1);
}

static void digest_shape(lng_sha256 *h, const char *name, lng_shape shape)
{
    char text[LNG_SHAPE_TEXT];
    digest_text(h, name);
    digest_text(h, lng_shape_text(text, shape));
}

static void digest_head(lng_sha256 *h, const char *graph)
{
    lng_sha256_begin(h);
    digest_text(h, "lngraph");
    digest_text(h, FORMAT_VERSION);
    digest_text(h, graph);
}

/* ---- writing ---- */
static void digest_graph(const lng_store *store, char hex[65])
{
    lng_sha256 h;
    lng_sha256_begin(&h);
    for (size_t i = 0; i < store->count; i++)
        digest_shape(&h, store->variable[i].name, store->variable[i].shape);
    lng_sha256_end(&h, hex);
}

static void write_header(const lng_store *store, const char *graph, const char *sha256, lng_json *json)
{
    int64_t at = 0;
    lng_json_object(json, NULL);
    lng_json_object(json, "__metadata__");
    lng_json_string(json, "format", "lngraph");
    lng_json_string(json, "format_version", FORMAT_VERSION);
    lng_json_string(json, "graph", graph);
    lng_json_string(json, "sha256", sha256);
    lng_json_end(json);
    for (size_t i = 0; i < store->count; i++) {
        const lng_variable *v = &store->variable[i];
        lng_json_object(json, v->name);
        lng_json_string(json, "dtype", "F32");
        lng_json_array(json, "shape");
        for (int k = 0; k < v->shape.rank; k++)
            lng_json_int(json, NULL, v->shape.dim[k]);
        lng_json_end_array(json);
        lng_json_array(json, "data_offsets");
        lng_json_int(json, NULL, at);
        lng_json_int(json, NULL, at += 4 * lng_shape_size(v->shape));
        lng_json_end_array(json);
        lng_json_end(json);
    }
    lng_json_end(json);
    while (json->text.length % 8)
        lng_text_put(&json->text, " ", 1);
}

/* The tensor's bytes as the file has them. */
static void *tensor_bytes(lng_arena *arena, const lng_store *store, size_t i, size_t *bytes)
{
    const size_t n = (size_t)lng_shape_size(store->variable[i].shape);
    void *to = lng_alloc_n(arena, n, sizeof(float));
    copy_floats(to, store->at + store->offset[i], n);
    *bytes = n * sizeof(float);
    return to;
}

typedef struct saving {
    const lng_store *store;
    lng_arena *arena;
    const char *path;
    lng_errors *errors;
} saving;

static bool save(void *context)
{
    const saving *s = context;
    const lng_store *store = s->store;
    lng_arena *arena = s->arena;
    char graph[65], sha256[65];
    unsigned char length[8];
    lng_sha256 h;
    lng_json json = lng_json_new(arena, 0);
    void **tensor = LNG_NEW_N(arena, store->count, void *);
    size_t *bytes = LNG_NEW_N(arena, store->count, size_t);

    digest_graph(store, graph);
    digest_head(&h, graph);
    for (size_t i = 0; i < store->count; i++) {
        tensor[i] = tensor_bytes(arena, store, i, &bytes[i]);
        digest_shape(&h, store->variable[i].name, store->variable[i].shape);
        lng_sha256_add(&h, tensor[i], bytes[i]);
    }
    lng_sha256_end(&h, sha256);
    write_header(store, graph, sha256, &json);
    put_u64(length, json.text.length);

    lng_file *file = lng_file_begin(s->path, s->errors);
    bool ok = file && lng_file_put(file, length, sizeof length) && lng_file_put(file, json.text.at, json.text.length);
    for (size_t i = 0; ok && i < store->count; i++)
        ok = lng_file_put(file, tensor[i], bytes[i]);
    return file && lng_file_commit(file) && ok; /* a failed put fails the commit, which says why */
}

bool lng_weights_save(const lng_store *store, const char *path, lng_errors *errors)
{
    saving s = {.store = store, .arena = lng_arena_new(), .path = path, .errors = errors};
    const bool ok = lng_attempt(s.arena, save, &s, errors, "writing the weights");
    lng_arena_free(s.arena);
    return ok;
}

/* ---- reading ---- */
typedef struct tensor {
    const char *name;
    lng_shape shape;
    int64_t begin, end; /* bytes from the start of the data */
} tensor;

typedef struct reader {
    lng_arena *arena;
    lng_errors *errors;
    lng_store *store;
    lng_source source;
    const unsigned char *data; /* after the header */
    int64_t data_size;
    size_t header; /* bytes */
    const char *graph, *sha256;
    tensor *tensor;
    size_t count;
} reader;

static bool refuse(const reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(const reader *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(r->errors, LNG_E_WEIGHTS, place_of(&r->source), format, arguments);
    va_end(arguments);
    return false;
}

static const char *text_of(const lng_json_value *object, const char *key)
{
    const lng_json_value *v = lng_json_get(object, key);
    return v && v->kind == LNG_JSON_STRING ? v->string : NULL;
}

static bool read_metadata(reader *r, const lng_json_value *meta)
{
    const char *format = meta && meta->kind == LNG_JSON_OBJECT ? text_of(meta, "format") : NULL;
    if (!format || strcmp(format, "lngraph") != 0)
        return refuse(r, "this is not a file of lngraph: the header's `__metadata__` has no `format: lngraph`");
    const char *version = text_of(meta, "format_version");
    if (!version || strcmp(version, FORMAT_VERSION) != 0)
        return refuse(r, "unknown format version `%s`: this lngraph reads version " FORMAT_VERSION, version ? version : "");
    r->graph = text_of(meta, "graph");
    r->sha256 = text_of(meta, "sha256");
    if (!r->graph || !r->sha256 || meta->count != 4)
        return refuse(r, "`__metadata__` must have exactly the keys format, format_version, graph and sha256");
    return true;
}

static bool read_shape(reader *r, tensor *t, const lng_json_value *shape)
{
    if (!shape || shape->kind != LNG_JSON_ARRAY || shape->count > LNG_MAX_RANK)
        return refuse(r, "tensor `%s`: `shape` must be a list of at most %d dimensions", t->name, LNG_MAX_RANK);
    t->shape.rank = (int)shape->count;
    for (size_t i = 0; i < shape->count; i++) {
        const lng_json_value *v = &shape->item[i];
        if (v->kind != LNG_JSON_NUMBER || !v->integral || v->integer < 0 || v->integer > LNG_MAX_ELEMENTS)
            return refuse(r, "tensor `%s`: dimension %zu of `shape` must be an integer from 0 to 2^31", t->name, i + 1);
        t->shape.dim[i] = v->integer;
    }
    if (lng_shape_size(t->shape) < 0)
        return refuse(r, "tensor `%s` has more than 2^31 elements", t->name);
    return true;
}

static bool read_offsets(reader *r, tensor *t, const lng_json_value *offsets)
{
    if (!offsets || offsets->kind != LNG_JSON_ARRAY || offsets->count != 2 || !offsets->item[0].integral ||
        !offsets->item[1].integral)
        return refuse(r, "tensor `%s`: `data_offsets` must be two integers", t->name);
    t->begin = offsets->item[0].integer;
    t->end = offsets->item[1].integer;
    if (t->begin < 0 || t->end < t->begin || t->end > r->data_size)
        return refuse(r, "tensor `%s`: bytes %lld to %lld lie outside the %lld bytes of data", t->name, (long long)t->begin,
                      (long long)t->end, (long long)r->data_size);
    if (t->end - t->begin != 4 * lng_shape_size(t->shape)) {
        char shape[LNG_SHAPE_TEXT];
        return refuse(r, "tensor `%s`: %lld bytes, but F32 of shape %s takes %lld", t->name, (long long)(t->end - t->begin),
                      lng_shape_text(shape, t->shape), (long long)(4 * lng_shape_size(t->shape)));
    }
    return true;
}

static bool read_tensor(reader *r, tensor *t, const lng_json_value *v)
{
    const char *dtype = v->kind == LNG_JSON_OBJECT ? text_of(v, "dtype") : NULL;
    if (!dtype || v->count != 3)
        return refuse(r, "tensor `%s` must have exactly the keys dtype, shape and data_offsets", t->name);
    if (strcmp(dtype, "F32") != 0)
        return refuse(r, "tensor `%s`: expected dtype F32, got `%s`", t->name, dtype);
    return read_shape(r, t, lng_json_get(v, "shape")) && read_offsets(r, t, lng_json_get(v, "data_offsets"));
}

static int by_offset(const void *a, const void *b)
{
    const tensor *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end == y->end ? 0 : x->end < y->end ? -1 : 1;
}

/* The tensors must cover the data exactly. */
static bool check_tiling(reader *r)
{
    const unsigned long long base = 8 + r->header;
    int64_t at = 0;
    tensor *sorted = LNG_NEW_N(r->arena, r->count, tensor);
    memcpy(sorted, r->tensor, r->count * sizeof *sorted);
    qsort(sorted, r->count, sizeof *sorted, by_offset);
    for (size_t i = 0; i < r->count; i++) {
        if (sorted[i].begin < at)
            return refuse(r, "byte %llu: tensor `%s` overlaps tensor `%s`", base + (unsigned long long)sorted[i].begin,
                          sorted[i].name, sorted[i - 1].name);
        if (sorted[i].begin > at)
            return refuse(r, "byte %llu: %lld bytes before tensor `%s` belong to no tensor", base + (unsigned long long)at,
                          (long long)(sorted[i].begin - at), sorted[i].name);
        at = sorted[i].end;
    }
    if (at != r->data_size)
        return refuse(r, "byte %llu: %lld bytes after the last tensor", base + (unsigned long long)at,
                      (long long)(r->data_size - at));
    return true;
}

static bool check_digest(reader *r)
{
    char hex[65];
    lng_sha256 h;
    digest_head(&h, r->graph);
    for (size_t i = 0; i < r->count; i++) {
        digest_shape(&h, r->tensor[i].name, r->tensor[i].shape);
        lng_sha256_add(&h, r->data + r->tensor[i].begin, (size_t)(r->tensor[i].end - r->tensor[i].begin));
    }
    lng_sha256_end(&h, hex);
    return strcmp(hex, r->sha256) == 0 || refuse(r, "the file is damaged: its content does not match the digest in its header");
}

static bool read_header(reader *r, const char *text)
{
    size_t offset = 0;
    const char *why = "";
    if (r->header == 0 || text[0] != '{')
        return refuse(r, "byte 8: the header must begin with `{`");
    const lng_json_value *header = lng_json_parse(r->arena, text, r->header, &offset, &why);
    if (!header)
        return refuse(r, "byte %zu: the header is not valid JSON: %s", 8 + offset, why);
    if (header->kind != LNG_JSON_OBJECT)
        return refuse(r, "byte 8: the header must be a JSON object");
    if (!read_metadata(r, lng_json_get(header, "__metadata__")))
        return false;
    r->tensor = LNG_NEW_N(r->arena, header->count, tensor);
    bool ok = true;
    for (size_t i = 0; i < header->count; i++) {
        if (strcmp(header->key[i], "__metadata__") == 0)
            continue;
        tensor *t = &r->tensor[r->count++];
        t->name = header->key[i];
        ok = read_tensor(r, t, &header->item[i]) && ok;
    }
    return ok;
}

static bool read_file(reader *r, const char *path, size_t expected)
{
    size_t length;
    const char *bytes = lng_file_read(r->arena, path, expected + 8 + MAX_HEADER, &length, r->errors);
    if (!bytes)
        return false;
    if (length < 8)
        return refuse(r, "byte %zu: the file ends within the length of its header", length);
    const uint64_t header = get_u64((const unsigned char *)bytes);
    if (header > MAX_HEADER)
        return refuse(r, "byte 0: a header of %llu bytes; the limit is %zu", (unsigned long long)header, MAX_HEADER);
    if (header > length - 8)
        return refuse(r, "byte %zu: the file ends within its header of %llu bytes", length, (unsigned long long)header);
    r->header = (size_t)header;
    r->data = (const unsigned char *)bytes + 8 + header;
    r->data_size = (int64_t)(length - 8 - r->header);
    return read_header(r, bytes + 8) && check_tiling(r) && check_digest(r);
}

/* ---- fitting the file to the store ---- */
typedef struct fit {
    const reader *r;
    const lng_store *store;
    lng_map *in_file, *in_model; /* by name */
} fit;

static bool missing(const fit *f, const lng_variable *v)
{
    lng_nearest nearest = {.wrong = v->name};
    for (size_t i = 0; i < f->r->count; i++)
        if (!lng_map_get(f->in_model, f->r->tensor[i].name))
            lng_nearest_offer(&nearest, f->r->tensor[i].name);
    refuse(f->r, "the model's tensor `%s` is missing", v->name);
    if (nearest.best)
        lng_error_hint(f->r->errors, "the file has `%s`, which the model lacks", nearest.best);
    return false;
}

static bool unknown(const fit *f, const tensor *t)
{
    lng_nearest nearest = {.wrong = t->name};
    for (size_t i = 0; i < f->store->count; i++)
        lng_nearest_offer(&nearest, f->store->variable[i].name);
    refuse(f->r, "the model has no tensor `%s`", t->name);
    if (nearest.best)
        lng_error_hint(f->r->errors, "the nearest in the model is `%s`", nearest.best);
    return false;
}

static bool other_shape(const fit *f, const tensor *t, const lng_variable *v)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    return refuse(f->r, "tensor `%s` has shape %s, but shape %s in the model", v->name, lng_shape_text(is, t->shape),
                  lng_shape_text(should, v->shape));
}

/* Reports every difference. */
static bool check_fit(const fit *f)
{
    bool ok = true;
    for (size_t i = 0; i < f->store->count; i++) {
        const lng_variable *v = &f->store->variable[i];
        const tensor *t = lng_map_get(f->in_file, v->name);
        ok = (t ? lng_shape_equal(t->shape, v->shape) || other_shape(f, t, v) : missing(f, v)) && ok;
    }
    for (size_t i = 0; i < f->r->count; i++)
        ok = (lng_map_get(f->in_model, f->r->tensor[i].name) || unknown(f, &f->r->tensor[i])) && ok;
    return ok;
}

static bool load(void *context)
{
    reader *r = context;
    lng_store *store = r->store;
    if (!read_file(r, r->source.name, store->floats * sizeof(float)))
        return false;
    const fit f = {.r = r, .store = store, .in_file = lng_map_new(r->arena), .in_model = lng_map_new(r->arena)};
    for (size_t i = 0; i < r->count; i++)
        lng_map_put(f.in_file, r->tensor[i].name, &r->tensor[i]);
    for (size_t i = 0; i < store->count; i++)
        lng_map_put(f.in_model, store->variable[i].name, (void *)&store->variable[i]);
    if (!check_fit(&f))
        return false;
    for (size_t i = 0; i < store->count; i++) {
        const tensor *t = lng_map_get(f.in_file, store->variable[i].name);
        copy_floats(store->at + store->offset[i], r->data + t->begin, (size_t)lng_shape_size(t->shape));
    }
    return true;
}

bool lng_weights_load(lng_store *store, const char *path, lng_errors *errors)
{
    reader r = {.arena = lng_arena_new(), .errors = errors, .store = store, .source = {.name = path}};
    const bool ok = lng_attempt(r.arena, load, &r, errors, "reading the weights");
    lng_arena_free(r.arena);
    return ok;
}
