/* A folder of images: TRAIN/CLASS/NAME.png. The names of the folders are words, as in the column of a table that holds classes; what is learned
 * from them is learned there.
 *
 * The threads of the team decode, each the next file that nobody has. Every file that cannot be read is listed, not the first alone. */
#include "config.h"
#include "base/arena.h"
#include "data/format.h"
#include "data/image_cache.h"
#include "data/image_list.h"
#include "data/picture.h"
#include "data/vocabulary.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define MOST_LISTED 1000 /* broken files */

typedef struct decoding {
    lng_load *load;
    const lng_image_list *list;
    const lng_data_field *field; /* the images' */
    lng_array *array;
    bool *broken;      /* of each file */
    lng_failure **why; /* of the broken ones that are listed: blocks */
    atomic_size_t next, done, listed;
} decoding;

/* ---- one file ---- */
static bool decode(const decoding *d, size_t i, lng_failure *failure)
{
    char path[4096];
    const lng_fit fit = d->field->columns ? d->field->columns->fit : LNG_FIT_NONE;
    const lng_shape shape = d->field->shape;
    if (snprintf(path, sizeof path, "%s/%s", d->load->path, d->list->at[i].path) >= (int)sizeof path)
        return lng_fail(failure, LNG_E_LIMIT, "a path of more than 4,095 bytes");
    return lng_picture_load(path, fit, shape, (uint8_t *)d->array->at + i * (size_t)lng_shape_size(shape), failure);
}

static void keep_reason(decoding *d, size_t i, const lng_failure *failure)
{
    d->broken[i] = true;
    if (atomic_fetch_add(&d->listed, 1) < MOST_LISTED && (d->why[i] = lng_block_new(sizeof *failure)))
        *d->why[i] = *failure;
}

static void decode_next(void *context, int thread)
{
    decoding *d = context;
    const lng_data_watch *watch = &d->load->watch;
    for (size_t i; (i = atomic_fetch_add(&d->next, 1)) < d->list->n;) {
        lng_failure failure = {0};
        if (!decode(d, i, &failure))
            keep_reason(d, i, &failure);
        const size_t done = atomic_fetch_add(&d->done, 1) + 1;
        if (thread == 0 && watch->said && done < d->list->n)
            watch->said(watch->context, lng_part_names[d->load->part], (int64_t)done, (int64_t)d->list->n);
    }
}

/* ---- all of them ---- */
static void free_reasons(void *what)
{
    decoding *d = what;
    for (size_t i = 0; i < d->list->n; i++)
        lng_block_free(d->why[i]);
}

/* The images that could be read come first; *count: how many. */
static void close_gaps(const decoding *d)
{
    const size_t size = (size_t)lng_shape_size(d->field->shape);
    size_t to = 0;
    for (size_t i = 0; i < d->list->n; i++) {
        if (!d->broken[i] && to != i)
            memmove((uint8_t *)d->array->at + to * size, (uint8_t *)d->array->at + i * size, size);
        to += !d->broken[i];
    }
    d->array->count = (int64_t)to;
}

static void list_broken(const decoding *d)
{
    lng_broken *b = &d->load->broken;
    const size_t broken = atomic_load(&d->listed);
    b->path = LNG_NEW_N(d->load->arena, broken + 1, const char *);
    b->why = LNG_NEW_N(d->load->arena, broken + 1, lng_failure);
    for (size_t i = 0; i < d->list->n; i++)
        if (d->why[i]) {
            b->path[b->n] = lng_format(d->load->arena, "%s/%s", d->load->path, d->list->at[i].path);
            b->why[b->n++] = *d->why[i];
        }
    b->left = d->load->skips_broken ? (int64_t)broken : 0;
}

static bool decode_all(decoding *d, lng_failure *failure)
{
    const int64_t size = lng_shape_size(d->field->shape);
    lng_load *load = d->load;
    if (size > LNG_ARRAY_BYTES / (int64_t)d->list->n)
        return lng_fail(failure, LNG_E_LIMIT, "%zu images of %lld bytes, past the limit of 4 GiB", d->list->n, (long long)size);
    d->why = LNG_NEW_N(load->arena, d->list->n, lng_failure *);
    lng_arena_defer(load->arena, free_reasons, d);
    if (!lng_array_new(d->array, (int64_t)d->list->n, failure))
        return false;
    if (load->team)
        lng_team_run(load->team, decode_next, d);
    else
        decode_next(d, 0);
    if (load->watch.said)
        load->watch.said(load->watch.context, lng_part_names[load->part], (int64_t)d->list->n, (int64_t)d->list->n);
    if (d->listed == 0)
        return true;
    list_broken(d);
    close_gaps(d);
    return !load->skips_broken || d->array->count > 0 || lng_fail(failure, LNG_E_DATA, "no image can be read");
}

static bool read_images(lng_load *load, const lng_image_list *list, const lng_data_field *field, lng_array *array, bool *broken,
                        lng_failure *failure)
{
    decoding *d = LNG_NEW(load->arena, decoding);
    *array = (lng_array){.type = LNG_ARRAY_U8, .shape = field->shape};
    d->load = load;
    d->list = list;
    d->field = field;
    d->array = array;
    d->broken = broken;
    if (lng_image_cache_load(load, list, field, array, broken))
        return true;
    if (!decode_all(d, failure))
        return false;
    if (d->listed == 0 || load->skips_broken)
        lng_image_cache_save(load, list, field, array, broken);
    return true;
}

/* ---- classes ---- */
static bool check_name(const char *class, lng_failure *failure)
{
    size_t byte = 0;
    const char *fault = lng_name_fault(class, strlen(class), &byte);
    return !fault ||
           lng_fail(failure, LNG_E_DATA, "byte %zu of the folder's name `%.60s` is %s, which the name of a class cannot have",
                    byte + 1, class, fault);
}

/* The number of each folder's name: among the names that are given, or as it is learned. */
static bool number_classes(const lng_load *load, size_t field, const lng_image_list *list, int32_t *number, lng_failure *failure)
{
    const lng_column_spec *c = load->field[field].columns;
    for (int64_t i = 0; i < list->classes; i++) {
        int64_t found = -1;
        for (int64_t k = 0; c->word && k < c->words && found < 0; k++)
            found = strcmp(c->word[k], list->class[i]) == 0 ? k : -1;
        if (!c->word && !check_name(list->class[i], failure))
            return false;
        if (!c->word && load->words && load->words[field])
            found = lng_vocabulary_add(load->words[field], list->class[i], strlen(list->class[i]));
        if (found < 0 && c->word)
            return lng_fail(failure, LNG_E_DATA, "the folder `%.60s` is none of the classes", list->class[i]);
        if (found < 0)
            return lng_fail(failure, LNG_E_MEMORY, "out of memory");
        number[i] = (int32_t)found;
    }
    return true;
}

static bool read_classes(const lng_load *load, size_t field, const lng_image_list *list, const bool *broken, int64_t count,
                         lng_failure *failure)
{
    lng_array *array = &load->array[field];
    int32_t *number = LNG_NEW_N(load->arena, (size_t)list->classes + 1, int32_t);
    *array = (lng_array){.type = LNG_ARRAY_I32};
    if (!number_classes(load, field, list, number, failure) || !lng_array_new(array, count, failure))
        return false;
    for (size_t i = 0, to = 0; i < list->n; i++) {
        if (broken[i])
            continue;
        if (list->at[i].class < 0)
            return lng_fail(failure, LNG_E_DATA, "`%.200s` is in no folder of a class", list->at[i].path);
        ((int32_t *)array->at)[to++] = number[list->at[i].class];
    }
    return true;
}

static bool no_images(const lng_load *load, lng_failure *failure)
{
    lng_fail(failure, LNG_E_DATA, "there is no image in this folder");
    return lng_fail_hint(failure, "names of images end in .png, .jpg, .jpeg, .pgm or .ppm, as in %s/CLASS/1.png",
                         lng_part_names[load->part]);
}

bool lng_folder_load(lng_load *load, lng_failure *failure)
{
    lng_image_list *list = LNG_NEW(load->arena, lng_image_list);
    int64_t count = -1;
    if (!lng_image_list_read(load->arena, load->path, list, failure))
        return false;
    if (list->n == 0)
        return no_images(load, failure);
    bool *broken = LNG_NEW_N(load->arena, list->n, bool);
    for (size_t i = 0; i < load->fields; i++)
        if (load->field[i].dtype == LNG_F32) {
            if (!read_images(load, list, &load->field[i], &load->array[i], broken, failure))
                return false;
            count = load->array[i].count;
        }
    for (size_t i = 0; i < load->fields; i++)
        if (load->field[i].dtype == LNG_I32 && !read_classes(load, i, list, broken, count < 0 ? (int64_t)list->n : count, failure))
            return false;
    return true;
}
