// SPDX-License-Identifier: Apache-2.0
// Prints what augmenting a 150×150 picture with the book's ranges costs on one core, in
// milliseconds: the least and the median over rounds of 500 pictures.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "catdog/pictures/augment.hpp"
#include "test_support.hpp"

namespace {

using namespace catdog;

constexpr int kPictures = 500;

// Milliseconds a picture in each round, sorted; `work(picture number)` augments one.
template <class Work>
std::vector<double> time_rounds(int rounds, const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (uint32_t i = 0; i < kPictures; ++i) work(i);
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    times.push_back(spent.count() / kPictures);
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 30;
  const Picture picture = test::make_noise(150, 150);
  std::vector<float> out(picture.total() * 3);
  std::printf("%-9s %-9s %22s %22s\n", "", "", "warp: least, median", "all: least, median");
  for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    for (const FillMode mode :
         {FillMode::nearest, FillMode::constant, FillMode::reflect, FillMode::wrap}) {
      AugmentOptions options;
      options.rotation_range = 40;
      options.width_shift_range = options.height_shift_range = options.shear_range = 0.2;
      options.zoom_range = {0.8, 1.2};
      options.horizontal_flip = true;
      options.fill_mode = mode;
      options.interpolation = interpolation;
      const auto draw = [&](uint32_t i) {
        return draw_transformation(options, {150, 150}, Rng(1, Stream::augment, 0, i));
      };
      const auto warping = time_rounds(rounds, [&](uint32_t i) {
        warp(picture, affine_matrix({150, 150}, draw(i).affine), {mode, interpolation, 0},
             {150, 150}, out.data());
      });
      const auto whole = time_rounds(rounds, [&](uint32_t i) {
        transform(picture, draw(i), options, {150, 150}, out.data());
      });
      const auto middle = static_cast<size_t>(rounds / 2);
      constexpr const char* kModes[] = {"nearest", "constant", "reflect", "wrap"};
      std::printf("%-9s %-9s %14.4f %7.4f %14.4f %7.4f\n",
                  interpolation == Interpolation::nearest ? "nearest" : "bilinear",
                  kModes[static_cast<int>(mode)], warping[0], warping[middle], whole[0],
                  whole[middle]);
    }
  }
}
