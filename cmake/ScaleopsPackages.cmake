# Debian's packages as targets.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)  # reads the API server's lists
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)  # libhowardhinnant-date-dev: time zones, until <chrono> has them (GCC 14)

# Debian's libcaf-dev 0.17.6 ships headers and shared libraries only: no CMake package, no .pc file.
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" caf_version REGEX "#define CAF_VERSION [0-9]+")
if(NOT caf_version MATCHES "CAF_VERSION 17[0-9][0-9]")
  message(FATAL_ERROR "CAF 0.17 expected, found: ${caf_version}")
endif()
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
add_library(CAF::core UNKNOWN IMPORTED)
set_target_properties(CAF::core PROPERTIES IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
                      INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
                      INTERFACE_LINK_LIBRARIES Threads::Threads)

# libisal-dev: header and library only. Inflates recorded usage.
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h REQUIRED)
find_library(ISAL_LIBRARY isal REQUIRED)
add_library(ISAL::isal UNKNOWN IMPORTED)
set_target_properties(ISAL::isal PROPERTIES IMPORTED_LOCATION "${ISAL_LIBRARY}"
                      INTERFACE_INCLUDE_DIRECTORIES "${ISAL_INCLUDE_DIR}")

if(NOT TARGET yaml-cpp)
  add_library(yaml-cpp ALIAS yaml-cpp::yaml-cpp)
endif()
