#include "runtime/kube/codec/decode_wire.hpp"

#include <fmt/format.h>

#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::kube::wire {

namespace {

decoded_object read_one(object_kind kind, const resource_type& type, std::string_view bytes,
                        common_blocks& blocks) {
  auto* of = message_of(type.kind);
  if (!of)
    return {nullptr, fmt::format("a {} in Protobuf was not asked for", type.kind)};
  if (!well_formed(bytes, *of))
    return {nullptr, fmt::format("a {} is no Protobuf of its kind", type.kind)};
  auto value = read_built_in(kind, type.kind, wire_view{bytes, *of});
  if (meta_of(value).name.empty())
    return {nullptr, fmt::format("a {} without a name", type.kind)};
  blocks.share(value);
  return {std::make_shared<const scaleops::object>(std::move(value)), {}};
}

constexpr field list_fields[] = {one("metadata", 1, list_meta), texts("items", 2)};
constexpr message list_message{list_fields};
constexpr message nothing_known{};  // the reader of the kind looks at its fields itself

}  // namespace

wire_view framed(std::string_view text, std::string_view kind, const message& of) {
  if (!is_framed(text))
    return {};
  text.remove_prefix(4);
  if (!well_formed(text, unknown))
    return {};
  wire_view frame{text, unknown};
  auto raw = frame["raw"].text();
  if (frame["typeMeta"]["kind"].text() != kind || !frame["contentEncoding"].text().empty() ||
      !well_formed(raw, of))
    return {};
  return {raw, of};
}

decoded_list read_list(object_kind kind, const resource_type& type, std::string_view text,
                       common_blocks& blocks) {
  decoded_list out;
  auto list = framed(text, type.kind + "List", list_message);
  auto meta = list["metadata"];
  out.resource_version = version_of(meta["resourceVersion"].text());
  out.continue_token = meta["continue"].string();
  if (!list || out.resource_version == 0) {
    out.problem = fmt::format("list {}: the answer is no list", type.plural);
    return out;
  }
  size_t items = 0;
  list["items"].each([&](wire_view) { ++items; });
  out.items.reserve(items);
  list["items"].each([&](wire_view item) {
    auto read = read_one(kind, type, item.text(), blocks);
    if (read.value)
      out.items.push_back(std::move(read.value));
    else
      out.problems.push_back(std::move(read.problem));
  });
  return out;
}

decoded_event read_event(object_kind kind, const resource_type& type, std::string_view text,
                         common_blocks& blocks) {
  decoded_event out;
  wire_view step{text, watch_step};
  auto raw = well_formed(text, watch_step) ? step["object"]["raw"].text() : std::string_view{};
  if (raw.empty()) {
    out.problem = fmt::format("watch {}: an event without an object", type.plural);
    return out;
  }
  auto what = step["type"].text();
  if (what == "ERROR") {
    out.error_status = framed(raw, "Status", status)["code"].count();
    if (out.error_status < 400 || out.error_status > 599)
      out.error_status = 500;  // an error that does not say which
    out.error = std::string(raw);
    return out;
  }
  if (!step_of(what, out.event.what)) {
    out.problem = fmt::format("watch {}: unknown event \"{}\"", type.plural, what.substr(0, 40));
    return out;
  }
  auto object = framed(raw, type.kind, any_object);
  if (!object) {
    out.problem = fmt::format("watch {}: an event whose object is no {}", type.plural, type.kind);
    return out;
  }
  out.event.resource_version = version_of(object["metadata"]["resourceVersion"].text());
  if (out.event.what == watch_event::type::bookmark) {
    out.initial_events_end = ends_initial_events(object);
    return out;
  }
  auto read = read_object(kind, type, raw, blocks);
  out.event.object = std::move(read.value);
  out.problem = std::move(read.problem);
  return out;
}

decoded_object read_object(object_kind kind, const resource_type& type, std::string_view text,
                           common_blocks& blocks) {
  auto object = framed(text, type.kind, nothing_known);
  if (!object)
    return {nullptr, fmt::format("{}: the answer is no {}", type.plural, type.kind)};
  return read_one(kind, type, object.bytes(), blocks);
}

}  // namespace scaleops::kube::wire
