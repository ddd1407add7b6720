// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "serve/edge/key.h"

namespace larder::serve::edge {

template <class Type>
struct Plain {
  using Of = Type;
  static constexpr bool kIsOptional = false;
};
template <class Type>
struct Plain<std::optional<Type>> {
  using Of = Type;
  static constexpr bool kIsOptional = true;
};

// A key's words for the values of an enum.
template <class Enum>
using Words = std::vector<std::pair<std::string, Enum>>;

// The keys of an object of the file, and the member of a `T` that each sets: one row for each key,
// from which the reader, the schema and the docs come. What holds without a key is what a T that
// nobody has touched holds.
//
//   Shape<HealthCheck> shape;
//   shape.text("path", &HealthCheck::path, "What is asked for");
//
// `access` is a member's pointer, or a function that gives a reference into a T.
template <class T>
class Shape {
 public:
  using Set = std::function<void(const At&, T&)>;

  explicit Shape(std::string title = {}) : title_(std::move(title)) {}

  Shape& add(Key key, Set set) {
    keys_->push_back(std::move(key));
    setters_.push_back(std::move(set));
    return *this;
  }
  // The last key must be there.
  Shape& required() {
    keys_->back().required = true;
    keys_->back().initial = {};
    return *this;
  }

  // ---- single values

  template <class Access>
  Shape& flag(std::string name, Access access, std::string meaning) {
    return value(
        std::move(name), {.kind = Form::Kind::kFlag}, access, read_flag,
        [](bool is) { return JsonNode(is); }, std::move(meaning));
  }
  template <class Access>
  Shape& integer(std::string name, Access access, std::int64_t least, std::int64_t most,
                 std::string meaning) {
    return value(std::move(name), {.kind = Form::Kind::kInteger, .least = least, .most = most},
                 access, read_integer, whole, std::move(meaning));
  }
  template <class Access>
  Shape& size(std::string name, Access access, std::int64_t least, std::int64_t most,
              std::string meaning) {
    return value(
        std::move(name), {.kind = Form::Kind::kSize, .least = least, .most = most}, access,
        read_size, [](auto is) { return JsonNode(size_text(static_cast<std::int64_t>(is))); },
        std::move(meaning));
  }
  // Of a member in milliseconds.
  template <class Access>
  Shape& seconds(std::string name, Access access, std::int64_t least_ms, std::int64_t most_ms,
                 std::string meaning) {
    return value(
        std::move(name), {.kind = Form::Kind::kSeconds, .least = least_ms, .most = most_ms}, access,
        read_seconds, [](std::int64_t ms) { return fraction(static_cast<double>(ms) / 1000); },
        std::move(meaning));
  }
  template <class Access>
  Shape& number(std::string name, Access access, std::int64_t least, std::int64_t most,
                std::string meaning) {
    return value(std::move(name), {.kind = Form::Kind::kNumber, .least = least, .most = most},
                 access, read_number, fraction, std::move(meaning));
  }
  template <class Access>
  Shape& text(std::string name, Access access, std::string meaning, Form::Check check = nullptr) {
    return value(
        std::move(name), {.kind = Form::Kind::kText, .check = check}, access, read_text,
        [](const std::string& is) { return JsonNode(is); }, std::move(meaning));
  }
  template <class Access>
  Shape& pattern(std::string name, Access access, std::string meaning) {
    return value(
        std::move(name), {.kind = Form::Kind::kPattern}, access, read_pattern,
        [](const auto&) { return JsonNode(); }, std::move(meaning));
  }
  template <class Access, class Enum>
  Shape& word(std::string name, Access access, const Words<Enum>& words, std::string meaning) {
    return value(
        std::move(name), form_of(words), access, reader_of(words),
        [words](Enum is) { return JsonNode(word_of(words, is)); }, std::move(meaning));
  }

  // ---- lists of single values: what was inherited goes

  template <class Access>
  Shape& integers(std::string name, Access access, std::int64_t least, std::int64_t most,
                  std::string meaning) {
    return values(std::move(name), {.kind = Form::Kind::kInteger, .least = least, .most = most},
                  access, read_integer, whole, std::move(meaning));
  }
  template <class Access>
  Shape& texts(std::string name, Access access, std::string meaning, Form::Check check = nullptr) {
    return values(
        std::move(name), {.kind = Form::Kind::kText, .check = check}, access, read_text,
        [](const std::string& is) { return JsonNode(is); }, std::move(meaning));
  }
  template <class Access>
  Shape& networks(std::string name, Access access, std::string meaning) {
    return values(
        std::move(name), {.kind = Form::Kind::kNetwork}, access, read_network,
        [](const auto&) { return JsonNode(); }, std::move(meaning));
  }
  template <class Access, class Enum>
  Shape& words(std::string name, Access access, const Words<Enum>& words, std::string meaning) {
    return values(
        std::move(name), form_of(words), access, reader_of(words),
        [words](Enum is) { return JsonNode(word_of(words, is)); }, std::move(meaning));
  }

  // ---- objects

  template <class Access, class Of>
  Shape& object(std::string name, Access access, const Shape<Of>& of, std::string meaning) {
    return add({std::move(name), of.form(), {}, std::move(meaning)},
               [access, of](const At& at, T& into) { of.read(at, std::invoke(access, into)); });
  }
  // Keys of an object that is none in a T.
  Shape& group(std::string name, const Shape& of, std::string meaning) {
    return object(std::move(name), [](T& into) -> T& { return into; }, of, std::move(meaning));
  }
  // Null takes away what was inherited.
  template <class Access, class Of>
  Shape& optional_object(std::string name, Access access, const Shape<Of>& of,
                         std::string meaning) {
    Form form = of.form();
    form.may_be_null = true;
    return add({std::move(name), form, {}, std::move(meaning)},
               [access, of](const At& at, T& into) {
                 auto& member = std::invoke(access, into);
                 if (at.node().is_null()) return member.reset();
                 if (!member) member.emplace();
                 of.read(at, *member);
               });
  }
  template <class Access, class Of>
  Shape& objects(std::string name, Access access, const Shape<Of>& of, std::string meaning) {
    Form form = of.form();
    form.is_list = true;
    return add({std::move(name), form, {}, std::move(meaning)},
               [access, of](const At& at, T& into) {
                 std::vector<Of> all;
                 for (const At& item : items_of(at)) of.read(item, all.emplace_back());
                 std::invoke(access, into) = std::move(all);
               });
  }
  // All keys of another shape, beside those that are here.
  template <class Access, class Of>
  Shape& include(const Shape<Of>& of, Access access) {
    for (std::size_t i = 0; i < of.keys().size(); ++i) {
      add(of.keys()[i], [access, set = of.setters()[i]](const At& at, T& into) {
        set(at, std::invoke(access, into));
      });
    }
    return *this;
  }

  // ---- what is done with them

  // Sets what the file names; all else of `into` stays as it was.
  void read(const At& at, T& into) const {
    const JsonNode::Members* members = read_object(at);
    if (members == nullptr) return;
    for (const JsonMember& member : *members) {
      const Key* key = find_key(*keys_, at, member);
      if (key == nullptr) continue;
      setters_[static_cast<std::size_t>(key - keys_->data())](at.member(member), into);
    }
    require_keys(*keys_, at);
  }
  const std::vector<Key>& keys() const { return *keys_; }
  const std::vector<Set>& setters() const { return setters_; }
  Form form() const { return {.kind = Form::Kind::kObject, .keys = keys_, .title = title_}; }

 private:
  static JsonNode whole(std::int64_t is) { return JsonNode(is); }
  // Without `.0` where it is a whole number.
  static JsonNode fraction(double is) {
    const auto rounded = static_cast<std::int64_t>(is);
    return static_cast<double>(rounded) == is ? JsonNode(rounded) : JsonNode(is);
  }
  template <class Enum>
  static std::string word_of(const Words<Enum>& words, Enum value) {
    for (const auto& [word, of] : words) {
      if (of == value) return word;
    }
    return {};
  }
  template <class Enum>
  static Form form_of(const Words<Enum>& words) {
    Form form{.kind = Form::Kind::kText};
    for (const auto& one : words) form.words.push_back(one.first);
    return form;
  }
  template <class Enum>
  static auto reader_of(const Words<Enum>& words) {
    return [words](const At& at, const Form& form) -> std::optional<Enum> {
      const auto text = read_text(at, form);
      if (!text) return std::nullopt;
      for (const auto& [word, of] : words) {
        if (word == *text) return of;
      }
      return std::nullopt;
    };
  }

  template <class Access, class Read, class Show>
  Shape& value(std::string name, Form form, Access access, Read reader, Show show,
               std::string meaning) {
    T blank{};
    using Member = std::remove_cvref_t<decltype(std::invoke(access, blank))>;
    JsonNode initial;
    form.may_be_null = Plain<Member>::kIsOptional;
    if constexpr (!Plain<Member>::kIsOptional) {
      initial = show(static_cast<Member>(std::invoke(access, blank)));
    }
    Set set = [form, access, reader](const At& at, T& into) {
      if constexpr (Plain<Member>::kIsOptional) {
        if (at.node().is_null()) return std::invoke(access, into).reset();
      }
      if (auto got = reader(at, form)) {
        std::invoke(access, into) = static_cast<typename Plain<Member>::Of>(*std::move(got));
      }
    };
    return add({std::move(name), std::move(form), std::move(initial), std::move(meaning)}, set);
  }

  template <class Access, class Read, class Show>
  Shape& values(std::string name, Form form, Access access, Read reader, Show show,
                std::string meaning) {
    T blank{};
    using List = std::remove_cvref_t<decltype(std::invoke(access, blank))>;
    JsonNode::List initial;
    for (const auto& one : std::invoke(access, blank)) initial.push_back(show(one));
    Set set = [form, access, reader](const At& at, T& into) {
      List all;
      for (const At& item : items_of(at)) {
        if (auto got = reader(item, form)) {
          all.push_back(static_cast<typename List::value_type>(*std::move(got)));
        }
      }
      std::invoke(access, into) = std::move(all);
    };
    form.is_list = true;
    return add({std::move(name), std::move(form), JsonNode(std::move(initial)), std::move(meaning)},
               std::move(set));
  }

  std::string title_;
  std::shared_ptr<std::vector<Key>> keys_ = std::make_shared<std::vector<Key>>();
  std::vector<Set> setters_;
};

}  // namespace larder::serve::edge
