# Everything we link comes from Debian 12 packages; `make deps` installs them. Nothing is downloaded here.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
find_path(ISAL_INCLUDE_DIR isa-l/crc64.h REQUIRED)
find_library(ISAL_LIBRARY isal REQUIRED)
find_path(LZF_INCLUDE_DIR lzf.h PATH_SUFFIXES liblzf REQUIRED)
find_library(LZF_LIBRARY lzf REQUIRED)
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
find_path(JEMALLOC_INCLUDE_DIR jemalloc/jemalloc.h REQUIRED)

add_library(inkstone_asio INTERFACE)
target_include_directories(inkstone_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(inkstone_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED
                           ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(inkstone_asio INTERFACE Threads::Threads)

add_library(inkstone_xxhash INTERFACE)
target_include_directories(inkstone_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIR})

add_library(inkstone_isal INTERFACE)
target_include_directories(inkstone_isal SYSTEM INTERFACE ${ISAL_INCLUDE_DIR})
target_link_libraries(inkstone_isal INTERFACE ${ISAL_LIBRARY})

add_library(inkstone_lzf INTERFACE)
target_include_directories(inkstone_lzf SYSTEM INTERFACE ${LZF_INCLUDE_DIR})
target_link_libraries(inkstone_lzf INTERFACE ${LZF_LIBRARY})

# AddressSanitizer brings its own allocator; jemalloc would hide the errors it looks for.
add_library(inkstone_jemalloc INTERFACE)
if(NOT INKSTONE_SANITIZE)
  target_include_directories(inkstone_jemalloc SYSTEM INTERFACE ${JEMALLOC_INCLUDE_DIR})
  target_link_libraries(inkstone_jemalloc INTERFACE ${JEMALLOC_LIBRARY})
  target_compile_definitions(inkstone_jemalloc INTERFACE INKSTONE_JEMALLOC)
endif()
