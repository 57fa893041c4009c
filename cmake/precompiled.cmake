# The headers of Asio, fmt, spdlog and Catch2, and what includes them, take longer to compile than most of our files; they
# are compiled once.
# With INKSTONE_PCH=OFF a file that forgot an include of its own no longer compiles.
option(INKSTONE_PCH "Precompile large headers" ON)

# ccache can only recognise a precompiled header that carries no time stamp and shows up in the preprocessed text.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(INKSTONE_PCH_FLAGS "SHELL:-Xclang -fno-pch-timestamp")
else()
  set(INKSTONE_PCH_FLAGS -fpch-preprocess)
endif()

# inkstone_precompile(<target> <header>...)
function(inkstone_precompile target)
  if(INKSTONE_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE ${INKSTONE_PCH_FLAGS})
  endif()
endfunction()

# What a folder's sources include most, by measurement. CMake makes these system headers, without warnings: those of server.h
# come from main.cpp, which is compiled without.
function(inkstone_precompile_for folder)
  if(folder STREQUAL "server")
    inkstone_precompile(inkstone_server <asio.hpp> <fmt/format.h> <spdlog/spdlog.h>
      <asio/steady_timer.hpp>)
  endif()
endfunction()
