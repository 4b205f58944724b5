/* A model's weights as files of other programs: safetensors, and NPZ.
 *
 * safetensors: 8 bytes with the length of a JSON header, the header, the tensors. NPZ: a ZIP archive, not compressed, of a file in the format
 * NPY for each tensor. */
#include "base/json.h"
#include "export/bytes.h"
#include "export/export.h"
#include "train/tensor_header.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static size_t elements(const lng_tensor *t)
{
    return (size_t)lng_shape_size(t->laid->shape);
}

static const float *laid_out(lng_arena *arena, const lng_tensor *t)
{
    float *to = LNG_NEW_N(arena, elements(t), float);
    for (size_t e = 0; e < elements(t); e++)
        to[e] = t->at[lng_laid_source(t->laid, (int64_t)e)];
    return to;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const lng_tensor *)a)->laid->name, ((const lng_tensor *)b)->laid->name);
}

/* The second part of what is one variable here. */
static lng_tensor nothing(lng_arena *arena, const lng_laid *of)
{
    lng_laid *laid = LNG_NEW(arena, lng_laid);
    *laid = *of;
    laid->name = of->more;
    return (lng_tensor){laid, NULL, LNG_NEW_N(arena, (size_t)lng_shape_size(of->shape), float)};
}

lng_tensor *lng_tensors_of(lng_arena *arena, lng_layout layout, const lng_graph *plain, const lng_weights *weights, size_t *count)
{
    const lng_store *s = weights->store;
    const lng_laid *laid = lng_lay_out(arena, layout, plain, s->variable, s->count);
    lng_tensor *tensor = LNG_NEW_N(arena, 2 * s->count + 1, lng_tensor);
    *count = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!weights->used[i])
            continue;
        tensor[(*count)++] = (lng_tensor){&laid[i], &s->variable[i], s->at + s->offset[i]};
        if (laid[i].more)
            tensor[(*count)++] = nothing(arena, &laid[i]);
    }
    qsort(tensor, *count, sizeof *tensor, by_name);
    return tensor;
}

/* ---- safetensors ---- */
void lng_safetensors_write(lng_layout layout, const char *title, const lng_tensor *tensor, size_t n, lng_text *to)
{
    lng_json json = lng_json_new(to->arena, 0);
    int64_t at = 0;
    lng_json_object(&json, NULL);
    lng_json_object(&json, "__metadata__");
    if (layout == LNG_LAYOUT_pytorch)
        lng_json_string(&json, "format", "pt"); /* which the libraries for PyTorch ask for */
    lng_json_string(&json, "layout", lng_layout_names[layout]);
    lng_json_string(&json, "model", title);
    lng_json_end(&json);
    for (size_t i = 0; i < n; i++)
        lng_tensor_header_put(&json, tensor[i].laid->name, tensor[i].laid->shape, false, &at);
    const lng_text head = lng_tensor_header_end(&json);
    lng_put_number(to, head.length, 8);
    lng_text_put(to, head.at, head.length);
    for (size_t i = 0; i < n; i++)
        lng_put_floats(to, laid_out(to->arena, &tensor[i]), elements(&tensor[i]));
}

/* ---- NPZ ---- */
#define NPY_ALIGN 64

static lng_text npy(lng_arena *arena, const lng_tensor *t)
{
    lng_text file = lng_text_new(arena), head = lng_text_new(arena);
    lng_text_add(&head, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int k = 0; k < t->laid->shape.rank; k++)
        lng_text_add(&head, "%lld, ", (long long)t->laid->shape.dim[k]);
    lng_text_add(&head, "), }");
    while ((10 + head.length + 1) % NPY_ALIGN)
        lng_text_add(&head, " ");
    lng_text_add(&head, "\n");
    lng_text_put(&file, "\x93NUMPY\x01\x00", 8);
    lng_put_number(&file, head.length, 2);
    lng_text_put(&file, head.at, head.length);
    lng_put_floats(&file, laid_out(arena, t), elements(t));
    return file;
}

/* What the two headers of an entry share. */
static void put_entry(lng_text *to, const char *name, uint32_t crc, size_t bytes)
{
    lng_put_number(to, 20, 2);      /* the version needed */
    lng_put_number(to, 1 << 11, 2); /* the name is UTF-8 */
    lng_put_number(to, 0, 2);       /* stored */
    lng_put_number(to, 0, 2);
    lng_put_number(to, 1 << 5 | 1, 2); /* 1980-01-01: nothing depends on the time */
    lng_put_number(to, crc, 4);
    lng_put_number(to, bytes, 4);
    lng_put_number(to, bytes, 4);
    lng_put_number(to, strlen(name), 2);
    lng_put_number(to, 0, 2);
}

bool lng_npz_write(const lng_tensor *tensor, size_t n, lng_text *to, lng_errors *errors)
{
    lng_text directory = lng_text_new(to->arena);
    for (size_t i = 0; i < n; i++) {
        const lng_text file = npy(to->arena, &tensor[i]);
        const char *name = lng_format(to->arena, "%s.npy", tensor[i].laid->name);
        const uint32_t crc = (uint32_t)crc32_z(0, (const unsigned char *)file.at, file.length);
        const size_t place = to->length;
        if (place + file.length > UINT32_MAX || n > UINT16_MAX)
            return lng_error(errors, LNG_E_LIMIT, (lng_place){0},
                             "the weights are too large for an NPZ archive, which holds 4 GiB: use --to=safetensors");
        lng_put_number(to, 0x04034b50, 4);
        put_entry(to, name, crc, file.length);
        lng_text_put(to, name, strlen(name));
        lng_text_put(to, file.at, file.length);
        lng_put_number(&directory, 0x02014b50, 4);
        lng_put_number(&directory, 20, 2); /* the version that made it */
        put_entry(&directory, name, crc, file.length);
        lng_put_number(&directory, 0, 6); /* no comment, one disk, a file of bytes */
        lng_put_number(&directory, 0, 4);
        lng_put_number(&directory, place, 4);
        lng_text_put(&directory, name, strlen(name));
    }
    const size_t place = to->length;
    lng_text_put(to, directory.at, directory.length);
    lng_put_number(to, 0x06054b50, 4);
    lng_put_number(to, 0, 4);
    lng_put_number(to, n, 2);
    lng_put_number(to, n, 2);
    lng_put_number(to, directory.length, 4);
    lng_put_number(to, place, 4);
    lng_put_number(to, 0, 2);
    return true;
}
