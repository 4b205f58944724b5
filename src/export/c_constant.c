/* The program's constants, which are its weights and what follows from them: in its text, or in a file of their own, to be mapped into memory or
 * written to flash.
 *
 * The file is little-endian, and has the layout of a struct in the header: four words, then each constant at a multiple of 4 bytes. The words are
 * a mark; a digest of the program without its weights, so that the file of another program is refused; the size in bytes; and the CRC-32 of
 * all further bytes, that of ISO/IEC 3309 and of zlib. */
#include "export/bytes.h"
#include "export/c.h"
#include <math.h>
#include <string.h>
#include <zlib.h>

#define HEAD_BYTES 16
#define MARK       0x77676e6cu /* "lngw" */

/* How many numbers a constant has, and with its padding; of 8 bits, a multiple of 4. */
static int64_t size_of(const lng_c_constant *k)
{
    return lng_shape_size(k->value->shape);
}

static int64_t room_of(const lng_c_constant *k)
{
    const int64_t n = size_of(k) + k->padding;
    return k->small ? (n + 3) / 4 * 4 : n;
}

static const char *type_of(const lng_c_constant *k)
{
    return k->small ? "int8_t" : lng_c_type(k->value);
}

int64_t lng_c_constant_bytes(const lng_c *c)
{
    int64_t bytes = c->program->apart ? HEAD_BYTES : 0;
    for (size_t i = 0; i < c->constants; i++)
        bytes += room_of(c->constant[i]) * (c->constant[i]->small ? 1 : 4);
    return bytes;
}

/* Element e in the order of the constant. */
static double number_at(const lng_c_constant *k, int64_t e)
{
    const lng_shape s = k->value->shape;
    const int64_t columns = s.rank > 1 ? s.dim[s.rank - 1] : 1, rows = s.rank > 1 ? s.dim[s.rank - 2] : 1;
    if (k->layout == LNG_C_SWAPPED)
        e = e / (rows * columns) * rows * columns + e % rows * columns + e % (rows * columns) / rows;
    return lng_reference_at(k->from, k->value, 0, e);
}

/* ---- in the text ---- */
const char *lng_c_exact(lng_arena *arena, float x)
{
    if (!isfinite(x))
        return isnan(x) ? "0.0f / 0.0f" : x < 0 ? "-1.0f / 0.0f" : "1.0f / 0.0f";
    return x == 0 && !signbit(x) ? "0.0f" : lng_format(arena, "%af", (double)x);
}

static void write_number(const lng_c_constant *k, double x, lng_text *to)
{
    if (k->value->dtype == LNG_I32 || k->small)
        lng_text_add(to, "%lld,", (long long)x);
    else
        lng_text_add(to, "%s,", lng_c_exact(to->arena, (float)x));
}

void lng_c_constants(const lng_c *c, lng_text *to)
{
    char shape[LNG_SHAPE_TEXT];
    for (size_t i = 0; i < c->constants; i++) {
        const lng_c_constant *k = c->constant[i];
        lng_text_add(to, "/* %s */\nstatic const %s $%s[%lld] = {", lng_shape_text(shape, k->value->shape), type_of(k), k->name,
                     (long long)room_of(k));
        for (int64_t e = 0; e < size_of(k); e++) {
            lng_text_put(to, e % 6 ? " " : "\n    ", e % 6 ? 1 : 5);
            write_number(k, number_at(k, e), to);
        }
        lng_text_add(to, "\n};\n\n");
    }
}

/* ---- in a file ---- */
void lng_c_file_declare(const lng_c *c, lng_text *to)
{
    char shape[LNG_SHAPE_TEXT];
    lng_text_add(
        to,
        "/* The file of weights, little-endian, as it lies in memory: at a multiple of 4 bytes; of 64, if it is to be read fast. */\n"
        "#define @WEIGHTS_BYTES %lldu\n\ntypedef struct $weights {\n    uint32_t head[4];\n",
        (long long)c->program->weight_bytes);
    for (size_t i = 0; i < c->constants; i++)
        lng_text_add(to, "    %s %s[%lld]; /* %s */\n", type_of(c->constant[i]), c->constant[i]->name,
                     (long long)room_of(c->constant[i]), lng_shape_text(shape, c->constant[i]->value->shape));
    lng_text_add(
        to,
        "} $weights;\n\n"
        "/* Reads all of a file in memory, once. NULL: it is not at a multiple of 4 bytes, has fewer bytes, was damaged, or belongs to\n"
        " * another program; or the machine is big-endian. */\n"
        "const $weights *$open(const void *file, uint32_t bytes);\n\n");
}

void lng_c_put_check(lng_text *to)
{
    lng_text_add(to, "\n/* The CRC-32 of ISO/IEC 3309. */\n"
                     "static uint32_t $check(const unsigned char *at, uint32_t bytes)\n"
                     "{\n"
                     "    uint32_t check = 0xffffffffu;\n"
                     "    for (uint32_t i = 0u; i < bytes; i++) {\n"
                     "        check ^= (uint32_t)at[i];\n"
                     "        for (int32_t k = 0; k < 8; k++)\n"
                     "            check = check >> 1 ^ ((check & 1u) != 0u ? 0xedb88320u : 0u);\n"
                     "    }\n"
                     "    return ~check;\n"
                     "}\n");
}

void lng_c_file_open(const lng_c *c, lng_text *to)
{
    lng_c_put_check(to);
    lng_text_add(
        to,
        "\n/* Fails to compile where the struct has gaps that the file has not. */\n"
        "typedef char $size_of_weights[sizeof($weights) == @WEIGHTS_BYTES ? 1 : -1];\n\n"
        "const $weights *$open(const void *file, uint32_t bytes)\n"
        "{\n"
        "    const uint32_t begin[3] = {0x%08xu, 0x%08xu, @WEIGHTS_BYTES};\n"
        "    const $weights *const w = (const $weights *)file;\n"
        "    if ((uintptr_t)file %% 4u != 0u || bytes < @WEIGHTS_BYTES || memcmp(file, begin, sizeof begin) != 0)\n"
        "        return NULL;\n"
        "    return $check((const unsigned char *)file + sizeof w->head, @WEIGHTS_BYTES - (uint32_t)sizeof w->head) == w->head[3] ? w : NULL;\n"
        "}\n",
        MARK, c->form);
}

void lng_c_file_read(const lng_c *c, lng_text *to)
{
    (void)c;
    lng_text_add(to, "static const $weights *$read(const char *name)\n"
                     "{\n"
                     "    static $weights file;\n"
                     "    FILE *const f = name ? fopen(name, \"rb\") : NULL;\n"
                     "    const uint32_t bytes = f ? (uint32_t)fread(&file, 1, sizeof file, f) : 0u;\n"
                     "    return f && fclose(f) == 0 ? $open(&file, bytes) : NULL;\n"
                     "}\n\n");
}

static void put_constant(const lng_c_constant *k, lng_text *to)
{
    const int64_t size = size_of(k);
    for (int64_t e = 0; e < room_of(k); e++) {
        const double x = e < size ? number_at(k, e) : 0;
        const float number = (float)x;
        if (k->value->dtype == LNG_I32 || k->small)
            lng_put_number(to, (uint64_t)(int64_t)x, k->small ? 1 : 4);
        else
            lng_put_floats(to, &number, 1);
    }
}

void lng_c_file_write(const lng_c *c, lng_text *to)
{
    lng_text constants = lng_text_new(c->arena);
    for (size_t i = 0; i < c->constants; i++)
        put_constant(c->constant[i], &constants);
    const uint32_t check = (uint32_t)crc32_z(0, (const unsigned char *)constants.at, constants.length);
    const uint32_t head[] = {MARK, c->form, (uint32_t)(HEAD_BYTES + constants.length), check};
    for (int i = 0; i < 4; i++)
        lng_put_number(to, head[i], 4);
    lng_text_put(to, constants.at, constants.length);
}
