// Equal labels, annotations, owners and containers of pods become one block of memory, as the pods
// of a template have them. One thread uses it; the blocks themselves may go anywhere.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>

#include "messages/objects.hpp"

namespace scaleops::kube {

class common_blocks {
public:
  /// Replaces what an earlier pod has as well; anything but a pod stays as it is.
  void share(object& value);

  /// Blocks remembered at present.
  size_t size() const { return maps_.size() + owners_.size() + containers_.size(); }

private:
  /// Holds blocks alive, lest one be written to in place while it is compared here; those that
  /// nobody else has any more are dropped whenever the table has doubled. By hash: of two that
  /// collide the later is not shared.
  template <class T>
  class table {
  public:
    template <class Value>
    void share(Value& value, size_t hash);
    size_t size() const { return known_.size(); }

  private:
    std::unordered_map<size_t, std::shared_ptr<T>> known_;
    size_t sweep_at_ = 1024;
  };

  table<shared_map::map> maps_;
  table<std::vector<owner_reference>> owners_;
  table<std::vector<container_spec>> containers_;
};

}  // namespace scaleops::kube
