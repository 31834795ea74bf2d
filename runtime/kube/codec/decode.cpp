#include "runtime/kube/codec/decode.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"
#include "runtime/kube/codec/decode_wire.hpp"
#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::kube {

namespace {

bool is_ours(object_kind kind) {
  return !crd::plural_of(kind).empty();
}

/// What says who the object is, even where it cannot be read.
std::string name_of(json_view object, const std::string& kind) {
  auto meta = object["metadata"];
  return fmt::format("{} {}/{}", kind, meta["namespace"].text().substr(0, 100),
                     meta["name"].text().substr(0, 100));
}

/// Our own kinds go through the strict reader, which wants its document by another parser; they are
/// few and small.
decoded_object read_own(object_kind kind, json_view view, dom::element element) {
  auto document = nlohmann::json::parse(std::string(simdjson::minify(element)), nullptr, false);
  auto parsed = crd::parse(document);
  if (!parsed.value)
    return {nullptr,
            fmt::format("{}: {}", name_of(view, std::string(to_string(kind))),
                        parsed.problems.empty() ? "cannot be read" : parsed.problems.front())};
  if (kind_of(*parsed.value) != kind)
    return {nullptr, fmt::format("a {} where a {} was asked for", to_string(kind_of(*parsed.value)),
                                 to_string(kind))};
  return {std::make_shared<const scaleops::object>(std::move(*parsed.value)), {}};
}

decoded_object read_one(object_kind kind, const resource_type& type, dom::element element,
                        common_blocks& blocks) {
  json_view view{element};
  if (is_ours(kind))
    return read_own(kind, view, element);
  auto value = read_built_in(kind, type.kind, view);
  if (meta_of(value).name.empty())
    return {nullptr, fmt::format("a {} without a name", type.kind)};
  blocks.share(value);
  return {std::make_shared<const scaleops::object>(std::move(value)), {}};
}

}  // namespace

bool step_of(std::string_view word, watch_event::type& out) {
  using types = watch_event::type;
  if (word == "ADDED")
    out = types::added;
  else if (word == "MODIFIED")
    out = types::modified;
  else if (word == "DELETED")
    out = types::deleted;
  else if (word == "BOOKMARK")
    out = types::bookmark;
  else
    return false;
  return true;
}

struct decoder::impl {
  dom::parser parser;

  /// False when the text is no JSON.
  bool parse(std::string_view text, dom::element& into) {
    return parser.parse(text.data(), text.size()).get(into) == simdjson::SUCCESS;
  }
};

decoder::decoder(std::shared_ptr<common_blocks> blocks)
    : x_{std::make_unique<impl>()}, blocks_{std::move(blocks)} {}
decoder::~decoder() = default;

decoded_list decoder::list(object_kind kind, const resource_type& type, std::string_view text) {
  if (wire::is_framed(text))
    return wire::read_list(kind, type, text, *blocks_);
  decoded_list out;
  dom::element root;
  if (!x_->parse(text, root)) {
    out.problem = fmt::format("list {}: the answer is no JSON", type.plural);
    return out;
  }
  json_view view{root};
  dom::array items;
  if (root["items"].get(items) != simdjson::SUCCESS && view["items"]) {
    out.problem = fmt::format("list {}: the answer is no list", type.plural);
    return out;
  }
  auto meta = view["metadata"];
  out.resource_version = version_of(meta["resourceVersion"].text());
  out.continue_token = meta["continue"].string();
  if (!view["items"]) {
    if (out.resource_version == 0)
      out.problem = fmt::format("list {}: the answer is no list", type.plural);
    return out;
  }
  out.items.reserve(items.size());
  for (auto item : items) {
    auto one = read_one(kind, type, item, *blocks_);
    if (one.value)
      out.items.push_back(std::move(one.value));
    else
      out.problems.push_back(std::move(one.problem));
  }
  return out;
}

decoded_event decoder::event(object_kind kind, const resource_type& type, std::string_view line) {
  if (line.starts_with(wire::event_begin))
    return wire::read_event(kind, type, line, *blocks_);
  decoded_event out;
  dom::element root;
  if (!x_->parse(line, root)) {
    out.problem = fmt::format("watch {}: a line is no JSON", type.plural);
    return out;
  }
  json_view view{root};
  auto what = view["type"].text();
  dom::element object;
  if (root["object"].get(object) != simdjson::SUCCESS || !object.is_object()) {
    out.problem = fmt::format("watch {}: an event without an object", type.plural);
    return out;
  }
  if (what == "ERROR") {
    out.error_status = view["object"]["code"].count();
    if (out.error_status < 400 || out.error_status > 599)
      out.error_status = 500;  // an error that does not say which
    out.error = std::string(simdjson::minify(object));
    return out;
  }
  out.event.resource_version = version_of(view["object"]["metadata"]["resourceVersion"].text());
  if (!step_of(what, out.event.what)) {
    out.problem = fmt::format("watch {}: unknown event \"{}\"", type.plural, what.substr(0, 40));
    return out;
  }
  if (out.event.what == watch_event::type::bookmark) {
    out.initial_events_end = ends_initial_events(view["object"]);
    return out;
  }
  auto one = read_one(kind, type, object, *blocks_);
  out.event.object = std::move(one.value);
  out.problem = std::move(one.problem);
  return out;
}

decoded_object decoder::object(object_kind kind, const resource_type& type, std::string_view text) {
  if (wire::is_framed(text))
    return wire::read_object(kind, type, text, *blocks_);
  dom::element root;
  if (!x_->parse(text, root) || !root.is_object())
    return {nullptr, fmt::format("{}: the answer is no JSON object", type.plural)};
  return read_one(kind, type, root, *blocks_);
}

}  // namespace scaleops::kube
