// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace larder::base {

// How many letters are added, left out, changed or exchanged with their neighbour between two
// words. Takes time in the product of their lengths.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word that was likely meant by one that is not known; empty: none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace larder::base
