/* The data set tales: a text for language models, whose words are drawn from lists, so that its entropy is known: a word of n that are equally
 * likely takes log2 n bits, and nothing else is left open. No two ways of drawing give the same tale. */
#include "data/made.h"

#define COUNT(list)   ((int)(sizeof(list) / sizeof *(list)))
#define PICK(t, list) ((list)[lng_dice_below((t)->dice, COUNT(list))])

static const char *const names[] = {"Badger", "Bear", "Beaver", "Bull", "Donkey", "Fox",   "Frog", "Goat",
                                    "Hare",   "Lion", "Ram",    "Wolf", "Bee",    "Cat",   "Cow",  "Deer",
                                    "Duck",   "Hen",  "Goose",  "Mare", "Mouse",  "Otter", "Owl",  "Swan"};
static const char *const places[] = {"bakery", "beach",  "bridge", "castle", "church", "farm",    "field",  "forest",
                                     "garden", "harbor", "hill",   "island", "lake",   "library", "market", "meadow",
                                     "mill",   "museum", "park",   "pond",   "river",  "school",  "tower",  "village"};
static const char *const things[] = {"ball",  "basket", "bell", "boat",   "book", "bottle", "box",   "candle",
                                     "clock", "coat",   "cup",  "drum",   "flag", "flute",  "hat",   "key",
                                     "kite",  "lamp",   "map",  "mirror", "ring", "rope",   "shell", "spoon"};
static const char *const looks[] = {"big",  "blue", "broken", "clean", "golden", "green",  "heavy", "little",
                                    "lost", "new",  "old",    "red",   "round",  "silver", "white", "wooden"};
static const char *const fruits[] = {"apples", "cherries", "figs", "lemons", "nuts", "pears", "plums", "quinces"};
static const char *const numbers[] = {"no",       "one",     "two",     "three",     "four",    "five",   "six",
                                      "seven",    "eight",   "nine",    "ten",       "eleven",  "twelve", "thirteen",
                                      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"};

typedef struct tale {
    lng_text *to;
    lng_dice *dice;
    const char *name[2], *place, *thing, *look;
    bool she[2];
} tale;

static const char *he(const tale *t, int who)
{
    return t->she[who] ? "she" : "he";
}

/* Two who differ; the second half of the animals are female. */
static void choose(tale *t)
{
    const int first = lng_dice_below(t->dice, COUNT(names)), other = lng_dice_below(t->dice, COUNT(names) - 1),
              who[] = {first, other + (other >= first)};
    for (int i = 0; i < 2; i++) {
        t->name[i] = names[who[i]];
        t->she[i] = who[i] >= COUNT(names) / 2;
    }
    t->place = PICK(t, places);
    t->thing = PICK(t, things);
    t->look = PICK(t, looks);
}

static void open_tale(tale *t)
{
    static const char *const when[] = {"At noon",   "In spring", "Last winter", "Long ago",
                                       "On Friday", "On Sunday", "One day",     "Yesterday"};
    static const char *const went[] = {"came", "drove", "hurried", "ran", "rode", "walked", "wandered", "went"};
    static const char *const doing[] = {"asleep",  "crying",  "dancing", "fishing", "hiding",   "laughing", "painting",  "playing",
                                        "reading", "resting", "singing", "sitting", "swimming", "waiting",  "whistling", "working"};
    const char *way = PICK(t, went), *time = PICK(t, when);
    lng_text_add(t->to, "%s %s %s to the %s with %s %s %s. ", time, t->name[0], way, t->place, t->she[0] ? "her" : "his", t->look,
                 t->thing);
    lng_text_add(t->to, "There %s met %s, who was %s.\n", he(t, 0), t->name[1], PICK(t, doing));
}

static void say(tale *t, int who)
{
    static const char *const words[] = {"Come with me",        "Do not worry", "Good morning",        "Have you seen my dog",
                                        "How nice to see you", "I am hungry",  "I am lost",           "I have a secret",
                                        "It will rain soon",   "Let us play",  "Listen to the birds", "Look at the sky",
                                        "Tell me a story",     "We are late",  "What a fine day",     "Where have you been"};
    lng_text_add(t->to, "\"%s,\" said %s.\n", PICK(t, words), t->name[who]);
}

static void give(tale *t, int who)
{
    lng_text_add(t->to, "%s gave %s the %s %s.\n", t->name[who], t->name[1 - who], t->look, t->thing);
}

static void count(tale *t, int who)
{
    const char *fruit = PICK(t, fruits);
    const int a = 2 + lng_dice_below(t->dice, 8), b = 2 + lng_dice_below(t->dice, 8);
    lng_text_add(t->to, "%s had %s %s and found %s more, so %s had %s.\n", t->name[who], numbers[a], fruit, numbers[b], he(t, who),
                 numbers[a + b]);
}

static void feel(tale *t, int who)
{
    static const char *const felt[] = {"forgot the time", "frowned", "jumped for joy",  "laughed",
                                       "sighed",          "smiled",  "thought of home", "wept"};
    lng_text_add(t->to, "%s looked at the %s and %s.\n", t->name[who], t->thing, PICK(t, felt));
}

static void close_tale(tale *t)
{
    static const char *const when[] = {"At last", "At night", "Before dark", "In the evening"};
    lng_text_add(t->to, "%s %s and %s left the %s.\n\n", PICK(t, when), t->name[0], t->name[1], t->place);
}

static const char *tell(lng_text *to, lng_dice *dice)
{
    static void (*const sentence[])(tale *, int who) = {say, give, count, feel};
    tale t = {.to = to, .dice = dice};
    choose(&t);
    open_tale(&t);
    for (int more = 2 + lng_dice_below(dice, 4); more > 0; more--) {
        const int kind = lng_dice_below(dice, COUNT(sentence));
        sentence[kind](&t, lng_dice_below(dice, 2));
    }
    close_tale(&t);
    return NULL;
}

const lng_made lng_made_tales = {
    .name = "tales",
    .details =
        "Short tales of two animals, one after the other. A tale has 24 animals, 24 places, 24 things of 16 looks, and 8 times and 8 ways to get there; the other "
        "one does one of 16 things. Then come 2 to 5 sentences, all as likely, of four kinds, with one of the two as who acts: one of "
        "16 sayings; a gift; a sum of two numbers from 2 to 9 of one of 8 fruits; or one of 8 feelings. It ends at one of 4 times. All words of a list "
        "are equally likely; the rest follows from what was said before: who acts, pronouns, the thing, the place and the sum. So the text for "
        "testing has 0.219 bits per byte, and no model can be expected to need fewer; one that reads windows of 128 bytes cannot know what was said "
        "before them, and needs more.",
    .is_text = true,
    .train = 2500,
    .test = 250,
    .example = tell};
