/* What standard output and standard error can show: colors, UTF-8, width. */
#include "config.h"
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Whether the environment asks for UTF-8; the locale of the process stays as it is. */
static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value)
            continue;
        const char *charset = strchr(value, '.');
        return charset && (strncasecmp(charset + 1, "utf-8", 5) == 0 || strncasecmp(charset + 1, "utf8", 4) == 0);
    }
    return false;
}

int lng_screen_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    int64_t n;
    return columns && lng_parse_int(columns, strlen(columns), &n) && n > 0 && n <= 10000 ? (int)n : 80;
}

static bool is_dumb(void)
{
    const char *term = getenv("TERM");
    return !term || !*term || strcmp(term, "dumb") == 0;
}

int lng_screen_rows(int fd)
{
    struct winsize size;
    return !is_dumb() && isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

static lng_look look_of(int fd, const char *when, bool dumb)
{
    const bool terminal = isatty(fd) && !dumb;
    const char *no_color = getenv("NO_COLOR");
    const bool automatic = terminal && !(no_color && *no_color);
    return (lng_look){.colour = strcmp(when, "auto") == 0 ? automatic : strcmp(when, "always") == 0,
                      .utf8 = terminal && speaks_utf8(),
                      .width = terminal ? lng_screen_width(fd) : 80};
}

void lng_screen_open(lng_command *c, const char *when)
{
    const bool dumb = is_dumb();
    if (!when)
        when = "auto";
    c->look = look_of(STDOUT_FILENO, when, dumb);
    c->look_err = look_of(STDERR_FILENO, when, dumb);
    c->live = isatty(STDERR_FILENO) && !dumb;
    if (isatty(STDERR_FILENO))
        lng_errors_fit(c->errors, lng_screen_width(STDERR_FILENO));
}

const char *lng_duration(char buffer[32], double seconds)
{
    const long long s = seconds < 0 ? 0 : seconds > 1e9 ? 1000000000 : (long long)(seconds + 0.5);
    if (s < 3600)
        snprintf(buffer, 32, "%lld:%02lld", s / 60, s % 60);
    else
        snprintf(buffer, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return buffer;
}

char *lng_tame(lng_arena *arena, const char *name)
{
    char *copy = lng_copy(arena, name);
    for (char *p = copy; *p; p++)
        *p = lng_tame_byte(*p);
    return copy;
}
