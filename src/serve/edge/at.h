// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "serve/edge/config.h"
#include "serve/edge/json_tree.h"

namespace larder::serve::edge {

// A value of a configuration, and the way that led to it: what is wrong with it is told here.
class At {
 public:
  At(const JsonNode& node, std::string path, const std::string& file, std::vector<Complaint>& all)
      : node_(&node), path_(std::move(path)), file_(&file), all_(&all) {}

  const JsonNode& node() const { return *node_; }
  const std::string& path() const { return path_; }

  void complain(std::string what) const { complain_of(node_->line, path_, std::move(what)); }
  void complain_of(const JsonMember& member, std::string what) const {
    complain_of(member.line, path_below(path_, member.name), std::move(what));
  }
  At member(const JsonMember& one) const {
    return {one.value, path_below(path_, one.name), *file_, *all_};
  }
  At item(const JsonNode::List& list, std::size_t index) const {
    return {list[index], path_ + "[" + std::to_string(index) + "]", *file_, *all_};
  }
  std::size_t complaints() const { return all_->size(); }

 private:
  void complain_of(std::size_t line, const std::string& path, std::string what) const {
    all_->push_back({*file_, line, path, std::move(what)});
  }

  const JsonNode* node_;
  std::string path_;
  const std::string* file_;
  std::vector<Complaint>* all_;
};

}  // namespace larder::serve::edge
