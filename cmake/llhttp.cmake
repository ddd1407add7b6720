# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# llhttp, the second opinion of the tests of wire/http: Debian ships its C in node-llhttp.

enable_language(C)
find_path(LARDER_LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp REQUIRED NO_DEFAULT_PATH)
find_path(LARDER_LLHTTP_SOURCES llhttp.c PATHS /usr/share/llhttp REQUIRED NO_DEFAULT_PATH)
mark_as_advanced(LARDER_LLHTTP_INCLUDE LARDER_LLHTTP_SOURCES)

add_library(larder_llhttp STATIC EXCLUDE_FROM_ALL
  ${LARDER_LLHTTP_SOURCES}/llhttp.c
  ${LARDER_LLHTTP_SOURCES}/http.c
  ${LARDER_LLHTTP_SOURCES}/api.c)
target_include_directories(larder_llhttp SYSTEM PUBLIC ${LARDER_LLHTTP_INCLUDE})
target_compile_definitions(larder_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
# Not our code: none of our warnings, no sanitizer, nothing that C does not know.
set_target_properties(larder_llhttp PROPERTIES COMPILE_OPTIONS -w)
