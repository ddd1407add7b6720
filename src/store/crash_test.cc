// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/mapped_array.h"
#include "store/test_board.h"
#include "store/test_store.h"
#include "store/test_warm_file.h"

// A process that is looked at after every instruction of an operation, and what the next one finds
// in the file if it ends there: every item whole, as it was before that operation or behind it.
// Sanitizers make many instructions of one, and stores of their own.
#ifndef LARDER_SANITIZED
namespace larder::store {
namespace {

constexpr UnixMs kNow = TestStore::kStart;
constexpr Limits kLimits = {.memory_bytes = 8 << 20, .item_bytes = 1 << 20};

// All that a reader can tell of an item.
std::string look(Store& store, const std::string& key) {
  const Found found = store.find(store.key(key), {.leave_no_trace = true}, kNow);
  if (found.answer != Answer::kOk) return "(nothing)";
  return std::to_string(found.flags) + ' ' + std::to_string(found.expires) +
         (found.stale ? " stale " : " ") + (found.token_sent ? "sent " : "") + text_of(found.value);
}

using Step = std::function<Cas(Store&)>;

const std::vector<std::string> kKeys = {"short", "long", "number", "bare", "other", "p:q:k", "p:k"};

Step put(const std::string& key, const std::string& value, const Put& how = {}) {
  return [=](Store& store) { return store.put(store.key(key), value, how, kNow).cas; };
}
Step remove(const std::string& key, const Remove& how = {}) {
  return [=](Store& store) {
    EXPECT_EQ(store.remove(store.key(key), how, kNow), Answer::kOk);
    return Cas{0};
  };
}
Step flush_prefix(const std::string& prefix, UnixMs at = kNow) {
  return [=](Store& store) {
    EXPECT_EQ(store.flush_prefix(prefix, at, kNow), Answer::kOk);
    return Cas{0};
  };
}
Step tend() {
  return [](Store& store) {
    while (store.tend(kNow)) {
    }
    return Cas{0};
  };
}
Step touch(const std::string& key, UnixMs expires) {
  return [=](Store& store) { return store.find(store.key(key), {.expires = expires}, kNow).cas; };
}

// Every kind of change, once in each form.
std::vector<Step> all_changes() {
  const UnixMs soon = kNow + 60'000;
  const UnixMs far = kNow + UnixMs{400} * 24 * 3600 * 1000;
  return {
      put("short", text(100, 'a'), {.flags = 7, .expires = soon}),
      put("short", text(100, 'b'), {.flags = 7, .expires = soon}),
      put("short", text(60, 'c'), {.flags = 7}),
      touch("short", soon),
      touch("short", soon + 1),
      touch("short", far),
      touch("short", far + 1),
      put("long", text(8300, 'd')),
      put("long", text(8600, 'e'), {.flags = 1}),
      touch("long", soon),
      put("long", "tail", {.mode = PutMode::kAppend}),
      put("long", "head", {.mode = PutMode::kPrepend}),
      put("short", text(30, 'f'), {.mode = PutMode::kAppend}),
      put("short", text(9000, 'g'), {.mode = PutMode::kAppend}),
      put("number", "41"),
      [](Store& store) { return store.count(store.key("number"), {}, kNow).cas; },
      [](Store& store) { return store.count(store.key("number"), {.delta = 100}, kNow).cas; },
      put("number", "1", {.cas = 12345}),
      remove("number", {.invalidate = true}),
      [](Store& store) {
        return store.find(store.key("bare"), {.create_expires = kNow + 1000}, kNow).cas;
      },
      remove("long", {.drop_value = true}),
      remove("short"),
      put("short", "back"),
      put("other", text(5000, 'h')),
      [](Store& store) {
        store.flush(kNow, kNow);
        return Cas{0};
      },
      put("other", text(50, 'i')),
      [](Store& store) {
        store.flush(kNow + 1000, kNow);
        return Cas{0};
      },
      put("short", text(200, 'j')),
      put("p:k", "1"),
      put("p:q:k", "1"),
      flush_prefix("p:q"),
      put("p:q:k", "2"),
      flush_prefix("p", kNow + 1000),
      flush_prefix("p"),
      put("p:k", "2"),
      flush_prefix("p"),
      tend(),
      put("p:q:k", "3"),
  };
}

[[noreturn]] void change_traced(const std::string& path, const std::vector<Step>& steps,
                                SharedBoard& board) {
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  Store store(open_warm(path, kLimits), true, kNow);
  raise(SIGSTOP);
  for (const Step& step : steps) {
    const Cas cas = step(store);
    if (cas != 0) board->cas = cas;
    board->done = board->done + 1;
  }
  _exit(0);
}

constexpr std::size_t kEveryInARow = 64;

// The part of the file that a handful of items is in.
class Picture {
 public:
  explicit Picture(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    mapped_ = MappedArray<char>(kBytes, file_, 0);
    EXPECT_TRUE(mapped_);
    bytes_.assign(mapped_.data(), kBytes);
  }
  ~Picture() { ::close(file_); }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  bool has_changed() {
    if (std::memcmp(bytes_.data(), mapped_.data(), kBytes) == 0) return false;
    std::memcpy(bytes_.data(), mapped_.data(), kBytes);
    return true;
  }
  void copy_to(const std::string& path) const {
    const int copy = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
    EXPECT_EQ(::pwrite(copy, bytes_.data(), kBytes, 0), static_cast<ssize_t>(kBytes));
    EXPECT_EQ(::ftruncate(copy, ::lseek(file_, 0, SEEK_END)), 0);
    ::close(copy);
  }

 private:
  static constexpr std::size_t kBytes = 9 * kPageBytes;
  int file_;
  MappedArray<char> mapped_;
  std::string bytes_;
};

// One step at a time; what the file is after each store that reaches it is a file that a kill
// there would have left.
TEST(Crash, LeavesEveryItemWholeAfterEveryStore) {
  const std::vector<Step> steps = all_changes();
  std::vector<std::map<std::string, std::string>> after(steps.size() + 1);
  TestStore oracle(kLimits);
  for (std::size_t i = 0; i <= steps.size(); ++i) {
    if (i != 0) steps[i - 1](oracle.store);
    for (const std::string& key : kKeys) after[i][key] = look(oracle.store, key);
  }
  const TestPath path;
  const TestPath copy;
  SharedBoard board;
  const pid_t child = fork();
  if (child == 0) change_traced(path, steps, board);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSTOPPED(status)) << "may we trace our own child?";
  Picture picture(path);
  std::size_t crashes = 0;
  std::size_t in_a_row = 0;  // of a long copy, which one instruction may make byte by byte
  while (!HasFailure()) {
    ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr);
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status)) break;
    in_a_row = picture.has_changed() ? in_a_row + 1 : 0;
    if (in_a_row == 0 || (in_a_row > kEveryInARow && in_a_row % kEveryInARow != 0)) continue;
    ++crashes;
    const std::uint64_t done = board->done;
    SCOPED_TRACE("store " + std::to_string(crashes) + " in step " + std::to_string(done));
    picture.copy_to(copy);
    Store store(open_warm(copy, kLimits), true, kNow);
    EXPECT_EQ(store.recovered().damaged, 0U);
    for (const std::string& key : kKeys) {
      const std::string found = look(store, key);
      const std::string& before = after[done][key];
      const std::string& behind = after[std::min<std::size_t>(done + 1, steps.size())][key];
      EXPECT_TRUE(found == before || found == behind)
          << key << ": " << found.substr(0, 100) << "\nbefore: " << before.substr(0, 100)
          << "\nbehind: " << behind.substr(0, 100);
    }
    EXPECT_GT(store.put(store.key("new"), "", {}, kNow).cas, board->cas);
  }
  kill(child, SIGKILL);
  EXPECT_EQ(board->done, steps.size());
  EXPECT_GT(crashes, 500U);
}

}  // namespace
}  // namespace larder::store
#endif
