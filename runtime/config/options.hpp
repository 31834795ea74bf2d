// What each subcommand is told: plain structs, whose initial values are the defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/component.hpp"
#include "messages/time.hpp"
#include "runtime/kube/url.hpp"

namespace scaleops {

/// Numeric address and port to listen on.
struct endpoint {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: the system chooses
  bool operator==(const endpoint&) const = default;
};

/// Simulated seconds in a real second; `as_fast_as_possible` leaves `factor` out of account.
struct time_factor {
  double factor = 1;
  bool as_fast_as_possible = false;
  bool operator==(const time_factor&) const = default;
};

enum class log_level : uint8_t { trace, debug, info, warn, error, off };
enum class log_format : uint8_t { text, json };

struct log_options {
  log_level level = log_level::info;
  log_format format = log_format::text;
};

/// The whole platform in one process.
struct up_options {
  std::string
    kubeconfig;         // a real cluster, read-only; empty with `context` empty: the embedded one
  std::string context;  // empty: the kubeconfig's current one
  std::string prometheus;                         // of the real cluster; empty: no past
  milliseconds history = std::chrono::hours{48};  // of Prometheus' memory, learned from first
  std::vector<std::string>
    traces;  // recorded usage to drive the embedded cluster's workloads; empty: generated curves
  time_factor speed{60, false};
  uint64_t seed = 1;
  std::optional<milliseconds>
    run_for;           // simulated time, then the report; absent: until interrupted
  std::string report;  // JSON file to write at the end; empty: none
  endpoint listen{"127.0.0.1", 8080};
  uint64_t workloads = 60;
  uint64_t nodes = 12;
  std::string policy = "production";  // name of a built-in, or a Policy as YAML or JSON file
  milliseconds scrape_interval = std::chrono::seconds{15};
  log_options log;
};

/// What a change of resources costs.
enum class apply_mode : uint8_t { in_place, restart };

/// Recorded usage in, decisions out.
struct replay_options {
  std::vector<std::string> traces;
  std::string policy = "production";           // name or file
  std::optional<double> aggressiveness;        // 0 safest to 1 leanest; absent: the policy's
  milliseconds warm = std::chrono::hours{24};  // learning time before the first decision
  apply_mode apply = apply_mode::in_place;
  std::string decisions;   // CSV file; empty: standard output
  std::string json;        // summary as a JSON file; empty: as text on standard error
  std::string checkpoint;  // state file to resume from and to write; empty: none
  log_options log;
};

/// Recomputes a recommendation from its evidence.
struct explain_options {
  std::string recommendation;
  std::string evidence;
  bool json = false;
  log_options log;
};

/// Where another component is, when it is not reached by its Service.
struct peer_address {
  component which = component::agent;
  kube::base_url status;               // serves /status
  std::optional<kube::base_url> gate;  // takes messages; absent: as its Service
};

enum class access_role : uint8_t { viewer, operator_, admin };

/// A role on the dashboard.
struct access_grant {
  access_role role = access_role::viewer;
  bool group = false;
  std::string name;  // of the user or group, as the API server tells it
  std::string ns;    // where it holds; empty: everywhere
};

/// One component as a process of its own.
struct component_options {
  component which = component::agent;
  std::string identity;  // of the pod
  std::vector<peer_address> peers;
  std::optional<endpoint> listen_peers;  // recommender and updater
  std::string peer_credentials = "/var/run/secrets/scaleops.sh";
  milliseconds scrape_interval = std::chrono::seconds{15};      // agent
  milliseconds checkpoint_interval = std::chrono::minutes{10};  // recommender
  std::string webhook_url;                                      // admissions, as the next six
  std::vector<std::string> excluded_namespaces;
  uint64_t workers = 2;
  milliseconds look_every = std::chrono::seconds{30};
  milliseconds authority_life = std::chrono::hours{24} * 365 * 5;
  milliseconds certificate_life = std::chrono::hours{24} * 90;
  milliseconds drain_time = std::chrono::seconds{5};
  std::vector<access_grant> access;  // dashboards, as the next one
  bool secure_cookies = false;
  std::string kubeconfig;  // empty: in-cluster account
  std::string context;     // empty: the kubeconfig's current one
  std::string ns = "scaleops-system";
  endpoint listen_metrics{"0.0.0.0", 9102};
  std::optional<endpoint> listen;  // dashboards and admissions: where they serve
  log_options log;
};

struct version_options {};

/// The option reference, for people or as docs/configuration.md.
struct help_options {
  std::vector<std::string> topic;  // a subcommand; empty: all
  bool markdown = false;
};

}  // namespace scaleops
