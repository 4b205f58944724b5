/* report.json, read again. */
#ifndef LNG_REPORT_READ_H
#define LNG_REPORT_READ_H
#include "base/file.h"
#include "base/json.h"

/* NULL after an error: it is no report, or one of another format. */
const lng_json_value *lng_report_read(lng_arena *, const char *path, lng_errors *);
/* The value at the end of a path of keys, which ends with NULL; NULL: there is none. */
const lng_json_value *lng_report_at(const lng_json_value *report, const char *const *path);
double lng_report_number(const lng_json_value *object, const char *key); /* NaN: there is none */

#endif
