/* Shared by archives and tables, which are read whole and give all fields at once. */
#include "config.h"
#include "data/table.h"
#include "base/arena.h"

unsigned char *lng_table_bytes(lng_stream *s, size_t *n, lng_failure *failure)
{
    unsigned char *bytes = lng_stream_rest(s, LNG_TABLE_BYTES, n, failure);
    if (!bytes || lng_stream_finish(s, failure))
        return bytes;
    lng_block_free(bytes);
    return NULL;
}

const lng_data_format *lng_table_format(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < lng_data_format_count; i++)
        if (lng_data_formats[i].files == LNG_FILE_PER_PART && lng_data_formats[i].recognise(at, n))
            return &lng_data_formats[i];
    return NULL;
}

bool lng_table_read(lng_stream *s, const lng_load *load, lng_failure *failure)
{
    for (size_t i = 0; i < load->fields; i++)
        load->array[i] = (lng_array){.at = NULL};
    if (load->format->read(s, load, failure))
        return true;
    for (size_t i = 0; i < load->fields; i++)
        lng_array_free(&load->array[i]);
    return false;
}

bool lng_table_load(const lng_load *load, lng_failure *failure)
{
    lng_stream *s = lng_stream_open(load->path, load->sha256, failure);
    size_t n;
    const unsigned char *head = s ? lng_stream_head(s, &n) : NULL;
    const bool done = s && lng_content_check(load->format, head, n, failure) && lng_table_read(s, load, failure);
    lng_stream_free(s);
    return done;
}

bool lng_table_verify(const char *path, const char *sha256, lng_failure *failure)
{
    size_t n;
    lng_stream *s = lng_stream_open(path, sha256, failure);
    unsigned char *bytes = s ? lng_table_bytes(s, &n, failure) : NULL;
    lng_block_free(bytes);
    lng_stream_free(s);
    return bytes != NULL;
}
