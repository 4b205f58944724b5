/* lngraph export --training: what the program needs of the engine. */
#ifndef LNG_CLI_LEARNING_H
#define LNG_CLI_LEARNING_H
#include "cli/cli.h"
#include "export/export.h"
#include "train/session.h"

typedef struct lng_learning {
    const lng_workspace *workspace; /* with the weights */
    lng_c_program *program;
    lng_session *session; /* for steps; NULL: it was not opened */
} lng_learning;
/* Whether the options go together. */
bool lng_learning_fits(lng_command *);
/* Opens the session, and gives the program its graph of a step. false after errors. */
bool lng_learning_begin(lng_command *, lng_learning *);
void lng_learning_end(lng_learning *);

#endif
