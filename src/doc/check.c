/* Checks that a source is UTF-8 without control characters, before YAML is parsed. */
#include "config.h"
#include "doc/inside.h"
#include <string.h>

/* It could control a terminal. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

bool lng_doc_is_refused(uint32_t c)
{
    return is_control(c) && c != '\n' && c != '\t';
}

/* U+0085, U+2028 and U+2029 end lines in some programs and not in others, so lines could not be counted. */
bool lng_doc_is_visible(uint32_t c)
{
    return !is_control(c) && c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe && c != 0xffff;
}

static bool refuse_byte(lng_errors *errors, lng_place place, const char *at, uint32_t code, int length)
{
    if (length == 0) {
        lng_error(errors, LNG_E_SYNTAX, place, "byte 0x%02x is not valid UTF-8", (unsigned char)*at);
        lng_error_hint(errors, "save the file as UTF-8");
    } else if (code == 0) {
        lng_error(errors, LNG_E_SYNTAX, place, "a NUL byte: this is not a text file");
    } else {
        lng_error(errors, LNG_E_SYNTAX, place, "the character U+%04X is not allowed in a file", (unsigned)code);
        if (!is_control(code))
            lng_error_hint(errors, "inside double quotes, write it as an escape: \"\\u%04x\"", (unsigned)code);
    }
    return false;
}

/* The encoding that a byte order mark tells; NULL: none. (That of UTF-8 is no fault.) */
static const char *encoding_of(const lng_source *s)
{
    static const struct {
        char mark[4];
        size_t length;
        const char *name;
    } marks[] = {{"\xff\xfe\0", 4, "UTF-32"}, {"\0\0\xfe\xff", 4, "UTF-32"}, {"\xff\xfe", 2, "UTF-16"}, {"\xfe\xff", 2, "UTF-16"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (s->length >= marks[i].length && memcmp(s->text, marks[i].mark, marks[i].length) == 0)
            return marks[i].name;
    return NULL;
}

bool lng_doc_check_text(const lng_source *s, lng_errors *errors)
{
    const char *at = lng_source_line(s, 1), *end = s->text + s->length;
    lng_place place = {s, 1, 1, 1};
    const char *encoding = encoding_of(s);
    if (encoding) {
        lng_error(errors, LNG_E_SYNTAX, place, "this is %s text", encoding);
        lng_error_hint(errors, "save the file as UTF-8");
        return false;
    }
    while (at < end) {
        uint32_t code = 0;
        int length = lng_utf8(at, (size_t)(end - at), &code);
        if (length == 0 || !(lng_doc_is_visible(code) || code == '\t' || code == '\n' || code == '\r'))
            return refuse_byte(errors, place, at, code, length);
        at += length;
        if (code == '\n' || (code == '\r' && !(at < end && *at == '\n'))) {
            place.line++;
            place.column = 1;
        } else {
            place.column++;
        }
    }
    return true;
}

size_t lng_place_offset_from(lng_place known, size_t offset, lng_place place)
{
    const lng_source *s = place.source;
    const char *at = s->text + offset, *end = s->text + s->length;
    int line = known.line, column = known.column;
    for (; line < place.line && at < end; at++)
        if (*at == '\n' || (*at == '\r' && !(at + 1 < end && at[1] == '\n')))
            line++, column = 1;
    for (; column < place.column && at < end && *at != '\n' && *at != '\r'; column++)
        do
            at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80);
    return (size_t)(at - s->text);
}

size_t lng_place_offset(lng_place place)
{
    const char *line = lng_source_line(place.source, place.line);
    return lng_place_offset_from((lng_place){.line = place.line, .column = 1}, (size_t)(line - place.source->text), place);
}

int lng_doc_balance(const char *text, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (text[i] == '(') - (text[i] == ')');
    return sum;
}
