/* Finding the files of a data set. */
#ifndef LNG_DATA_FIND_H
#define LNG_DATA_FIND_H
#include "data/data.h"

/* Searches the places of lng_data_open for a folder that has all n files. false after LNG_E_DATA_NOT_FOUND. */
bool lng_data_find(lng_arena *, const lng_data_spec *, const char *folder, const char *const *file, size_t n, const char **path,
                   const char **where, lng_errors *);

#endif
