/* Binary files, built in memory: a text holds their bytes, little-endian whatever the machine. */
#ifndef LNG_EXPORT_BYTES_H
#define LNG_EXPORT_BYTES_H
#include "base/text.h"

void lng_put_number(lng_text *, uint64_t, int bytes); /* the lowest so many */
void lng_put_floats(lng_text *, const float *, size_t n);

#endif
