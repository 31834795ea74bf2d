# One library per layer and component, made of whatever sources its folder holds.

# scaleops_layer(NAME DIRS dir... [NOT_BELOW sub...] LINK target...)
function(scaleops_layer name)
  cmake_parse_arguments(arg "" "" "DIRS;NOT_BELOW;LINK" ${ARGN})
  set(sources)
  foreach(dir ${arg_DIRS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${dir}/*.cpp)
    list(APPEND sources ${found})
    file(GLOB_RECURSE protos CONFIGURE_DEPENDS ${dir}/*.proto)
    foreach(sub ${arg_NOT_BELOW})
      list(FILTER sources EXCLUDE REGEX "/${dir}/${sub}/")
    endforeach()
  endforeach()
  if(sources OR protos)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${arg_LINK})
    foreach(proto ${protos})
      scaleops_proto(${name} ${proto})
    endforeach()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${arg_LINK})
  endif()
endfunction()

# Generated classes land in the build tree under the proto's own path: #include "messages/wire/x.pb.h".
function(scaleops_proto target proto)
  file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${proto})
  string(REGEX REPLACE "\\.proto$" "" stem ${relative})
  set(out ${CMAKE_BINARY_DIR}/generated/${stem})
  add_custom_command(OUTPUT ${out}.pb.cc ${out}.pb.h
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
    COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR} --cpp_out=${CMAKE_BINARY_DIR}/generated ${relative}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DEPENDS ${proto} VERBATIM)
  target_sources(${target} PRIVATE ${out}.pb.cc ${out}.pb.h)
  target_include_directories(${target} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated)
  set_source_files_properties(${out}.pb.cc PROPERTIES COMPILE_OPTIONS "-Wno-error;-w")
endfunction()

# scaleops_tests(NAME DIR dir LINK target... [LABELS label...]): one Catch2 runner of all *_test.cpp below dir,
# each case a test of its own for ctest.
function(scaleops_tests name)
  cmake_parse_arguments(arg "" "DIR" "LINK;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${arg_DIR}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  if(CMAKE_UNITY_BUILD)
    scaleops_joined_tests(sources ${name} ${sources})
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${arg_LINK} test_main)
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)  # the sources are joined already
  # What is tested is compiled as the preset says. The tests themselves run for seconds and would take minutes to optimise.
  target_compile_options(${name} PRIVATE -O0)
  if(NOT CMAKE_UNITY_BUILD)
    target_precompile_headers(${name} PRIVATE <catch2/catch.hpp>)
  endif()
  catch_discover_tests(${name} TEST_PREFIX "${name}: " PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 600)
endfunction()
