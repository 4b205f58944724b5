/* Printable characters: tables of what is hidden, and of how wide the rest is. */
#include "base/printable.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

typedef struct range {
    uint32_t first, last;
} range;

static bool within(const range *r, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= r[i].first && c <= r[i].last)
            return true;
    return false;
}
#define WITHIN(ranges, c) within(ranges, sizeof(ranges) / sizeof *(ranges), c)

/* Not shown as they are: control characters, line separators, marks that change the direction of writing, private-use characters, tags. */
static const range hidden[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e},
                               {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff}};
static const range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x4dbf},  {0x4e00, 0xa4cf}, {0xac00, 0xd7a3},
                             {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                             {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
static const range narrow[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                               {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

lng_cell lng_cell_at(const char *at, size_t n)
{
    lng_cell c = {.taken = 1};
    uint32_t code = 0;
    int length = lng_utf8(at, n, &code);
    if (length == 0) {
        c.bytes = c.columns = snprintf(c.text, sizeof c.text, "\\x%02x", (unsigned char)*at);
        return c;
    }
    c.taken = (size_t)length;
    if (WITHIN(hidden, code)) {
        const char *format = code == '\n'   ? "\\n"
                             : code == '\r' ? "\\r"
                             : code == '\t' ? "\\t"
                             : code < 0x80  ? "\\x%02x"
                                            : "<U+%04X>";
        c.bytes = c.columns = snprintf(c.text, sizeof c.text, format, (unsigned)code);
        return c;
    }
    memcpy(c.text, at, c.taken);
    c.bytes = length;
    c.columns = WITHIN(narrow, code) ? 0 : WITHIN(wide, code) ? 2 : 1;
    return c;
}

int lng_printable(char *out, size_t size, const char *text)
{
    size_t used = 0, left = strlen(text), safe = 0;
    while (left) {
        const lng_cell c = lng_cell_at(text, left);
        if (used + (size_t)c.bytes + 1 > size) {
            memcpy(out + safe, "...", 4);
            return (int)safe + 3;
        }
        memcpy(out + used, c.text, (size_t)c.bytes);
        used += (size_t)c.bytes;
        if (used + 4 <= size)
            safe = used;
        text += c.taken;
        left -= c.taken;
    }
    out[used] = 0;
    return (int)used;
}
