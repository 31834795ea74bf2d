#include "runtime/kube/exec_credential.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"

extern char** environ;

namespace scaleops::kube {

namespace {

using nlohmann::json;
using steady = std::chrono::steady_clock;

constexpr size_t most_output = 1 << 20;

exec_outcome failed(const exec_plugin& plugin, const std::string& what) {
  auto hint = plugin.install_hint.substr(0, plugin.install_hint.find('\n'));
  return {std::nullopt, fmt::format("credential plugin {}: {}{}{}", plugin.command, what,
                                    hint.empty() ? "" : "; ", hint)};
}

std::string exec_info(const cluster_access& access) {
  json info = {{"apiVersion", access.exec->api_version},
               {"kind", "ExecCredential"},
               {"spec", {{"interactive", false}}}};
  if (access.exec->provide_cluster_info) {
    json cluster = {{"server", access.server.to_string()}};
    if (!access.ca.text.empty())
      cluster["certificate-authority-data"] = encode_base64(access.ca.text);
    if (!access.tls_server_name.empty())
      cluster["tls-server-name"] = access.tls_server_name;
    if (access.insecure)
      cluster["insecure-skip-tls-verify"] = true;
    info["spec"]["cluster"] = std::move(cluster);
  }
  return info.dump();
}

/// The two ends of a pipe, closed in time.
struct pipe_pair {
  int read = -1, write = -1;
  pipe_pair() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
  ~pipe_pair() {
    close_write();
    if (read >= 0)
      ::close(read);
  }
  void close_write() {
    if (write >= 0)
      ::close(std::exchange(write, -1));
  }
  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;
};

/// Appends what is there; false at the end.
bool drain(int fd, std::string& into) {
  std::array<char, 4096> bytes;
  auto n = ::read(fd, bytes.data(), bytes.size());
  if (n <= 0)
    return n < 0 && errno == EINTR;
  into.append(bytes.data(), size_t(n));
  return into.size() <= most_output;
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  auto line = text.substr(text.rfind('\n') + 1);
  return line.substr(0, 200);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& each : texts)
    out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_for(const cluster_access& access) {
  std::vector<std::string> out;
  auto set = [&](const std::string& name, const std::string& value) {
    std::erase_if(out, [&](auto& each) { return each.starts_with(name + "="); });
    out.push_back(name + "=" + value);
  };
  for (char** each = environ; *each; ++each)
    out.emplace_back(*each);
  for (auto& [name, value] : access.exec->env)
    set(name, value);
  set("KUBERNETES_EXEC_INFO", exec_info(access));
  return out;
}

}  // namespace

exec_outcome parse_exec_credential(std::string_view text, const exec_plugin& plugin) {
  auto document = json::parse(text, nullptr, false);
  if (!document.is_object())
    return failed(plugin, "printed no JSON; run it by hand to see what it wants");
  auto at = [](const json& node, const char* name) -> const json& {
    static const json none;
    auto found = node.is_object() ? node.find(name) : node.end();
    return node.is_object() && found != node.end() ? *found : none;
  };
  auto string_at = [&](const json& node, const char* name) {
    auto& value = at(node, name);
    return value.is_string() ? value.get<std::string>() : std::string{};
  };
  if (string_at(document, "kind") != "ExecCredential")
    return failed(plugin, "printed no ExecCredential");
  if (string_at(document, "apiVersion") != plugin.api_version)
    return failed(plugin,
                  fmt::format("answers with apiVersion \"{}\" instead of {}",
                              string_at(document, "apiVersion").substr(0, 60), plugin.api_version));
  auto& status = at(document, "status");
  exec_credential out;
  out.token = string_at(status, "token");
  out.certificate = string_at(status, "clientCertificateData");
  out.key = string_at(status, "clientKeyData");
  for (unsigned char c : out.token)
    if (c <= ' ' || c == 127)
      return failed(plugin, "printed a token with a blank or control character in it");
  if (out.token.empty() && out.certificate.empty())
    return failed(plugin, "printed neither token nor certificate");
  if (out.certificate.empty() != out.key.empty())
    return failed(plugin, "printed a certificate without its key, or a key without certificate");
  if (auto expires = string_at(status, "expirationTimestamp"); !expires.empty()) {
    instant when;
    if (!parse_rfc3339(expires, when))
      return failed(plugin, "printed an expirationTimestamp that is no time");
    out.expires = when;
  }
  return {std::move(out), {}};
}

exec_outcome run_exec_plugin(const cluster_access& access, milliseconds timeout,
                             const std::atomic<bool>& stop) {
  auto& plugin = *access.exec;
  pipe_pair out, err;
  if (out.read < 0 || err.read < 0)
    return failed(plugin, fmt::format("no pipe: {}", std::strerror(errno)));
  std::vector<std::string> args{plugin.command};
  args.insert(args.end(), plugin.args.begin(), plugin.args.end());
  auto env = environment_for(access);
  auto argv = pointers(args), envp = pointers(env);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.write, STDERR_FILENO);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);  // so that its children can be killed too
  pid_t pid = 0;
  int error = posix_spawnp(&pid, plugin.command.c_str(), &files, &how, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (error != 0)
    return failed(plugin, fmt::format("cannot be started: {}; install it or correct exec.command",
                                      std::strerror(error)));
  out.close_write();
  err.close_write();

  std::string printed, complaints;
  auto end = steady::now() + timeout;
  bool reads_out = true, reads_err = true, late = false;
  while ((reads_out || reads_err) && !late) {
    std::array<pollfd, 2> wait{
      {{reads_out ? out.read : -1, POLLIN, 0}, {reads_err ? err.read : -1, POLLIN, 0}}};
    ::poll(wait.data(), wait.size(), 100);
    if (wait[0].revents)
      reads_out = drain(out.read, printed);
    if (wait[1].revents)
      reads_err = drain(err.read, complaints);
    late = stop || steady::now() > end;
  }
  int status = 0;
  while (!late && ::waitpid(pid, &status, WNOHANG) == 0) {
    ::poll(nullptr, 0, 10);
    late = stop || steady::now() > end;
  }
  if (late) {
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return failed(plugin,
                  fmt::format("gave no answer in {}; run it by hand to see what it waits for",
                              format_duration(timeout)));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    auto code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return failed(plugin, fmt::format("failed with {}: {}", code, last_line(complaints)));
  }
  return parse_exec_credential(printed, plugin);
}

}  // namespace scaleops::kube
