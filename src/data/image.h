/* Images to predict from: PGM (P2, P5), PNG, NPY and IDX, plain or gzipped, recognized by their first bytes. As strict as data
 * sets: a file holds what its header says, to the byte. */
#ifndef LNG_DATA_IMAGE_H
#define LNG_DATA_IMAGE_H
#include "data/array.h"
#include "data/spec.h"

#define LNG_IMAGE_BYTES ((size_t)1 << 30) /* of a file */
#define LNG_IMAGE_SIDE  16384             /* pixels */

/* What the images are for: the model's field, and what to do with images of another height or width. */
typedef struct lng_image_wish {
    lng_shape shape;
    enum { LNG_ANY_SIZE, LNG_THIS_SIZE, LNG_RESIZED } size;
    bool integers; /* 32-bit integers are accepted, too */
} lng_image_wish;

/* Reads all examples of a file ("-": standard input) into an array for each field. NPZ and CSV have several fields, under their names; any
 * other file has one.
 *
 * PGM and PNG are one example, of 0 to 255 whatever the file's own maximum: [height, width], gray; a PNG for a field of 3 or 4 channels
 * has as many. A PNG is resized while it is read if that is requested, and gives a shape without elements if its size cannot be used. In
 * IDX, the first dimension counts examples; in NPY too, unless the whole array has the size of the field, or is a plane whose rows do not
 * have that size. */
bool lng_examples_read(const char *path, lng_image_wish, const lng_data_field *, size_t fields, lng_array *, lng_errors *);

/* The helpers take examples of [height, width] or [height, width, channels]. */
bool lng_shape_is_image(lng_shape);
/* Each side on its own: shrinks by the mean over the area of each new pixel, grows by linear interpolation between pixel centers. */
bool lng_images_resize(lng_array *, int64_t height, int64_t width, lng_errors *);
/* White on black to black on white, or back: v becomes 255 - v, or 1 - v if they are floats up to 1. */
void lng_images_invert(lng_array *);
/* The sum of the numbers of an example's border; *count: how many they are. */
double lng_image_border(const lng_array *, int64_t example, int64_t *count);
/* Whether the mean of the example's border is above the middle of the range of values: paper, not a blackboard. */
bool lng_image_is_light(const lng_array *, int64_t example, double middle);

/* The ink of an example, which is what differs from its border: how far its center of mass is from the middle, and the larger side of its
 * rectangle, as parts of the image's sides. false: there is none. */
bool lng_image_ink(const lng_array *, int64_t example, double *offset, double *extent);
/* Each image becomes one of height x width with its ink in the middle, as in MNIST. false after a failure or an error. */
bool lng_images_center(lng_array *, int64_t height, int64_t width, lng_failure *, lng_errors *);

/* Files in memory, by format; pgm: at least two bytes. */
bool lng_pgm_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);
bool lng_npy_parse(const unsigned char *at, size_t n, lng_shape wanted, lng_array *, lng_failure *);
bool lng_npy_parse_examples(const unsigned char *at, size_t n, lng_array *, lng_failure *); /* the first dimension counts them */
bool lng_png_parse(const unsigned char *at, size_t n, lng_image_wish, lng_array *, lng_failure *);

/* ---- resizing, a row at a time ---- */
typedef struct lng_resizer lng_resizer;
lng_resizer *lng_resizer_new(int64_t h, int64_t w, int64_t channels, int64_t height, int64_t width, lng_failure *);
void lng_resizer_free(lng_resizer *);
void lng_resizer_row(lng_resizer *, const double *row); /* from the top; the first row after the last begins another image */
const double *lng_resizer_image(const lng_resizer *);   /* after the last row */

#endif
