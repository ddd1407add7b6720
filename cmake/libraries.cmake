# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# The libraries that the rooms stand on, all from Debian 12 (tools/install puts them there).

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)

# Debian ships these without a CMake file of their own.
function(larder_find_library name header library)
  find_path(LARDER_${name}_INCLUDE ${header} REQUIRED)
  find_library(LARDER_${name}_LIBRARY ${library} REQUIRED)
  mark_as_advanced(LARDER_${name}_INCLUDE LARDER_${name}_LIBRARY)
  add_library(larder::${name} UNKNOWN IMPORTED)
  set_target_properties(larder::${name} PROPERTIES
    IMPORTED_LOCATION ${LARDER_${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LARDER_${name}_INCLUDE})
endfunction()
larder_find_library(uring liburing.h uring)
larder_find_library(xxhash xxhash.h xxhash)
larder_find_library(sasl sasl/sasl.h sasl2)
larder_find_library(cares ares.h cares)
larder_find_library(nghttp2 nghttp2/nghttp2.h nghttp2)
larder_find_library(re2 re2/re2.h re2)
larder_find_library(brotli brotli/encode.h brotlienc)
larder_find_library(zstd zstd.h zstd)

if(LARDER_TESTS)
  find_package(GTest REQUIRED)
  larder_find_library(brotli_decoder brotli/decode.h brotlidec)
endif()
if(LARDER_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
