#ifndef LNG_DATA_FIND_H
#define LNG_DATA_FIND_H
#include "data/data.h"

/* The path of a file in a folder, with or without .gz; NULL: there is none. */
const char *lng_data_file_in(lng_arena *, const char *folder, const char *name);
/* Searches the places of lng_data_open for a folder that has all n files. false after LNG_E_DATA_NOT_FOUND. */
bool lng_data_find(lng_arena *, const lng_data_spec *, const char *folder, const char *const *file, size_t n, const char **path,
                   const char **where, lng_errors *);

#endif
