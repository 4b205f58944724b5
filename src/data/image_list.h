/* The image files of a folder, by their names. */
#ifndef LNG_DATA_IMAGE_LIST_H
#define LNG_DATA_IMAGE_LIST_H
#include "data/array.h"

typedef struct lng_image_file {
    const char *path;                      /* from the folder on */
    int64_t class;                         /* its folder's number; -1: it is in none */
    int64_t bytes, changed[2], written[2]; /* size, and when: seconds and nanoseconds */
    uint64_t inode;
} lng_image_file;
typedef struct lng_image_list {
    lng_image_file *at; /* sorted by path */
    size_t n, room;
    const char **class; /* the names of the folders, sorted */
    int64_t classes;
} lng_image_list;

/* Files whose names end in .png, .jpg, .jpeg, .pgm or .ppm, however they are written; in folders within folders, too. Neither names that begin
 * with a dot are read, nor others. Memory is the arena's. false after a failure. */
bool lng_image_list_read(lng_arena *, const char *folder, lng_image_list *, lng_failure *);
#endif
