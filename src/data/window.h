/* Series: examples that are windows of consecutive rows. A part's rows are divided first, so no window crosses the border of two parts. */
#ifndef LNG_DATA_WINDOW_H
#define LNG_DATA_WINDOW_H
#include "data/array.h"
#include "data/spec.h"

/* What the file has of a field in each row. */
lng_data_field lng_field_of_row(const lng_data_field *);

/* The rows of a file, in which each series is followed. */
typedef struct lng_series {
    const int32_t *group; /* of each row, from 0; NULL: the file is one series */
    const uint32_t *turn; /* the number of the row in its series; NULL: as in the file */
    int64_t groups;
} lng_series;
/* group: the values of each row, integers from 0; NULL: the file is one series. The arrays are copies. */
lng_series lng_series_of(lng_arena *, const lng_array *group, int64_t rows);

typedef struct lng_windows {
    int64_t count;
    uint32_t *first; /* of each window, in the order of their last rows: its first row, as an index of `row` */
    uint32_t *row;   /* the rows of the part, a series after the other */
    int64_t longest; /* run of rows of one series, without rows of other parts between them */
} lng_windows;
/* Rows from the first of a window to the last that its fields read, which may be that of the targets. */
int64_t lng_window_span(const lng_window_spec *, const lng_data_field *, size_t fields);
/* The windows of a part. row: the numbers in the file of its rows, ascending; NULL: 0, 1, ... */
void lng_windows_find(lng_arena *, const lng_window_spec *, const lng_series *, const uint32_t *row, int64_t rows, int64_t span,
                      lng_windows *);
/* The examples of a field, from its rows, to example `at` and those after it; `before` rows of the array come before the part. */
void lng_windows_gather(const lng_windows *, const lng_window_spec *, const lng_data_field *, const lng_array *rows, int64_t before,
                        lng_array *to, int64_t at);

#endif
