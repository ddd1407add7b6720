# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# Registers everything in CTest. Labels: `unit` (one process, no server), `protocol` (one server and
# raw bytes), `scenario` (servers and real clients). Every test runs in the source directory.

set(larder_test_timeout_s 120)
if(LARDER_SANITIZE)
  set(larder_test_timeout_s 600)
endif()

# Every test of every <room>_test program. They are listed when ctest starts, not when the program
# is linked, so that one that cannot start is a failure of the tests and not of the build.
get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
foreach(target ${targets})
  if(target MATCHES "_test$")
    string(REGEX REPLACE "_test$" "" room ${target})
    gtest_discover_tests(${target}
      TEST_PREFIX ${room}. NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      PROPERTIES LABELS unit TIMEOUT ${larder_test_timeout_s})
  endif()
endforeach()

# Each fuzzer's corpus and a bounded number of mutations of it; long runs are the preset `fuzz`'s.
get_property(fuzzers GLOBAL PROPERTY LARDER_FUZZERS)
foreach(name ${fuzzers})
  if(LARDER_FUZZ)
    # libFuzzer writes what it finds into the first folder, and that must not be the source's.
    set(found ${PROJECT_BINARY_DIR}/corpus/${name})
    file(MAKE_DIRECTORY ${found})
    set(arguments -runs=20000 -seed=1 ${found})
  else()
    set(arguments --runs=20000 --seed=1)
  endif()
  set(corpus ${PROJECT_SOURCE_DIR}/tests/corpus/${name})
  if(EXISTS ${corpus})
    list(APPEND arguments ${corpus})
  endif()
  add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${arguments}
           WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  set_tests_properties(fuzz.${name} PROPERTIES
    LABELS unit TIMEOUT ${larder_test_timeout_s})
endforeach()

# Debian's own python3 and nothing found earlier on PATH: that is where apt puts pytest and clients.
set(larder_python /usr/bin/python3)

# One CTest test per tests/<folder>/test_*.py. A file that must not share the machine, or that takes
# long, says so in one of its first lines: `# ctest: serial` or `# ctest: serial timeout_s=600`.
function(larder_python_tests folder label)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/test_*.py)
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    string(REGEX REPLACE "^test_" "" name ${name})
    set(test ${folder}.${name})
    add_test(NAME ${test}
      COMMAND ${larder_python} -m pytest -q -p no:cacheprovider --color=no ${file}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set(environment LARDER_BUILD_DIR=${PROJECT_BINARY_DIR} PYTHONDONTWRITEBYTECODE=1)
    if(TARGET larder)
      list(APPEND environment "LARDER_BINARY=$<TARGET_FILE:larder>")
    endif()
    if(LARDER_SANITIZE)
      list(APPEND environment LARDER_SLOW=1)  # tests/README.md
    endif()
    set_tests_properties(${test} PROPERTIES
      LABELS ${label} TIMEOUT ${larder_test_timeout_s} ENVIRONMENT "${environment}")
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} wish LIMIT_COUNT 1 REGEX "^# ctest: ")
    if(wish MATCHES " serial")
      set_tests_properties(${test} PROPERTIES RUN_SERIAL ON)
    endif()
    if(wish MATCHES " timeout_s=([0-9]+)")
      set_tests_properties(${test} PROPERTIES TIMEOUT ${CMAKE_MATCH_1})
    endif()
  endforeach()
endfunction()
larder_python_tests(tools unit)
larder_python_tests(protocol protocol)
larder_python_tests(scenarios scenario)

foreach(check layers tidy)
  add_test(NAME house.${check}
    COMMAND ${larder_python} ${PROJECT_SOURCE_DIR}/tools/${check}.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(house.${check} PROPERTIES LABELS unit TIMEOUT 60)
endforeach()
