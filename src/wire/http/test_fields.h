// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "wire/http/field.h"

namespace larder::wire::http {

// The fields of a head in a test; the texts must outlive them.
inline Fields fields_of(
    std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
  Fields fields;
  for (const auto& [name, value] : lines) fields.add({name, value, name_of(name)});
  return fields;
}

}  // namespace larder::wire::http
