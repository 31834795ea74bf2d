// The two directions of codec.cpp: write_body is in to_wire.cpp, read_body in from_wire.cpp.
#pragma once

#include "messages/wire/codec.hpp"

namespace scaleops::wire {
class Envelope;

/// Fills in the body; false when a shared part is null.
bool write_body(const body& from, Envelope& to);

/// The body, or absent with the problem.
std::optional<body> read_body(const Envelope& from, std::string& problem);

}  // namespace scaleops::wire
