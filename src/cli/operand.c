/* The operand MODEL: a file, - for standard input, or the folder of a run, which stands for its model.yaml. */
#include "base/file.h"
#include "cli/cli.h"
#include <string.h>
#include <sys/stat.h>

const char *lng_model_path(lng_command *c, const char *operand)
{
    struct stat st;
    if (strcmp(operand, "-") == 0 || stat(operand, &st) != 0 || !S_ISDIR(st.st_mode))
        return operand;
    const char *model = lng_format(c->arena, "%s/model.yaml", operand);
    if (lng_file_exists(model))
        return model;
    lng_error(c->errors, LNG_E_RUN_FOLDER, (lng_place){0}, "%s is a folder, but not of a run: it has no model.yaml", operand);
    return NULL;
}

void lng_suggest_model(lng_command *c, const char *path)
{
    bool exactly;
    const char *yaml = lng_format(c->arena, "%s.yaml", path), *shipped = lng_shipped_near(c->arena, path, &exactly);
    const size_t newest = lng_errors_count(c->errors) - 1;
    if (strcmp(path, "-") == 0 || lng_file_exists(path) || lng_errors_hint(c->errors, newest, 0))
        return;
    if (lng_file_exists(yaml))
        lng_error_hint(c->errors, "did you mean `%s`?", yaml);
    else if (shipped && exactly)
        lng_error_hint(c->errors, "`lngraph new %s` copies this model of lngraph to %s.yaml", shipped, shipped);
    else if (!strpbrk(path, "./") && lng_suggest_doc(c, path))
        return;
    else if (shipped)
        lng_error_hint(c->errors, "did you mean a model of lngraph? `lngraph new %s` copies it to %s.yaml", shipped, shipped);
    else
        lng_error_hint(c->errors, "`lngraph new` lists models to start from");
}
