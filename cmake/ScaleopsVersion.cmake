# build/PRESET/generated/version.hpp: version and commit, looked up at every build, rewritten only when they change.
# Also run as a script: cmake -DSOURCE=... -DOUTPUT=... -DVERSION=... -P ScaleopsVersion.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=* WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT commit)
    set(commit "unknown")
  endif()
  set(text "#pragma once\n#define SCALEOPS_VERSION \"${VERSION}\"\n#define SCALEOPS_COMMIT \"${commit}\"\n")
  file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "${text}" @ONLY)
  return()
endif()

# scaleops_version(TARGET): lets the target include version.hpp.
function(scaleops_version target)
  set(output ${CMAKE_BINARY_DIR}/generated/version.hpp)
  add_custom_target(${target}_version BYPRODUCTS ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${output} -DVERSION=${PROJECT_VERSION}
            -P ${PROJECT_SOURCE_DIR}/cmake/ScaleopsVersion.cmake)
  add_dependencies(${target} ${target}_version)
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
