/* lngraph schema: prints a JSON Schema of model files, for editors, or of reports. */
#include "cli/cli.h"
#include "export/export.h"

static void schema(lng_command *c)
{
    c->paged = true;
    if (lng_command_get(c, "report"))
        lng_report_schema(&c->out);
    else
        lng_schema_write(&c->out, c->errors);
}

static const lng_option options[] = {
    {"report", 0, NULL, "print the schema of report.json instead"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_schema = {
    .name = "schema",
    .also = "jsonschema",
    .operands = "",
    .least = 0,
    .most = 0,
    .about = "print a JSON Schema of model files, for editors",
    .details =
        "The schema is of draft 2020-12. It knows the sections and keys of a model file, the standard blocks and the ops, with their "
        "attributes, types and ranges, so that an editor completes and explains them, and marks mistakes as you type. It refuses no "
        "file that lngraph accepts, but finds fewer mistakes than `lngraph check`, which also knows names, shapes and gradients.\n"
        "\n"
        "Many editors use the YAML language server, which reads the name of the schema from the first line of a file.\n"
        "\n"
        "With --report, the schema is that of the report.json that a run leaves; lngraph-files(5) describes the same fields.",
    .example = "lngraph schema >lngraph.schema.json\n"
               "lngraph schema --report >report.schema.json",
    .option = options,
    .run = schema,
};
