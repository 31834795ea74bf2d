#include "runtime/peer/peer_gate.hpp"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "messages/wire/codec.hpp"
#include "runtime/certificates/round_account.hpp"
#include "runtime/http/http_server.hpp"

namespace scaleops::peer {

namespace {

http_server_config http_config(const peer_gate_config& config,
                               const std::shared_ptr<tls::server_tls>& shown) {
  http_server_config out;
  out.address = config.listen.address;
  out.port = config.listen.port;
  out.body_limit = wire::most_bytes;
  out.max_connections = 256;
  out.tls = shown;
  return out;
}

certificates::keeper_config keeper_config(const peer_gate_config& config) {
  certificates::keeper_config keep;
  auto which = config.server.which;
  keep.owner = to_string(which);
  keep.ns = config.server.ns;
  keep.secret = certificate_secret(which);
  auto name = service_name(which, config.server.ns);
  keep.certificate.authority_name = fmt::format("scaleops {}", to_string(which));
  keep.certificate.names.common_name = name;
  keep.certificate.names.dns = {name, name + ".cluster.local"};
  keep.now = config.now;
  return keep;
}

}  // namespace

std::string certificate_secret(component which) {
  return fmt::format("{}-certificate", to_string(which));
}

std::string authority_map(component which) {
  return fmt::format("{}-authority", to_string(which));
}

std::string service_name(component which, const std::string& ns) {
  return fmt::format("{}.{}.svc", to_string(which), ns);
}

class peer_gate::impl : public std::enable_shared_from_this<peer_gate::impl> {
public:
  impl(caf::actor_system& sys, boost::asio::io_context& io, peer_gate_config config,
       kube_actor kube, kube::document_port documents, peer_root root,
       const std::shared_ptr<prometheus::Registry>& registry)
      : config_{std::move(config)},
        documents_{std::move(documents)},
        shown_{std::make_shared<tls::server_tls>()},
        keeper_{std::make_shared<certificates::certificate_keeper>(keeper_config(config_),
                                                                   documents_, shown_)},
        peers_{sys, io, config_.server, std::move(kube), std::move(root), registry},
        http_{io, http_config(config_, shown_), peers_.handler()},
        next_{io},
        rounds_{std::string{to_string(config_.server.which)}, "certificate and authority",
                config_.look_every, config_.first_retry} {}

  std::string start() {
    auto problem = http_.start();
    if (problem.empty())
      look();
    return problem;
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    next_.cancel();
    http_.stop();
    peers_.stop();
  }

  uint16_t port() const { return http_.port(); }

  std::string trouble() const {
    if (!rounds_.trouble().empty())
      return rounds_.trouble();
    return keeper_->shows() ? std::string{} : "waiting for the certificate";
  }

private:
  void look() {
    keeper_->round([weak = weak_from_this()](const std::string& problem) {
      auto self = weak.lock();
      if (!self || self->stopped_)
        return;
      if (!problem.empty() || !self->keeper_->fresh())
        return self->settle(problem);
      self->read_authority();
    });
  }

  std::string map_path() const {
    return fmt::format("/api/v1/namespaces/{}/configmaps/{}", config_.server.ns,
                       authority_map(config_.server.which));
  }

  /// Others trust what stands there.
  void read_authority() {
    documents_({map_path(), "configmaps", {}},
               [weak = weak_from_this()](const kube::document_answer& answer) {
                 auto self = weak.lock();
                 if (!self || self->stopped_)
                   return;
                 if (answer.code != ec::none)
                   return self->settle("read the authority's ConfigMap: " + answer.problem);
                 auto document = nlohmann::json::parse(answer.document, nullptr, false);
                 auto known =
                   document.is_object()
                     ? document.value(nlohmann::json::json_pointer{"/data/ca.crt"}, std::string{})
                     : std::string{};
                 if (known == self->keeper_->bundle())
                   return self->settle({});
                 self->write_authority();
               });
  }

  void write_authority() {
    nlohmann::json patch{{"data", {{"ca.crt", keeper_->bundle()}}}};
    documents_({map_path(), "configmaps", patch.dump()}, [weak = weak_from_this()](
                                                           const kube::document_answer& answer) {
      auto self = weak.lock();
      if (!self || self->stopped_)
        return;
      self->settle(answer.code == ec::none ? std::string{}
                                           : "write the authority's ConfigMap: " + answer.problem);
    });
  }

  void settle(const std::string& problem) {
    auto wait = rounds_.ended(problem);
    next_.expires_after(wait);
    next_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      if (auto self = weak.lock(); self && !error && !self->stopped_)
        self->look();
    });
  }

  peer_gate_config config_;
  kube::document_port documents_;
  std::shared_ptr<tls::server_tls> shown_;
  std::shared_ptr<certificates::certificate_keeper> keeper_;
  peer_server peers_;
  http_server http_;
  boost::asio::steady_timer next_;
  certificates::round_account rounds_;
  bool stopped_ = false;
};

peer_gate::peer_gate(caf::actor_system& sys, boost::asio::io_context& io, peer_gate_config config,
                     kube_actor kube, kube::document_port documents, peer_root root,
                     const std::shared_ptr<prometheus::Registry>& registry)
    : x_{std::make_shared<impl>(sys, io, std::move(config), std::move(kube), std::move(documents),
                                std::move(root), registry)} {}

peer_gate::~peer_gate() {
  x_->stop();
}

std::string peer_gate::start() {
  return x_->start();
}

void peer_gate::stop() {
  x_->stop();
}

uint16_t peer_gate::port() const {
  return x_->port();
}

std::string peer_gate::trouble() const {
  return x_->trouble();
}

}  // namespace scaleops::peer
