/* Reading weights and checkpoints (safetensors.h). Nothing is trusted before it is checked, only files of exactly this kind are read, and
 * the store does not change until everything fits. */
#include "base/json.h"
#include "base/text.h"
#include "train/safetensors.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* bytes of tensors in a file of another model */
#define MOST_FOREIGN (SIZE_MAX > UINT32_MAX ? (size_t)((uint64_t)1 << 36) : SIZE_MAX / 2)
#define MOST_HISTORY ((size_t)1 << 30) /* bytes of a checkpoint's history */

typedef struct tensor {
    const char *name;
    lng_shape shape;
    bool wide;          /* F64; else F32 */
    const char *other;  /* the dtype, if it is another one, which only files of other programs have */
    int64_t begin, end; /* bytes from the start of the data */
} tensor;

typedef struct reader {
    lng_arena *arena;
    lng_errors *errors;
    const lng_weights *weights;
    lng_source source;
    const unsigned char *data; /* after the header */
    int64_t data_size;
    size_t header; /* bytes */
    lng_weights_content content;
    const char *match;            /* of weights from another model: the names of those to take; NULL: all, and none of others */
    const char *into;             /* the call that they are for, whose name theirs lack in the file; NULL: the model itself */
    const lng_doc *names;         /* of those: what the file calls them; NULL: no others */
    bool tells;                   /* warn of what none of them takes */
    lng_layout layout;            /* that the file has them in */
    const lng_graph *plain;       /* which decides what that is for each */
    const lng_laid *laid;         /* by variable; NULL: as they are */
    const char *graph, *sha256;   /* NULL: another program wrote the file */
    const char *stays[LNG_STAYS]; /* of a run's checkpoint; without a seed, it is none */
    lng_rest *to;                 /* what the checkpoint has beside the variables, in `arena`; NULL: it is not wanted */
    tensor *tensor;
    size_t count;
} reader;

static bool refuse(const reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(const reader *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lng_verror(r->errors, LNG_E_WEIGHTS, (lng_place){.source = &r->source}, format, arguments);
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
    if (r->match && (!format || strcmp(format, "lngraph") != 0))
        return true;
    if (!format || strcmp(format, "lngraph") != 0)
        return refuse(r, "lngraph did not write this file: the header's `__metadata__` has no `format: lngraph`");
    const char *version = text_of(meta, "format_version");
    if (!version || strcmp(version, LNG_WEIGHTS_VERSION) != 0)
        return refuse(r, "unknown format version `%s`: this lngraph reads version " LNG_WEIGHTS_VERSION, version ? version : "");
    const char *content = text_of(meta, "content");
    r->graph = text_of(meta, "graph");
    r->sha256 = text_of(meta, "sha256");
    size_t known = 5;
    for (int i = 0; i < LNG_STAYS; i++)
        known += (r->stays[i] = text_of(meta, lng_stays_key[i])) != NULL;
    if (!content || !r->graph || !r->sha256 || !r->stays[LNG_STAYS_SEED] != !r->stays[LNG_STAYS_DATA] || meta->count != known)
        return refuse(r, "`__metadata__` must have exactly the keys format, format_version, content, graph and sha256, and in the "
                         "checkpoint of a run seed, data, held_out, loss, updates and keep");
    r->content = strcmp(content, "checkpoint") == 0 ? LNG_WEIGHTS_ALL : LNG_WEIGHTS_USED;
    return strcmp(content, lng_weights_content_name(r->content)) == 0 || refuse(r, "unknown content `%s`", content);
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
    const int64_t bytes = (t->wide ? 8 : 4) * lng_shape_size(t->shape);
    if (!t->other && t->end - t->begin != bytes) {
        char shape[LNG_SHAPE_TEXT];
        return refuse(r, "tensor `%s`: %lld bytes, but %s of shape %s takes %lld", t->name, (long long)(t->end - t->begin),
                      t->wide ? "F64" : "F32", lng_shape_text(shape, t->shape), (long long)bytes);
    }
    return true;
}

static bool has_prefix(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool read_tensor(reader *r, tensor *t, const lng_json_value *v)
{
    const char *dtype = v->kind == LNG_JSON_OBJECT ? text_of(v, "dtype") : NULL;
    if (!dtype || v->count != 3)
        return refuse(r, "tensor `%s` must have exactly the keys dtype, shape and data_offsets", t->name);
    t->wide = has_prefix(t->name, LNG_RUN_PREFIX);
    t->other = r->match && !r->graph && strcmp(dtype, "F32") != 0 ? dtype : NULL;
    if (!t->other && strcmp(dtype, t->wide ? "F64" : "F32") != 0)
        return refuse(r, "tensor `%s`: expected dtype %s, got `%s`", t->name, t->wide ? "F64" : "F32", dtype);
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
    if (!r->sha256)
        return true;
    lng_weights_digest_begin(&h, lng_weights_content_name(r->content), r->graph, r->stays);
    for (size_t i = 0; i < r->count; i++) {
        lng_weights_digest_tensor(&h, r->tensor[i].name, r->tensor[i].shape);
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

uint64_t lng_get_u64(const unsigned char from[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}

static bool read_file(reader *r, const char *path, size_t expected)
{
    size_t length;
    const char *bytes = lng_file_read(r->arena, path, expected + 8 + LNG_MOST_HEADER, &length, r->errors);
    if (!bytes)
        return false;
    if (length < 8)
        return refuse(r, "byte %zu: the file ends within the length of its header", length);
    const uint64_t header = lng_get_u64((const unsigned char *)bytes);
    if (header > LNG_MOST_HEADER && length > 8 && bytes[8] != '{')
        return refuse(r, "byte 0: this is not a safetensors file");
    if (header > LNG_MOST_HEADER)
        return refuse(r, "byte 0: a header of %llu bytes; the limit is %zu", (unsigned long long)header, LNG_MOST_HEADER);
    if (header % 8 != 0)
        return refuse(r, "byte 0: a header of %llu bytes, which is not a multiple of 8", (unsigned long long)header);
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
    const tensor **of;           /* by variable: what the file has for it; NULL: nothing */
} fit;

/* The name of a variable in the file; NULL: it is not of the call that the weights are for. */
static const char *name_in_file(const reader *r, const char *name)
{
    const size_t n = r->into ? strlen(r->into) : 0;
    if (n == 0)
        return name;
    return strncmp(name, r->into, n) == 0 && name[n] == '.' ? name + n + 1 : NULL;
}

/* What a variable is called where the weights of others are. */
static const char *name_of_start(const reader *r, size_t i)
{
    return name_in_file(r, r->laid ? r->laid[i].name : r->weights->store->variable[i].name);
}

/* Whether the file is to have the variable: as weights of this model, or because its name matches. */
static bool holds(const fit *f, size_t i)
{
    const lng_weights *w = f->r->weights;
    if (f->r->match)
        return w->used[i] && name_in_file(f->r, f->store->variable[i].name) && lng_matches(f->r->match, f->store->variable[i].name);
    return lng_weights_holds(w, f->r->content, i);
}

/* What `names` makes of a tensor's name: that of the first key that matches it; NULL: none does. */
static const char *renamed(const reader *r, const char *name)
{
    for (size_t i = 0; r->names && i < r->names->count; i++) {
        const char *from = r->names->key[i]->text, *to = r->names->item[i]->text, *star = strchr(from, '*'),
                   *place = strchr(to, '*');
        if (!lng_matches(from, name))
            continue;
        if (!place)
            return to;
        const int before = (int)(star - from), same = (int)(strlen(name) - (strlen(from) - 1));
        return lng_format(r->arena, "%.*s%.*s%s", (int)(place - to), to, same, name + before, place + 1);
    }
    return NULL;
}

static bool twice(const fit *f, const tensor *t, const tensor *other, const char *name)
{
    return refuse(f->r, "the tensors `%s` and `%s` are both for `%s`", other->name, t->name, name);
}

/* Reports a key of `names` that no tensor of the file has. */
static bool check_key(const reader *r, const char *key)
{
    lng_nearest nearest = {.wrong = key};
    for (size_t i = 0; i < r->count; i++) {
        if (lng_matches(key, r->tensor[i].name))
            return true;
        lng_nearest_offer(&nearest, r->tensor[i].name);
    }
    refuse(r, "the file has no tensor `%s`, which `names` has a name for", key);
    if (nearest.best)
        lng_error_hint(r->errors, "the nearest in the file is `%s`", nearest.best);
    return false;
}

/* Finds the tensors by the names that the model, or the layout, has for them. */
static bool name_tensors(const fit *f)
{
    const reader *r = f->r;
    bool ok = true;
    for (size_t i = 0; i < r->count; i++) {
        const char *given = renamed(r, r->tensor[i].name), *name = given ? given : r->tensor[i].name;
        const tensor *other = lng_map_put(f->in_file, name, &r->tensor[i]);
        if (other)
            ok = twice(f, &r->tensor[i], other, name);
    }
    for (size_t k = 0; r->names && k < r->names->count; k++)
        ok = check_key(r, r->names->key[k]->text) && ok;
    return ok;
}

static bool fit_of(const reader *r, fit *f)
{
    *f = (fit){.r = r, .store = r->weights->store, .in_file = lng_map_new(r->arena), .in_model = lng_map_new(r->arena)};
    f->of = LNG_NEW_N(r->arena, f->store->count + 1, const tensor *);
    const bool ok = name_tensors(f);
    for (size_t i = 0; i < f->store->count; i++) {
        const char *name = f->store->variable[i].name;
        if (!holds(f, i))
            continue;
        lng_map_put(f->in_model, name, (void *)&f->store->variable[i]);
        f->of[i] = lng_map_get(f->in_file, name_in_file(r, name));
        if (!f->of[i] && r->laid)
            f->of[i] = lng_map_get(f->in_file, name_of_start(r, i));
    }
    return ok;
}

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

static bool absent(const reader *r, const char *name)
{
    lng_nearest nearest = {.wrong = name};
    for (size_t i = 0; i < r->count; i++)
        lng_nearest_offer(&nearest, r->tensor[i].name);
    refuse(r, "the file has no tensor `%s`, which `start` is to take from it", name);
    if (nearest.best)
        lng_error_hint(r->errors, "the nearest in the file is `%s`", nearest.best);
    return false;
}

static bool unknown(const fit *f, const tensor *t)
{
    lng_nearest nearest = {.wrong = t->name};
    for (size_t i = 0; i < f->store->count; i++)
        if (holds(f, i))
            lng_nearest_offer(&nearest, f->store->variable[i].name);
    refuse(f->r, "the model has no tensor `%s`", t->name);
    if (nearest.best)
        lng_error_hint(f->r->errors, "the nearest in the model is `%s`", nearest.best);
    return false;
}

static bool other_shape(const fit *f, const tensor *t, const char *name, lng_shape shape)
{
    char is[LNG_SHAPE_TEXT], should[LNG_SHAPE_TEXT];
    return refuse(f->r, "tensor `%s` has shape %s, but shape %s in the model", name, lng_shape_text(is, t->shape),
                  lng_shape_text(should, shape));
}

/* Whether what the file has for variable i is such as the model, in the file's layout, has it. */
static bool check_tensor(const fit *f, const tensor *t, size_t i)
{
    const reader *r = f->r;
    const lng_variable *v = &f->store->variable[i];
    const lng_shape shape = r->laid ? r->laid[i].shape : v->shape;
    if (t->other)
        return refuse(r, "tensor `%s` has dtype %s; only F32 can be read", t->name, t->other);
    return lng_shape_equal(t->shape, shape) || other_shape(f, t, r->laid ? t->name : v->name, shape);
}

/* Tensors may fit by name and shape, and still mean something else. */
static bool check_graph(const reader *r)
{
    char graph[LNG_DIGEST_TEXT];
    if (strcmp(r->graph, lng_digest_text(graph, r->weights->digest)) == 0)
        return true;
    refuse(r, "these are the weights of another model: its tensors have the same names and shapes, but are used differently");
    lng_error_hint(r->errors, "use the model.yaml that was saved with the weights");
    return false;
}

/* What is two tensors in the file, which it adds up; NULL: it is one. */
static const tensor *second(const fit *f, size_t i)
{
    const char *more = f->r->laid && strcmp(f->of[i]->name, f->store->variable[i].name) != 0 ? f->r->laid[i].more : NULL;
    return more ? lng_map_get(f->in_file, name_in_file(f->r, more)) : NULL;
}

/* Reports every difference. */
static bool check_held(const fit *f)
{
    bool ok = true;
    for (size_t i = 0; i < f->store->count; i++) {
        if (!holds(f, i))
            continue;
        if (f->of[i])
            ok = check_tensor(f, f->of[i], i) && (!second(f, i) || check_tensor(f, second(f, i), i)) && ok;
        else
            ok = f->r->match ? absent(f->r, name_of_start(f->r, i)) : missing(f, &f->store->variable[i]);
    }
    return ok;
}

/* Whether a tensor is part of what a checkpoint has beside the variables. */
static bool is_rest(const reader *r, const tensor *t)
{
    return r->stays[LNG_STAYS_SEED] && (t->wide || has_prefix(t->name, LNG_BEST_PREFIX));
}

static bool check_fit(const fit *f)
{
    bool ok = check_held(f);
    for (size_t i = 0; i < f->r->count; i++) {
        const tensor *t = &f->r->tensor[i];
        ok = (is_rest(f->r, t) || lng_map_get(f->in_model, t->name) || unknown(f, t)) && ok;
    }
    return ok && check_graph(f->r);
}

static void take(const fit *f, size_t i)
{
    const lng_store *s = f->store;
    const unsigned char *from = f->r->data + f->of[i]->begin;
    const int64_t n = lng_shape_size(f->of[i]->shape);
    for (int64_t e = 0; f->r->laid && e < n; e++)
        lng_copy_numbers(s->at + s->offset[i] + lng_laid_source(&f->r->laid[i], e), from + 4 * e, 1, sizeof *s->at);
    if (!f->r->laid)
        lng_copy_numbers(s->at + s->offset[i], from, (size_t)n, sizeof *s->at);
}

static void add(const fit *f, size_t i, const tensor *t)
{
    float x;
    for (int64_t e = 0; e < lng_shape_size(t->shape); e++) {
        lng_copy_numbers(&x, f->r->data + t->begin + 4 * e, 1, sizeof x);
        f->store->at[f->store->offset[i] + (size_t)lng_laid_source(&f->r->laid[i], e)] += x;
    }
}

static void take_held(const fit *f)
{
    for (size_t i = 0; i < f->store->count; i++)
        if (holds(f, i)) {
            take(f, i);
            if (second(f, i))
                add(f, i, second(f, i));
        }
}

/* ---- what a checkpoint has beside the variables ---- */
/* The best weights so far, laid out as the store. */
static bool take_best(const fit *f)
{
    const lng_store *s = f->store;
    float *best = LNG_NEW_N(f->r->arena, s->floats, float);
    size_t found = 0, kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        const lng_variable *v = &s->variable[i];
        const tensor *t = lng_map_get(f->in_file, lng_format(f->r->arena, LNG_BEST_PREFIX "%s", v->name));
        if (!lng_weights_keeps(f->r->weights, i))
            continue;
        kept++;
        if (!t)
            continue;
        if (!lng_shape_equal(t->shape, v->shape))
            return other_shape(f, t, v->name, v->shape);
        lng_copy_numbers(best + s->offset[i], f->r->data + t->begin, (size_t)lng_shape_size(t->shape), sizeof *best);
        found++;
    }
    f->r->to->best = found ? best : NULL;
    return found == 0 || found == kept || refuse(f->r, "of the best weights, %zu tensors of %zu are missing", kept - found, kept);
}

static bool take_rest(const fit *f)
{
    const reader *r = f->r;
    lng_rest *to = r->to;
    if (!to)
        return true;
    if (!r->stays[LNG_STAYS_SEED])
        return refuse(r, "this is not the checkpoint of a run: it does not say where training stood");
    *to = (lng_rest){.numbers = LNG_NEW_N(r->arena, r->count, lng_numbers)};
    for (int i = 0; i < LNG_STAYS; i++)
        to->stays[i] = r->stays[i] ? lng_copy(r->arena, r->stays[i]) : NULL;
    for (size_t i = 0; i < r->count; i++) {
        const tensor *t = &r->tensor[i];
        const size_t n = (size_t)lng_shape_size(t->shape);
        if (!t->wide)
            continue;
        lng_numbers *x = &to->numbers[to->count++];
        *x = (lng_numbers){lng_copy(r->arena, t->name), t->shape, LNG_NEW_N(r->arena, n, double)};
        lng_copy_numbers(x->at, r->data + t->begin, n, sizeof *x->at);
    }
    return take_best(f);
}

/* A checkpoint has the variables, as many again at most, and a history. */
static size_t most_bytes(const reader *r)
{
    const size_t variables = r->weights->store->floats * sizeof(float);
    return r->to ? 2 * variables + MOST_HISTORY : variables;
}

static bool load(void *context)
{
    reader *r = context;
    if (!read_file(r, r->source.name, most_bytes(r)))
        return false;
    fit f;
    if (!fit_of(r, &f) || !check_fit(&f) || !take_rest(&f))
        return false;
    take_held(&f);
    return true;
}

bool lng_weights_load(const lng_weights *weights, const char *path, lng_errors *errors)
{
    reader r = {.arena = lng_arena_new(), .errors = errors, .weights = weights, .source = {.name = path}};
    const bool ok = lng_attempt(r.arena, load, &r, errors, "reading the weights");
    lng_arena_free(r.arena);
    return ok;
}

bool lng_weights_load_checkpoint(const lng_weights *weights, const char *path, lng_arena *arena, lng_rest *to, lng_errors *errors)
{
    reader r = {.arena = arena, .errors = errors, .weights = weights, .source = {.name = path}, .to = to};
    return lng_attempt(arena, load, &r, errors, "reading the checkpoint");
}

/* ---- weights from another model ---- */
static bool none_match(const reader *r)
{
    lng_nearest nearest = {.wrong = r->match};
    const lng_weights *w = r->weights;
    for (size_t i = 0; i < w->store->count; i++)
        if (w->used[i])
            lng_nearest_offer(&nearest, w->store->variable[i].name);
    if (r->into)
        refuse(r, "no weight of the model's `%s` matches `%s`", r->into, r->match);
    else
        refuse(r, "no weight of the model matches `%s`", r->match);
    if (nearest.best)
        lng_error_hint(r->errors, "the nearest in the model is `%s`", nearest.best);
    return false;
}

#define MOST_TOLD 8

static void tell_of_rest(const fit *f)
{
    const reader *r = f->r;
    lng_map *taken = lng_map_new(r->arena);
    lng_text names = lng_text_new(r->arena);
    size_t rest = 0;
    for (size_t i = 0; i < f->store->count; i++)
        if (holds(f, i)) {
            lng_map_put(taken, f->of[i]->name, taken);
            if (second(f, i))
                lng_map_put(taken, second(f, i)->name, taken);
        }
    for (size_t i = 0; i < r->count; i++)
        if (!lng_map_get(taken, r->tensor[i].name) && ++rest <= MOST_TOLD)
            lng_text_add(&names, "%s`%s`", rest > 1 ? ", " : "", r->tensor[i].name);
    if (rest)
        lng_warn(r->errors, (lng_place){.source = &r->source}, "the model does not take %zu of the tensors: %s%s", rest, names.at,
                 rest > MOST_TOLD ? " and others" : "");
}

static bool adopt(void *context)
{
    reader *r = context;
    struct stat about;
    if (stat(r->source.name, &about) == 0 && S_ISDIR(about.st_mode))
        r->source.name = lng_format(r->arena, "%s/model.safetensors", r->source.name);
    if (!read_file(r, r->source.name, MOST_FOREIGN))
        return false;
    if (r->layout != LNG_LAYOUT_lngraph)
        r->laid = lng_lay_out(r->arena, r->layout, r->plain, r->weights->store->variable, r->weights->store->count);
    fit f;
    const bool named = fit_of(r, &f);
    if (lng_map_count(f.in_model) == 0)
        return none_match(r);
    if (!check_held(&f) || !named)
        return false;
    take_held(&f);
    if (r->tells)
        tell_of_rest(&f);
    return true;
}

bool lng_weights_adopt(const lng_weights *weights, const lng_start *start, const lng_graph *plain, lng_errors *errors)
{
    reader r = {.arena = lng_arena_new(),
                .errors = errors,
                .weights = weights,
                .match = start->match,
                .into = start->into,
                .names = start->names,
                .tells = start->tells,
                .layout = start->layout,
                .plain = plain,
                .source = {.name = start->from}};
    const bool ok = lng_attempt(r.arena, adopt, &r, errors, "reading the weights to start from");
    lng_arena_free(r.arena);
    return ok;
}
