/* The markup of a model card (card.h): of the page, or Markdown. */
#include "base/printable.h"
#include "report/card.h"
#include <string.h>

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether Markdown or HTML could take a character for more than itself: a list or a heading only where a line begins, `_` not inside a word,
 * `&` before a name. With `[` and `<` escaped, what would close them means nothing. */
static bool is_special(const char *text, size_t i)
{
    if (text[i] == '_')
        return i == 0 || !is_letter_or_digit(text[i - 1]) || !is_letter_or_digit(text[i + 1]);
    if (text[i] == '&')
        return is_letter_or_digit(text[i + 1]) || text[i + 1] == '#';
    return strchr("\\`*[<|~", text[i]) || (i == 0 && strchr("#>+-=", text[i]));
}

static void say_plain(lng_text *out, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        if (text[i] == '\n') { /* as a space: a table's row, or an item, is one line */
            lng_text_put(out, " ", 1);
            i++;
            continue;
        }
        const lng_cell cell = lng_cell_at(text + i, n - i);
        if (cell.bytes == 1 && is_special(text, i))
            lng_text_put(out, "\\", 1);
        lng_text_put(out, cell.text, (size_t)cell.bytes);
        i += cell.taken;
    }
}

static void say(const lng_sheet *s, const char *text)
{
    if (s->page)
        lng_page_say(s->page, text);
    else
        say_plain(s->out, text);
}

void lng_sheet_heading(const lng_sheet *s, const char *title)
{
    lng_text_add(s->out, s->page ? "<h3>" : "## ");
    say(s, title);
    lng_text_add(s->out, s->page ? "</h3>\n" : "\n\n");
}

void lng_sheet_paragraph(const lng_sheet *s, const char *text)
{
    lng_text_add(s->out, s->page ? "<p>" : "");
    say(s, text);
    lng_text_add(s->out, s->page ? "</p>\n" : "\n\n");
}

void lng_sheet_fact(const lng_sheet *s, const char *name, const char *value)
{
    lng_text_add(s->out, s->page ? "<p><span class=\"dim\">" : "- ");
    say(s, name);
    lng_text_add(s->out, s->page ? ":</span> " : ": ");
    say(s, value);
    lng_text_add(s->out, s->page ? "</p>\n" : "\n");
}

void lng_sheet_facts_end(const lng_sheet *s)
{
    lng_text_add(s->out, s->page ? "" : "\n");
}

void lng_sheet_see(const lng_sheet *s, const char *section, const char *title)
{
    if (!s->page)
        return;
    lng_text_add(s->out, "<p><a href=\"#%s\">", section);
    say(s, title);
    lng_text_add(s->out, "</a></p>\n");
}

void lng_sheet_head(const lng_sheet *s, const char *about, const char *const *cell, size_t n)
{
    if (s->page) {
        lng_page_table(s->page, about, cell, n);
        return;
    }
    lng_sheet_row(s, cell, n);
    for (size_t i = 0; i < n; i++)
        lng_text_add(s->out, i ? "---|" : "|---|");
    lng_text_add(s->out, "\n");
}

void lng_sheet_row(const lng_sheet *s, const char *const *cell, size_t n)
{
    if (s->page) {
        lng_page_row(s->page, cell, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        lng_text_add(s->out, i ? " | " : "| ");
        say(s, cell[i]);
    }
    lng_text_add(s->out, " |\n");
}

void lng_sheet_table_end(const lng_sheet *s)
{
    if (s->page)
        lng_page_table_end(s->page);
    else
        lng_text_add(s->out, "\n");
}
