// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/exchange.h"
#include "serve/edge/policy.h"

namespace larder::serve::edge {

// A policy for those requests of a site that meet all conditions.
struct Rule {
  std::string name;
  std::vector<Condition> when;
  Policy policy;
};

// One entry of `hosting`: what is served under its names.
struct Site {
  std::string name;                  // in lower case, without a port
  std::vector<std::string> aliases;  // exact, or with one leading `*`
  Policy policy;
  std::vector<Rule> rules;  // the first that holds decides

  const Policy& policy_for(const http::Request& request, const http::Client& client) const;
};

// Whether a condition holds for a request.
bool holds(const Condition& condition, const http::Request& request, const http::Client& client);

// All sites of one configuration: an immutable snapshot, which an exchange holds. It completes the
// key rules of all policies, so that no site and no rule's origin shares objects with another.
//
//   host ──► name ──► alias ──► the longest `*.alias` ──► the listener's default site
//        ──► the default site ──► null: 404
class Sites {
 public:
  explicit Sites(std::vector<Site> sites, std::string_view default_site = {});
  Sites(const Sites&) = delete;  // the indexes point into sites_
  Sites& operator=(const Sites&) = delete;
  Sites(Sites&&) = default;
  Sites& operator=(Sites&&) = default;

  // `default_site`: the name of the one that stands in for all, where it is there.
  const Site* find(std::string_view authority, std::string_view default_site = {}) const;
  const std::vector<Site>& all() const { return sites_; }

 private:
  std::vector<Site> sites_;
  struct NameHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };
  std::unordered_map<std::string, const Site*, NameHash, std::equal_to<>> by_name_;
  std::vector<std::pair<std::string, const Site*>> by_suffix_;  // longest first
  const Site* default_ = nullptr;
};

}  // namespace larder::serve::edge
