/* The parts of lngraph describe: describe.c reads the data, survey_text.c and survey_json.c print what is in them, draft*.c a model file;
 * survey_images.c does all that for a folder of images, survey_letters.c for a text. */
#ifndef LNG_CLI_SURVEY_H
#define LNG_CLI_SURVEY_H
#include "cli/cli.h"
#include "data/survey.h"

typedef struct lng_described {
    const char *name; /* as the user wrote it */
    const lng_survey *survey;
} lng_described;

void lng_survey_text(const lng_described *, lng_text *, lng_look);
void lng_survey_json(const lng_described *, lng_json *);
/* The name of a column or a value, safe to show, and not too long. */
const char *lng_shown(lng_arena *, const char *, size_t bytes);

/* A model file for these files, which trains as it is; false after an error. */
bool lng_draft_model(lng_command *, const lng_survey *, const char *const *path, size_t files, lng_text *);
const char *lng_yaml_scalar(lng_arena *, const char *); /* plain, or in quotes */

void lng_describe_letters(lng_command *, const char *path);
void lng_describe_images(lng_command *, const char *folder);
#endif
