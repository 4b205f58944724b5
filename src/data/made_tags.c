/* The data set tags: labels that do not exclude each other. */
#include "data/made.h"
#include "kernel/dmath.h"

static const char *message(lng_text *to, lng_dice *d)
{
    const int words = 3 + (int)(-60 * d_log(1 - lng_dice_roll(d))), links = (int)(-0.9 * d_log(1 - lng_dice_roll(d)));
    const int marks = (int)(-1.2 * d_log(1 - lng_dice_roll(d))), sums = (int)(-0.9 * d_log(1 - lng_dice_roll(d)));
    const double caps = lng_dice_roll(d) * lng_dice_roll(d);
    const bool known = lng_dice_roll(d) < 0.6;
    const bool spam = lng_dice_happens(d, -1.5 + 2 * links + 3 * caps - 4 * known - 0.01 * words);
    const bool billing = lng_dice_happens(d, -3 + 3 * (sums > 0) + 1.5 * known - 2 * links);
    const bool urgent = lng_dice_happens(d, -4 + 1.6 * marks + 8 * caps + 2 * (words < 15) - 3 * (links > 1));
    lng_text_add(to, "%d,%d,%d,%d,%.3f,%d,%d,%d,%d\n", words, links, marks, sums, caps, known, urgent, billing, spam);
    return NULL;
}

const lng_made lng_made_tags = {
    .name = "tags",
    .details =
        "Messages to a support desk, each with any of three tags. Columns: words, links, exclamation marks, sums of money, the "
        "share of capitals in the letters, and whether the sender is known; then urgent, billing and spam, 0 or 1. The log-odds "
        "are, for urgent, -4 + 1.6 marks + 8 capitals + 2 (words < 15) - 3 (links > 1); for billing, -3 + 3 (sums > 0) + 1.5 "
        "known - 2 links; for spam, -1.5 + 2 links + 3 capitals - 4 known - 0.01 words. Over all tags, no model can be expected "
        "to exceed a mean AUC of 0.905 and an accuracy of 0.860.",
    .head = "words,links,marks,sums,capitals,known,urgent,billing,spam",
    .train = 6000,
    .test = 4000,
    .example = message};
