/* A model file for data: draft.c decides what becomes of each column, and draft_write.c writes the file. */
#ifndef LNG_CLI_DRAFT_H
#define LNG_CLI_DRAFT_H
#include "cli/survey.h"

/* What becomes of a column. */
typedef enum { LEFT_OUT, THE_LABEL, A_NUMBER, A_DATE, A_CATEGORY, AN_ARRAY } role;

/* An array of the data set, or what columns of a table become. */
typedef struct field {
    const char *name;
    const lng_census *from; /* its first column */
    role role;
} field;

typedef struct draft {
    lng_command *c;
    lng_arena *arena;
    const lng_survey *s;
    const lng_census *label;
    const char *const *path;
    size_t files;
    lng_text *out;
    bool classifies, comma;
    role *role;          /* of each column */
    const char **reason; /* why it is left out */
    lng_map *taken;      /* names */
    const char **array;  /* what the model calls each array */
    const char *called;  /* what it calls the label */
    field *field;
    size_t fields;
} draft;

static inline bool lng_draft_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static inline bool lng_draft_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lng_draft_is_table(const draft *);
bool lng_draft_is_suspect(const draft *, const char *suspicion, const lng_census *);
void lng_draft_write(draft *); /* of what has been decided */
#endif
