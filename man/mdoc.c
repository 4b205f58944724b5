#include "mdoc.h"
#include <stdio.h>
#include <string.h>

#define DATE "November 22, 2026"

/* A sentence begins on a line of its own, as mdoc wants it. */
static bool sentence_ends(const char *text, size_t i)
{
    return text[i] == ' ' && i > 0 && text[i - 1] == '.' && text[i + 1] >= 'A' && text[i + 1] <= 'Z';
}

static void put(const char *text, size_t n)
{
    bool code = false, first = true;
    for (size_t i = 0; i < n; i++) {
        const char c = sentence_ends(text, i) ? '\n' : text[i];
        if (c == '`') {
            code = !code;
            fputs(code ? "\\fB" : "\\fR", stdout);
        } else if (c == '\\' || c == '-') {
            fputs(c == '-' ? "\\-" : "\\e", stdout);
        } else if (!first || c != ' ') { /* a leading space would break the line */
            if (first && (c == '.' || c == '\''))
                fputs("\\&", stdout);
            putchar(c);
        }
        first = c == '\n';
    }
}

void put_line(const char *text)
{
    put(text, strlen(text));
    putchar('\n');
}

void put_sentence(lng_arena *arena, const char *text)
{
    put_line(lng_sentence(arena, text));
}

void put_literal(const char *text)
{
    puts(".Bd -literal -offset indent");
    for (const char *p = text; *p; p++) {
        if ((p == text || p[-1] == '\n') && (*p == '.' || *p == '\''))
            fputs("\\&", stdout);
        if (*p == '\\' || *p == '-')
            fputs(*p == '-' ? "\\-" : "\\e", stdout);
        else
            putchar(*p);
    }
    puts(*text && text[strlen(text) - 1] == '\n' ? ".Ed" : "\n.Ed");
}

void put_paragraphs(const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        put(text, end ? (size_t)(end - text) : strlen(text));
        putchar('\n');
        if (!end)
            break;
        puts(".Pp");
        text = end + 2;
    }
}

void put_macro(const char *name, const char *argument)
{
    printf(".%s \"", name);
    for (const char *p = argument; *p; p++)
        fputs(*p == '"' ? "\"\"" : *p == '\\' ? "\\e" : (char[]){*p, 0}, stdout);
    puts("\"");
}

const char *upper(const char *name, char buffer[64])
{
    size_t n = 0;
    for (; name[n] && n < 63; n++)
        buffer[n] = name[n] >= 'a' && name[n] <= 'z' ? (char)(name[n] - 'a' + 'A') : name[n];
    buffer[n] = 0;
    return buffer;
}

/* ---- the pen ---- */
static void end_list(lng_pen *pen)
{
    if (pen->listing)
        puts(".El");
    pen->listing = false;
}

static void title(lng_pen *pen, const char *name, const char *kind)
{
    (void)kind;
    pen_end(pen);
    put_macro("Ss", name);
}

static void say(lng_pen *pen, const char *text)
{
    const bool first = !pen->style && !pen->listing;
    end_list(pen);
    if (!first)
        puts(".Pp");
    put_line(text);
    pen->style = pen; /* something stands */
}

static void quote(lng_pen *pen, const char *label, const char *text)
{
    if (label)
        say(pen, label);
    end_list(pen);
    put_literal(text);
    pen->style = pen;
}

static void item(lng_pen *pen, const char *term, const char *text)
{
    if (!pen->listing)
        puts(".Bl -tag -width validation");
    pen->listing = true;
    put_macro("It", term);
    put_line(text);
}

lng_pen pen_new(lng_arena *arena)
{
    return (lng_pen){.arena = arena, .title = title, .say = say, .quote = quote, .item = item};
}

void pen_end(lng_pen *pen)
{
    end_list(pen);
    pen->style = NULL;
}

/* ---- pages ---- */
void page_begin(const char *name, int section, const char *about)
{
    char title[64];
    printf(".Dd " DATE "\n.Dt %s %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", upper(name, title), section, name);
    put_line(about);
}
