// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/options.h"
#include "base/result.h"
#include "io/loop.h"

// Judges for base::Option::set: each takes a value that is good, and says what is wrong with any
// other. Those with a target keep it there.
namespace larder::app {

using Judge = std::function<base::Status(const std::string& value)>;

// A whole number within [least, most].
template <std::integral Number>
Judge number_into(Number& target, Number least, Number most) {
  return [&target, least, most](const std::string& text) -> base::Status {
    const auto number = base::parse_decimal<Number>(text);
    if (!number || *number < least || *number > most) {
      return base::refuse_option(text, "a whole number from " + std::to_string(least) + " to " +
                                           std::to_string(most) + " is expected");
    }
    target = *number;
    return base::Done{};
  };
}

template <std::integral Number>
Judge number_within(Number least, Number most) {
  return [least, most](const std::string& text) {
    Number number = 0;
    return number_into(number, least, most)(text);
  };
}

// Which of the kernel's interfaces the loops use.
inline Judge backend_into(io::BackendKind& target) {
  return [&target](const std::string& text) -> base::Status {
    if (text == "auto") {
      target = io::BackendKind::kAuto;
    } else if (text == "uring") {
      target = io::BackendKind::kUring;
    } else if (text == "epoll") {
      target = io::BackendKind::kEpoll;
    } else {
      return base::refuse_option(text, "auto, uring or epoll is expected");
    }
    return base::Done{};
  };
}

// A number above `floor` and below `ceiling`.
inline Judge fraction_between(double floor, double ceiling, std::string why) {
  return [floor, ceiling, why](const std::string& text) -> base::Status {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const bool whole = !text.empty() && *end == '\0';
    if (!whole || !(number > floor) || !(number < ceiling)) return base::refuse_option(text, why);
    return base::Done{};
  };
}

inline Judge one_of(std::vector<std::string> words) {
  return [words](const std::string& text) -> base::Status {
    if (std::ranges::find(words, text) != words.end()) return base::Done{};
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return base::refuse_option(text, "one of these is expected: " + list);
  };
}

inline Judge text_into(std::string& target) {
  return [&target](const std::string& text) -> base::Status {
    target = text;
    return base::Done{};
  };
}

inline Judge switch_into(bool& target, bool value) {
  return [&target, value](const std::string&) -> base::Status {
    target = value;
    return base::Done{};
  };
}

// An empty value stands for an item without one.
inline Judge optional(Judge judge) {
  return [judge](const std::string& text) -> base::Status {
    return text.empty() ? base::Status(base::Done{}) : judge(text);
  };
}

}  // namespace larder::app
