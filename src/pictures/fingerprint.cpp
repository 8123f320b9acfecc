// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/fingerprint.hpp"

#include <algorithm>
#include <bit>
#include <opencv2/imgproc.hpp>

#include "catdog/core/each_cpu.hpp"
#include "catdog/core/parallel.hpp"

namespace catdog {
namespace {

constexpr int kSide = 32;             // px
constexpr int kKept = 16;             // frequencies each way
constexpr double kLeastContrast = 2;  // standard deviation of the grey values, of 255

// distances[i] to each of `count` others.
CATDOG_FOR_EACH_CPU void distances_to(const Fingerprint& one, const Fingerprint* others,
                                      size_t count, uint16_t* distances) {
  for (size_t i = 0; i < count; ++i) {
    int differ = 0;
    for (size_t word = 0; word < one.size(); ++word) {
      differ += std::popcount(one[word] ^ others[i][word]);
    }
    distances[i] = static_cast<uint16_t>(differ);
  }
}

}  // namespace

std::optional<Fingerprint> fingerprint(const Picture& picture) {
  cv::Mat grey, frequencies;
  cv::resize(picture, grey, {kSide, kSide}, /*fx=*/0, /*fy=*/0, cv::INTER_AREA);
  cv::cvtColor(grey, grey, cv::COLOR_RGB2GRAY);
  cv::Scalar mean, deviation;
  cv::meanStdDev(grey, mean, deviation);
  if (deviation[0] < kLeastContrast) return std::nullopt;
  grey.convertTo(grey, CV_32F);
  cv::dct(grey, frequencies);

  std::array<float, kKept * kKept> low{};
  for (int row = 0; row < kKept; ++row) {
    std::copy_n(frequencies.ptr<float>(row), kKept, low.begin() + row * kKept);
  }
  std::array<float, kKept * kKept - 1> sorted{};  // the first is the mean, which has no sign
  std::copy(low.begin() + 1, low.end(), sorted.begin());
  const auto middle = sorted.begin() + sorted.size() / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());

  Fingerprint signs{};
  for (size_t i = 0; i < low.size(); ++i) {
    signs[i / 64] |= static_cast<uint64_t>(low[i] > *middle) << i % 64;
  }
  return signs;
}

int distance(const Fingerprint& a, const Fingerprint& b) {
  uint16_t differ = 0;
  distances_to(a, &b, 1, &differ);
  return differ;
}

std::vector<NearPair> near_pairs(const std::vector<Fingerprint>& fingerprints, int bits) {
  std::vector<std::vector<NearPair>> of_first(fingerprints.size());
  for_each_index(fingerprints.size(), [&](size_t first) {
    std::vector<uint16_t> distances(fingerprints.size() - first - 1);
    distances_to(fingerprints[first], fingerprints.data() + first + 1, distances.size(),
                 distances.data());
    for (size_t i = 0; i < distances.size(); ++i) {
      if (distances[i] <= bits) of_first[first].push_back({first, first + 1 + i, distances[i]});
    }
  });
  std::vector<NearPair> pairs;
  for (const auto& found : of_first) pairs.insert(pairs.end(), found.begin(), found.end());
  return pairs;
}

}  // namespace catdog
