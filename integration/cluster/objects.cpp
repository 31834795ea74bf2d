// Our kinds for the cluster's tests and for the chart:
//   cluster_objects definitions FOLDER   their CustomResourceDefinitions as FOLDER/<plural>.yaml
//   cluster_objects draw SEED            objects drawn at random, one of each kind, as a JSON list
//   cluster_objects compare SEED         reads what became of those (kubectl's JSON list): is it
//   the same?
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "integration/cluster/yaml.hpp"
#include "messages/crd/crd.hpp"
#include "messages/crd/definition.hpp"
#include "messages/labels.hpp"
#include "unit/support/drawer.hpp"

using namespace scaleops;
using nlohmann::json;

namespace {

int write_definitions(const std::string& folder) {
  for (auto kind : crd::kinds()) {
    auto path = fmt::format("{}/{}.yaml", folder, crd::plural_of(kind));
    std::ofstream file{path};
    file << "# Written by `make crds` from messages/crd; do not edit.\n"
         << to_yaml(crd::definition(kind));
    if (!file.flush()) {
      std::fprintf(stderr, "cannot write %s\n", path.c_str());
      return 1;
    }
  }
  return 0;
}

/// Metadata as a person would give it: what the drawer invents there, a server would refuse.
object drawn(object_kind kind, uint64_t seed) {
  auto value = drawer{seed}.draw(kind);
  metadata plain;
  plain.name = fmt::format("drawn-{}", seed);
  if (!crd::is_cluster_scoped(kind))
    plain.ns = labels::system_namespace;
  if (auto* wish = std::get_if<recommendation>(&value)) {
    wish->target = {plain.ns, "Deployment", plain.name};
    plain.name = wish->target.object_name();
  }
  meta_of(value) = plain;
  return value;
}

int draw(uint64_t seed) {
  auto items = json::array();
  for (auto kind : crd::kinds())
    items.push_back(crd::render(drawn(kind, seed)));
  std::cout << json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}.dump() << '\n';
  return 0;
}

/// Without what the API server adds.
json bare(const object& value) {
  auto document = crd::render(value);
  document["metadata"] = {{"name", meta_of(value).name}};
  return document;
}

int compare(uint64_t seed) {
  auto list = json::parse(std::cin);
  size_t same = 0;
  for (auto& document : list["items"]) {
    auto back = crd::parse(document);
    for (auto& problem : back.problems)
      std::cout << document["kind"] << ": " << problem << '\n';
    if (!back.value)
      continue;
    auto sent = bare(drawn(kind_of(*back.value), seed)), kept = bare(*back.value);
    if (sent == kept)
      ++same;
    else
      std::cout << json::diff(sent, kept).dump() << '\n';
  }
  bool all = same == crd::kinds().size();
  std::cout << same << " of " << crd::kinds().size() << " kinds came back as they were sent\n";
  return all ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string verb = argc == 3 ? argv[1] : "";
  if (verb == "definitions")
    return write_definitions(argv[2]);
  if (verb == "draw")
    return draw(std::strtoull(argv[2], nullptr, 10));
  if (verb == "compare")
    return compare(std::strtoull(argv[2], nullptr, 10));
  std::fprintf(stderr, "usage: %s definitions FOLDER | draw SEED | compare SEED\n", argv[0]);
  return 2;
}
