/* A file of the cache is named by a digest of everything that decides what is in it: the version of this form and of lngraph, shape, fit, and of
 * each image file path, size, inode and times. So a file that is there is up to date; nothing in it has to be compared.
 *
 *     "LNGIMG1\n"  count of images (8 bytes)  CRC-32 of all that follows (4 bytes)
 *     first reason for which a file was left out (400 bytes)  one byte for each file of the list: 1 if it was left out
 *     zeros up to a multiple of 64  the images
 *
 * It appears under its name whole, so that runs side by side see all of it or nothing; a damaged one is decoded and written again. Numbers are
 * as the machine has them: the cache stays on it. */
#include "config.h"
#include "data/image_cache.h"
#include "base/file.h"
#include "data/data.h"
#include "data/vocabulary.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[8] = "LNGIMG1\n";

typedef struct header {
    char magic[8];
    int64_t count;
    uint32_t crc, zero;
    char reason[400];
} header;

static size_t images_at(const lng_image_list *list)
{
    return (sizeof(header) + list->n + 63) / 64 * 64;
}

/* ---- the name ---- */
static void add_number(lng_sha256 *hash, int64_t x)
{
    lng_sha256_add(hash, &x, sizeof x);
}

static const char *path_of(const lng_load *load, const lng_image_list *list, const lng_data_field *field)
{
    lng_sha256 hash;
    char hex[65];
    const char *folder = lng_data_cache(load->arena, ".images");
    lng_sha256_begin(&hash);
    lng_sha256_add(&hash, PACKAGE_VERSION, sizeof PACKAGE_VERSION);
    for (int i = 0; i < field->shape.rank; i++)
        add_number(&hash, field->shape.dim[i]);
    add_number(&hash, field->columns ? (int64_t)field->columns->fit : 0);
    add_number(&hash, load->skips_broken);
    for (size_t i = 0; i < list->n; i++) {
        const lng_image_file *f = &list->at[i];
        const int64_t facts[] = {f->bytes, f->changed[0], f->changed[1], f->written[0], f->written[1], (int64_t)f->inode};
        lng_sha256_add(&hash, f->path, strlen(f->path) + 1);
        lng_sha256_add(&hash, facts, sizeof facts);
    }
    lng_sha256_end(&hash, hex);
    return folder ? lng_format(load->arena, "%s/%s", folder, hex) : NULL;
}

/* ---- reading ---- */
static uint32_t crc_of(const unsigned char *at, size_t n)
{
    uLong crc = crc32(0, NULL, 0);
    for (size_t some; n > 0; at += some, n -= some) {
        some = n < (1u << 30) ? n : 1u << 30;
        crc = crc32(crc, at, (uInt)some);
    }
    return (uint32_t)crc;
}

static size_t checked_from(void)
{
    return offsetof(header, reason);
}

static bool is_right(const unsigned char *at, size_t bytes, const lng_image_list *list, const lng_data_field *field)
{
    header h;
    memcpy(&h, at, sizeof h);
    const int64_t size = lng_shape_size(field->shape);
    int64_t whole = (int64_t)list->n;
    for (size_t i = 0; i < list->n; i++)
        whole -= at[sizeof h + i] != 0;
    return memcmp(h.magic, magic, sizeof magic) == 0 && h.count == whole && h.count > 0 &&
           bytes - images_at(list) == (size_t)(h.count * size) && h.crc == crc_of(at + checked_from(), bytes - checked_from());
}

static void *map(const char *path, size_t *bytes)
{
    struct stat s;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    void *at = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0)
        at = mmap(NULL, *bytes = (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    return at == MAP_FAILED ? NULL : at;
}

/* That files were left out is said again. */
static void take_broken(lng_load *load, const lng_image_list *list, const unsigned char *at, bool *broken)
{
    lng_broken *b = &load->broken;
    for (size_t i = 0; i < list->n; i++) {
        broken[i] = at[sizeof(header) + i] != 0;
        if (broken[i] && b->left++ == 0) {
            b->path = LNG_NEW(load->arena, const char *);
            b->why = LNG_NEW(load->arena, lng_failure);
            b->path[0] = lng_format(load->arena, "%s/%s", load->path, list->at[i].path);
            snprintf(b->why[0].text, sizeof b->why[0].text, "%.399s", (const char *)at + offsetof(header, reason));
            b->n = 1;
        }
    }
}

bool lng_image_cache_load(lng_load *load, const lng_image_list *list, const lng_data_field *field, lng_array *array, bool *broken)
{
    const char *path = path_of(load, list, field);
    size_t bytes = 0;
    unsigned char *at = path ? map(path, &bytes) : NULL;
    if (!at)
        return false;
    if (bytes <= images_at(list) || !is_right(at, bytes, list, field)) {
        munmap(at, bytes);
        return false;
    }
    header h;
    memcpy(&h, at, sizeof h);
    take_broken(load, list, at, broken);
    array->count = h.count;
    array->mapping = at;
    array->mapped = bytes;
    array->at = at + images_at(list);
    return true;
}

/* ---- writing ---- */
/* What stands before the images. */
static const void *front_of(const lng_load *load, const lng_image_list *list, const lng_array *array, const bool *broken)
{
    const size_t front = images_at(list), images = (size_t)(array->count * lng_shape_size(array->shape));
    unsigned char *at = lng_alloc(load->arena, front);
    header h = {.count = array->count};
    memcpy(h.magic, magic, sizeof magic);
    if (load->broken.n)
        memcpy(h.reason, load->broken.why[0].text, sizeof h.reason);
    memcpy(at, &h, sizeof h);
    for (size_t i = 0; i < list->n; i++)
        at[sizeof h + i] = broken[i];
    const uint32_t first = crc_of(at + checked_from(), front - checked_from());
    h.crc = (uint32_t)crc32_combine(first, crc_of(array->at, images), (z_off_t)images);
    memcpy(at, &h, sizeof h);
    return at;
}

void lng_image_cache_save(const lng_load *load, const lng_image_list *list, const lng_data_field *field, const lng_array *array,
                          const bool *broken)
{
    const char *path = path_of(load, list, field), *folder = lng_data_cache(load->arena, ".images");
    const void *front = front_of(load, list, array, broken);
    lng_errors *errors = lng_errors_unheard(load->arena); /* what fails here costs the next run some time, and nothing else */
    lng_file *f = path && lng_folder_make(folder, errors) ? lng_file_begin(path, errors) : NULL;
    if (f && lng_file_put(f, front, images_at(list)) &&
        lng_file_put(f, array->at, (size_t)(array->count * lng_shape_size(array->shape))))
        lng_file_commit(f);
    else if (f)
        lng_file_abandon(f);
}
