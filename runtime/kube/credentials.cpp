#include "runtime/kube/credentials.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "messages/crd/base64.hpp"
#include "runtime/clock.hpp"
#include "runtime/kube/exec_credential.hpp"

namespace scaleops::kube {

namespace {

using steady = std::chrono::steady_clock;

constexpr auto reread_every = std::chrono::seconds{60};  // kubelet refreshes projected tokens
constexpr auto plugin_timeout = std::chrono::seconds{30};
constexpr auto plugin_rest = std::chrono::seconds{5};  // after a failure
constexpr auto expiry_margin = std::chrono::seconds{10};

std::string text_of_file(const std::string& path, std::string& problem) {
  std::ifstream in{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.good() && !in.eof())
    problem = fmt::format("{} cannot be read", path);
  return text;
}

std::string pem_of(const pem_source& source, std::string& problem) {
  if (!source.text.empty() || source.file.empty())
    return source.text;
  return text_of_file(source.file, problem);
}

std::string one_line(const std::string& text) {
  std::string out;
  for (unsigned char c : text)
    if (c > ' ' && c != 127)
      out += char(c);
  return out;
}

}  // namespace

class credential_source::impl : public std::enable_shared_from_this<credential_source::impl> {
public:
  impl(boost::asio::io_context& io, cluster_access access) : io_{io}, access_{std::move(access)} {}

  ~impl() { stop(); }

  void stop() {
    stop_ = true;
    if (plugin_.joinable())
      plugin_.join();
    waiting_.clear();
  }

  void get(std::function<void(const credential&)> callback) {
    if (!access_.exec) {
      if (steady::now() >= read_again_)
        read();
      return callback(now_);
    }
    if (running_) {
      waiting_.push_back(std::move(callback));
      return;
    }
    if (steady::now() < read_again_)
      return callback(now_);
    waiting_.push_back(std::move(callback));
    run_plugin();
  }

  void refuse() {
    // A plugin that is asked at every refusal would be asked all the time.
    if (!running_ && now_.problem.empty() && steady::now() - read_at_ > plugin_rest)
      read_again_ = {};
  }

private:
  void read() {
    read_at_ = steady::now();
    credential fresh;
    fresh.ca = pem_of(access_.ca, fresh.problem);
    fresh.certificate = pem_of(access_.certificate, fresh.problem);
    fresh.key = pem_of(access_.key, fresh.problem);
    auto token = access_.token;
    if (!access_.token_file.empty())
      token = one_line(text_of_file(access_.token_file, fresh.problem));
    if (!fresh.problem.empty())
      fresh.problem += "; correct its path in the kubeconfig or its permissions";
    fill(fresh, token);
    read_again_ = steady::now() + (fresh.problem.empty() ? reread_every : plugin_rest);
    // A file that is being replaced: what was good a moment ago is still better than nothing.
    if (fresh.problem.empty() || now_.headers.empty())
      now_ = std::move(fresh);
  }

  void fill(credential& fresh, const std::string& token) const {
    if (!token.empty())
      fresh.headers += "Authorization: Bearer " + token + "\r\n";
    else if (!access_.user.empty())
      fresh.headers +=
        "Authorization: Basic " + encode_base64(access_.user + ":" + access_.password) + "\r\n";
    if (!access_.impersonate.empty())
      fresh.headers += "Impersonate-User: " + one_line(access_.impersonate) + "\r\n";
    for (auto& group : access_.impersonate_groups)
      fresh.headers += "Impersonate-Group: " + one_line(group) + "\r\n";
  }

  void run_plugin() {
    running_ = true;
    if (plugin_.joinable())
      plugin_.join();
    plugin_ = std::thread{[this, weak = weak_from_this()] {
      auto outcome = run_exec_plugin(access_, plugin_timeout, stop_);
      boost::asio::post(io_, [weak, outcome = std::move(outcome)] {
        if (auto self = weak.lock())
          self->on_plugin(outcome);
      });
    }};
  }

  void on_plugin(const exec_outcome& outcome) {
    running_ = false;
    read_at_ = steady::now();
    credential fresh;
    fresh.ca = pem_of(access_.ca, fresh.problem);
    fresh.certificate = pem_of(access_.certificate, fresh.problem);
    fresh.key = pem_of(access_.key, fresh.problem);
    if (outcome.credential) {
      if (!outcome.credential->certificate.empty()) {
        fresh.certificate = outcome.credential->certificate;
        fresh.key = outcome.credential->key;
      }
      fill(fresh, outcome.credential->token);
      read_again_ = steady::time_point::max();
      if (auto& expires = outcome.credential->expires) {
        auto left = *expires - wall_now();
        left = std::clamp<milliseconds>(left - expiry_margin, plugin_rest, std::chrono::hours{24});
        read_again_ = steady::now() + left;
      }
    } else {
      fresh.problem = outcome.problem;
      read_again_ = steady::now() + plugin_rest;
    }
    now_ = std::move(fresh);
    for (auto& callback : std::exchange(waiting_, {}))
      callback(now_);
  }

  boost::asio::io_context& io_;
  cluster_access access_;
  credential now_;
  steady::time_point read_again_{}, read_at_{};
  bool running_ = false;
  std::vector<std::function<void(const credential&)>> waiting_;
  std::thread plugin_;
  std::atomic<bool> stop_ = false;
};

credential_source::credential_source(boost::asio::io_context& io, cluster_access access)
    : x_{std::make_shared<impl>(io, std::move(access))} {}

credential_source::~credential_source() {
  x_->stop();
}

void credential_source::get(std::function<void(const credential&)> callback) {
  x_->get(std::move(callback));
}

void credential_source::refuse() {
  x_->refuse();
}

}  // namespace scaleops::kube
