/* The format uniform: numbers from 0 to 1 and classes, all equally likely. What is drawn depends on the part, the field's name, the example
 * and the element alone, so the data are the same on every machine and in every run. */
#include "base/random.h"
#include "base/text.h"
#include "data/format.h"
#include <string.h>

static void draw(const lng_load *load, const lng_data_field *field, lng_array *a)
{
    const lng_key key = lng_random_key((uint64_t)load->part, lng_hash(field->name, strlen(field->name)));
    const int64_t size = lng_shape_size(a->shape);
    for (int64_t i = 0; i < a->count; i++)
        for (int64_t e = 0; e < size; e++)
            if (a->type == LNG_ARRAY_I32)
                ((int32_t *)a->at)[i] = (int32_t)lng_random_below(key, 0, (uint32_t)i, 0, (uint64_t)field->classes);
            else
                ((float *)a->at)[i * size + e] = (float)(lng_random_word(key, 0, (uint32_t)i, (uint64_t)e) >> 8) * 0x1p-24f;
}

bool lng_uniform_load(lng_load *load, lng_failure *failure)
{
    for (size_t i = 0; i < load->fields; i++) {
        const lng_data_field *field = &load->field[i];
        load->array[i] = (lng_array){.type = field->dtype == LNG_I32 ? LNG_ARRAY_I32 : LNG_ARRAY_F32, .shape = field->shape};
        if (!lng_array_new(&load->array[i], load->examples, failure))
            return false;
        draw(load, field, &load->array[i]);
    }
    return true;
}
