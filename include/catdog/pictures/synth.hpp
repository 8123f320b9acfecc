// SPDX-License-Identifier: Apache-2.0
// Drawn cats, dogs and rabbits: pictures for the demo and the tests, with nothing to download.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "catdog/pictures/picture.hpp"

namespace catdog {

enum class Animal { cat, dog, rabbit };
inline constexpr std::array<const char*, 3> kAnimals = {"cat", "dog", "rabbit"};  // by Animal

struct SynthOptions {
  std::filesystem::path destination;
  int per_class = 1000;  // cat.0.jpg …, dog.0.jpg …
  int classes = 2;       // the first of kAnimals, 2 to 3
  int size_px = 200;     // width and height
  uint64_t seed = 0;
};

// The picture number `index` of an animal: a function of the arguments alone.
Picture draw_animal(Animal animal, int size_px, uint64_t seed, int index);

// Writes the pictures as JPEG files into the destination, which must be empty or absent.
// Equal options give equal bytes. Throws ConfigError, Error, Interrupted; what it had written is
// then removed.
void synthesize(const SynthOptions& options);

}  // namespace catdog
