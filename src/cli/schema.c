/* lngraph schema: prints a JSON Schema of model files, for editors. */
#include "cli/cli.h"
#include "export/export.h"

static void schema(lng_command *c)
{
    c->paged = true;
    lng_schema_write(&c->out, c->errors);
}

static const lng_option options[] = {{NULL, 0, NULL, NULL}};
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
        "Many editors use the YAML language server, which reads the name of the schema from the first line of a file.",
    .example = "lngraph schema >lngraph.schema.json",
    .option = options,
    .run = schema,
};
