// Keeps the webhook's certificates and its registration right, round by round: first what is
// shown to who connects (runtime/certificates), then the registration is healed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/admission/registration.hpp"
#include "runtime/certificates/certificate_keeper.hpp"
#include "runtime/certificates/round_account.hpp"

namespace prometheus {
class Registry;
}

namespace scaleops::webhook {

struct registrar_config {
  std::string secret = "admissions-certificate";  // in registration_wish::ns
  std::string registration = "scaleops-admissions";
  registration_wish wish;  // `authorities` is filled in here
  tls::certificate_wish certificate;
  tls::rotation_rules rotation;
  milliseconds every = std::chrono::seconds{30};  // between rounds
  milliseconds first_retry = std::chrono::seconds{1};
  std::function<instant()> now;
};

class registrar : public std::enable_shared_from_this<registrar> {
public:
  registrar(registrar_config config, kube::document_port api,
            std::shared_ptr<tls::server_tls> shown, prometheus::Registry& registry);
  ~registrar();

  /// One round; calls back with how long to wait before the next. One at a time.
  void round(std::function<void(milliseconds)> done);

  /// There is a certificate, and the registration was right when it was last seen.
  bool ready() const { return keeper_->shows() && registered_; }
  /// What is wrong at present; empty: nothing.
  const std::string& trouble() const { return rounds_.trouble(); }

private:
  struct metrics;
  void read_registration();
  void on_registration(const kube::document_answer& answer);
  void write_registration(registration_healing healing);
  void registered();
  void fail(const std::string& what, const std::string& why);
  void finish();
  std::string registration_path() const;

  registrar_config config_;
  kube::document_port api_;
  std::unique_ptr<metrics> metrics_;
  certificates::round_account rounds_;
  std::shared_ptr<certificates::certificate_keeper> keeper_;
  std::function<void(milliseconds)> done_;
  bool registered_ = false;
  int conflicts_ = 0;  // lost in this round
  std::string failed_;
};

}  // namespace scaleops::webhook
