/* Sections of a document: the checks, the defaults, the expanded document and the manual of each come from one table. */
#ifndef LNG_DOC_SCHEMA_H
#define LNG_DOC_SCHEMA_H
#include "doc/doc.h"

typedef enum lng_key_type {
    LNG_KEY_TEXT,
    LNG_KEY_WORD, /* one of the key's choices */
    LNG_KEY_BOOL,
    LNG_KEY_INT,
    LNG_KEY_NUMBER,
    LNG_KEY_EXPRESSION,  /* one value */
    LNG_KEY_EXPRESSIONS, /* `a, b` */
    LNG_KEY_NAMES,       /* a mapping from names that the user chooses */
    LNG_KEY_SEQUENCE,    /* of steps, of expressions; of mappings with a table of their own */
    LNG_KEY_SECTION,     /* a mapping with a table of its own */
    LNG_KEY_NAMED        /* a name, or a mapping with a table of its own */
} lng_key_type;
const char *lng_key_type_text(lng_key_type); /* "an integer" */

/* Word i of those that a key takes, and what it means; NULL after the last. */
typedef const char *lng_key_choice(size_t i, const char **about);

typedef struct lng_section lng_section;
typedef struct lng_section_key {
    const char *name;
    lng_key_type type;
    bool required;
    const char *fallback;       /* as YAML; written into the expanded document */
    int64_t least, most;        /* of an integer; equal: no limits */
    double low, high;           /* of a number, likewise */
    const char *beyond;         /* a hint where it is out of range */
    lng_key_choice *choice;     /* of a word */
    const lng_section *section; /* of a nested mapping, of each of a sequence, of each value of a mapping of names */
    const char *about;
    const char *example; /* lines of a model file; NULL: the section's */
    const char *group;   /* of the blocks that an expression, or each of a sequence, calls: "losses"; NULL: of no one group */
    bool steps;          /* a sequence of steps, each a scalar or a mapping of a block's name and the keys of a step */
    bool terms;          /* an expression or a list of them, or a mapping of several by name */
} lng_section_key;
/* A name that people use instead of a key, and the hint for it. */
typedef struct lng_section_alias {
    const char *wrong, *hint;
} lng_section_alias;
struct lng_section {
    const char *name; /* "train"; "" is the file itself */
    const char *noun; /* in sentences: "`train`", "a step" */
    const char *about, *example;
    const lng_section_key *key;
    size_t keys;
    const lng_section_alias *alias; /* for the sections in it, too */
    size_t aliases;
};
#define LNG_SECTION_KEYS(table) .key = table, .keys = sizeof(table) / sizeof *(table)

/* Checks a mapping against its table, nested sections too; records everything that is wrong. root: where an unknown key may belong. */
bool lng_section_check(const lng_section *root, const lng_section *, const lng_doc *, lng_errors *);
/* Adds absent keys that have a default, in nested sections too. */
void lng_section_complete(lng_arena *, const lng_section *, lng_doc *);
const lng_section_key *lng_section_find(const lng_section *, const char *key);
/* The limits of a number or integer as text; false if it has none. */
bool lng_section_key_range(const lng_section_key *, char low[LNG_NUMBER_SIZE], char high[LNG_NUMBER_SIZE]);
/* An integer or number of a checked section, by default its default; false if there is neither. */
bool lng_section_int(const lng_section *, const lng_doc *, const char *key, int64_t *);
bool lng_section_number(const lng_section *, const lng_doc *, const char *key, double *);
bool lng_section_word(const lng_section *, const lng_doc *, const char *key, unsigned *); /* which of its choices, likewise */
#endif
