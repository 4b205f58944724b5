/* Errors: an opaque, capped list in the caller's hands.
 *
 * Recording an error never allocates, so it cannot fail; past the cap errors are only counted.
 * The library never prints, exits or aborts: the caller renders the list (lng_errors_render).
 * Codes, their meanings and exit statuses are listed in errors.def, and nowhere else. */
#ifndef LNG_BASE_ERROR_H
#define LNG_BASE_ERROR_H
#include "lngraph/export.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* LNG_E_NONE, then one LNG_E_XXX for each line of errors.def */
typedef enum lng_code {
    LNG_E_NONE,
#define LNG_ERROR(code, text, status, about) LNG_E_##code,
#include "base/errors.def"
#undef LNG_ERROR
    LNG_E_COUNT
} lng_code;

/* The process' exit statuses; part of the contract with scripts. */
enum lng_status {
    LNG_DONE = 0,      /* everything asked for was done */
    LNG_DEFECT = 1,    /* a defect in lngraph */
    LNG_USAGE = 2,     /* the command line */
    LNG_BAD_INPUT = 3, /* YAML, data, weights */
    LNG_SYSTEM = 4,    /* I/O or memory refused */
    LNG_NONFINITE = 5, /* a loss or gradient became infinite or NaN */
    LNG_UNMET = 6,     /* a requirement of the file was not met */
    LNG_STATUSES
};
const char *lng_status_about(int status); /* one line for the help and the manual */

/* Where something is. A source is a text from which lines are quoted. It must outlive the calls that take the place, but not the error
 * list, which copies the line. */
typedef struct lng_source {
    const char *name; /* as the user wrote it: "models/lenet5.yaml", "<stdin>", "--set", "std:dense" */
    const char *text; /* NULL if there is none to quote */
    size_t length;
} lng_source;

typedef struct lng_place {
    const lng_source *source; /* NULL: nowhere */
    int line, column;         /* from 1; 0: the file as a whole; column counts characters, not bytes */
    int width;                /* characters to underline, at least 1 if line > 0; at most up to the end of the line */
} lng_place;

/* Where a line of the text starts: after a byte-order mark; \n, \r and \r\n end a line. The text's end when there is no such line. */
const char *lng_source_line(const lng_source *, int line);

typedef struct lng_errors lng_errors;

/* Functions marked LNG_API are part of the public API; lngraph/lngraph.h declares them again. */
LNG_API lng_errors *lng_errors_new(void); /* NULL when out of memory */
LNG_API void lng_errors_free(lng_errors *);
LNG_API void lng_errors_clear(lng_errors *);
/* From now on, texts are folded between words, and quoted lines cut, to fit a terminal of this width; a quote takes at least 30 columns. */
void lng_errors_fit(lng_errors *, int width);

/* Records an error (nothing with a NULL list). Always false, so that a caller can `return lng_error(...)`. */
bool lng_error(lng_errors *, lng_code, lng_place, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_verror(lng_errors *, lng_code, lng_place, const char *format, va_list);
/* Records a warning: it is shown like an error, but not counted as one, and does not change the exit status. */
void lng_warn(lng_errors *, lng_place, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t lng_errors_warnings(const lng_errors *); /* how many were recorded */
/* These add to the newest error or warning: a second place ("first defined here"), or advice ("did you mean `relu`?"). */
void lng_error_related(lng_errors *, lng_place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void lng_error_hint(lng_errors *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool lng_error_takes_hints(const lng_errors *); /* false: there is no newest one, or it is past the cap */

void lng_errors_withdraw(lng_errors *, size_t count); /* forgets the errors after the first `count` */

LNG_API size_t lng_errors_count(const lng_errors *); /* of all errors, including those past the cap */
LNG_API int lng_errors_status(const lng_errors *);   /* the exit status of the first error; LNG_DONE: no errors */
lng_code lng_errors_code(const lng_errors *, size_t i);
LNG_API const char *lng_errors_text(const lng_errors *, size_t i); /* "file:line:column: error[code]: text", no newline */
/* The parts of it: "" and 0 where there is none. */
LNG_API const char *lng_errors_file(const lng_errors *, size_t i);
LNG_API int lng_errors_line(const lng_errors *, size_t i);
LNG_API int lng_errors_column(const lng_errors *, size_t i);
LNG_API const char *lng_errors_message(const lng_errors *, size_t i);
LNG_API const char *lng_errors_hint(const lng_errors *, size_t i, size_t k); /* NULL if there is no k-th */
const char *lng_code_name(lng_code);                                         /* "unknown-name" */
const char *lng_code_about(lng_code);                                        /* one line for the manual */
int lng_code_status(lng_code);

/* Writes every error as `file:line:column: error[code]: text`, the quoted line, a caret, related places and hints to `out`
 * (a FILE *, passed as void so that this header needs no stdio), sorted by place; of those that say that memory is out, the first. */
void lng_errors_render(const lng_errors *, void *out, bool colour);

#endif
