#include "actors/common/logic/grant.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "actors/common/logic/small_map.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

enum class wish : uint8_t { unsaid, yes, no };

bool is(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// Annotations speak before labels.
std::optional<std::string_view> said(const string_map& annotations, const string_map& labels,
                                     std::string_view key) {
  for (auto* map : {&annotations, &labels})
    if (auto* text = value_at(*map, key))
      return *text;
  return std::nullopt;
}

struct voice {
  const char* whose;
  const string_map* annotations;
  const string_map* labels;
};

/// Nearest to the pod first.
std::vector<voice> voices(const grant_inputs& in) {
  std::vector<voice> result;
  if (in.instance)
    result.push_back(
      {"pod", &in.instance->meta.annotations.get(), &in.instance->meta.labels.get()});
  if (in.owner) {
    result.push_back({"template", &in.owner->template_annotations, &in.owner->template_labels});
    result.push_back({"workload", &in.owner->meta.annotations.get(), &in.owner->meta.labels.get()});
  }
  if (in.space)
    result.push_back(
      {"namespace", &in.space->meta.annotations.get(), &in.space->meta.labels.get()});
  return result;
}

/// The nearest voice that says anything decides.
wish nearest(const std::vector<voice>& all, std::string_view key) {
  for (auto& one : all)
    if (auto text = said(*one.annotations, *one.labels, key))
      return is(*text, "true") ? wish::yes : wish::no;
  return wish::unsaid;
}

grant_answer deny(grant_denial why, std::string detail) {
  return {false, why, grant_source::none, {}, {}, std::move(detail)};
}

}  // namespace

std::string_view to_string(grant_source source) {
  switch (source) {
    case grant_source::none:
      return "none";
    case grant_source::forced:
      return "forced";
    case grant_source::workload_grant:
      return "workload-grant";
    case grant_source::namespace_grant:
      return "namespace-grant";
    case grant_source::default_annotation:
      return "default-annotation";
  }
  return "";
}

bool is_system_namespace(std::string_view ns) {
  static constexpr std::array<std::string_view, 4> never = {
    "kube-system", "kube-public", "kube-node-lease", labels::system_namespace};
  return std::find(never.begin(), never.end(), ns) != never.end();
}

bool says_exclude(const metadata& meta) {
  auto text = said(meta.annotations, meta.labels, labels::exclude_automation);
  return text && !is(*text, "false");
}

grant_answer evaluate_grant(const grant_inputs& in) {
  if (is_system_namespace(in.ns))
    return deny(grant_denial::system_namespace,
                "namespace " + std::string(in.ns) + " is never touched");
  if (in.wish && in.wish->excluded)
    return deny(grant_denial::excluded, "a person excluded the workload");
  auto all = voices(in);
  for (auto& one : all)
    if (auto text = said(*one.annotations, *one.labels, labels::exclude_automation);
        text && !is(*text, "false"))
      return deny(grant_denial::excluded,
                  "excluded by the " + std::string(one.whose) + "'s metadata");
  if (nearest(all, labels::force_auto) == wish::yes)
    return {true, grant_denial::none, grant_source::forced, {}, {}, "forced by metadata"};
  auto given = [](const automation_grant& grant, grant_source source, std::string what) {
    return grant_answer{
      true, grant_denial::none, source, grant.granted_by, grant.granted_at, std::move(what)};
  };
  if (in.wish && in.wish->automation && !in.wish->automation->granted_by.empty())
    return given(*in.wish->automation, grant_source::workload_grant,
                 "granted by " + in.wish->automation->granted_by);
  if (in.automated && !in.automated->grant.granted_by.empty())
    return given(in.automated->grant, grant_source::namespace_grant,
                 "namespace granted by " + in.automated->grant.granted_by);
  if (nearest(all, labels::default_rightsize_auto) == wish::yes)
    return {true,
            grant_denial::none,
            grant_source::default_annotation,
            {},
            {},
            "granted by default annotation"};
  return deny(grant_denial::not_granted, "nobody granted automation");
}

}  // namespace scaleops
