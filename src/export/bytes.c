/* Binary files, built in memory (bytes.h). */
#include "export/bytes.h"
#include <string.h>

void lng_put_number(lng_text *to, uint64_t value, int bytes)
{
    char at[8];
    for (int i = 0; i < bytes; i++)
        at[i] = (char)(value >> 8 * i & 0xff);
    lng_text_put(to, at, (size_t)bytes);
}

void lng_put_floats(lng_text *to, const float *from, size_t n)
{
    enum { AT_ONCE = 256 };
    char at[4 * AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        for (size_t k = 0; k < 4; k++)
            at[i % AT_ONCE * 4 + k] = (char)(bits >> 8 * k & 0xff);
        if (i % AT_ONCE == AT_ONCE - 1 || i + 1 == n)
            lng_text_put(to, at, (i % AT_ONCE + 1) * 4);
    }
}
