// Property tests: rapidcheck with a fixed seed, so that every run of the CI tries the same cases.
#pragma once

#include <sstream>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace scaleops::test {

/// Fails the Catch2 test with the smallest counterexample that shrinking finds. `cases` bounds the
/// time.
template <class Testable>
void holds(const std::string& what, int cases, Testable testable) {
  rc::detail::TestMetadata about{what, what};
  rc::detail::TestParams params;
  params.seed = 20260105;
  params.maxSuccess = cases;
  auto result = rc::detail::checkTestable(std::move(testable), about, params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO(what << ": " << text.str());
  CHECK(result.template is<rc::detail::SuccessResult>());
}

}  // namespace scaleops::test
