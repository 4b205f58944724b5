/* Decoded images, kept in the user's cache so that the next run need not decode them. */
#ifndef LNG_DATA_IMAGE_CACHE_H
#define LNG_DATA_IMAGE_CACHE_H
#include "data/format.h"
#include "data/image_list.h"

/* The images, mapped from the cache, and which files of the list are broken, if these were left out. false: there is nothing usable. */
bool lng_image_cache_load(lng_load *, const lng_image_list *, const lng_data_field *, lng_array *, bool *broken);
/* Where there is no place for it, nothing is kept. */
void lng_image_cache_save(const lng_load *, const lng_image_list *, const lng_data_field *, const lng_array *, const bool *broken);
#endif
