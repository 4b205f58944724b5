/* Time, for measuring: never a part of a result. */
#ifndef LNG_BASE_CLOCK_H
#define LNG_BASE_CLOCK_H
#include <stdint.h>

double lng_seconds(void); /* by a clock that never goes back */

/* Adds up the laps of work that repeats, such as steps. A process that is stopped, or whose machine is, makes one lap of hours: of a lap, what goes
 * beyond a second and beyond sixteen usual laps is taken for a pause and left out. */
typedef struct lng_watch {
    double last, seconds, usual; /* when the lap began; all laps; a lap: the mean of about the last 64 */
    int laps;                    /* up to 64 */
} lng_watch;
void lng_watch_begin(lng_watch *); /* a lap; what was before it does not count */
double lng_watch_lap(lng_watch *); /* what the lap counts for; the next one begins */

/* A counter that advances at one rate on all cores, as cheap to read as the machine allows. To find the length of a tick, read lng_seconds
 * at both ends of a measurement. */
typedef uint64_t lng_ticks(void);
lng_ticks *lng_ticks_pick(void);

#endif
