/* The data set fraud: two classes, of which one is rare. */
#include "data/made.h"
#include "kernel/dmath.h"

static const char *payment(lng_text *to, lng_dice *d)
{
    static const char *const shop[] = {"food", "fuel", "travel", "games", "electronics"};
    static const double risk[] = {-1, -0.5, 0.3, 1.2, 1.5};
    const double amount = d_exp(3.2 + 1.1 * lng_dice_bell(d));
    const int hour = lng_dice_below(d, 24), where = lng_dice_below(d, 5);
    const bool abroad = lng_dice_roll(d) < 0.08;
    const int last = (int)(-300 * d_log(1 - lng_dice_roll(d))); /* minutes */
    const int months = 1 + lng_dice_below(d, 120);
    const bool night = hour < 6, hurried = last < 10;
    const bool fraud = lng_dice_happens(d, -9 + 1.1 * (d_log(amount) - 3.2) + risk[where] + 2 * night + 2.2 * abroad +
                                               3 * (night && abroad) + 3 * hurried + 1.5 * (months < 6));
    lng_text_add(to, "%.2f,%d,%s,%s,%d,%d,%s\n", amount, hour, shop[where], abroad ? "yes" : "no", last, months,
                 fraud ? "fraud" : "honest");
    return NULL;
}

const lng_made lng_made_fraud = {
    .name = "fraud",
    .details =
        "Payments by card, of which one in 120 is a fraud. Columns: amount, hour, shop, abroad, minutes since the last payment, "
        "months since the card was issued, and verdict. The log-odds of a fraud are -9 + 1.1 (ln amount - 3.2) + s + 2 night + "
        "2.2 abroad + 3 (night and abroad) + 3 hurried + 1.5 new: s is -1 for food, -0.5 for fuel, 0.3 for travel, 1.2 for games "
        "and 1.5 for electronics; night is before 6, hurried is within 10 minutes, and new is before 6 months. No model can be "
        "expected to exceed an average precision of 0.54 and an AUC of 0.972.",
    .head = "amount,hour,shop,abroad,minutes,months,verdict",
    .train = 40000,
    .test = 20000,
    .example = payment};
