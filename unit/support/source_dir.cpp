#include "unit/support/source_dir.hpp"

namespace scaleops::test {

std::string source_dir() {
  return SCALEOPS_SOURCE_DIR;
}

}  // namespace scaleops::test
