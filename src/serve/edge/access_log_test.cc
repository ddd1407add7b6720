// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/access_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "serve/edge/log_time.h"
#include "serve/edge/test_folder.h"
#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

using Format = AccessLogOptions::Format;

class AccessLogTest : public testing::Test {
 protected:
  AccessLogTest() {
    test_.with("User-Agent", "curl/8 (x)")
        .with("Referer", "http://a/\"")
        .with("Range", "bytes=0-9");
  }
  AccessLogOptions options(Format format) const {
    return {.name = "main", .path = folder_.path("log"), .format = format};
  }
  // What one request leaves in a log.
  std::string line(const AccessLogOptions& options) {
    auto log = AccessLog::open(options, 2);
    EXPECT_TRUE(log) << log.failure().what;
    (*log)->write(1, test_.facts());
    log = base::Failure{};  // writes
    return folder_.content("log");
  }

  TestFolder folder_;
  TestRequest test_;
};

TEST_F(AccessLogTest, Combined) {
  EXPECT_EQ(line(options(Format::kCombined)),
            "192.0.2.7 - - [" + log_time(test_.facts().now).local +
                "] \"GET /a?b=1 HTTP/1.1\" 200 1024 \"http://a/\\x22\" \"curl/8 (x)\"\n");
}

TEST_F(AccessLogTest, W3c) {
  std::istringstream lines(line(options(Format::kW3c)));
  std::string version;
  std::string names;
  std::string values;
  std::getline(lines, version);
  std::getline(lines, names);
  std::getline(lines, values);
  EXPECT_EQ(version, "#Version: 1.0");
  EXPECT_EQ(names,
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
            "cs(User-Agent) sc-status sc-bytes time-taken cs(Referer) sc-resinfo cs-range "
            "sc-cachehit cs-acceptencoding session-id sc-content-length time-response "
            "x-transaction-status x-vhost");
  EXPECT_EQ(values,
            "2026-11-29 13:58:29 198.51.100.1 GET /a b=1 8080 - 192.0.2.7 curl/8+(x) 200 1224 1250 "
            "http://a/%22 - bytes=0-9 TCP_HIT - 12 - 0.001 OK example.com");
}

TEST_F(AccessLogTest, Json) {
  const auto parsed = nlohmann::json::parse(line(options(Format::kJson)));
  EXPECT_EQ(parsed["remote_addr"], "192.0.2.7");
  EXPECT_EQ(parsed["status"], 200);
  EXPECT_EQ(parsed["request_time"], 1.25);
  EXPECT_EQ(parsed["referer"], "http://a/\"");
  EXPECT_EQ(parsed["upstream_addr"], "");
  EXPECT_EQ(parsed["verdict"], "TCP_HIT");
}

TEST_F(AccessLogTest, JsonWhateverIsSent) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  test_.with("X-All", all);
  test_.request.path = all;
  test_.sent = {};
  EXPECT_EQ(nlohmann::json::parse(line(options(Format::kJson)))["status"], 0);
}

TEST_F(AccessLogTest, Custom) {
  AccessLogOptions custom = options(Format::kCustom);
  custom.template_text = "$verdict <$http_referer>";
  EXPECT_EQ(line(custom), "TCP_HIT <http://a/\\x22>\n");
}

TEST_F(AccessLogTest, SaysWhatIsWrongWithAFormat) {
  AccessLogOptions custom = options(Format::kCustom);
  custom.template_text = "$request_url";
  const auto log = AccessLog::open(custom, 1);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.failure().what,
            "the format of the log main: unknown variable $request_url; did you mean "
            "$request_uri?");
  custom.template_text = "a\nb";
  EXPECT_FALSE(AccessLog::open(custom, 1));
}

}  // namespace
}  // namespace larder::serve::edge
