/* lngraph-errors(7), from errors.def. */
#include "base/error.h"
#include "mdoc.h"
#include <stdio.h>

bool write_errors(void)
{
    page_begin("lngraph-errors", 7, "the errors of lngraph");
    puts(".Sh DESCRIPTION\n"
         "An error is a line on standard error, followed by the source line, a caret, and lines of advice:\n"
         ".Bd -literal -offset indent\nFILE:LINE:COLUMN: error[CODE]: what is wrong, and what was expected\n.Ed\n.Pp\n"
         "All mistakes that can be found are reported in one go; the process ends with the status that belongs to the first.\n"
         ".Sh CODES\n.Bl -tag -width Ds");
    for (int code = LNG_E_NONE + 1; code < LNG_E_COUNT; code++) {
        printf(".It %s\n", lng_code_name((lng_code)code));
        put_sentence(lng_code_about((lng_code)code));
        printf("Exit status %d.\n", lng_code_status((lng_code)code));
    }
    puts(".El\n.Sh EXIT STATUS");
    put_exit_statuses();
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-model 5");
    return true;
}
