/* What the system says of the caches. */
#include "base/cache.h"
#include <unistd.h>

size_t lng_core_cache(void)
{
    long bytes = -1;
#ifdef _SC_LEVEL2_CACHE_SIZE
    bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return bytes > 0 ? (size_t)bytes : (size_t)512 << 10;
}
