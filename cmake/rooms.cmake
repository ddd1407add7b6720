# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# Rooms to targets. Sources are found by their names:
#
#   x.cc        larder_<room>           the room's static library
#   main.cc     <program>               only in the room given to larder_program()
#   x_test.cc   <room>_test             one GoogleTest program per room, each test in CTest (`unit`)
#   x_bench.cc  <room>_bench            one Google Benchmark program per room, run by hand
#   x_fuzz.cc   fuzz_x                  with LARDER_FUZZ a libFuzzer program; without it a replay
#                                       and some seeded mutations, in CTest (`unit`)
#
# Slashes of a room's name become underscores in targets: serve/memcache is larder_serve_memcache.
# A room, its tests and its fuzzers may be missing as long as nothing of theirs has been written.

include(GoogleTest)

function(larder_room room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ROOMS;LIBRARIES")
  string(REPLACE / _ name ${room})
  set(target larder_${name})
  larder_glob(${room} sources tests benches fuzzers)

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope}
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
  list(TRANSFORM arg_ROOMS REPLACE / _ OUTPUT_VARIABLE rooms)
  list(TRANSFORM rooms PREPEND larder_)
  target_link_libraries(${target} ${scope} ${rooms} ${arg_LIBRARIES})

  if(LARDER_TESTS AND tests)
    larder_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} GTest::gmock GTest::gtest_main)
    set_target_properties(${name}_test PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
  if(LARDER_BENCHMARKS AND benches)
    larder_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${target} benchmark::benchmark_main)
    set_target_properties(${name}_bench PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  endif()
  if(LARDER_TESTS OR LARDER_FUZZ)
    foreach(fuzzer ${fuzzers})
      larder_fuzzer(${target} ${fuzzer})
    endforeach()
  endif()
endfunction()

# Sorts a room's sources by their names into the four lists that the caller names.
function(larder_glob room sources tests benches fuzzers)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room}/*.cc)
  set(rest ${all})
  list(FILTER rest EXCLUDE REGEX "(_test|_bench|_fuzz|/main)\\.cc$")
  set(${sources} ${rest} PARENT_SCOPE)
  foreach(kind test bench fuzz)
    set(of_${kind} ${all})
    list(FILTER of_${kind} INCLUDE REGEX "_${kind}\\.cc$")
  endforeach()
  set(${tests} ${of_test} PARENT_SCOPE)
  set(${benches} ${of_bench} PARENT_SCOPE)
  set(${fuzzers} ${of_fuzz} PARENT_SCOPE)
endfunction()

function(larder_fuzzer room_target source)
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name ${name})
  larder_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ${room_target})
  set_target_properties(fuzz_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  if(LARDER_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    if(NOT TARGET larder_fuzz_driver)
      add_library(larder_fuzz_driver OBJECT ${PROJECT_SOURCE_DIR}/tests/fuzz_driver.cc)
    endif()
    target_link_libraries(fuzz_${name} PRIVATE larder_fuzz_driver)
  endif()
  set_property(GLOBAL APPEND PROPERTY LARDER_FUZZERS ${name})
endfunction()

# The one binary: main.cc of `room`, put at the top of the binary directory as `larder`.
function(larder_program room)
  set(main ${PROJECT_SOURCE_DIR}/src/${room}/main.cc)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room})
  if(EXISTS ${main})
    larder_executable(larder ${main})
    target_link_libraries(larder PRIVATE larder_${room})
  endif()
endfunction()
