/* Time, for measuring: never a part of a result. */
#ifndef LNG_BASE_CLOCK_H
#define LNG_BASE_CLOCK_H
#include <stdint.h>

double lng_seconds(void); /* of a clock that only goes forward */

/* A count that goes forward at one rate on all cores, as cheap to read as the machine allows. Whoever measures finds the length of a
 * tick by reading lng_seconds at both ends. */
typedef uint64_t lng_ticks(void);
lng_ticks *lng_ticks_pick(void);

#endif
