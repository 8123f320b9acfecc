// SPDX-License-Identifier: Apache-2.0
// What a message says of two lists of names that should be the same: classes, files, tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// A name in quotes, with what a screen cannot show escaped. A name with characters beyond ASCII is
// written a second time with these escaped, so that names that look alike can be told apart:
// "dogs ", "Äpfel" (A\u0308pfel).
std::string quoted_name(std::string_view name);

struct NameList {
  std::string owner;  // for messages: only <owner> has "a"
  std::vector<std::string> names;
};

// The names that one of the two alone has, at most ten of each and the number of the others; or
// that a name is there more often in one of them; or that the order is another. "" if the lists
// are equal.
std::string difference_of(const NameList& a, const NameList& b);

}  // namespace catdog
