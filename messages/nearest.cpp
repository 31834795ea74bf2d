#include "messages/nearest.hpp"

#include <algorithm>
#include <limits>

namespace scaleops {

namespace {

size_t common_prefix(std::string_view a, std::string_view b) {
  return size_t(
    std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin()).first -
    a.begin());
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i)
    cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j)
    cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i)
    for (size_t j = 1; j <= b.size(); ++j) {
      cost[i][j] = std::min(
        {cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[a.size()][b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  word = word.substr(0, 200);  // a hostile word costs no more than a long one
  std::string best;
  size_t fewest = std::numeric_limits<size_t>::max(), longest = 0;
  for (auto& candidate : known) {
    bool begun = word.size() >= 3 && candidate.starts_with(word) && candidate != word;
    auto edits = begun ? 1 : edit_distance(word, candidate);
    auto same = common_prefix(word, candidate);
    if (edits < fewest || (edits == fewest && same > longest)) {
      fewest = edits;
      longest = same;
      best = candidate;
    }
  }
  return best;
}

}  // namespace scaleops
