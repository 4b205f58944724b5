/* A file with one picture, to an example. */
#include "config.h"
#include "base/arena.h"
#include "data/format.h"
#include "data/picture.h"
#include "data/stream.h"
#include <string.h>

bool lng_picture_load(const char *path, lng_fit fit, lng_shape shape, unsigned char *to, lng_failure *failure)
{
    size_t n = 0, length;
    lng_array one = {.at = NULL};
    lng_stream *s = lng_stream_open(path, NULL, failure);
    const unsigned char *head = s ? lng_stream_head(s, &n) : NULL;
    const lng_picture_format *format = s ? lng_picture_find(head, n) : NULL;
    const char *what = s ? lng_content_name(head, n) : NULL;
    if (s && !format)
        lng_fail(failure, LNG_E_DATA, n == 0 ? "the file is empty" : "not an image%s%s", what ? ", but " : "", what ? what : "");
    unsigned char *bytes = format ? lng_stream_rest(s, LNG_PICTURE_BYTES, &length, failure) : NULL;
    const bool good = bytes && lng_picture_fit(format, bytes, length, fit, shape, &one, failure);
    if (good)
        memcpy(to, one.at, (size_t)lng_shape_size(shape));
    lng_array_free(&one);
    lng_block_free(bytes);
    lng_stream_free(s);
    return good;
}
