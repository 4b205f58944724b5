/* The examples of one file, of any format, some at a time: memory does not grow with their number. */
#ifndef LNG_DATA_EXAMPLES_H
#define LNG_DATA_EXAMPLES_H
#include "data/array.h"
#include "data/spec.h"

/* What the examples are for: the model's field, and what to do with pictures of another height or width. */
typedef struct lng_wish {
    lng_shape shape;
    enum { LNG_AS_THEY_ARE, LNG_RESIZED, LNG_FITTED, LNG_REDUCED /* if larger than what centering needs */ } size;
    bool integers; /* 32-bit integers are accepted, too */
    bool text;     /* the text of rows is kept */
    lng_table_style style;
    lng_fit fit;                   /* with LNG_FITTED */
    const lng_window_spec *window; /* of which an example is made; NULL: it is a row, or a file */
    int64_t first;                 /* the number of class 0 in the files */
} lng_wish;

/* Opens a file ("-": standard input) for examples of these fields. NPZ and CSV have several, under their names; any other file has one.
 *
 * With a window, the fields are those of examples, and the file has rows; those that end no window are read, but give no example.
 *
 * A picture is one example, of 0 to 255 whatever the file's own maximum: [height, width], gray; for a field of 3 or 4 channels it
 * has as many. In IDX, the first dimension counts examples; in NPY too, unless the whole array has the size of the field, or is a plane
 * whose rows do not have that size. NULL after an error. */
typedef struct lng_examples lng_examples;
lng_examples *lng_examples_open(const char *path, const lng_wish *, const lng_data_field *, size_t fields, lng_errors *);
void lng_examples_free(lng_examples *);
/* Type and shape of a field's examples in the file, and their number; -1: not known before the end. */
const lng_array *lng_examples_head(const lng_examples *, size_t field);
/* How many can be asked for at once: as many as are no burden, at least one. */
int64_t lng_examples_most(const lng_examples *);
/* The next examples, at most `most`, as an array for each field, which the caller frees. Returns how many, of windows perhaps fewer than
 * there are; 0 at the end of the file, whose end was intact; -1 after an error. */
int64_t lng_examples_next(lng_examples *, int64_t most, lng_array *, lng_errors *);
/* Whether the file is a table in text, and its form, which is valid as long as the file is open. */
bool lng_examples_are_text(const lng_examples *, lng_table_form *);
/* The row of example i of those that were read last, of a window its last one, as it is written, if it is kept; -1: the head. Valid until the next ones are read. */
const char *lng_examples_text(const lng_examples *, int64_t i, size_t *length);

#endif
