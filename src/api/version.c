/* The version of the library. */
#include "config.h"
#include "lngraph/lngraph.h"

const char *lng_version(void)
{
    return PACKAGE_VERSION;
}
