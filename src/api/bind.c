/* Binds arrays of rows to inputs. */
#include "api/api.h"
#include "base/assert.h"
#include <string.h>

typedef struct array {
    const char *input;
    const void *at;
    int type; /* of lng_field */
    size_t element, rows, row_size;
    lng_keep keep;
} array;

static bool find_input(const lng_program *p, const char *name, size_t *index, lng_errors *errors)
{
    lng_nearest near = {.wrong = name ? name : "NULL"};
    const lng_subject *subject = &p->session->subject;
    for (size_t i = 0; i < subject->inputs; i++) {
        if (strcmp(subject->input[i].name, near.wrong) == 0) {
            *index = i;
            return true;
        }
        lng_nearest_offer(&near, subject->input[i].name);
    }
    lng_error(errors, LNG_E_UNKNOWN_NAME, lng_nowhere, "unknown input `%s`", near.wrong);
    if (near.best)
        lng_error_hint(errors, "did you mean `%s`?", near.best);
    return false;
}

static bool check_array(const lng_data_field *input, const array *a, lng_errors *errors)
{
    char shape[LNG_SHAPE_TEXT];
    const uint64_t size = (uint64_t)lng_shape_size(input->shape);
    if (!a->at || a->rows == 0)
        return lng_error(errors, LNG_E_ARGUMENTS, lng_nowhere, "input `%s`: no rows to bind", input->name);
    if (a->row_size != size)
        return lng_error(errors, LNG_E_SHAPE, lng_nowhere, "input `%s` has shape %s: its rows have %llu elements, not %zu",
                         input->name, lng_shape_text(shape, input->shape), (unsigned long long)size, a->row_size);
    if (a->rows >= LNG_NO_EXAMPLE || a->rows > SIZE_MAX / a->element / a->row_size)
        return lng_error(errors, LNG_E_LIMIT, lng_nowhere, "input `%s`: too many rows: %zu", input->name, a->rows);
    if (input->dtype == LNG_I32 && a->type == LNG_FIELD_F32)
        return lng_error(errors, LNG_E_DTYPE, lng_nowhere, "input `%s` takes integers; floats are not rounded", input->name);
    return true;
}

/* The labels of a model are the inputs with one integer per example. */
static bool check_labels(const lng_data_field *input, const array *a, lng_errors *errors)
{
    const int64_t classes = input->classes;
    if (classes == 0 || input->dtype != LNG_I32 || a->row_size != 1)
        return true;
    for (size_t i = 0; i < a->rows; i++) {
        const int64_t label = a->type == LNG_FIELD_U8 ? ((const uint8_t *)a->at)[i] : ((const int32_t *)a->at)[i];
        if (label < 0 || label >= classes)
            return lng_error(errors, LNG_E_RANGE, lng_nowhere, "input `%s`, row %zu: label %lld, but its classes are 0 to %lld",
                             input->name, i, (long long)label, (long long)classes - 1);
    }
    return true;
}

static bool bind(lng_program *p, const array *a, lng_errors *errors)
{
    size_t i;
    if (!lng_is_given(p, "program", errors) || !find_input(p, a->input, &i, errors))
        return false;
    const lng_data_field *input = &p->session->subject.input[i];
    if (!check_array(input, a, errors) || !check_labels(input, a, errors))
        return false;
    LNG_ASSERT(a->element == (a->type == LNG_FIELD_U8 ? 1 : 4));
    const size_t bytes = a->rows * a->row_size * a->element;
    void *copy = a->keep == LNG_COPY ? lng_block_new(bytes) : NULL;
    if (a->keep == LNG_COPY && !copy)
        return lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory: %zu bytes for input `%s`", bytes, a->input);
    if (copy)
        memcpy(copy, a->at, bytes);
    lng_block_free(p->bound[i].copy);
    p->bound[i] = (lng_bound){.rows = (int64_t)a->rows, .copy = copy};
    p->field[i] = (lng_field){.at = copy ? copy : a->at, .size = (int64_t)a->row_size};
    p->field[i].type = a->type;
    return true;
}

bool lng_program_bind_u8(lng_program *p, const char *input, const uint8_t *data, size_t rows, size_t row_size, lng_keep keep,
                         lng_errors *errors)
{
    return bind(p, &(array){input, data, LNG_FIELD_U8, sizeof *data, rows, row_size, keep}, errors);
}

bool lng_program_bind_i32(lng_program *p, const char *input, const int32_t *data, size_t rows, size_t row_size, lng_keep keep,
                          lng_errors *errors)
{
    return bind(p, &(array){input, data, LNG_FIELD_I32, sizeof *data, rows, row_size, keep}, errors);
}

bool lng_program_bind_f32(lng_program *p, const char *input, const float *data, size_t rows, size_t row_size, lng_keep keep,
                          lng_errors *errors)
{
    return bind(p, &(array){input, data, LNG_FIELD_F32, sizeof *data, rows, row_size, keep}, errors);
}
