#include "messages/caf_support.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/sec.hpp>

namespace scaleops {

ec code_of(const caf::error& error) {
  if (!error)
    return ec::none;
  if (error.category() == caf::detail::error_factory<ec>::category)
    return static_cast<ec>(error.code());
  if (error.category() == caf::atom("system")) {
    switch (static_cast<caf::sec>(error.code())) {
      case caf::sec::request_timeout:
        return ec::timeout;
      case caf::sec::request_receiver_down:
        return ec::unavailable;
      default:
        break;
    }
  }
  return ec::server_error;
}

std::string text_of(const caf::error& error) {
  if (error.context().match_elements<std::string>())
    return error.context().get_as<std::string>(0);
  return std::string(to_string(code_of(error))) +
         (error.context().empty() ? "" : " " + caf::to_string(error.context()));
}

}  // namespace scaleops
