/* The live line: redrawn in place on standard error; what does not fit the width of the terminal is left out. */
#include "base/assert.h"
#include "cli/cli.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_BAR = 8, MOST_BAR = 20 }; /* characters */

lng_line lng_line_begin(void)
{
    return (lng_line){.limit = lng_screen_width(STDERR_FILENO) - 1};
}

/* Adds text that is `width` columns wide. */
static void put(lng_line *l, const char *text, int width)
{
    const size_t n = strlen(text);
    if (l->width + width > l->limit || l->length + n >= sizeof l->text)
        return;
    memcpy(l->text + l->length, text, n + 1);
    l->length += n;
    l->width += width;
    LNG_ASSERT(l->text[l->length] == 0 && l->width <= l->limit);
}

void lng_line_add(lng_line *l, const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    lng_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    put(l, text, (int)strlen(text));
}

void lng_line_bar(lng_line *l, lng_look look, double part)
{
    char text[MOST_BAR * 4 + 32] = "  ";
    const int room = l->limit - l->width - 2, width = room < MOST_BAR ? room : MOST_BAR;
    LNG_ASSERT(part == part); /* NaN has no width */
    const int full = part < 0 ? 0 : part > 1 ? width : (int)(part * width);
    if (width < LEAST_BAR)
        return;
    for (int i = 0; i < width; i++) {
        if (i == full && look.colour)
            strcat(text, lng_style_on(look, LNG_DIM));
        strcat(text, i < full ? (look.utf8 ? "━" : "=") : look.utf8 ? "─" : ".");
    }
    strcat(text, full < width ? lng_style_off(look, LNG_DIM) : "");
    put(l, text, width + 2);
}

/* Moves to the start of the line. If the window has become narrower, the line now takes several rows. */
static void go_back(int shown)
{
    const int columns = lng_screen_width(STDERR_FILENO);
    fputc('\r', stderr);
    for (int n = (shown - 1) / columns; n > 0; n--)
        fputs("\033[A", stderr);
}

/* The cursor comes back to the end of the line. */
void lng_line_draw(const lng_line *l, const char *below, int *shown)
{
    int rows = 0;
    for (const char *p = below; *p; p++)
        rows += *p == '\n';
    go_back(*shown);
    fprintf(stderr, "%s\033[J", l->text);
    if (rows > 0)
        fprintf(stderr, "\n%s\033[%dA\r\033[%dC", below, rows + 1, l->width);
    *shown = l->width;
}

void lng_line_clear(int *shown)
{
    if (*shown > 0) {
        go_back(*shown);
        fputs("\033[J", stderr);
    }
    *shown = 0;
}
