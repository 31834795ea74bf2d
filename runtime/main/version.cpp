#include <cstdio>

#include <caf/config.hpp>

#include "runtime/main/commands.hpp"
#include "version.hpp"

namespace scaleops {

int run_version() {
  std::printf("scaleops %s\ncommit   %s\ncompiler %s\nCAF      %d.%d.%d\n", SCALEOPS_VERSION,
              SCALEOPS_COMMIT,
#ifdef __clang__
              "clang " __clang_version__,
#else
              "g++ " __VERSION__,
#endif
              CAF_VERSION / 10000, CAF_VERSION / 100 % 100, CAF_VERSION % 100);
  return 0;
}

}  // namespace scaleops
