#include "runtime/config/commands.hpp"

#include <limits>

#include "runtime/config/component_kinds.hpp"
#include "runtime/config/kinds.hpp"

// No option may be called port, service-… or …-tcp: Kubernetes puts SCALEOPS_RECOMMENDER_PORT and
// the like into the environment of every pod in the namespace of a Service of that name.

namespace scaleops::config {

namespace {

using namespace std::chrono_literals;
constexpr milliseconds day = 24h;

void add_common(command& c, log_options& log) {
  c.add("log-level", log.level,
        choice<log_level>({{"trace", log_level::trace},
                           {"debug", log_level::debug},
                           {"info", log_level::info},
                           {"warn", log_level::warn},
                           {"error", log_level::error},
                           {"off", log_level::off}}),
        "What is worth a line in the log.");
  c.add("log-format", log.format,
        choice<log_format>({{"text", log_format::text}, {"json", log_format::json}}),
        "Lines for people, or one JSON document a line.");
}

void describe(command& c, up_options& o) {
  c.name = "up";
  c.summary =
    "Runs the whole platform in one process: on an embedded cluster, or read-only on a real one.";
  c.add("kubeconfig", o.kubeconfig, text("FILE"),
        "Look at a real cluster, without changing anything in it; several files with ':' between "
        "them are merged. Not given, with --context: $KUBECONFIG or ~/.kube/config.");
  c.add("context", o.context, text("NAME"),
        "Context of the kubeconfig. Not given: its current one.");
  c.add("prometheus", o.prometheus, text("URL"),
        "Prometheus that has watched the real cluster: its past is learned from at the start. Not "
        "given: learning begins now.");
  c.add("history", o.history, duration(1h, 90 * day),
        "How much of Prometheus' past is learned from.");
  c.add("traces", o.traces, readable_file(),
        "Recorded usage (series,timestamp_s,cpu_cores,memory_bytes; .csv or .csv.gz) that drives "
        "the workloads "
        "instead of generated curves.");
  c.add(
    "speed", o.speed, speed(),
    "Simulated time by real time; max runs as fast as possible. A real cluster has its own pace.");
  c.add("seed", o.seed, whole(0, std::numeric_limits<uint64_t>::max()),
        "Everything random comes from it: same seed, same history.");
  c.add("for", o.run_for, duration(1min, 3650 * day),
        "Stop after this time (simulated time on the embedded cluster) and print the report. Not "
        "given: run until interrupted.");
  c.add("report", o.report, writable_file(),
        "Also write the report of --for to this file, as JSON.");
  c.add("listen", o.listen, address(), "Where the dashboard and the metrics are served.");
  c.add("workloads", o.workloads, whole(1, 100'000),
        "Workloads of the made-up cluster; traces bring their own.");
  c.add("nodes", o.nodes, whole(1, 5'000), "Nodes of the made-up cluster; traces bring their own.");
  c.add("policy", o.policy, name_or_file(),
        "Policy by name, or a Policy object in a YAML or JSON file.");
  c.add("scrape-interval", o.scrape_interval, duration(1s, 5min), "How often usage is measured.");
  add_common(c, o.log);
}

void describe(command& c, replay_options& o) {
  c.name = "replay";
  c.summary = "Runs the recommender over recorded usage and writes its decisions.";
  auto& traces =
    c.add("trace", o.traces, readable_file(),
          "Recorded usage (series,timestamp_s,cpu_cores,memory_bytes; .csv or .csv.gz).");
  traces.positional = traces.required = true;
  c.add("policy", o.policy, name_or_file(),
        "Policy by name, or a Policy object in a YAML or JSON file.");
  c.add("aggressiveness", o.aggressiveness, fraction(0, 1),
        "From 0 (safest) to 1 (leanest). Not given: as the policy says.");
  c.add("warm", o.warm, duration(0s, 365 * day),
        "Usage that is learned from before the first decision.");
  c.add("apply", o.apply,
        choice<apply_mode>({{"in-place", apply_mode::in_place}, {"restart", apply_mode::restart}}),
        "How a change is made, hence what it costs.");
  c.add("decisions", o.decisions, output(),
        "Write the decisions to this file instead of standard output.");
  c.add("json", o.json, output(),
        "Write the summary to this file, as JSON, instead of to standard error.");
  c.add(
    "checkpoint", o.checkpoint, writable_file(),
    "Resume from the state in this file, if it is there, and leave the state there at the end.");
  add_common(c, o.log);
}

void describe(command& c, explain_options& o) {
  c.name = "explain";
  c.summary = "Recomputes a recommendation from its evidence, or says what differs.";
  c.add("recommendation", o.recommendation, readable_file(),
        "A Recommendation object (YAML or JSON).")
    .required = true;
  c.add("evidence", o.evidence, readable_file(), "The evidence that it was made from.").required =
    true;
  c.add_switch("json", o.json, "Answer as JSON.");
  add_common(c, o.log);
}

void describe_peers(command& c, component_options& o) {
  bool takes = o.which == component::recommender || o.which == component::updater;
  bool tells = o.which == component::agent || o.which == component::dashboards;
  if (takes) {
    o.listen_peers = endpoint{"0.0.0.0", 9443};
    c.add("listen-peers", *o.listen_peers, address(),
          "Where other components' messages are taken, by TLS.");
  }
  if (o.which == component::recommender || o.which == component::admissions)
    return;
  c.add("peer", o.peers, peer_addresses(),
        "Where another component is, if not at its Service; as often as needed.");
  if (tells)
    c.add("peer-credentials", o.peer_credentials, text("DIR"),
          "Holds `token`, which shows others who we are, and a NAME.crt of each component's "
          "authority.");
}

void describe(command& c, component_options& o) {
  c.name = to_string(o.which);
  switch (o.which) {
    case component::agent:
      c.summary = "Watches pods, owners and nodes, and measures usage.";
      break;
    case component::recommender:
      c.summary = "Learns every workload's usage and says what to request.";
      break;
    case component::admissions:
      c.summary = "Answers the webhook: sizes pods as they are created.";
      break;
    case component::updater:
      c.summary = "Brings running pods to their recommendations, gently.";
      break;
    case component::dashboards:
      c.summary = "Serves the web pages and their API.";
      break;
    case component::healthcheck:
      c.summary = "Checks from outside that every promise is kept.";
      break;
  }
  c.add("kubeconfig", o.kubeconfig, readable_file(),
        "How to reach the cluster. Not given: the pod's own account.");
  c.add("context", o.context, text("NAME"),
        "Context of the kubeconfig. Not given: its current one.");
  c.add("namespace", o.ns, kube_name("NAME"), "Namespace that the platform lives in.");
  c.add("listen-metrics", o.listen_metrics, address(),
        "Where /metrics, /healthz and /readyz are served.");
  c.add("identity", o.identity, text("NAME"),
        "Name of this pod: who holds leases and writes events. Not given: the host's name.");
  describe_peers(c, o);
  if (o.which == component::agent)
    c.add("scrape-interval", o.scrape_interval, duration(1s, 5min), "How often usage is measured.");
  if (o.which == component::recommender)
    c.add("checkpoint-interval", o.checkpoint_interval, duration(1min, 1h),
          "Within this time everything that was learned is saved.");
  if (o.which == component::dashboards) {
    c.add("access", o.access, access(),
          "Who may do what on the pages: as often as needed. Nobody else may.");
    c.add_switch("secure-cookies", o.secure_cookies,
                 "People come over TLS: sessions are never sent in the clear.");
  }
  if (o.which == component::admissions) {
    c.add("webhook-url", o.webhook_url, https_url(),
          "Where an API server outside of the cluster calls the webhook. Not given: its Service.");
    c.add("exclude-namespace", o.excluded_namespaces, kube_name("NAME"),
          "Namespaces that the webhook is not asked for, beside ours and Kubernetes' own.");
    c.add("workers", o.workers, whole(1, 64), "Threads that answer the webhook.");
    c.add("look-every", o.look_every, duration(1s, 5min),
          "How often the certificate and the registration are looked at.");
    c.add("authority-life", o.authority_life, duration(1min, 24h * 365 * 20),
          "How long an authority is valid; at two thirds of it the next one is made.");
    c.add("certificate-life", o.certificate_life, duration(30s, 24h * 365),
          "How long a certificate of ours is valid; at two thirds of it it is renewed.");
    c.add(
      "drain-time", o.drain_time, duration(0s, 1min),
      "On SIGTERM the webhook goes on answering for so long, each answer its connection's last.");
  }
  if (o.which == component::dashboards || o.which == component::admissions) {
    o.listen = endpoint{"0.0.0.0", uint16_t(o.which == component::dashboards ? 8080 : 8443)};
    c.add("listen", *o.listen, address(),
          o.which == component::dashboards ? "Where the pages are served."
                                           : "Where the webhook is served, by TLS.");
  }
  add_common(c, o.log);
}

void describe(command& c, version_options&) {
  c.name = "version";
  c.summary = "Prints the version, the commit, the compiler and the version of CAF.";
}

void describe(command& c, help_options& o) {
  c.name = "help";
  c.summary = "Prints the options of a command, or all of them.";
  c.add("command", o.topic, text("COMMAND"), "A command.").positional = true;
  c.add_switch("markdown", o.markdown,
               "Print the whole reference, as docs/configuration.md holds it.");
}

}  // namespace

std::vector<std::unique_ptr<entry>> all_commands() {
  std::vector<std::unique_ptr<entry>> all;
  auto add = [&all](invocation initial) {
    auto& made = *all.emplace_back(std::make_unique<entry>(std::move(initial)));
    std::visit([&](auto& options) { describe(made.description, options); }, made.values);
    // Everything but the reference itself can be set from a file.
    if (made.description.name != "help" && made.description.name != "version") {
      made.description.add("config", made.config_file, readable_file(), "YAML file with options.");
    }
  };
  add(up_options{});
  add(replay_options{});
  add(explain_options{});
  for (auto which : {component::recommender, component::dashboards, component::admissions,
                     component::updater, component::agent, component::healthcheck}) {
    component_options options;
    options.which = which;
    add(std::move(options));
  }
  add(version_options{});
  add(help_options{});
  return all;
}

}  // namespace scaleops::config
