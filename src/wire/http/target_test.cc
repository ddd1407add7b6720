// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/http/head.h"

namespace larder::wire::http {
namespace {

using namespace std::string_literals;

Target target_of(std::string_view method, std::string_view text) {
  Target target;
  EXPECT_EQ(parse_target(method, text, target), Fault::kNone) << method << " " << text;
  return target;
}

bool is_bad(std::string_view method, std::string_view text) {
  Target target;
  return parse_target(method, text, target) == Fault::kBadTarget;
}

TEST(target, in_its_origin_form) {
  for (const std::string_view text : {"/", "/a?b=c", "//double", "/{|}<>\"\\^`[]'", "/%zz"}) {
    const Target target = target_of("GET", text);
    EXPECT_EQ(target.path, text);
    EXPECT_EQ(target.authority, "");
    EXPECT_EQ(target.scheme, "");
    EXPECT_FALSE(target.is_asterisk);
  }
}

TEST(target, in_its_absolute_form) {
  const Target target = target_of("GET", "hTTp://Example.com:80/a?b");
  EXPECT_EQ(target.scheme, "hTTp");
  EXPECT_EQ(target.authority, "Example.com:80");
  EXPECT_EQ(target.path, "/a?b");
  EXPECT_EQ(target_of("GET", "https://a").path, "/");
  EXPECT_EQ(target_of("GET", "http://a?b/c").path, "?b/c");
  EXPECT_EQ(target_of("GET", "http://a?b/c").authority, "a");
  EXPECT_FALSE(target_of("OPTIONS", "http://a?b").is_asterisk);
  EXPECT_EQ(target_of("GET", "http://[::1]/x").authority, "[::1]");
  EXPECT_FALSE(target_of("GET", "https://a").is_asterisk);
  EXPECT_TRUE(target_of("OPTIONS", "http://a").is_asterisk);
  EXPECT_EQ(target_of("OPTIONS", "http://a").path, "");
  EXPECT_EQ(target_of("OPTIONS", "http://a/").path, "/");
}

TEST(target, in_its_authority_form) {
  EXPECT_EQ(target_of("CONNECT", "a.b:443").authority, "a.b:443");
  EXPECT_EQ(target_of("CONNECT", "[::1]:443").path, "");
  for (const std::string_view text :
       {"a", "a:", "/", "http://a:80/", "*", "a:80/", ":80", "u@a:80"}) {
    EXPECT_TRUE(is_bad("CONNECT", text)) << text;
  }
}

TEST(target, in_its_asterisk_form) {
  EXPECT_TRUE(target_of("OPTIONS", "*").is_asterisk);
  EXPECT_TRUE(is_bad("GET", "*"));
  EXPECT_TRUE(is_bad("OPTIONS", "**"));
}

TEST(target, in_no_form) {
  for (const std::string& text : {""s,
                                  "a"s,
                                  "a:80"s,
                                  "?a"s,
                                  "http:"s,
                                  "http:/a"s,
                                  "http://"s,
                                  "http:///a"s,
                                  "ftp://a/"s,
                                  "http://u@a/"s,
                                  "http://u:p@a/"s,
                                  "http://?b"s,
                                  "http://a:b/"s,
                                  "http://[::1/"s,
                                  "/#a"s,
                                  "/a b"s,
                                  "/\t"s,
                                  "/\x7F"s,
                                  "/\xC3\xA9"s,
                                  "/\0"s,
                                  "http://a\\b/"s,
                                  "://a/"s}) {
    EXPECT_TRUE(is_bad("GET", text)) << text;
  }
}

TEST(authority, has_a_host_and_a_port) {
  const auto port_of = [](std::string_view text, std::string_view host) {
    Authority authority;
    EXPECT_TRUE(parse_authority(text, authority)) << text;
    EXPECT_EQ(authority.host, host);
    return authority.port;
  };
  EXPECT_EQ(port_of("example.com", "example.com"), 0);
  EXPECT_EQ(port_of("example.com:", "example.com"), 0);
  EXPECT_EQ(port_of("example.com:8080", "example.com"), 8080);
  EXPECT_EQ(port_of("a_b-c.~%41!:65535", "a_b-c.~%41!"), 65535);
  EXPECT_EQ(port_of("127.0.0.1:1", "127.0.0.1"), 1);
  EXPECT_EQ(port_of("[2001:db8::1]", "[2001:db8::1]"), 0);
  EXPECT_EQ(port_of("[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]"), 80);
}

TEST(authority, is_the_same_in_other_words) {
  const auto are_equal = [](std::string_view a, std::string_view b, std::string_view scheme) {
    return equal_authorities(a, b, scheme) && equal_authorities(b, a, scheme);
  };
  EXPECT_TRUE(are_equal("a.test", "A.Test", "http"));
  EXPECT_TRUE(are_equal("a.test:80", "a.test", "http"));
  EXPECT_TRUE(are_equal("a.test:", "a.test:443", "https"));
  EXPECT_TRUE(are_equal("[::a]:8080", "[::A]:8080", "http"));
  EXPECT_FALSE(are_equal("a.test:443", "a.test", "http"));
  EXPECT_FALSE(are_equal("a.test:80", "a.test", "https"));
  EXPECT_FALSE(are_equal("a.test:81", "a.test:82", "http"));
  EXPECT_FALSE(are_equal("a.test", "b.test", "http"));
  EXPECT_FALSE(are_equal("a b", "a b", "http"));
  EXPECT_FALSE(are_equal("", "", "http"));
}

TEST(authority, may_be_none) {
  for (const std::string& text :
       {""s,           ":"s,        ":80"s,
        "a:0"s,        "a:65536"s,  "a:8a"s,
        "a:+8"s,       "a:-8"s,     "a: 8"s,
        "a:80:80"s,    "a b"s,      "a/"s,
        "a@b"s,        "a#"s,       "a?"s,
        "%"s,          "a%4"s,      "a%4g"s,
        "[]"s,         "["s,        "]"s,
        "[::1"s,       "::1"s,      "[::1]a"s,
        "[::1]:x"s,    "[::g]"s,    "[1.2.3.4]"s,
        "[::1%eth0]"s, "[v1.a]"s,   "a\0"s,
        "[::1\0]"s,    "\xC3\xA9"s, "["s + std::string(100, '1') + "]"s}) {
    Authority authority;
    EXPECT_FALSE(parse_authority(text, authority)) << text;
  }
}

}  // namespace
}  // namespace larder::wire::http
