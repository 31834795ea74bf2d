#include "runtime/kube/codec/common_blocks.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace scaleops::kube {

namespace {

class hasher {
public:
  void add(size_t part) { value_ = (value_ ^ part) * 0x9e3779b97f4a7c15u; }
  void add(std::string_view text) { add(std::hash<std::string_view>{}(text)); }
  void add(const resources& value) {
    add(size_t(value.cpu.value_or(-1)));
    add(size_t(value.memory.value_or(-1)));
  }
  size_t value() const { return value_; }

private:
  size_t value_ = 0;
};

size_t hash_of(const shared_map& value) {
  hasher out;
  for (auto& [key, text] : value) {
    out.add(key);
    out.add(text);
  }
  return out.value();
}

size_t hash_of(const shared_list<owner_reference>& value) {
  hasher out;
  for (auto& each : value) {
    out.add(each.uid);
    out.add(each.name);
  }
  return out.value();
}

size_t hash_of(const shared_list<container_spec>& value) {
  hasher out;
  for (auto& each : value) {
    out.add(each.name);
    out.add(each.image);
    out.add(each.resources.requests);
    out.add(each.resources.limits);
  }
  return out.value();
}

template <class T>
void tighten(T&) {}
template <class T>
void tighten(std::vector<T>& list) {
  list.shrink_to_fit();
}

}  // namespace

template <class T>
template <class Value>
void common_blocks::table<T>::share(Value& value, size_t hash) {
  if (value.empty())
    return value.clear();
  auto [found, fresh] = known_.try_emplace(hash, value.block());
  if (!fresh) {
    if (*found->second == value.get())
      value.share(found->second);
    return;
  }
  tighten(*found->second);  // nobody else has seen it yet
  if (known_.size() < sweep_at_)
    return;
  std::erase_if(known_, [](auto& each) { return each.second.use_count() == 1; });
  sweep_at_ = std::max<size_t>(1024, known_.size() * 2);
}

void common_blocks::share(object& value) {
  auto* one = std::get_if<pod>(&value);
  if (!one)
    return;
  maps_.share(one->meta.labels, hash_of(one->meta.labels));
  maps_.share(one->meta.annotations, hash_of(one->meta.annotations));
  owners_.share(one->meta.owners, hash_of(std::as_const(one->meta.owners)));
  containers_.share(one->containers, hash_of(std::as_const(one->containers)));
}

}  // namespace scaleops::kube
