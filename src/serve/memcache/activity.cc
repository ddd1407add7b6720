// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/activity.h"

namespace larder::serve::memcache {

using cache::Answer;
using cache::PutMode;

void Activity::put(const cache::Put& how, Answer answer) {
  const bool compares =
      how.expected && (how.mode == PutMode::kSet || how.mode == PutMode::kReplace);
  switch (answer) {
    case Answer::kOk:
    case Answer::kMiss:
    case Answer::kExists:
    case Answer::kNotStored: add(compares ? Deed::kCas : Deed::kSet); break;
    case Answer::kTooLarge:
    case Answer::kNoMemory:
    case Answer::kNotNumeric:
    case Answer::kPending:
    case Answer::kWrongType:
    case Answer::kBadPrefix:
    case Answer::kBadExpiry: return;
  }
  if (!compares) return;
  if (answer == Answer::kOk) add(Deed::kCasHit);
  if (answer == Answer::kMiss) add(Deed::kCasMiss);
  if (answer == Answer::kExists) add(Deed::kCasBadval);
}

void Activity::removed(const cache::Remove& how, Answer answer) {
  if (answer == Answer::kMiss) return add(Deed::kDeleteMiss);
  if (answer != Answer::kOk) return refused(answer);
  if (!how.invalidate && !how.drop_value) add(Deed::kDeleteHit);
}

void Activity::counted(const cache::Count& how, const cache::Counted& counted) {
  switch (counted.answer) {
    case Answer::kPending: return;
    case Answer::kMiss: return add(how.down ? Deed::kDecrMiss : Deed::kIncrMiss);
    case Answer::kOk:
      if (!counted.created) return add(how.down ? Deed::kDecrHit : Deed::kIncrHit);
      break;
    default: refused(counted.answer);
  }
  add(how.down ? Deed::kDecrOther : Deed::kIncrOther);
}

void Activity::refused(Answer why) {
  if (why == Answer::kTooLarge) add(Deed::kTooLarge);
  if (why == Answer::kNoMemory) add(Deed::kNoMemory);
}

void Activity::add_to(Deeds& sum) const {
  for (std::size_t i = 0; i < kDeeds; ++i) {
    sum.add(static_cast<Deed>(i), meters_[i].count());
  }
}

void Activity::add_to(arcus::OperationCounts& sum) const {
  for (std::size_t i = 0; i < arcus::kOperations; ++i) {
    for (std::size_t j = 0; j < arcus::kOutcomes; ++j) {
      sum.add(static_cast<Operation>(i), static_cast<Outcome>(j), operated_[i][j].count());
    }
  }
}

Deeds Activities::sum() const {
  Deeds sum;
  for (std::size_t i = 0; i < loops_; ++i) activities_[i].add_to(sum);
  return sum;
}

arcus::OperationCounts Activities::sum_of_operations() const {
  arcus::OperationCounts sum;
  for (std::size_t i = 0; i < loops_; ++i) activities_[i].add_to(sum);
  return sum;
}

}  // namespace larder::serve::memcache
