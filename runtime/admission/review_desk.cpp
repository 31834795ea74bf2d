#include "runtime/admission/review_desk.hpp"

#include <exception>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace scaleops::webhook {

review_counts::review_counts(prometheus::Registry& registry) {
  // The admissions actor has the same family in its registry: they count together there.
  auto& family = prometheus::BuildCounter()
                   .Name("scaleops_admissions_reviews_total")
                   .Help("Pods reviewed at creation, by verdict")
                   .Register(registry);
  for (size_t i = 0; i < by_verdict.size(); ++i)
    by_verdict[i] =
      &family.Add({{"verdict", std::string(to_string(static_cast<admission_verdict>(i)))}});
}

review_desk::review_desk(desk_config config, std::shared_ptr<review_counts> counts)
    : config_{std::move(config)}, counts_{std::move(counts)}, heard_{config_.now()} {}

void review_desk::heard(instant at) {
  heard_ = at;
  keeper_.on_silence(std::nullopt);
}

std::string review_desk::answer(std::string_view body) {
  admission_response answer;
  std::string patch;
  if (body.size() > config_.largest_review) {
    answer.uid = uid_at_the_beginning(body);
    answer.verdict = admission_verdict::too_large;
  } else {
    try {
      auto read = reader_.read(body);
      answer = decide_on(read);
      if (answer.verdict == admission_verdict::patched)
        patch = make_patch(*read.review.object, read.places, answer);
    } catch (const std::exception&) {  // out of memory: the pod need not pay for it
      answer.uid = uid_at_the_beginning(body);
      answer.verdict = admission_verdict::unreadable;
    }
  }
  counts_->by_verdict[static_cast<size_t>(answer.verdict)]->Increment();
  counts_->answered.fetch_add(1, std::memory_order_relaxed);
  return write_review(answer, patch);
}

admission_response review_desk::decide_on(const read_review& read) {
  if (read.doubt)
    return {read.review.uid, *read.doubt, read.detail, {}, {}, {}};
  auto now = config_.now();
  if (now - heard_ > config_.feed_patience)
    keeper_.on_silence(heard_);
  return decide(read.review, keeper_.snapshot(), config_.patch, now);
}

}  // namespace scaleops::webhook
