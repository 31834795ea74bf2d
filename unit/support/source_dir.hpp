// Where the sources are: for tests that read a document or a fixture.
#pragma once

#include <string>

namespace scaleops::test {

/// The project's root, no slash at its end.
std::string source_dir();

}  // namespace scaleops::test
