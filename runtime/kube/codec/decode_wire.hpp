// The Protobuf half of the decoder. For decode.cpp and status.cpp only.
#pragma once

#include <string_view>

#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/codec/wire_view.hpp"

namespace scaleops::kube::wire {

/// The first byte of each meta.v1 WatchEvent, its type's key: no JSON begins so once it is cut into
/// lines.
inline constexpr char event_begin = 0x0a;

decoded_list read_list(object_kind kind, const resource_type& type, std::string_view text,
                       common_blocks& blocks);
decoded_event read_event(object_kind kind, const resource_type& type, std::string_view text,
                         common_blocks& blocks);
decoded_object read_object(object_kind kind, const resource_type& type, std::string_view text,
                           common_blocks& blocks);

/// A framed object of this kind ("Status"): a view of its fields. Not there where the text is
/// something else.
wire_view framed(std::string_view text, std::string_view kind, const message& of);

}  // namespace scaleops::kube::wire
