/* How weights and exported tensors get their header. */
#include "train/tensor_header.h"

void lng_tensor_header_put(lng_json *json, const char *name, lng_shape shape, bool wide, int64_t *at)
{
    lng_json_object(json, name);
    lng_json_string(json, "dtype", wide ? "F64" : "F32");
    lng_json_array(json, "shape");
    for (int k = 0; k < shape.rank; k++)
        lng_json_int(json, NULL, shape.dim[k]);
    lng_json_end_array(json);
    lng_json_array(json, "data_offsets");
    lng_json_int(json, NULL, *at);
    lng_json_int(json, NULL, *at += lng_shape_size(shape) * (wide ? 8 : 4));
    lng_json_end_array(json);
    lng_json_end(json);
}

lng_text lng_tensor_header_end(lng_json *json)
{
    lng_json_end(json);
    while (json->text.length % 8)
        lng_text_put(&json->text, " ", 1);
    return json->text;
}
