// "Did you mean": the known word nearest to a wrong one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scaleops {

/// Edits (insert, delete, replace, swap of neighbours) that lead from one word to the other.
size_t edit_distance(std::string_view a, std::string_view b);

/// The known word with the fewest edits, of equals the one with the longest common beginning; a
/// known word that begins with `word` counts as one edit. Empty when nothing is known.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace scaleops
