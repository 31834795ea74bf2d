// Who may say what to whom between pods. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/wire/codec.hpp"

namespace scaleops::peer {

/// The component whose service account this user name is, in the platform's namespace; absent: none
/// of ours.
std::optional<component> component_of(std::string_view user, std::string_view ns);

/// Whether `receiver` listens to such a message of `sender`. Usage decides what workloads get:
/// nobody but the agent may tell it.
bool may_say(component sender, component receiver, const wire::body& what);

}  // namespace scaleops::peer
