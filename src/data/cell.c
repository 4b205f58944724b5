/* Numbers, dates, and cells that say that there is nothing. */
#include "config.h"
#include "data/cell.h"
#include "base/text.h"
#include "data/decimal.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* In the language's own form: a point, and no needless zeros before it. */
bool lng_cell_number_of_any_form(const char *at, size_t n, bool comma, double *x)
{
    char copy[400];
    size_t to = 0, i = 0;
    if (n >= sizeof copy || (comma && memchr(at, '.', n)))
        return false;
    if (n && (at[0] == '-' || at[0] == '+'))
        copy[to++] = at[i++];
    while (i + 1 < n && at[i] == '0' && at[i + 1] >= '0' && at[i + 1] <= '9')
        i++;
    for (; i < n; i++)
        copy[to++] = comma && at[i] == ',' ? '.' : at[i];
    return lng_parse_double(copy, to, x) && fabs(*x) <= (double)FLT_MAX;
}

bool lng_cell_number(const char *at, size_t n, bool comma, double *x)
{
    char copy[64 + LNG_DECIMAL_ROOM] = "";
    memcpy(copy, at, n < 64 ? n : 64);
    return (n <= 64 && lng_decimal(copy, n, comma ? ',' : '.', x)) || lng_cell_number_of_any_form(at, n, comma, x);
}

/* So many digits, which are a number from low to high; moves past them. */
static bool take(const char **at, const char *end, int digits, int low, int high, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++, ++*at) {
        if (*at == end || **at < '0' || **at > '9')
            return false;
        *number = 10 * *number + (**at - '0');
    }
    return *number >= low && *number <= high;
}

static bool take_byte(const char **at, const char *end, char byte)
{
    return *at < end && *(*at)++ == byte;
}

/* Of the Gregorian calendar, by years that begin in March. */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = year - (month < 3), era = y / 400, of_era = y - 400 * era, m = (month + 9) % 12;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool take_time(const char **at, const char *end, double *seconds)
{
    int hour, minute, second = 0;
    if (!take(at, end, 2, 0, 23, &hour) || !take_byte(at, end, ':') || !take(at, end, 2, 0, 59, &minute))
        return false;
    if (*at < end && **at == ':' && (++*at, !take(at, end, 2, 0, 59, &second)))
        return false;
    *seconds = 3600.0 * hour + 60.0 * minute + second;
    return true;
}

/* 2026-11-26 */
static bool take_date(const char **at, const char *end, int *year, int *month, int *day)
{
    return take(at, end, 4, 1, 9999, year) && take_byte(at, end, '-') && take(at, end, 2, 1, 12, month) &&
           take_byte(at, end, '-') && take(at, end, 2, 1, 31, day);
}

/* 26.11.2026 or 6.1.2026: where dates have points, the day comes first. */
static bool take_date_with_points(const char **at, const char *end, int *year, int *month, int *day)
{
    const int days = *at + 1 < end && (*at)[1] == '.' ? 1 : 2;
    if (!take(at, end, days, 1, 31, day) || !take_byte(at, end, '.'))
        return false;
    const int months = *at + 1 < end && (*at)[1] == '.' ? 1 : 2;
    return take(at, end, months, 1, 12, month) && take_byte(at, end, '.') && take(at, end, 4, 1, 9999, year);
}

bool lng_cell_date(const char *at, size_t n, double *days)
{
    const char *start = at, *end = at + n;
    int year, month, day;
    double seconds = 0;
    if (!take_date(&at, end, &year, &month, &day) && (at = start, !take_date_with_points(&at, end, &year, &month, &day)))
        return false;
    if (day > days_in(year, month))
        return false;
    if (at < end && (*at == ' ' || *at == 'T') && (at++, !take_time(&at, end, &seconds)))
        return false;
    *days = (double)days_of(year, month, day) + seconds / 86400;
    return at == end;
}

bool lng_cell_is_missing(const char *at, size_t n)
{
    static const char *const words[] = {"NA", "N/A", "NaN", "nan", "null", "NULL", "?"};
    if (n > 4 || (n && *at != 'N' && *at != 'n' && *at != '?'))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && memcmp(at, words[i], n) == 0)
            return true;
    return n == 0;
}

const char *lng_date_text(char buffer[16], double days)
{
    const int64_t z = (int64_t)floor(days) + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365,
                  of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
    snprintf(buffer, 16, "%04d-%02d-%02d", (int)((year + era * 400 + (m >= 10)) % 10000), (int)(m < 10 ? m + 3 : m - 9),
             (int)(of_year - (153 * m + 2) / 5 + 1));
    return buffer;
}
