#include "messages/objects.hpp"

#include <algorithm>

namespace scaleops {

object_key key_of(const object& value) {
  auto& meta = meta_of(value);
  object_key key{kind_of(value), meta.ns, meta.name, {}};
  if (auto* owner = std::get_if<workload>(&value))
    key.subkind = owner->kind;
  return key;
}

bool label_selector::matches(const string_map& labels) const {
  for (auto& [key, value] : match_labels) {
    auto found = labels.find(key);
    if (found == labels.end() || found->second != value)
      return false;
  }
  for (auto& requirement : expressions) {
    auto found = labels.find(requirement.key);
    bool present = found != labels.end();
    bool listed = present && std::find(requirement.values.begin(), requirement.values.end(),
                                       found->second) != requirement.values.end();
    using op = label_requirement::op;
    switch (requirement.operation) {
      case op::in:
        if (!listed)
          return false;
        break;
      case op::not_in:
        if (listed)
          return false;
        break;
      case op::exists:
        if (!present)
          return false;
        break;
      case op::does_not_exist:
        if (present)
          return false;
        break;
    }
  }
  return true;
}

}  // namespace scaleops
