# Tests in unity builds: each keeps names of its own. All that the files of a part include stands before the first of them,
# so that the files themselves, whose own includes are then empty, can be taken in within a namespace each.

# scaleops_joined_tests(OUT NAME source...): OUT becomes the parts to compile instead of the sources.
function(scaleops_joined_tests out name)
  set(parts)
  set(sources ${ARGN})
  list(SORT sources)
  while(sources)
    list(SUBLIST sources 0 ${CMAKE_UNITY_BUILD_BATCH_SIZE} batch)
    list(REMOVE_ITEM sources ${batch})

    set(includes)
    set(bodies)
    foreach(source ${batch})
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})  # its includes may change
      file(STRINGS ${source} found REGEX "^#include ")
      list(APPEND includes ${found})
      file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
      string(MAKE_C_IDENTIFIER ${path} id)
      string(APPEND bodies "namespace joined_${id} {\n#include \"${path}\"\n}\n")
    endforeach()
    list(REMOVE_DUPLICATES includes)
    list(JOIN includes "\n" includes)
    list(LENGTH parts number)
    set(part ${CMAKE_CURRENT_BINARY_DIR}/joined/${name}_${number}.cpp)
    file(CONFIGURE OUTPUT ${part} CONTENT "${includes}\n\n${bodies}" @ONLY)
    list(APPEND parts ${part})
  endwhile()
  set(${out} ${parts} PARENT_SCOPE)
endfunction()
