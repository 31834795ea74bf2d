#include "runtime/kube/client.hpp"

#include <optional>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <caf/actor_cast.hpp>
#include <caf/typed_response_promise.hpp>
#include <nlohmann/json.hpp>

#include "runtime/http/asio_bridge.hpp"
#include "runtime/kube/client_core.hpp"
#include "runtime/kube/codec/encode.hpp"
#include "runtime/kube/streamed_lists.hpp"
#include "runtime/kube/usage_source.hpp"
#include "runtime/kube/watch_table.hpp"
#include "runtime/kube/writes.hpp"

namespace scaleops::kube {

namespace {

template <class T>
void refuse(caf::typed_response_promise<T>& answer, caf::error why) {
  answer.deliver(std::move(why));
}

caf::error error_of(const api_failure& failure) {
  return fail(failure.code, failure.text);
}

}  // namespace

class kube_client::impl : public std::enable_shared_from_this<kube_client::impl> {
public:
  impl(boost::asio::io_context& io, cluster_access access, client_config config,
       const std::shared_ptr<prometheus::Registry>& registry)
      : core{std::make_shared<client_core>(io, std::move(access), std::move(config), registry)},
        usage_{std::make_shared<usage_source>(core)},
        lists_{std::make_shared<streamed_lists>(core, io)} {}

  void start(caf::actor_system& sys, boost::asio::io_context& io) {
    bridge_.emplace(sys, io, behavior());
    watches_ = std::make_shared<watch_table>(core, lists_, bridge_->self());
    actor = caf::actor_cast<kube_actor>(bridge_->handle());
    discover();
  }

  void stop() {
    if (stopped_)
      return;
    stopped_ = true;
    watches_->stop();
    lists_->stop();
    waiting_.clear();
    bridge_->stop();
    core->way.stop();
    actor = nullptr;
  }

  void probe(std::function<void(const std::string&, const std::string&)> callback) {
    auto call = core->call("GET", "/version", "get", "version");
    call.priority = lane::urgent;
    core->way.call(std::move(call), [self = shared_from_this(),
                                     callback](const api_answer& answer) {
      if (!is_success(answer))
        return callback(failure_of(answer, "get the server's version", self->core->who()).text, {});
      auto document = nlohmann::json::parse(answer.body, nullptr, false);
      if (!document.is_object() || !document.contains("gitVersion") ||
          !document["gitVersion"].is_string())
        return callback(self->core->way.access().server.to_string() +
                          " does not answer like a Kubernetes API server; correct server",
                        {});
      callback({}, document["gitVersion"].get<std::string>());
    });
  }

  void call_document(document_call what, document_done done) {
    bool reads = what.merge_patch.empty();
    prepared_call made;
    made.call =
      core->call(reads ? "GET" : "PATCH", what.path, reads ? "get" : "patch", what.resource);
    made.what = fmt::format("{} {} {}", made.call.verb, what.resource,
                            what.path.substr(what.path.rfind('/') + 1));
    if (!reads) {
      made.call.target += "?fieldManager=scaleops";
      made.call.content_type = "application/merge-patch+json";
      made.call.body = std::move(what.merge_patch);
    }
    send(std::move(made),
         [done = std::move(done)](const api_answer& answer, const api_failure& failure) {
           done({failure.code, failure.text, answer.body});
         });
  }

  kube_actor actor;
  std::shared_ptr<client_core> core;

private:
  // ---- what the cluster serves ----

  /// Owners beyond Kubernetes' own are asked for once; lists and watches of workloads wait for it.
  void discover() {
    auto call = core->call("GET", "/apis/argoproj.io/v1alpha1", "get", "discovery");
    call.timeout = std::chrono::seconds{10};
    core->way.call(std::move(call), [self = shared_from_this()](const api_answer& answer) {
      if (is_success(answer) && answer.body.find("\"rollouts\"") != std::string::npos)
        self->core->catalog.add_workload({"/apis/argoproj.io/v1alpha1", "rollouts", "Rollout"});
      self->discovered_ = true;
      for (auto& work : std::exchange(self->waiting_, {}))
        work();
    });
  }

  void once_known(object_kind kind, std::function<void()> work) {
    if (kind == object_kind::workload && !discovered_)
      waiting_.push_back(std::move(work));
    else
      work();
  }

  // ---- the port ----

  template <class T>
  caf::typed_response_promise<T> promise() {
    return bridge_->self().make_response_promise<T>();
  }

  caf::behavior behavior() {
    auto weak = weak_from_this();
    // The actor may still get mail after we are gone.
    return {
      [weak](const list_query& m) { return on<object_list>(weak, &impl::on_list, m); },
      [weak](const get_query& m) { return on<object_ptr>(weak, &impl::on_get, m); },
      [weak](const open_watch& m) { return on<watch_opened>(weak, &impl::on_open_watch, m); },
      [weak](const watch_ack& m) {
        if (auto self = weak.lock())
          self->watches_->acknowledge(m.watch);
      },
      [weak](const close_watch& m) {
        if (auto self = weak.lock())
          self->watches_->close(m.watch);
      },
      [weak](const node_metrics_query& m) {
        return on<node_metrics_ptr>(weak, &impl::on_node_metrics, m);
      },
      [weak](const create_object& m) {
        return on<object_ptr>(weak, &impl::on_object_call<create_object>, m);
      },
      [weak](const update_object& m) {
        return on<object_ptr>(weak, &impl::on_object_call<update_object>, m);
      },
      [weak](const patch_metadata& m) {
        return on<object_ptr>(weak, &impl::on_object_call<patch_metadata>, m);
      },
      [weak](const delete_object& m) {
        return on<write_done>(weak, &impl::on_plain_call<delete_object>, m);
      },
      [weak](const resize_pod& m) {
        return on<object_ptr>(weak, &impl::on_object_call<resize_pod>, m);
      },
      [weak](const evict_pod& m) {
        return on<write_done>(weak, &impl::on_plain_call<evict_pod>, m);
      },
      [weak](const token_query& m) { return on<user_info>(weak, &impl::on_token, m); },
      [weak](const access_query& m) { return on<access_answer>(weak, &impl::on_access, m); },
    };
  }

  /// Hands a request to its handler together with the promise of an answer.
  template <class T, class Message>
  static caf::result<T> on(const std::weak_ptr<impl>& weak,
                           void (impl::*handler)(caf::typed_response_promise<T>, const Message&),
                           const Message& message) {
    auto self = weak.lock();
    if (!self || self->stopped_)
      return fail(ec::shutting_down, "the Kubernetes client is going away");
    auto answer = self->template promise<T>();
    ((*self).*handler)(answer, message);
    return answer;
  }

  void on_list(caf::typed_response_promise<object_list> answer, const list_query& query) {
    once_known(query.kind, [this, answer, query] {
      lists_->list(query, [answer](object_list page, const api_failure& failure) mutable {
        if (failure.code == ec::none)
          answer.deliver(std::move(page));
        else
          answer.deliver(error_of(failure));
      });
    });
  }

  void on_get(caf::typed_response_promise<object_ptr> answer, const get_query& query) {
    once_known(query.key.kind, [this, answer, query] { on_object_call<get_query>(answer, query); });
  }

  /// A call whose answer is the object.
  template <class Message>
  void on_object_call(caf::typed_response_promise<object_ptr> answer, const Message& message) {
    auto made = prepare(*core, message);
    if (made.failure.code != ec::none)
      return refuse(answer, error_of(made.failure));
    auto kind = made.kind;
    auto type = *made.type;
    send(std::move(made), [self = shared_from_this(), answer, kind, type](
                            const api_answer& got, const api_failure& failure) mutable {
      if (failure.code != ec::none)
        return refuse(answer, error_of(failure));
      auto read = self->core->decode.object(kind, type, got.body);
      if (read.value)
        answer.deliver(std::move(read.value));
      else
        answer.deliver(fail(ec::server_error, read.problem));
    });
  }

  template <class Message>
  void on_plain_call(caf::typed_response_promise<write_done> answer, const Message& message) {
    auto made = prepare(*core, message);
    if (made.failure.code != ec::none)
      return refuse(answer, error_of(made.failure));
    send(std::move(made), [answer](const api_answer&, const api_failure& failure) mutable {
      if (failure.code == ec::none)
        answer.deliver(write_done{});
      else
        answer.deliver(error_of(failure));
    });
  }

  void send(prepared_call made, std::function<void(const api_answer&, const api_failure&)> done) {
    auto trouble = made.call.verb + " " + made.call.resource;
    core->way.call(std::move(made.call),
                   [core = core, what = std::move(made.what), trouble = std::move(trouble),
                    done = std::move(done)](const api_answer& answer) {
                     if (is_success(answer)) {
                       core->troubles.over(trouble);
                       return done(answer, {});
                     }
                     auto failure = failure_of(answer, what, core->who());
                     if (failure.code == ec::forbidden || failure.code == ec::unauthorized)
                       core->note(trouble, failure);
                     done(answer, failure);
                   });
  }

  void on_open_watch(caf::typed_response_promise<watch_opened> answer, const open_watch& wish) {
    once_known(wish.kind, [this, answer, wish] { watches_->open(answer, wish); });
  }

  // ---- usage and reviews ----

  void on_node_metrics(caf::typed_response_promise<node_metrics_ptr> answer,
                       const node_metrics_query& query) {
    usage_->read(query.node, [answer](node_metrics_ptr got, const api_failure& failure) mutable {
      if (got)
        answer.deliver(std::move(got));
      else
        answer.deliver(error_of(failure));
    });
  }

  void on_token(caf::typed_response_promise<user_info> answer, const token_query& query) {
    auto refused = fail(ec::unauthorized, "the cluster does not accept this token");
    if (query.token.empty())
      return refuse(answer, refused);
    review("/apis/authentication.k8s.io/v1/tokenreviews", "tokenreviews",
           encode_token_review(query),
           [answer, refused](const std::string& body, const api_failure& failure) mutable {
             bool accepted = false;
             user_info who;
             if (failure.code != ec::none)
               answer.deliver(error_of(failure));
             else if (!decode_token_review(body, accepted, who))
               answer.deliver(fail(ec::server_error, "tokenreviews: the answer is no review"));
             else if (!accepted)
               answer.deliver(refused);
             else
               answer.deliver(std::move(who));
           });
  }

  void on_access(caf::typed_response_promise<access_answer> answer, const access_query& query) {
    review(
      "/apis/authorization.k8s.io/v1/subjectaccessreviews", "subjectaccessreviews",
      encode_access_review(query),
      [answer](const std::string& body, const api_failure& failure) mutable {
        access_answer got;
        if (failure.code != ec::none)
          answer.deliver(error_of(failure));
        else if (!decode_access_review(body, got))
          answer.deliver(fail(ec::server_error, "subjectaccessreviews: the answer is no review"));
        else
          answer.deliver(std::move(got));
      });
  }

  void review(const std::string& path, const std::string& resource, std::string body,
              std::function<void(const std::string&, const api_failure&)> done) {
    prepared_call made;
    made.call = core->call("POST", path, "create", resource);
    made.call.priority = lane::urgent;
    made.call.body = std::move(body);
    made.what = "create " + resource;
    send(std::move(made),
         [done = std::move(done)](const api_answer& answer, const api_failure& failure) {
           done(answer.body, failure);
         });
  }

  std::shared_ptr<usage_source> usage_;
  std::shared_ptr<streamed_lists> lists_;
  std::optional<asio_bridge> bridge_;
  std::shared_ptr<watch_table> watches_;
  std::vector<std::function<void()>> waiting_;
  bool discovered_ = false;
  bool stopped_ = false;
};

kube_client::kube_client(caf::actor_system& sys, boost::asio::io_context& io, cluster_access access,
                         client_config config, std::shared_ptr<prometheus::Registry> registry)
    : x_{std::make_shared<impl>(io, std::move(access), std::move(config), registry)} {
  x_->start(sys, io);
}

kube_client::~kube_client() {
  x_->stop();
}

const kube_actor& kube_client::actor() const {
  return x_->actor;
}

void kube_client::probe(std::function<void(const std::string&, const std::string&)> callback) {
  x_->probe(std::move(callback));
}

void kube_client::call_document(document_call what, document_done done) {
  x_->call_document(std::move(what), std::move(done));
}

const std::map<std::string, std::string>& kube_client::troubles() const {
  return x_->core->troubles.now();
}

void kube_client::stop() {
  x_->stop();
}

}  // namespace scaleops::kube
