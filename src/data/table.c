/* Shared by archives and tables, which give all fields at once. */
#include "config.h"
#include "data/table.h"

const lng_data_format *lng_table_format(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < lng_data_format_count; i++)
        if (lng_data_formats[i].table && lng_data_formats[i].recognise(at, n))
            return &lng_data_formats[i];
    return NULL;
}

static bool read_all(lng_stream *s, const lng_load *load, lng_failure *failure)
{
    const lng_table *table = load->format->table;
    void *reader = table->open(s, load, load->array, failure);
    const int64_t n = reader ? table->next(reader, INT64_MAX, load->array, failure) : -1;
    const bool done = n > 0 || (n == 0 && lng_fail(failure, LNG_E_DATA,
                                                   "no examples are left: a cell is missing in each row, "
                                                   "and the description says `missing: drop`"));
    table->free(reader);
    return done;
}

bool lng_table_load(lng_load *load, lng_failure *failure)
{
    lng_stream *s = lng_stream_open(load->path, load->sha256, failure);
    size_t n;
    const unsigned char *head = s ? lng_stream_head(s, &n) : NULL;
    const bool done = s && lng_content_check(load->format, head, n, failure) && read_all(s, load, failure);
    lng_stream_free(s);
    return done;
}

bool lng_table_verify(const char *path, const char *sha256, lng_failure *failure)
{
    return lng_stream_verify(path, sha256, LNG_TABLE_BYTES, failure);
}
