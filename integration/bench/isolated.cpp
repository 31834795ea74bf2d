#include "integration/bench/isolated.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace scaleops::bench {

namespace {

/// Forks; the child runs `work` with its standard output or a given descriptor tied to a pipe, and
/// ends with its result.
std::string collect(const std::string& what, const std::function<int(int to)>& work) {
  int ends[2];
  if (pipe(ends) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  std::fflush(nullptr);
  auto child = fork();
  if (child < 0)
    throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    close(ends[0]);
    _exit(work(ends[1]));
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t got;
  while ((got = read(ends[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0)
      text.append(buffer, size_t(got));
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(
      what + (WIFEXITED(status) ? " ended with code " + std::to_string(WEXITSTATUS(status))
                                : " was ended by signal " + std::to_string(WTERMSIG(status))));
  return text;
}

}  // namespace

std::string run_isolated(const std::function<std::string()>& work) {
  return collect("the measuring process", [&](int to) {
    try {
      auto text = work();
      for (std::string_view left = text; !left.empty();) {
        auto put = write(to, left.data(), left.size());
        if (put < 0)
          return 1;
        left.remove_prefix(size_t(put));
      }
      return 0;
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "bench: %s\n", problem.what());
      return 1;
    }
  });
}

program_run run_program(const std::string& program, const std::vector<std::string>& arguments,
                        complaints errors) {
  auto began = std::chrono::steady_clock::now();
  program_run run;
  run.text = collect(program, [&](int to) {
    dup2(to, STDOUT_FILENO);
    close(to);
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (auto& each : arguments)
      argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    if (int nothing = errors == complaints::dropped ? open("/dev/null", O_WRONLY) : -1;
        nothing >= 0)
      dup2(nothing, STDERR_FILENO);
    execvp(program.c_str(), argv.data());
    std::fprintf(stderr, "bench: %s: %s\n", program.c_str(), std::strerror(errno));
    return 127;
  });
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return run;
}

}  // namespace scaleops::bench
