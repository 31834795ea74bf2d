// How rounds that put something right went: what is wrong now, said once when it changes, and how
// long to wait before the next.
#pragma once

#include <string>

#include "messages/time.hpp"

namespace scaleops::certificates {

class round_account {
public:
  /// `who`: component; `what`: is put right. Both for the log.
  round_account(std::string who, std::string what, milliseconds every, milliseconds first_retry)
      : who_{std::move(who)}, what_{std::move(what)}, every_{every}, first_retry_{first_retry} {}

  /// A round has ended with this problem; empty: none. Tells the wait before the next, which
  /// doubles from the first retry on for as long as rounds fail.
  milliseconds ended(std::string problem);

  /// What is wrong at present; empty: nothing.
  const std::string& trouble() const { return trouble_; }

private:
  std::string who_, what_;
  milliseconds every_, first_retry_;
  std::string trouble_;
  int failures_ = 0;  // rounds in a row
};

}  // namespace scaleops::certificates
