// SPDX-License-Identifier: Apache-2.0
// A name that no class folder can have is none for a class, wherever it stands.
#include "catdog/core/class_names.hpp"

#include <gtest/gtest.h>

namespace catdog {
namespace {

TEST(ClassNames, AreThoseOfFolders) {
  for (const std::string& name : {std::string("cats"), std::string(" a, \"b\" "), std::string("猫"),
                                  std::string("a..b"), std::string(255, 'x'), std::string("-rf")}) {
    EXPECT_EQ(class_name_fault(name), "") << name;
  }
  for (const std::string& name :
       {std::string(), std::string(256, 'x'), std::string("."), std::string(".."),
        std::string(".hidden"), std::string("../x"), std::string("/abs"), std::string("a/b"),
        std::string("a\0b", 3), std::string("a\nb"), std::string("\x1b[31m"), std::string("\x7f"),
        std::string("\xff"), std::string("\u0085")}) {
    EXPECT_NE(class_name_fault(name), "") << name;
  }
}

TEST(ClassNames, AListIsSortedAndHasEachOnce) {
  EXPECT_EQ(class_list_fault({"B", "a", "ä"}), "");
  EXPECT_EQ(class_list_fault({"a"}), "has fewer than two classes");
  EXPECT_EQ(class_list_fault({"a", "a"}), "the class \"a\" stands twice");
  EXPECT_EQ(class_list_fault({"b", "a"}), "the class \"a\" is not in sorted order");
  EXPECT_EQ(class_list_fault({"a", "../x"}), "the class \"../x\" must have a name without \"/\"");
  EXPECT_EQ(class_list_fault({"", "a"}), "the class \"\" must have a name of 1 to 255 bytes");
}

}  // namespace
}  // namespace catdog
