#include "runtime/kube/streamed_lists.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runtime/kube/lister.hpp"

namespace scaleops::kube {

namespace {

constexpr std::string_view token_begin = "stream|";
constexpr uint32_t usual_page = 500;  // held back beyond twice a page

bool parse_token(const std::string& token, uint64_t& id) {
  if (!token.starts_with(token_begin))
    return false;
  auto* end = token.data() + token.size();
  auto [at, error] = std::from_chars(token.data() + token_begin.size(), end, id);
  return error == std::errc{} && at == end;
}

}  // namespace

streamed_lists::streamed_lists(std::shared_ptr<client_core> core, boost::asio::io_context& io)
    : core_{std::move(core)}, io_{io} {}

void streamed_lists::stop() {
  for (auto& [id, each] : entries_)
    each.stream->close();
  entries_.clear();
}

bool streamed_lists::can_stream(const list_query& query) const {
  return query.ns.empty() && query.continue_token.empty() && !refused_.contains(query.kind) &&
         core_->catalog.types_of(query.kind).size() == 1;
}

void streamed_lists::list(const list_query& query, list_done done) {
  if (uint64_t id = 0; parse_token(query.continue_token, id))
    return go_on(id, query, std::move(done));
  if (can_stream(query))
    return begin(query, std::move(done));
  list_objects(core_, query, std::move(done));
}

void streamed_lists::begin(const list_query& query, list_done done) {
  auto id = ++last_;
  auto& fresh = entries_.try_emplace(id, query.kind, io_).first->second;
  fresh.wish = {query, std::move(done)};
  auto weak = weak_from_this();
  follower::news news;
  news.on_over = [weak, id](const api_failure& why) {
    if (auto self = weak.lock())
      self->on_over(id, why);
  };
  news.on_trouble = [core = core_](const std::string& type, const api_failure& why) {
    core->note_unreadable(type, why.text);
  };
  follower::initial list;
  list.on_opened = [weak, id] {
    if (auto self = weak.lock(); self && self->entries_.contains(id)) {
      self->wait(id);
      self->arm(id);
    }
  };
  list.on_item = [weak, id](object_ptr item) {
    if (auto self = weak.lock())
      self->on_item(id, std::move(item));
  };
  list.on_listed = [weak, id](uint64_t version) {
    if (auto self = weak.lock())
      self->on_listed(id, version);
  };
  fresh.stream = std::make_shared<follower>(*core_, query.kind, 0, std::move(news));
  // Until it is open the transport watches over it.
  fresh.stream->start_with_list(std::move(list));
}

void streamed_lists::go_on(uint64_t id, const list_query& query, list_done done) {
  auto found = entries_.find(id);
  if (found == entries_.end() || found->second.wish || found->second.kind != query.kind)
    return done({}, {ec::gone, what(query.kind) + ": the list has been given up; begin anew"});
  found->second.wish = {query, std::move(done)};
  wait(id);
  answer_if_full(id);
}

void streamed_lists::on_item(uint64_t id, object_ptr item) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  auto& of = found->second;
  of.items.push_back(std::move(item));
  if (of.wish)
    wait(id);
  else if (of.items.size() >= 2 * usual_page)
    of.stream->hold(true);
  answer_if_full(id);
}

void streamed_lists::on_listed(uint64_t id, uint64_t version) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  core_->troubles.over(what(found->second.kind));
  found->second.listed = true;
  found->second.version = version;
  found->second.stream->hold(true);  // until it is claimed
  answer_if_full(id);
}

void streamed_lists::answer_if_full(uint64_t id) {
  auto& of = entries_.at(id);
  if (!of.wish)
    return;
  size_t limit = of.wish->query.limit;
  bool full = limit > 0 && of.items.size() >= limit;
  if (!full && !of.listed)
    return of.stream->hold(false);
  auto count = full ? limit : of.items.size();
  object_list page;
  page.items.assign(std::make_move_iterator(of.items.begin()),
                    std::make_move_iterator(of.items.begin() + ptrdiff_t(count)));
  of.items.erase(of.items.begin(), of.items.begin() + ptrdiff_t(count));
  bool last = of.listed && of.items.empty();
  page.resource_version = of.version;
  if (!last)
    page.continue_token = fmt::format("{}{}", token_begin, id);
  if (of.kind == object_kind::pod)
    core_->pods.page(page.items, !of.page_told, last);
  of.page_told = true;
  wait(id);
  std::exchange(of.wish, std::nullopt)->done(std::move(page), {});
}

std::shared_ptr<follower> streamed_lists::claim(object_kind kind, uint64_t version) {
  auto found = std::find_if(entries_.begin(), entries_.end(), [&](auto& each) {
    auto& [id, of] = each;
    return of.kind == kind && of.listed && of.items.empty() && of.version == version;
  });
  if (found == entries_.end())
    return nullptr;
  auto stream = std::move(found->second.stream);
  entries_.erase(found);
  return stream;
}

/// As long as nothing has been told, a list in pages can stand in.
void streamed_lists::on_over(uint64_t id, const api_failure& why) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  auto wish = std::move(found->second.wish);
  bool stands_in =
    !found->second.page_told && (why.code == ec::invalid || why.code == ec::forbidden ||
                                 why.code == ec::not_found || why.code == ec::gone);
  auto kind = found->second.kind;
  entries_.erase(found);
  if (why.code == ec::invalid && refused_.insert(kind).second)
    spdlog::info("{}; from now on it is listed in pages", why.text);
  if (!wish)
    return;
  if (stands_in)
    return list_objects(core_, wish->query, std::move(wish->done));
  core_->note(what(kind), why);
  wish->done({}, why);
}

void streamed_lists::wait(uint64_t id) {
  entries_.at(id).until = clock::now() + core_->config.list_patience;
}

void streamed_lists::arm(uint64_t id) {
  auto& of = entries_.at(id);
  of.timer.expires_at(of.until);
  of.timer.async_wait([weak = weak_from_this(), id](boost::system::error_code error) {
    if (auto self = weak.lock(); self && !error)
      self->on_time(id);
  });
}

void streamed_lists::on_time(uint64_t id) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  if (clock::now() < found->second.until)
    return arm(id);
  found->second.stream->close();
  if (!found->second.wish)
    return void(entries_.erase(found));
  on_over(id, {ec::invalid, what(found->second.kind) + ": the server does not end its list"});
}

}  // namespace scaleops::kube
