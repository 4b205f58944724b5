/* history.csv as columns of numbers. */
#include "figure/inside.h"
#include <math.h>
#include <string.h>

/* Cells may be quoted, with quotes doubled. Moves past the cell and, unless the row ends there, its comma. */
static const char *next_cell(lng_arena *a, const char **at, bool *last)
{
    lng_text cell = lng_text_new(a);
    const char *p = *at;
    bool quoted = *p == '"';
    for (p += quoted; *p && (quoted || (*p != ',' && *p != '\n')); p++) {
        if (quoted && *p == '"' && p[1] != '"') {
            quoted = false;
            continue;
        }
        p += quoted && *p == '"';
        lng_text_put(&cell, p, 1);
    }
    *last = *p != ',';
    *at = *p ? p + 1 : p;
    return cell.at;
}

lng_columns lng_history_read(lng_arena *a, const char *csv)
{
    lng_columns c = {0};
    size_t capacity = 0, rows = 0;
    bool last = false;
    for (const char *p = csv; *p; p++)
        rows += *p == '\n';
    while (!last) {
        c.name = lng_grow(a, c.name, c.columns, &capacity, sizeof *c.name);
        c.name[c.columns++] = next_cell(a, &csv, &last);
    }
    c.value = LNG_NEW_N(a, c.columns, double *);
    for (size_t k = 0; k < c.columns; k++)
        c.value[k] = LNG_NEW_N(a, rows, double);
    for (; *csv && c.rows < rows; c.rows++) {
        last = false;
        for (size_t k = 0; k < c.columns; k++) {
            const char *cell = last ? "" : next_cell(a, &csv, &last);
            if (!lng_parse_double(cell, strlen(cell), &c.value[k][c.rows]))
                c.value[k][c.rows] = (double)NAN;
        }
    }
    return c;
}

const double *lng_column_named(const lng_columns *c, const char *name)
{
    for (size_t k = 0; k < c->columns; k++)
        if (strcmp(c->name[k], name) == 0)
            for (size_t i = 0; i < c->rows; i++)
                if (isfinite(c->value[k][i]))
                    return c->value[k];
    return NULL;
}
