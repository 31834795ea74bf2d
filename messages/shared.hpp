// Values whose copies share one block of memory until one of them is written to. Ten thousand pods
// have the labels and the containers of a few hundred templates.
//
// As with any container, writing makes references and iterators of this value invalid; what was
// read through another copy stays as it was. Readers of one block may be on several threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace scaleops {

/// What shared_map and shared_list have in common. Null: empty.
template <class T>
class shared_value {
public:
  using value_type = typename T::value_type;
  using const_iterator = typename T::const_iterator;

  shared_value() = default;
  shared_value(T value) : block_{value.empty() ? nullptr : std::make_shared<T>(std::move(value))} {}

  const T& get() const {
    static const T nothing;
    return block_ ? *block_ : nothing;
  }
  operator const T&() const { return get(); }

  bool empty() const { return !block_ || block_->empty(); }
  size_t size() const { return block_ ? block_->size() : 0; }
  void clear() { block_.reset(); }

  /// For writing: this value's own block.
  T& edit() {
    if (!block_)
      block_ = std::make_shared<T>();
    else if (block_.use_count() > 1)
      block_ = std::make_shared<T>(*block_);
    else
      std::atomic_thread_fence(std::memory_order_acquire);  // after the reads of who let go of it
    return *block_;
  }

  /// The block itself, for who knows an equal one that can stand for it.
  const std::shared_ptr<T>& block() const { return block_; }
  void share(std::shared_ptr<T> block) { block_ = std::move(block); }

protected:
  std::shared_ptr<T> block_;
};

/// Reads as a std::map, writes as one.
class shared_map : public shared_value<std::map<std::string, std::string>> {
public:
  using map = std::map<std::string, std::string>;
  using key_type = std::string;  // with mapped_type: a map, as nlohmann's JSON sees it
  using mapped_type = std::string;
  using shared_value<map>::shared_value;
  shared_map() = default;
  shared_map(std::initializer_list<value_type> values) : shared_value{map(values)} {}

  auto begin() const { return get().begin(); }
  auto end() const { return get().end(); }
  auto find(const std::string& key) const { return get().find(key); }
  bool contains(const std::string& key) const { return get().contains(key); }
  size_t count(const std::string& key) const { return get().count(key); }
  const std::string& at(const std::string& key) const { return get().at(key); }

  std::string& operator[](const std::string& key) { return edit()[key]; }
  void insert_or_assign(std::string key, std::string value) {
    edit().insert_or_assign(std::move(key), std::move(value));
  }
  void erase(const std::string& key) {
    if (contains(key))
      edit().erase(key);
  }

  friend bool operator==(const shared_map& a, const shared_map& b) {
    return a.block_ == b.block_ || a.get() == b.get();
  }
};

/// Reads as a std::vector, writes as one.
template <class T>
class shared_list : public shared_value<std::vector<T>> {
public:
  using base = shared_value<std::vector<T>>;
  using base::edit;
  using base::get;
  using iterator = typename std::vector<T>::iterator;
  using base::base;
  shared_list() = default;
  shared_list(std::initializer_list<T> values) : base{std::vector<T>(values)} {}

  auto begin() const { return get().begin(); }
  auto end() const { return get().end(); }
  auto begin() { return edit().begin(); }
  auto end() { return edit().end(); }
  const T& operator[](size_t index) const { return get()[index]; }
  T& operator[](size_t index) { return edit()[index]; }
  const T& at(size_t index) const { return get().at(index); }
  T& at(size_t index) { return edit().at(index); }
  const T& front() const { return get().front(); }
  T& front() { return edit().front(); }
  const T& back() const { return get().back(); }
  T& back() { return edit().back(); }

  void push_back(T value) { edit().push_back(std::move(value)); }
  void resize(size_t size) { edit().resize(size); }

  friend bool operator==(const shared_list& a, const shared_list& b) {
    return a.block_ == b.block_ || a.get() == b.get();
  }
};

}  // namespace scaleops
