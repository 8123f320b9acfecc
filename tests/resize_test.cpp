// SPDX-License-Identifier: Apache-2.0
// Resizing: NEAREST takes the very pixels that Pillow takes; the others are sane.
#include "catdog/pictures/resize.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "test_support.hpp"

namespace catdog {
namespace {

using test::make_noise;

// A picture whose pixel (row, column) holds the two low bytes of column + row.
Picture numbered(int height, int width) {
  Picture picture(height, width, CV_8UC3);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      picture.at<cv::Vec3b>(row, column) = {static_cast<uint8_t>(column + row),
                                            static_cast<uint8_t>((column + row) >> 8), 0};
    }
  }
  return picture;
}

int number_at(const Picture& picture, int row, int column) {
  const auto pixel = picture.at<cv::Vec3b>(row, column);
  return pixel[0] + 256 * pixel[1];
}

bool equal(const Picture& a, const Picture& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(Resize, NearestTakesPillowsColumnsAndRows) {
  const auto golden =
      nlohmann::json::parse(test::read_text(CATDOG_TEST_DATA "/resize_golden.json"));
  ASSERT_GT(golden.size(), 80u);
  for (const auto& entry : golden) {
    const int in = entry["in"], out = entry["out"];
    SCOPED_TRACE(std::to_string(in) + " -> " + std::to_string(out));
    const Picture across = resize_picture(numbered(1, in), {1, out}, Resampling::nearest);
    const Picture down = resize_picture(numbered(in, 1), {out, 1}, Resampling::nearest);
    ASSERT_EQ(across.cols, out);
    ASSERT_EQ(down.rows, out);
    int expected = 0;
    for (int i = 0; i < out; ++i) {
      expected += entry["steps"][static_cast<size_t>(i)].get<int>();
      ASSERT_EQ(number_at(across, 0, i), expected) << "column " << i;
      ASSERT_EQ(number_at(down, i, 0), expected) << "row " << i;
    }
  }
}

TEST(Resize, GivesRowsWithoutGapsOfTheSizeAskedFor) {
  const Picture picture = make_noise(37, 53);
  for (const Resampling method : {Resampling::nearest, Resampling::bilinear, Resampling::area}) {
    for (const Size size : {Size{150, 150}, Size{20, 31}, Size{1, 1}, Size{60, 10}}) {
      const Picture resized = resize_picture(picture, size, method);
      EXPECT_EQ(resized.rows, size.height);
      EXPECT_EQ(resized.cols, size.width);
      EXPECT_EQ(resized.type(), CV_8UC3);
      EXPECT_TRUE(resized.isContinuous());
    }
  }
}

TEST(Resize, WorksOnAPartOfAPicture) {  // whose rows have gaps
  const Picture whole = make_noise(40, 40);
  const Picture part = whole(cv::Rect(5, 7, 21, 17));
  for (const Resampling method : {Resampling::nearest, Resampling::bilinear, Resampling::area}) {
    EXPECT_TRUE(
        equal(resize_picture(part, {9, 9}, method), resize_picture(part.clone(), {9, 9}, method)));
  }
}

TEST(Resize, SharesAPictureThatHasTheSizeAlready) {
  const Picture picture = make_noise(15, 20);
  EXPECT_EQ(resize_picture(picture, {15, 20}, Resampling::area).data, picture.data);
}

TEST(Resize, NeverChangesItsInput) {
  const Picture picture = make_noise(15, 20);
  const Picture before = picture.clone();
  for (const Resampling method : {Resampling::nearest, Resampling::bilinear, Resampling::area}) {
    resize_picture(picture, {8, 8}, method);
  }
  EXPECT_TRUE(equal(picture, before));
}

TEST(Resize, AreaIsTheMeanOfThePixelsCovered) {
  Picture picture(2, 4, CV_8UC3);
  for (int i = 0; i < 8; ++i)
    picture.at<cv::Vec3b>(i / 4, i % 4) = cv::Vec3b::all(static_cast<uint8_t>(10 * i));
  const Picture halved = resize_picture(picture, {1, 2}, Resampling::area);
  EXPECT_EQ(halved.at<cv::Vec3b>(0, 0), cv::Vec3b::all(25));  // 0, 10, 40, 50
  EXPECT_EQ(halved.at<cv::Vec3b>(0, 1), cv::Vec3b::all(45));  // 20, 30, 60, 70
}

TEST(Resize, BilinearBlendsNeighbours) {
  Picture picture(1, 2, CV_8UC3);
  picture.at<cv::Vec3b>(0, 0) = cv::Vec3b::all(0);
  picture.at<cv::Vec3b>(0, 1) = cv::Vec3b::all(100);
  const Picture wider = resize_picture(picture, {1, 4}, Resampling::bilinear);
  EXPECT_EQ(wider.at<cv::Vec3b>(0, 1), cv::Vec3b::all(25));
  EXPECT_EQ(wider.at<cv::Vec3b>(0, 2), cv::Vec3b::all(75));
}

}  // namespace
}  // namespace catdog
