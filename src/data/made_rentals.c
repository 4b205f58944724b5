/* The data set rentals: a time series. What an hour has of the hours before it is a sum over their dice, so that a row needs no row before
 * it to have been made. */
#include "data/made.h"
#include "kernel/dmath.h"

enum { WEATHER, DEMAND }; /* what moves on from hour to hour */

/* An hour's own chance, and what is left of that of the hours before. */
static double moving(const lng_dice *d, int what, double kept, int hours)
{
    double sum = 0, share = 1;
    for (int k = 0; k < hours; k++, share *= kept) {
        lng_dice of = {d->key, d->part, d->example - (uint32_t)k, 16 * (uint64_t)what};
        sum += share * lng_dice_bell(&of);
    }
    return sum;
}

/* About 1 at the hour `at`, and 0 far from it. */
static double peak(int hour, double at, double width)
{
    const double from = (hour - at) / width;
    return d_exp(-from * from);
}

static const char *hour(lng_text *to, lng_dice *d)
{
    static const char *const name[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const int at = (int)(d->example % 24), day = (int)(d->example / 24 % 7);
    const double warm = 12 + 5 * d_sin(6.283185307179586 * (at - 9) / 24.) + moving(d, WEATHER, 0.94, 64);
    const double usual = day < 5 ? 90 * peak(at, 8, 1.5) + 100 * peak(at, 17.5, 2) : 80 * peak(at, 14, 4);
    const double rented = 60 + usual + 2 * (warm - 12) + 6 * moving(d, DEMAND, 0.8, 24);
    lng_text_add(to, "%s,%d,%.1f,%.0f\n", name[day], at, warm, rented < 0 ? 0 : d_round(rented));
    return NULL;
}

const lng_made lng_made_rentals = {
    .name = "rentals",
    .details =
        "Bicycles rented in each hour, one row after the other, from a Monday at midnight on; the rows for testing are another such year. Columns: "
        "day of the week, hour, temperature, and rented. 60 bicycles are rented, and on working days 90 more around 8 and 100 more around 17:30, else "
        "80 more around 14; 2 more for each degree above 12; and 6 d, where d is 0.8 of that of the hour before and a normal number. The "
        "temperature has a wave of 5 degrees a day around 12, and w, which is 0.94 of that of the hour before and a normal number. "
        "A forecast of the next hour cannot be expected to have a mean absolute error below 5.05.",
    .head = "day,hour,temperature,rented",
    .train = 8736,
    .test = 2184,
    .example = hour};
