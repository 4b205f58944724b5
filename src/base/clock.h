/* Time, for measuring: never a part of a result. */
#ifndef LNG_BASE_CLOCK_H
#define LNG_BASE_CLOCK_H
#include <stdint.h>

double lng_seconds(void); /* by a clock that never goes back */

/* A counter that advances at one rate on all cores, as cheap to read as the machine allows. To find the length of a tick, read lng_seconds
 * at both ends of a measurement. */
typedef uint64_t lng_ticks(void);
lng_ticks *lng_ticks_pick(void);

#endif
