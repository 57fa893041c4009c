# g++ 12 takes `"literal" + std::string` for overlapping memory (https://gcc.gnu.org/PR105651); later ones do not.
set(INKSTONE_FALSE_WARNINGS
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)

set(INKSTONE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wextra-semi -Wimplicit-fallthrough
  -Wnon-virtual-dtor -Woverloaded-virtual -Wdouble-promotion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND INKSTONE_WARNINGS -Wunreachable-code-aggressive)
else()
  list(APPEND INKSTONE_WARNINGS -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()

add_library(inkstone_compile_options INTERFACE)
target_compile_options(inkstone_compile_options INTERFACE
  ${INKSTONE_WARNINGS} ${INKSTONE_FALSE_WARNINGS}
  $<$<BOOL:${INKSTONE_WERROR}>:-Werror>
  $<$<CONFIG:Release>:-fno-plt>
  -fno-omit-frame-pointer)
target_include_directories(inkstone_compile_options INTERFACE ${PROJECT_SOURCE_DIR})

set(INKSTONE_INSTRUMENTS)
if(INKSTONE_SANITIZE STREQUAL "address")
  list(APPEND INKSTONE_INSTRUMENTS -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(INKSTONE_SANITIZE STREQUAL "thread")
  list(APPEND INKSTONE_INSTRUMENTS -fsanitize=thread)
elseif(INKSTONE_SANITIZE)
  message(FATAL_ERROR "INKSTONE_SANITIZE is address or thread, not ${INKSTONE_SANITIZE}")
endif()
if(INKSTONE_COVERAGE)
  # Counters in a mapped file outlive a process that is killed, as tests kill servers.
  list(APPEND INKSTONE_INSTRUMENTS -fprofile-instr-generate -fcoverage-mapping -mllvm -runtime-counter-relocation)
endif()
target_compile_options(inkstone_compile_options INTERFACE ${INKSTONE_INSTRUMENTS})
target_link_options(inkstone_compile_options INTERFACE ${INKSTONE_INSTRUMENTS})
if(INKSTONE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "INKSTONE_FUZZ needs clang: libFuzzer is part of it")
  endif()
  target_compile_options(inkstone_compile_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(inkstone_compile_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Reading the headers of a small source takes longer than translating it. Where nobody waits for one source alone, a dozen
# of a folder are read as one, without precompiled headers; those that have a name in common in different dozens.
option(INKSTONE_UNITY "Compile a dozen sources of a folder as one" OFF)
if(INKSTONE_UNITY)
  # A name of one source may shadow one of another; builds source by source warn of real shadows.
  target_compile_options(inkstone_compile_options INTERFACE -Wno-shadow)
endif()

include(cmake/precompiled.cmake)

# inkstone_library(<folder> SOURCES ... LINKS ...): the one static library of a folder.
function(inkstone_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(inkstone_${folder} STATIC ${ARG_SOURCES})
  target_link_libraries(inkstone_${folder} PUBLIC inkstone_compile_options ${ARG_LINKS})
  inkstone_precompile_for(${folder})
  if(INKSTONE_UNITY)
    list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/unity_groups.py ${ARG_SOURCES}
      OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
    while(groups)
      list(POP_FRONT groups source group)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${group})
    endwhile()
    set_target_properties(inkstone_${folder} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  endif()
endfunction()
