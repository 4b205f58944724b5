#ifndef LNG_DATA_FIND_H
#define LNG_DATA_FIND_H
#include "data/data.h"

/* Looks for all n files in the places of lng_data_open; path[i] and *where are the arena's. false after LNG_E_DATA_NOT_FOUND. */
bool lng_data_find(lng_arena *, const lng_data_spec *, const char *folder, const char *const *file, size_t n, const char **path,
                   const char **where, lng_errors *);

#endif
