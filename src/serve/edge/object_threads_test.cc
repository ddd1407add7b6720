// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <barrier>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "serve/edge/object_store.h"
#include "serve/edge/test_objects.h"

// Many threads on few URLs. Meant for the thread sanitizer, and true without it.
namespace larder::serve::edge {
namespace {

using State = LookedUp::State;

constexpr unsigned kThreads = 8;
constexpr unsigned kRounds = 10'000;

class Worker {
 public:
  Worker(ObjectStore& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void run() {
    for (unsigned i = 0; i < kRounds; ++i) step();
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }

  void step() {
    ++now_;
    key_ = std::string("key ") + static_cast<char>('a' + below(3));
    value_ = std::to_string(below(40));
    const wire::http::Fields request = fields_of({{"x-a", value_}});
    switch (below(16)) {
      case 0: store_.remove(key_, now_); return;
      case 1: store_.mark_hit_for_miss(key_, now_ + 10, now_); return;
      case 2: return parts();
      case 3:
      case 4:
      case 5:
      case 6: return put(request);
      default: return find(request);
    }
  }

  // Its lines say what its body is of.
  void put(const wire::http::Fields& request) {
    const bool varies = below(2) == 0;
    const std::string lines = key_ + " " + (varies ? value_ : "") + "\r\n";
    const std::string body = body_of(lines);
    ObjectStore::New object{test_head(store_.new_id()), lines, body, {}};
    object.head.has_validator = true;
    if (varies) object.vary.names = {"x-a"};
    store_.put(key_, request, object, now_);
  }
  std::string body_of(std::string_view lines) {
    std::string body;
    const std::size_t times = lines.size() % 2 == 0 ? 3 : 2000;
    for (std::size_t i = 0; i < times; ++i) body += lines;
    return body;
  }

  void find(const wire::http::Fields& request) {
    const LookedUp found = store_.find(key_, request, now_);
    if (found.state != State::kObject) return;
    const std::string lines(found.object.field_lines());
    const bool varies = !found.object.selecting().empty();
    EXPECT_EQ(lines, key_ + " " + (varies ? value_ : "") + "\r\n");
    EXPECT_EQ(text_of(found.object.body_pieces()), body_of(lines));
    if (below(4) != 0) return;
    store_.update(key_, found.object, {.generated = now_, .lifetime_ms = 50}, lines, now_);
    EXPECT_EQ(text_of(found.object.body_pieces()), body_of(lines));
  }

  void parts() {
    const ObjectId id = below(4);
    const std::string bytes(20'000, static_cast<char>('a' + id));
    store_.note_use(key_, now_);
    if (below(2) == 0) store_.put_part(id, 0, bytes, now_);
    const std::optional<cache::Value> part = store_.find_part(id, 0, now_);
    EXPECT_TRUE(!part || text_of(pieces_of(*part)) == bytes);
  }

  ObjectStore& store_;
  std::mt19937_64 random_;
  base::UnixMs now_ = kTestNow;
  std::string key_;
  std::string value_;
};

void run_together(ObjectStore& store, std::uint64_t seed) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (unsigned me = 0; me < kThreads; ++me) {
    threads.emplace_back([&, me] {
      start.arrive_and_wait();
      Worker(store, seed + me).run();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ObjectThreads, FindNothingButWhatOneOfThemPut) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  cache::Cache cache({.memory_bytes = std::size_t{64} << 20});
  ObjectStore store(cache);
  run_together(store, seed);
}

TEST(ObjectThreads, FindNothingElseWhenThereIsLittleRoom) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  cache::Cache cache({.memory_bytes = std::size_t{1} << 20});
  ObjectStore store(cache);
  run_together(store, seed);
}

// Of those who change the variants of one URL at the same time nobody is overlooked.
TEST(ObjectThreads, AllVariantsThatArePutAtOnceAreThere) {
  cache::Cache cache({.memory_bytes = std::size_t{64} << 20});
  ObjectStore store(cache);
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (unsigned me = 0; me < kThreads; ++me) {
    threads.emplace_back([&, value = std::to_string(me)] {
      start.arrive_and_wait();
      const ObjectStore::New object{test_head(), "", value, {.names = {"x-a"}}};
      EXPECT_TRUE(store.put("k", fields_of({{"x-a", value}}), object, kTestNow));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (unsigned each = 0; each < kThreads; ++each) {
    const std::string value = std::to_string(each);
    const LookedUp found = store.find("k", fields_of({{"x-a", value}}), kTestNow);
    EXPECT_EQ(found.object.inline_body(), value);
  }
  EXPECT_EQ(store.remove("k", kTestNow), kThreads);
}

}  // namespace
}  // namespace larder::serve::edge
