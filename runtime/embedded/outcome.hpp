// A result or an expected failure, as the API server would give it. Plain values: the front actor
// turns the failure into a caf::error.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "messages/errors.hpp"

namespace scaleops::embedded {

struct api_error {
  ec code = ec::none;
  std::string text;  // a sentence for people
};

struct nothing {};

template <class T>
class outcome {
public:
  outcome(T value) : x_(std::move(value)) {}
  outcome(api_error error) : x_(std::move(error)) {}

  explicit operator bool() const { return x_.index() == 0; }
  T& operator*() { return std::get<0>(x_); }
  const T& operator*() const { return std::get<0>(x_); }
  T* operator->() { return &std::get<0>(x_); }
  const api_error& error() const { return std::get<1>(x_); }

private:
  std::variant<T, api_error> x_;
};

}  // namespace scaleops::embedded
