# What makes building quicker and changes nothing else; used where it is installed.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this it takes every source that reads a precompiled header for a new one.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()

# CMAKE_LINKER_TYPE needs CMake 3.29; both compilers understand -fuse-ld.
find_program(MOLD mold)
find_program(LLD ld.lld)
if(MOLD)
  add_link_options(-fuse-ld=mold)
elseif(LLD)
  add_link_options(-fuse-ld=lld)
endif()

# The standard headers most sources include, read once: a source still has to include what it uses, which the
# preset plain shows.
option(DAYBOOK_PRECOMPILE "Precompile the standard headers" ON)
set(DAYBOOK_PRECOMPILED_HEADERS
  <algorithm> <array> <atomic> <bit> <charconv> <chrono> <compare> <cstddef> <cstdint> <cstring> <deque>
  <expected> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view>
  <system_error> <thread> <unordered_map> <utility> <variant> <vector>)

# With precompiled headers and optimisation g++ 12 forgets which of these warnings are about library headers.
if(DAYBOOK_PRECOMPILE)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)
endif()

# daybook_precompile(TARGET NAME HEADERS...): TARGET reads HEADERS precompiled, once for all of NAME.
function(daybook_precompile target name)
  if(NOT DAYBOOK_PRECOMPILE)
    return()
  endif()
  set(holder daybook_precompiled_${name})
  if(NOT TARGET ${holder})
    set(empty "${PROJECT_BINARY_DIR}/${holder}.cc")
    file(CONFIGURE OUTPUT "${empty}" CONTENT "")
    add_library(${holder} OBJECT "${empty}")
    target_link_libraries(${holder} PRIVATE daybook_build_flags)
    if(name STREQUAL "tests")
      target_compile_options(${holder} PRIVATE -O0)
    endif()
    target_compile_options(${holder} PUBLIC $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    target_precompile_headers(${holder} PRIVATE ${ARGN})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${holder})
endfunction()

# Sources whose libraries are mostly templates cost what those cost each time: a few are compiled as one. What has
# internal linkage needs a name of its own in the whole folder then.
option(DAYBOOK_BATCH "Compile several sources of some folders as one" ON)
function(daybook_batch target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  # g++ takes what is in an unnamed namespace of an included source for a header's.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
