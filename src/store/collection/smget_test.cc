// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/smget.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/collection/test_btree.h"

namespace larder::store::collection {
namespace {

using Compare = EflagFilter::Compare;
using enum SmgetMode;

// Trees by key, asked as a session asks them.
class SmgetTest : public testing::Test {
 protected:
  struct Added {
    std::string_view bkey;
    std::string_view eflag = {};
  };

  BTree& make(const std::string& key, std::initializer_list<Added> elements,
              const Attributes& attributes = {.most = 100}) {
    BTree& tree = *(trees_[key] = std::make_unique<BTree>(pool_.blocks(), attributes));
    for (const Added& added : elements) {
      const std::string eflag = bytes_of_hex(added.eflag);
      const std::string value = "v" + std::string(added.bkey);
      EXPECT_EQ(tree.insert({.bkey = bkey(added.bkey), .eflag = eflag, .value = value}),
                Verdict::kDone);
    }
    return tree;
  }

  // Elements, then missed keys, then trimmed ones, then how it ends:
  //
  //   a:10 b:20 | none? low! | low:20 | DUPLICATED       ? missing or unreadable, ! out of range
  std::string ask(std::initializer_list<std::string_view> keys, std::string_view range_text,
                  std::size_t most, SmgetMode mode, std::size_t offset = 0,
                  const EflagFilter* filter = nullptr) {
    std::vector<SmgetPart> parts;
    const SmgetQuery query{
        .range = range(range_text), .filter = filter, .offset = offset, .most = most, .mode = mode};
    for (const std::string_view key : keys) parts.push_back(part(key, query));
    return text_of_answer(merge(parts, query));
  }

  TestPool pool_;
  std::map<std::string, std::unique_ptr<BTree>, std::less<>> trees_;

 private:
  SmgetPart part(std::string_view key, const SmgetQuery& query) const {
    using State = SmgetPart::State;
    const auto at = trees_.find(key);
    if (at == trees_.end()) return {.key = key, .state = State::kMissing};
    const BTree& tree = *at->second;
    SmgetPart part{.key = key, .state = State::kScanned};
    part.scan = tree.scan(query.range, query.filter, query.offset + query.most);
    switch (part.scan.verdict) {
      case Verdict::kDone:
        if (tree.tree().empty()) part.state = State::kEmpty;
        break;
      case Verdict::kUnreadable: part.state = State::kUnreadable; break;
      case Verdict::kOutOfRange: part.state = State::kOutOfRange; break;
      default: ADD_FAILURE() << key;
    }
    return part;
  }

  static std::string text_of_answer(const Smget& answer) {
    if (answer.answer == Smget::Answer::kOutOfRange) return "OUT_OF_RANGE";
    if (answer.answer == Smget::Answer::kSameKey) return "SAME_KEY";
    std::string text;
    for (const SmgetElement& element : answer.elements) {
      const BTree::Element parsed = BTree::element_of(element.entry);
      text += std::string(element.part->key) + ':' + collection::text_of(parsed.bkey) + ' ';
    }
    text += '|';
    for (const SmgetPart* part : answer.missed) {
      text +=
          ' ' + std::string(part->key) + (part->state == SmgetPart::State::kOutOfRange ? '!' : '?');
    }
    text += " |";
    for (const SmgetTrimmed& trimmed : answer.trimmed) {
      text += ' ' + std::string(trimmed.part->key) + ':' + collection::text_of(trimmed.last);
    }
    text += answer.has_duplicates ? " | DUPLICATED" : " | END";
    return answer.is_trimmed ? text + " TRIMMED" : text;
  }
};

// The trees of most tests: bkey 30 is in two of them.
class Smget3 : public SmgetTest {
 protected:
  void SetUp() override {
    make("a", {{"10", "01"}, {"30", "03"}, {"50", "05"}});
    make("b", {{"20", "02"}, {"40", "04"}, {"60", "06"}});
    make("c", {{"15"}, {"30"}, {"45"}});
    make("low", {{"10"}, {"20"}, {"30"}, {"40"}}, {.most = 3, .overflow = Overflow::kSmallestTrim});
    make("high", {{"40"}, {"30"}, {"20"}, {"10"}}, {.most = 3, .overflow = Overflow::kLargestTrim});
    make("empty", {});
    make("unread", {{"10"}}, {.most = 10, .readable = false});
  }
};

TEST_F(Smget3, MergesInTheDirectionOfTheRange) {
  for (const SmgetMode mode : {kOld, kDuplicate, kUnique}) {
    EXPECT_EQ(ask({"a", "b"}, "0..100", 10, mode), "a:10 b:20 a:30 b:40 a:50 b:60 | | | END");
    EXPECT_EQ(ask({"a", "b"}, "100..0", 10, mode), "b:60 a:50 b:40 a:30 b:20 a:10 | | | END");
    EXPECT_EQ(ask({"a", "b"}, "0..100", 4, mode), "a:10 b:20 a:30 b:40 | | | END");
  }
}

TEST_F(Smget3, OrdersEqualBkeysByKey) {
  for (const SmgetMode mode : {kOld, kDuplicate}) {
    EXPECT_EQ(ask({"c", "a", "b"}, "0..100", 10, mode),
              "a:10 c:15 b:20 a:30 c:30 b:40 c:45 a:50 b:60 | | | DUPLICATED");
    EXPECT_EQ(ask({"c", "a", "b"}, "100..0", 10, mode),
              "b:60 a:50 c:45 b:40 c:30 a:30 b:20 c:15 a:10 | | | DUPLICATED");
    EXPECT_EQ(ask({"a", "c"}, "0..100", 3, mode), "a:10 c:15 a:30 | | | END");
    EXPECT_EQ(ask({"a", "c"}, "0..25", 2, mode), "a:10 c:15 | | | END");
    EXPECT_EQ(ask({"a", "c", "b"}, "30", 5, mode), "a:30 c:30 | | | DUPLICATED");
  }
}

TEST_F(Smget3, TakesTheFirstOfEqualBkeysWhenTheyAreToBeUnique) {
  EXPECT_EQ(ask({"c", "a", "b"}, "0..100", 10, kUnique),
            "a:10 c:15 b:20 a:30 b:40 c:45 a:50 b:60 | | | END");
  EXPECT_EQ(ask({"c", "a", "b"}, "100..0", 10, kUnique),
            "b:60 a:50 c:45 b:40 c:30 b:20 c:15 a:10 | | | END");
  EXPECT_EQ(ask({"a", "c"}, "0..100", 3, kUnique), "a:10 c:15 a:30 | | | END");
  EXPECT_EQ(ask({"a", "c", "b"}, "30", 5, kUnique), "a:30 | | | END");
}

TEST_F(SmgetTest, ComparesKeysByteByByte) {
  for (const std::string key : {"zz", "Z", "z", "z1", "y"}) make(key, {{"7"}});
  EXPECT_EQ(ask({"zz", "Z", "z", "z1", "y"}, "0..9", 10, kDuplicate),
            "Z:7 y:7 z:7 z1:7 zz:7 | | | DUPLICATED");
  EXPECT_EQ(ask({"zz", "Z", "z", "z1", "y"}, "9..0", 10, kDuplicate),
            "zz:7 z1:7 z:7 y:7 Z:7 | | | DUPLICATED");
  EXPECT_EQ(ask({"zz", "Z", "z", "z1", "y"}, "0..9", 10, kUnique), "Z:7 | | | END");
  EXPECT_EQ(ask({"zz", "Z", "z", "z1", "y"}, "9..0", 10, kUnique), "zz:7 | | | END");
  EXPECT_EQ(ask({"zz", "Z", "z", "z1", "y"}, "0..9", 2, kOld), "Z:7 y:7 | | | DUPLICATED");
}

TEST_F(Smget3, TellsWhatItMissesInTheOrderOfTheRequest) {
  for (const SmgetMode mode : {kOld, kDuplicate, kUnique}) {
    EXPECT_EQ(ask({"none2", "a", "none1", "unread", "b"}, "0..100", 4, mode),
              "a:10 b:20 a:30 b:40 | none2? none1? unread? | | END");
    EXPECT_EQ(ask({"n1", "n2"}, "0..100", 4, mode), "| n1? n2? | | END");
    EXPECT_EQ(ask({"empty", "a"}, "0..100", 4, mode), "a:10 a:30 a:50 | | | END");
    EXPECT_EQ(ask({"empty"}, "0..100", 4, mode), "| | | END");
  }
}

TEST_F(Smget3, TakesNothingOfATreeWhoseBeginningIsLost) {
  EXPECT_EQ(ask({"low", "a"}, "0..100", 10, kDuplicate), "a:10 a:30 a:50 | low! | | END");
  EXPECT_EQ(ask({"high", "b"}, "100..0", 10, kUnique), "b:60 b:40 b:20 | high! | | END");
  EXPECT_EQ(ask({"low", "a"}, "0..100", 10, kOld), "OUT_OF_RANGE");
  EXPECT_EQ(ask({"high", "b"}, "100..0", 10, kOld), "OUT_OF_RANGE");
  EXPECT_EQ(ask({"low", "a", "b", "high"}, "100..0", 20, kOld), "OUT_OF_RANGE");
  for (const SmgetMode mode : {kOld, kDuplicate}) {
    EXPECT_EQ(ask({"low", "a"}, "20..100", 10, mode),
              "low:20 a:30 low:30 low:40 a:50 | | | DUPLICATED");
  }
  EXPECT_EQ(ask({"low", "a"}, "20..100", 10, kUnique), "low:20 a:30 low:40 a:50 | | | END");
}

TEST_F(Smget3, TellsWhereATreeHasLostWhatWouldFollow) {
  EXPECT_EQ(ask({"low", "a"}, "100..0", 10, kDuplicate),
            "a:50 low:40 low:30 a:30 low:20 a:10 | | low:20 | DUPLICATED");
  EXPECT_EQ(ask({"high", "b"}, "0..100", 10, kDuplicate),
            "high:10 b:20 high:20 high:30 b:40 b:60 | | high:30 | DUPLICATED");
  EXPECT_EQ(ask({"low", "a"}, "100..0", 10, kUnique),
            "a:50 low:40 low:30 low:20 a:10 | | low:20 | END");
  EXPECT_EQ(ask({"low", "a", "b", "high"}, "100..0", 20, kDuplicate),
            "b:60 a:50 low:40 b:40 low:30 a:30 low:20 b:20 a:10 | high! | low:20 | DUPLICATED");
  for (const SmgetMode mode : {kOld, kDuplicate, kUnique}) {
    EXPECT_EQ(ask({"low", "a"}, "100..0", 2, mode), "a:50 low:40 | | | END");
  }
}

TEST_F(Smget3, StopsWhereATreeHasLostWhatWouldFollowInTheOldMode) {
  EXPECT_EQ(ask({"low", "a"}, "100..0", 10, kOld),
            "a:50 low:40 low:30 a:30 low:20 | | | DUPLICATED TRIMMED");
  EXPECT_EQ(ask({"high", "b"}, "0..100", 10, kOld),
            "high:10 b:20 high:20 high:30 | | | DUPLICATED TRIMMED");
  make("t20", {{"20"}, {"15"}});
  EXPECT_EQ(ask({"low", "t20"}, "100..0", 10, kOld),
            "low:40 low:30 t20:20 low:20 | | | DUPLICATED TRIMMED");
  make("k20", {{"20"}, {"15"}});
  EXPECT_EQ(ask({"low", "k20"}, "100..0", 10, kOld),
            "low:40 low:30 low:20 k20:20 | | | DUPLICATED TRIMMED")
      << "equal bkeys are all given";
}

class SmgetTrims : public SmgetTest {
 protected:
  void SetUp() override {
    const Attributes two{.most = 2, .overflow = Overflow::kSmallestTrim};
    make("t1", {{"11"}, {"12"}, {"13"}, {"14"}}, two);
    make("t2", {{"21"}, {"22"}, {"23"}, {"24"}}, two);
    make("t3", {{"31"}, {"32"}, {"33"}, {"34"}}, {.most = 3, .overflow = Overflow::kSmallestTrim});
  }
};

TEST_F(SmgetTrims, TellsOnlyOfThoseThatMatter) {
  const auto answer = [&](std::size_t most) {
    return ask({"t1", "t2", "t3"}, "100..0", most, kDuplicate);
  };
  EXPECT_EQ(answer(1), "t3:34 | | | END");
  EXPECT_EQ(answer(2), "t3:34 t3:33 | | | END");
  EXPECT_EQ(answer(3), "t3:34 t3:33 t3:32 | | | END");
  EXPECT_EQ(answer(5), "t3:34 t3:33 t3:32 t2:24 t2:23 | | t3:32 | END");
  EXPECT_EQ(answer(7), "t3:34 t3:33 t3:32 t2:24 t2:23 t1:14 t1:13 | | t3:32 t2:23 | END");
  EXPECT_EQ(answer(10), "t3:34 t3:33 t3:32 t2:24 t2:23 t1:14 t1:13 | | t3:32 t2:23 t1:13 | END");
  EXPECT_EQ(ask({"t3", "t2", "t1"}, "100..0", 10, kUnique), answer(10));
  EXPECT_EQ(ask({"t1", "t2", "t3"}, "100..0", 4, kDuplicate, 2),
            "t3:32 t2:24 t2:23 t1:14 | | t3:32 t2:23 | END");
  EXPECT_EQ(ask({"t1", "t2", "t3"}, "100..0", 3, kOld), "t3:34 t3:33 t3:32 | | | END");
  EXPECT_EQ(ask({"t1", "t2", "t3"}, "100..0", 10, kOld), "t3:34 t3:33 t3:32 | | | END TRIMMED");
}

TEST_F(SmgetTrims, TellsTheLaterKeyFirstOfEqualBkeys) {
  make("t2b", {{"21"}, {"22"}, {"23"}, {"24"}}, {.most = 2, .overflow = Overflow::kSmallestTrim});
  EXPECT_EQ(ask({"t2", "t2b"}, "100..0", 10, kDuplicate),
            "t2b:24 t2:24 t2b:23 t2:23 | | t2:23 t2b:23 | DUPLICATED");
}

TEST_F(SmgetTrims, KnowsThatWhatIsFilteredMayHaveBeenLost) {
  make("tf", {{"1", "01"}, {"2", "02"}, {"3", "03"}, {"4", "04"}},
       {.most = 3, .overflow = Overflow::kSmallestTrim});
  make("a", {{"10", "01"}, {"30", "03"}});
  const EflagFilter nobody{.compare = Compare::kEqual, .values = {base::ShortBytes("\x09")}};
  EXPECT_EQ(ask({"tf", "a"}, "10..0", 5, kDuplicate, 0, &nobody), "| | tf:2 | END");
  EXPECT_EQ(ask({"tf", "a"}, "10..0", 5, kOld, 0, &nobody), "OUT_OF_RANGE");
  const EflagFilter high{.compare = Compare::kGreaterOrEqual, .values = {base::ShortBytes("\x03")}};
  EXPECT_EQ(ask({"tf", "a"}, "10..0", 5, kDuplicate, 0, &high), "tf:4 tf:3 | | tf:2 | END");
}

TEST_F(Smget3, SkipsTheFirst) {
  for (const SmgetMode mode : {kOld, kDuplicate, kUnique}) {
    EXPECT_EQ(ask({"a", "b"}, "0..100", 3, mode, 1), "b:20 a:30 b:40 | | | END");
    EXPECT_EQ(ask({"a", "b"}, "0..100", 3, mode, 10), "| | | END");
  }
  EXPECT_EQ(ask({"a", "c"}, "0..100", 3, kUnique, 2), "a:30 c:45 a:50 | | | END");
  EXPECT_EQ(ask({"a", "c"}, "0..100", 3, kUnique, 3), "c:45 a:50 | | | END");
  EXPECT_EQ(ask({"a", "c"}, "0..100", 3, kDuplicate, 3), "c:30 c:45 a:50 | | | END")
      << "the other 30 was skipped";
}

TEST_F(Smget3, Filters) {
  const EflagFilter high{.compare = Compare::kGreaterOrEqual, .values = {base::ShortBytes("\x03")}};
  EXPECT_EQ(ask({"a", "b", "c"}, "0..100", 10, kDuplicate, 0, &high),
            "a:30 b:40 a:50 b:60 | | | END");
  const EflagFilter even{.mask_how = base::Bitwise::kAnd,
                         .mask = base::ShortBytes("\x01"),
                         .values = {base::ShortBytes(std::string_view("\0", 1))}};
  EXPECT_EQ(ask({"a", "b"}, "0..100", 2, kOld, 1, &even), "b:40 b:60 | | | END");
}

TEST_F(Smget3, RefusesAKeyTwiceWhereBothCount) {
  for (const SmgetMode mode : {kOld, kDuplicate, kUnique}) {
    EXPECT_EQ(ask({"a", "b", "a"}, "0..100", 10, mode), "SAME_KEY");
    EXPECT_EQ(ask({"a", "b", "a"}, "0..100", 1, mode), "SAME_KEY");
    EXPECT_EQ(ask({"none", "none", "a"}, "0..100", 5, mode),
              "a:10 a:30 a:50 | none? none? | | END");
    EXPECT_EQ(ask({"a", "b", "b"}, "0..100", 1, mode), "a:10 | | | END") << "no b is wanted";
  }
}

TEST_F(SmgetTest, MergesBytes) {
  make("hex", {{"0x0A"}, {"0x14"}});
  make("h2", {{"0x0A"}, {"0x0A00"}, {"0x1E"}});
  EXPECT_EQ(ask({"hex", "h2"}, "0x00..0xFF", 10, kDuplicate),
            "h2:0x0A hex:0x0A h2:0x0A00 hex:0x14 h2:0x1E | | | DUPLICATED");
  EXPECT_EQ(ask({"hex", "h2"}, "0xFF..0x00", 10, kUnique),
            "h2:0x1E hex:0x14 h2:0x0A00 hex:0x0A | | | END");
}

}  // namespace
}  // namespace larder::store::collection
