# g++ 12 takes `"literal" + std::string` for overlapping memory (https://gcc.gnu.org/PR105651); later ones do not.
set(INKSTONE_FALSE_WARNINGS
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)

add_library(inkstone_compile_options INTERFACE)
target_compile_options(inkstone_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow ${INKSTONE_FALSE_WARNINGS}
  $<$<BOOL:${INKSTONE_WERROR}>:-Werror>
  $<$<CONFIG:Release>:-fno-plt>
  -fno-omit-frame-pointer)
target_include_directories(inkstone_compile_options INTERFACE ${PROJECT_SOURCE_DIR})
if(INKSTONE_SANITIZE)
  target_compile_options(inkstone_compile_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(inkstone_compile_options INTERFACE -fsanitize=address,undefined)
endif()
if(INKSTONE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "INKSTONE_FUZZ needs clang: libFuzzer is part of it")
  endif()
  target_compile_options(inkstone_compile_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(inkstone_compile_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

include(cmake/precompiled.cmake)

# inkstone_library(<folder> SOURCES ... LINKS ...): the one static library of a folder.
function(inkstone_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(inkstone_${folder} STATIC ${ARG_SOURCES})
  target_link_libraries(inkstone_${folder} PUBLIC inkstone_compile_options ${ARG_LINKS})
  inkstone_precompile_for(${folder})
endfunction()
