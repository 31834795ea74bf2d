# How everything is compiled: strict warnings, ccache where there is one, lld where there is one, sanitizers by option.
option(SCALEOPS_ASAN "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(SCALEOPS_TSAN "ThreadSanitizer" OFF)
option(SCALEOPS_FUZZ "Build the libFuzzer targets (clang only)" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths and no directory in the hash: work trees share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

add_compile_options(-Wall -Wextra -Werror -fno-omit-frame-pointer)
if(SCALEOPS_ASAN)
  # null is off: CAF 0.17's init_fun_factory.hpp binds a null reference for actors without arguments.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SCALEOPS_TSAN)
  add_compile_options(-fsanitize=thread)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio's fences are not modelled; its queues' locks are
  endif()
  add_link_options(-fsanitize=thread)
endif()
if(SCALEOPS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
# Several files as one translation unit: they share what their headers cost, and a build from nothing takes a third of the
# time. The price: what is in anonymous namespaces needs names that are unique within a library.
if(CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-subobject-linkage)  # GCC takes the parts for headers
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (SCALEOPS_ASAN OR SCALEOPS_TSAN))
  add_compile_options(-Wno-maybe-uninitialized)  # GCC's false positives under sanitizers (GCC PR 105562)
endif()
