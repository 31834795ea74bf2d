# Writes the C++ table of all files below DIST to OUT. A file's compressed twin is FILE.gz beside it.
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE files RELATIVE ${DIST} ${DIST}/*)
list(FILTER files EXCLUDE REGEX "\\.gz$")
list(SORT files COMPARE STRING)

set(blobs "")
set(declarations "")
set(table "")
set(n 0)
function(embed name path)
  set(blobs "${blobs}asm(\".section .rodata\\n.balign 16\\n${name}:\\n.incbin \\\"${path}\\\"\\n${name}_end:\\n.byte 0\\n\"
    \".globl ${name}\\n.globl ${name}_end\\n.previous\\n\");\n" PARENT_SCOPE)
  set(declarations "${declarations}extern const char ${name}[], ${name}_end[];\n" PARENT_SCOPE)
endfunction()
foreach(file ${files})
  math(EXPR n "${n} + 1")
  embed(scaleops_web_${n} ${DIST}/${file})
  set(gzip "{}")
  if(EXISTS ${DIST}/${file}.gz)
    embed(scaleops_web_${n}_gz ${DIST}/${file}.gz)
    set(gzip "view(scaleops_web_${n}_gz, scaleops_web_${n}_gz_end)")
  endif()
  file(SHA256 ${DIST}/${file} digest)
  string(SUBSTRING ${digest} 0 16 digest)
  string(APPEND table "    {\"/${file}\", \"\\\"${digest}\\\"\", view(scaleops_web_${n}, scaleops_web_${n}_end), ${gzip}},\n")
endforeach()

set(text "// Generated from web/dist by cmake/EmbedWeb.cmake.\n#include <vector>\n\n#include \"runtime/http/assets.hpp\"\n\n")
if(files)
  string(APPEND text "${blobs}\nextern \"C\" {\n${declarations}}\n\nnamespace scaleops {\n\n"
    "std::span<const web_asset> web_assets() {\n"
    "  auto view = [](const char* from, const char* to) { return std::string_view{from, size_t(to - from)}; };\n"
    "  static const std::vector<web_asset> files = {\n${table}  };\n  return files;\n}\n\n}  // namespace scaleops\n")
else()
  string(APPEND text "namespace scaleops {\n\nstd::span<const web_asset> web_assets() {\n  return {};\n}\n\n}  // namespace scaleops\n")
endif()
file(WRITE ${OUT} "${text}")
