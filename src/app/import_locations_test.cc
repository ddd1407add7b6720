// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Locations at random: the rule that holds first is the location that nginx would choose.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "cli/import/importer.h"
#include "serve/edge/config.h"
#include "serve/edge/pattern.h"
#include "store/test_seed.h"

namespace larder::app {
namespace {

struct Location {
  std::string sign;
  std::string text;
};

// nginx' own words: an exact one; else the longest prefix is kept in mind, and is the one if it
// says ^~; else the first expression; else that prefix. -1: none.
int nginx_choice(const std::vector<Location>& all, const std::string& path) {
  int longest = -1;
  for (int i = 0; i < static_cast<int>(all.size()); ++i) {
    const Location& one = all[static_cast<std::size_t>(i)];
    if (one.sign == "=" && one.text == path) return i;
    const bool is_prefix = (one.sign.empty() || one.sign == "^~") && path.starts_with(one.text);
    const bool is_longer =
        longest < 0 || one.text.size() > all[static_cast<std::size_t>(longest)].text.size();
    if (is_prefix && is_longer) longest = i;
  }
  if (longest >= 0 && all[static_cast<std::size_t>(longest)].sign == "^~") return longest;
  for (int i = 0; i < static_cast<int>(all.size()); ++i) {
    const Location& one = all[static_cast<std::size_t>(i)];
    if (one.sign != "~") continue;
    if ((*serve::edge::Pattern::parse("~" + one.text))->matches(path)) return i;
  }
  return longest;
}

class Locations {
 public:
  explicit Locations(std::uint64_t seed) : random_(seed) {}

  std::string path() {
    std::string text = "/";
    for (std::size_t i = pick(5); i > 0; --i) text += "ab/"[pick(3)];
    return text;
  }
  // Each prefix once, as nginx wants it.
  std::vector<Location> some() {
    std::vector<Location> all;
    for (std::size_t i = 1 + pick(8); i > 0; --i) {
      Location one{kSigns[pick(4)], path()};
      if (one.sign == "~") one.text += pick(2) == 0 ? "$" : "";
      bool is_new = true;
      for (const Location& known : all) is_new = is_new && known.text != one.text;
      if (is_new) all.push_back(one);
    }
    return all;
  }

 private:
  static constexpr const char* kSigns[] = {"", "^~", "~", "="};
  std::size_t pick(std::size_t count) { return random_() % count; }
  std::mt19937_64 random_;
};

std::string conf_of(const std::vector<Location>& all) {
  std::string conf = "http { server { server_name s;\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    conf += "location " + all[i].sign + " " + all[i].text + " { return 200 " + std::to_string(i) +
            "; }\n";
  }
  return conf + "}}";
}

int our_choice(const serve::edge::Config& config, const std::string& path) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  const auto& answer = config.sites.at(0).policy_for(request, {}).answer;
  return answer ? std::stoi(answer->second) : -1;
}

TEST(ImportLocations, AreChosenAsNginxDoes) {
  const std::uint64_t seed = store::test_seed();
  Locations random(seed);
  for (int round = 0; round < 300; ++round) {
    const std::vector<Location> all = random.some();
    const std::string conf = conf_of(all);
    serve::edge::Config config;
    const auto complaints =
        serve::edge::read_config(cli::import::import_nginx(conf).json, "imported", config);
    ASSERT_TRUE(complaints.empty()) << text_of(complaints.front()) << "\n" << conf;
    for (int i = 0; i < 30; ++i) {
      const std::string path = random.path();
      // What the edge sees has no double slashes.
      if (path.find("//") != std::string::npos) continue;
      ASSERT_EQ(our_choice(config, path), nginx_choice(all, path)) << path << " of\n"
                                                                   << conf << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace larder::app
