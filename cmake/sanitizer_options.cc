// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The sanitizers' options, linked into every program of a sanitizer build: a server that a test or
// a person starts by hand behaves alike. The environment (ASAN_OPTIONS ...) still overrides them.

#define LARDER_SYMBOLIZER_OPTION "external_symbolizer_path=" LARDER_SYMBOLIZER

// The names are those that the runtimes look up.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

const char* __asan_default_options();
const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order="
         "1:" LARDER_SYMBOLIZER_OPTION;
}

const char* __ubsan_default_options();
const char* __ubsan_default_options() {
  return "print_stacktrace=1:halt_on_error=1:" LARDER_SYMBOLIZER_OPTION;
}

const char* __tsan_default_options();
const char* __tsan_default_options() {
  return "halt_on_error=1:second_deadlock_stack=1:" LARDER_SYMBOLIZER_OPTION;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
