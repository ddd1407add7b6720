// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/memcached_replies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

struct Dialect {
  Protocol protocol;
  std::uint32_t multiget;
  const char* sizes;
  bool verify;
};

std::string value(const Shape& shape, std::uint32_t key, std::uint64_t version) {
  std::string text(shape.sizes.of(key), '#');
  write_value(text.data(), key, shape.sizes.of(key), version);
  return text;
}

// A stream of requests and the replies that a right server gives.
class Conversation {
 public:
  Conversation(const Dialect& dialect, std::size_t depth)
      : shape{dialect.protocol, dialect.multiget, *Keys::make(1000, 10),
              *ValueSizes::parse(dialect.sizes)},
        pipeline(depth, dialect.multiget),
        replies(shape, dialect.verify, pipeline, tally) {}

  bool is_text() const { return shape.protocol == Protocol::kText; }

  void set(std::uint32_t key) {
    const std::size_t number = pipeline.push();
    pipeline.at(number).is_set = true;
    pipeline.keys(number)[0] = key;
    written += is_text() ? "STORED\r\n" : "HD\r\n";
    ++expected.stored;
    ++expected.requests;
  }

  void get(Random& random, std::uint32_t hits_percent) {
    const std::size_t number = pipeline.push();
    pipeline.at(number).is_set = false;
    bool hit = false;
    for (std::uint32_t& key : pipeline.keys(number)) {
      key = random.below(1000);
      hit = random.below(100) < hits_percent;
      ++(hit ? expected.hits : expected.misses);
      if (hit) written += hit_reply(key, random.next());
    }
    if (is_text()) {
      written += "END\r\n";
    } else if (shape.multiget > 1) {
      written += "MN\r\n";
    } else if (!hit) {
      written += "EN\r\n";
    }
    ++expected.requests;
  }

  void get_one(std::uint32_t key) {
    const std::size_t number = pipeline.push();
    pipeline.at(number).is_set = false;
    pipeline.keys(number)[0] = key;
  }

  std::string hit_reply(std::uint32_t key, std::uint64_t version) const {
    const std::string bytes = value(shape, key, version);
    const std::string size = std::to_string(bytes.size());
    const std::string name = shape.keys.text(key);
    if (is_text()) return "VALUE " + name + " 0 " + size + "\r\n" + bytes + "\r\n";
    return "VA " + size + (shape.multiget > 1 ? " k" + name : "") + "\r\n" + bytes + "\r\n";
  }

  // As a client does: what is not consumed comes again, with more behind it. The failure, or empty.
  std::string read(std::string_view stream, Random& random, std::uint32_t piece) {
    std::string waiting;
    while (!stream.empty()) {
      const std::string_view part = stream.substr(0, 1 + random.below(piece));
      stream.remove_prefix(part.size());
      waiting += part;
      auto consumed = replies.scan(waiting);
      if (!consumed) return consumed.failure().what;
      waiting.erase(0, *consumed);
      EXPECT_LT(waiting.size(), 64U) << "only a line's beginning may be left";
    }
    EXPECT_EQ(waiting, "");
    return {};
  }
  std::string read(std::string_view stream) {
    Random random(1);
    return read(stream, random, 1'000'000);
  }

  Totals totals() const {
    Totals totals;
    totals.add(tally);
    return totals;
  }

  Shape shape;
  Pipeline pipeline;
  Tally tally;
  MemcachedReplies replies;
  std::string written;
  Totals expected;
};

constexpr Dialect kDialects[] = {
    {Protocol::kText, 1, "100", false}, {Protocol::kText, 1, "100", true},
    {Protocol::kText, 1, "0", true},    {Protocol::kText, 1, "0-40", false},
    {Protocol::kText, 7, "10", false},  {Protocol::kText, 7, "10", true},
    {Protocol::kText, 7, "0-40", true}, {Protocol::kText, 3, "0-400", false},
    {Protocol::kMeta, 1, "100", false}, {Protocol::kMeta, 1, "0-40", true},
    {Protocol::kMeta, 1, "0", false},   {Protocol::kMeta, 7, "10", false},
    {Protocol::kMeta, 7, "0-40", true}, {Protocol::kMeta, 3, "0-400", false},
};

void read_random_conversation(const Dialect& dialect, std::uint64_t seed) {
  Random random(seed);
  Conversation conversation(dialect, 64);
  const std::uint32_t requests = 1 + random.below(64);
  const std::uint32_t hits_percent = random.below(3) * 50;
  for (std::uint32_t i = 0; i < requests; ++i) {
    if (random.below(4) == 0) {
      conversation.set(random.below(1000));
    } else {
      conversation.get(random, hits_percent);
    }
  }
  const std::uint32_t piece = random.below(2) == 0 ? 4 : 3000;
  ASSERT_EQ(conversation.read(conversation.written, random, piece), "");
  const Totals totals = conversation.totals();
  EXPECT_TRUE(conversation.pipeline.empty());
  EXPECT_EQ(totals.requests, conversation.expected.requests);
  EXPECT_EQ(totals.hits, conversation.expected.hits);
  EXPECT_EQ(totals.misses, conversation.expected.misses);
  EXPECT_EQ(totals.stored, conversation.expected.stored);
  EXPECT_EQ(totals.errors, 0U);
}

TEST(Replies, AreReadAlikeHoweverTheStreamIsCut) {
  const char* const wanted = std::getenv("LARDER_TEST_SEED");
  const std::uint64_t first = wanted == nullptr ? 1 : std::strtoull(wanted, nullptr, 10);
  const std::uint64_t last = wanted == nullptr ? 200 : first;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    for (const Dialect& dialect : kDialects) {
      read_random_conversation(dialect, seed);
      ASSERT_FALSE(HasFailure()) << "LARDER_TEST_SEED=" << seed
                                 << " cli_test --gtest_filter=Replies.AreReadAlike*";
    }
  }
}

TEST(Replies, WithAnyWrongByteOfAValueFailAVerifiedRun) {
  for (const Dialect& dialect : kDialects) {
    if (!dialect.verify || *dialect.sizes == '0') continue;
    Conversation right(dialect, 1);
    const std::string reply = right.hit_reply(5, 99);
    const std::size_t begin = reply.find('\n') + 1;
    for (std::size_t at = begin; at < reply.size() - 2; ++at) {
      Conversation conversation(dialect, 1);
      conversation.get_one(5);
      std::string wrong = reply;
      wrong[at] = static_cast<char>(wrong[at] ^ 1);
      EXPECT_NE(conversation.read(wrong).find("wrong byte"), std::string::npos) << at;
    }
  }
}

TEST(Replies, WithAnotherKeysValueFailAVerifiedRun) {
  for (const Dialect& dialect : kDialects) {
    if (!dialect.verify || *dialect.sizes == '0') continue;
    Conversation conversation(dialect, 1);
    conversation.get_one(5);
    EXPECT_NE(conversation.read(conversation.hit_reply(6, 99)), "");
  }
}

TEST(Replies, OfAnErrorLineCountAndTheNextOneIsRead) {
  for (const Protocol protocol : {Protocol::kText, Protocol::kMeta}) {
    Conversation conversation({protocol, 1, "10", false}, 8);
    conversation.set(1);
    conversation.set(2);
    conversation.get_one(3);
    conversation.get_one(3);
    const std::string stored = conversation.is_text() ? "STORED\r\n" : "HD\r\n";
    const std::string end = conversation.is_text() ? "END\r\n" : "EN\r\n";
    EXPECT_EQ(conversation.read("SERVER_ERROR out of memory storing object\r\n" + stored +
                                "ERROR\r\n" + end),
              "");
    const Totals totals = conversation.totals();
    EXPECT_EQ(totals.errors, 2U);
    EXPECT_EQ(totals.requests, 4U);
    EXPECT_EQ(totals.stored, 1U);
    EXPECT_EQ(totals.misses, 1U);
    EXPECT_EQ(conversation.replies.first_error(), "SERVER_ERROR out of memory storing object");
  }
}

TEST(Replies, ThatFitNoRequestFail) {
  struct Row {
    Dialect dialect;
    bool is_set;
    const char* reply;
    const char* complaint;
  };
  const Dialect text{Protocol::kText, 1, "3", false};
  const Dialect text_two{Protocol::kText, 2, "3", true};
  const Dialect meta{Protocol::kMeta, 1, "3", false};
  const Row rows[] = {
      {text, true, "NOT_STORED\r\n", "unexpected"},
      {text, true, "END\r\n", "unexpected"},
      {text, true, "STORED\r\nSTORED\r\n", "no request asked"},
      {text, false, "STORED\r\n", "unexpected"},
      {text, false, "END\n", "bare line end"},
      {text, false, "\n", "bare line end"},
      {text, false, "VALUE larder-000 0 4\r\nabcd\r\nEND\r\n", "another length"},
      {text, false, "VALUE larder-000 0 x\r\n", "without a length"},
      {text, false, "VALUE larder-000 0 3\r\nabcd\r\nEND\r\n", "no line end behind"},
      {text, false, "VALUE larder-000 0 3\r\nabc\r\nVALUE larder-000 0 3\r\nabc\r\n",
       "more values"},
      {text_two, false, "VALUE larder-007 0 3\r\n", "not asked for"},
      {text_two, false, "VALUE stranger 0 3\r\n", "not asked for"},
      {meta, true, "NS\r\n", "unexpected"},
      {meta, false, "HD\r\n", "unexpected"},
      {meta, false, "VA 4\r\nabcd\r\n", "another length"},
      {meta, false, "VA 3\r\nabcd\r\n", "no line end behind"},
  };
  for (const Row& row : rows) {
    Conversation conversation(row.dialect, 2);
    if (row.is_set) {
      conversation.set(0);
    } else {
      conversation.get_one(0);
    }
    const std::string complaint = conversation.read(row.reply);
    EXPECT_NE(complaint.find(row.complaint), std::string::npos) << row.reply << ": " << complaint;
  }
}

TEST(Replies, MayOnlyTellWhetherAKeyIsThere) {
  Conversation conversation({Protocol::kMeta, 1, "3", false}, 3);
  conversation.shape.values = false;
  for (const std::uint32_t key : {1U, 2U, 3U}) conversation.get_one(key);
  EXPECT_EQ(conversation.read("HD\r\nEN\r\nHD\r\n"), "");
  EXPECT_EQ(conversation.totals().hits, 2U);
  EXPECT_EQ(conversation.totals().misses, 1U);
  EXPECT_EQ(conversation.totals().requests, 3U);
}

TEST(Replies, WithoutALineEndFailBeforeTheyFillTheMemory) {
  Conversation conversation({Protocol::kText, 1, "3", false}, 1);
  conversation.set(0);
  EXPECT_NE(conversation.read(std::string(4000, 'x')).find("endless line"), std::string::npos);
}

}  // namespace
}  // namespace larder::cli::load
