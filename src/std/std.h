/* Text files embedded at build time (src/std/embed turns them into C): the standard library, src/std/NAME.yaml. */
#ifndef LNG_STD_STD_H
#define LNG_STD_STD_H
#include <stddef.h>

typedef struct lng_std_file {
    const char *name; /* "layers.yaml" */
    const char *text;
    size_t length;
} lng_std_file;
extern const lng_std_file lng_std_files[];
#define LNG_DATASETS_FILE "datasets.yaml" /* it describes data sets; the others hold blocks */
extern const size_t lng_std_count;
/* The models that come with the program, models/NAME.yaml. */
extern const lng_std_file lng_shipped_files[];
extern const size_t lng_shipped_count;
/* The page of `lngraph export --to=html`, src/export/page/. */
extern const lng_std_file lng_page_files[];
extern const size_t lng_page_count;
#endif
