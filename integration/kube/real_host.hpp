// A contract host whose cluster is real: real time, a thread for the sockets, CAF's own scheduler.
#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <prometheus/registry.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system_config.hpp>

#include "runtime/kube/client.hpp"
#include "unit/support/kube_contract.hpp"

namespace scaleops::test {

class real_host final : public contract_host {
public:
  struct cluster {
    kube::cluster_access access;
    std::string token;                 // that the cluster accepts
    std::function<bool()> compaction;  // may be empty
  };

  explicit real_host(const cluster& where) : where_{where} {
    kube::client_config config;
    config.transport.per_second = 500;
    config.transport.burst = 500;
    client_ = std::make_unique<kube::kube_client>(system_, io_, where.access, config,
                                                  std::make_shared<prometheus::Registry>());
    kube_ = client_->actor();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~real_host() override {
    kube_ = nullptr;
    boost::asio::post(io_, [this] {
      client_->stop();
      boost::asio::post(io_, [this] { io_.stop(); });
    });
    thread_.join();
    io_.restart();
    io_.poll();
    client_.reset();
    io_.poll();
  }

  caf::actor_system& sys() override { return system_; }
  kube_actor kube() override { return kube_; }
  std::string good_token() override { return where_.token; }
  bool compact() override { return where_.compaction && where_.compaction(); }
  bool refuses_infeasible() override { return false; }  // as from 1.36 on

  bool run_until(const std::function<bool()>& done, milliseconds most) override {
    auto end = std::chrono::steady_clock::now() + most;
    while (!done()) {
      if (std::chrono::steady_clock::now() >= end)
        return false;
      ::poll(nullptr, 0, 5);
    }
    return true;
  }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("sharing"));
    config.set("scheduler.max-threads", 2);
    return config;
  }

  cluster where_;
  caf::actor_system_config config_;
  caf::actor_system system_{configured(config_)};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
    io_.get_executor()};
  std::unique_ptr<kube::kube_client> client_;
  kube_actor kube_;
  std::thread thread_;
};

}  // namespace scaleops::test
