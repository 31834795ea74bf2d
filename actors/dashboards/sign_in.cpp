#include "actors/dashboards/sign_in.hpp"

#include <fmt/format.h>

namespace scaleops::dashboards {

namespace {

constexpr int failures_permitted = 10;
constexpr auto failures_window = std::chrono::minutes{1};
constexpr size_t most_remembered = 1000;

std::string_view header(const api_request& request, const std::string& name) {
  auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace

bool sign_in_limiter::permits(const std::string& peer, instant now) {
  auto found = peers_.find(peer);
  return found == peers_.end() || now - found->second.since >= failures_window ||
         found->second.failures < failures_permitted;
}

void sign_in_limiter::failed(const std::string& peer, instant now) {
  if (peers_.size() >= most_remembered)
    std::erase_if(peers_, [&](auto& each) { return now - each.second.since >= failures_window; });
  if (peers_.size() >= most_remembered)
    peers_.clear();  // from everywhere at once: memory counts more
  auto& tally = peers_[peer];
  if (now - tally.since >= failures_window)
    tally = {now, 0};
  ++tally.failures;
}

caller doorkeeper::by_cookie(const api_request& request, instant now) const {
  caller result;
  auto value = logic::cookie_of(header(request, "cookie"), cookie_name());
  if (value.empty())
    return result;
  result.open = sessions_.find(value, now);
  if (result.open)
    result.who = result.open->who;
  return result;
}

std::string doorkeeper::bearer_of(const api_request& request) {
  auto value = header(request, "authorization");
  if (value.size() < 7 || (!value.starts_with("Bearer ") && !value.starts_with("bearer ")))
    return {};
  return std::string{value.substr(7)};
}

std::optional<logic::identity> doorkeeper::remembered(const std::string& token, instant now) const {
  auto found = tokens_.find(logic::digest_of(token));
  if (found == tokens_.end() || now >= found->second.until)
    return std::nullopt;
  return found->second.who;
}

void doorkeeper::remember(const std::string& token, const logic::identity& who, instant now) {
  if (tokens_.size() >= most_remembered)
    std::erase_if(tokens_, [&](auto& each) { return now >= each.second.until; });
  if (tokens_.size() < most_remembered)
    tokens_[logic::digest_of(token)] = {who, now + cfg_.token_memory};
}

std::optional<logic::identity> doorkeeper::spend_one_time(const std::string& token) {
  if (one_time_.empty() || !logic::same_secret(one_time_, token))
    return std::nullopt;
  one_time_.clear();
  return logic::identity{cfg_.one_time_user.name, cfg_.one_time_user.groups};
}

std::string doorkeeper::attributes() const {
  return fmt::format("; Path=/; HttpOnly; SameSite=Strict{}",
                     cfg_.secure_cookies ? "; Secure" : "");
}

std::string doorkeeper::open_session(const logic::identity& who, instant now, std::string& cookie) {
  cookie = sessions_.open(who, cfg_.access, now, draws_.next());
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(sessions_.length()).count();
  return fmt::format("{}={}; Max-Age={}{}", cookie_name(), cookie, seconds, attributes());
}

std::string doorkeeper::close_session(const api_request& request, instant now) {
  sessions_.close(logic::cookie_of(header(request, "cookie"), cookie_name()), now);
  return fmt::format("{}=; Max-Age=0{}", cookie_name(), attributes());
}

std::string doorkeeper::cross_site_doubt(const api_request& request, const logic::session& open) {
  auto site = header(request, "sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return "the request comes from another site";
  if (!logic::same_secret(header(request, "x-csrf-token"), open.csrf))
    return "the x-csrf-token header is missing or wrong (GET /api/v1/session tells it)";
  return {};
}

}  // namespace scaleops::dashboards
