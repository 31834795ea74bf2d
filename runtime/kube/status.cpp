#include "runtime/kube/status.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/kube/codec/decode_wire.hpp"

namespace scaleops::kube {

namespace {

using nlohmann::json;

struct status_words {
  std::string reason, message;
  std::vector<std::pair<std::string, std::string>> causes;  // reason, field
};

std::string text_at(const json& node, const char* name) {
  auto found = node.is_object() ? node.find(name) : node.end();
  return node.is_object() && found != node.end() && found->is_string() ? found->get<std::string>()
                                                                       : std::string{};
}

std::string one_line(std::string text) {
  std::replace_if(
    text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; }, ' ');
  if (text.size() > 400)
    text = text.substr(0, 400) + "...";
  return text;
}

status_words read_wire(std::string_view document) {
  status_words out;
  auto root = wire::framed(document, "Status", wire::status);
  out.reason = root["reason"].string();
  out.message = one_line(root["message"].string());
  root["details"]["causes"].each([&](wire_view cause) {
    out.causes.emplace_back(cause["reason"].string(), cause["field"].string());
  });
  return out;
}

status_words read(std::string_view document) {
  if (wire::is_framed(document))
    return read_wire(document);
  status_words out;
  auto root = json::parse(document, nullptr, false);
  if (!root.is_object()) {
    out.message = one_line(std::string(document.substr(0, 200)));
    return out;
  }
  out.reason = text_at(root, "reason");
  out.message = one_line(text_at(root, "message"));
  auto details = root.find("details");
  if (details != root.end() && details->is_object())
    if (auto causes = details->find("causes"); causes != details->end() && causes->is_array())
      for (auto& cause : *causes)
        out.causes.emplace_back(text_at(cause, "reason"), text_at(cause, "field"));
  return out;
}

ec code_of(int status, const status_words& words) {
  auto field = [&](std::string_view name) {
    return std::any_of(words.causes.begin(), words.causes.end(),
                       [&](auto& cause) { return cause.second == name; });
  };
  switch (status) {
    case 401:
      return ec::unauthorized;
    case 403:
      // From 1.36 on the server itself refuses what a node can never hold.
      return words.message.find("NodeCapacity") != std::string::npos ? ec::infeasible
                                                                     : ec::forbidden;
    case 404:
      return ec::not_found;
    case 409:
      return words.reason == "AlreadyExists" ? ec::already_exists : ec::conflict;
    case 410:
      return ec::gone;
    case 429:
      return ec::too_many_requests;
    case 502:
    case 503:
      return ec::unavailable;
    case 504:
      return ec::timeout;
    default:
      break;
  }
  // A patch that names another object's uid tries to change what cannot be changed.
  if (status == 422 && field("metadata.uid"))
    return ec::conflict;
  return status >= 500 ? ec::server_error : ec::invalid;
}

std::string fix_for(ec code, const std::string& said, const std::string& what,
                    const std::string& who) {
  switch (code) {
    case ec::unauthorized:
      return fmt::format(
        "; the credentials of context \"{}\" are not accepted: renew its token or certificate "
        "(kubectl --context {} get nodes shows the same)",
        who, who);
    case ec::forbidden:
      if (said.find(" cannot ") == std::string::npos)
        return {};  // an admission's refusal, not a right that is missing
      return fmt::format("; let a ClusterRole of this user allow to {}", what);
    default:
      return {};
  }
}

}  // namespace

api_failure failure_of_status(int status, std::string_view document, const std::string& what,
                              const std::string& who) {
  auto words = read(document);
  auto code = code_of(status, words);
  auto said = words.message.empty() ? fmt::format("HTTP {}", status) : words.message;
  return {code, fmt::format("{}: {}{}", what, said, fix_for(code, said, what, who))};
}

api_failure failure_of(const api_answer& answer, const std::string& what, const std::string& who) {
  if (answer.failure != ec::none)
    return {answer.failure, fmt::format("{}: {}", what, answer.problem)};
  return failure_of_status(answer.status, answer.body, what, who);
}

}  // namespace scaleops::kube
