/* What comes before the graph, in ONNX (onnx.h): numbers of a table are filled in and scaled as when the data are read, in double. */
#include "export/onnx.h"

/* A number for each of a row, which stretches over the rows of a window. */
static const char *of_row(lng_onnx *o, const lng_onnx_field *f, const char *what, const double *at, lng_shape s)
{
    while (s.rank > 0 && lng_shape_size(s) > f->row)
        s = lng_shape_row(s);
    return lng_onnx_doubles(o, lng_format(o->arena, "%s.%s", f->name, what), at, s);
}

static const char *cast(lng_onnx *o, const char *x, int type)
{
    lng_onnx_int(o, "to", type);
    return lng_onnx_unary(o, "Cast", x);
}

const char *lng_onnx_prepared(lng_onnx *o, const lng_onnx_field *f, lng_shape s)
{
    const lng_column_spec *c = f->spec;
    const bool log1p = c && c->scale == LNG_SCALE_LOG1P;
    if (!c || c->words || (!c->fill && !c->subtract && !log1p))
        return f->name;
    o->scope = f->name;
    const char *x = cast(o, f->name, LNG_ONNX_DOUBLE);
    if (c->fill)
        x = lng_onnx_where(o, lng_onnx_unary(o, "IsNaN", x), of_row(o, f, "fill", c->fill, s), x);
    if (log1p)
        x = lng_onnx_unary(o, "Log", lng_onnx_binary(o, "Add", x, lng_onnx_doubles(o, "f64 1", &(double){1}, (lng_shape){0})));
    else if (c->subtract) {
        x = lng_onnx_binary(o, "Sub", x, of_row(o, f, "subtract", c->subtract, s));
        x = lng_onnx_binary(o, "Div", x, of_row(o, f, "divide", c->divide, s));
    }
    return cast(o, x, LNG_ONNX_FLOAT);
}
