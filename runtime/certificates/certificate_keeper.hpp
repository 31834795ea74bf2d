// Keeps an authority and its serving certificate in a Secret, and shows the certificate to a
// server: reads, renews what is due, writes. Any number of replicas do the same: whoever loses a
// conflict takes over what the winner wrote.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime/kube/raw_document.hpp"
#include "runtime/tls/authority.hpp"
#include "runtime/tls/server_tls.hpp"

namespace scaleops::certificates {

struct keeper_config {
  std::string owner;  // component, for the log
  std::string ns = "scaleops-system";
  std::string secret;  // made by the chart, empty at first
  tls::certificate_wish certificate;
  tls::rotation_rules rotation;
  std::function<instant()> now;
  std::function<void()> on_renewed;       // this replica has renewed something
  std::function<void(instant)> on_shown;  // another certificate is shown, until when it is valid
};

class certificate_keeper : public std::enable_shared_from_this<certificate_keeper> {
public:
  certificate_keeper(keeper_config config, kube::document_port api,
                     std::shared_ptr<tls::server_tls> shown)
      : config_{std::move(config)}, api_{std::move(api)}, shown_{std::move(shown)} {}

  /// Calls back once with what went wrong: nothing, or "what: why". One round at a time.
  void round(std::function<void(std::string problem)> done);

  /// There is a certificate for who connects.
  bool shows() const { return shows_; }
  /// What is held was agreed on through the Secret in the last round.
  bool fresh() const { return fresh_; }
  /// Authorities to trust (PEM), newest first.
  const std::string& bundle() const { return held_.bundle; }

private:
  void read();
  void on_secret(const kube::document_answer& answer);
  void write(const tls::certificate_set& before, const std::string& resource_version,
             tls::renewal fresh);
  std::string show(const tls::certificate_set& set);
  void fail(const std::string& what, const std::string& why);
  void finish();
  std::string path() const;

  keeper_config config_;
  kube::document_port api_;
  std::shared_ptr<tls::server_tls> shown_;
  std::function<void(std::string)> done_;
  tls::certificate_set held_;
  bool shows_ = false;
  bool fresh_ = false;
  int conflicts_ = 0;  // lost in this round
  std::string failed_;
};

}  // namespace scaleops::certificates
