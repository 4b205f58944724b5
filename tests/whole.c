#include "config.h"
#include "whole.h"
#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static void append(lng_array *all, lng_array *more)
{
    const size_t width = (size_t)lng_shape_size(more->shape) * (size_t)lng_array_width(more);
    lng_array joined = *more;
    joined.count = all->count + more->count;
    joined.at = lng_block_new((size_t)joined.count * width);
    if (!joined.at)
        abort();
    if (all->at)
        memcpy(joined.at, all->at, (size_t)all->count * width);
    memcpy((char *)joined.at + (size_t)all->count * width, more->at, (size_t)more->count * width);
    lng_array_free(all);
    lng_array_free(more);
    *all = joined;
}

bool read_whole(const char *file, lng_wish wish, const lng_data_field *field, size_t fields, int64_t block, lng_array *array,
                lng_errors *errors)
{
    lng_array *more = calloc(fields, sizeof *more);
    lng_examples *x = lng_examples_open(file, &wish, field, fields, errors);
    int64_t n = x ? 1 : -1;
    if (!more)
        abort();
    for (size_t i = 0; i < fields; i++)
        array[i] = (lng_array){.at = NULL};
    while (n > 0 && (n = lng_examples_next(x, block, more, errors)) > 0)
        for (size_t i = 0; i < fields; i++)
            append(&array[i], &more[i]);
    for (size_t i = 0; n < 0 && i < fields; i++)
        lng_array_free(&array[i]);
    free(more);
    lng_examples_free(x);
    return n == 0;
}
