/* The files of src/std, embedded at build time (std_files.c is generated from them). */
#ifndef LNG_STD_STD_H
#define LNG_STD_STD_H
#include <stddef.h>

typedef struct lng_std_file {
    const char *name; /* "layers.yaml" */
    const char *text;
    size_t length;
} lng_std_file;
extern const lng_std_file lng_std_files[];
extern const size_t lng_std_count;
#endif
