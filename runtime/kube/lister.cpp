#include "runtime/kube/lister.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

namespace scaleops::kube {

namespace {

class listing : public std::enable_shared_from_this<listing> {
public:
  listing(std::shared_ptr<client_core> core, list_query query, list_place place,
          std::function<void(object_list, api_failure)> done)
      : core_{std::move(core)},
        query_{std::move(query)},
        place_{std::move(place)},
        first_{query_.continue_token.empty()},
        done_{std::move(done)} {}

  void next() {
    auto& types = core_->catalog.types_of(query_.kind);
    if (place_.type >= types.size())
      return finish();
    auto& type = types[place_.type];
    auto target = type.collection(query_.ns);
    char separator = '?';
    auto add = [&](const char* name, const std::string& value) {
      target += fmt::format("{}{}={}", separator, name, value);
      separator = '&';
    };
    if (query_.limit > 0)
      add("limit",
          std::to_string(query_.limit - std::min<size_t>(out_.items.size(), query_.limit - 1)));
    if (!place_.token.empty())
      add("continue", percent_encoded(place_.token));
    auto call = core_->call("GET", std::move(target), "list", type.plural);
    if (type.speaks_protobuf())
      call.accept = "application/vnd.kubernetes.protobuf, application/json";
    core_->way.call(std::move(call),
                    [self = shared_from_this()](api_answer answer) { self->on_answer(answer); });
  }

private:
  void on_answer(const api_answer& answer) {
    auto& types = core_->catalog.types_of(query_.kind);
    auto& type = types[place_.type];
    auto what = "list " + type.plural;
    if (!is_success(answer)) {
      auto why = failure_of(answer, what, core_->who());
      core_->note(what, why);
      bool not_to_be_had = why.code == ec::forbidden || why.code == ec::not_found;
      if (!not_to_be_had || types.size() == 1)
        return done_({}, std::move(why));
      last_failure_ = std::move(why);  // the other types of the kind go on
      return next_type();
    }
    auto page = core_->decode.list(query_.kind, type, answer.body);
    if (!page.problem.empty())
      return done_({}, {ec::server_error, page.problem});
    core_->troubles.over(what);
    for (auto& problem : page.problems)
      core_->note_unreadable(type.plural, problem);
    // The first type was listed first: a watch from there misses nothing of the others.
    if (place_.version == 0)
      place_.version = page.resource_version;
    std::move(page.items.begin(), page.items.end(), std::back_inserter(out_.items));
    if (!page.continue_token.empty()) {
      place_.token = page.continue_token;
      return query_.limit > 0 && out_.items.size() >= query_.limit ? finish() : next();
    }
    next_type();
  }

  void next_type() {
    ++place_.type;
    place_.token.clear();
    bool full = query_.limit > 0 && out_.items.size() >= query_.limit;
    full ? finish() : next();
  }

  void finish() {
    bool last = place_.type >= core_->catalog.types_of(query_.kind).size();
    if (last && place_.version == 0)
      return done_({}, last_failure_.code != ec::none
                         ? last_failure_
                         : api_failure{ec::server_error, "list: the server gave no version"});
    out_.resource_version = place_.version;
    if (!last)
      out_.continue_token = place_.text();
    if (query_.kind == object_kind::pod && query_.ns.empty())
      core_->pods.page(out_.items, first_, last);
    done_(std::move(out_), {});
  }

  std::shared_ptr<client_core> core_;
  list_query query_;
  list_place place_;
  bool first_;
  std::function<void(object_list, api_failure)> done_;
  object_list out_;
  api_failure last_failure_;
};

}  // namespace

std::string list_place::text() const {
  return fmt::format("{}|{}|{}", type, version, token);
}

bool list_place::parse(const std::string& text, list_place& out) {
  auto one = text.find('|');
  auto two = one == text.npos ? one : text.find('|', one + 1);
  if (two == text.npos)
    return false;
  auto number = [&](size_t from, size_t to, auto& into) {
    auto [at, error] = std::from_chars(text.data() + from, text.data() + to, into);
    return error == std::errc{} && at == text.data() + to;
  };
  list_place read;
  if (!number(0, one, read.type) || !number(one + 1, two, read.version))
    return false;
  read.token = text.substr(two + 1);
  out = std::move(read);
  return true;
}

void list_objects(const std::shared_ptr<client_core>& core, const list_query& query,
                  std::function<void(object_list, api_failure)> done) {
  list_place place;
  if (!query.continue_token.empty() && !list_place::parse(query.continue_token, place))
    return done({}, {ec::invalid, "list: the continue token is none of ours"});
  if (!query.ns.empty() && !is_path_segment(query.ns))
    return done({}, {ec::invalid, "list: \"" + query.ns + "\" is no namespace"});
  std::make_shared<listing>(core, query, std::move(place), std::move(done))->next();
}

}  // namespace scaleops::kube
