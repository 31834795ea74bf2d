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
      metrics_{std::make_unique<metrics>(registry)},
      rounds_{"admissions", "certificate and registration", config_.every, config_.first_retry} {
  certificates::keeper_config keep;
  keep.owner = "admissions";
  keep.ns = config_.wish.ns;
  keep.secret = config_.secret;
  keep.certificate = config_.certificate;
  keep.rotation = config_.rotation;
  keep.now = config_.now;
  keep.on_renewed = [this] { metrics_->renewals.Increment(); };
  keep.on_shown = [this](instant until) {
    metrics_->expiry.Set(std::chrono::duration<double>(until.time_since_epoch()).count());
  };
  keeper_ =
    std::make_shared<certificates::certificate_keeper>(std::move(keep), api_, std::move(shown));
}

registrar::~registrar() = default;

std::string registrar::registration_path() const {
  return "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/" +
         config_.registration;
}

void registrar::round(std::function<void(milliseconds)> done) {
  done_ = std::move(done);
  conflicts_ = 0;
  failed_.clear();
  // The registration is looked after whatever becomes of the certificate.
  keeper_->round([self = shared_from_this()](std::string problem) {
    self->failed_ = std::move(problem);
    self->read_registration();
  });
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
  config_.wish.authorities = keeper_->fresh() ? keeper_->bundle() : std::string{};
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
  registered_ = registered_ || keeper_->fresh();
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
  auto wait = rounds_.ended(std::move(failed_));
  if (auto done = std::exchange(done_, nullptr))
    done(wait);
}

}  // namespace scaleops::webhook
