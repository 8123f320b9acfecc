// SPDX-License-Identifier: Apache-2.0
// Which names classes can have: those of the folders that training takes. The same rule stands at
// the door of training and at that of every file that names classes, for what a file names becomes
// a folder again (predict --sort-into).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

// "must have a name …", or "" where a class folder can have this one: 1 to 255 bytes of valid UTF-8
// without control characters and without "/", not beginning with "." (training skips hidden
// folders; "." and ".." are among them).
std::string class_name_fault(std::string_view name);

// What is wrong with a list of classes, for a message, or "": at least two, each with a name that a
// class folder can have, and sorted byte by byte, none twice.
std::string class_list_fault(const std::vector<std::string>& classes);

}  // namespace catdog
