/* How often a run saves a checkpoint: the key `checkpoint` of the section train. */
#include "lang/compile.h"
#include <stdlib.h>
#include <string.h>

/* "s", "steps": what follows a number. */
typedef struct unit {
    const char *name;
    double seconds; /* 0: not a time */
    bool steps;     /* else epochs */
} unit;
static const unit units[] = {{"s", 1, false},    {"m", 60, false},    {"h", 3600, false},  {"step", 0, true},
                             {"steps", 0, true}, {"epoch", 0, false}, {"epochs", 0, false}};

static bool read_every(const char *text, lng_cadence *to)
{
    char *end;
    const double x = strtod(text, &end);
    if (strcmp(text, "never") == 0)
        return true;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const unit *u = &units[i];
        if (strcmp(end, u->name) != 0)
            continue;
        to->seconds = x * u->seconds;
        if (u->seconds == 0)
            *(u->steps ? &to->steps : &to->epochs) = x <= 1e15 ? (int64_t)x : 0;
        return *text >= '0' && *text <= '9' &&
               (u->seconds > 0 ? x > 0 && x <= 1e9 : x >= 1 && x <= 1e15 && x == (double)(int64_t)x);
    }
    return false;
}

bool lng_compile_checkpoint(lng_compiler *c, const lng_doc *d)
{
    const lng_section *section = lng_section_find(&lng_section_train, "checkpoint")->section;
    lng_cadence *to = &c->model->checkpoint;
    *to = (lng_cadence){.seconds = 60, .keep = 2};
    if (!d || d->kind != LNG_DOC_MAPPING)
        return !d;
    const lng_doc *every = lng_doc_get(d, "every");
    if (every && every->kind == LNG_DOC_SCALAR) {
        to->seconds = 0;
        if (!read_every(every->text, to))
            return lng_error(
                c->errors, LNG_E_TYPE, every->place,
                "`%.60s` does not say how often; write a time, steps or epochs: 60s, 5m, 1h, 500 steps, 1 epoch, never",
                every->text);
    }
    return !lng_doc_get(d, "keep") || lng_section_int(section, d, "keep", &to->keep);
}
