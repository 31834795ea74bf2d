// What CAF must know of our values, in one place: the error category, and messages that stay in the
// process. All that differs between CAF 0.17 and 1.x for messages stands here
// (docs/architecture.md).
#pragma once

#include <string>
#include <utility>

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/message.hpp>

#include "messages/errors.hpp"

/// Declares a struct (fully qualified, outside of any namespace) as a message that never leaves the
/// process by CAF's own serialization: between pods the wire codec carries it (messages/wire).
#define SCALEOPS_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)

CAF_ERROR_CODE_ENUM(scaleops::ec, "scaleops")

namespace scaleops {

/// An expected failure with a sentence for people.
inline caf::error fail(ec code, std::string context) {
  return caf::make_error(code, std::move(context));
}

/// Our code of an error; CAF's own failures are mapped (a dead receiver is `unavailable`, a timeout
/// `timeout`).
ec code_of(const caf::error& error);

/// The sentence given to `fail`, or CAF's own words.
std::string text_of(const caf::error& error);

}  // namespace scaleops
