#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "actors/dashboards/logic/json_writer.hpp"
#include "messages/crd/base64.hpp"
#include "messages/quantity.hpp"
#include "runtime/admission/review.hpp"

namespace scaleops::webhook {

namespace {

using dashboards::logic::json_writer;

/// A JSON pointer (RFC 6901) in the making.
class pointer {
public:
  pointer& add(std::string_view plain) {
    text_.append(plain.data(), plain.data() + plain.size());
    return *this;
  }
  /// A member's name with its escapes (section 3).
  pointer& add_member(std::string_view name) {
    text_.push_back('/');
    if (name.find_first_of("~/") == name.npos)
      return add(name);
    for (char c : name) {
      bool escaped = c == '~' || c == '/';
      text_.push_back(escaped ? '~' : c);
      if (escaped)
        text_.push_back(c == '~' ? '0' : '1');
    }
    return *this;
  }
  operator std::string_view() const { return {text_.data(), text_.size()}; }

private:
  fmt::basic_memory_buffer<char, 160> text_;
};

class patch_writer {
public:
  patch_writer() { x_.open_array(); }

  /// Sets a member, whether it is there or not.
  void add(std::string_view path, std::string_view value) {
    begin("add", path).key("value").value(value).close_object();
  }
  /// Sets a member to whatever `write` writes.
  template <class F>
  void add_with(std::string_view path, F&& write) {
    begin("add", path).key("value");
    write(x_);
    x_.close_object();
  }
  void remove(std::string_view path) { begin("remove", path).close_object(); }

  /// Empty when nothing was asked for.
  std::string take() {
    x_.close_array();
    return any_ ? std::move(x_).take() : std::string{};
  }

private:
  json_writer& begin(std::string_view op, std::string_view path) {
    any_ = true;
    return x_.open_object().key("op").value(op).key("path").value(path);
  }

  json_writer x_{4096};
  bool any_ = false;
};

void write_map(json_writer& x, const string_map& values) {
  x.open_object();
  for (auto& [key, value] : values)
    x.key(key).value(value);
  x.close_object();
}

void patch_map(patch_writer& patch, std::string_view path, bool there, const string_map& before,
               const string_map& wanted) {
  auto stands = [&](auto& entry) {
    auto found = before.find(entry.first);
    return found != before.end() && found->second == entry.second;
  };
  if (std::all_of(wanted.begin(), wanted.end(), stands))
    return;
  if (!there)
    return patch.add_with(path, [&](json_writer& x) { write_map(x, wanted); });
  for (auto& entry : wanted)
    if (!stands(entry))
      patch.add(pointer{}.add(path).add_member(entry.first), entry.second);
}

void write_amounts(json_writer& x, const resources& values) {
  x.open_object();
  if (values.cpu)
    x.key("cpu").value(format_cpu(*values.cpu));
  if (values.memory)
    x.key("memory").value(format_memory(*values.memory));
  x.close_object();
}

void write_resources(json_writer& x, const container_resources& values) {
  x.open_object();
  if (values.limits != resources{}) {
    x.key("limits");
    write_amounts(x, values.limits);
  }
  if (values.requests != resources{}) {
    x.key("requests");
    write_amounts(x, values.requests);
  }
  x.close_object();
}

/// requests or limits of a container that has resources.
void patch_amounts(patch_writer& patch, std::string_view path, const amounts_place& place,
                   const resources& before, const resources& wanted) {
  if (before == wanted)
    return;
  if (!place.there)
    return patch.add_with(path, [&](json_writer& x) { write_amounts(x, wanted); });
  auto one = [&](const char* name, bool there, const std::optional<int64_t>& was,
                 const std::optional<int64_t>& now, std::string (*format)(int64_t)) {
    if (was == now)
      return;
    pointer member;
    member.add(path).add_member(name);
    if (now)
      patch.add(member, format(*now));
    else if (there)
      patch.remove(member);
  };
  one("cpu", place.cpu, before.cpu, wanted.cpu, format_cpu);
  one("memory", place.memory, before.memory, wanted.memory, format_memory);
}

void patch_container(patch_writer& patch, const container_place& place,
                     const container_resources& before, const container_resources& wanted) {
  if (before == wanted)
    return;
  pointer path;
  path.add(place.init ? "/spec/initContainers" : "/spec/containers")
    .add_member(std::to_string(place.index))
    .add_member("resources");
  if (!place.resources)
    return patch.add_with(path, [&](json_writer& x) { write_resources(x, wanted); });
  patch_amounts(patch, pointer{}.add(path).add_member("limits"), place.limits, before.limits,
                wanted.limits);
  patch_amounts(patch, pointer{}.add(path).add_member("requests"), place.requests, before.requests,
                wanted.requests);
}

}  // namespace

std::string make_patch(const pod& before, const pod_places& places,
                       const admission_response& answer) {
  if (answer.containers.empty() && answer.labels.empty() && answer.annotations.empty())
    return {};
  patch_writer patch;
  patch_map(patch, "/metadata/labels", places.labels, before.meta.labels, answer.labels);
  patch_map(patch, "/metadata/annotations", places.annotations, before.meta.annotations,
            answer.annotations);
  auto count = std::min(before.containers.size(), places.containers.size());
  for (auto& change : answer.containers)
    for (size_t i = 0; i < count; ++i)
      if (before.containers[i].name == change.container)
        patch_container(patch, places.containers[i], before.containers[i].resources,
                        change.resources);
  return patch.take();
}

std::string write_review(const admission_response& answer, std::string_view patch) {
  json_writer x{patch.size() * 4 / 3 + 512};
  x.open_object().key("kind").value("AdmissionReview");
  x.key("apiVersion").value("admission.k8s.io/v1").key("response").open_object();
  x.key("uid").value(answer.uid).key("allowed").value(true);
  if (!patch.empty())
    x.key("patchType").value("JSONPatch").key("patch").raw('"' + encode_base64(patch) + '"');
  // Into the API server's audit log, under the webhook's name.
  x.key("auditAnnotations").open_object();
  x.key("verdict").value(to_string(answer.verdict)).close_object();
  x.close_object().close_object();
  return std::move(x).take();
}

}  // namespace scaleops::webhook
