// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/collection/btree_model.h"
#include "store/collection/smget.h"
#include "store/collection/test_bkeys.h"
#include "store/collection/test_history.h"

// Random questions to random b+trees, answered by the merge and by sorting all there is.
namespace larder::store::collection {
namespace {

using Key = BTreeModel::Key;

// One asked key: a tree with its model, or nothing.
struct Subject {
  std::string key;
  std::optional<BTreeModel> model = {};
  std::unique_ptr<BTree> tree = {};
};

struct Question {
  BTreeModel::Range range;
  const EflagFilter* filter = nullptr;
  std::size_t offset = 0;
  std::size_t most = 1;
  SmgetMode mode = SmgetMode::kDuplicate;
};

// What is answered, as text: `key bkey value` of each element, and so on.
struct Answer {
  Smget::Answer answer = Smget::Answer::kDone;
  std::vector<std::string> elements = {};
  std::vector<std::string> missed = {};
  std::vector<std::string> trimmed = {};
  bool has_duplicates = false;
  bool is_trimmed = false;

  bool operator==(const Answer&) const = default;
};

std::string text_of(const Key& key) {
  const auto* number = std::get_if<std::uint64_t>(&key);
  return number != nullptr ? std::to_string(*number) : "'" + std::get<std::string>(key) + "'";
}

// All elements of all trees, sorted.
class BruteForce {
 public:
  BruteForce(const std::vector<const Subject*>& subjects, const Question& question)
      : question_(question) {
    for (const Subject* subject : subjects) add(*subject);
    std::ranges::sort(found_, [this](const Found& a, const Found& b) { return comes_first(a, b); });
  }

  Answer answer() {
    if (is_old() && is_lost_) return {.answer = Smget::Answer::kOutOfRange};
    if (is_old()) stop_where_one_ends();
    std::vector<Found> wanted;
    for (const Found& found : found_) {
      const bool repeats = !wanted.empty() && wanted.back().bkey == found.bkey;
      if (question_.mode != SmgetMode::kUnique || !repeats) wanted.push_back(found);
    }
    wanted.erase(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(
                                                      std::min(question_.offset, wanted.size())));
    const bool is_full = wanted.size() >= question_.most;
    wanted.resize(std::min(wanted.size(), question_.most));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      answer_.elements.push_back(wanted[i].key + ' ' + text_of(wanted[i].bkey) + ' ' +
                                 wanted[i].value);
      answer_.has_duplicates |= i != 0 && wanted[i - 1].bkey == wanted[i].bkey;
    }
    if (is_old()) {
      answer_.is_trimmed = !ends_.empty() && !is_full;
    } else {
      tell_trims(is_full ? std::optional(wanted.back().bkey) : std::nullopt);
    }
    return std::move(answer_);
  }
  // Keys of which two would stand in the queue.
  bool has_elements(const std::string& key) const {
    return std::ranges::any_of(found_, [&](const Found& found) { return found.key == key; });
  }

 private:
  struct Found {
    Key bkey;
    std::string key;
    std::string value = {};
  };

  bool is_old() const { return question_.mode == SmgetMode::kOld; }
  bool is_before(const Key& a, const Key& b) const {
    return question_.range.is_downwards() ? b < a : a < b;
  }
  bool comes_first(const Found& a, const Found& b) const {
    if (a.bkey != b.bkey) return is_before(a.bkey, b.bkey);
    return question_.range.is_downwards() ? b.key < a.key : a.key < b.key;
  }

  void add(const Subject& subject) {
    if (!subject.model || !subject.model->attributes.readable) {
      answer_.missed.push_back(subject.key);
      return;
    }
    const BTreeModel& model = *subject.model;
    const BTreeModel::Range& range = question_.range;
    const bool starts_lost = model.reaches_lost(range.from);
    if (starts_lost && (model.has_any(range) || model.reaches_lost(range.to))) {
      is_lost_ = true;
      if (!is_old()) answer_.missed.push_back(subject.key);
      return;
    }
    bool is_full = false;
    const BTreeModel::Elements matches =
        model.matches({.range = range, .filter = question_.filter}, is_full);
    for (const auto& [bkey, element] : matches) {
      found_.push_back({bkey, subject.key, element.value});
    }
    if (!model.has_any(range) || !model.reaches_lost(range.to)) return;
    is_lost_ |= matches.empty();
    ends_.push_back({model.in_direction(range).back().first, subject.key});
    if (!matches.empty()) stops_.push_back(matches.back().first);
  }

  void stop_where_one_ends() {
    for (const Key& stop : stops_) {
      std::erase_if(found_, [&](const Found& found) { return is_before(stop, found.bkey); });
    }
  }

  void tell_trims(const std::optional<Key>& tail) {
    std::erase_if(ends_, [&](const Found& end) { return tail && !is_before(end.bkey, *tail); });
    std::ranges::sort(ends_, [this](const Found& a, const Found& b) {
      return a.bkey != b.bkey ? is_before(a.bkey, b.bkey) : comes_first(b, a);
    });
    for (const Found& end : ends_) answer_.trimmed.push_back(text_of(end.bkey) + ' ' + end.key);
  }

  const Question& question_;
  bool is_lost_ = false;  // the old mode refuses that
  std::vector<Found> found_;
  std::vector<Found> ends_;  // the last of trees that have lost what would follow
  std::vector<Key> stops_;   // the last found of those
  Answer answer_;
};

class SmgetHistory {
 public:
  explicit SmgetHistory(std::uint64_t seed) : random_(seed), bkeys_(40, random_.one_in(2)) {}

  void run(unsigned questions) {
    for (unsigned i = 0; i < questions && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      if (i % 50 == 0) make_trees();
      ask();
    }
    subjects_.clear();
    EXPECT_GT(trims_, questions / 50);
    EXPECT_GT(duplicates_, questions / 50);
    EXPECT_GT(same_keys_, questions / 500);
    EXPECT_GT(out_of_range_, questions / 50);
  }

 private:
  void make_trees() {
    if (random_.one_in(2)) bkeys_.change_kind();
    subjects_.clear();
    for (std::size_t i = random_.between(1, 12); i != 0; --i) {
      subjects_.push_back({.key = std::string(random_.between(1, 2), 'k') + std::to_string(i)});
      if (!random_.one_in(8)) make_tree(subjects_.back());
    }
  }
  void make_tree(Subject& subject) {
    const std::vector<Overflow> overflows = {Overflow::kError, Overflow::kSmallestTrim,
                                             Overflow::kLargestTrim, Overflow::kSmallestSilentTrim};
    const Attributes attributes{
        .most = static_cast<std::uint32_t>(random_.between(1, random_.one_in(3) ? 40 : 8)),
        .overflow = random_.any_of(overflows),
        .readable = !random_.one_in(10)};
    subject.tree = std::make_unique<BTree>(pool_.blocks(), attributes);
    subject.model = BTreeModel{.attributes = attributes};
    const Key first = bkeys_.key(random_);
    if (random_.one_in(10)) return;
    for (std::size_t i = random_.between(1, 60); i != 0; --i) {
      const Key key = bkeys_.key(random_);
      if (key.index() != first.index()) continue;
      const std::string eflag = AnyBkeys::eflag(random_);
      const std::string value = subject.key + text_of(key);
      BTreeModel::Elements lost;
      const Verdict verdict =
          subject.tree->insert({.bkey = BTreeModel::bkey_of(key), .eflag = eflag, .value = value});
      ASSERT_EQ(subject.model->put(key, {eflag, value}, false, lost), verdict);
    }
  }

  void ask() {
    const std::optional<EflagFilter> filter = AnyBkeys::filter(random_);
    Question question{.range = bkeys_.range(random_)};
    if (filter) question.filter = &*filter;
    if (random_.one_in(3)) question.offset = random_.below(10);
    question.most = random_.between(1, random_.one_in(3) ? 100 : 8);
    question.mode = static_cast<SmgetMode>(random_.below(3));
    std::vector<const Subject*> asked;
    for (const Subject& subject : subjects_) asked.push_back(&subject);
    if (random_.one_in(10)) asked.push_back(&random_.any_of(subjects_));
    std::ranges::shuffle(asked, random_.engine());
    for (const Subject* subject : asked) {
      const bool is_foreign = subject->model && !subject->model->elements.empty() &&
                              subject->model->is_foreign(question.range.from);
      if (is_foreign && subject->model->attributes.readable) return;  // its session refuses that
    }
    judge(asked, question);
  }

  void judge(const std::vector<const Subject*>& asked, const Question& question) {
    std::vector<SmgetPart> parts;
    const SmgetQuery query{.range = {.from = BTreeModel::bkey_of(question.range.from),
                                     .to = BTreeModel::bkey_of(question.range.to)},
                           .filter = question.filter,
                           .offset = question.offset,
                           .most = question.most,
                           .mode = question.mode};
    for (const Subject* subject : asked) parts.push_back(scanned(*subject, query));
    const Answer answer = told(merge(parts, query));
    BruteForce brute(asked, question);
    const std::string* twice = asked_twice(asked);
    if (twice != nullptr && brute.has_elements(*twice)) {
      judge_twice(answer, question, asked.size());
      return;
    }
    const Answer expected = brute.answer();
    EXPECT_EQ(answer.answer, expected.answer);
    EXPECT_EQ(answer.elements, expected.elements);
    EXPECT_EQ(answer.missed, expected.missed);
    EXPECT_EQ(answer.trimmed, expected.trimmed);
    EXPECT_EQ(answer.has_duplicates, expected.has_duplicates);
    EXPECT_EQ(answer.is_trimmed, expected.is_trimmed);
    trims_ += answer.is_trimmed || !answer.trimmed.empty() ? 1 : 0;
    duplicates_ += answer.has_duplicates ? 1 : 0;
    out_of_range_ += answer.answer == Smget::Answer::kOutOfRange ? 1 : 0;
  }
  // Found out while both can be wanted, which is so when nobody is left out.
  void judge_twice(const Answer& answer, const Question& question, std::size_t asked) {
    if (answer.answer == Smget::Answer::kSameKey) ++same_keys_;
    if (answer.answer == Smget::Answer::kOutOfRange) return;
    if (question.mode == SmgetMode::kUnique || question.offset + question.most < asked) return;
    EXPECT_EQ(answer.answer, Smget::Answer::kSameKey);
  }
  static const std::string* asked_twice(const std::vector<const Subject*>& asked) {
    std::set<const Subject*> seen;
    for (const Subject* subject : asked) {
      if (!seen.insert(subject).second) return &subject->key;
    }
    return nullptr;
  }

  static SmgetPart scanned(const Subject& subject, const SmgetQuery& query) {
    using State = SmgetPart::State;
    SmgetPart part{.key = subject.key};
    if (!subject.tree) return part;
    part.scan = subject.tree->scan(query.range, query.filter, query.offset + query.most);
    const bool is_empty = subject.tree->tree().empty();
    part.state = part.scan.verdict == Verdict::kUnreadable   ? State::kUnreadable
                 : part.scan.verdict == Verdict::kOutOfRange ? State::kOutOfRange
                 : is_empty                                  ? State::kEmpty
                                                             : State::kScanned;
    return part;
  }

  static Answer told(const Smget& smget) {
    Answer answer{.answer = smget.answer,
                  .has_duplicates = smget.has_duplicates,
                  .is_trimmed = smget.is_trimmed};
    for (const SmgetElement& element : smget.elements) {
      const BTree::Element parsed = BTree::element_of(element.entry);
      answer.elements.push_back(std::string(element.part->key) + ' ' +
                                text_of(BTreeModel::key_of(parsed.bkey)) + ' ' +
                                std::string(parsed.value));
    }
    for (const SmgetPart* part : smget.missed) answer.missed.emplace_back(part->key);
    for (const SmgetTrimmed& trimmed : smget.trimmed) {
      answer.trimmed.push_back(text_of(BTreeModel::key_of(trimmed.last)) + ' ' +
                               std::string(trimmed.part->key));
    }
    return answer;
  }

  Random random_;
  TestPool pool_;
  AnyBkeys bkeys_;
  std::vector<Subject> subjects_;
  std::size_t trims_ = 0;
  std::size_t duplicates_ = 0;
  std::size_t same_keys_ = 0;
  std::size_t out_of_range_ = 0;
};

TEST(SmgetModel, SortsAllThereIs) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  SmgetHistory(seed).run(300 * kThousand);
}

}  // namespace
}  // namespace larder::store::collection
