// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/json_names.hpp"

#include <gtest/gtest.h>

namespace catdog {
namespace {

TEST(JsonNames, AValidNameIsExact) {
  for (const char* name : {"a.jpg", "a\nb\tc\r\"\\,.jpg", " a", "ä猫🐱", "\xEF\xBF\xBD", ""}) {
    Json json;
    set_name(json, "file", name);
    EXPECT_EQ(json.size(), 1u) << name;
    const Json back = Json::parse(json_text(json));
    EXPECT_EQ(back["file"], name);
    EXPECT_EQ(get_name(back, "file"), name);
  }
}

TEST(JsonNames, InvalidUtf8HasItsBytesInHexadecimal) {
  const std::string name = "a\xFF\n\xED\xA0\x80.jpg";
  Json json;
  set_name(json, "file", name);
  const Json back = Json::parse(json_text(json));
  EXPECT_TRUE(back["file"].get<std::string>().starts_with("a\uFFFD\n"));
  EXPECT_EQ(back["file_hex"], "61ff0aeda0802e6a7067");
  EXPECT_EQ(get_name(back, "file"), name);
}

TEST(JsonNames, AListHasTheBytesOfAllWhereOneIsInvalid) {
  Json json;
  set_names(json, "files", {"a", "b"});
  EXPECT_EQ(json_text(json), R"({"files":["a","b"]})");
  set_names(json, "files", {"a", "\xFF"});
  EXPECT_EQ(json["files"], Json({"a", "\uFFFD"}));
  EXPECT_EQ(json["files_hex"], Json({"61", "ff"}));
}

TEST(JsonNames, OutputNeverThrows) {
  EXPECT_EQ(json_text({{"text", "\xFF"}}), "{\"text\":\"\uFFFD\"}");
}

}  // namespace
}  // namespace catdog
