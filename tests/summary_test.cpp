// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/summary.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace catdog {
namespace {

// The output of cell 5 of the book's notebook 5.2, with Keras 2.0.8, trailing blanks included.
constexpr const char* kBooksTable =
    "_________________________________________________________________\n"
    "Layer (type)                 Output Shape              Param #   \n"
    "=================================================================\n"
    "conv2d_1 (Conv2D)            (None, 148, 148, 32)      896       \n"
    "_________________________________________________________________\n"
    "max_pooling2d_1 (MaxPooling2 (None, 74, 74, 32)        0         \n"
    "_________________________________________________________________\n"
    "conv2d_2 (Conv2D)            (None, 72, 72, 64)        18496     \n"
    "_________________________________________________________________\n"
    "max_pooling2d_2 (MaxPooling2 (None, 36, 36, 64)        0         \n"
    "_________________________________________________________________\n"
    "conv2d_3 (Conv2D)            (None, 34, 34, 128)       73856     \n"
    "_________________________________________________________________\n"
    "max_pooling2d_3 (MaxPooling2 (None, 17, 17, 128)       0         \n"
    "_________________________________________________________________\n"
    "conv2d_4 (Conv2D)            (None, 15, 15, 128)       147584    \n"
    "_________________________________________________________________\n"
    "max_pooling2d_4 (MaxPooling2 (None, 7, 7, 128)         0         \n"
    "_________________________________________________________________\n"
    "flatten_1 (Flatten)          (None, 6272)              0         \n"
    "_________________________________________________________________\n"
    "dense_1 (Dense)              (None, 512)               3211776   \n"
    "_________________________________________________________________\n"
    "dense_2 (Dense)              (None, 1)                 513       \n"
    "=================================================================\n"
    "Total params: 3,453,121\n"
    "Trainable params: 3,453,121\n"
    "Non-trainable params: 0\n"
    "_________________________________________________________________\n";

TEST(Summary, IsTheBooksTable) {
  const Network net(ModelOptions{.dropout = 0}, 150);
  EXPECT_EQ(keras_table(summarize(*net)), kBooksTable);
}

TEST(Summary, ListsDropoutBetweenFlattenAndDense) {
  const Network net(ModelOptions{.dropout = 0.5}, 150);
  const std::vector<LayerSummary> layers = summarize(*net);
  ASSERT_EQ(layers.size(), 12u);
  EXPECT_EQ(layers[8].type, "Flatten");
  EXPECT_EQ(layers[9].name, "dropout_1");
  EXPECT_EQ(layers[9].parameters, 0);
  EXPECT_EQ(layers[10].type, "Dense");
}

TEST(Summary, CountsMultiplyAdds) {
  const Network net(ModelOptions{.dropout = 0}, 150);
  std::vector<int64_t> counts;
  for (const LayerSummary& layer : summarize(*net)) {
    if (layer.multiply_adds > 0) counts.push_back(layer.multiply_adds);
  }
  // Output positions × kernel height × kernel width × input × output channels.
  EXPECT_EQ(counts, (std::vector<int64_t>{148 * 148 * 9 * 3 * 32, 72 * 72 * 9 * 32 * 64,
                                          34 * 34 * 9 * 64 * 128, 15 * 15 * 9 * 128 * 128,
                                          6272 * 512, 512}));
}

}  // namespace
}  // namespace catdog
