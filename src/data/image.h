/* Images to predict from: PGM (P2, P5), NPY (u8, f32), IDX (also gzipped), and PNG where libpng was there at configure time; told apart by
 * their first bytes. As strict as data sets: a file holds what its header says, to the byte. */
#ifndef LNG_DATA_IMAGE_H
#define LNG_DATA_IMAGE_H
#include "data/array.h"

#define LNG_IMAGE_BYTES ((size_t)1 << 30) /* of a file */
#define LNG_IMAGE_SIDE  16384             /* pixels */

/* Reads all examples of a file ("-": standard input) as u8 or f32. PGM and PNG are one example of shape [height, width], grey values 0 to 255
 * whatever the file's own maximum; colours become grey, transparent becomes white. In IDX the first dimension counts examples. In NPY it does
 * unless the whole array has the size of `wanted`, the model's field, or is a plane whose rows have not that size. */
bool lng_images_read(const char *path, lng_shape wanted, lng_array *, lng_errors *);

/* The helpers take examples of [height, width] or [height, width, channels]. */
bool lng_shape_is_image(lng_shape);
/* Each side on its own: smaller by the mean over the area of each new pixel, larger by linear interpolation between pixels' centres. */
bool lng_images_resize(lng_array *, int64_t height, int64_t width, lng_errors *);
/* White on black to black on white and back: v becomes 255 - v; floats none of which is above 1 become 1 - v. */
void lng_images_invert(lng_array *);
/* The mean of the example's border is above the middle of the range of values: paper, not a blackboard. */
bool lng_image_is_light(const lng_array *, int64_t example, double middle);

/* Files in memory, by format; pgm: at least two bytes. */
bool lng_idx_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);
bool lng_pgm_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);
bool lng_npy_parse(const unsigned char *at, size_t n, lng_shape wanted, lng_array *, lng_failure *);
bool lng_png_parse(const unsigned char *at, size_t n, lng_array *, lng_failure *);

#endif
