/* By what data are known again. */
#ifndef LNG_DATA_DIGEST_H
#define LNG_DATA_DIGEST_H
#include "data/data.h"

/* SHA-256 of examples of a field, equal on machines of one byte order. Of more than 256 MiB, evenly spaced ones are read. */
void lng_field_digest(const lng_field *, int64_t first, int64_t count, char hex[65]);
#endif
