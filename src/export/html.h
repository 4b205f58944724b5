/* A model as a page that computes it, in a browser. */
#ifndef LNG_EXPORT_HTML_H
#define LNG_EXPORT_HTML_H
#include "data/spec.h"
#include "export/export.h"

/* What the page asks for, by the index of the op `input`. */
typedef struct lng_html_field {
    lng_data_field of;
    double least, most; /* of pictures: levels of the training examples */
    bool light, center; /* their border is light; they are in the middle, so that a drawing must be */
} lng_html_field;

typedef struct lng_html {
    const lng_c_program *program; /* compiled */
    const char *note;             /* of the model; may be NULL */
    const lng_html_field *field;
} lng_html;

/* False after errors: one for each field that a page has no way to ask for. */
bool lng_html_check(const lng_html *, lng_arena *, lng_errors *);
/* What is to be compiled to WebAssembly: C that needs no library, in one text. */
void lng_html_source(const lng_html *, lng_text *);
/* The page, with the compiled program. */
void lng_html_write(const lng_html *, const lng_text *program, lng_text *);

#endif
