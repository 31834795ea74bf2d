// A client that asks the webhook as the API server does: HTTP/1.1 by TLS over connections that are
// kept. One thread, whose CPU time is told apart from the server's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scaleops::bench {

struct load_wishes {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  std::string authorities;  // PEM: whom the client trusts
  std::string name;         // what the certificate must bear
  size_t connections = 16;
  size_t requests = 100'000;
  double per_second = 0;  // 0: each connection asks again as soon as it is answered
};

/// Whether an AdmissionReview's answer changes the pod.
inline bool carries_patch(std::string_view answer) {
  return answer.find("\"patch\":") != answer.npos;
}

struct load_result {
  size_t answered = 0;  // allowed
  size_t patched = 0;   // with a patch
  size_t failed = 0;    // no answer, or not an allowing one
  size_t bytes = 0;     // of the answers
  double seconds = 0;   // of the wall
  std::chrono::nanoseconds client_cpu{};
  /// Sorted; from the moment at which the request was due, so that a late client counts.
  std::vector<std::chrono::nanoseconds> latencies;

  std::chrono::nanoseconds latency(double quantile) const;
};

/// Blocks until all is answered. Throws std::runtime_error when no connection comes about.
load_result run_load(const load_wishes& with, const std::vector<std::string>& reviews);

}  // namespace scaleops::bench
