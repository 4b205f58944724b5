/* What templates ask for of the errors: codes, each once, and the exit statuses. */
#include "base/error.h"
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

static void put_item(lng_code code)
{
    printf(".It %s\n", lng_code_name(code));
    put_sentence(lng_code_about(code));
    printf("Exit status %d.\n", lng_code_status(code));
}

bool put_code(const char *name, bool shown[])
{
    for (int code = LNG_E_NONE + 1; code < LNG_E_COUNT; code++)
        if (!strcmp(lng_code_name((lng_code)code), name)) {
            put_item((lng_code)code);
            return shown[code] = true;
        }
    return fprintf(stderr, "pages: there is no code `%s`\n", name), false;
}

/* New ones; a test asks for their examples. */
void put_codes_left(const bool shown[])
{
    for (int code = LNG_E_NONE + 1; code < LNG_E_COUNT; code++)
        if (!shown[code])
            put_item((lng_code)code);
}

void put_exit_statuses(void)
{
    puts(".Bl -tag -width Ds -compact\n"
         ".It 0\nEverything asked for was done.\n"
         ".It 1\nA defect in lngraph.\n"
         ".It 2\nThe command line is not understood.\n"
         ".It 3\nBad input: model file, data or weights.\n"
         ".It 4\nThe system refused: files, memory, threads; or a data set was not found.\n"
         ".It 5\nA loss or gradient stopped being a number.\n"
         ".It 6\nA requirement of the model file was not met.\n"
         ".El\n.Pp\nA run that is ended by a signal dies by that signal, once what was trained is safe.");
}
