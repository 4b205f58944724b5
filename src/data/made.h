/* Data sets that lngraph makes itself, as files to open, change and train on: tables, images and a text that stand for data that people know, but
 * that cannot be shipped. Each is a row of the table in made.c and has a file of its own. Its chances are known, and so is the
 * best score that any model can get. */
#ifndef LNG_DATA_MADE_H
#define LNG_DATA_MADE_H
#include "base/error.h"
#include "base/random.h"
#include "base/text.h"

/* The random numbers of one example, in the order in which they are drawn. */
typedef struct lng_dice {
    lng_key key;
    uint32_t part, example;
    uint64_t next;
} lng_dice;
double lng_dice_roll(lng_dice *); /* 0 <= x < 1 */
double lng_dice_between(lng_dice *, double low, double high);
int lng_dice_below(lng_dice *, int n);              /* 0 to n - 1 */
double lng_dice_bell(lng_dice *);                   /* nearly normal, mean 0, deviation 1: the sum of twelve */
bool lng_dice_happens(lng_dice *, double log_odds); /* with the probability sigmoid(log_odds) */

typedef struct lng_made {
    const char *name;     /* of the data set in std/datasets.yaml */
    const char *details;  /* how examples are drawn, and the best scores: a paragraph for the manual */
    const char *head;     /* the first line of its tables; NULL: it has none */
    bool is_text;         /* its parts are texts; otherwise, without tables, each example is a file of its own */
    uint32_t train, test; /* examples */
    /* Appends an example: a line of the table; a piece of the text; or a file, whose path in the part's folder it returns. */
    const char *(*example)(lng_text *, lng_dice *);
} lng_made;

const lng_made *lng_made_find(const char *name); /* NULL: it is none of them */
/* Writes all files into the folder; what is there is replaced. false after an error. */
bool lng_made_write(lng_arena *, const lng_made *, const char *folder, lng_errors *);

/* ---- the rows ---- */
extern const lng_made lng_made_churn, lng_made_fraud, lng_made_prices, lng_made_rentals, lng_made_shapes, lng_made_tags,
    lng_made_tales;
#endif
