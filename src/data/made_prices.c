/* The data set prices: a table with mixed columns, and a number to predict. */
#include "data/made.h"
#include "kernel/dmath.h"

static const char *flat(lng_text *to, lng_dice *d)
{
    static const char *const district[] = {"center", "north", "south", "harbor", "hills"};
    static const double rate[] = {7200, 4200, 4800, 5600, 6400};
    const int where = lng_dice_below(d, 5);
    const int area = 28 + (int)(50 * (lng_dice_roll(d) + lng_dice_roll(d) + lng_dice_roll(d)));
    const int rooms = 1 + (int)(area / 32. + lng_dice_roll(d));
    const int level = lng_dice_below(d, 8);
    const int built = 1900 + lng_dice_below(d, 125);
    const bool garden = level == 0 && lng_dice_roll(d) < 0.6;
    const double age = (2025 - built) / 125.;
    const double wear = where == 0 ? 1 - 0.8 * age * (1 - age) : 1 - 0.35 * age; /* old houses of the center are sought after */
    const double price = area * rate[where] * wear * (1 + 0.02 * level) * (garden ? 1.12 : 1) * d_exp(0.08 * lng_dice_bell(d));
    lng_text_add(to, "%d,%d,%d,%d,%s,%s,%.0f\n", area, rooms, level, built, district[where], garden ? "yes" : "no",
                 d_round(price / 100) * 100);
    return NULL;
}

const lng_made lng_made_prices = {
    .name = "prices",
    .details =
        "Flats of a town, and what they cost. Columns: area in square meters, rooms, floor, year built, district, garden, and "
        "price. The price is area * rate * wear * (1 + 0.02 floor) * exp(0.08 z), 12 % more with a garden, and rounded to "
        "hundreds; z is normal. The rate is 7200 in the center, 4200 in the north, 4800 in the south, 5600 at the harbor and 6400"
        " in the hills. With a, the age in 2025 in units of 125 years, wear is 1 - 0.35 a, but in the center 1 - 0.8 a (1 - a). "
        "Rooms have no influence of their own. No model can be expected to exceed an r2 of 0.944, nor to have a mean absolute "
        "error below 33,400.",
    .head = "area,rooms,floor,built,district,garden,price",
    .train = 6000,
    .test = 4000,
    .example = flat};
