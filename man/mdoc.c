#include "mdoc.h"
#include <stdio.h>
#include <string.h>

#define DATE "November 22, 2026"

/* mdoc wants each sentence on a line of its own. */
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

/* ---- the writer of topics ---- */
static void end_list(lng_writer *writer)
{
    if (writer->listing)
        puts(".El");
    writer->listing = false;
}

static void heading(lng_writer *writer, const char *name, const char *kind)
{
    (void)kind;
    writer_end(writer);
    put_macro("Ss", name);
}

static void paragraph(lng_writer *writer, const char *text)
{
    const bool first = !writer->style && !writer->listing;
    end_list(writer);
    if (!first)
        puts(".Pp");
    put_line(text);
    writer->style = writer; /* not at the beginning any more */
}

static void literal(lng_writer *writer, const char *label, const char *text)
{
    if (label)
        paragraph(writer, label);
    end_list(writer);
    put_literal(text);
    writer->style = writer;
}

static void item(lng_writer *writer, const char *term, const char *text)
{
    if (!writer->listing)
        puts(".Bl -tag -width validation");
    writer->listing = true;
    put_macro("It", term);
    put_line(text);
}

lng_writer writer_new(lng_arena *arena)
{
    return (lng_writer){.arena = arena, .heading = heading, .paragraph = paragraph, .literal = literal, .item = item};
}

void writer_end(lng_writer *writer)
{
    end_list(writer);
    writer->style = NULL;
}

/* ---- pages ---- */
void page_begin(const char *name, int section, const char *about)
{
    char title[64];
    printf(".Dd " DATE "\n.Dt %s %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", upper(name, title), section, name);
    put_line(about);
}
