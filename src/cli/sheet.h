/* lngraph show --examples (sheet.c). */
#ifndef LNG_CLI_SHEET_H
#define LNG_CLI_SHEET_H
#include "cli/cli.h"

void lng_show_examples(lng_command *, const char *model);
#endif
