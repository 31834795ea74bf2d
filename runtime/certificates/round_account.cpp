#include "runtime/certificates/round_account.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace scaleops::certificates {

namespace {

constexpr milliseconds longest_retry = std::chrono::minutes{1};

}  // namespace

milliseconds round_account::ended(std::string problem) {
  if (!problem.empty() && problem != trouble_)
    spdlog::warn("{} cannot {}", who_, problem);
  else if (problem.empty() && !trouble_.empty())
    spdlog::info("{}: {} are right again", who_, what_);
  trouble_ = std::move(problem);
  failures_ = trouble_.empty() ? 0 : failures_ + 1;
  if (failures_ == 0)
    return every_;
  return std::min(first_retry_ * (1 << std::min(failures_ - 1, 10)), longest_retry);
}

}  // namespace scaleops::certificates
