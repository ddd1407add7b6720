# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# Language, warnings, code generation, sanitizers and ccache, the same for every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release (-O2 -g) or Debug" FORCE)
endif()

# Release keeps symbols and frame pointers: a profile of the running server must be readable.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g -D_GLIBCXX_ASSERTIONS")
if(LARDER_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g -D_GLIBCXX_ASSERTIONS")
endif()
add_compile_options(-fno-omit-frame-pointer -mno-omit-leaf-frame-pointer -fno-plt)

# A moved clone must give the same bytes, so no path of this one may enter the objects. A debugger
# finds the sources after `set substitute-path /larder <clone>`.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=/larder)

if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()
add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wcast-qual -Wformat=2
  -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wundef -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(
    -Wduplicated-cond -Wlogical-op
    # g++ 12 sees overlaps in std::string's operator+ that are not there (GCC bug 105651).
    -Wno-restrict)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(
    -Wthread-safety -Wrange-loop-analysis
    # Clang counts signedness into -Wconversion, g++ does not: both compilers ask for the same.
    -Wno-sign-conversion
    # LARDER_CHECK(!"why") is how a place that cannot be reached says so.
    -Wno-string-conversion)
  add_link_options(-fuse-ld=lld)
endif()

if(LARDER_SANITIZE)
  add_compile_options(-fsanitize=${LARDER_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LARDER_SANITIZE})
endif()
if(LARDER_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "LARDER_FUZZ needs clang: use the preset `fuzz`")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

# Debian's runtimes look for llvm-symbolizer-19 and give bare addresses without it; others will do.
find_program(LARDER_SYMBOLIZER NAMES llvm-symbolizer-19 llvm-symbolizer addr2line)

# Every program of the project is made here, so that the sanitizers' options reach all of them.
function(larder_executable target)
  add_executable(${target} ${ARGN})
  if(LARDER_SANITIZE)
    if(NOT TARGET larder_sanitizer_options)
      add_library(larder_sanitizer_options OBJECT ${PROJECT_SOURCE_DIR}/cmake/sanitizer_options.cc)
      target_compile_definitions(larder_sanitizer_options PRIVATE
        LARDER_SYMBOLIZER="${LARDER_SYMBOLIZER}")
    endif()
    target_link_libraries(${target} PRIVATE larder_sanitizer_options)
  endif()
endfunction()

find_program(LARDER_CCACHE ccache)
if(LARDER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The base directory makes paths relative before they are hashed, so that a clone elsewhere hits.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      ${LARDER_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
