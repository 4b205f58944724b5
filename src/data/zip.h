/* ZIP archives in memory: entries that are stored or deflated, without encryption, in one part of less than 4 GiB. */
#ifndef LNG_DATA_ZIP_H
#define LNG_DATA_ZIP_H
#include "data/array.h"

typedef struct lng_zip {
    const unsigned char *at;
    size_t size;
    size_t next, left; /* of the directory: byte of the next entry, how many are left */
} lng_zip;
typedef struct lng_zip_entry {
    const char *name; /* not terminated */
    size_t name_length;
    const unsigned char *at; /* as it is stored */
    size_t stored, size;
    uint32_t crc;
    bool deflated;
} lng_zip_entry;

bool lng_zip_recognise(const unsigned char *at, size_t n);
bool lng_zip_open(lng_zip *, const unsigned char *at, size_t n, lng_failure *);
bool lng_zip_next(lng_zip *, lng_zip_entry *, lng_failure *);         /* false at the end, or after a failure */
unsigned char *lng_zip_extract(const lng_zip_entry *, lng_failure *); /* a block of entry->size bytes; NULL after a failure */
#endif
