/* Reads the report.json of a run. */
#include "report/read.h"
#include "report/form.h"
#include <math.h>

#define REPORT_BYTES ((size_t)64 << 20)

const lng_json_value *lng_report_read(lng_arena *a, const char *path, lng_errors *errors)
{
    const lng_source source = {.name = path};
    const lng_place place = {.source = &source};
    size_t length, offset;
    const char *why, *text = lng_file_read(a, path, REPORT_BYTES, &length, errors);
    const lng_json_value *report = text ? lng_json_parse(a, text, length, &offset, &why) : NULL;
    if (text && !report)
        lng_error(errors, LNG_E_RUN_FOLDER, place, "byte %zu: not the report of a run: %s", offset, why);
    if (!report)
        return NULL;
    const lng_json_value *format = lng_json_get(report, "format");
    if (format && format->integral && format->integer == LNG_REPORT_FORMAT)
        return report;
    if (format && format->integral)
        lng_error(errors, LNG_E_RUN_FOLDER, place, "the report has format %lld; this version of lngraph reads format %d",
                  (long long)format->integer, LNG_REPORT_FORMAT);
    else
        lng_error(errors, LNG_E_RUN_FOLDER, place, "not the report of a run: it has no `format`");
    lng_error_hint(errors, "`lngraph eval RUN --json >report.json` makes a report of its weights, to put in its place");
    return NULL;
}

const lng_json_value *lng_report_at(const lng_json_value *report, const char *const *path)
{
    for (; report && *path; path++)
        report = report->kind == LNG_JSON_OBJECT ? lng_json_get(report, *path) : NULL;
    return report;
}

double lng_report_number(const lng_json_value *object, const char *key)
{
    const lng_json_value *v = object && object->kind == LNG_JSON_OBJECT ? lng_json_get(object, key) : NULL;
    return v && v->kind == LNG_JSON_NUMBER ? v->number : (double)NAN;
}
