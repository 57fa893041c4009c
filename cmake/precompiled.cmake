# The headers of Asio, fmt, spdlog and Catch2, and what includes them, take longer to compile than most of our files;
# they are compiled once.
# With INKSTONE_PCH=OFF a file that forgot an include of its own no longer compiles.
option(INKSTONE_PCH "Precompile large headers" ON)

# ccache can only recognise a precompiled header that carries no time stamp and shows up in the preprocessed text.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(INKSTONE_PCH_FLAGS "SHELL:-Xclang -fno-pch-timestamp")
else()
  set(INKSTONE_PCH_FLAGS -fpch-preprocess)
endif()

# inkstone_precompile(<target> <header>...): a precompiled header for this target alone.
function(inkstone_precompile target)
  if(INKSTONE_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE ${INKSTONE_PCH_FLAGS})
  endif()
endfunction()

# inkstone_shared_header(<name> HEADERS ... LINKS ...): a target that only carries a precompiled header for several others.
function(inkstone_shared_header name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LINKS" ${ARGN})
  if(INKSTONE_PCH)
    file(CONFIGURE OUTPUT ${name}.cpp CONTENT "// Only carries the precompiled header.\n")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE inkstone_compile_options ${ARG_LINKS})
    inkstone_precompile(${name} ${ARG_HEADERS})
  endif()
endfunction()

# inkstone_reuse_header(<target> <name>): compiles with the header that inkstone_shared_header() made. The options of both
# must be the same.
function(inkstone_reuse_header target name)
  if(INKSTONE_PCH)
    target_precompile_headers(${target} REUSE_FROM ${name})
    target_compile_options(${target} PRIVATE ${INKSTONE_PCH_FLAGS})
  endif()
endfunction()

# What the rooms of server/ include most, by measurement, and nothing that stands in a room itself: all rooms share it.
# CMake makes these system headers, without warnings; our own are compiled with warnings where they are at home.
function(inkstone_precompile_for folder)
  if(INKSTONE_UNITY OR NOT folder MATCHES "^server(_|$)")
    return()
  endif()
  if(NOT TARGET inkstone_server_header)
    inkstone_shared_header(inkstone_server_header
      HEADERS <asio.hpp> <fmt/format.h> <spdlog/spdlog.h> <algorithm> <functional> <map> <memory> <optional> <random>
        <string> <string_view> <system_error> <unordered_map> <vector>
        ${PROJECT_SOURCE_DIR}/config/config_values.h ${PROJECT_SOURCE_DIR}/protocol/reply_builder.h
        ${PROJECT_SOURCE_DIR}/storage/keyspace.h
      LINKS inkstone_asio inkstone_jemalloc inkstone_xxhash fmt::fmt spdlog::spdlog)
  endif()
  inkstone_reuse_header(inkstone_${folder} inkstone_server_header)
endfunction()
