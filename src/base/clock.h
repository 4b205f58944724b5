/* Time, for measuring: never a part of a result. */
#ifndef LNG_BASE_CLOCK_H
#define LNG_BASE_CLOCK_H

double lng_seconds(void); /* of a clock that only goes forward */

#endif
