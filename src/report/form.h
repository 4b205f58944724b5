/* The form of report.json: a tree of its fields. The file is written from it, and so are its JSON Schema and its description in
 * lngraph-files(5): a field that is not in the tree is in none of them. */
#ifndef LNG_REPORT_FORM_H
#define LNG_REPORT_FORM_H
#include "report/facts.h"

#define LNG_REPORT_FORMAT 2

typedef enum {
    LNG_FORM_INTEGER,
    LNG_FORM_NUMBER,
    LNG_FORM_TEXT,
    LNG_FORM_BOOLEAN,
    LNG_FORM_OBJECT,
    LNG_FORM_LIST, /* of values of the same form */
    LNG_FORM_MAP   /* from names to values of the same form */
} lng_form_kind;

#define LNG_FORM_DEPTH 4
/* Where the writer is: of the lists and maps that it is inside of, the item of each, from the outermost. */
typedef struct lng_form_place {
    const lng_facts *facts;
    int depth;
    size_t at[LNG_FORM_DEPTH];
} lng_form_place;

typedef struct lng_form_value {
    bool absent;
    double number;
    int64_t integer; /* also of a boolean, and the length of a list or map */
    const char *text;
} lng_form_value;

typedef struct lng_form lng_form;
struct lng_form {
    const char *name;
    lng_form_kind kind;
    bool optional, nullable; /* it may be absent; the number may be undefined, which is null */
    const char *about;       /* NULL: what contains it says what it is */
    const lng_form *of;      /* OBJECT: its fields, up to one without a name; LIST, MAP: the form of each item */
    lng_form_value (*value)(const lng_form_place *); /* NULL for an object that is always there */
    const char *(*key)(const lng_form_place *);      /* MAP: the name of the item; NULL: it is left out */
    const char *item;                                /* MAP: what a name is, for the manual: "SPLIT" */
};
extern const lng_form lng_report_form; /* the whole file */

#endif
