/* JSON: a writer that cannot produce anything malformed, and a strict reader with limits (RFC 8259). */
#ifndef LNG_BASE_JSON_H
#define LNG_BASE_JSON_H
#include "base/text.h"

/* Writer: calls nest; it takes care of commas, quotes, escapes and indentation. `key` is NULL inside arrays. A NaN or infinity is
 * written as null. With indent 0 all is one line; otherwise an array's numbers and strings share a line. */
typedef struct lng_json {
    lng_text text;
    int depth, indent;
    bool first, broken; /* the innermost container is empty so far; it takes several lines */
} lng_json;
lng_json lng_json_new(lng_arena *, int indent);
void lng_json_object(lng_json *, const char *key); /* ... lng_json_end */
void lng_json_array(lng_json *, const char *key);  /* ... lng_json_end_array */
void lng_json_end(lng_json *);
void lng_json_end_array(lng_json *);
void lng_json_string(lng_json *, const char *key, const char *value);
void lng_json_bool(lng_json *, const char *key, bool);
void lng_json_int(lng_json *, const char *key, int64_t);
void lng_json_number(lng_json *, const char *key, double); /* shortest that reads back */

/* Reader. Depth at most 64, values at most 200,000; duplicate keys are an error. */
typedef enum { LNG_JSON_NULL, LNG_JSON_BOOL, LNG_JSON_NUMBER, LNG_JSON_STRING, LNG_JSON_ARRAY, LNG_JSON_OBJECT } lng_json_kind;
typedef struct lng_json_value {
    lng_json_kind kind;
    bool boolean;
    double number;
    bool integral; /* the number was written as an integer that fits `integer` */
    int64_t integer;
    const char *string;
    size_t count; /* of array or object */
    const char **key;
    struct lng_json_value *item;
} lng_json_value;
/* NULL if the text is malformed: then *offset is the byte where it goes wrong, and *why what was expected. */
const lng_json_value *lng_json_parse(lng_arena *, const char *text, size_t n, size_t *offset, const char **why);
const lng_json_value *lng_json_get(const lng_json_value *object, const char *key); /* NULL when absent */

#endif
