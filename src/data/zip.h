/* ZIP archives: members that are stored or deflated, without encryption, in one part of less than 4 GiB. */
#ifndef LNG_DATA_ZIP_H
#define LNG_DATA_ZIP_H
#include "data/stream.h"

typedef struct lng_zip {
    int fd;                   /* the caller's */
    uint64_t start;           /* byte of the directory */
    unsigned char *directory; /* a block */
    size_t length, next;      /* of the directory; the next entry */
    size_t left;              /* entries */
} lng_zip;
typedef struct lng_zip_entry {
    const char *name; /* not terminated */
    size_t name_length;
    uint64_t place; /* byte of the archive where the directory has it */
    lng_member member;
} lng_zip_entry;

bool lng_zip_recognise(const unsigned char *at, size_t n);
bool lng_zip_open(lng_zip *, int fd, uint64_t size, lng_failure *);
void lng_zip_free(lng_zip *);
bool lng_zip_next(lng_zip *, lng_zip_entry *, lng_failure *); /* false at the end, or after a failure */
/* Finds the bytes of an entry: its own header, which must agree with the directory, is before them. */
bool lng_zip_locate(const lng_zip *, lng_zip_entry *, lng_failure *);
#endif
