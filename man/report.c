/* The fields of report.json, from its form: an item for each path. */
#include "mdoc.h"
#include "report/form.h"
#include <stdio.h>

static const char *const kinds[] = {[LNG_FORM_INTEGER] = "An integer",
                                    [LNG_FORM_NUMBER] = "A number",
                                    [LNG_FORM_TEXT] = "A string",
                                    [LNG_FORM_BOOLEAN] = "A boolean",
                                    [LNG_FORM_OBJECT] = "An object"};

static void put_form(lng_arena *, const lng_form *, const char *path);

static void put_fields(lng_arena *a, const lng_form *object, const char *path)
{
    for (const lng_form *f = object->of; f->name; f++)
        put_form(a, f, *path ? lng_format(a, "%s.%s", path, f->name) : f->name);
}

/* The path leads through lists and maps to what they hold. */
static void put_form(lng_arena *a, const lng_form *form, const char *path)
{
    const lng_form *f = form;
    while (f->kind == LNG_FORM_LIST || f->kind == LNG_FORM_MAP) {
        path = f->kind == LNG_FORM_LIST ? lng_format(a, "%s[]", path) : lng_format(a, "%s.%s", path, f->item);
        f = f->of;
    }
    put_macro("It Li", path);
    put_sentence(a, form->about);
    put_line(lng_format(a, "%s%s%s.", kinds[f->kind], f->nullable ? " or null" : "", form->optional ? "; may be absent" : ""));
    if (f->kind == LNG_FORM_OBJECT)
        put_fields(a, f, path);
}

void put_report(lng_arena *a)
{
    puts(".Bl -tag -width Ds");
    put_fields(a, &lng_report_form, "");
    puts(".El");
}
