/* The interval of a rate (metric.h). */
#include "metric/inside.h"

lng_interval lng_wilson(double hits, double count)
{
    if (!(count > 0))
        return LNG_NO_INTERVAL;
    const double p = hits / count, zz = LNG_Z95 * LNG_Z95 / count;
    const double middle = p + zz / 2, half = sqrt(p * (1 - p) * zz + zz * zz / 4);
    return (lng_interval){hits > 0 ? (middle - half) / (1 + zz) : 0, hits < count ? (middle + half) / (1 + zz) : 1};
}
