// What the client tells Prometheus about its requests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "messages/time.hpp"
#include "runtime/kube/lanes.hpp"

namespace scaleops::kube {

class call_metrics {
public:
  explicit call_metrics(std::shared_ptr<prometheus::Registry> registry)
      : registry_{std::move(registry)},
        requests_{prometheus::BuildCounter()
                    .Name("scaleops_kube_requests_total")
                    .Help("Requests to the API server by verb, resource and result")
                    .Register(*registry_)},
        duration_{prometheus::BuildHistogram()
                    .Name("scaleops_kube_request_duration_seconds")
                    .Help("From the sending of a request to the end of its answer")
                    .Register(*registry_)},
        waited_{prometheus::BuildCounter()
                  .Name("scaleops_kube_rate_limit_wait_seconds_total")
                  .Help("Time that requests waited for their turn, by lane")
                  .Register(*registry_)},
        repeats_{prometheus::BuildCounter()
                   .Name("scaleops_kube_request_repeats_total")
                   .Help("Requests sent again, by reason")
                   .Register(*registry_)},
        streams_{prometheus::BuildGauge()
                   .Name("scaleops_kube_watch_streams")
                   .Help("Open watch streams")
                   .Register(*registry_)
                   .Add({})},
        refused_{prometheus::BuildCounter()
                   .Name("scaleops_kube_read_only_refusals_total")
                   .Help("Requests that the read-only guard did not let out, by verb")
                   .Register(*registry_)} {}

  /// `result`: the HTTP status, or the name of the failure.
  void done(const std::string& verb, const std::string& resource, const std::string& result,
            double seconds) {
    auto& counter = counters_[{verb, resource, result}];
    if (!counter)
      counter = &requests_.Add({{"verb", verb}, {"resource", resource}, {"result", result}});
    counter->Increment();
    auto& histogram = histograms_[verb];
    if (!histogram)
      histogram =
        &duration_.Add({{"verb", verb}}, prometheus::Histogram::BucketBoundaries{
                                           .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30});
    histogram->Observe(seconds);
  }
  void waited(lane which, double seconds) {
    waited_.Add({{"lane", std::string(to_string(which))}}).Increment(seconds);
  }
  void repeated(const std::string& reason) { repeats_.Add({{"reason", reason}}).Increment(); }
  void refused(const std::string& verb) { refused_.Add({{"verb", verb}}).Increment(); }
  void streams(size_t count) { streams_.Set(double(count)); }

private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Family<prometheus::Counter>& waited_;
  prometheus::Family<prometheus::Counter>& repeats_;
  prometheus::Gauge& streams_;
  prometheus::Family<prometheus::Counter>& refused_;
  std::map<std::tuple<std::string, std::string, std::string>, prometheus::Counter*> counters_;
  std::map<std::string, prometheus::Histogram*> histograms_;
};

}  // namespace scaleops::kube
