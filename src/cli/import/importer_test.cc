// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/importer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

// What the result means to the edge, src/app/import_test.cc looks at.
namespace larder::cli::import {
namespace {

// The remarks of that weight, one a line.
std::string remarks(std::string_view conf, Remark::Weight weight) {
  std::string out;
  for (const Remark& one : import_nginx(conf).remarks) {
    if (one.weight == weight) out += std::to_string(one.line) + ": " + one.what + "\n";
  }
  return out;
}

std::string lost(std::string_view conf) { return remarks(conf, Remark::Weight::kLost); }
std::string noted(std::string_view conf) { return remarks(conf, Remark::Weight::kNote); }

std::string file(const std::string& name) {
  std::ifstream stream("tests/scenarios/data/" + name);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

TEST(Importer, LosesNothingOfWhatIsWrittenWell) {
  EXPECT_EQ(lost(file("router.conf")), "");
  EXPECT_EQ(lost(file("portals.conf")), "");
}

TEST(Importer, SuggestsWhatWasMeant) {
  EXPECT_EQ(lost(file("router_misspelt.conf")),
            "4: unknown directive \"worker_process\"; did you mean \"worker_processes\"?\n"
            "47: unknown variable \"$request_url\"; \"$request_uri\" is written in its place\n"
            "69: unknown directive \"sendfile_on\"; did you mean \"sendfile\"?\n"
            "73: unknown directive \"localtion\"; did you mean \"location\"? Its block is left "
            "out\n"
            "92: unknown directive \"valid_referes\"; did you mean \"valid_referers\"?\n"
            "93: $invalid_referer: there is no valid_referers\n"
            "98: \"include tuning/*.conf\": give that file to larder import as well\n");
  EXPECT_EQ(lost("http { server { location / { proxy_pass http://a; proxy_busy_buffer_size 1k; }"
                 "}}"),
            "1: unknown directive \"proxy_busy_buffer_size\"; did you mean "
            "\"proxy_busy_buffers_size\"?\n");
}

TEST(Importer, TellsWhatIsNotTranslated) {
  EXPECT_EQ(lost("http {\n server {\n  try_files $uri @x;\n  auth_basic on;\n"
                 "  location /a { location /b { } }\n  set $x 1;\n"
                 "  if (-f $request_filename) { return 404; }\n"
                 "  server_name a ~b www.c.*;\n  listen unix:/x;\n}}\n"
                 "stream { }\nfrobnicate;"),
            "3: \"try_files $uri @x\" is not translated\n"
            "4: \"auth_basic on\" is not translated\n"
            "5: a location inside of another is not translated\n"
            "7: \"if (-f $request_filename)\" is not translated\n"
            "8: \"server_name www.c.*\" is not translated: a name may begin with a star, and that "
            "is all\n"
            "8: \"server_name ~b\" is not translated: a name may begin with a star, and that is "
            "all\n"
            "9: \"listen unix:/x\" is not translated\n"
            "11: \"stream\" is not translated\n"
            "12: unknown directive \"frobnicate\"\n");
}

TEST(Importer, NotesWhatNeedsNothing) {
  EXPECT_EQ(noted("worker_cpu_affinity 01;\nhttp {\n proxy_cache a;\n tcp_nopush on;\n}"),
            "1: \"worker_cpu_affinity\" is not needed: tuning that Larder does not need\n"
            "4: \"tcp_nopush\" is not needed: tuning that Larder does not need\n");
  EXPECT_EQ(noted("http {\n}"),
            "1: nothing is stored, as nginx had it: functions.network.cache.enabled\n");
}

TEST(Importer, TellsOfMemcachedWithoutAnOrigin) {
  EXPECT_EQ(lost("http { server { location / { memcached_pass a:1; } } }"),
            "1: \"memcached_pass\" without \"error_page 404 502 = …\" to a location: there is no "
            "origin for what the node does not have\n");
}

TEST(Importer, TellsOfAnIfThatOneRuleCannotSay) {
  EXPECT_EQ(lost("http { server { location /a { if ($uri ~ b) { return 403; } root /x; } } }"),
            "1: \"if ($uri ~ b)\" is not translated\n");
}

TEST(Importer, TellsOfASecondServerOfAName) {
  EXPECT_EQ(lost("http { server { server_name a; listen 80; root /x; }\n"
                 "server { server_name a; listen 81; root /y; } }"),
            "2: a second server \"a\": Larder has one site for a name\n");
}

TEST(Importer, AnswersToAnything) {
  EXPECT_TRUE(import_nginx("").json.starts_with('{'));
  EXPECT_TRUE(import_nginx("}").json.starts_with('{'));
  EXPECT_TRUE(import_nginx("http { server { listen; server_name; location; location a b c {} "
                           "location {} proxy_pass; if {} return; rewrite a; memcached_pass; "
                           "error_page; valid_referers; limit_req; set; } upstream {} }")
                  .json.starts_with('{'));
}

}  // namespace
}  // namespace larder::cli::import
