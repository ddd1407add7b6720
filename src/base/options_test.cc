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

// ---- what comes of an option, and lists of them

class EffectsTest : public testing::Test {
 protected:
  EffectsTest() {
    const auto keep = [this](const std::string& name) {
      return [this, name](const std::string& value) -> Status {
        if (value == "bad") return refuse_option(value, "a number is expected");
        set_ += name + "=" + value + ";";
        return Done{};
      };
    };
    table_.add({'D', "", "char", "delimiter of prefixes", keep("D")});
    table_.add({'n', "least", "bytes", "least size|place", keep("least"), Effect::kNone,
                "there are no classes"});
    table_.add({'L', "large", "", "large pages", {}, Effect::kNone, "pages come one by one"});
    table_.add({'S', "sasl", "", "ask who it is", {}, Effect::kRefused, "SASL is not served"});
    table_.add(
        {.letter = 'o',
         .name = "extended",
         .argument = "list",
         .meaning = "more options",
         .items = {
             {'\0', "fast", "", "answer at once", keep("fast")},
             {'\0', "idle", "seconds", "close who is idle", keep("idle")},
             {'\0', "move", "[mode]", "move pages", keep("move"), Effect::kNone,
              "there are no classes"},
             {'\0', "path", "file", "more memory", {}, Effect::kRefused, "values lie in memory"}}});
  }
  // What is set by these arguments, and what is noted.
  std::string parsed(std::vector<std::string> arguments) {
    set_.clear();
    notes_.clear();
    arguments.insert(arguments.begin(), "larder");
    const Status status = table_.parse(std::move(arguments), &notes_);
    return status ? set_ : status.failure().what;
  }
  using Notes = std::vector<std::string>;
  OptionTable table_{"larder cache", "a cache node"};
  std::string set_;
  Notes notes_;
};

TEST_F(EffectsTest, NotesWhatHasNone) {
  EXPECT_EQ(parsed({"-n", "48", "-L", "-D:"}), "least=48;D=:;");
  EXPECT_EQ(notes_, (Notes{"--least: without effect: there are no classes",
                           "--large: without effect: pages come one by one"}));
  EXPECT_EQ(parsed({"-n", "bad"}), "larder cache: --least: bad: a number is expected");
  EXPECT_TRUE(table_.parse({"larder", "-L"})) << "notes are nobody's duty";
}

TEST_F(EffectsTest, RefusesWithTheReason) {
  EXPECT_EQ(parsed({"-S"}), "larder cache: --sasl: SASL is not served");
  EXPECT_EQ(parsed({"-o", "path=/f:1G"}), "larder cache: -o path: values lie in memory");
}

TEST_F(EffectsTest, TakesAnOptionWithoutAName) {
  EXPECT_EQ(parsed({"-D", "/"}), "D=/;");
  EXPECT_EQ(parsed({"-D"}), "larder cache: -D needs a value");
  EXPECT_EQ(parsed({"-D", "bad"}), "larder cache: -D: bad: a number is expected");
  EXPECT_EQ(parsed({"--="}), "larder cache: unknown option --=");
}

TEST_F(EffectsTest, TakesListsAsGetsuboptDoes) {
  EXPECT_EQ(parsed({"-o", "fast,idle=7", "-o", "idle=8"}), "fast=;idle=7;idle=8;");
  EXPECT_EQ(parsed({"-ofast,,"}), "fast=;");
  EXPECT_EQ(parsed({"-o", ""}), "");
  EXPECT_EQ(parsed({"-o", "fast=0"}), "fast=0;") << "memcached, too, looks at no such value";
  EXPECT_EQ(parsed({"-o", "move,move=2"}), "move=;move=2;");
  EXPECT_EQ(notes_, (Notes(2, "-o move: without effect: there are no classes")));
  EXPECT_EQ(parsed({"-o", "idle"}), "larder cache: -o idle needs a value");
  EXPECT_EQ(parsed({"-o", "idle=bad"}), "larder cache: -o idle: bad: a number is expected");
  EXPECT_EQ(parsed({"-o", "fast,slow=1"}), "larder cache: Illegal suboption \"slow=1\"");
  EXPECT_EQ(parsed({"-o", "idl=1"}), "larder cache: Illegal suboption \"idl=1\"");
}

TEST_F(EffectsTest, AreInTheHelp) {
  EXPECT_EQ(table_.help().substr(table_.help().find("  -D")),
            "  -D <char>                delimiter of prefixes\n"
            "  -n, --least=<bytes>      least size|place (without effect: there are no classes)\n"
            "  -L, --large              large pages (without effect: pages come one by one)\n"
            "  -S, --sasl               ask who it is (refused: SASL is not served)\n"
            "  -o, --extended=<list>    more options\n"
            "           fast            answer at once\n"
            "           idle=<seconds>  close who is idle\n"
            "           move[=<mode>]   move pages (without effect: there are no classes)\n"
            "           path=<file>     more memory (refused: values lie in memory)\n");
}

TEST_F(EffectsTest, AreInTheManPage) {
  const std::string page = table_.man_page();
  EXPECT_NE(page.find("\n.B \\-o idle=<seconds>\nclose who is idle\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\nask who it is (refused: SASL is not served)\n"), std::string::npos);
}

TEST_F(EffectsTest, AreATableForADocument) {
  EXPECT_EQ(
      table_.markdown(),
      "| option | what it asks for | here |\n"
      "|---|---|---|\n"
      "| `-D <char>` | delimiter of prefixes | works |\n"
      "| `-n, --least=<bytes>` | least size\\|place | without effect: there are no classes |\n"
      "| `-L, --large` | large pages | without effect: pages come one by one |\n"
      "| `-S, --sasl` | ask who it is | refused: SASL is not served |\n"
      "| `-o, --extended=<list>` | more options | works |\n"
      "| `-o fast` | answer at once | works |\n"
      "| `-o idle=<seconds>` | close who is idle | works |\n"
      "| `-o move[=<mode>]` | move pages | without effect: there are no classes |\n"
      "| `-o path=<file>` | more memory | refused: values lie in memory |\n");
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
