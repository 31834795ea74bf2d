#include "runtime/admission/registrar.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

namespace scaleops::webhook {

namespace {

constexpr int most_conflicts = 5;  // in one round: then the next one goes on
constexpr milliseconds longest_retry = std::chrono::minutes{1};

}  // namespace

struct registrar::metrics {
  explicit metrics(prometheus::Registry& registry)
      : heals{prometheus::BuildCounter()
                .Name("scaleops_admissions_registration_heals_total")
                .Help("Fields of the webhook's registration that were put right")
                .Register(registry)},
        renewals{prometheus::BuildCounter()
                   .Name("scaleops_admissions_certificate_renewals_total")
                   .Help("Times that this replica renewed the authority or the certificate")
                   .Register(registry)
                   .Add({})},
        expiry{prometheus::BuildGauge()
                 .Name("scaleops_admissions_certificate_expiry_timestamp_seconds")
                 .Help("When the certificate that is shown expires; 0: none is shown")
                 .Register(registry)
                 .Add({})},
        registered{prometheus::BuildGauge()
                     .Name("scaleops_admissions_registered")
                     .Help("1 while the registration is known to be right")
                     .Register(registry)
                     .Add({})} {}

  prometheus::Family<prometheus::Counter>& heals;
  prometheus::Counter& renewals;
  prometheus::Gauge& expiry;
  prometheus::Gauge& registered;
};

registrar::registrar(registrar_config config, kube::document_port api,
                     std::shared_ptr<tls::server_tls> shown, prometheus::Registry& registry)
    : config_{std::move(config)},
      api_{std::move(api)},
      shown_{std::move(shown)},
      metrics_{std::make_unique<metrics>(registry)} {}

registrar::~registrar() = default;

std::string registrar::secret_path() const {
  return fmt::format("/api/v1/namespaces/{}/secrets/{}", config_.wish.ns, config_.secret);
}

std::string registrar::registration_path() const {
  return "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/" +
         config_.registration;
}

void registrar::round(std::function<void(milliseconds)> done) {
  done_ = std::move(done);
  fresh_ = false;
  conflicts_ = 0;
  failed_.clear();
  read_certificates();
}

// ---- the certificates ----

void registrar::read_certificates() {
  api_({secret_path(), "secrets", {}},
       [self = shared_from_this()](const auto& answer) { self->on_secret(answer); });
}

void registrar::on_secret(const kube::document_answer& answer) {
  stored_certificates read;
  if (answer.code == ec::none)
    read = read_secret(answer.document);
  auto problem = answer.code == ec::none ? read.problem : answer.problem;
  if (!problem.empty()) {
    // What is there goes on to be shown; the registration is looked after all the same.
    fail(fmt::format("read Secret {}/{}", config_.wish.ns, config_.secret), problem);
    return read_registration();
  }
  auto fresh = tls::renew(read.set, config_.certificate, config_.rotation, config_.now());
  if (!fresh.problem.empty())
    fail("renew the webhook's certificate", fresh.problem);
  if (fresh.changed)
    return write_certificates(read, std::move(fresh));
  if (auto refused = show(read.set); !refused.empty())
    fail("show the webhook's certificate", refused);
  read_registration();
}

void registrar::write_certificates(const stored_certificates& read, tls::renewal fresh) {
  kube::document_call call{secret_path(), "secrets",
                           secret_patch(fresh.set, read.resource_version)};
  auto before = read.set;
  api_(std::move(call), [self = shared_from_this(), fresh = std::move(fresh),
                         before](const kube::document_answer& answer) {
    if (answer.code == ec::conflict && ++self->conflicts_ < most_conflicts)
      return self->read_certificates();  // another replica was faster: what it wrote counts
    auto* stands = &fresh.set;
    if (answer.code != ec::none) {
      self->fail(fmt::format("write Secret {}/{}", self->config_.wish.ns, self->config_.secret),
                 answer.problem);
      stands = &before;
    } else {
      spdlog::info("admissions renews its certificates: {}", fresh.why);
      self->metrics_->renewals.Increment();
    }
    if (auto refused = self->show(*stands); !refused.empty() && answer.code == ec::none)
      self->fail("show the webhook's certificate", refused);
    self->read_registration();
  });
}

/// Takes the set over as what all replicas have agreed on. A problem leaves what was shown before.
std::string registrar::show(const tls::certificate_set& set) {
  if (shows_ && set == held_) {
    fresh_ = true;
    return {};
  }
  auto problem = shown_->show(set.serving);
  if (!problem.empty())
    return problem;
  held_ = set;
  fresh_ = shows_ = true;
  auto leaves = tls::read_certificates(set.serving.certificate);
  auto until = leaves.empty() ? instant{} : leaves[0].life.until;
  metrics_->expiry.Set(std::chrono::duration<double>(until.time_since_epoch()).count());
  return {};
}

// ---- the registration ----

void registrar::read_registration() {
  api_({registration_path(), "mutatingwebhookconfigurations", {}},
       [self = shared_from_this()](const auto& answer) { self->on_registration(answer); });
}

void registrar::on_registration(const kube::document_answer& answer) {
  auto what = "read MutatingWebhookConfiguration " + config_.registration;
  if (answer.code != ec::none) {
    fail(what, answer.problem);
    return finish();
  }
  // A bundle that was not read in this round may be older than what another replica put there.
  config_.wish.authorities = fresh_ ? held_.bundle : std::string{};
  auto healing = heal(answer.document, config_.wish);
  if (!healing.problem.empty()) {
    registered_ = false;
    fail(what, healing.problem);
    return finish();
  }
  if (healing.merge_patch.empty())
    return registered();
  write_registration(std::move(healing));
}

void registrar::write_registration(registration_healing healing) {
  kube::document_call call{registration_path(), "mutatingwebhookconfigurations",
                           std::move(healing.merge_patch)};
  api_(std::move(call), [self = shared_from_this(),
                         fields = std::move(healing.fields)](const kube::document_answer& answer) {
    if (answer.code == ec::conflict && ++self->conflicts_ < most_conflicts)
      return self->read_registration();
    if (answer.code != ec::none) {
      self->registered_ = false;
      self->fail("heal MutatingWebhookConfiguration " + self->config_.registration, answer.problem);
      return self->finish();
    }
    for (auto& field : fields)
      self->metrics_->heals.Add({{"field", field}}).Increment();
    spdlog::info("admissions puts its registration right: {}", fmt::join(fields, ", "));
    self->registered();
  });
}

void registrar::registered() {
  registered_ = registered_ || fresh_;
  finish();
}

// ---- the round's end ----

void registrar::fail(const std::string& what, const std::string& why) {
  if (!failed_.empty())
    failed_ += "; ";
  // The client's own words begin with what was tried.
  failed_ += fmt::format("{}: {}", what, why);
}

void registrar::finish() {
  metrics_->registered.Set(registered_ ? 1 : 0);
  trouble_ = failed_;
  if (trouble_ != said_ && !trouble_.empty())
    spdlog::warn("admissions cannot {}", trouble_);
  else if (trouble_.empty() && !said_.empty())
    spdlog::info("admissions: certificate and registration are right again");
  said_ = trouble_;
  failures_ = trouble_.empty() ? 0 : failures_ + 1;
  auto wait = config_.every;
  if (failures_ > 0)
    wait = std::min(config_.first_retry * (1 << std::min(failures_ - 1, 10)), longest_retry);
  if (auto done = std::exchange(done_, nullptr))
    done(wait);
}

}  // namespace scaleops::webhook
