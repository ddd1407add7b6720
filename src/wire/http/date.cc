// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/date.h"

#include <algorithm>
#include <chrono>

#include "wire/http/field.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr Seconds kMinuteS = 60;
constexpr Seconds kHourS = 60 * kMinuteS;
constexpr Seconds kDayS = 24 * kHourS;
constexpr Seconds kFiftyYearsS = 50 * 365 * kDayS + 12 * kDayS;
constexpr Seconds kLastS = 253'402'300'799;  // of the year 9999

struct Moment {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

// The text of a date from the left. What is taken must be there: after the first thing that is not,
// nothing more is taken, and the whole is no date.
class DateText {
 public:
  explicit DateText(std::string_view text) : rest_(text) {}

  DateText& take(std::string_view text) {
    return keep(equal_names(rest_.substr(0, text.size()), text), text.size());
  }

  template <std::size_t kCount>
  DateText& take_one_of(const std::array<std::string_view, kCount>& names, unsigned& number) {
    for (unsigned i = 0; i < kCount; ++i) {
      if (!equal_names(rest_.substr(0, names[i].size()), names[i])) continue;
      number = i + 1;
      return keep(true, names[i].size());
    }
    return keep(false, 0);
  }

  template <typename Number>
  DateText& take_digits(std::size_t count, Number& number) {
    if (rest_.size() < count) return keep(false, 0);
    number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return keep(false, 0);
      number = static_cast<Number>(number * 10 + static_cast<Number>(rest_[i] - '0'));
    }
    return keep(true, count);
  }

  DateText& take_time(Moment& moment) {
    return take_digits(2, moment.hour)
        .take(":")
        .take_digits(2, moment.minute)
        .take(":")
        .take_digits(2, moment.second);
  }

  // The day of the last form: of two digits, or a blank and one.
  DateText& take_padded_day(unsigned& day) {
    return rest_.starts_with(' ') ? take(" ").take_digits(1, day) : take_digits(2, day);
  }

  bool is_at_end() const { return good_ && rest_.empty(); }

 private:
  DateText& keep(bool found, std::size_t size) {
    good_ = good_ && found;
    if (good_) rest_.remove_prefix(size);
    return *this;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::optional<Seconds> seconds_of(const Moment& moment) {
  const std::chrono::year_month_day date{std::chrono::year(moment.year),
                                         std::chrono::month(moment.month),
                                         std::chrono::day(moment.day)};
  const bool leaps = moment.second == 60;  // counted as the second that follows it
  if (!date.ok() || moment.hour > 23 || moment.minute > 59 || (moment.second > 59 && !leaps)) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * kDayS + moment.hour * kHourS +
         moment.minute * kMinuteS + moment.second;
}

// `Sun, 06 Nov 1994 08:49:37 GMT`
std::optional<Seconds> parse_fixed(std::string_view text) {
  Moment moment;
  unsigned weekday = 0;
  DateText date(text);
  date.take_one_of(kDays, weekday).take(", ").take_digits(2, moment.day).take(" ");
  date.take_one_of(kMonths, moment.month).take(" ").take_digits(4, moment.year).take(" ");
  if (!date.take_time(moment).take(" GMT").is_at_end()) return std::nullopt;
  return seconds_of(moment);
}

// The latest year of these last two digits that is at most fifty years ahead.
std::optional<Seconds> place_century(Moment moment, Seconds now) {
  std::optional<Seconds> at;
  for (moment.year += 1900; moment.year < 9900; moment.year += 100) {
    const std::optional<Seconds> later = seconds_of(moment);
    if (later && *later > now + kFiftyYearsS) break;
    if (later) at = later;  // some centuries have no 29 February
  }
  return at;
}

// `Sunday, 06-Nov-94 08:49:37 GMT`
std::optional<Seconds> parse_rfc850(std::string_view text, Seconds now) {
  Moment moment;
  unsigned weekday = 0;
  DateText date(text);
  date.take_one_of(kLongDays, weekday).take(", ").take_digits(2, moment.day).take("-");
  date.take_one_of(kMonths, moment.month).take("-").take_digits(2, moment.year).take(" ");
  if (!date.take_time(moment).take(" GMT").is_at_end()) return std::nullopt;
  return place_century(moment, now);
}

// `Sun Nov  6 08:49:37 1994`
std::optional<Seconds> parse_asctime(std::string_view text) {
  Moment moment;
  unsigned weekday = 0;
  DateText date(text);
  date.take_one_of(kDays, weekday).take(" ").take_one_of(kMonths, moment.month).take(" ");
  date.take_padded_day(moment.day).take(" ").take_time(moment).take(" ");
  if (!date.take_digits(4, moment.year).is_at_end()) return std::nullopt;
  return seconds_of(moment);
}

char* write_digits(char* out, std::size_t count, Seconds number) {
  for (char* digit = out + count; digit != out; number /= 10) {
    *--digit = static_cast<char>('0' + number % 10);
  }
  return out + count;
}

char* write_text(char* out, std::string_view text) { return std::ranges::copy(text, out).out; }

char* write_time(char* out, Seconds of_day) {
  out = write_text(write_digits(out, 2, of_day / kHourS), ":");
  out = write_text(write_digits(out, 2, of_day / kMinuteS % 60), ":");
  return write_digits(out, 2, of_day % 60);
}

}  // namespace

std::optional<Seconds> parse_date(std::string_view text, Seconds now) noexcept {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return parse_asctime(text);
  return comma == 3 ? parse_fixed(text) : parse_rfc850(text, now);
}

std::array<char, kDateBytes> format_date(Seconds at) noexcept {
  at = std::clamp(at, Seconds{0}, kLastS);
  const std::chrono::sys_days day{std::chrono::days(at / kDayS)};
  const std::chrono::year_month_day date{day};
  std::array<char, kDateBytes> text;
  char* out = write_text(text.data(), kDays[std::chrono::weekday(day).c_encoding()]);
  out = write_digits(write_text(out, ", "), 2, unsigned{date.day()});
  out = write_text(write_text(out, " "), kMonths[unsigned{date.month()} - 1]);
  out = write_digits(write_text(out, " "), 4, int{date.year()});
  write_text(write_time(write_text(out, " "), at % kDayS), " GMT");
  return text;
}

}  // namespace larder::wire::http
