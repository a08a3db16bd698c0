/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - the time of a call, and RFC 3339. The calendar is our own (proleptic Gregorian, UTC,
 * years 1970 to 9999, and from 1950 on what certificates say), because that of libc depends on zone
 * files, locales and the environment. */
#include <stdio.h>
#include <string.h>

#include "core/base/base.h"

enum {
    YEAR_EARLY = 1950,
    YEAR_MIN = 1970,
    YEAR_MAX = 9999,
    SECONDS_OF_DAY = 86400,
    US_OF_S = 1000000
};

static const int64_t time_us_min = INT64_C(-631152000000000);   /* 1950-01-01T00:00:00Z */
static const int64_t time_us_max = INT64_C(253402300799999999); /* 9999-12-31T23:59:59.999999Z */

int64_t idp_now_us(struct idp_call *call)
{
    if (call->now_known) {
        return call->now_us;
    }
    struct idp_bytes frozen = call->host->session_get(call, IDP_SESSION_CLOCK);
    if (frozen.size == 0) {
        call->now_us = call->host->now(call);
    } else if (!idp_time_read(frozen, &call->now_us)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The clock of the session is no RFC 3339 time. Set it with set_clock().");
    }
    call->now_known = true;
    return call->now_us;
}

int64_t idp_now_s(struct idp_call *call)
{
    return idp_now_us(call) / US_OF_S;
}

/* ---- calendar ---- */

struct date {
    int year, month, day;
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Leap days in the years before `year`. */
static int leap_days_before(int year)
{
    int last = year - 1;
    return last / 4 - last / 100 + last / 400;
}

static int64_t days_before_year(int year)
{
    return (int64_t)(year - YEAR_MIN) * 365 + leap_days_before(year) - leap_days_before(YEAR_MIN);
}

static int64_t days_of_date(struct date date)
{
    int64_t days = days_before_year(date.year) + date.day - 1;
    for (int month = 1; month < date.month; month++) {
        days += days_of_month(date.year, month);
    }
    return days;
}

static struct date date_of_days(int64_t days)
{
    struct date date = {days < 0 ? YEAR_EARLY : YEAR_MIN + (int)(days / 366), 1, 1};
    while (days_before_year(date.year + 1) <= days) {
        date.year++;
    }
    int day = (int)(days - days_before_year(date.year));
    while (day >= days_of_month(date.year, date.month)) {
        day -= days_of_month(date.year, date.month++);
    }
    date.day += day;
    return date;
}

/* ---- reading ---- */

struct cursor {
    const char *at, *end;
};

/* Exactly `count` digits as a number in low..high. */
static bool read_number(struct cursor *cursor, int count, int low, int high, int *out)
{
    if (cursor->end - cursor->at < count) {
        return false;
    }
    int number = 0;
    for (int i = 0; i < count; i++, cursor->at++) {
        if (*cursor->at < '0' || *cursor->at > '9') {
            return false;
        }
        number = number * 10 + (*cursor->at - '0');
    }
    *out = number;
    return number >= low && number <= high;
}

/* One byte out of `allowed`, which is returned; 0 where it is none of them. */
static char read_mark(struct cursor *cursor, const char *allowed)
{
    if (cursor->at == cursor->end || *cursor->at == 0 || strchr(allowed, *cursor->at) == NULL) {
        return 0;
    }
    return *cursor->at++;
}

static bool read_date(struct cursor *cursor, struct date *date)
{
    return read_number(cursor, 4, YEAR_MIN - 1, YEAR_MAX, &date->year) && read_mark(cursor, "-") &&
           read_number(cursor, 2, 1, 12, &date->month) && read_mark(cursor, "-") &&
           read_number(cursor, 2, 1, days_of_month(date->year, date->month), &date->day);
}

static bool read_clock(struct cursor *cursor, int seconds_max, int *seconds)
{
    int hour, minute, second = 0;
    if (!read_number(cursor, 2, 0, 23, &hour) || !read_mark(cursor, ":") ||
        !read_number(cursor, 2, 0, 59, &minute)) {
        return false;
    }
    if (seconds_max > 0 &&
        (!read_mark(cursor, ":") || !read_number(cursor, 2, 0, seconds_max, &second))) {
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* One to nine digits behind a point; what is finer than a microsecond is dropped. */
static bool read_fraction(struct cursor *cursor, int *fraction_us)
{
    *fraction_us = 0;
    if (!read_mark(cursor, ".")) {
        return true;
    }
    int digit, weight = US_OF_S, count = 0;
    while (count < 9 && read_number(cursor, 1, 0, 9, &digit)) {
        weight /= 10;
        *fraction_us += digit * weight;
        count++;
    }
    return count > 0;
}

static bool read_offset(struct cursor *cursor, int *offset_s)
{
    *offset_s = 0;
    if (read_mark(cursor, "Zz")) {
        return true;
    }
    char sign = read_mark(cursor, "+-");
    if (sign == 0 || !read_clock(cursor, 0, offset_s)) {
        return false;
    }
    *offset_s = sign == '-' ? -*offset_s : *offset_s;
    return true;
}

/* No leap seconds: the engines do not have them either. */
bool idp_time_read(struct idp_bytes text, int64_t *out_us)
{
    if (text.size == 0) {
        return false;
    }
    struct cursor cursor = {text.data, text.data + text.size};
    struct date date;
    int seconds, fraction_us, offset_s;
    if (!read_date(&cursor, &date) || !read_mark(&cursor, "Tt ") ||
        !read_clock(&cursor, 59, &seconds) || !read_fraction(&cursor, &fraction_us) ||
        !read_offset(&cursor, &offset_s) || cursor.at < cursor.end) {
        return false;
    }
    int64_t time_s = days_of_date(date) * SECONDS_OF_DAY + seconds - offset_s;
    int64_t time_us = time_s * US_OF_S + fraction_us;
    if (time_us < 0 || time_us > time_us_max) {
        return false;
    }
    *out_us = time_us;
    return true;
}

/* ---- writing ---- */

/* Decimal digits of a number with zeros before it; what is behind them. */
static char *write_number(char *at, int number, int width)
{
    for (int i = width; i > 0; i--) {
        at[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + width;
}

/* Behind a mark. */
static char *write_part(char *at, char mark, int number, int width)
{
    *at = mark;
    return write_number(at + 1, number, width);
}

struct idp_bytes idp_time_text(struct idp_call *call, int64_t time_us)
{
    if (time_us < time_us_min || time_us > time_us_max) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "A time is not in the years 1950 to 9999.");
    }
    int64_t day_us = (int64_t)SECONDS_OF_DAY * US_OF_S;
    int64_t days = (time_us - time_us_min) / day_us + time_us_min / day_us;
    int64_t rest_us = time_us - days * day_us;
    struct date date = date_of_days(days);
    int seconds = (int)(rest_us / US_OF_S), fraction_us = (int)(rest_us % US_OF_S);
    char *text = idp_allocate(call, sizeof "2026-01-01T00:00:00.000000Z"), *at = text;
    at = write_number(at, date.year, 4);
    at = write_part(at, '-', date.month, 2);
    at = write_part(at, '-', date.day, 2);
    at = write_part(at, 'T', seconds / 3600, 2);
    at = write_part(at, ':', seconds / 60 % 60, 2);
    at = write_part(at, ':', seconds % 60, 2);
    at = fraction_us == 0 ? at : write_part(at, '.', fraction_us, 6);
    while (fraction_us > 0 && at[-1] == '0') {
        at--;
    }
    *at++ = 'Z';
    *at = 0;
    return (struct idp_bytes){text, (size_t)(at - text)};
}
