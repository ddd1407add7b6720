// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/uri_reference.h"

#include <gtest/gtest.h>

namespace larder::serve::edge {
namespace {

std::string path_of(std::string_view reference, std::string_view path = "/b/c/d;p?q") {
  return path_of_same_origin("http", "a.example", path, reference).value_or("none");
}

// The examples of RFC 3986, 5.4.
TEST(UriReference, IsResolved) {
  constexpr std::string_view kRows[][2] = {
      {"g", "/b/c/g"},
      {"./g", "/b/c/g"},
      {"g/", "/b/c/g/"},
      {"/g", "/g"},
      {"?y", "/b/c/d;p?y"},
      {"g?y", "/b/c/g?y"},
      {"g?y#s", "/b/c/g?y"},
      {";x", "/b/c/;x"},
      {"g;x?y#s", "/b/c/g;x?y"},
      {".", "/b/c/"},
      {"./", "/b/c/"},
      {"..", "/b/"},
      {"../", "/b/"},
      {"../g", "/b/g"},
      {"../..", "/"},
      {"../../", "/"},
      {"../../g", "/g"},
      {"../../../g", "/g"},
      {"/./g", "/g"},
      {"/../g", "/g"},
      {"g.", "/b/c/g."},
      {"..g", "/b/c/..g"},
      {"./../g", "/b/g"},
      {"./g/.", "/b/c/g/"},
      {"g/./h", "/b/c/g/h"},
      {"g/../h", "/b/c/h"},
      {"g;x=1/../y", "/b/c/y"},
      {"g?y/../x", "/b/c/g?y/../x"},
  };
  for (const auto& [reference, path] : kRows) EXPECT_EQ(path_of(reference), path) << reference;
}

TEST(UriReference, MayNameTheOrigin) {
  EXPECT_EQ(path_of("http://a.example/x?y"), "/x?y");
  EXPECT_EQ(path_of("HTTP://A.Example:80/x"), "/x");
  EXPECT_EQ(path_of("//a.example/x/../y"), "/y");
  EXPECT_EQ(path_of("http://a.example"), "/");
  EXPECT_EQ(path_of("http://a.example?x"), "/?x");
}

TEST(UriReference, OfAnotherOriginIsNone) {
  for (const std::string_view foreign :
       {"http://b.example/x", "//b.example/x", "https://a.example/x", "http://a.example:81/x",
        "http://a.example@b.example/x", "http://u@a.example/x", "mailto:x@a.example", "http:x"}) {
    EXPECT_EQ(path_of(foreign), "none") << foreign;
  }
}

TEST(UriReference, WithoutAPathIsNone) {
  EXPECT_EQ(path_of(""), "none");
  EXPECT_EQ(path_of("#s"), "none");
  EXPECT_EQ(path_of("g", "*"), "none");
}

}  // namespace
}  // namespace larder::serve::edge
