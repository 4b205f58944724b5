/* The table of formats. */
#include "data/table.h"
#include "data/zip.h"
#include <string.h>
#include <strings.h>

const lng_data_format lng_data_formats[] = {
    {.name = "idx",
     .content = "an IDX file",
     .about = "files like those of MNIST, one for each field",
     .details =
         "A file, plain or compressed with gzip, begins with four bytes: two zeros, the type (8: unsigned bytes, 12: 32-bit "
         "integers, 13: 32-bit floats) and the number of dimensions. A big-endian 32-bit size follows for each dimension; the "
         "first is the number of examples. Then come the elements, in row-major order.\n"
         "\n"
         "A field with a shape is read from bytes or floats, a class from bytes or integers. Floats must be finite.",
     .files = LNG_FILE_PER_FIELD,
     .in_order = true,
     .recognise = lng_idx_recognise,
     .load = lng_idx_load,
     .verify = lng_idx_verify,
     .offset = lng_idx_offset},
    {.name = "npy",
     .content = "a numpy array",
     .about = "arrays of numpy, one file for each field",
     .details =
         "A file as written by numpy.save, plain or compressed with gzip; its first dimension counts the examples. Elements are booleans, integers of 8 to 64 "
         "bits, or floats of 16, 32 or 64, in either byte order, and in C or Fortran order. Integers must fit in 32 bits, and as numbers "
         "in 24; floats must be finite and become the nearest 32-bit floats.\n"
         "\n"
         "A plain file of bytes or little-endian 32-bit floats in C order is mapped into memory, so it may be larger than the machine's memory: the "
         "system reads pages when they are needed and drops them again. Of such a file, `last` splits nothing that has to be copied; other "
         "splits make a copy in memory.",
     .files = LNG_FILE_PER_FIELD,
     .in_order = true,
     .recognise = lng_npy_recognise,
     .load = lng_npy_load,
     .verify = lng_npy_verify},
    {.name = "npz",
     .content = "a ZIP archive",
     .about = "a numpy archive for each part, with an array for each field",
     .details =
         "An archive as written by numpy.savez or numpy.savez_compressed. The array NAME.npy has the examples of the field NAME; "
         "its first dimension counts them. What an array may hold, the format npy says; an array in Fortran order is read whole.",
     .files = LNG_FILE_PER_PART,
     .in_order = true,
     .recognise = lng_zip_recognise,
     .load = lng_table_load,
     .table = &lng_npz_table,
     .verify = lng_table_verify},
    {.name = "csv",
     .content = "a table in text",
     .about = "a table for each part, whose first line names the columns",
     .details =
         "UTF-8 text, with cells separated by commas, semicolons, tabs or vertical bars, whichever the first line has most of. A cell "
         "with a separator, quote or line end is enclosed in double quotes, and a quote in it is doubled. Each line is an example. A class, or a field of one number, comes from the column of its name. A field "
         "of k numbers comes from the columns NAME.0 to NAME.k-1, or NAME_0 to NAME_k-1, in row-major order; or the field is described by "
         "its columns. Other columns are not read. Unless the description says otherwise, numbers have a decimal point, and an empty "
         "cell is an error.",
     .files = LNG_FILE_PER_PART,
     .in_order = true,
     .recognise = lng_csv_recognise,
     .load = lng_table_load,
     .table = &lng_csv_table,
     .line = lng_csv_line,
     .verify = lng_table_verify},
    {.name = "folder",
     .about = "images in files of their own, in a folder for each class",
     .details =
         "The folder of a part has a folder for each class, whose name is that of the class. The images in it, and in folders within it, are the "
         "examples of the class, in the order of their paths. Names of images end in .png, .jpg, .jpeg, .pgm or .ppm; other files, and files and "
         "folders whose names begin with a dot, are not read. If the model reads no class, images may also be in the folder of the part "
         "itself. An image has the size of the field, or `fit` says how it gets it: crop, pad or stretch. Gray and color become each other "
         "as in lngraph-predict(1); an orientation that a camera noted is not applied. JPEG is read if lngraph was built with libjpeg, whose "
         "versions may differ in a level here and there.\n"
         "\n"
         "Classes are numbered in the order of their names in the training set; a test set with another class is an error. Images that cannot be read "
         "are errors, all of which are reported at once, or with `skip: broken` they are left out. Decoded images are kept in the user's cache, in "
         ".images, until a file of the folder changes; everything there can be deleted at any time.",
     .files = LNG_FILE_PER_PART,
     .is_folder = true,
     .uses_team = true,
     .load = lng_folder_load},
    {.name = "cifar",
     .content = NULL,
     .about = "the binary version of CIFAR-10, several files for each part",
     .details =
         "A file is a sequence of records of 3,073 bytes: the label, then 32 rows of 32 red levels, then green, then blue. An example has the fields "
         "`image`, which becomes [32, 32, 3], and `label`. A part lists its `files`.",
     .files = LNG_FILE_PER_PART,
     .has_several = true,
     .load = lng_cifar_load,
     .verify = lng_cifar_verify},
    {.name = "text",
     .about = "the bytes of a text, in windows, and the byte after each: for language models",
     .details =
         "Any file, plain or compressed with gzip; its bytes are read as they are, in whatever encoding. It is cut into windows of the length that the fields "
         "have as their shape, one after the other. `text` has the bytes of a window, integers from 0 to 255, and `next`, of the same "
         "length, the byte after each of them. So each byte but the first is predicted once, in one window; bytes at the end that fill no window are not read. "
         "A window is an example: `validation: {last: 0.1}` takes the end of the text, and no window reaches into another part.\n"
         "\n"
         "The file is mapped into memory, so it may be larger than the machine's memory; one that is compressed is unpacked into a temporary file first, up to "
         "4 GiB. Of it, `last` splits nothing that has to be copied; other splits make a copy in memory.",
     .files = LNG_FILE_PER_PART,
     .describe = lng_text_describe,
     .load = lng_text_load,
     .verify = lng_text_verify},
    {.name = "digits",
     .about = "the built-in generator, without files",
     .details = "It always draws the same images.",
     .uses_team = true,
     .load = lng_digits_load},
    {.name = "uniform",
     .about = "random numbers, without files",
     .details =
         "Numbers from 0 to 1, without 1, and classes, all equally likely: points at which a network is to satisfy an equation, for "
         "example. `train` and `test` say how many: {examples: 4096}. They are always the same.",
     .counted = true,
     .load = lng_uniform_load},
    {.name = "memory",
     .about = "arrays in the memory of a program, without files",
     .details = "A program binds them to the model's inputs: see liblngraph(3). The command line cannot train such a model."},
};
const size_t lng_data_format_count = sizeof lng_data_formats / sizeof *lng_data_formats;

const lng_data_format *lng_data_format_find(const char *name)
{
    for (size_t i = 0; i < lng_data_format_count; i++)
        if (strcmp(lng_data_formats[i].name, name) == 0)
            return &lng_data_formats[i];
    return NULL;
}

const char *lng_data_format_choice(size_t i, const char **about)
{
    if (i >= lng_data_format_count)
        return NULL;
    *about = lng_data_formats[i].about;
    return lng_data_formats[i].name;
}

/* ---- what content is ---- */
static bool is_page(const unsigned char *at, size_t n)
{
    while (n && (*at == ' ' || (*at >= '\t' && *at <= '\r')))
        at++, n--;
    return (n >= 9 && strncasecmp((const char *)at, "<!doctype", 9) == 0) ||
           (n >= 5 && strncasecmp((const char *)at, "<html", 5) == 0);
}

static const lng_data_format *format_of(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < lng_data_format_count; i++)
        if (lng_data_formats[i].recognise && lng_data_formats[i].recognise(at, n))
            return &lng_data_formats[i];
    return NULL;
}

const char *lng_content_name(const unsigned char *at, size_t n)
{
    const lng_data_format *format = format_of(at, n);
    return is_page(at, n) ? "an HTML page" : format ? format->content : NULL;
}

bool lng_content_check(const lng_data_format *expected, const unsigned char *at, size_t n, lng_failure *failure)
{
    const lng_data_format *format = format_of(at, n);
    const char *name = lng_content_name(at, n);
    if (!name || expected->recognise(at, n))
        return true;
    lng_fail(failure, LNG_E_DATA, "byte 0: not %s, but %s", expected->content, name);
    return format && lng_fail_hint(failure, "to read it, write `format: %s`", format->name);
}
