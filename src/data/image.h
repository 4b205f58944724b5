/* Examples as images: what they look like, their size, and where their ink is. */
#ifndef LNG_DATA_IMAGE_H
#define LNG_DATA_IMAGE_H
#include "data/array.h"

#define LNG_IMAGE_SIDE 16384 /* pixels */

/* The helpers take examples of [height, width] or [height, width, channels]. */
bool lng_shape_is_image(lng_shape);
bool lng_shape_is_sequence(
    lng_shape); /* of a field: a matrix that is too long for an image, which nobody wants to see or resize as one */
int64_t lng_shape_channels(lng_shape); /* of an image */
bool lng_shape_is_picture(lng_shape);  /* an image in gray or RGB */
/* Each side on its own: shrinks by the mean over the area of each new pixel, grows by linear interpolation between pixel centers. */
bool lng_images_resize(lng_array *, int64_t height, int64_t width, lng_failure *);
/* White on black to black on white, or back: v becomes top - v. */
void lng_images_invert(lng_array *, float top);
float lng_images_top(const lng_array *); /* 1 if they are floats up to 1, otherwise 255 */
/* The sum of the numbers of an example's border; *count: how many they are. */
double lng_image_border(const lng_array *, int64_t example, int64_t *count);
/* Whether the mean of the example's border is above the middle of the range of values: paper, not a blackboard. */
bool lng_image_is_light(const lng_array *, int64_t example, double middle);

/* The ink of an example, which is what differs from its border: how far its center of mass is from the middle, and the larger side of its
 * rectangle, as parts of the image's sides. false: there is none. */
bool lng_image_ink(const lng_array *, int64_t example, double *offset, double *extent);
/* Each image becomes one of height x width with its ink in the middle, as in MNIST. number: of each image, for failures. */
bool lng_images_center(lng_array *, const int64_t *number, int64_t height, int64_t width, lng_failure *);

/* ---- resizing, a row at a time ---- */
typedef struct lng_resizer lng_resizer;
lng_resizer *lng_resizer_new(int64_t h, int64_t w, int64_t channels, int64_t height, int64_t width, lng_failure *);
void lng_resizer_free(lng_resizer *);
void lng_resizer_row(lng_resizer *, const double *row); /* from the top; the first row after the last begins another image */
const double *lng_resizer_image(const lng_resizer *);   /* after the last row */

#endif
