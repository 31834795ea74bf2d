#include "runtime/certificates/certificate_keeper.hpp"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runtime/certificates/secret.hpp"

namespace scaleops::certificates {

namespace {

constexpr int most_conflicts = 5;  // in one round: then the next one goes on

}  // namespace

std::string certificate_keeper::path() const {
  return fmt::format("/api/v1/namespaces/{}/secrets/{}", config_.ns, config_.secret);
}

void certificate_keeper::round(std::function<void(std::string)> done) {
  done_ = std::move(done);
  fresh_ = false;
  conflicts_ = 0;
  failed_.clear();
  read();
}

void certificate_keeper::read() {
  api_({path(), "secrets", {}},
       [self = shared_from_this()](const auto& answer) { self->on_secret(answer); });
}

void certificate_keeper::on_secret(const kube::document_answer& answer) {
  stored_certificates read;
  if (answer.code == ec::none)
    read = read_secret(answer.document);
  auto problem = answer.code == ec::none ? read.problem : answer.problem;
  if (!problem.empty()) {
    // What is there goes on to be shown.
    fail(fmt::format("read Secret {}/{}", config_.ns, config_.secret), problem);
    return finish();
  }
  auto fresh = tls::renew(read.set, config_.certificate, config_.rotation, config_.now());
  if (!fresh.problem.empty())
    fail("renew the certificate", fresh.problem);
  if (fresh.changed)
    return write(read.set, read.resource_version, std::move(fresh));
  if (auto refused = show(read.set); !refused.empty())
    fail("show the certificate", refused);
  finish();
}

void certificate_keeper::write(const tls::certificate_set& before,
                               const std::string& resource_version, tls::renewal fresh) {
  kube::document_call call{path(), "secrets", secret_patch(fresh.set, resource_version)};
  api_(std::move(call), [self = shared_from_this(), fresh = std::move(fresh),
                         before](const kube::document_answer& answer) {
    if (answer.code == ec::conflict && ++self->conflicts_ < most_conflicts)
      return self->read();  // another replica was faster: what it wrote counts
    auto* stands = &fresh.set;
    if (answer.code != ec::none) {
      self->fail(fmt::format("write Secret {}/{}", self->config_.ns, self->config_.secret),
                 answer.problem);
      stands = &before;
    } else {
      spdlog::info("{} renews its certificates: {}", self->config_.owner, fresh.why);
      if (self->config_.on_renewed)
        self->config_.on_renewed();
    }
    if (auto refused = self->show(*stands); !refused.empty() && answer.code == ec::none)
      self->fail("show the certificate", refused);
    self->finish();
  });
}

/// Takes the set over as what all replicas have agreed on. A problem leaves what was shown before.
std::string certificate_keeper::show(const tls::certificate_set& set) {
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
  if (config_.on_shown)
    config_.on_shown(leaves.empty() ? instant{} : leaves[0].life.until);
  return {};
}

void certificate_keeper::fail(const std::string& what, const std::string& why) {
  if (!failed_.empty())
    failed_ += "; ";
  // The client's own words begin with what was tried.
  failed_ += fmt::format("{}: {}", what, why);
}

void certificate_keeper::finish() {
  if (auto done = std::exchange(done_, nullptr))
    done(failed_);
}

}  // namespace scaleops::certificates
