option(DAYBOOK_WERROR "Treat warnings as errors" ON)
set(DAYBOOK_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
option(DAYBOOK_FUZZ "Tell libFuzzer what ran, and build tests/fuzz; needs clang" OFF)

# Line tables are enough for profiles and stack traces, and halve what the assembler writes.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

# Not -Wnull-dereference: g++ 12 reports it inside library headers as soon as it inlines them; -Wrestrict
# has the same fault in std::string.
add_library(daybook_build_flags INTERFACE)
target_compile_features(daybook_build_flags INTERFACE cxx_std_23)
target_compile_options(daybook_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wsuggest-override -Wno-restrict>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<BOOL:${DAYBOOK_WERROR}>:-Werror>)
# The library's own checks, wherever nobody measures.
target_compile_definitions(daybook_build_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(DAYBOOK_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-g1")
  # Instrumented code takes a third longer to compile at -O1, which the tests do not win back.
  target_compile_options(daybook_build_flags INTERFACE
    -fsanitize=${DAYBOOK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<CONFIG:Debug>:-O0>)
  target_link_options(daybook_build_flags INTERFACE -fsanitize=${DAYBOOK_SANITIZE})
endif()

# What -fsanitize=fuzzer-no-link stands for, without being of another kind than precompiled headers. Comparisons of
# memory stay calls, so that the fuzzer sees what was compared.
set(DAYBOOK_FUZZ_OPTIONS "")
if(DAYBOOK_FUZZ)
  set(DAYBOOK_FUZZ_OPTIONS -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp,indirect-calls,stack-depth
    -fno-builtin-memcmp -fno-builtin-bcmp)
endif()

function(daybook_component name)
  cmake_parse_arguments(ARG "BATCHED" "" "HEADERS;SOURCES;USES;PRIVATE_USES" ${ARGN})
  if(ARG_SOURCES)
    add_library(daybook_${name} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(daybook_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(daybook::${name} ALIAS daybook_${name})
  target_sources(daybook_${name} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  target_compile_features(daybook_${name} ${scope} cxx_std_23)
  target_link_libraries(daybook_${name} ${scope} ${ARG_USES})
  if(ARG_SOURCES)
    target_link_libraries(daybook_${name} PRIVATE daybook_build_flags ${ARG_PRIVATE_USES})
    daybook_precompile(daybook_${name} sources ${DAYBOOK_PRECOMPILED_HEADERS})
    target_compile_options(daybook_${name} PRIVATE ${DAYBOOK_FUZZ_OPTIONS})
    if(ARG_BATCHED AND DAYBOOK_BATCH)
      daybook_batch(daybook_${name})
    endif()
  else()
    target_link_libraries(daybook_${name} INTERFACE daybook_build_flags)
  endif()
  set_target_properties(daybook_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
