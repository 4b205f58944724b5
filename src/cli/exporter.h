/* The parts of lngraph export: export_c.c writes C programs and pages, export_weights.c the formats of other frameworks, export.c is the verb. */
#ifndef LNG_CLI_EXPORTER_H
#define LNG_CLI_EXPORTER_H
#include "base/file.h"
#include "cli/learning.h"
#include "train/session.h"

typedef struct lng_exporter lng_exporter;
typedef struct lng_export_format {
    const char *name, *suffix; /* "c", ".c" */
    const char *takes;         /* options of its own, separated by spaces */
    const char *about;
    void (*write)(const lng_exporter *);
} lng_export_format;

struct lng_exporter {
    lng_command *command;
    const lng_export_format *format;
    lng_workspace w;                /* without data */
    const char *name;               /* of the model as an identifier: the prefix of a C program's names */
    const char *stem;               /* of the files */
    const lng_quantized *quantized; /* the weights in 8 bits, if --weights says so */
    size_t quantizeds;
};

/* The file that ends so; its name lives in the command's arena. */
const char *lng_export_file(const lng_exporter *, const char *suffix);
/* Whether the weights of a C program are in a file of their own. */
bool lng_export_is_apart(const lng_exporter *);

/* Each writes its format, or an error. */
#define LNG_EXPORT_FORMAT(name, suffix, takes, about) void lng_export_##name(const lng_exporter *);
#include "export/formats.def"
#undef LNG_EXPORT_FORMAT

#endif
