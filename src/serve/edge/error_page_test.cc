// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/error_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace larder::serve::edge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErrorPage, SaysStatusAndReason) {
  const std::string page = error_page(404);
  EXPECT_THAT(page, HasSubstr("<title>404 Not Found</title>"));
  EXPECT_THAT(page, HasSubstr("<h1>404 Not Found</h1>"));
  EXPECT_THAT(page, HasSubstr("Larder"));
  EXPECT_THAT(error_page(599), HasSubstr("<h1>599</h1>"));
}

TEST(ErrorPage, SaysWhy) {
  EXPECT_THAT(error_page(413, "At most <1 MiB> & no more."),
              HasSubstr("<p>At most &lt;1 MiB&gt; &amp; no more.</p>"));
}

TEST(ErrorPage, SaysWhyAnOriginFailed) {
  using origin::FetchFailure;
  const origin::FetchFacts facts = {.servers = "10.0.0.1:80, 10.0.0.2:80", .tries = 2};
  const std::string page = origin_error_page(FetchFailure::kTimeout, facts);
  EXPECT_THAT(page, HasSubstr("504"));
  EXPECT_THAT(page, HasSubstr("did not respond in time"));
  EXPECT_THAT(page, HasSubstr("2 were tried"));
  EXPECT_THAT(page, Not(HasSubstr("10.0.0.1")));
  for (const auto failure :
       {FetchFailure::kNoServer, FetchFailure::kConnect, FetchFailure::kBadResponse,
        FetchFailure::kTimeout, FetchFailure::kQueueFull, FetchFailure::kRequestBody}) {
    EXPECT_THAT(origin_error_page(failure, {}), Not(HasSubstr("<p></p>")));
  }
}

TEST(ErrorPage, ARedirectLeadsThere) {
  EXPECT_THAT(redirect_page(301, "/a?b=\"&c"),
              HasSubstr("<a href=\"/a?b=&quot;&amp;c\">/a?b=&quot;&amp;c</a>"));
}

}  // namespace
}  // namespace larder::serve::edge
