// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace larder::base {
namespace {

// A table of one option of each kind, and what was set, in order.
class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    table_.add({'p', "port", "port", "TCP port (default 11211)", [this](const std::string& value) {
                  return value == "bad" ? refuse_option(value, "a port is expected")
                                        : keep("port", value);
                }});
    table_.add({'d', "daemon", "", "run in the background",
                [this](const std::string& value) { return keep("daemon", value); }});
    table_.add({'v', "verbose", "", "say more",
                [this](const std::string& value) { return keep("verbose", value); }});
    table_.add({'\0', "io", "auto|uring", "how to talk to the kernel",
                [this](const std::string& value) { return keep("io", value); }});
    table_.add({'\0', "man", "", "print the man page",
                [this](const std::string& value) { return keep("man", value); }});
  }

  Status keep(const std::string& name, const std::string& value) {
    set_ += name + "=" + value + ";";
    return Done{};
  }
  // What is set by these arguments.
  std::string parsed(std::vector<std::string> arguments) {
    set_.clear();
    arguments.insert(arguments.begin(), "larder");
    const Status status = table_.parse(std::move(arguments));
    EXPECT_TRUE(status) << status.failure().what;
    return set_;
  }
  // Why these arguments are refused.
  std::string refused(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "larder");
    const Status status = table_.parse(std::move(arguments));
    return status ? "(nothing)" : status.failure().what;
  }

  OptionTable table_{"larder cache", "a cache node"};
  std::string set_;
};

TEST_F(OptionsTest, TakesNothing) { EXPECT_EQ(parsed({}), ""); }

TEST_F(OptionsTest, TakesLettersAsGetoptDoes) {
  EXPECT_EQ(parsed({"-p", "1"}), "port=1;");
  EXPECT_EQ(parsed({"-p1"}), "port=1;");
  EXPECT_EQ(parsed({"-d"}), "daemon=;");
  EXPECT_EQ(parsed({"-vvv"}), "verbose=;verbose=;verbose=;");
  EXPECT_EQ(parsed({"-vdp1"}), "verbose=;daemon=;port=1;");
  EXPECT_EQ(parsed({"-p", "-1"}), "port=-1;");
  EXPECT_EQ(parsed({"-p", ""}), "port=;");
}

TEST_F(OptionsTest, TakesNamesAsGetoptDoes) {
  EXPECT_EQ(parsed({"--port=1"}), "port=1;");
  EXPECT_EQ(parsed({"--port", "1"}), "port=1;");
  EXPECT_EQ(parsed({"--port="}), "port=;");
  EXPECT_EQ(parsed({"--daemon", "--io", "uring", "--man"}), "daemon=;io=uring;man=;");
  EXPECT_EQ(parsed({"--verb"}), "verbose=;");
}

TEST_F(OptionsTest, SetsInTheOrderOfTheArguments) {
  EXPECT_EQ(parsed({"-p1", "--io=auto", "-p2"}), "port=1;io=auto;port=2;");
}

TEST_F(OptionsTest, BeginsAnewEachTime) {
  EXPECT_NE(refused({"-vZ"}), "(nothing)");
  EXPECT_EQ(parsed({"-v"}), "verbose=;");
  EXPECT_EQ(parsed({"-p", "1", "-v"}), "port=1;verbose=;");
}

TEST_F(OptionsTest, RefusesWhatItDoesNotKnowByItsName) {
  EXPECT_EQ(refused({"-Z"}), "larder cache: unknown option -Z");
  EXPECT_EQ(refused({"-vZ"}), "larder cache: unknown option -Z");
  EXPECT_EQ(refused({"-Zv"}), "larder cache: unknown option -Z");
  EXPECT_EQ(refused({"--man", "-Zv"}), "larder cache: unknown option -Z");
  EXPECT_EQ(refused({"--nothing"}), "larder cache: unknown option --nothing");
  EXPECT_EQ(refused({"--nothing=1"}), "larder cache: unknown option --nothing=1");
  EXPECT_EQ(refused({"-p", "1", "--nothing"}), "larder cache: unknown option --nothing");
}

TEST_F(OptionsTest, NamesTheRightOneBehindAnArgumentThatIsNone) {
  EXPECT_EQ(refused({"word", "-Z"}), "larder cache: unknown option -Z");
  EXPECT_EQ(refused({"word", "--nothing"}), "larder cache: unknown option --nothing");
  EXPECT_EQ(refused({"word", "-p"}), "larder cache: -p needs a value");
}

TEST_F(OptionsTest, RefusesAMissingValue) {
  EXPECT_EQ(refused({"-p"}), "larder cache: -p needs a value");
  EXPECT_EQ(refused({"-vp"}), "larder cache: -vp needs a value");
  EXPECT_EQ(refused({"--port"}), "larder cache: --port needs a value");
  EXPECT_EQ(refused({"--io"}), "larder cache: --io needs a value");
}

TEST_F(OptionsTest, RefusesAValueThatIsNotWanted) {
  EXPECT_EQ(refused({"--daemon=1"}), "larder cache: --daemon=1: it takes no value");
  EXPECT_EQ(refused({"--man=1"}), "larder cache: --man=1: it takes no value");
}

TEST_F(OptionsTest, RefusesWhatIsNoOption) {
  EXPECT_EQ(refused({"word"}), "larder cache: unexpected argument word");
  EXPECT_EQ(refused({"-v", "word", "-d"}), "larder cache: unexpected argument word");
  EXPECT_EQ(refused({"--", "-p"}), "larder cache: unexpected argument -p");
}

TEST_F(OptionsTest, RefusesAsTheOptionJudges) {
  EXPECT_EQ(refused({"-p", "bad"}), "larder cache: --port: bad: a port is expected");
  EXPECT_EQ(refused({"-v", "-p", "bad", "-d"}), "larder cache: --port: bad: a port is expected");
}

TEST(RefuseOption, ShowsAnEmptyValue) {
  const Status refused = refuse_option("", "a number is expected");
  EXPECT_EQ(refused.failure().what, "(empty): a number is expected");
}

TEST_F(OptionsTest, HelpsInTheOrderOfTheTable) {
  EXPECT_EQ(table_.help(),
            "a cache node\n"
            "\n"
            "usage: larder cache [options]\n"
            "\n"
            "  -p, --port=<port>      TCP port (default 11211)\n"
            "  -d, --daemon           run in the background\n"
            "  -v, --verbose          say more\n"
            "      --io=<auto|uring>  how to talk to the kernel\n"
            "      --man              print the man page\n");
}

TEST_F(OptionsTest, WritesAManPage) {
  const std::string page = table_.man_page();
  EXPECT_TRUE(page.starts_with(".TH larder\\-cache 1\n")) << page;
  EXPECT_NE(page.find("\n.TP\n.B \\-p, \\-\\-port=<port>\nTCP port (default 11211)\n"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("\n.TP\n.B \\-\\-man\nprint the man page\n"), std::string::npos) << page;
}

}  // namespace
}  // namespace larder::base
