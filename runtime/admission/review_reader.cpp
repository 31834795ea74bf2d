#include <initializer_list>

#include <fmt/format.h>

#include "runtime/admission/review.hpp"
#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::webhook {

namespace {

using kube::json_view;
using verdict = admission_verdict;

amounts_place amounts_in(json_view value) {
  return {bool(value), bool(value["cpu"]), bool(value["memory"])};
}

void read_places(json_view containers, bool init, std::vector<container_place>& into) {
  size_t index = 0;
  containers.each([&](json_view each) {
    auto resources = each["resources"];
    into.push_back({init, index++, bool(resources), amounts_in(resources["requests"]),
                    amounts_in(resources["limits"])});
  });
}

/// The member that a patch may go into and that is neither an object nor absent; null: none.
const char* misshapen(json_view of, std::initializer_list<const char*> members) {
  for (auto* member : members)
    if (auto value = of[member]; value && !value.is_object())
      return member;
  return nullptr;
}

/// The same in all of a pod, with its path; empty: none.
std::string misshapen(json_view object) {
  if (auto* wrong = misshapen(object["metadata"], {"labels", "annotations"}))
    return fmt::format("metadata.{}", wrong);
  std::string out;
  for (auto* list : {"containers", "initContainers"}) {
    size_t index = 0;
    object["spec"][list].each([&](json_view container) {
      if (auto* wrong = misshapen(container, {"resources"}))
        out = fmt::format("spec.{}[{}].{}", list, index, wrong);
      else if (auto* part = misshapen(container["resources"], {"requests", "limits"}))
        out = fmt::format("spec.{}[{}].resources.{}", list, index, part);
      ++index;
    });
  }
  return out;
}

read_review doubtful(read_review out, verdict why, std::string detail) {
  out.doubt = why;
  out.detail = std::move(detail);
  return out;
}

/// Why the review is not about a pod that is being created; empty: it is.
std::string other_subject(json_view request) {
  auto what = request["resource"];
  if (!what["group"].text().empty() || what["version"].text() != "v1" ||
      what["resource"].text() != "pods" || !request["subResource"].text().empty())
    return fmt::format("resource: {}.{}/{} {} instead of pods/v1",
                       what["resource"].text().substr(0, 60), what["group"].text().substr(0, 60),
                       what["version"].text().substr(0, 20),
                       request["subResource"].text().substr(0, 60));
  if (request["operation"].text() != "CREATE")
    return fmt::format("operation: {} instead of CREATE",
                       request["operation"].text().substr(0, 20));
  return {};
}

}  // namespace

struct review_reader::impl {
  kube::dom::parser parser;
};

review_reader::review_reader() : x_{std::make_unique<impl>()} {}
review_reader::~review_reader() = default;

read_review review_reader::read(std::string_view body) {
  read_review out;
  kube::dom::element root;
  if (x_->parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      !root.is_object()) {
    out.review.uid = uid_at_the_beginning(body);
    return doubtful(std::move(out), verdict::unreadable, "the body is no JSON object");
  }
  json_view view{root};
  auto request = view["request"];
  out.review.uid = request["uid"].string();
  if (view["kind"].text() != "AdmissionReview" ||
      view["apiVersion"].text() != "admission.k8s.io/v1")
    return doubtful(
      std::move(out), verdict::wrong_kind,
      fmt::format("kind: {} {} instead of AdmissionReview admission.k8s.io/v1",
                  view["kind"].text().substr(0, 60), view["apiVersion"].text().substr(0, 60)));
  if (out.review.uid.empty())
    return doubtful(std::move(out), verdict::unreadable, "request.uid: is missing");
  if (auto other = other_subject(request); !other.empty())
    return doubtful(std::move(out), verdict::wrong_kind, "request." + other);
  auto object = request["object"];
  auto spec = object["spec"];
  if (object["kind"].text() != "Pod" || spec["containers"].size() == 0)
    return doubtful(std::move(out), verdict::invalid_pod,
                    "request.object: is no Pod with containers");
  if (auto wrong = misshapen(object); !wrong.empty())
    return doubtful(std::move(out), verdict::invalid_pod,
                    fmt::format("request.object.{}: is no object", wrong));
  out.review.ns = request["namespace"].string();
  out.review.dry_run = request["dryRun"].boolean();
  auto subject = std::make_shared<pod>(kube::read_pod(object));
  if (subject->meta.ns.empty())
    subject->meta.ns = out.review.ns;
  out.places.labels = bool(object["metadata"]["labels"]);
  out.places.annotations = bool(object["metadata"]["annotations"]);
  out.places.containers.reserve(subject->containers.size());
  read_places(spec["containers"], false, out.places.containers);
  read_places(spec["initContainers"], true, out.places.containers);
  out.review.object = std::move(subject);
  return out;
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
