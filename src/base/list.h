// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/check.h"

namespace larder::base {

// A place in an intrusive list; inherit from it once per list (Tag tells them apart).
template <class Tag>
class ListNode {
 public:
  ListNode() = default;
  ~ListNode() { LARDER_CHECK(!linked()); }
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  bool linked() const { return next_ != nullptr; }
  void unlink() {
    if (!linked()) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class, class>
  friend class List;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// Circular, doubly linked, owns nothing. Adding and unlinking are O(1) and never allocate.
template <class T, class Tag>
class List {
 public:
  List() { root_.next_ = root_.previous_ = &root_; }
  ~List() {
    LARDER_CHECK(empty());
    root_.next_ = root_.previous_ = nullptr;
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  bool empty() const { return root_.next_ == &root_; }
  T* front() const { return empty() ? nullptr : static_cast<T*>(root_.next_); }
  T* back() const { return empty() ? nullptr : static_cast<T*>(root_.previous_); }
  void push_back(T* item) { insert_before(&root_, item); }
  void push_front(T* item) { insert_before(root_.next_, item); }
  // `visit(T*)` may unlink the item that it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    for (ListNode<Tag>* node = root_.next_; node != &root_;) {
      ListNode<Tag>* next = node->next_;
      visit(static_cast<T*>(node));
      node = next;
    }
  }

 private:
  static void insert_before(ListNode<Tag>* where, ListNode<Tag>* node) {
    LARDER_CHECK(!node->linked());
    node->next_ = where;
    node->previous_ = where->previous_;
    where->previous_->next_ = node;
    where->previous_ = node;
  }
  ListNode<Tag> root_;
};

}  // namespace larder::base
