add_library(inkstone_compile_options INTERFACE)
target_compile_options(inkstone_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${INKSTONE_WERROR}>:-Werror>
  $<$<CONFIG:Release>:-O3 -fno-plt>
  -fno-omit-frame-pointer)
target_include_directories(inkstone_compile_options INTERFACE ${PROJECT_SOURCE_DIR})
if(INKSTONE_SANITIZE)
  target_compile_options(inkstone_compile_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(inkstone_compile_options INTERFACE -fsanitize=address,undefined)
endif()
if(INKSTONE_FUZZ)
  target_compile_options(inkstone_compile_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# inkstone_library(<folder> SOURCES ... LINKS ...): the one static library of a folder.
function(inkstone_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(inkstone_${folder} STATIC ${ARG_SOURCES})
  target_link_libraries(inkstone_${folder} PUBLIC inkstone_compile_options ${ARG_LINKS})
endfunction()
