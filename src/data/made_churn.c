/* The data set churn: a table with mixed columns and two classes. */
#include "data/made.h"
#include "kernel/dmath.h"

static const char *customer(lng_text *to, lng_dice *d)
{
    static const char *const plan[] = {"basic", "plus", "family"};
    static const double price[] = {15, 30, 45};
    const double drawn = lng_dice_roll(d);
    const int p = (drawn > 0.5) + (drawn > 0.8);
    const int age = 18 + lng_dice_below(d, 60);
    const double share = lng_dice_roll(d);
    const int months = 1 + (int)(72 * share * share);
    const double fee = price[p] + lng_dice_between(d, 0, 10);
    const int calls = (int)(-1.2 * d_log(1 - lng_dice_roll(d)));
    const bool automatic = lng_dice_roll(d) < 0.6, known = lng_dice_roll(d) >= 0.05;
    const double from_middle = d_abs(age - 47.5) / 30;
    const bool leaves = lng_dice_happens(d, 0.5 - 0.08 * months + 0.9 * calls + 0.06 * (fee - 30) - 1.5 * automatic +
                                                2 * from_middle - 2.5 * (p == 2 && calls == 0));
    lng_text_add(to, "%u,%d,%d,%s,", d->example + 1, age, months, plan[p]);
    if (known)
        lng_text_add(to, "%.2f", fee);
    lng_text_add(to, ",%d,%s,%s\n", calls, automatic ? "yes" : "no", leaves ? "yes" : "no");
    return NULL;
}

const lng_made lng_made_churn = {
    .name = "churn",
    .details =
        "Customers of a telephone company, and whether they leave. Columns: customer, age (18 to 77), months as a customer, plan,"
        " monthly fee (missing in one row of twenty), calls to the support, and autopay. A customer leaves with the probability "
        "sigmoid(0.5 - 0.08 months + 0.9 calls + 0.06 (fee - 30) - 1.5 autopay + |age - 47.5| / 15 - 2.5 f), where f is 1 for a "
        "family plan without calls and else 0. No model can be expected to exceed an accuracy of 0.809 and an AUC of 0.888.",
    .head = "customer,age,months,plan,fee,calls,autopay,leaves",
    .train = 6000,
    .test = 4000,
    .example = customer};
