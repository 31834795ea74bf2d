// The kinds of values that only a component's process takes.
#pragma once

#include "runtime/config/option.hpp"
#include "runtime/config/options.hpp"

namespace scaleops::config {

/// "NAME=URL[+URL]": a component, where it serves /status and where it takes messages.
kind<peer_address> peer_addresses();

/// "ROLE[/NAMESPACE]=user:NAME" or "…=group:NAME".
kind<access_grant> access();

/// An https address.
kind<std::string> https_url();

}  // namespace scaleops::config
