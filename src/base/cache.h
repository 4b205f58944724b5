/* The machine's caches: for the choice of sizes, never of results. */
#ifndef LNG_BASE_CACHE_H
#define LNG_BASE_CACHE_H
#include <stddef.h>

/* Bytes of the largest cache that one core has for itself (the second level); half a MiB where the system does not say. */
size_t lng_core_cache(void);

#endif
