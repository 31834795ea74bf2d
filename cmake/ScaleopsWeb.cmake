# The web UI inside the binary: whatever stands in web/dist when building (npm ci && npm run build) is linked in by
# the assembler's .incbin. Without web/dist the binary serves a page that says how to build it.

# scaleops_web(TARGET): adds the table behind web_assets() to a target.
function(scaleops_web target)
  set(dist ${PROJECT_SOURCE_DIR}/web/dist)
  set(out ${CMAKE_BINARY_DIR}/generated/web_assets.cpp)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dist}/*)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DDIST=${dist} -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedWeb.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedWeb.cmake VERBATIM COMMENT "Embedding the web UI")
  target_sources(${target} PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()

# `cmake --build … --target web` builds the UI; the next build embeds it.
find_program(NPM_PROGRAM npm)
if(NPM_PROGRAM)
  add_custom_target(web COMMAND ${NPM_PROGRAM} ci COMMAND ${NPM_PROGRAM} run build
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/web VERBATIM COMMENT "Building the web UI")
endif()
