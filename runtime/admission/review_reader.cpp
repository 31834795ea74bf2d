#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "messages/quantity.hpp"
#include "runtime/admission/review.hpp"

namespace scaleops::webhook {

namespace {

namespace ondemand = simdjson::ondemand;
using verdict = admission_verdict;

// The document is walked once, as it stands, and what no decision needs (environments, probes,
// volumes: most of a pod) is passed over unread. What is null or of another type than it should be
// counts as absent. Malformed JSON throws simdjson_error.

template <class T>
T must(simdjson::simdjson_result<T> read) {
  T out;
  if (auto error = std::move(read).get(out))
    throw simdjson::simdjson_error{error};
  return out;
}

/// The value, unless it is of another type.
template <class T>
std::optional<T> value_of(simdjson::simdjson_result<T> read) {
  T out;
  auto error = std::move(read).get(out);
  if (!error)
    return out;
  if (error != simdjson::INCORRECT_TYPE)
    throw simdjson::simdjson_error{error};
  return std::nullopt;
}

/// Valid until the reader's next document.
std::string_view text_in(ondemand::value& value) {
  return value_of(value.get_string()).value_or(std::string_view{});
}

bool is_null(ondemand::value& value) {
  return value.type() == ondemand::json_type::null;
}

template <class Object, class F>
void walk(Object& object, F&& f) {
  for (auto each : object) {
    auto field = must(std::move(each));
    std::string_view key = field.unescaped_key();
    f(key, field.value());
  }
}

/// Whether it is an object; `f` gets each member's name and value.
template <class F>
bool each_member(ondemand::value& value, F&& f) {
  auto object = value_of(value.get_object());
  if (object)
    walk(*object, f);
  return object.has_value();
}

template <class F>
void each_item(ondemand::value& value, F&& f) {
  auto array = value_of(value.get_array());
  if (!array)
    return;
  for (auto each : *array) {
    auto item = must(std::move(each));
    f(item);
  }
}

/// A quantity, which may also be a bare number; absent where it is neither or out of range.
std::optional<int64_t> quantity_in(ondemand::value& value,
                                   quantity_error (*parse)(std::string_view, int64_t&)) {
  std::string_view words;
  if (value.type() == ondemand::json_type::number) {
    words = value.raw_json_token();
    words = words.substr(0, words.find_first_of(" \t\r\n"));
  } else {
    words = text_in(value);
  }
  int64_t out = 0;
  if (words.empty() || parse(words, out) != quantity_error::none)
    return std::nullopt;
  return out;
}

/// Absent where it is no object.
std::optional<string_map> texts_in(ondemand::value& value) {
  string_map out;
  bool object = each_member(value, [&](std::string_view key, ondemand::value member) {
    if (key != "kubectl.kubernetes.io/last-applied-configuration")  // long, and of no use to us
      out.insert_or_assign(out.end(), std::string(key), std::string(text_in(member)));
  });
  return object ? std::optional{std::move(out)} : std::nullopt;
}

owner_reference owner_in(ondemand::value& value) {
  owner_reference out;
  each_member(value, [&](std::string_view key, ondemand::value member) {
    if (key == "kind")
      out.kind = text_in(member);
    else if (key == "name")
      out.name = text_in(member);
    else if (key == "uid")
      out.uid = text_in(member);
    else if (key == "controller")
      out.controller = value_of(member.get_bool()).value_or(false);
  });
  return out;
}

/// What a container's document says, and where.
struct read_container {
  container_spec spec;
  container_place place;
  bool restarts = false;            // an init container of that kind is a sidecar
  const char* misshapen = nullptr;  // a part that a patch may go into, and that is no object
};

/// Whether it is an object or absent.
bool amounts_in(ondemand::value& value, resources& amounts, amounts_place& place) {
  if (is_null(value))
    return true;
  place.there = true;
  return each_member(value, [&](std::string_view key, ondemand::value member) {
    if (is_null(member))
      return;
    if (key == "cpu") {
      place.cpu = true;
      amounts.cpu = quantity_in(member, parse_cpu);
    } else if (key == "memory") {
      place.memory = true;
      amounts.memory = quantity_in(member, parse_memory);
    }
  });
}

read_container container_in(ondemand::value& value) {
  read_container out;
  each_member(value, [&](std::string_view key, ondemand::value member) {
    if (key == "name") {
      out.spec.name = text_in(member);
    } else if (key == "restartPolicy") {
      out.restarts = text_in(member) == "Always";
    } else if (key == "resources" && !is_null(member)) {
      out.place.resources = true;
      bool object = each_member(member, [&](std::string_view part, ondemand::value amounts) {
        if (part == "requests" &&
            !amounts_in(amounts, out.spec.resources.requests, out.place.requests))
          out.misshapen = "resources.requests";
        else if (part == "limits" &&
                 !amounts_in(amounts, out.spec.resources.limits, out.place.limits))
          out.misshapen = "resources.limits";
      });
      if (!object)
        out.misshapen = "resources";
    }
  });
  return out;
}

/// request.object, and what tells whether a decision can be made of it.
struct read_object {
  std::string kind;
  pod subject;
  pod_places places;
  bool has_containers = false;
  std::string misshapen;  // path of a part that a patch may go into, and that is no object

  void take(ondemand::value& value) {
    each_member(value, [&](std::string_view key, ondemand::value member) {
      if (key == "kind")
        kind = text_in(member);
      else if (key == "metadata")
        take_metadata(member);
      else if (key == "spec")
        take_spec(member);
    });
  }

private:
  void take_metadata(ondemand::value& value) {
    auto& meta = subject.meta;
    auto take_map = [&](const char* name, ondemand::value& member, shared_map& into, bool& there) {
      if (is_null(member))
        return;
      there = true;
      if (auto texts = texts_in(member))
        into = std::move(*texts);
      else
        misshapen = fmt::format("metadata.{}", name);
    };
    each_member(value, [&](std::string_view key, ondemand::value member) {
      if (key == "name")
        meta.name = text_in(member);
      else if (key == "namespace")
        meta.ns = text_in(member);
      else if (key == "uid")
        meta.uid = text_in(member);
      else if (key == "labels")
        take_map("labels", member, meta.labels, places.labels);
      else if (key == "annotations")
        take_map("annotations", member, meta.annotations, places.annotations);
      else if (key == "ownerReferences")
        each_item(member, [&](ondemand::value& owner) { meta.owners.push_back(owner_in(owner)); });
    });
  }

  void take_spec(ondemand::value& value) {
    // Init containers come first in the document, last in the pod.
    std::vector<read_container> mains, inits;
    each_member(value, [&](std::string_view key, ondemand::value member) {
      if (key == "containers")
        each_item(member, [&](ondemand::value& one) { mains.push_back(container_in(one)); });
      else if (key == "initContainers")
        each_item(member, [&](ondemand::value& one) { inits.push_back(container_in(one)); });
    });
    has_containers = !mains.empty();
    std::vector<container_spec> containers;
    containers.reserve(mains.size() + inits.size());
    places.containers.reserve(mains.size() + inits.size());
    for (auto* list : {&mains, &inits}) {
      bool init = list == &inits;
      for (size_t i = 0; i < list->size(); ++i) {
        auto& one = (*list)[i];
        if (init)
          one.spec.role = one.restarts ? container_role::sidecar : container_role::init;
        one.place.init = init;
        one.place.index = i;
        if (one.misshapen)
          misshapen =
            fmt::format("spec.{}[{}].{}", init ? "initContainers" : "containers", i, one.misshapen);
        containers.push_back(std::move(one.spec));
        places.containers.push_back(one.place);
      }
    }
    subject.containers = std::move(containers);
  }
};

/// What a review is about.
struct read_request {
  std::string_view group, version, resource, subresource, operation;
  std::string uid, ns;
  bool dry_run = false;
  read_object object;

  void take(ondemand::value& value) {
    each_member(value, [&](std::string_view key, ondemand::value member) {
      if (key == "uid")
        uid = text_in(member);
      else if (key == "namespace")
        ns = text_in(member);
      else if (key == "operation")
        operation = text_in(member);
      else if (key == "subResource")
        subresource = text_in(member);
      else if (key == "dryRun")
        dry_run = value_of(member.get_bool()).value_or(false);
      else if (key == "resource")
        take_resource(member);
      else if (key == "object")
        object.take(member);
    });
  }

  /// Why it is not about a pod that is being created; empty: it is.
  std::string other_subject() const {
    if (!group.empty() || version != "v1" || resource != "pods" || !subresource.empty())
      return fmt::format("resource: {}.{}/{} {} instead of pods/v1", resource.substr(0, 60),
                         group.substr(0, 60), version.substr(0, 20), subresource.substr(0, 60));
    if (operation != "CREATE")
      return fmt::format("operation: {} instead of CREATE", operation.substr(0, 20));
    return {};
  }

private:
  void take_resource(ondemand::value& value) {
    each_member(value, [&](std::string_view key, ondemand::value member) {
      if (key == "group")
        group = text_in(member);
      else if (key == "version")
        version = text_in(member);
      else if (key == "resource")
        resource = text_in(member);
    });
  }
};

read_review doubtful(read_review out, verdict why, std::string detail) {
  out.doubt = why;
  out.detail = std::move(detail);
  return out;
}

}  // namespace

struct review_reader::impl {
  ondemand::parser parser;
  std::string padded;  // simdjson reads a little beyond the end

  read_review read(std::string_view body) {
    padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(body);
    auto document = parser.iterate(padded.data(), padded.size(), padded.capacity()).value();
    ondemand::object root = document.get_object();
    std::string_view kind, api_version;
    read_request request;
    walk(root, [&](std::string_view key, ondemand::value member) {
      if (key == "kind")
        kind = text_in(member);
      else if (key == "apiVersion")
        api_version = text_in(member);
      else if (key == "request")
        request.take(member);
    });
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      throw simdjson::simdjson_error{simdjson::TRAILING_CONTENT};

    read_review out;
    out.review.uid = std::move(request.uid);
    if (kind != "AdmissionReview" || api_version != "admission.k8s.io/v1")
      return doubtful(std::move(out), verdict::wrong_kind,
                      fmt::format("kind: {} {} instead of AdmissionReview admission.k8s.io/v1",
                                  kind.substr(0, 60), api_version.substr(0, 60)));
    if (out.review.uid.empty())
      return doubtful(std::move(out), verdict::unreadable, "request.uid: is missing");
    if (auto other = request.other_subject(); !other.empty())
      return doubtful(std::move(out), verdict::wrong_kind, "request." + other);
    auto& object = request.object;
    if (object.kind != "Pod" || !object.has_containers)
      return doubtful(std::move(out), verdict::invalid_pod,
                      "request.object: is no Pod with containers");
    if (!object.misshapen.empty())
      return doubtful(std::move(out), verdict::invalid_pod,
                      fmt::format("request.object.{}: is no object", object.misshapen));
    out.review.ns = std::move(request.ns);
    out.review.dry_run = request.dry_run;
    if (object.subject.meta.ns.empty())
      object.subject.meta.ns = out.review.ns;
    out.places = std::move(object.places);
    out.review.object = std::make_shared<const pod>(std::move(object.subject));
    return out;
  }
};

review_reader::review_reader() : x_{std::make_unique<impl>()} {}
review_reader::~review_reader() = default;

read_review review_reader::read(std::string_view body) {
  try {
    return x_->read(body);
  } catch (const simdjson::simdjson_error&) {
    read_review out;
    out.review.uid = uid_at_the_beginning(body);
    return doubtful(std::move(out), verdict::unreadable, "the body is no JSON object");
  }
}

std::string uid_at_the_beginning(std::string_view body) {
  constexpr size_t looked_at = 4096;  // kind, version and uid come first
  constexpr size_t longest_uid = 128;
  auto text = body.substr(0, looked_at);
  auto skip = [&](std::string_view what) {
    auto at = text.find(what);
    text.remove_prefix(at == text.npos ? text.size() : at + what.size());
  };
  skip("\"request\"");
  skip("\"uid\"");
  skip("\"");
  auto end = text.find('"');
  if (end == text.npos || end == 0 || end > longest_uid)
    return {};
  text = text.substr(0, end);
  constexpr std::string_view plain =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  return text.find_first_not_of(plain) == text.npos ? std::string{text} : std::string{};
}

}  // namespace scaleops::webhook
