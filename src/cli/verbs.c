/* The table of verbs, from verbs.def. */
#include "cli/cli.h"

#define LNG_VERB(name) extern const lng_verb lng_verb_##name;
#include "cli/verbs.def"
#undef LNG_VERB
const lng_verb *const lng_verbs[] = {
#define LNG_VERB(name) &lng_verb_##name,
#include "cli/verbs.def"
#undef LNG_VERB
    NULL};
